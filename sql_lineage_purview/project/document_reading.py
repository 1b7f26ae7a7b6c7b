"""A saved lineage document, read back as the graph that it was made of.

Anybody can have written it: each member is checked, and the first that is not as it should be is
named. What the document leaves out (who told columns, which tables a view leads to) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from ..model.diagnostics import RULES, Diagnostic, Span
from ..model.graph import (
    Column,
    ColumnEdge,
    Declaration,
    Gaps,
    LineageGraph,
    Location,
    Module,
    ScannedFile,
    Statement,
    Table,
    TableEdge,
)
from ..model.json_text import parse_json
from ..model.limits import PLAN_BYTES
from ..model.names import Name, parse_name
from ..model.opening import read_file
from ..model.unread import Unread, UnreadKind
from ..model.vocabulary import (
    Certainty,
    EdgeType,
    ModuleKind,
    Stale,
    StatementKind,
    Subtype,
    TableKind,
)
from .project_errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1

_Row = TypeVar("_Row")
_Word = TypeVar("_Word", bound=StrEnum)


class DocumentError(ProjectError):
    """A file is no lineage document, or none that this version reads."""


def read_document(path: Path) -> LineageGraph:
    """The graph of a document that `scan --format json` has written.

    Raises:
        DocumentError: it cannot be read, or is none.
    """
    try:
        document = parse_json(read_file(path, PLAN_BYTES))
        return document_graph(document)
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror or error}).") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(
            f"{path} is no lineage document: {error}. `scan --format json -o FILE` writes one."
        ) from None


def document_graph(document: object) -> LineageGraph:
    """The graph of a document.

    Raises:
        ValueError: it is none.
    """
    root = Fields(document, "")
    version = root.value("schema_version", int)
    if version != _VERSION:
        raise ValueError(f"schema_version is {version}, and {_VERSION} is read")
    return LineageGraph(
        root.rows("files", _file),
        root.rows("tables", _table),
        root.rows("modules", _module),
        root.rows("statements", _statement),
        root.rows("table_lineage", _table_edge),
        root.rows("column_lineage", _column_edge),
        root.rows("diagnostics", _diagnostic),
        root.rows("declared_lineage", _declaration, optional=True),
        root.rows("not_read", _unread, optional=True),
    )


class Fields(Struct, frozen=True):
    """A row of a document, whose members are checked as they are asked for.

    `place` says where it stands, as `tables[3]`.
    """

    row: object
    place: str

    def member(self, name: str) -> Any:
        """A member, whatever it is.

        Raises:
            ValueError: there is none.
        """
        if not isinstance(self.row, Mapping):
            raise ValueError(f"{self.place or 'the document'} is no object")  # noqa: TRY004 - of the document, not of the caller
        if name not in self.row:
            raise ValueError(f"{self._at(name)} is missing")
        return self.row[name]

    def value(self, name: str, kind: type[_Row]) -> _Row:
        """A text, a number or a truth value.

        Raises:
            ValueError: it is none of this kind.
        """
        value = self.member(name)
        if type(value) is not kind:
            raise ValueError(f"{self._at(name)} is no {_NOUNS[kind]}")
        return value

    def text(self, name: str) -> str:
        """A text."""
        return self.value(name, str)

    def number(self, name: str) -> int:
        """A number."""
        return self.value(name, int)

    def optional_text(self, name: str) -> str | None:
        """A text, or null."""
        return None if self.member(name) is None else self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Several texts.

        Raises:
            ValueError: it is no array of them.
        """
        values = self.value(name, list)
        if not all(isinstance(value, str) for value in values):
            raise ValueError(f"{self._at(name)} holds something else than texts")
        return tuple(values)

    def word(self, name: str, kind: type[_Word]) -> _Word:
        """One of the words of a list.

        Raises:
            ValueError: it is none of them.
        """
        text = self.text(name)
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"{self._at(name)} is none of {', '.join(kind)}") from None

    def name(self, name: str) -> Name:
        """The name of an object."""
        return parse_name(self.text(name))

    def names(self, name: str) -> tuple[Name, ...]:
        """The names of several objects."""
        return tuple(map(parse_name, self.texts(name)))

    def fields(self, name: str) -> Fields:
        """An object inside the row."""
        return Fields(self.member(name), self._at(name))

    def rows(
        self, name: str, read: Callable[[Fields], _Row], *, optional: bool = False
    ) -> tuple[_Row, ...]:
        """Several objects."""
        if optional and isinstance(self.row, Mapping) and name not in self.row:
            return ()
        place = self._at(name)
        return tuple(
            read(Fields(row, f"{place}[{number}]"))
            for number, row in enumerate(self.value(name, list))
        )

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


_NOUNS = {str: "text", int: "whole number", bool: "true or false", list: "array"}


def _file(row: Fields) -> ScannedFile:
    gaps = row.fields("gaps")
    return ScannedFile(
        row.text("path"),
        row.text("encoding"),
        row.number("batches"),
        row.number("statements"),
        Gaps(gaps.number("syntax"), gaps.number("name"), gaps.number("dynamic")),
    )


def _table(row: Fields) -> Table:
    place = None
    if row.member("defined_at") is not None:
        fields = row.fields("defined_at")
        place = Location(fields.text("path"), fields.number("line"))
    columns = None if row.member("columns") is None else row.texts("columns")
    return Table(row.name("name"), row.word("kind", TableKind), columns, place)


def _module(row: Fields) -> Module:
    return Module(
        row.name("name"),
        row.word("kind", ModuleKind),
        row.text("path"),
        row.number("line"),
        row.number("end_line"),
        row.names("reads"),
        row.names("writes"),
        row.names("calls"),
        row.rows("columns", _column),
    )


def _statement(row: Fields) -> Statement:
    return Statement(
        row.text("id"),
        row.text("path"),
        row.number("line"),
        row.number("end_line"),
        row.word("kind", StatementKind),
        None if row.member("module") is None else row.name("module"),
        row.names("reads"),
        row.names("writes"),
        row.names("calls"),
        row.value("dynamic", bool),
    )


def _table_edge(row: Fields) -> TableEdge:
    kind = row.word("type", EdgeType)
    return TableEdge(row.name("source"), row.name("target"), kind, row.texts("statements"))


def _column_edge(row: Fields) -> ColumnEdge:
    return ColumnEdge(
        _column(row.fields("source")),
        _column(row.fields("target")),
        row.word("subtype", Subtype),
        row.word("certainty", Certainty),
        row.texts("statements"),
    )


def _column(row: Fields) -> Column:
    return Column(row.name("table"), row.optional_text("column"))


def _declaration(row: Fields) -> Declaration:
    return Declaration(
        row.name("target"),
        row.name("source"),
        row.rows("columns", lambda pair: (pair.text("source"), pair.text("target"))),
        row.text("path"),
        row.number("line"),
        None if row.member("stale") is None else row.word("stale", Stale),
    )


def _unread(row: Fields) -> Unread:
    return Unread(row.word("kind", UnreadKind), row.number("count"), row.texts("paths"))


def _diagnostic(row: Fields) -> Diagnostic:
    code = row.text("code")
    if code not in RULES:
        raise ValueError(f"{row.place}.code is {code}, which this version does not know")
    span = Span(
        row.number("line"),
        row.number("column"),
        row.number("end_line"),
        row.number("end_column"),
    )
    statement = row.optional_text("statement")
    return Diagnostic(code, row.text("message"), span, row.text("path"), statement)
