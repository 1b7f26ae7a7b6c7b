"""A comparison for a person: counts first, then what breaks and by which path."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from ...analysis.comparison.lineage_change import ImpactClass, LineageChange
from ...model.graph import Location
from ..counting import counted
from ..drawing import Branch, Fragment, Meaning
from .comparison_report import (
    ComparisonReport,
    inputs,
    paths,
    sentence,
    subject_of,
    user,
    user_place,
)

if TYPE_CHECKING:
    from ...analysis.use import ObjectUse

_MAX_CHANGES = 10  # of one kind and class
_MAX_USERS = 5
_MAX_PATHS = 3
_MEANINGS = {ImpactClass.BREAKING: Meaning.ERROR, ImpactClass.RISKY: Meaning.DOUBT}


def render_comparison(report: ComparisonReport) -> Branch:
    """The lines of a comparison, those of one kind and class only as many as fit a screen."""
    screen = Branch(guided=False)
    screen.add(Fragment(report.summary))
    for impact in ImpactClass:
        if changes := report.comparison.of(impact):
            screen.add(Fragment(""))
            screen.add(Fragment(impact.upper(), _MEANINGS.get(impact, Meaning.HEADING)))
            for _, rows in groupby(changes, key=lambda change: change.kind):
                screen.children += _of_kind(list(rows), report)
    screen.add(Fragment(""))
    for doubt in report.doubts:
        screen.add(Fragment(doubt))
    return screen


def _of_kind(changes: list[LineageChange], report: ComparisonReport) -> Iterator[Branch]:
    most = None if report.in_full else _MAX_CHANGES
    for change in changes[:most]:
        row = Branch(
            (
                Fragment("  "),
                _place(change, report),
                Fragment(f"{subject_of(change)}:", Meaning.NAME, joint=" "),
                Fragment(sentence(change), joint=" "),
            ),
            hanging=6,
            guided=False,
            indent=4,
        )
        for fragments in _details(change, report):
            row.add(*fragments)
        yield row
    if most is not None and len(changes) > most:
        more = f"  … and {len(changes) - most} more: {changes[0].kind}; -v shows all"
        yield Branch((Fragment(more, Meaning.REMARK),))


def _place(change: LineageChange, report: ComparisonReport) -> Fragment:
    text = f"{report.place(change) or '-'}:"
    place = change.location
    # what was before may be there no more
    link = Location(report.path(place.path), place.line) if place and not change.in_base else None
    return Fragment(text, Meaning.PLACE, link, joint="")


def _details(change: LineageChange, report: ComparisonReport) -> Iterator[tuple[Fragment, ...]]:
    if change.lost:
        yield (Fragment(f"before: {inputs(change.lost)}"),)
    if change.gained:
        yield (Fragment(f"now: {inputs(change.gained)}"),)
    most = None if report.in_full else _MAX_USERS
    yield from (_use(use, report) for use in change.users[:most])
    if most is not None and len(change.users) > most:
        yield (Fragment(f"… and {len(change.users) - most} more; -v shows all", Meaning.REMARK),)
    ends = list(paths(change))
    shown = ends if report.in_full else ends[:_MAX_PATHS]
    yield from ((Fragment(f"reaches {path}"),) for path in shown)
    if len(ends) > len(shown):
        text = f"reaches {counted(change.reach, 'column')} in all; -v shows all"
        yield (Fragment(text, Meaning.REMARK),)


def _use(use: ObjectUse, report: ComparisonReport) -> tuple[Fragment, ...]:
    path, line = user_place(use)
    shown = report.path(path)
    place = Fragment(f"{shown}:{line}:", Meaning.PLACE, Location(shown, line))
    return (place, Fragment(user(use), joint=" "))
