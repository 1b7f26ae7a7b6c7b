"""A trace as rows of CSV and of Markdown, for those who review what data reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..csv_text import csv_text
from ..labels import label
from ..markdown_table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trace_report import TraceReport

_HEADER = (
    "classification",
    "column",
    "origin",
    "asset",
    "certain",
    "classified",
    "proposed",
    "way",
)


def render_trace_csv(report: TraceReport) -> str:
    """One row for each column that bears the classification, or is reached."""
    return csv_text((_HEADER, *_rows(report)))


def render_trace_markdown(report: TraceReport) -> str:
    """The rows of the CSV."""
    return markdown_table(_HEADER, _rows(report))


def _rows(report: TraceReport) -> Iterator[tuple[object, ...]]:
    trace = report.trace
    for origin in trace.origins:
        yield (trace.classification, label(origin), label(origin), "", "yes", "yes", "no", "")
    for row in trace.columns:
        way = " -> ".join(label(edge.source) for edge in row.reached.path)
        yield (
            trace.classification,
            label(row.reached.column),
            label(row.reached.origin),
            row.asset.qualified_name if row.asset else "",
            _word(holds=row.reached.certain),
            _word(holds=row.classified),
            _word(holds=row.proposed),
            way,
        )


def _word(*, holds: bool) -> str:
    return "yes" if holds else "no"
