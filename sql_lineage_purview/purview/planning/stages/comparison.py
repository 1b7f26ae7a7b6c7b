"""Fifth stage: processes are compared with those that the account has.

In: built processes. Out: the same processes, each with what is to be done: create, update or
nothing.

The account's `…/dbo.usp_load#dbo.fact` has the column mapping `Id -> Id`, the built one `Id -> Id,
Code -> Code`: an update, which differs in `columnMapping`. What the account has beside them is
found by `surplus_parts` and `pruning`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...account.entities import PROCESS_TYPE, by_qualified_name
from ...account.processes import differences, state_of
from ..plan_document import PlannedAction, PlannedProcess

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..account_protocols import EntityReader
    from ..stage_values import Built


def compare(built: Iterable[Built], account: EntityReader) -> tuple[PlannedProcess, ...]:
    """The processes with what is to be done, in the order of their qualified names.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    rows = {process.qualified_name: (process, row) for row in built for process in row.processes}
    planned = {
        name: PlannedProcess(
            PlannedAction.CREATE,
            process,
            left_out=row.left_out,
            through=row.through,
            reason="the account has no such process",
            collection=row.collection,
        )
        for name, (process, row) in sorted(rows.items(), key=lambda pair: pair[0])
    }
    # Only what comes of the comparison is kept: of a large account the entities themselves would
    # fill the memory.
    for part in account.read_entities(PROCESS_TYPE, planned):
        for name, entity in by_qualified_name(part).items():
            if name not in rows:
                continue
            process, row = rows[name]
            changes = differences(process, entity)
            action = PlannedAction.UPDATE if changes else PlannedAction.UNCHANGED
            reason = (
                f"it differs in {', '.join(change.attribute for change in changes)}"
                if changes
                else ""
            )
            planned[name] = PlannedProcess(
                action,
                process,
                changes,
                row.left_out,
                row.through,
                reason,
                entity.get("guid") or "",
                state_of(entity),
            )
    return tuple(planned.values())
