"""Resolved tables, and those without an asset, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ...model.printable import to_json

if TYPE_CHECKING:
    from ...purview.account.assets import AssetRef, Found
    from ...purview.planning.resolve_report import Hanging
    from .resolution_listing import ResolutionListing

_Row: TypeAlias = dict[str, Any]


def render_resolution_json(listing: ResolutionListing) -> str:
    """Counts of the lineage, notes, and one object for each table."""
    report = listing.report
    document: _Row = {
        "tables": report.tables,
        "table_edges": report.table_edges,
        "column_edges": report.column_edges,
        "notes": report.notes,
        "unresolved": list(map(_unresolved, report.hanging)),
    }
    if listing.with_resolved:
        document["resolved"] = [_resolved(*row) for row in report.resolved]
    return to_json(document, indent=2) + "\n"


def _resolved(table: str, resolution: Found) -> _Row:
    return {
        "table": table,
        "evidence": resolution.evidence.value,
        **_asset(resolution.asset.ref),
        "columns": resolution.asset.columns,
        "truncated": resolution.asset.truncated,
    }


def _unresolved(row: Hanging) -> _Row:
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
