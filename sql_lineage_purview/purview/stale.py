"""Is a saved plan still true? The account may have changed since it was made."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from .entities import PROCESS_TYPE, by_qualified_name
from .errors import StalePlanError
from .plan_document import Action
from .processes import differences, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .plan_document import Plan, PlannedProcess
    from .prune import Account
    from .typedefs import Json

_AT_ONCE = 200


def check_current(plan: Plan, account: Account) -> frozenset[str]:
    """Check that the processes of the account are as the plan saw them.

    What is already as the plan wants it, since a push of it broke off, is no change.

    Returns:
        The qualified names of those processes that are already as the plan wants them.

    Raises:
        StalePlanError: others changed processes since.
        PurviewError: the account does not answer, or refuses.
    """
    done: list[str] = []
    changes: list[str] = []
    for rows in _batches(plan.processes):
        names = [row.process.qualified_name for row in rows]
        present: dict[str, Json] = {}
        for part in account.read_entities(PROCESS_TYPE, names):
            present |= by_qualified_name(part)
        for row in rows:
            entity = present.get(row.process.qualified_name)
            if _is_done(row, entity):
                done.append(row.process.qualified_name)
            elif reason := _change(row, entity):
                changes.append(f"{row.process.name}: {reason}")
    if changes:
        what = f"The plan is stale: {len(changes)} of its processes changed in the account since it was made"
        raise StalePlanError(what, changes=tuple(changes), remedy="Make the plan again, look at it, and push that.")
    return frozenset(done)


def _is_done(row: PlannedProcess, entity: Json | None) -> bool:
    match row.action:
        case Action.UNCHANGED:
            return False
        case Action.DELETE:
            return entity is None
        case _:
            return entity is not None and _as_wanted(row, entity)


def _as_wanted(row: PlannedProcess, entity: Json) -> bool:
    """Assets that the plan itself makes have no guid in it, so that a process with such says by its mapping alone which."""
    made_here = any(not ref.guid for ref in (*row.process.inputs, *row.process.outputs))
    changes = {change.attribute for change in differences(row.process, entity)}
    return not changes - ({"inputs", "outputs"} if made_here else set())


def _change(row: PlannedProcess, entity: Json | None) -> str:
    """What happened to a process since the plan; empty where nothing did."""
    if entity is None:
        return "" if row.action is Action.CREATE else "it is gone"
    if row.action is Action.CREATE:
        return "it exists now"
    return "" if state_of(entity) == row.state else "it says something else now"


def _batches(rows: Iterable[PlannedProcess]) -> Iterator[list[PlannedProcess]]:
    left = iter(rows)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch
