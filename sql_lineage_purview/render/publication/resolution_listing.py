"""What `resolve` lists: the assets of tables, or only the tables that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ...purview.planning.resolve_report import ResolveReport


class ResolutionListing(Struct, frozen=True):
    """A report, and whether the tables that have an asset are listed too."""

    report: ResolveReport
    with_resolved: bool = True
