"""A trace as text: what bears the classification, then each column that it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import one_line
from ...purview.resolving.spellings import MOST_HITS
from ..counting import counted
from ..labels import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...model.graph import ColumnEdge, LineageGraph
    from ...purview.checking.classification_trace import Trace, TracedColumn
    from .trace_report import TraceReport


def render_trace_text(report: TraceReport) -> str:
    """The origins, the columns reached with their paths, and how many should bear it."""
    lines = (*_origins(report.trace), *_reached(report.trace, report.graph))
    return "".join(f"{line}\n" for line in lines)


def _origins(trace: Trace) -> Iterator[str]:
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


def _reached(trace: Trace, graph: LineageGraph) -> Iterator[str]:
    places = {statement.id: f"{statement.path}:{statement.line}" for statement in graph.statements}
    yield f"It reaches {counted(len(trace.columns), 'column')}{':' if trace.columns else ''}"
    for row in trace.columns:
        yield f"  {one_line(label(row.reached.column))}  {_state(row)}"
        yield from (f"      {one_line(_step(edge, places))}" for edge in row.reached.path)
    proposed = len(trace.proposed)
    do = "does" if proposed == 1 else "do"
    yield f"{counted(proposed, 'column')} should bear it and {do} not."


def _state(row: TracedColumn) -> str:
    doubt = "" if row.reached.certain else ", perhaps"
    if row.classified:
        return f"bears it{doubt}"
    if row.asset is None:
        return f"no asset{doubt}"
    return f"{'does not bear it' if row.entity else 'not in the catalogue'}{doubt}"


def _step(edge: ColumnEdge, places: Mapping[str, str]) -> str:
    step = f"{label(edge.source)} -> {label(edge.target)}  {edge.subtype.value}"
    place = next((places[name] for name in edge.statements if name in places), "")
    return f"{step}  {place}" if place else step
