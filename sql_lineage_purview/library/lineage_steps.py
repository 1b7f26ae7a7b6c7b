"""What leads to a table or column, or comes of it, as flat rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..analysis.selection import SelectedModule
from ..analysis.walks import FlowDirection, LineageWalk, Walks
from ..render.labels import label
from .node_selection import SelectionError, selected_nodes

if TYPE_CHECKING:
    from ..model.graph import Column, LineageGraph


class StepRow(NamedTuple):
    """A table or column that is upstream or downstream of another one.

    `column` None: a table, where the question was one for tables, or its rows, which a column
    decides. `distance`: the edges on the shortest way. `kind`: that of the last edge on it.
    `way`: all that stands on it, from where the question began. `statements`: the ids of those that
    carry its last edge.
    """

    table: str
    column: str | None
    distance: int
    kind: str
    way: tuple[str, ...]
    statements: tuple[str, ...]


def step_rows(
    graph: LineageGraph, selector: str, direction: FlowDirection, depth: int | None
) -> list[StepRow]:
    """All that is reached from what a selector selects, nearest first.

    Args:
        graph: the scan.
        selector: tables or columns.
        direction: up or down.
        depth: how many edges are followed; None for all.

    Raises:
        SelectionError: it selects nothing, or a module, which has no place in the lineage.
    """
    columns: list[Column] = []
    for node in selected_nodes(graph, selector).nodes:
        if isinstance(node, SelectedModule):
            raise SelectionError(
                f"{node.name} is a module: lineage leads from tables to tables. Ask for its impact."
            )
        columns.append(node)
    walks = Walks(graph)
    tables = [node.table for node in columns if node.column is None]
    return [
        *_rows(walks.tables(tables, direction, depth)),
        *_rows(walks.columns([node for node in columns if node.column], direction, depth)),
    ]


def _rows(walk: LineageWalk) -> list[StepRow]:
    return [_row(walk, column) for column in walk.columns]


def _row(walk: LineageWalk, column: Column) -> StepRow:
    steps = walk.path(column)
    ends = [
        step.target if walk.direction is FlowDirection.DOWNSTREAM else step.source for step in steps
    ]
    start = steps[0].source if walk.direction is FlowDirection.DOWNSTREAM else steps[0].target
    return StepRow(
        str(column.table),
        column.column,
        walk.distances[column],
        steps[-1].kind,
        tuple(map(label, (start, *ends))),
        steps[-1].statements,
    )
