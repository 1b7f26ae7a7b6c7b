"""Walks: all columns or tables upstream or downstream of some, each with the path that leads there.

The shortest path counts, and of these one along which values flow before one of conditions. What is
known of the columns of a table as a whole (`*`) holds for each of them: a column goes on from `*`,
and `*` from each column, so that a walk meets what the walk back from there meets. The rows as a
whole (None) are an end: which rows come is no value of any column.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from ..model.graph import Column, ColumnEdge, Declaration, LineageGraph, TableEdge
from ..model.names import Name
from ..model.vocabulary import EdgeType


class FlowDirection(StrEnum):
    """Against the flow of data, to what feeds something, or with it."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


class WalkStep(Struct, frozen=True):
    """One edge of a path, or a declaration: then no statement carries it.

    `kind` is the subtype of a column's edge, the type of a table's.
    """

    source: Column
    target: Column
    kind: str
    is_direct: bool
    statements: tuple[str, ...] = ()
    declaration: Declaration | None = None


_Steps: TypeAlias = Mapping[Column, Sequence[WalkStep]]


class LineageWalk(Struct, frozen=True):
    """What was reached from some nodes, in the order of distance.

    `distances`: how many edges lead to each node; the first ones, with 0, are no part of it. `last`
    has the node before each and the step between them.
    """

    direction: FlowDirection
    distances: Mapping[Column, int]
    last: Mapping[Column, tuple[Column, WalkStep]]

    @property
    def columns(self) -> tuple[Column, ...]:
        """What was reached, nearest first."""
        return tuple(self.last)

    @property
    def tables(self) -> tuple[Name, ...]:
        """The tables of what was reached, nearest first."""
        return tuple(dict.fromkeys(column.table for column in self.last))

    @property
    def statements(self) -> frozenset[str]:
        """All statements on the way."""
        return frozenset(name for _, step in self.last.values() for name in step.statements)

    def path(self, column: Column) -> tuple[WalkStep, ...]:
        """The steps from the beginning of the walk to a node that was reached."""
        steps = []
        while column in self.last:
            column, step = self.last[column]
            steps.append(step)
        return tuple(reversed(steps))


class Walks:
    """The walks of one graph; each index is made when it is needed first.

    Args:
        graph: the scan.
    """

    def __init__(self, graph: LineageGraph) -> None:
        self._graph = graph

    def columns(
        self, starts: Iterable[Column], direction: FlowDirection, depth: int | None = None
    ) -> LineageWalk:
        """All columns that lead to some columns, or that these lead to.

        Args:
            starts: columns; they are reached again only where a circle leads back.
            direction: up or down.
            depth: how many edges are followed; None for all.
        """
        steps, columns = self._column_steps[direction], self._columns_by_table[direction]
        return _walk(starts, direction, steps, columns, depth)

    def tables(
        self, starts: Iterable[Name], direction: FlowDirection, depth: int | None = None
    ) -> LineageWalk:
        """All tables that feed some tables, or that these feed; their columns are None.

        Args:
            starts: tables.
            direction: up or down.
            depth: how many edges are followed; None for all.
        """
        nodes = [Column(table, None) for table in starts]
        return _walk(nodes, direction, self._table_steps[direction], {}, depth)

    @cached_property
    def _column_steps(self) -> Mapping[FlowDirection, _Steps]:
        declared = (
            (edge.source, edge.target, row) for row in self._graph.declared for edge in row.edges
        )
        return _both_ways(
            [
                *map(_column_step, self._graph.column_lineage),
                *(_declared_step(*row) for row in declared),
            ]
        )

    @cached_property
    def _table_steps(self) -> Mapping[FlowDirection, _Steps]:
        declared = (
            (Column(row.source, None), Column(row.target, None), row)
            for row in self._graph.declared
        )
        return _both_ways(
            [
                *map(_table_step, self._graph.table_lineage),
                *(_declared_step(*row) for row in declared),
            ]
        )

    @cached_property
    def _columns_by_table(self) -> Mapping[FlowDirection, Mapping[Name, Sequence[Column]]]:
        """The columns of each table that steps leave."""
        return {direction: _by_table(steps) for direction, steps in self._column_steps.items()}


def _walk(
    starts: Iterable[Column],
    direction: FlowDirection,
    steps: _Steps,
    columns: Mapping[Name, Sequence[Column]],
    depth: int | None,
) -> LineageWalk:
    distances = dict.fromkeys(starts, 0)
    last: dict[Column, tuple[Column, WalkStep]] = {}
    pending = deque(distances)
    while pending:
        node = pending.popleft()
        if depth is not None and distances[node] >= depth:
            continue
        for step in _steps_from(node, steps, columns):
            end = step.target if direction is FlowDirection.DOWNSTREAM else step.source
            if end not in distances:
                distances[end] = distances[node] + 1
                last[end] = (node, step)
                pending.append(end)
    return LineageWalk(direction, distances, last)


def _steps_from(
    node: Column, steps: _Steps, columns: Mapping[Name, Sequence[Column]]
) -> list[WalkStep]:
    """The steps that leave a node, those along which values flow first."""
    leaving = list(steps.get(node, ()))
    if node.column == "*":
        leaving += (
            step
            for column in columns.get(node.table, ())
            if column != node
            for step in steps[column]
        )
    elif node.column is not None:
        leaving += steps.get(Column(node.table, "*"), ())
    return sorted(leaving, key=lambda step: not step.is_direct)


def _both_ways(steps: Sequence[WalkStep]) -> Mapping[FlowDirection, _Steps]:
    down: defaultdict[Column, list[WalkStep]] = defaultdict(list)
    up: defaultdict[Column, list[WalkStep]] = defaultdict(list)
    for step in steps:
        down[step.source].append(step)
        up[step.target].append(step)
    return {FlowDirection.DOWNSTREAM: dict(down), FlowDirection.UPSTREAM: dict(up)}


def _by_table(steps: _Steps) -> Mapping[Name, Sequence[Column]]:
    columns: defaultdict[Name, list[Column]] = defaultdict(list)
    for column in steps:
        if column.column is not None:
            columns[column.table].append(column)
    return dict(columns)


def _column_step(edge: ColumnEdge) -> WalkStep:
    is_direct = edge.type is EdgeType.DIRECT
    return WalkStep(edge.source, edge.target, edge.subtype.value, is_direct, edge.statements)


def _table_step(edge: TableEdge) -> WalkStep:
    source, target = Column(edge.source, None), Column(edge.target, None)
    return WalkStep(source, target, edge.type.value, edge.type is EdgeType.DIRECT, edge.statements)


def _declared_step(source: Column, target: Column, row: Declaration) -> WalkStep:
    return WalkStep(source, target, "declared", is_direct=True, declaration=row)
