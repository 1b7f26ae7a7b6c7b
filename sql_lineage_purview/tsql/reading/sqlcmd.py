"""SQLCMD: lines that begin with a colon are commands of the tool that sends the script, not T-SQL.

Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-commands
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from ...model.diagnostics import Diagnostic, Span
from ...model.limits import INCLUDED_BYTES, INCLUDED_FILES
from ...model.regex import regex
from .decode import decode
from .lexer import Variables, comment_end

# Reads the text behind :r, relative to the file that holds it; `stack` are the paths being read,
# outermost first.
Include = Callable[[str, tuple[str, ...]], bytes]

COMMAND = regex(
    r"(?::(?P<word>r|setvar|connect|on|out|error|perftrace|exit|quit|list|listvar|serverlist|ed|"
    r"help|reset|xml)\b(?P<rest>[^\r\n]*)|:?!!(?P<shell>[^\r\n]*))",
    re.IGNORECASE,
)
_SETVAR = regex(r'\s+(?P<name>[\w-]+)(?:\s+(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>\S+)))?')
# What may hold a line that only looks like a command, and where a line begins that may be one.
_LEXEME = regex(
    r"""(?P<line>^[ \t]*(?=:|!!))|--[^\n]*|(?P<comment>/\*)|'[^']*(?:'|\Z)|"""
    r"""\[[^\]]*(?:\]|\Z)|"[^"]*(?:"|\Z)""",
    re.MULTILINE,
)

# Without such a line a text holds no command, be it within a string or not.
_MAY_COMMAND = regex(r"\n[ \t]*(?::|!!)")


class CircularIncludeError(OSError):
    """`:r` names a file that is being read already."""


class Inclusion(Struct, frozen=True):
    """A file that `:r` names.

    It has the path as written, the `:r` paths that led there, and what :setvar has set by
    then.
    """

    path: str
    stack: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]


class Commands(Struct):
    """What the commands of a script say.

    `text` is the script with their lines blanked, every offset kept.

    `inclusions` are all files that it brings in, in order, those that these bring in too.
    """

    text: str
    variables: Variables
    diagnostics: list[Diagnostic] = field(default_factory=list)
    inclusions: list[Inclusion] = field(default_factory=list)


def read_commands(text: str, variables: Mapping[str, str], include: Include) -> Commands:
    """Blank the commands of a script and note what they define.

    A :setvar wins over a variable given from outside.

    A file brought in by `:r` is a script of its own, and its statements stand there alone; here its
    commands are obeyed, so that what it sets with :setvar counts behind the `:r`.

    Args:
        text: the script.
        variables: those given from outside.
        include: reads a file; raises CircularIncludeError where it is being read already,
            PermissionError where it lies outside the scanned folder, another OSError where it is
            missing.
    """
    commands = Commands(text, Variables(variables))
    commands.text = _CommandReader(commands, include).read(text, _IncludePosition())
    return commands


class _IncludePosition(Struct, frozen=True):
    """Where a text stands.

    It has the `:r` paths that led there, and the offset and line of the first of them in the
    script.
    """

    stack: tuple[str, ...] = ()
    offset: int = 0
    line: int = 0


class _CommandReader(Struct):
    commands: Commands
    include: Include
    values: dict[str, str] = field(default_factory=dict)
    # brought in before, and nothing was set by that
    idle: set[Inclusion] = field(default_factory=set)
    bytes: int = 0  # of the files that were brought in
    overrun: bool = False

    def read(self, text: str, place: _IncludePosition) -> str:
        """Obey the commands of a text; the text without them."""
        if not _MAY_COMMAND.search(f"\n{text}"):
            return text
        pieces: list[str] = []
        end = position = 0
        while lexeme := _LEXEME.search(text, position):
            position = max(lexeme.end(), position + 1)
            if lexeme["comment"]:
                position = comment_end(text, lexeme.start()) or len(text)
                continue
            match = COMMAND.match(text, lexeme.end()) if lexeme["line"] is not None else None
            if match is None:
                continue
            self._obey(match, text, place)
            pieces += [text[end : match.start()], " " * (match.end() - match.start())]
            end = position = match.end()
        return "".join([*pieces, text[end:]])

    def _obey(self, match: re.Match[str], text: str, place: _IncludePosition) -> None:
        word = (match["word"] or "").lower()
        offset = place.offset if place.stack else match.start()
        if word == "setvar":
            self._set_variable(match["rest"], offset)
        elif word == "r":
            path = self.commands.variables.filled(match["rest"].strip().strip('"'), offset)
            line = place.line if place.stack else text.count("\n", 0, offset) + 1
            self._include(path, _IncludePosition(place.stack, offset, line))

    def _set_variable(self, arguments: str, offset: int) -> None:
        match = _SETVAR.match(arguments)
        if not match:
            return
        name, quoted, plain = match["name"], match["quoted"], match["plain"]
        value = quoted.replace('""', '"') if quoted is not None else plain
        value = None if value is None else self.commands.variables.filled(value, offset)
        # a line of SQLCMD is obeyed when it is sent, so it counts for all that stands behind it,
        # within IF 1 = 0 too
        self.commands.variables.set(name, value, offset)
        if value is None:
            self.values.pop(name.lower(), None)
        else:
            self.values[name.lower()] = value

    def _include(self, path: str, place: _IncludePosition) -> None:
        """Note a file that is brought in, and obey its commands.

        What it brings in itself in vain is said by that file.
        """
        inclusion = Inclusion(path, place.stack, tuple(sorted(self.values.items())))
        # a file that sets nothing says nothing new when it is brought in again
        if inclusion in self.idle or self.overrun:
            return
        if len(self.commands.inclusions) >= INCLUDED_FILES:
            self._stop(f":r {path}: the script brings in more than {INCLUDED_FILES:,} files", place)
            return
        self.commands.inclusions.append(inclusion)
        try:
            data = self.include(path, place.stack)
        except CircularIncludeError:
            through = (
                f"{place.stack[0]}: brings in {path}, which"
                if place.stack
                else f"{path}: this file"
            )
            self._report("SLP404", f":r {through} is being read already", place)
        except PermissionError:
            if not place.stack:
                self._report("SLP402", f":r {path}: outside the scanned folder, not read", place)
        except OSError:
            if not place.stack:
                self._report("SLP403", f":r {path}: no such file", place)
        else:
            self.bytes += len(data)
            if self.bytes > INCLUDED_BYTES:
                self._stop(
                    f":r {path}: the script brings in more than {INCLUDED_BYTES >> 20} MB", place
                )
                return
            self.read(
                decode(data).text or "",
                _IncludePosition((*place.stack, path), place.offset, place.line),
            )
            if inclusion.variables == tuple(sorted(self.values.items())):
                self.idle.add(inclusion)

    def _stop(self, reason: str, place: _IncludePosition) -> None:
        """Bring in no more: files that bring in files multiply."""
        self.overrun = True
        self._report(
            "SLP107",
            f"{reason}; the commands of this one and of those behind it are not obeyed",
            place,
        )

    def _report(self, code: str, message: str, place: _IncludePosition) -> None:
        self.commands.diagnostics.append(
            Diagnostic(code, message, Span(place.line, 1, place.line, 1))
        )
