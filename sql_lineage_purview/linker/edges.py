"""The edges of the graph while they are found, and what decides whether one counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model.graph import Column, ColumnEdge, TableEdge
from ..model.names import Name
from ..model.vocabulary import Certainty, EdgeType, Subtype
from .bound import Flows, Tables


@dataclass(slots=True)
class Edges:
    """Edges by their ends; the statements that carry each, in the order in which they stand in the scan."""

    tables: dict[tuple[Name, Name], tuple[EdgeType, dict[str, None]]] = field(default_factory=dict)
    columns: dict[tuple[Column, Column, Subtype], tuple[Certainty, dict[str, None]]] = field(default_factory=dict)

    def write(self, target: Name, written: list[tuple[str, Flows]], rows: Flows, tables: Tables, statement: str) -> None:
        """A statement writes columns of a table.

        A table has an edge to itself only where a value of it flows into it; what of its own columns decides the rows counts
        only then.
        """
        flowing = any(
            column.table == target and subtype.type is EdgeType.DIRECT for _, flows in written for column, subtype in flows
        )
        for name, flows in written:
            for (column, subtype), certainty in flows.items():
                self._column(column, Column(target, name), subtype, certainty, statement)
        for (column, subtype), certainty in rows.items():
            if column.table != target or flowing:
                self._column(column, Column(target, None), subtype, certainty, statement)
        for source, kind in tables.items():
            if source != target:
                self._table(source, target, kind if written else EdgeType.INDIRECT, statement)
        if flowing:
            self._table(target, target, EdgeType.DIRECT, statement)

    def _table(self, source: Name, target: Name, kind: EdgeType, statement: str) -> None:
        known, statements = self.tables.get((source, target), (kind, {}))
        statements[statement] = None
        merged = EdgeType.DIRECT if EdgeType.DIRECT in (known, kind) else EdgeType.INDIRECT
        self.tables[source, target] = (merged, statements)

    def _column(self, source: Column, target: Column, subtype: Subtype, certainty: Certainty, statement: str) -> None:
        key = (source, target, subtype)
        known, statements = self.columns.get(key, (certainty, {}))
        statements[statement] = None
        self.columns[key] = (known | certainty, statements)

    def table_edges(self, order: dict[str, int]) -> tuple[TableEdge, ...]:
        """All table edges, sorted; `order` is the place of each statement in the scan."""
        return tuple(
            TableEdge(source, target, kind, tuple(sorted(statements, key=order.__getitem__)))
            for (source, target), (kind, statements) in sorted(
                self.tables.items(), key=lambda row: (str(row[0][1]), str(row[0][0]))
            )
        )

    def column_edges(self, order: dict[str, int]) -> tuple[ColumnEdge, ...]:
        """All column edges, sorted."""
        rows = sorted(self.columns.items(), key=lambda row: _column_order(row[0]))
        return tuple(
            ColumnEdge(source, target, subtype, certainty, tuple(sorted(statements, key=order.__getitem__)))
            for (source, target, subtype), (certainty, statements) in rows
        )


def _column_order(key: tuple[Column, Column, Subtype]) -> tuple[str, str, str, str, str]:
    source, target, subtype = key
    return (str(target.table), target.column or "", str(source.table), source.column or "", subtype.value)
