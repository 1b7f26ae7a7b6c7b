"""Comments that declare lineage: `-- lineage: dbo.A -> dbo.B`.

They stand for what no text tells, such as what a program outside the database does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import DeclarationFact, FileFacts
from ...model.names import NO_NAME, Name, parse_name
from ...model.regex import regex

_MARK = regex(r"--[ \t]*lineage[ \t]*:", re.IGNORECASE)
# What a mark may stand in, where it declares nothing; and USE, which says whose names follow.
_PIECE = regex(
    r"(?P<comment>--[^\n]*)|/\*.*?\*/|'(?:[^']++|'')*+(?:'|\Z)"
    r"|\bUSE\s+(?:\[(?P<quoted>(?:[^\]]|\]\])+)\]|(?P<plain>[^\W\d][\w@$#]*))"
    r'|\[(?:[^\]]++|\]\])*+(?:\]|\Z)|"(?:[^"]++|"")*+(?:"|\Z)|\w+',
    re.DOTALL | re.IGNORECASE,
)
_COLUMNS = regex(r"(?P<table>.*?)\s*\((?P<columns>[^()]*)\)\Z")


class DeclaredEnd(Struct, frozen=True):
    """An end of a declaration: a name, and the columns listed behind it."""

    name: Name
    columns: tuple[str, ...]


def with_declarations(facts: FileFacts, text: str) -> FileFacts:
    """Facts with what the comments of their text declare."""
    if not _MARK.search(text):
        return facts
    outcomes = list(_declarations(text))
    return replace(
        facts,
        declarations=tuple(outcome for outcome in outcomes if isinstance(outcome, DeclarationFact)),
        diagnostics=(
            *facts.diagnostics,
            *(outcome for outcome in outcomes if isinstance(outcome, Diagnostic)),
        ),
    )


def read_declaration(text: str) -> tuple[DeclaredEnd, DeclaredEnd]:
    """Read `dbo.A -> dbo.B`, or with columns `dbo.A (x, y) -> dbo.B (u, v)`.

    Raises:
        ValueError: it is none; the message says why.
    """
    source, arrow, target = text.partition("->")
    if not arrow:
        raise ValueError("it has no ->: write dbo.Source -> dbo.Target")
    first, second = _end(source), _end(target)
    if len(first.columns) != len(second.columns):
        raise ValueError("the two ends have not the same number of columns")
    return first, second


def _end(text: str) -> DeclaredEnd:
    listed = _COLUMNS.fullmatch(text.strip())
    columns = tuple(_column(column) for column in listed["columns"].split(",")) if listed else ()
    return DeclaredEnd(parse_name(listed["table"] if listed else text), columns)


def _column(text: str) -> str:
    name = parse_name(text)
    if name.address or len(name.parts) > 1:
        raise ValueError("a column that it lists is no name")
    return name.object


def _declarations(text: str) -> Iterator[DeclarationFact | Diagnostic]:
    database: str | None = None
    line, offset = 1, 0
    for piece in _PIECE.finditer(text):
        database = _used(piece) or database
        mark = _MARK.match(piece["comment"]) if piece["comment"] else None
        if mark is None:
            continue
        line += text.count("\n", offset, piece.start())
        offset = piece.start()
        column = piece.start() - text.rfind("\n", 0, piece.start())
        comment = piece["comment"].rstrip()
        span = Span(line, column, line, column + len(comment))
        try:
            source, target = read_declaration(comment[mark.end() :])
        except ValueError as error:
            # which would show the comment
            reason = "an end of it is no name" if str(error).startswith(NO_NAME) else error
            yield Diagnostic("SLP601", f"this declares no lineage: {reason}", span)
            continue
        pairs = tuple(zip(source.columns, target.columns, strict=True))
        yield DeclarationFact(source.name, target.name, pairs, span, database)


def _used(piece: re.Match[str]) -> str | None:
    quoted, plain = piece["quoted"], piece["plain"]
    return quoted.replace("]]", "]") if quoted else plain
