"""What a scan met and did not follow, as findings: one for each kind, at the first of its files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...model.diagnostics import Diagnostic, Span
from ...model.unread import not_told
from ...render.unread_listing import count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...model.graph import LineageGraph
    from ...model.unread import Unread


def with_unread(graph: LineageGraph, rows: Sequence[Unread]) -> LineageGraph:
    """A graph with what was not followed, and a finding for each kind of it.

    What is a gap has one of its own already.
    """
    if not rows:
        return graph
    findings = [_finding(row) for row in not_told(rows)]
    return replace(
        graph,
        not_read=tuple(rows),
        diagnostics=tuple(
            sorted((*graph.diagnostics, *findings), key=lambda diagnostic: diagnostic.order)
        ),
    )


def _finding(row: Unread) -> Diagnostic:
    where = "" if row.count == 1 else ", the first of them here"
    if row.kind.in_pipeline:
        return Diagnostic("SLP005", f"not followed: {count_of(row)}{where}", Span(), row.paths[0])
    return Diagnostic("SLP004", f"not read: {count_of(row)}{where}", Span(), row.paths[0])
