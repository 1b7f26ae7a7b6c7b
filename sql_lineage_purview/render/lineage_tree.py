"""What feeds a table or column, or what it feeds: a tree to be walked back to file and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ..model.graph import Column, ColumnEdge, LineageGraph, TableEdge
from .beyond_edges import beyond_edges
from .labels import label
from .places import DECLARED, Places, declared_at
from .scan_tree import node

if TYPE_CHECKING:
    from rich.tree import Tree

    from ..analysis.use import ObjectUse
    from ..model.names import Name


class Direction(StrEnum):
    """Against the flow of data (what feeds it), or with it (what it feeds)."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class _TreeStep:
    """One step along edges: to which node, how, carried by which statements.

    Or declared at which place.
    """

    to: Column
    kind: str
    statements: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class LineageRequest:
    """What `render_lineage` is asked for; see there.

    `readers`: who reads it and carries nothing of it anywhere. `gaps`: how many could hide a use.
    """

    graph: LineageGraph
    start: Column
    direction: Direction
    depth: int | None = None
    columns: bool = False
    readers: Sequence[ObjectUse] = ()
    gaps: int = 0


_Steps: TypeAlias = Mapping[Column, Sequence[_TreeStep]]

_HEADINGS = {Direction.UP: "is fed by", Direction.DOWN: "feeds"}


def render_lineage(
    graph: LineageGraph,
    start: Column,
    direction: Direction,
    *,
    depth: int | None = None,
    columns: bool = False,
) -> Tree:
    """The lineage of a table (`start.column` None) or of a column.

    A node that stands above itself is marked as a cycle, one that was shown before as a repeat;
    neither is opened again.

    Args:
        graph: the scan.
        start: a node of the graph.
        direction: which way to walk.
        depth: how many edges to follow from the start; None follows all.
        columns: of a table, show the lineage of each of its columns.
    """
    from rich.tree import Tree  # noqa: PLC0415 - for those alone who draw

    tree = Tree(node(label(start), _HEADINGS[direction]))
    walk = _Walk(Places(graph), depth)
    if start.column is None and not columns:
        walk.grow(
            tree,
            start,
            _with_declared(
                _table_steps(graph.table_lineage, direction), graph, direction, columns=False
            ),
        )
    else:
        steps = _with_declared(
            _column_steps(graph.column_lineage, direction), graph, direction, columns=True
        )
        if start.column is None:
            for column in _columns_of(graph, start.table, steps):
                walk.grow(tree.add(node(_short(column), "")), column, steps)
        else:
            walk.grow(tree, start, steps)
    if not tree.children:
        tree.label = node(label(start), f"{_HEADINGS[direction]} nothing in the scan")
    return tree


def render_request(request: LineageRequest) -> Tree:
    """The lineage that a request asks for, and who reads it without an edge."""
    tree = render_lineage(
        request.graph,
        request.start,
        request.direction,
        depth=request.depth,
        columns=request.columns,
    )
    if remark := beyond_edges(request.readers, request.gaps, has_edges=bool(tree.children)):
        tree.label = node(label(request.start), _HEADINGS[request.direction])
        tree.add(node("", "", mark=remark))
    return tree


def _short(column: Column) -> str:
    """A column below the heading of its table.

    The rows as a whole are what JOIN and WHERE decide.
    """
    return column.column or "(which rows)"


