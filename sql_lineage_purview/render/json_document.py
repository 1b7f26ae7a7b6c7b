"""The lineage document: a graph as JSON, byte-identical for equal graphs.

Its schema is docs/lineage-document.schema.json. Each row stands on a line of its own, so that
documents can be compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from ..model.names import NameTexts
from ..model.printable import to_json
from ..version import __version__
from .json_line import json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model.diagnostics import Diagnostic
    from ..model.graph import (
        Column,
        ColumnEdge,
        Declaration,
        LineageGraph,
        Module,
        ScannedFile,
        Statement,
        Table,
        TableEdge,
    )
    from ..model.names import Name
    from ..model.unread import Unread

SCHEMA_VERSION = 1
_ROWS_IN_PIECE = 100

Row: TypeAlias = dict[str, Any]


def render_json(graph: LineageGraph) -> str:
    """The whole document as text, ending in a newline."""
    return "".join(json_pieces(graph))


def json_pieces(graph: LineageGraph) -> Iterator[str]:
    """The same piece by piece, since a document may be larger than what it was made of."""
    start = "{\n "
    for name, value in _members(graph).items():
        yield f"{start}{json.dumps(name)}: "
        yield from _rows(value) if isinstance(value, Iterator) else (to_json(value),)
        start = ",\n "
    yield "\n}\n"


def lineage_document(graph: LineageGraph) -> Mapping[str, Any]:
    """The document as plain values, members and rows in their order.

    Only where people declare lineage it has a member for that.
    """
    return {
        name: list(value) if isinstance(value, Iterator) else value
        for name, value in _members(graph).items()
    }


def _members(graph: LineageGraph) -> dict[str, Any]:
    """The members of the document, the rows of each to be made one by one."""
    rows = _DocumentRows()
    declared = {"declared_lineage": map(rows.declaration, graph.declared)} if graph.declared else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "sql-lineage-purview", "version": __version__},
        "files": map(rows.file, graph.files),
        "tables": map(rows.table, graph.tables),
        "modules": map(rows.module, graph.modules),
        "statements": map(rows.statement, graph.statements),
        "table_lineage": map(rows.table_edge, graph.table_lineage),
        "column_lineage": map(rows.column_edge, graph.column_lineage),
        **declared,
        "not_read": map(rows.unread, graph.not_read),
        "diagnostics": map(rows.diagnostic, graph.diagnostics),
    }


def _rows(rows: Iterator[Row]) -> Iterator[str]:
    """The rows of a member, many in a piece."""
    start = "[\n  "
    while texts := [json_line(row) for row in islice(rows, _ROWS_IN_PIECE)]:
        yield start + ",\n  ".join(texts)
        start = ",\n  "
    yield "[]" if start.startswith("[") else "\n ]"


class _DocumentRows:
    """Rows as plain values; each name is written out once for the whole document."""

    def __init__(self) -> None:
        self.texts = NameTexts()

    def file(self, file: ScannedFile) -> Row:
        gaps = file.gaps
        return {
            "path": file.path,
            "encoding": file.encoding,
            "batches": file.batches,
            "statements": file.statements,
            "gaps": {"syntax": gaps.syntax, "name": gaps.name, "dynamic": gaps.dynamic},
        }

    def table(self, table: Table) -> Row:
        place = table.defined_at
        return {
            "name": self.texts[table.name],
            "kind": table.kind.value,
            "columns": None if table.columns is None else list(table.columns),
            "defined_at": {"path": place.path, "line": place.line} if place else None,
        }

    def module(self, module: Module) -> Row:
        return {
            "name": self.texts[module.name],
            "kind": module.kind.value,
            "path": module.path,
            "line": module.line,
            "end_line": module.end_line,
            "reads": self.names(module.reads),
            "writes": self.names(module.writes),
            "calls": self.names(module.calls),
            "columns": [self.column(column) for column in module.columns],
        }

    def statement(self, statement: Statement) -> Row:
        return {
            "id": statement.id,
            "path": statement.path,
            "line": statement.line,
            "end_line": statement.end_line,
            "kind": statement.kind.value,
            "module": self.texts[statement.module] if statement.module else None,
            "reads": self.names(statement.reads),
            "writes": self.names(statement.writes),
            "calls": self.names(statement.calls),
            "dynamic": statement.dynamic,
        }

    def table_edge(self, edge: TableEdge) -> Row:
        return {
            "source": self.texts[edge.source],
            "target": self.texts[edge.target],
            "type": edge.type.value,
            "statements": list(edge.statements),
        }

    def column_edge(self, edge: ColumnEdge) -> Row:
        return {
            "source": self.column(edge.source),
            "target": self.column(edge.target),
            "type": edge.type.value,
            "subtype": edge.subtype.value,
            "certainty": edge.certainty.value,
            "statements": list(edge.statements),
        }

    def declaration(self, row: Declaration) -> Row:
        return {
            "source": self.texts[row.source],
            "target": self.texts[row.target],
            "columns": [{"source": source, "target": target} for source, target in row.columns],
            "path": row.path,
            "line": row.line,
            "stale": row.stale.value if row.stale else None,
        }

    def unread(self, row: Unread) -> Row:
        return {"kind": row.kind.value, "count": row.count, "paths": list(row.paths)}

    def diagnostic(self, diagnostic: Diagnostic) -> Row:
        span = diagnostic.span
        return {
            "code": diagnostic.code,
            "severity": diagnostic.severity.value,
            "message": "\n".join((diagnostic.message, *diagnostic.configuration)),
            "path": diagnostic.path,
            "line": span.line,
            "column": span.column,
            "end_line": span.end_line,
            "end_column": span.end_column,
            "statement": diagnostic.statement,
        }

    def column(self, column: Column) -> Row:
        return {"table": self.texts[column.table], "column": column.column}

    def names(self, names: Iterable[Name]) -> list[str]:
        return [self.texts[name] for name in names]
