"""The lineage document: a graph as JSON, byte-identical for equal graphs.

Its schema is docs/lineage-document.schema.json. Each row stands on a line of its own, so that
documents can be compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from ..model.printable import to_json
from ..version import __version__

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
    declared = {"declared_lineage": map(_declaration, graph.declared)} if graph.declared else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "sql-lineage-purview", "version": __version__},
        "files": map(_file, graph.files),
        "tables": map(_table, graph.tables),
        "modules": map(_module, graph.modules),
        "statements": map(_statement, graph.statements),
        "table_lineage": map(_table_edge, graph.table_lineage),
        "column_lineage": map(_column_edge, graph.column_lineage),
        **declared,
        "not_read": map(_unread, graph.not_read),
        "diagnostics": map(_diagnostic, graph.diagnostics),
    }


def _rows(rows: Iterator[Row]) -> Iterator[str]:
    """The rows of a member, many in a piece."""
    start = "[\n  "
    while texts := [to_json(row) for row in islice(rows, _ROWS_IN_PIECE)]:
        yield start + ",\n  ".join(texts)
        start = ",\n  "
    yield "[]" if start.startswith("[") else "\n ]"


def _file(file: ScannedFile) -> Row:
    gaps = file.gaps
    return {
        "path": file.path,
        "encoding": file.encoding,
        "batches": file.batches,
        "statements": file.statements,
        "gaps": {"syntax": gaps.syntax, "name": gaps.name, "dynamic": gaps.dynamic},
    }


def _table(table: Table) -> Row:
    place = table.defined_at
    return {
        "name": str(table.name),
        "kind": table.kind.value,
        "columns": None if table.columns is None else list(table.columns),
        "defined_at": {"path": place.path, "line": place.line} if place else None,
    }


def _module(module: Module) -> Row:
    return {
        "name": str(module.name),
        "kind": module.kind.value,
        "path": module.path,
        "line": module.line,
        "end_line": module.end_line,
        "reads": _names(module.reads),
        "writes": _names(module.writes),
        "calls": _names(module.calls),
        "columns": [_column(column) for column in module.columns],
    }


def _statement(statement: Statement) -> Row:
    return {
        "id": statement.id,
        "path": statement.path,
        "line": statement.line,
        "end_line": statement.end_line,
        "kind": statement.kind.value,
        "module": str(statement.module) if statement.module else None,
        "reads": _names(statement.reads),
        "writes": _names(statement.writes),
        "calls": _names(statement.calls),
        "dynamic": statement.dynamic,
    }


def _table_edge(edge: TableEdge) -> Row:
    return {
        "source": str(edge.source),
        "target": str(edge.target),
        "type": edge.type.value,
        "statements": list(edge.statements),
    }


def _column_edge(edge: ColumnEdge) -> Row:
    return {
        "source": _column(edge.source),
        "target": _column(edge.target),
        "type": edge.type.value,
        "subtype": edge.subtype.value,
        "certainty": edge.certainty.value,
        "statements": list(edge.statements),
    }


def _declaration(row: Declaration) -> Row:
    return {
        "source": str(row.source),
        "target": str(row.target),
        "columns": [{"source": source, "target": target} for source, target in row.columns],
        "path": row.path,
        "line": row.line,
        "stale": row.stale.value if row.stale else None,
    }


def _unread(row: Unread) -> Row:
    return {"kind": row.kind.value, "count": row.count, "paths": list(row.paths)}


def _diagnostic(diagnostic: Diagnostic) -> Row:
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


def _column(column: Column) -> Row:
    return {"table": str(column.table), "column": column.column}


def _names(names: Iterable[Name]) -> list[str]:
    return [str(name) for name in names]
