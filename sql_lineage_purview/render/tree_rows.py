"""Lineage of tables and columns as rows: JSON, CSV and Markdown of what `tree` draws."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.printable import to_json
from .csv_text import csv_text
from .labels import label
from .markdown_table import markdown_table, markdown_text
from .places import Places, declared_at
from .tree_steps import columns_with_steps, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.graph import Column
    from .lineage_answer import LineageAnswer
    from .lineage_tree import LineageRequest
    from .tree_steps import TreeStep

HEADER = ("of", "direction", "distance", "from", "to", "how", "carried_by")


class LineageRow(Struct, frozen=True):
    """An edge of an answer: how far from the beginning it is, from which node, and the step."""

    distance: int
    node: Column
    step: TreeStep


def rows_of(request: LineageRequest) -> Iterator[LineageRow]:
    """The edges that a request asks for, nearest first, each once."""
    graph, start = request.graph, request.start
    by_column = request.columns or start.column is not None
    steps = steps_of(graph, request.direction, columns=by_column)
    starts = [start]
    if by_column and start.column is None:
        starts = columns_with_steps(graph, start.table, steps)
    distances = dict.fromkeys(starts, 0)
    pending = deque(starts)
    while pending:
        node = pending.popleft()
        distance = distances[node] + 1
        if request.depth is not None and distance > request.depth:
            continue
        for step in steps.leaving(node):
            yield LineageRow(distance, node, step)
            if step.to not in distances:
                distances[step.to] = distance
                pending.append(step.to)


def render_lineage_csv(answer: LineageAnswer) -> str:
    """One row for each edge, in the direction that was asked for."""
    return csv_text((HEADER, *_cells(answer)))


def render_lineage_json(answer: LineageAnswer) -> str:
    """One object for each tree: its edges, who reads it without one, and gaps."""
    trees = [
        {
            "lineage_of": label(request.start),
            "direction": request.direction.value,
            "edges": [dict(zip(HEADER[2:], cells[2:], strict=True)) for cells in _edges(request)],
            "readers": [str(use.module or use.path) for use in request.readers],
            "gaps": request.hidden.count,
        }
        for request in answer.requests
    ]
    return to_json(trees, indent=1) + "\n"


def render_lineage_markdown(answer: LineageAnswer) -> str:
    """A table for each tree."""
    parts = []
    for request in answer.requests:
        rows = [tuple(map(str, cells[2:])) for cells in _edges(request)]
        table = markdown_table(HEADER[2:], rows) if rows else "Nothing in the scan.\n"
        title = f"{label(request.start)}, {request.direction.value}"
        parts.append(f"# Lineage of {markdown_text(title)}\n\n{table}")
    return "\n".join(parts)


def _cells(answer: LineageAnswer) -> Iterator[tuple[object, ...]]:
    for request in answer.requests:
        yield from _edges(request)
        for use in request.readers:
            module, place = str(use.module or use.path), f"{use.path}:{use.line}"
            yield (label(request.start), "read", "", label(request.start), "", module, place)


def _edges(request: LineageRequest) -> Iterator[tuple[object, ...]]:
    places, name = Places(request.graph), label(request.start)
    for row in rows_of(request):
        step = row.step
        how = " ".join(fragment.text for fragment in step.how) or "declared"
        declared = step.declared
        carrier = declared_at(declared) if declared else places.described(step.statements)
        ends = (label(row.node), label(step.to))
        yield (name, request.direction.value, row.distance, *ends, how, carrier)
