"""The assets of Purview that an impact touches, from a snapshot of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.graph import Column
from ..project.publishing.resolving import report_of
from ..purview.planning.process_names import shown
from ..render.impact_report import TouchedAsset
from .publishing import account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..analysis.impact import Impact
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan


def touched_assets(result: Scan, settings: Settings, impact: Impact) -> Sequence[TouchedAsset]:
    """What the tables that were asked for, and those downstream, are in Purview.

    Args:
        result: The scan.
        settings: They say which snapshot it is.
        impact: What is touched.
    """
    with account(settings) as purview_account:
        report = report_of(result, purview_account, settings)
    rows = {
        table: TouchedAsset(table, found.asset.ref.qualified_name, found.asset.ref.type_name)
        for table, found in report.resolved
    }
    for row in report.hanging:
        missing = row.table
        rows[missing.table] = TouchedAsset(
            missing.table, "", f"{missing.outcome}: {missing.reason}"
        )
    nodes = (node.table for node in impact.nodes if isinstance(node, Column))
    names = dict.fromkeys(map(shown, (*nodes, *impact.tables_downstream)))
    return [rows[name] for name in names if name in rows]
