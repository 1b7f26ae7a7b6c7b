"""A plan on a screen: what a push would do, in numbers, then what needs a person, by its reason."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from ...model.names import parse_name
from ...purview import PlannedAction
from ..counting import counted
from ..drawing import text_drawing
from .plan_text import action_counts, few, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ...purview import Plan
    from ...purview.planning.plan_document import UnresolvedTable
    from ..drawing import Branch

_SHOWN_DELETIONS = 10
_SHOWN_REASONS = 8

Row = TypeVar("Row")


def render_plan_summary(plan: Plan) -> Branch:
    """Counts, what is deleted, and what needs a person: the same reason once for all tables."""
    return text_drawing(_lines(plan))


def unresolved_lines(rows: Iterable[UnresolvedTable]) -> Iterator[str]:
    """Tables without an asset, by the reason that they have in common."""
    return _grouped(
        rows,
        reason=lambda row: f"{row.outcome.value}: {_common(row.reason, row.table)}",
        one=lambda row: f"{row.outcome.value}, {row.reason}",
        name=lambda row: row.table,
    )


def _lines(plan: Plan) -> Iterator[str]:
    yield f"Plan for {place_of(plan)}, owner {plan.owner}"
    yield from action_counts(plan)
    yield from _deleted(plan)
    yield from _resolved(plan)
    if plan.unresolved:
        yield f"{counted(len(plan.unresolved), 'table')} not resolved:"
        yield from unresolved_lines(plan.unresolved)
    if plan.dropped:
        yield f"{counted(len(plan.dropped), 'process', 'processes')} not published:"
        yield from _grouped(
            plan.dropped,
            reason=lambda row: _common(row.reason, row.table),
            one=lambda row: row.reason,
            name=lambda row: f"{row.writer} -> {row.table}",
        )
    if plan.cuts:
        yield f"Lineage ends at {counted(len(plan.cuts), 'table')}:"
        yield from _grouped(
            plan.cuts,
            reason=lambda row: _common(row.reason, row.table),
            one=lambda row: row.reason,
            name=lambda row: row.table,
        )
    yield from (f"Note: {note}" for note in plan.notes)
    yield "Each process and table: -v."


def _deleted(plan: Plan) -> Iterator[str]:
    rows = plan.having(PlannedAction.DELETE)
    yield from (f"  - {row.process.name}  ({row.reason})" for row in rows[:_SHOWN_DELETIONS])
    if len(rows) > _SHOWN_DELETIONS:
        yield f"  … and {len(rows) - _SHOWN_DELETIONS} more to delete"


def _resolved(plan: Plan) -> Iterator[str]:
    inexact = Counter(row.evidence for row in plan.resolved if row.evidence != "exact")
    how = ", ".join(f"{number} by {evidence}" for evidence, number in sorted(inexact.items()))
    aside = f", {how}" if how else ""
    yield f"{counted(len(plan.resolved), 'table')} resolved{aside}."
    if plan.placeholders:
        names = few([row.asset.qualified_name for row in plan.placeholders])
        yield f"{counted(len(plan.placeholders), 'placeholder asset')} to make: {names}."
    reduced = sum(bool(row.left_out) for row in plan.processes)
    if reduced:
        processes = counted(reduced, "process", "processes")
        yield f"{processes} without some of their tables, which are not resolved."
    through = sum(bool(row.through) for row in plan.processes)
    if through:
        processes = counted(through, "process", "processes")
        yield f"{processes} with lineage that comes through tables without an asset."
    if plan.excluded:
        yield f"{counted(len(plan.excluded), 'table')} kept out by [publish] exclude."


def _grouped(
    rows: Iterable[Row],
    *,
    reason: Callable[[Row], str],
    one: Callable[[Row], str],
    name: Callable[[Row], str],
) -> Iterator[str]:
    """Rows by their reason, most frequent first; what stands alone keeps the words of its own."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(reason(row), []).append(row)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for text, group in ordered[:_SHOWN_REASONS]:
        if len(group) == 1:
            yield f"  {name(group[0])}: {one(group[0])}"
        else:
            yield f"  {len(group)} {text}"
            yield f"      {few([name(row) for row in group])}"
    yield from _more(ordered[_SHOWN_REASONS:])


def _more(groups: Sequence[tuple[str, list[Row]]]) -> Iterator[str]:
    if groups:
        number = sum(len(rows) for _, rows in groups)
        yield f"  … and {number} for {counted(len(groups), 'other reason')}"


def _common(reason: str, table: str) -> str:
    """A reason without the name of the table, so that those of one cause are the same."""
    try:
        parts = parse_name(table).parts
    except ValueError:
        parts = (table,)
    names = (table, "/".join(parts[-2:]))
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", "…", reason, flags=re.IGNORECASE)
