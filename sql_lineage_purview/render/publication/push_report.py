"""What `push` reports once it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ...model.graph import LineageGraph
    from ...purview import Plan, PushResult


class PushReport(Struct, frozen=True):
    """A push that is over.

    Args:
        plan: What was to be written.
        result: What was written.
        changes: How many changes the plan had.
        graph: The scan that the plan was made of; None for a saved plan.
        source: What was scanned, as it is typed behind another command; the file of a saved plan.
    """

    plan: Plan
    result: PushResult
    changes: int
    graph: LineageGraph | None
    source: str
