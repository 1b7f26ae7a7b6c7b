"""Findings as tables: CSV and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .csv_text import csv_text
from .markdown_table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .diagnostic_listing import ShownDiagnostic

FINDING_HEADER = ("path", "line", "column", "code", "severity", "gap", "title", "message")


def render_diagnostics_csv(rows: Sequence[ShownDiagnostic]) -> str:
    """One row for each finding, all of them."""
    return csv_text((FINDING_HEADER, *map(_finding, rows)))


def render_diagnostics_markdown(rows: Sequence[ShownDiagnostic]) -> str:
    """One line for each finding, all of them."""
    return markdown_table(FINDING_HEADER, map(_finding, rows))


def _finding(row: ShownDiagnostic) -> tuple[object, ...]:
    finding = row.diagnostic
    rule, span = finding.rule, finding.span
    gap = rule.gap.value if rule.gap else ""
    place = (row.path, span.line, span.column)
    return (*place, finding.code, rule.severity.value, gap, rule.title, finding.message)
