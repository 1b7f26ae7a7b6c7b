"""The summary of a push: what was read, what was written, what is missing and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import one_line
from ..counting import counted
from ..scan_summary import render_gaps, render_summary
from .plan_summary import unresolved_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.graph import LineageGraph
    from ...purview import Plan, PushResult
    from .push_report import PushReport

# The journal of the push names the others.
_SHOWN_FAILURES = 100


def render_push_text(report: PushReport) -> str:
    """An empty line, which parts it from the plan above, and the summary."""
    lines = [
        "",
        "Summary",
        *_read(report.graph, report.source),
        *_written(report.plan, report.result),
        *_nothing_to_do(report),
        *_refused(report.result),
        *_not_made(report.result),
        *_not_resolved(report.plan),
    ]
    return "".join(f"{line}\n" for line in lines)


def _read(graph: LineageGraph | None, source: str) -> Iterator[str]:
    if graph is None:
        yield f"  The plan of {source}."
        return
    yield f"  {render_summary(graph)}"
    if render_gaps(graph):
        scripts = f"{source} " if source else ""
        yield f"  The gaps are listed by: sql-lineage-purview check {scripts}--all"
    if not (graph.table_lineage or graph.declared):
        yield "  Nothing to publish: the scripts move no data from one table to another."


def _written(plan: Plan, result: PushResult) -> Iterator[str]:
    deleted = f"{len(result.deleted)} deleted, " if result.deleted else ""
    yield (
        f"  Processes: {len(result.created)} created, {len(result.updated)} updated, "
        f"{deleted}{result.unchanged} unchanged, {len(plan.dropped)} not published."
    )
    if result.placeholders:
        yield f"  Placeholders: {counted(len(result.placeholders), 'asset')} made."
    if plan.relations:
        yield f"  Relations: {result.related} written."
    if result.resumed:
        resumed = counted(result.resumed, "change")
        yield f"  {resumed} had been made by an earlier push that broke off."


def _nothing_to_do(report: PushReport) -> Iterator[str]:
    if report.changes or not report.plan.processes:
        return
    lineage = "what can be published" if report.plan.dropped else "all"
    yield f"  Nothing to do: the catalogue holds {lineage} of this lineage."


def _refused(result: PushResult) -> Iterator[str]:
    if result.failed:
        yield f"  Refused: {counted(len(result.failed), 'process', 'processes')}"
    for failure in result.failed[:_SHOWN_FAILURES]:
        yield f"    {one_line(failure.qualified_name)}: {one_line(failure.reason)}"
    if len(result.failed) > _SHOWN_FAILURES:
        more = len(result.failed) - _SHOWN_FAILURES
        yield f"    … and {more} more; the journal beside the configuration names all"


def _not_made(result: PushResult) -> Iterator[str]:
    if result.held_back:
        held_back = counted(result.held_back, "process", "processes")
        yield f"  Not deleted: {held_back}, since what is refused may take their place."
    if result.stopped:
        untried = counted(result.untried, "change")
        yield f"  Broke off, with {untried} not made: {one_line(result.stopped)}"
        yield "  What was acknowledged is kept; push again to go on."


def _not_resolved(plan: Plan) -> Iterator[str]:
    if plan.unresolved:
        yield f"  Not resolved: {counted(len(plan.unresolved), 'table')}"
    yield from (f"  {one_line(line)}" for line in unresolved_lines(plan.unresolved))
