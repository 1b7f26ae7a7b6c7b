"""What `verify` reports: a plan, and in what the account differs from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...purview import Plan
    from ...purview.checking.drift import Drift


class DriftReport(Struct, frozen=True):
    """A plan of the scripts that were pushed, and the drifts of the account from it."""

    plan: Plan
    drifts: Sequence[Drift]
