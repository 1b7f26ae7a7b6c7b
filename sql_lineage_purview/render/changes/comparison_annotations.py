"""A comparison as annotations: one at each change, and one where something breaks by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...model.diagnostics import Severity, Span
from ..annotations.annotation import Annotation
from .change_kind_rules import CHANGE_RULES, LEVELS
from .comparison_report import inputs, sentence, subject_of, user_place

if TYPE_CHECKING:
    from ...analysis.comparison.lineage_change import LineageChange
    from .comparison_report import ComparisonReport


def comparison_annotations(report: ComparisonReport) -> list[Annotation]:
    """The annotations, the worst changes first; one without a place stands at the folder."""
    return [
        annotation
        for change in report.comparison.changes
        for annotation in _annotations(change, report)
    ]


def _annotations(change: LineageChange, report: ComparisonReport) -> Iterator[Annotation]:
    rule, level = CHANGE_RULES[change.kind], LEVELS[change.impact]
    place = change.location
    path, line = (report.path(place.path), place.line) if place else (".", 1)
    subject = subject_of(change)
    message = f"{subject}: {sentence(change)}"
    if change.lost:
        message += f"; before: {inputs(change.lost)}"
    if change.gained:
        message += f"; now: {inputs(change.gained)}"
    yield Annotation(rule, level, message, path, _span(line))
    if level is Severity.ERROR:
        for use in change.users:
            if use.is_certain:
                path, line = user_place(use)
                text = f"uses {subject}: {rule.title}"
                yield Annotation(rule, level, text, report.path(path), _span(line))


def _span(line: int) -> Span:
    return Span(line, 1, line, 1)