@dataclass(slots=True)
class _Walk:
    """A walk over edges in the order of a reader, without recursion, that opens each node once."""

    places: Places
    depth: int | None

    def grow(self, tree: Tree, start: Column, steps: _Steps) -> None:
        """Hang all that is reached from `start` below `tree`."""
        opened = {start: 0}
        # a stack, so reversed: lineage may be deeper than Python calls
        pending: list[tuple[Tree, _TreeStep, tuple[Column, ...]]] = [
            (tree, step, (start,)) for step in reversed(_from(start, steps))
        ]
        while pending:
            parent, step, path = pending.pop()
            further = _from(step.to, steps)
            mark = (
                "(cycle)"
                if step.to in path
                else self._mark(step.to, len(path), opened)
                if further
                else ""
            )
            child = parent.add(
                node(
                    label(step.to),
                    step.kind,
                    step.place or self.places.described(step.statements),
                    mark,
                )
            )
            if further and not mark:
                opened[step.to] = len(path)
                pending.extend(
                    (child, next_step, (*path, step.to)) for next_step in reversed(further)
                )

    def _mark(self, at: Column, level: int, opened: Mapping[Column, int]) -> str:
        """Why a node is not opened.

        With a limited depth, one that was opened deeper down may have shown less there.
        """
        if at in opened and (self.depth is None or opened[at] <= level):
            return "(shown above)"
        return "(more)" if self.depth is not None and level >= self.depth else ""


def _from(column: Column, steps: _Steps) -> list[_TreeStep]:
    """The steps from a node.

    What is known of a table's columns as a whole (`*`) holds for each of them.
    """
    wildcard = Column(column.table, "*")
    more = steps.get(wildcard, ()) if column.column and column != wildcard else ()
    return [*steps.get(column, ()), *more]


def _table_steps(edges: Iterable[TableEdge], direction: Direction) -> _Steps:
    ends: defaultdict[Column, defaultdict[Column, list[TableEdge]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for edge in edges:
        source, target = Column(edge.source, None), Column(edge.target, None)
        start, end = (target, source) if direction is Direction.UP else (source, target)
        ends[start][end].append(edge)
    return {
        start: [_joined(end, ends[start][end]) for end in sorted(ends[start], key=_key)]
        for start in ends
    }


def _joined(to: Column, edges: Sequence[TableEdge]) -> _TreeStep:
    kinds = " and ".join(sorted({edge.type.value for edge in edges}))
    return _TreeStep(to, kinds, tuple(statement for edge in edges for statement in edge.statements))


def _column_steps(edges: Iterable[ColumnEdge], direction: Direction) -> _Steps:
    steps: defaultdict[Column, list[_TreeStep]] = defaultdict(list)
    for edge in edges:
        start, end = (
            (edge.target, edge.source) if direction is Direction.UP else (edge.source, edge.target)
        )
        doubt = "" if edge.certainty.value == "EXACT" else f" ({edge.certainty.value})"
        rows = " of its rows" if end.column is None else ""
        steps[start].append(_TreeStep(end, f"{edge.subtype.value}{rows}{doubt}", edge.statements))
    return {
        start: sorted(node_steps, key=lambda step: (_key(step.to), step.kind))
        for start, node_steps in steps.items()
    }


def _with_declared(
    steps: _Steps, graph: LineageGraph, direction: Direction, *, columns: bool
) -> _Steps:
    """The steps, and behind those of each node the ones that people declare."""
    declared_steps: defaultdict[Column, list[_TreeStep]] = defaultdict(list)
    for row in graph.declared:
        ends = (
            [(edge.source, edge.target) for edge in row.edges]
            if columns
            else [(Column(row.source, None), Column(row.target, None))]
        )
        for source, target in ends:
            start, end = (target, source) if direction is Direction.UP else (source, target)
            declared_steps[start].append(_TreeStep(end, DECLARED, place=declared_at(row)))
    return (
        {
            start: [*steps.get(start, ()), *declared_steps[start]]
            for start in (*steps, *declared_steps)
        }
        if declared_steps
        else steps
    )


def _columns_of(graph: LineageGraph, table: Name, steps: _Steps) -> list[Column]:
    """The columns of a table that have edges, in the order of its definition.

    The rows as a whole come last.
    """
    names = next((entry.columns or () for entry in graph.tables if entry.name == table), ())
    order = {name: place for place, name in enumerate(names)}
    columns = [column for column in steps if column.table == table]
    return sorted(
        columns,
        key=lambda column: (
            column.column is None,
            order.get(column.column or "", len(order)),
            _key(column),
        ),
    )


def _key(column: Column) -> tuple[str, Name, str]:
    return (column.table.key, column.table, column.column or "")
