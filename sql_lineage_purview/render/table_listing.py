"""Table lineage as aligned columns of text: one line for each edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import one_line
from .aligned_text import aligned
from .places import Places

if TYPE_CHECKING:
    from ..model.graph import LineageGraph

HEADER = ("TARGET", "SOURCE", "TYPE", "STATEMENT")


def render_table(graph: LineageGraph) -> str:
    """The table edges by target, each with its type and the first statement that carries it."""
    places = Places(graph)
    edges = sorted(
        graph.table_lineage, key=lambda edge: (edge.target.key, edge.source.key, edge.type)
    )
    rows = [
        (edge.target, edge.source, edge.type.value, places.described(edge.statements))
        for edge in edges
    ]
    return aligned([HEADER, *(tuple(map(one_line, row)) for row in rows)])
