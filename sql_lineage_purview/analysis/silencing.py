"""Findings that a comment silences, and comments that silence none.

What is silenced stays a diagnostic and a gap of the graph, since the lineage lacks it all the same.
It is only no finding of a check.
"""

from __future__ import annotations

from ..model.diagnostics import Diagnostic, Span
from ..model.graph import LineageGraph


def without_silenced(graph: LineageGraph) -> tuple[Diagnostic, ...]:
    """The diagnostics of a graph that no comment silences, and one for each idle comment."""
    if not graph.suppressions:
        return graph.diagnostics
    places = {(row.path, row.line, row.code): row for row in graph.suppressions}
    remaining, silenced = [], set()
    for diagnostic in graph.diagnostics:
        place = (diagnostic.path, diagnostic.span.line, diagnostic.code)
        if place in places and not diagnostic.rule.about_silencing:
            silenced.add(place)
        else:
            remaining.append(diagnostic)
    idle = [
        _idle(row.path, row.code, *row.comment)
        for row in graph.suppressions
        if (row.path, row.line, row.code) not in silenced
    ]
    return tuple(sorted((*remaining, *idle), key=lambda diagnostic: diagnostic.order))


def _idle(path: str, code: str, line: int, column: int) -> Diagnostic:
    return Diagnostic(
        "SLP801", f"no {code} is there to be silenced", Span(line, column, line, column), path
    )
