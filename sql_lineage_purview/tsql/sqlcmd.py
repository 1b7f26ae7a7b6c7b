"""SQLCMD: lines that begin with a colon are commands of the tool that sends the script, not T-SQL.

Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-commands
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..model.diagnostics import Diagnostic, Span

# Reads the text behind :r, relative to the file that holds it; `stack` are the paths being read, outermost first.
Include = Callable[[str, tuple[str, ...]], bytes]

_COMMAND = re.compile(
    r"^[ \t]*(?::(?P<word>r|setvar|connect|on|out|error|perftrace|exit|quit|list|listvar|serverlist|ed|help|reset|xml)\b"
    r"(?P<rest>[^\r\n]*)|!!(?P<shell>[^\r\n]*))",
    re.IGNORECASE | re.MULTILINE,
)
_SETVAR = re.compile(r'\s+(?P<name>[\w-]+)(?:\s+(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>\S+)))?')


@dataclass(slots=True)
class Commands:
    """What the commands of a script say. `text` is the script with their lines blanked, every offset kept."""

    text: str
    variables: dict[str, str]
    included: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_commands(text: str, variables: dict[str, str], include: Include) -> Commands:
    """Blank the commands of a script and note what they define. A :setvar wins over a variable given from outside."""
    found = Commands(text, dict(variables))
    if ":" not in text and "!!" not in text:
        return found
    pieces: list[str] = []
    end = 0
    for match in _COMMAND.finditer(text):
        if _inside_comment_or_string(text, match.start()):
            continue
        word = (match["word"] or "").lower()
        if word == "setvar":
            _set_variable(found, match["rest"])
        elif word == "r":
            _include(found, match["rest"].strip().strip('"'), text.count("\n", 0, match.start()) + 1, include)
        pieces += [text[end : match.start()], " " * (match.end() - match.start())]
        end = match.end()
    found.text = "".join([*pieces, text[end:]])
    return found


_LEXEME = re.compile(r"--[^\n]*|/\*|\*/|'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"", re.DOTALL)


def _inside_comment_or_string(text: str, offset: int) -> bool:
    depth = 0
    for match in _LEXEME.finditer(text):
        if match.start() >= offset:
            break
        lexeme = match.group()
        if lexeme == "/*":
            depth += 1
        elif lexeme == "*/":
            depth = max(0, depth - 1)
        elif not depth and match.end() > offset:
            return True
    return depth > 0


def _set_variable(found: Commands, rest: str) -> None:
    match = _SETVAR.match(rest)
    if not match:
        return
    quoted, plain = match["quoted"], match["plain"]
    value = quoted.replace('""', '"') if quoted is not None else plain
    if value is None:
        found.variables.pop(match["name"].lower(), None)
    else:
        found.variables[match["name"].lower()] = value


def _include(found: Commands, path: str, line: int, include: Include) -> None:
    """A file brought in by :r is a file of the scan in its own right; here it is only made sure that it is there."""
    for name, value in found.variables.items():
        path = re.sub(rf"\$\({re.escape(name)}\)", value.replace("\\", r"\\"), path, flags=re.IGNORECASE)
    span = Span(line, 1, line, 1)
    try:
        include(path, ())
    except PermissionError:
        found.diagnostics.append(Diagnostic("SLP402", f":r {path}: outside the scanned folder, not read", span))
    except OSError:
        found.diagnostics.append(Diagnostic("SLP403", f":r {path}: no such file", span))
    else:
        found.included.append(path)
