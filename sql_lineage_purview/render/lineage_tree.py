"""What feeds a table or column, or what it feeds: a tree to be walked back to file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ..analysis.hidden_uses import NOTHING_HIDDEN, HiddenUses
from ..model.graph import Column, LineageGraph
from .carriers import CarriedLine, EdgeCarriers
from .drawing import Branch, Fragment, Meaning
from .labels import label
from .scan_tree import declared_pieces, named
from .tree_steps import Direction, TreeStep, columns_with_steps, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..analysis.use import ObjectUse
    from .tree_steps import TreeSteps


class LineageRequest(Struct, frozen=True):
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


_Pending: TypeAlias = tuple[Branch, TreeStep, tuple[Column, ...]]

SHOWN_ABOVE = "(shown above)"
HEADINGS = {Direction.UP: "is fed by", Direction.DOWN: "feeds"}


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
    tree = Branch((_named(start), Fragment(HEADINGS[direction], Meaning.HEADING)))
    walk = _Walk(EdgeCarriers(graph), depth)
    by_column = columns or start.column is not None
    steps = steps_of(graph, direction, columns=by_column)
    if by_column and start.column is None:
        for column in columns_with_steps(graph, start.table, steps):
            walk.grow(tree.add(Fragment(_short(column), Meaning.NAME)), column, steps)
    else:
        walk.grow(tree, start, steps)
    if not tree.children:
        nothing = f"{HEADINGS[direction]} nothing in the scan"
        tree.fragments = (_named(start), Fragment(nothing, Meaning.HEADING))
    return tree


def _short(column: Column) -> str:
    """A column below the heading of its table.

    The rows as a whole are what JOIN and WHERE decide.
    """
    return column.column or "(which rows)"


class _Walk(Struct):
    """A walk over edges in the order of a reader, without recursion, that opens each node once."""

    carriers: EdgeCarriers
    depth: int | None

    def grow(self, tree: Branch, start: Column, steps: TreeSteps) -> None:
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

    def _hang(self, parent: Branch, path: tuple[Column, ...], steps: TreeSteps) -> list[_Pending]:
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
            return SHOWN_ABOVE
        return "(more)" if self.depth is not None and level >= self.depth else ""


def _named(column: Column) -> Fragment:
    return named(label(column), column.table)


def _declared_by(step: TreeStep) -> Iterator[Fragment]:
    if step.declared:
        yield from declared_pieces(step.declared)
