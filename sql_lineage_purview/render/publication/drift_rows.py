"""Drifts as tables: CSV, and Markdown for a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..csv_text import csv_text
from ..markdown_table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .drift_report import DriftReport

HEADER = ("process", "name", "kind", "detail")


def render_drift_csv(report: DriftReport) -> str:
    """One row for each drift."""
    return csv_text((HEADER, *_rows(report)))


def render_drift_markdown(report: DriftReport) -> str:
    """One line for each drift."""
    return markdown_table(HEADER, _rows(report))


def _rows(report: DriftReport) -> Iterator[tuple[str, ...]]:
    return ((row.qualified_name, row.name, row.kind.value, row.detail) for row in report.drifts)
