"""What feeds a table or column, or what it feeds: a tree to be walked back to file and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ..analysis.hidden_uses import NOTHING_HIDDEN, HiddenUses
from ..model.graph import Column, ColumnEdge, Declaration, LineageGraph, TableEdge
from ..model.vocabulary import Certainty, EdgeType
from .beyond_edges import beyond_edges
from .carriers import CarriedLine, EdgeCarriers
from .drawing import Branch, Fragment, Meaning
from .labels import label
from .scan_tree import declared_pieces, flow, name_order, named

if TYPE_CHECKING:
    from ..analysis.use import ObjectUse
    from ..model.names import Name


class Direction(StrEnum):
    """Against the flow of data (what feeds it), or with it (what it feeds)."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class _TreeStep:
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


@dataclass(frozen=True, slots=True)
class LineageRequest:
    """What `render_lineage` is asked for; see there.

    `readers`: who reads it and carries nothing of it anywhere. `hidden`: what could hide a use.
    """

    graph: LineageGraph
    start: Column
    direction: Direction
    depth: int | None = None
    columns: bool = False
    readers: Sequence[ObjectUse] = ()
    hidden: HiddenUses = NOTHING_HIDDEN


_StepsByNode: TypeAlias = Mapping[Column, Sequence[_TreeStep]]
_Pending: TypeAlias = tuple[Branch, _TreeStep, tuple[Column, ...]]

_HEADINGS = {Direction.UP: "is fed by", Direction.DOWN: "feeds"}


def render_lineage(
    graph: LineageGraph,
    start: Column,
    direction: Direction,
    *,
    depth: int | None = None,
    columns: bool = False,
) -> Branch:
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
    tree = Branch((_named(start), Fragment(_HEADINGS[direction], Meaning.HEADING)))
    walk = _Walk(EdgeCarriers(graph), depth)
    if start.column is None and not columns:
        walk.grow(
            tree,
            start,
            _Steps(
                _with_declared(
                    _table_steps(graph.table_lineage, direction), graph, direction, columns=False
                )
            ),
        )
    else:
        steps = _Steps(
            _with_declared(
                _column_steps(graph.column_lineage, direction), graph, direction, columns=True
            )
        )
        if start.column is None:
            for column in _columns_of(graph, start.table, steps):
                walk.grow(tree.add(Fragment(_short(column), Meaning.NAME)), column, steps)
        else:
            walk.grow(tree, start, steps)
    if not tree.children:
        nothing = f"{_HEADINGS[direction]} nothing in the scan"
        tree.fragments = (_named(start), Fragment(nothing, Meaning.HEADING))
    return tree


def render_request(request: LineageRequest) -> Branch:
    """The lineage that a request asks for, and who reads it without an edge."""
    tree = render_lineage(
        request.graph,
        request.start,
        request.direction,
        depth=request.depth,
        columns=request.columns,
    )
    if remark := beyond_edges(request.readers, request.hidden, has_edges=bool(tree.children)):
        heading = Fragment(_HEADINGS[request.direction], Meaning.HEADING)
        tree.fragments = (_named(request.start), heading)
        tree.add(Fragment(remark, Meaning.REMARK))
    return tree


def _short(column: Column) -> str:
    """A column below the heading of its table.

    The rows as a whole are what JOIN and WHERE decide.
    """
    return column.column or "(which rows)"


class _Steps:
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

    def leaving(self, node: Column) -> list[_TreeStep]:
        """The steps from a node."""
        if node.column is None:
            return list(self._steps.get(node, ()))
        whole = Column(node.table, "*")
        if node != whole:
            return [*self._steps.get(node, ()), *self._steps.get(whole, ())]
        steps = {step for column in self._columns[node.table] for step in self._steps[column]}
        return sorted(steps, key=lambda step: step.order)


@dataclass(slots=True)
class _Walk:
    """A walk over edges in the order of a reader, without recursion, that opens each node once."""

    carriers: EdgeCarriers
    depth: int | None

    def grow(self, tree: Branch, start: Column, steps: _Steps) -> None:
        """Hang all that is reached from `start` below `tree`."""
        opened = {start: 0}
        # a stack, so reversed: lineage may be deeper than Python calls
        pending = [*reversed(self._hang(tree, (start,), steps))]
        while pending:
            branch, step, path = pending.pop()
            further = steps.leaving(step.to)
            mark = (
                "(cycle)"
                if step.to in path
                else self._mark(step.to, len(path), opened)
                if further
                else ""
            )
            if mark:
                branch.fragments += (Fragment(mark, Meaning.REMARK),)
            elif further:
                opened[step.to] = len(path)
                pending += reversed(self._hang(branch, (*path, step.to), steps))

    def _hang(self, parent: Branch, path: tuple[Column, ...], steps: _Steps) -> list[_Pending]:
        """Lines for the steps from the last node of a path, below the modules that carry them."""
        rows = [
            (CarriedLine((_named(step.to), *step.how, *_declared_by(step)), carrier), step)
            for step in steps.leaving(path[-1])
            for carrier in self.carriers.of(step.statements, step.target)
        ]
        return [(branch, step, path) for branch, step in self.carriers.grow(parent, rows)]

    def _mark(self, at: Column, level: int, opened: Mapping[Column, int]) -> str:
        """Why a node is not opened.

        With a limited depth, one that was opened deeper down may have shown less there.
        """
        if at in opened and (self.depth is None or opened[at] <= level):
            return "(shown above)"
        return "(more)" if self.depth is not None and level >= self.depth else ""


def _named(column: Column) -> Fragment:
    return named(label(column), column.table)


def _declared_by(step: _TreeStep) -> Iterator[Fragment]:
    if step.declared:
        yield from declared_pieces(step.declared)


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


def _joined(to: Column, edges: Sequence[TableEdge]) -> _TreeStep:
    types = sorted({edge.type for edge in edges})
    kinds = flow(" and ".join(types), direct=EdgeType.DIRECT in types)
    statements = tuple(statement for edge in edges for statement in edge.statements)
    return _TreeStep(to, (kinds,), edges[0].target, statements)


def _column_steps(edges: Iterable[ColumnEdge], direction: Direction) -> _StepsByNode:
    steps: defaultdict[Column, list[_TreeStep]] = defaultdict(list)
    for edge in edges:
        start, end = (
            (edge.target, edge.source) if direction is Direction.UP else (edge.source, edge.target)
        )
        steps[start].append(
            _TreeStep(end, tuple(_flow_of(edge, end)), edge.target.table, edge.statements)
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
    declared_steps: defaultdict[Column, list[_TreeStep]] = defaultdict(list)
    for row in graph.declared:
        ends = (
            [(edge.source, edge.target) for edge in row.edges]
            if columns
            else [(Column(row.source, None), Column(row.target, None))]
        )
        for source, target in ends:
            start, end = (target, source) if direction is Direction.UP else (source, target)
            declared_steps[start].append(_TreeStep(end, (), target.table, declared=row))
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
    return sorted(
        steps.of_table(table),
        key=lambda column: (
            column.column is None,
            order.get(column.column or "", len(order)),
            column.column or "",
        ),
    )
