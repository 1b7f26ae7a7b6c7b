"""Which tables most others are connected with."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ..model.graph import LineageGraph
    from ..model.names import Name


class Connections(Struct, frozen=True):
    """How many other tables feed a table, and how many it feeds."""

    table: Name
    sources: int
    targets: int


def most_connected(graph: LineageGraph, most: int) -> list[Connections]:
    """The tables with most sources and targets together, at most so many.

    Names that only a run tells are none of a table, and a table is not its own source.
    """
    sources: defaultdict[Name, set[Name]] = defaultdict(set)
    targets: defaultdict[Name, set[Name]] = defaultdict(set)
    for edge in graph.table_lineage:
        if edge.source != edge.target and not (edge.source.left_open or edge.target.left_open):
            sources[edge.target].add(edge.source)
            targets[edge.source].add(edge.target)
    rows = [
        Connections(name, len(sources[name]), len(targets[name])) for name in {*sources, *targets}
    ]
    rows.sort(key=lambda row: (-row.sources - row.targets, row.table.key, row.table))
    return rows[:most]
