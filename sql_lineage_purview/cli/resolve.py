"""`resolve PATH…`: which assets of the catalogue the tables are; `--report` ranks those that are none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.printable import one_line, to_json
from ..project.configuring.setting_rows import OptionGroup
from ..project.publishing.resolving import report_of
from ..purview import MissingPolicy
from ..purview.planning.plan_document import Unresolved
from .console import deliver, say
from .output import add_output_argument
from .publishing import account
from .reading import add_reading_arguments, counted, named_paths, read, settings_of, summary
from .setting_options import add_setting_option, add_setting_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from ..purview.account.assets import AssetRef
    from ..purview.planning.resolve_report import Hanging, ResolveReport

_FINDINGS = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="a folder of scripts, a script, a .dacpac or a snapshot; needed unless --from-database is given",
    )
    parser.add_argument(
        "--report", action="store_true", help="list only the tables that have no asset, those with the most lineage first"
    )
    add_setting_option(parser, "missing", "fail: end with exit code 1 where tables have no asset (default: {default})")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    add_output_argument(parser)
    add_setting_options(parser, OptionGroup.ASSETS)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, and 1 where `missing` is `fail` and a table has no asset although it could have one."""
    paths = named_paths(arguments)
    settings = settings_of(arguments, paths)
    with account(settings) as purview_account:
        scanned = read(arguments, paths, settings)
        report = report_of(scanned, purview_account, settings)
    data = arguments.format == "json"
    text = _document(report, with_resolved=not arguments.report) if data else _text(report, with_resolved=not arguments.report)
    deliver(text, arguments.output, exact=data)
    say(summary(scanned))
    failing = any(row.table.outcome is not Unresolved.NO_ASSET for row in report.hanging)
    return _FINDINGS if failing and settings.purview.missing == MissingPolicy.FAIL else 0


def _document(report: ResolveReport, *, with_resolved: bool) -> str:
    resolved = [
        {
            "table": table,
            "evidence": resolution.evidence.value,
            **_asset(resolution.asset.ref),
            "columns": resolution.asset.columns,
            "truncated": resolution.asset.truncated,
        }
        for table, resolution in report.resolved
    ]
    document: dict[str, Any] = {
        "tables": report.tables,
        "table_edges": report.table_edges,
        "column_edges": report.column_edges,
        "notes": report.notes,
        "unresolved": list(map(_row, report.hanging)),
    }
    return to_json(document | ({"resolved": resolved} if with_resolved else {}), indent=2) + "\n"


def _row(row: Hanging) -> dict[str, Any]:
    return {
        "table": row.table.table,
        "outcome": row.table.outcome.value,
        "reason": row.table.reason,
        "candidates": list(map(_asset, row.table.candidates)),
        "table_edges": row.table_edges,
        "column_edges": row.column_edges,
        "processes_lost": row.processes_lost,
        "processes_reduced": row.processes_reduced,
        "processes_through": row.processes_through,
        "bridged": row.bridged,
    }


def _asset(ref: AssetRef) -> dict[str, str]:
    return {"type": ref.type_name, "qualified_name": ref.qualified_name, "guid": ref.guid}


def _text(report: ResolveReport, *, with_resolved: bool) -> str:
    return "".join(f"{line}\n" for line in _lines(report, with_resolved=with_resolved))


def _lines(report: ResolveReport, *, with_resolved: bool) -> Iterator[str]:
    yield f"{len(report.resolved)} of {counted(report.tables, 'table')} resolved."
    if with_resolved:
        for table, resolution in report.resolved:
            yield f"  {one_line(table)}: {resolution.evidence}"
            yield f"      {one_line(resolution.asset.ref.qualified_name)} ({resolution.asset.ref.type_name})"
    if report.hanging:
        yield f"{len(report.hanging)} not resolved, those on which most lineage hangs first:"
    for number, row in enumerate(report.hanging, 1):
        yield f"{number:4}  {one_line(row.table.table)}: {_hanging(row)}"
        yield f"        {row.table.outcome.value}, {one_line(row.table.reason)}"
        yield from (f"        candidate: {one_line(ref.qualified_name)} ({ref.type_name})" for ref in row.table.candidates)
    yield from (f"Note: {one_line(note)}" for note in report.notes)


def _hanging(row: Hanging) -> str:
    """`3 table edges, 12 column edges; 2 processes are not published, 1 process gets what comes through it`."""
    parts = []
    if row.processes_lost:
        parts.append(f"{counted(row.processes_lost, 'process is', 'processes are')} not published")
    if row.processes_reduced:
        parts.append(f"{counted(row.processes_reduced, 'process is', 'processes are')} published without it")
    if row.processes_through:
        parts.append(f"{counted(row.processes_through, 'process gets', 'processes get')} what comes through it")
    edges = f"{counted(row.table_edges, 'table edge')}, {counted(row.column_edges, 'column edge')}"
    return f"{edges}; {', '.join(parts)}" if parts else edges
