"""A part of the lineage as boxes and arrows, for languages in which people write diagrams.

Nobody can read one of hundreds of boxes, so that there is a limit, and a diagram says what it
leaves out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from ...analysis.walks import FlowDirection, Walks
from ...model.graph import Column
from ...model.vocabulary import EdgeType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...model.graph import LineageGraph
    from ...model.vocabulary import TableKind

MOST_BOXES = 60


class DiagramArrow(Struct, frozen=True, order=True):
    """From one box to another; `label` says how, and is empty where values flow."""

    source: Column
    target: Column
    label: str


class Diagram(Struct, frozen=True):
    """Boxes and arrows in their order, and how many boxes are left out.

    Args:
        boxes: tables (their `column` is None), or columns.
        arrows: between the boxes.
        hidden: how many boxes the selection has beyond these.
        kinds: what tables are.
    """

    boxes: tuple[Column, ...]
    arrows: tuple[DiagramArrow, ...]
    hidden: int
    kinds: Mapping[Column, TableKind]


class DiagramRequest(Struct, frozen=True):
    """What stands around a table or column.

    Args:
        graph: the scan.
        start: a table (`column` None) or a column.
        up: with what feeds it?
        down: with what it feeds?
        depth: how many arrows to follow; None follows all.
    """

    graph: LineageGraph
    start: Column
    up: bool = True
    down: bool = True
    depth: int | None = None


def diagram_of(graph: LineageGraph) -> Diagram:
    """All tables that anything flows between, the most connected ones where these are too many."""
    arrows = _table_arrows(graph)
    degree = Counter(end for arrow in arrows for end in (arrow.source, arrow.target))
    ranked = sorted(degree, key=lambda box: (-degree[box], box.table))
    return _diagram(graph, ranked, arrows)


def diagram_around(request: DiagramRequest) -> Diagram:
    """The lineage of a table or column, the nearest where this is too much."""
    graph, start = request.graph, request.start
    arrows = _table_arrows(graph) if start.column is None else _column_arrows(graph)
    ranked = [start]
    for direction, chosen in (
        (FlowDirection.UPSTREAM, request.up),
        (FlowDirection.DOWNSTREAM, request.down),
    ):
        if chosen:
            ranked += _reached(request, direction)
    return _diagram(graph, list(dict.fromkeys(ranked)), arrows)


def _reached(request: DiagramRequest, direction: FlowDirection) -> Iterator[Column]:
    """The ends of all steps from the start, the nearest first."""
    walks, start = Walks(request.graph), request.start
    walk = (
        walks.tables([start.table], direction, request.depth)
        if start.column is None
        else walks.columns([start], direction, request.depth)
    )
    for _, step in walk.last.values():
        yield from (step.source, step.target)


def _diagram(
    graph: LineageGraph, ranked: Sequence[Column], arrows: Sequence[DiagramArrow]
) -> Diagram:
    boxes = sorted(ranked[:MOST_BOXES], key=lambda box: (box.table, box.column or ""))
    shown = set(boxes)
    return Diagram(
        tuple(boxes),
        tuple(arrow for arrow in arrows if arrow.source in shown and arrow.target in shown),
        len(ranked) - len(boxes),
        {Column(table.name, None): table.kind for table in graph.tables},
    )


def _table_arrows(graph: LineageGraph) -> Sequence[DiagramArrow]:
    """One for each two tables; it is labelled where no value flows, or a person says so."""
    labels: dict[tuple[Column, Column], str] = {}
    for row in graph.declared:
        labels[Column(row.source, None), Column(row.target, None)] = "declared"
    for edge in graph.table_lineage:
        ends = (Column(edge.source, None), Column(edge.target, None))
        direct = edge.type is EdgeType.DIRECT or labels.get(ends) == ""
        labels[ends] = "" if direct else "decides rows or values"
    return sorted(DiagramArrow(*ends, label) for ends, label in labels.items())


def _column_arrows(graph: LineageGraph) -> Sequence[DiagramArrow]:
    labels: defaultdict[tuple[Column, Column], dict[str, None]] = defaultdict(dict)
    for edge in graph.column_lineage:
        labels[edge.source, edge.target][edge.subtype.value] = None
    for row in graph.declared:
        for edge in row.edges:
            labels[edge.source, edge.target]["declared"] = None
    return sorted(
        (DiagramArrow(*ends, ", ".join(words)) for ends, words in labels.items()),
        key=lambda arrow: [(end.table, end.column or "") for end in (arrow.source, arrow.target)],
    )
