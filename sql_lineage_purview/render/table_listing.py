"""Table lineage as aligned columns of text: one line for each edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import one_line
from .places import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.graph import LineageGraph

HEADER = ("TARGET", "SOURCE", "TYPE", "STATEMENT")


def render_table(graph: LineageGraph) -> str:
    """The table edges by target, each with its type and the first statement that carries it."""
    places = Places(graph)
    edges = sorted(graph.table_lineage, key=lambda edge: (edge.target.key, edge.source.key, edge.type))
    rows = [(edge.target, edge.source, edge.type.value, places.described(edge.statements)) for edge in edges]
    return aligned([HEADER, *(tuple(map(one_line, row)) for row in rows)])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as text, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)
