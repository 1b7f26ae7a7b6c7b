"""A plan as text for a person."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

from ...model.printable import one_line
from ...purview import PlannedAction, Pruning
from ...purview.account.connection import EMULATOR
from ...purview.account.entities import DIRECT_LINEAGE
from ..counting import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ...purview import Plan
    from ...purview.account.processes import Change
    from ...purview.planning.plan_document import (
        CutLineage,
        DroppedProcess,
        PlannedProcess,
        PlannedRelation,
    )

_MARKS = {PlannedAction.CREATE: "+", PlannedAction.UPDATE: "~", PlannedAction.DELETE: "-"}
_LONGEST_VALUE = 60
_SHOWN_PAIRS = 10
_SHOWN_NAMES = 3


def render_plan(plan: Plan) -> str:
    """A plan: what would be written, what could not be resolved, and what is left out for that."""
    return "".join(f"{line}\n" for line in _lines(plan))


def place_of(plan: Plan) -> str:
    """The account as a person calls it."""
    return "the emulator" if plan.endpoint == f"http://{EMULATOR}" else plan.endpoint


def action_counts(plan: Plan) -> Iterator[str]:
    """How much a push would write and delete, and how much stays: a line, or two."""
    counts = plan.counts()
    deleted = f"{counts.delete} to delete, " if plan.pruning is Pruning.ON or counts.delete else ""
    created = counted(counts.create, "process", "processes")
    yield f"{created} to create, {counts.update} to update, {deleted}{counts.unchanged} unchanged."
    if plan.relations:
        yield (
            f"{counted(counts.relations, 'relation')} to write, "
            f"{len(plan.relations) - counts.relations} unchanged."
        )


def few(names: Collection[str]) -> str:
    """`dbo.A, dbo.B, dbo.C and 79 more`."""
    shown = ", ".join(islice(names, _SHOWN_NAMES))
    return f"{shown} and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else shown


def _lines(plan: Plan) -> Iterator[str]:
    yield f"Plan for {place_of(plan)}, owner {plan.owner}"
    for new in plan.placeholders:
        yield f"  + placeholder {one_line(new.asset.qualified_name)} ({new.asset.type_name})"
    excluded = frozenset(plan.excluded)
    for row in plan.each_change():
        yield from _process(row, excluded)
    for relation in plan.relations:
        yield from _relation(relation)
    yield from action_counts(plan)
    yield from _resolution(plan)


def _process(row: PlannedProcess, excluded: frozenset[str]) -> Iterator[str]:
    changed = (
        f"  (changed: {', '.join(change.attribute for change in row.changes)})"
        if row.changes
        else ""
    )
    reason = f"  ({one_line(row.reason)})" if row.action is PlannedAction.DELETE else ""
    yield f"  {_MARKS[row.action]} {one_line(row.process.name)}{changed}{reason}"
    if row.action is PlannedAction.DELETE:
        yield f"      {one_line(row.process.qualified_name)}"
        return
    for ref in row.process.inputs:
        yield f"      from {one_line(ref.qualified_name)}"
    for ref in row.process.outputs:
        yield f"      to   {one_line(ref.qualified_name)}"
    for change in row.changes:
        yield from (f"      {one_line(line)}" for line in _difference(change))
    for name in row.through:
        yield (
            f"      through {one_line(name)}, which "
            f"{'[publish] keeps out' if name in excluded else 'has no asset'}"
        )
    for name in row.left_out:
        yield f"      without {one_line(name)}, which is not resolved"


def _relation(relation: PlannedRelation) -> Iterator[str]:
    if relation.action is not PlannedAction.UNCHANGED:
        how = "directly to" if relation.type_name == DIRECT_LINEAGE else relation.type_name
        yield f"  {_MARKS[relation.action]} {one_line(relation.source.qualified_name)}"
        yield f"      {how} {one_line(relation.target.qualified_name)}"


def _difference(change: Change) -> Iterator[str]:
    match change.attribute:
        case "columnMapping":
            before, after = _pairs(change.before), _pairs(change.after)
            rows = [
                *(f"- {pair}" for pair in sorted(before - after)),
                *(f"+ {pair}" for pair in sorted(after - before)),
            ]
            yield from rows[:_SHOWN_PAIRS]
            if len(rows) > _SHOWN_PAIRS:
                yield f"… and {len(rows) - _SHOWN_PAIRS} more columns"
        case "inputs" | "outputs":
            before, after = set(change.before.split(", ")), set(change.after.split(", "))
            yield from (f"- {change.attribute}: {name}" for name in sorted(before - after) if name)
            yield from (f"+ {change.attribute}: {name}" for name in sorted(after - before) if name)
        case "sqlText":
            return
        case _:
            yield f"{change.attribute}: {_short(change.before)} -> {_short(change.after)}"


def _pairs(mapping: str) -> set[str]:
    """The pairs of columns of a mapping.

    Nothing where it is none, which somebody else may have written.
    """
    try:
        return {
            f"{block['DatasetMapping']['Source']} {pair['Source']} -> {pair['Sink']}"
            for block in json.loads(mapping or "[]")
            for pair in block["ColumnMapping"]
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


def _short(text: str) -> str:
    return f"{text[:_LONGEST_VALUE]}…" if len(text) > _LONGEST_VALUE else text or "nothing"


def _resolution(plan: Plan) -> Iterator[str]:
    inexact_rows = [row for row in plan.resolved if row.evidence != "exact"]
    yield (
        f"{counted(len(plan.resolved), 'table')} "
        f"resolved{', these not by their exact name:' if inexact_rows else '.'}"
    )
    yield from (
        f"  {one_line(row.table)}: {row.evidence}, {one_line(row.asset.qualified_name)}"
        for row in inexact_rows
    )
    if plan.unresolved:
        yield f"{counted(len(plan.unresolved), 'table')} not resolved:"
    for table in plan.unresolved:
        yield f"  {one_line(table.table)}: {table.outcome.value}, {one_line(table.reason)}"
        yield from (
            f"      candidate: {one_line(ref.qualified_name)} ({ref.type_name})"
            for ref in table.candidates
        )
    if plan.dropped:
        yield f"{counted(len(plan.dropped), 'process', 'processes')} not published:"
        yield from (
            f"  {one_line(row.writer)} -> {one_line(row.table)}: {one_line(_dropped(row))}"
            for row in plan.dropped
        )
    if plan.cuts:
        yield f"Lineage ends at {counted(len(plan.cuts), 'table')}:"
        yield from (f"  {one_line(_cut(row))}" for row in plan.cuts)
    if plan.excluded:
        yield f"{counted(len(plan.excluded), 'table')} kept out by [publish] exclude."
    yield from (f"Note: {one_line(note)}" for note in plan.notes)


def _dropped(row: DroppedProcess) -> str:
    return (
        (f"{row.reason}; its data goes on through it to {few(row.reaches)}")
        if row.reaches
        else row.reason
    )


def _cut(row: CutLineage) -> str:
    """The line of a cut: the table, the reason, and what does not reach which processes.

    For example, `work.B: it is ambiguous; what stage.A gives does not reach dbo.usp_Load ->
    dbo.C that way`.
    """
    give = f"{few(row.sources)} give{'' if len(row.sources) > 1 else 's'}"
    return f"{row.table}: {row.reason}; what {give} does not reach {few(row.processes)} that way"
