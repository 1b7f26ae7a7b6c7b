"""Resolved tables as text, then those without an asset, by the lineage that hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import one_line
from ..counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...purview.planning.resolve_report import Hanging, ResolveReport
    from .resolution_listing import ResolutionListing


def render_resolution_text(listing: ResolutionListing) -> str:
    """A heading with the numbers, the tables, and notes."""
    return "".join(f"{line}\n" for line in _lines(listing))


def _lines(listing: ResolutionListing) -> Iterator[str]:
    report = listing.report
    yield f"{len(report.resolved)} of {counted(report.tables, 'table')} resolved."
    if listing.with_resolved:
        yield from _resolved(report)
    if report.hanging:
        yield f"{len(report.hanging)} not resolved, those on which most lineage hangs first:"
    for number, row in enumerate(report.hanging, 1):
        yield from _unresolved(number, row)
    yield from (f"Note: {one_line(note)}" for note in report.notes)


def _resolved(report: ResolveReport) -> Iterator[str]:
    for table, resolution in report.resolved:
        ref = resolution.asset.ref
        yield f"  {one_line(table)}: {resolution.evidence}"
        yield f"      {one_line(ref.qualified_name)} ({ref.type_name})"


def _unresolved(number: int, row: Hanging) -> Iterator[str]:
    table = row.table
    yield f"{number:4}  {one_line(table.table)}: {_hanging(row)}"
    yield f"        {table.outcome.value}, {one_line(table.reason)}"
    for ref in table.candidates:
        yield f"        candidate: {one_line(ref.qualified_name)} ({ref.type_name})"


def _hanging(row: Hanging) -> str:
    """`3 table edges, 12 column edges; 2 processes are not published`."""
    edges = f"{counted(row.table_edges, 'table edge')}, {counted(row.column_edges, 'column edge')}"
    processes = ", ".join(_processes(row))
    return f"{edges}; {processes}" if processes else edges


def _processes(row: Hanging) -> Iterator[str]:
    if row.processes_lost:
        yield f"{counted(row.processes_lost, 'process is', 'processes are')} not published"
    if row.processes_reduced:
        reduced = counted(row.processes_reduced, "process is", "processes are")
        yield f"{reduced} published without it"
    if row.processes_through:
        through = counted(row.processes_through, "process gets", "processes get")
        yield f"{through} what comes through it"
