"""From a scan and the settings to what its tables are in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...purview import CatalogueResolver, Granularity
from ...purview.planning.plan_options import FlowOptions
from ...purview.planning.resolve_report import resolve_report
from ..configuring.name_filters import excluded
from ..connecting.catalogues import map_of_scan

if TYPE_CHECKING:
    from ...purview.planning.resolve_report import ResolveReport
    from ..configuring.settings import Settings
    from ..connecting.asset_snapshots import Account
    from ..keeping.scan_result import Scan


def report_of(scanned: Scan, account: Account, settings: Settings) -> ResolveReport:
    """Which assets the tables of the scan are.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ConfigurationError: a setting cannot be used.
    """
    resolver = CatalogueResolver(account, map_of_scan(scanned, settings))
    options = FlowOptions(
        granularity=Granularity(settings.purview.granularity),
        through=settings.publish.through,
        excluded=excluded(scanned.graph, settings.publish.exclude),
    )
    return resolve_report(scanned.graph, resolver, options)
