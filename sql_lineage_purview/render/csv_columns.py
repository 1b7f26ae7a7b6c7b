"""Column lineage as CSV: one row for each edge."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ..model.names import NameTexts
from .csv_text import csv_text
from .places import Places

if TYPE_CHECKING:
    from ..model.graph import ColumnEdge, LineageGraph

HEADER = (
    "source_table",
    "source_column",
    "target_table",
    "target_column",
    "type",
    "subtype",
    "certainty",
    "path",
    "line",
    "statements",
)


def render_csv(graph: LineageGraph) -> str:
    """The column edges in their order.

    `target_column` is empty where the source decides which rows come. `path` and `line` are those
    of the first statement that writes the target; `statements` are the ids of all, separated by
    spaces.
    """
    places, texts = Places(graph), NameTexts()
    rows = (_row(edge, places, texts) for edge in graph.column_lineage)
    return csv_text(chain((HEADER,), rows))


def _row(edge: ColumnEdge, places: Places, texts: NameTexts) -> tuple[object, ...]:
    first = places.first(edge.statements)
    return (
        texts[edge.source.table],
        edge.source.column or "",
        texts[edge.target.table],
        edge.target.column or "",
        edge.type.value,
        edge.subtype.value,
        edge.certainty.value,
        first.path if first else "",
        first.line if first else "",
        " ".join(edge.statements),
    )
