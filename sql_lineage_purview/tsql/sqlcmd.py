"""SQLCMD: lines that begin with a colon are commands of the tool that sends the script, not T-SQL.

Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-commands
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..model.diagnostics import Diagnostic, Span
from .lexer import Variables, comment_end

# Reads the text behind :r, relative to the file that holds it; `stack` are the paths being read, outermost first.
Include = Callable[[str, tuple[str, ...]], bytes]

_COMMAND = re.compile(
    r"(?::(?P<word>r|setvar|connect|on|out|error|perftrace|exit|quit|list|listvar|serverlist|ed|help|reset|xml)\b"
    r"(?P<rest>[^\r\n]*)|!!(?P<shell>[^\r\n]*))",
    re.IGNORECASE,
)
_SETVAR = re.compile(r'\s+(?P<name>[\w-]+)(?:\s+(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>\S+)))?')
# What may hold a line that only looks like a command, and where a line begins that may be one.
_LEXEME = re.compile(
    r"""(?P<line>^[ \t]*(?=:|!!))|--[^\n]*|(?P<comment>/\*)|'[^']*(?:'|\Z)|\[[^\]]*(?:\]|\Z)|"[^"]*(?:"|\Z)""",
    re.MULTILINE,
)


@dataclass(slots=True)
class Commands:
    """What the commands of a script say. `text` is the script with their lines blanked, every offset kept."""

    text: str
    variables: Variables
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_commands(text: str, given: Mapping[str, str], include: Include) -> Commands:
    """Blank the commands of a script and note what they define. A :setvar wins over a variable given from outside."""
    found = Commands(text, Variables(given))
    if ":" not in text and "!!" not in text:
        return found
    pieces: list[str] = []
    end = position = 0
    while lexeme := _LEXEME.search(text, position):
        position = max(lexeme.end(), position + 1)
        if lexeme["comment"]:
            position = comment_end(text, lexeme.start()) or len(text)
            continue
        match = _COMMAND.match(text, lexeme.end()) if lexeme["line"] is not None else None
        if match is None:
            continue
        _obey(found, match, include)
        pieces += [text[end : match.start()], " " * (match.end() - match.start())]
        end = position = match.end()
    found.text = "".join([*pieces, text[end:]])
    return found


def _obey(found: Commands, match: re.Match[str], include: Include) -> None:
    word = (match["word"] or "").lower()
    if word == "setvar":
        _set_variable(found.variables, match["rest"], match.start())
    elif word == "r":
        path = found.variables.filled(match["rest"].strip().strip('"'), match.start())
        _include(found, path, found.text.count("\n", 0, match.start()) + 1, include)


def _set_variable(variables: Variables, rest: str, offset: int) -> None:
    match = _SETVAR.match(rest)
    if not match:
        return
    quoted, plain = match["quoted"], match["plain"]
    value = quoted.replace('""', '"') if quoted is not None else plain
    variables.set(match["name"], None if value is None else variables.filled(value, offset), offset)


def _include(found: Commands, path: str, line: int, include: Include) -> None:
    """A file brought in by :r is a file of the scan in its own right; here it is only made sure that it is there."""
    span = Span(line, 1, line, 1)
    try:
        include(path, ())
    except PermissionError:
        found.diagnostics.append(Diagnostic("SLP402", f":r {path}: outside the scanned folder, not read", span))
    except OSError:
        found.diagnostics.append(Diagnostic("SLP403", f":r {path}: no such file", span))
