"""A trace as text: what data starts from, each column that it reaches, and what is not proven."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ...model.printable import one_line
from ...purview.checking.classification_trace import Trace
from ...purview.resolving.spellings import MOST_HITS
from ..counting import counted
from ..hidden_words import hidden_words
from ..labels import label
from .trace_report import not_proven, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.graph import ColumnEdge
    from ...purview.checking.reach import ColumnTrace, Reached
    from .trace_report import TraceReport

_SHOWN = 20


def render_trace_text(report: TraceReport) -> str:
    """The origins, the columns reached with their paths, and how many should bear it."""
    lines = [line for trace in report.traces for line in (*_trace(trace, report), "")]
    if not lines:
        lines = ["No asset of the scan bears a classification.", ""]
    lines += _not_proven(report)
    return "".join(f"{line}\n" for line in (lines if lines[-1] else lines[:-1]))


def _trace(trace: Trace | ColumnTrace, report: TraceReport) -> Iterator[str]:
    if isinstance(trace, Trace):
        yield from _classified(trace, report)
        return
    columns = counted(len(trace.origins), "column")
    yield f"{one_line(trace.pattern)} is the name of {columns} of the scan"
    yield from (f"  {one_line(label(origin))}" for origin in trace.origins)
    yield from _heading(len(trace.columns))
    for row in trace.columns:
        doubt = "" if row.certain else "  perhaps"
        yield f"  {one_line(label(row.column))}{doubt}"
        yield from _path(row, report)


def _classified(trace: Trace, report: TraceReport) -> Iterator[str]:
    columns = counted(len(trace.origins), "column")
    yield f"{trace.classification} is borne by {columns} of the scan"
    yield from (f"  {one_line(label(origin))}" for origin in trace.origins)
    if trace.other_entities:
        least = "at least " if trace.more_entities else ""
        others = counted(trace.other_entities, "asset or column", "assets or columns")
        yield f"  and by {least}{others} that the scan does not know"
    for place in trace.unsearched:
        yield (
            f"  More than {MOST_HITS} bear it below {one_line(place)}: what bears it there only "
            "through a derived classification may be missing"
        )
    yield from _heading(len(trace.columns))
    for row in trace.columns:
        doubt = "" if row.reached.certain else ", perhaps"
        yield f"  {one_line(label(row.reached.column))}  {state_of(row)}{doubt}"
        yield from _path(row.reached, report)
    proposed = len(trace.proposed)
    do = "does" if proposed == 1 else "do"
    yield f"{counted(proposed, 'column')} should bear it and {do} not."


def _heading(count: int) -> Iterator[str]:
    yield f"It reaches {counted(count, 'column')}{':' if count else ''}"


def _path(row: Reached, report: TraceReport) -> Iterator[str]:
    return (f"      {one_line(_step(edge, report))}" for edge in row.path)


def _step(edge: ColumnEdge, report: TraceReport) -> str:
    step = f"{label(edge.source)} -> {label(edge.target)}  {edge.subtype.value}"
    place = report.place(edge)
    return f"{step}  {place}" if place else step


def _not_proven(report: TraceReport) -> Iterator[str]:
    rows = list(not_proven(report))
    if not rows:
        return
    words = hidden_words(report.hidden, len(report.unknown_tables))
    yield f"Not proven: {words} could hide a path:"
    yield from (f"  {place}  {reason}" for place, reason in islice(rows, _SHOWN))
    if len(rows) > _SHOWN:
        yield f"  … and {len(rows) - _SHOWN} more: --format csv lists all"
