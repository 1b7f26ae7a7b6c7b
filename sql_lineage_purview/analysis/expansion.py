"""What `+` adds to a selection: all that leads to its nodes, or comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.graph import Column
from .selection import SelectedModule
from .walks import FlowDirection, Walks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.graph import LineageGraph
    from ..model.names import Name
    from .selection import Node, SelectedNodes


def expanded(graph: LineageGraph, selection: SelectedNodes) -> tuple[Node, ...]:
    """The nodes of a selection, and those that its `+` adds, nearest first.

    A module leads from the tables that it reads to those that it writes.
    """
    selector, walks = selection.selector, Walks(graph)
    nodes = dict.fromkeys(selection.nodes)
    for direction, depth in (
        (FlowDirection.UPSTREAM, selector.upstream),
        (FlowDirection.DOWNSTREAM, selector.downstream),
    ):
        if depth != 0:
            nodes |= dict.fromkeys(_reached(graph, walks, selection.nodes, direction, depth))
    return tuple(nodes)


def tables_of(graph: LineageGraph, nodes: Iterable[Node]) -> frozenset[Name]:
    """The tables that nodes stand for; of a module, those that it reads and writes."""
    modules = {node.name for node in nodes if isinstance(node, SelectedModule)}
    tables = {node.table for node in nodes if isinstance(node, Column)}
    for module in graph.modules:
        if module.name in modules:
            tables.update(module.reads, module.writes)
    return frozenset(tables)


def _reached(
    graph: LineageGraph,
    walks: Walks,
    nodes: Iterable[Node],
    direction: FlowDirection,
    depth: int | None,
) -> Iterable[Column]:
    columns = [node for node in nodes if isinstance(node, Column) and node.column is not None]
    tables = [node.table for node in nodes if isinstance(node, Column) and node.column is None]
    yield from walks.columns(columns, direction, depth).columns
    yield from walks.tables(tables, direction, depth).columns
    modules = {node.name for node in nodes if isinstance(node, SelectedModule)}
    for module in graph.modules:
        if module.name in modules:
            ends = module.reads if direction is FlowDirection.UPSTREAM else module.writes
            yield from (Column(table, None) for table in ends)
            # the module itself is the first edge
            further = None if depth is None else depth - 1
            yield from walks.tables(ends, direction, further).columns
