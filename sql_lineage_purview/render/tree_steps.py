"""The steps of lineage trees: what leads from each node, and how, against the flow or with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ..model.graph import Column, ColumnEdge, Declaration, LineageGraph, TableEdge
from ..model.vocabulary import Certainty, EdgeType
from .drawing import Fragment, Meaning
from .scan_tree import flow, name_order

if TYPE_CHECKING:
    from ..model.names import Name


class Direction(StrEnum):
    """Against the flow of data (what feeds it), or with it (what it feeds)."""

    UP = "up"
    DOWN = "down"


class TreeStep(Struct, frozen=True):
    """One step along edges: to which node, how, into which table, carried by which statements.

    Or declared by whom.
    """

    to: Column
    how: tuple[Fragment, ...]
    target: Name
    statements: tuple[str, ...] = ()
    declared: Declaration | None = None

    @property
    def order(self) -> tuple[bool, str, Name, str, str]:
        """By the node's name, then by how its data comes."""
        table = self.to.table
        return (*name_order(table), self.to.column or "", self.how[0].text)


_StepsByNode: TypeAlias = Mapping[Column, Sequence[TreeStep]]


class TreeSteps:
    """The steps that leave each node.

    What is known of a table's columns as a whole (`*`) holds for each of them, so that a column
    goes on from `*`, and `*` from each column: the same walk as `analysis.walks`.
    """

    def __init__(self, steps: _StepsByNode) -> None:
        self._steps = steps
        self._columns: defaultdict[Name, list[Column]] = defaultdict(list)
        for node in steps:
            if node.column is not None:
                self._columns[node.table].append(node)

    def of_table(self, table: Name) -> list[Column]:
        """The columns of a table that steps leave, and its rows."""
        rows = Column(table, None)
        return [*self._columns[table], *((rows,) if rows in self._steps else ())]

    def leaving(self, node: Column) -> list[TreeStep]:
        """The steps from a node."""
        if node.column is None:
            return list(self._steps.get(node, ()))
        whole = Column(node.table, "*")
        if node != whole:
            return [*self._steps.get(node, ()), *self._steps.get(whole, ())]
        steps = {step for column in self._columns[node.table] for step in self._steps[column]}
        return sorted(steps, key=lambda step: step.order)


def steps_of(graph: LineageGraph, direction: Direction, *, columns: bool) -> TreeSteps:
    """All steps of a graph, between its columns or between its tables."""
    steps = (
        _column_steps(graph.column_lineage, direction)
        if columns
        else _table_steps(graph.table_lineage, direction)
    )
    return TreeSteps(_with_declared(steps, graph, direction, columns=columns))


def _table_steps(edges: Iterable[TableEdge], direction: Direction) -> _StepsByNode:
    ends: defaultdict[Column, defaultdict[Column, list[TableEdge]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for edge in edges:
        source, target = Column(edge.source, None), Column(edge.target, None)
        start, end = (target, source) if direction is Direction.UP else (source, target)
        ends[start][end].append(edge)
    return {
        start: sorted(
            (_joined(end, rows) for end, rows in by_end.items()), key=lambda step: step.order
        )
        for start, by_end in ends.items()
    }


def _joined(to: Column, edges: Sequence[TableEdge]) -> TreeStep:
    types = sorted({edge.type for edge in edges})
    kinds = flow(" and ".join(types), direct=EdgeType.DIRECT in types)
    statements = tuple(statement for edge in edges for statement in edge.statements)
    return TreeStep(to, (kinds,), edges[0].target, statements)


def _column_steps(edges: Iterable[ColumnEdge], direction: Direction) -> _StepsByNode:
    steps: defaultdict[Column, list[TreeStep]] = defaultdict(list)
    for edge in edges:
        start, end = (
            (edge.target, edge.source) if direction is Direction.UP else (edge.source, edge.target)
        )
        steps[start].append(
            TreeStep(end, tuple(_flow_of(edge, end)), edge.target.table, edge.statements)
        )
    return {start: sorted(rows, key=lambda step: step.order) for start, rows in steps.items()}


def _flow_of(edge: ColumnEdge, end: Column) -> Iterator[Fragment]:
    rows = " of its rows" if end.column is None else ""
    yield flow(f"{edge.subtype.value}{rows}", direct=edge.type is EdgeType.DIRECT)
    if edge.certainty is not Certainty.EXACT:
        yield Fragment(f"({edge.certainty.value})", Meaning.DOUBT, joint=" ")


def _with_declared(
    steps: _StepsByNode, graph: LineageGraph, direction: Direction, *, columns: bool
) -> _StepsByNode:
    """The steps, and behind those of each node the ones that people declare."""
    declared_steps: defaultdict[Column, list[TreeStep]] = defaultdict(list)
    for row in graph.declared:
        ends = (
            [(edge.source, edge.target) for edge in row.edges]
            if columns
            else [(Column(row.source, None), Column(row.target, None))]
        )
        for source, target in ends:
            start, end = (target, source) if direction is Direction.UP else (source, target)
            declared_steps[start].append(TreeStep(end, (), target.table, declared=row))
    return (
        {
            start: [*steps.get(start, ()), *declared_steps[start]]
            for start in (*steps, *declared_steps)
        }
        if declared_steps
        else steps
    )


def columns_with_steps(graph: LineageGraph, table: Name, steps: TreeSteps) -> list[Column]:
    """The columns of a table that have edges, in the order of its definition.

    The rows as a whole come last.
    """
    names = next((entry.columns or () for entry in graph.tables if entry.name == table), ())
    order = {name: place for place, name in enumerate(names)}
    return sorted(
        steps.of_table(table),
        key=lambda column: (
            column.column is None,
            order.get(column.column or "", len(order)),
            column.column or "",
        ),
    )
