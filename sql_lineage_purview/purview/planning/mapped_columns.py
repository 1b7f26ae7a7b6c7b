"""How many columns the mappings of processes map.

What a plan takes out of an account shows in this number, whatever was pushed before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .mapping import ATTRIBUTE
from .plan_document import PlannedAction

if TYPE_CHECKING:
    from .plan_document import Plan, PlannedProcess


def mapped_before(plan: Plan) -> int:
    """The pairs of columns that the account has in those processes that a plan holds or deletes."""
    return sum(
        _pairs(_text_before(row))
        for row in plan.processes
        if row.action is not PlannedAction.CREATE
    )


def mapped_after(plan: Plan) -> int:
    """The pairs that it has in these processes once the plan is carried out."""
    return sum(
        _pairs(row.process.column_mapping)
        for row in plan.processes
        if row.action is not PlannedAction.DELETE
    )


def _text_before(row: PlannedProcess) -> str:
    # A process whose mapping is no change has, in the account, the very one that the plan holds.
    changed = (change.before for change in row.changes if change.attribute == ATTRIBUTE)
    return next(changed, row.process.column_mapping)


def _pairs(text: str) -> int:
    """The pairs of a mapping; none of what is no mapping, as anybody may have written it."""
    try:
        blocks = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    rows = (
        [block.get("ColumnMapping") for block in blocks if isinstance(block, dict)]
        if isinstance(blocks, list)
        else []
    )
    return sum(len(pairs) for pairs in rows if isinstance(pairs, list))
