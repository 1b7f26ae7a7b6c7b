"""Traces as tables for auditors: CSV, Markdown, HTML; a row for each origin and what it reaches.

A column that several origins reach has a row for each. What is not proven is a row too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..counting import counted
from ..csv_text import csv_text
from ..labels import label
from ..markdown_table import markdown_table, markdown_text
from ..report_page import ReportSection, report_page
from .trace_report import name_of, not_proven, path_text, state_of

if TYPE_CHECKING:
    from .trace_report import TraceReport, TraceRow

_HEADER = ("column", "from", "certain", "state", "path", "statements")
_COLUMNS = ("kind", "of", "origin", "column", "certain", "state", "asset", "path", "place")


def render_trace_csv(report: TraceReport) -> str:
    """One row for each origin, each column that it reaches, and each gap that could hide one."""
    return csv_text([_COLUMNS, *_csv_rows(report)])


def _csv_rows(report: TraceReport) -> Iterator[tuple[str, ...]]:
    for trace in report.traces:
        for origin in dict.fromkeys(trace.origins):
            yield "origin", name_of(trace), label(origin), "", "", "", "", "", ""
    for row in report.rows():
        asset = row.traced.asset.qualified_name if row.traced and row.traced.asset else ""
        yield (
            "reached",
            row.of,
            label(row.origin),
            label(row.reached.column),
            _certain(row),
            _state(row),
            asset,
            path_text(row.reached),
            "; ".join(_places(row, report)),
        )
    for place, reason in not_proven(report):
        yield "not proven", "", "", "", "", reason, "", "", place


def render_trace_markdown(report: TraceReport) -> str:
    """A table for each trace, and the list of what is not proven."""
    rows = list(report.rows())
    lines = ["# Trace of columns", ""]
    for trace in report.traces:
        name = name_of(trace)
        reached = [row for row in rows if row.of == name]
        columns = counted(len(trace.origins), "column")
        lines += [f"## {markdown_text(name)}", "", f"Starts from {columns}:", ""]
        lines += [f"- {markdown_text(label(origin))}" for origin in dict.fromkeys(trace.origins)]
        lines += ["", _table(reached, report) if reached else "Reaches none.\n"]
    gaps = list(not_proven(report))
    lines += ["## Not proven", ""]
    lines += [f"- {markdown_text(place)}: {markdown_text(reason)}" for place, reason in gaps] or [
        "No gap of the scan could hide a path."
    ]
    return "\n".join(lines) + "\n"


def render_trace_page(report: TraceReport) -> str:
    """A table for each trace, and what is not proven, as a page that can be kept or printed."""
    rows = list(report.rows())
    sections = []
    for trace in report.traces:
        name = name_of(trace)
        cells = [_cells(row, report) for row in rows if row.of == name]
        origins = ", ".join(dict.fromkeys(map(label, trace.origins))) or "no column"
        remarks = [f"Starts from {origins}", *([] if cells else ["Reaches none"])]
        sections.append(ReportSection(name, _HEADER, cells, remarks))
    gaps = list(not_proven(report))
    none = () if gaps else ("No gap of the scan could hide a path.",)
    sections.append(ReportSection("Not proven", ("where", "why"), gaps, none))
    return report_page("trace", "Trace of columns", (), sections)


def _table(rows: Iterable[TraceRow], report: TraceReport) -> str:
    return markdown_table(_HEADER, (_cells(row, report) for row in rows))


def _cells(row: TraceRow, report: TraceReport) -> tuple[str, ...]:
    return (
        label(row.reached.column),
        label(row.origin),
        _certain(row),
        _state(row),
        path_text(row.reached),
        ", ".join(_places(row, report)),
    )


def _certain(row: TraceRow) -> str:
    return "yes" if row.reached.certain else "perhaps"


def _state(row: TraceRow) -> str:
    return state_of(row.traced) if row.traced else ""


def _places(row: TraceRow, report: TraceReport) -> list[str]:
    return [place for edge in row.reached.path if (place := report.place(edge))]
