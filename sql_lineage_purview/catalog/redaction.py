"""Modules without their secrets: the same SQL, statement for statement and line for line, with other strings in it.

What is only shown may be redacted as plain text (`model.secrets`); a snapshot is read again, so nothing but the content of
strings and comments may change.
"""

from __future__ import annotations

import re

from ..model.secrets import HIDDEN, redact

_TOKEN = re.compile(
    r"--[^\n]*"
    r"|/\*"  # its end is sought apart, since comments nest
    r"|\[(?:[^\]]|\]\])*(?:\]|\Z)"
    r'|"(?:[^"]|"")*(?:"|\Z)'
    r"|'(?:[^']|'')*(?:'|\Z)"
)
_NESTING = re.compile(r"/\*|\*/")
_CONTEXT = 200  # characters before a string that say what it is: PASSWORD =, EXEC sp_addlogin 'name',


def redact_module(text: str) -> str:
    """The text of a module with its secrets replaced by `***`. Everything outside of strings and comments stays as it is."""
    pieces: list[str] = []
    position = 0
    while match := _TOKEN.search(text, position):
        end = _end_of_comment(text, match.end()) if match[0] == "/*" else match.end()
        token = text[match.start() : end]
        pieces += (text[position : match.start()], _clean(token, text[max(0, match.start() - _CONTEXT) : match.start()]))
        position = end
    return "".join((*pieces, text[position:]))


def _end_of_comment(text: str, start: int) -> int:
    depth, position = 1, start
    while depth:
        match = _NESTING.search(text, position)
        if not match:
            return len(text)
        depth += 1 if match[0] == "/*" else -1
        position = match.end()
    return position


def _clean(token: str, before: str) -> str:
    """A string or comment without secrets; of the name in brackets nothing is one."""
    mark = token[0]
    if mark == "[":
        return token
    if mark in "-/":
        return _comment(token)
    closed = (len(token[1:]) - len(token[1:].rstrip(mark))) % 2 == 1  # two at the end are one of the text
    content = token[1 : -1 if closed else None].replace(mark * 2, mark)

    def quoted(clean: str) -> str:
        return mark + _like(clean, content).replace(mark, mark * 2) + (mark if closed else "")

    clean = quoted(_content(content))
    return clean if not content or redact(before + clean).endswith(clean) else quoted(HIDDEN)  # PASSWORD = 'all of it'


def _content(content: str) -> str:
    """What stands in a string; SQL in it, which has strings of its own, stays SQL as far as its secrets stand in those."""
    shown = redact(content)
    if shown == content or "'" not in content:
        return shown
    clean = redact_module(content)
    return clean if redact(clean) == clean else HIDDEN


def _comment(comment: str) -> str:
    """A comment, which is not read again: one that holds a secret is hidden as a whole."""
    if redact(comment) == comment:
        return comment
    return _like(f"-- {HIDDEN}" if comment[0] == "-" else f"/* {HIDDEN} */", comment)


def _like(clean: str, original: str) -> str:
    """A text on as many lines as the original."""
    return clean + "\n" * (original.count("\n") - clean.count("\n"))
