"""A comparison for a person: counts first, then what breaks and by which path."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...analysis.comparison.lineage_change import ImpactClass, LineageChange
from ..counting import counted
from .comparison_report import (
    ComparisonReport,
    inputs,
    paths,
    sentence,
    subject_of,
    user,
    user_place,
)

_MAX_CHANGES = 20  # of one kind and class
_MAX_USERS = 10
_MAX_PATHS = 3


def render_comparison(report: ComparisonReport) -> str:
    """The lines of a comparison."""
    lines = [report.summary]
    for impact in ImpactClass:
        if changes := report.comparison.of(impact):
            lines += ["", impact.upper()]
            for _, rows in groupby(changes, key=lambda change: change.kind):
                lines += _of_kind(list(rows), report)
    lines += ["", *report.doubts]
    return "\n".join(lines) + "\n"


def _of_kind(changes: list[LineageChange], report: ComparisonReport) -> Iterator[str]:
    for change in changes[:_MAX_CHANGES]:
        yield f"  {report.place(change) or '-'}: {subject_of(change)}: {sentence(change)}"
        yield from (f"    {line}" for line in _details(change, report))
    if len(changes) > _MAX_CHANGES:
        yield f"  … and {len(changes) - _MAX_CHANGES} more: {changes[0].kind}"


def _details(change: LineageChange, report: ComparisonReport) -> Iterator[str]:
    if change.lost:
        yield f"before: {inputs(change.lost)}"
    if change.gained:
        yield f"now: {inputs(change.gained)}"
    for use in change.users[:_MAX_USERS]:
        path, line = user_place(use)
        yield f"{report.path(path)}:{line}: {user(use)}"
    if len(change.users) > _MAX_USERS:
        yield f"… and {len(change.users) - _MAX_USERS} more"
    ends = list(paths(change))
    yield from (f"reaches {path}" for path in ends[:_MAX_PATHS])
    if len(ends) > _MAX_PATHS:
        yield f"reaches {counted(change.reach, 'column')} in all"
