"""What a plan must keep to before anything of it is written: the limits that a person sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..purview_errors import PlaceholderError, PruneError, UnresolvedError
from .part_names import whole_name
from .plan_document import PlannedAction, Unresolved

if TYPE_CHECKING:
    from .plan_document import Plan

_SHOWN = 3


def check_resolved(plan: Plan) -> None:
    """Refuse a plan some of whose tables have no asset.

    What the Data Map cannot hold, such as functions, needs none.

    Raises:
        UnresolvedError: there are such.
    """
    names = [row.table for row in plan.unresolved if row.outcome is not Unresolved.NO_ASSET]
    if not names:
        return
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    tables = "1 table is" if len(names) == 1 else f"{len(names)} tables are"
    what = f"{tables} not resolved ({', '.join(names[:_SHOWN])}{more}), and missing is set to fail"
    raise UnresolvedError(
        what, remedy="Scan them in Purview, configure where they stand, or exclude them."
    )


def check_placeholders(plan: Plan, cap: int) -> None:
    """Refuse a plan that makes more placeholders than allowed.

    Raises:
        PlaceholderError: it makes more.
    """
    if len(plan.placeholders) <= cap:
        return
    what = f"The plan would make {len(plan.placeholders)} placeholder assets, more than {cap}"
    raise PlaceholderError(
        what,
        remedy="Scan the sources in Purview, check the database map, or raise placeholder_cap.",
    )


def check_threshold(plan: Plan, threshold: float) -> None:
    """Refuse a plan that deletes more than a share of the owner's processes.

    A process with its parts counts once.

    Args:
        plan: What would be pushed.
        threshold: From 0 to 1; 1 allows all.

    Raises:
        PruneError: it deletes more.
    """
    rows = (
        (row, whole_name(row.process.qualified_name))
        for row in plan.processes
        if row.action is not PlannedAction.CREATE
    )
    # A part that goes with the update of its process is no deletion. Where the process itself
    # goes, the rows of all its parts are deletions of one name.
    present: dict[str, bool] = {}
    for row, name in rows:
        present[name] = (
            row.action is PlannedAction.DELETE and not row.part_of and present.get(name, True)
        )
    deleted = sum(present.values())
    if deleted <= threshold * len(present):
        return
    what = (
        f"The plan would delete {deleted} of the {len(present)} processes of {plan.owner}, "
        f"more than {threshold:.0%}"
    )
    remedy = (
        "Check that all of the owner's scripts were scanned, with the same settings. If so, raise "
        "prune_threshold or use "
        "--prune-threshold."
    )
    raise PruneError(what, remedy=remedy)
