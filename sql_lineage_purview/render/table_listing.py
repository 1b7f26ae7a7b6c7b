"""Table lineage as aligned columns of text: one line for each edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import one_line
from .aligned_text import aligned
from .markdown_table import markdown_table
from .places import Places

if TYPE_CHECKING:
    from ..model.graph import LineageGraph

HEADER = ("TARGET", "SOURCE", "TYPE", "STATEMENT")
MARKDOWN_HEADER = ("target", "source", "type", "statement")


def render_table(graph: LineageGraph) -> str:
    """The table edges by target, each with its type and the first statement that carries it."""
    return aligned([HEADER, *(tuple(map(one_line, row)) for row in _rows(graph))])


def render_table_markdown(graph: LineageGraph) -> str:
    """The same as a table of Markdown."""
    return markdown_table(MARKDOWN_HEADER, _rows(graph))


def _rows(graph: LineageGraph) -> list[tuple[object, ...]]:
    places = Places(graph)
    edges = sorted(
        graph.table_lineage, key=lambda edge: (edge.target.key, edge.source.key, edge.type)
    )
    return [
        (edge.target, edge.source, edge.type.value, places.described(edge.statements))
        for edge in edges
    ]
