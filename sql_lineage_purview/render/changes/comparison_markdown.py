"""A comparison as the comment of a pull request, which is found again by its first line.

All that comes from scripts stands in code, where it means nothing to a code host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analysis.comparison.lineage_change import ImpactClass, LineageChange
from ...model.printable import one_line, without_commands
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

MARKER = "<!-- sql-lineage-purview diff -->"
# Code hosts refuse a comment of more than 65,536 characters.
# Source: https://docs.github.com/rest/issues/comments
_MAX_CHARACTERS = 60_000
_MAX_LINES = 5  # below one change
_TITLES = {
    ImpactClass.BREAKING: "Breaking",
    ImpactClass.RISKY: "Risky",
    ImpactClass.HARMLESS: "Harmless",
}


def render_comparison_markdown(report: ComparisonReport) -> str:
    """The comment."""
    names = f"{_code(report.base)} to {_code(report.head)}"
    counts = report.counts or "no change"
    text = f"{MARKER}\n## Lineage: {counts}\n\nFrom {names}.\n"
    omitted = 0
    for impact in ImpactClass:
        changes = report.comparison.of(impact)
        if not changes:
            continue
        is_open = impact is not ImpactClass.HARMLESS
        text += f"\n### {_TITLES[impact]}\n\n" if is_open else _folded(impact, len(changes))
        for change in changes:
            row = "\n".join(_lines(change, report)) + "\n"
            if omitted or len(text) + len(row) > _MAX_CHARACTERS:
                omitted += 1
            else:
                text += row
        text += "" if is_open else "\n</details>\n"
    if omitted:
        text += f"\n… and {omitted} more, for which there is no room here.\n"
    return without_commands(text + "\n" + "".join(f"{doubt}\n" for doubt in report.doubts))


def _folded(impact: ImpactClass, number: int) -> str:
    return f"\n<details><summary>{_TITLES[impact]} ({number})</summary>\n\n"


def _lines(change: LineageChange, report: ComparisonReport) -> Iterator[str]:
    place = report.place(change)
    yield f"- {_code(subject_of(change))} {_code(sentence(change))}" + (
        f" in {_code(place)}" if place else ""
    )
    yield from (f"  - {line}" for line in _details(change, report))


def _details(change: LineageChange, report: ComparisonReport) -> Iterator[str]:
    if change.lost:
        yield f"before: {_code(inputs(change.lost))}"
    if change.gained:
        yield f"now: {_code(inputs(change.gained))}"
    for use in change.users[:_MAX_LINES]:
        path, line = user_place(use)
        yield f"{_code(user(use))} in {_code(f'{report.path(path)}:{line}')}"
    if len(change.users) > _MAX_LINES:
        yield f"and {len(change.users) - _MAX_LINES} more"
    ends = list(paths(change))
    yield from (f"reaches {_code(path)}" for path in ends[:_MAX_LINES])
    if len(ends) > _MAX_LINES:
        yield f"reaches {counted(change.reach, 'column')} in all"


def _code(text: str) -> str:
    """A text as code of one line, with more ticks around it than it has."""
    line = one_line(text).strip() or " "
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{space}{line}{space}{ticks}"
