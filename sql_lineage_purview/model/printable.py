"""Text from scripts, made safe to print.

Names in brackets may hold anything, escape sequences and build commands included.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from .regex import regex

# Control characters, line separators, what has no width, what reverses the direction of writing,
# and halves of characters.
UNPRINTABLE = regex(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-"
    "\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# The sign before what a build obeys. Azure DevOps and GitHub look for the first anywhere in a line
# of a log, GitHub for the second where a line begins, be it a command by its name or any.
# https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands,
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
COMMAND = regex(
    r"#(?=#\w*\[)"
    r"|:(?=:(?:error|warning|notice|debug|set-output|save-state|set-env|add-path|add-mask|"
    r"(?:add|remove)-matcher|(?:end)?group|echo|stop-commands)\b)"
    r"|(?<![^\n]):(?=:\w)",
    re.IGNORECASE,
)
_encoder = cache(lambda indent: json.JSONEncoder(ensure_ascii=False, indent=indent))
_INDENTED_COMMAND = regex(r"(?m)^([ \t]+):(?=:\w)")


def one_line(value: object) -> str:
    """The text of a value with every unprintable character written as its escape."""
    text = str(value)
    return text if _is_plain(text) else UNPRINTABLE.sub(_escaped, text)


def without_commands(text: str) -> str:
    """Lines in which no build sees a command.

    One of the two number signs or colons of a command stands as an escape.
    """
    if not _may_command(text):
        return text
    return _INDENTED_COMMAND.sub(r"\1\\x3a", COMMAND.sub(_escaped, text))


def to_json(value: Any, indent: int | None = None) -> str:
    """A value as JSON, with everything unprintable escaped.

    The sign before a command is escaped too; the escapes are those of JSON.
    """
    return printable_json(_encoder(indent).encode(value))


def printable_json(text: str) -> str:
    """The text of JSON with everything unprintable escaped, as `to_json` does."""
    if _may_command(text):
        text = COMMAND.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    if text.isascii() and "\x7f" not in text:  # JSON itself escapes the others of ASCII
        return text
    return UNPRINTABLE.sub(_escaped_in_json, text)


def _is_plain(text: str) -> bool:
    """Is there nothing to escape? Of nearly all texts, of thousands, this tells it at once."""
    return text.isascii() and text.isprintable()


def _may_command(text: str) -> bool:
    """May a build see a command? Every command has one of these."""
    return "##" in text or "::" in text


def _escaped(match: re.Match[str]) -> str:
    text = match[0].encode("unicode_escape").decode("ascii")
    return text if text != match[0] else f"\\x{ord(text):02x}"


def _escaped_in_json(match: re.Match[str]) -> str:
    return match[0] if match[0] == "\n" else json.dumps(match[0])[1:-1]
