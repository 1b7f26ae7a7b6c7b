"""Is a saved plan still true? The account may have changed since it was made."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ..account.entities import DIRECT_LINEAGE, PARENT_TYPE, PROCESS_TYPE, by_qualified_name
from ..account.processes import differences, owner_of, state_of
from ..purview_errors import BadPlanError, StalePlanError
from .plan_document import PlannedAction
from .process_names import own_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..account.typedefs import Json
    from .account_protocols import Account
    from .plan_document import Plan, PlannedProcess

_AT_ONCE = 200


def check_current(plan: Plan, account: Account) -> frozenset[str]:
    """Check that the processes of the account are as the plan saw them.

    What is already as the plan wants it, since a push of it broke off, is no change.

    Returns:
        The qualified names of those processes that are already as the plan wants them.

    Raises:
        BadPlanError: the plan writes or deletes what is not its owner's.
        StalePlanError: others changed processes since.
        PurviewError: the account does not answer, or refuses.
    """
    _check_own(plan)
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
            elif reason := _change(row, entity, plan.owner):
                changes.append(f"{row.process.name}: {reason}")
    if changes:
        what = (
            f"The plan is stale: {len(changes)} of its processes changed in the account since "
            "it was made"
        )
        raise StalePlanError(
            what, changes=tuple(changes), remedy="Make the plan again, look at it, and push that."
        )
    return frozenset(done)


def _is_done(row: PlannedProcess, entity: Json | None) -> bool:
    match row.action:
        # Nothing is done for it in any case; what others did to it since is for `_change` to say.
        case PlannedAction.UNCHANGED:
            return False
        case PlannedAction.DELETE:
            return entity is None
        case _:
            return entity is not None and _as_wanted(row, entity)


def _as_wanted(row: PlannedProcess, entity: Json) -> bool:
    """Is an entity of the account as the plan wants it?

    Assets that the plan itself makes have no guid in it, so that a process with such assets
    says by its mapping alone which they are.
    """
    made_here = any(not ref.guid for ref in (*row.process.inputs, *row.process.outputs))
    changes = {change.attribute for change in differences(row.process, entity)}
    return not changes - ({"inputs", "outputs"} if made_here else set())


def _check_own(plan: Plan) -> None:
    """A file can be changed by anybody; only what the tool itself would plan is carried out."""
    prefix = own_prefix(plan.owner)
    for row in plan.processes:
        process = row.process
        if (
            not process.qualified_name.startswith(prefix)
            or process.owner.casefold() != plan.owner.casefold()
        ):
            what = (
                f"The saved plan is damaged: {process.qualified_name} is no process of {plan.owner}"
            )
            raise BadPlanError(what, remedy="Make the plan again.")
    for relation in plan.relations:
        if relation.type_name not in (DIRECT_LINEAGE, PARENT_TYPE):
            what = f"The saved plan is damaged: it relates assets by {relation.type_name}"
            raise BadPlanError(what, remedy="Make the plan again.")


def _change(row: PlannedProcess, entity: Json | None, owner: str) -> str:
    """What happened to a process since the plan; empty where nothing did."""
    if entity is None:
        return "" if row.action is PlannedAction.CREATE else "it is gone"
    if row.action is PlannedAction.CREATE:
        return "it exists now"
    if (entity.get("guid") or "") != row.guid:
        return "another process has its name now"
    if row.action is PlannedAction.DELETE and owner_of(entity).casefold() != owner.casefold():
        return f"it does not carry the mark of {owner}"
    return "" if state_of(entity) == row.state else "it says something else now"


def _batches(rows: Iterable[PlannedProcess]) -> Iterator[list[PlannedProcess]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch
