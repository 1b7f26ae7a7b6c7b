"""A comparison as CSV: a row for each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..csv_text import csv_text
from ..labels import label
from .change_kind_rules import CHANGE_RULES
from .comparison_report import inputs, subject_of

if TYPE_CHECKING:
    from ...analysis.comparison.lineage_change import LineageChange
    from .comparison_report import ComparisonReport

COMPARISON_HEADER = (
    "impact",
    "kind",
    "code",
    "subject",
    "path",
    "line",
    "in_base",
    "replacement",
    "detail",
    "lost",
    "gained",
    "users",
    "reaches",
)


def render_comparison_csv(report: ComparisonReport) -> str:
    """All changes, the worst first."""
    rows = (_row(change, report) for change in report.comparison.changes)
    return csv_text((COMPARISON_HEADER, *rows))


def _row(change: LineageChange, report: ComparisonReport) -> tuple[object, ...]:
    place = change.location
    return (
        change.impact.value,
        change.kind.value,
        CHANGE_RULES[change.kind].code,
        subject_of(change),
        report.path(place.path) if place else "",
        place.line if place else "",
        "yes" if change.in_base else "no",
        label(change.replacement) if change.replacement else "",
        change.detail,
        inputs(change.lost),
        inputs(change.gained),
        ", ".join(str(use.module or use.path) for use in change.users),
        change.reach,
    )
