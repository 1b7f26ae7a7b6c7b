"""Impact as rows for programs: JSON, and CSV with one row for each thing that is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.printable import to_json
from .csv_text import csv_text
from .impact_report import kind_words, sites, user_kind, user_name
from .labels import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..analysis.use import ObjectUse
    from ..model.diagnostics import Diagnostic
    from ..model.graph import Column
    from .impact_report import ImpactReport

HEADER = ("section", "name", "kind", "how", "object", "path", "line", "columns", "lineage")


def render_impact_json(report: ImpactReport) -> str:
    """One object: totals, uses, what is downstream, and what could hide more."""
    impact = report.impact
    return (
        to_json(
            {
                "impact_of": list(report.names),
                "totals": _totals(report),
                "uses": [_use(use) for use in impact.uses],
                "uses_of_views": [
                    {"view": str(row.view), **_use(row.use)} for row in impact.of_views
                ],
                "calls": [{"calls": str(row.module), **_use(row.use)} for row in impact.calls],
                "columns": [_reached(report, column) for column in impact.columns.columns],
                "tables": [_reached(report, column) for column in impact.tables.columns],
                "assets": [
                    {"table": row.table, "type": row.kind, "asset": row.qualified_name or None}
                    for row in report.assets
                ],
                "could_hide_uses": {
                    "gaps": [_gap(gap) for gap in impact.hidden.gaps],
                    "not_read": [
                        {"kind": row.kind.value, "count": row.count}
                        for row in impact.hidden.not_read
                    ],
                    "may_be_the_same": list(map(str, impact.hidden.doubles)),
                },
                "gaps_on_the_way": [_gap(gap) for gap in impact.gaps],
            },
            indent=1,
        )
        + "\n"
    )


def render_impact_csv(report: ImpactReport) -> str:
    """One row for each use and site, each table and column downstream, and each gap."""
    return csv_text((HEADER, *_rows(report)))


def _totals(report: ImpactReport) -> dict[str, Any]:
    impact = report.impact
    return {
        "modules": len(impact.modules),
        "scripts": len(impact.files),
        "definitions": len(impact.parts),
        "uncertain": len(impact.uncertain),
        "kinds": {kind.value: number for kind, number in sorted(impact.kinds().items())},
        "columns_downstream": len(impact.columns_downstream),
        "tables_downstream": len(impact.tables_downstream),
        "could_hide_uses": impact.hidden.count,
    }


def _use(use: ObjectUse) -> dict[str, Any]:
    return {
        "name": user_name(use),
        "kind": user_kind(use),
        "how": sorted(use.kinds),
        "certain": use.is_certain,
        "path": use.path,
        "line": use.line,
        "columns": list(use.columns),
        "sites": [
            {
                "path": site.path,
                "line": site.line,
                "statement": site.statement or None,
                "kind": site.kind.value if site.kind else None,
            }
            for site in use.sites
        ],
    }


def _reached(report: ImpactReport, column: Column) -> dict[str, Any]:
    kind, carrier = report.last_step(column)
    row = {"table": str(column.table), "column": column.column}
    return {**row, "how": kind, "carried_by": carrier, "lineage": report.path(column)}


def _gap(gap: Diagnostic) -> dict[str, Any]:
    return {"code": gap.code, "message": gap.message, "path": gap.path, "line": gap.span.line}


def _rows(report: ImpactReport) -> Iterator[tuple[object, ...]]:
    impact = report.impact
    for use in impact.uses:
        yield from _use_rows("use" if use.is_certain else "possible use", use, "")
    for view_row in impact.of_views:
        yield from _use_rows("use of a view", view_row.use, str(view_row.view))
    for call in impact.calls:
        yield from _use_rows("call of a user", call.use, str(call.module))
    for walk, section in ((impact.columns, "column"), (impact.tables, "table")):
        for column in walk.columns:
            kind, carrier = report.last_step(column)
            name = label(column)
            yield (section, name, kind, carrier, "", "", "", "", report.path(column))
    for asset in report.assets:
        yield ("asset", asset.table, asset.kind, "", asset.qualified_name, "", "", "", "")
    for gap in impact.hidden.gaps:
        yield ("could hide a use", gap.code, "", gap.message, "", gap.path, gap.span.line, "", "")
    for unread in impact.hidden.not_read:
        name, how = unread.kind.value, f"{unread.count} not read"
        yield ("could hide a use", name, "", how, "", "", "", "", "")
    for gap in impact.gaps:
        yield ("on the way", gap.code, "", gap.message, "", gap.path, gap.span.line, "", "")


def _use_rows(section: str, use: ObjectUse, what: str) -> Iterator[tuple[object, ...]]:
    start = (section, user_name(use), user_kind(use), kind_words(use), what)
    for place in sites(use):
        path, _, line = place.rpartition(":")
        yield (*start, path, int(line), " ".join(use.columns), "")
