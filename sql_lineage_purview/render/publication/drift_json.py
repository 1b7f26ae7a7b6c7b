"""Drifts as JSON, for a job that acts on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import to_json

if TYPE_CHECKING:
    from typing import Any

    from ...purview.checking.drift import Drift
    from .drift_report import DriftReport


def render_drift_json(report: DriftReport) -> str:
    """The account, the owner, and one object for each drift."""
    document = {
        "endpoint": report.plan.endpoint,
        "owner": report.plan.owner,
        "drifts": list(map(_row, report.drifts)),
    }
    return to_json(document, indent=2) + "\n"


def _row(drift: Drift) -> dict[str, Any]:
    return {
        "process": drift.qualified_name,
        "name": drift.name,
        "kind": drift.kind.value,
        "detail": drift.detail,
    }
