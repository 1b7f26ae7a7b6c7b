"""What a scan found, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .counting import counted

if TYPE_CHECKING:
    from ..model.graph import LineageGraph


def render_summary(graph: LineageGraph) -> str:
    """The totals of a scan in one line, without a newline.

    `2 files, 5 statements; 3 table edges, 9 column edges; gaps: 1 syntax.`
    """
    # edges are counted by `count`, since a graph that is kept would have to read them for `len`
    statements = sum(file.statements for file in graph.files)
    return (
        f"{counted(len(graph.files), 'file')}, {counted(statements, 'statement')}; "
        f"{counted(graph.count('table_lineage'), 'table edge')}, "
        f"{counted(graph.count('column_lineage'), 'column edge')}; "
        f"gaps: {render_gaps(graph) or 'none'}."
    )


def render_gaps(graph: LineageGraph) -> str:
    """How many statements, names and strings are not known: `2 syntax, 1 dynamic`, or nothing."""
    kinds = ("syntax", "name", "dynamic")
    counts = {kind: sum(getattr(file.gaps, kind) for file in graph.files) for kind in kinds}
    return ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
