"""Findings as they are told: each once, those of one cause in one statement together.

A query over tables that nobody defines would else say so of each of its columns, and a string that
may be one of sixteen of each of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Gap, Span
from ...model.facts import FileFacts, ModuleFact

_SUBJECTS = 12  # in one message
_PATTERNS = 4


class StatementPlaces(Struct, frozen=True):
    """The places of a file's statements, in their order, none in another."""

    starts: Sequence[tuple[int, int]]
    spans: Sequence[Span]

    @classmethod
    def of(cls, facts: FileFacts) -> StatementPlaces:
        """Those of all statements of a file, those in modules too."""
        items = (
            item.body if isinstance(item, ModuleFact) and item.body else (item,)
            for item in facts.items
        )
        spans = sorted(
            {fact.span for part in items for fact in part},
            key=lambda span: (span.line, span.column, span.end_line, span.end_column),
        )
        return cls([(span.line, span.column) for span in spans], spans)

    def around(self, span: Span) -> Span:
        """The statement that a place is in; the place itself where it is in none."""
        at = bisect_right(self.starts, (span.line, span.column)) - 1
        return self.spans[at] if at >= 0 and self.spans[at].holds(span) else span


def grouped(
    diagnostics: Iterable[Diagnostic], files: Mapping[str, FileFacts]
) -> tuple[Diagnostic, ...]:
    """The findings of all files, in their order."""
    ordered = sorted(diagnostics, key=lambda diagnostic: diagnostic.order)
    places = {
        path: StatementPlaces.of(files[path])
        for path in {diagnostic.path for diagnostic in ordered}
        if path in files
    }
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for number, diagnostic in enumerate(ordered):
        statement = (
            places[diagnostic.path].around(diagnostic.span)
            if diagnostic.path in places
            else diagnostic.span
        )
        groups.setdefault(_key(diagnostic, statement, number), []).append(diagnostic)
    return tuple(
        sorted(
            (_together(group) for group in groups.values()), key=lambda diagnostic: diagnostic.order
        )
    )


def _key(diagnostic: Diagnostic, statement: Span, number: int) -> tuple[object, ...]:
    if diagnostic.rule.alternatives:
        return (diagnostic.path, diagnostic.span, diagnostic.code)
    if diagnostic.rule.gap is Gap.NAME:
        return (diagnostic.path, statement, diagnostic.code, diagnostic.cause)
    return (number,)


def _together(group: list[Diagnostic]) -> Diagnostic:
    first = group[0]
    if len(group) == 1:
        return first
    if first.rule.alternatives:
        return replace(first, message=_alternatives([diagnostic.message for diagnostic in group]))
    subjects: dict[str, str] = {}
    for diagnostic in group:
        subjects.setdefault(diagnostic.subject.casefold(), diagnostic.subject)
    return (
        replace(first, message=f"{_listed([*subjects.values()])}: {first.cause}")
        if first.subject
        else first
    )


def _listed(subjects: list[str]) -> str:
    more = f" and {len(subjects) - _SUBJECTS} more" if len(subjects) > _SUBJECTS else ""
    return ", ".join(subjects[:_SUBJECTS]) + more


def _alternatives(messages: list[str]) -> str:
    """«… only a pattern is known: a, or b, or 3 more»: what all begin with is said once."""
    first, *others = dict.fromkeys(messages)
    start, colon, _ = first.partition(": ")
    shown = [
        alternative.removeprefix(start + colon) if colon else alternative
        for alternative in others[: _PATTERNS - 1]
    ]
    more = [f"{len(others) - len(shown)} more"] if len(others) > len(shown) else []
    return ", or ".join([first, *shown, *more])
