"""From the edges of a lineage graph to flows: how one module, or one loose script, fills one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sql_lineage_purview.model.vocabulary import EdgeType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.graph import ColumnEdge, LineageGraph, Statement, TableEdge
    from sql_lineage_purview.model.names import Name


@dataclass(frozen=True, slots=True)
class Source:
    """What a flow reads; INDIRECT where it only decides which rows come."""

    name: Name
    type: EdgeType


@dataclass(frozen=True, slots=True)
class Flow:
    """How `module` (None: the loose script at `path`) fills `target`, in the lines from `first_line` to `last_line`."""

    module: Name | None
    path: str
    target: Name
    first_line: int
    last_line: int
    sources: tuple[Source, ...]
    columns: tuple[ColumnEdge, ...]

    @property
    def writer(self) -> str:
        """The module's name, else the script's path."""
        return self.path if self.module is None else str(self.module)


# A writer is a module, or the script of this path.
_Writer = tuple["Name | None", str]


def flows_of(graph: LineageGraph) -> tuple[Flow, ...]:
    """One flow for each module or script and table that it writes, in the order of the graph's table edges.

    A name of which only a pattern is known (`dbo.${@table}`) is no asset of anybody's, so its edges are left out.
    """
    statements = {statement.id: statement for statement in graph.statements}
    grouped: dict[tuple[_Writer, Name], list[tuple[TableEdge, list[Statement]]]] = {}
    for edge in graph.table_lineage:
        if edge.source.left_open or edge.target.left_open:
            continue
        carriers = [statements[name] for name in edge.statements if name in statements]
        for writer in _writers(edge.target, carriers):
            own = [statement for statement in carriers if _writer(statement) == writer]
            grouped.setdefault((writer, edge.target), []).append((edge, own))
    columns: dict[Name, list[ColumnEdge]] = {}
    for column_edge in graph.column_lineage:
        if column_edge.source.table.left_open:
            continue
        columns.setdefault(column_edge.target.table, []).append(column_edge)
    return tuple(_flow(writer, target, rows, columns) for (writer, target), rows in grouped.items())


def _writers(target: Name, carriers: Iterable[Statement]) -> list[_Writer]:
    """Those that write the table themselves: an edge's statements also stand in what they call or read through."""
    rows = list(carriers)
    writing = [row for row in rows if any(name.key == target.key for name in row.writes)]
    return list(dict.fromkeys(map(_writer, writing or rows)))


def _writer(statement: Statement) -> _Writer:
    return (statement.module, "" if statement.module else _path(statement))


def _path(statement: Statement) -> str:
    """The script's path; bytes of a file name that are no text cannot be sent."""
    return statement.path.encode("utf-8", "replace").decode()


def _flow(
    writer: _Writer,
    target: Name,
    rows: list[tuple[TableEdge, list[Statement]]],
    columns: Mapping[Name, list[ColumnEdge]],
) -> Flow:
    statements = {statement.id: statement for _, own in rows for statement in own}
    types: dict[Name, EdgeType] = {}
    for edge, _ in rows:
        types[edge.source] = EdgeType.DIRECT if EdgeType.DIRECT in (edge.type, types.get(edge.source)) else edge.type
    path = _path(next(iter(statements.values())))
    lines = [statement for statement in statements.values() if _path(statement) == path]
    return Flow(
        writer[0],
        path,
        target,
        min(statement.line for statement in lines),
        max(statement.end_line for statement in lines),
        tuple(Source(name, type_) for name, type_ in types.items()),
        tuple(edge for edge in columns.get(target, ()) if not statements.keys().isdisjoint(edge.statements)),
    )
