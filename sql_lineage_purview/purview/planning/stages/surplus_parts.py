"""Parts that a process no longer needs, as its mapping has shrunk.

They go with the update of the process, whether or not anything is pruned.

In: compared processes. Out: the deletions of the account's further parts of them. Where a process
had the parts `p`, `p~2` and `p~3`, and its mapping fits into two now, `p~3` goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...account.entities import PROCESS_TYPE, by_qualified_name
from ...account.processes import owner_of
from ..part_names import number_of, part_name, whole_name
from ..plan_document import PlannedAction, PlannedProcess, surplus_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...account.typedefs import Json
    from ..account_protocols import EntityReader

# Where there is one part too many there may be more: so many are asked for at once.
_ASKED = 8


def surplus_parts(
    account: EntityReader, owner: str, processes: Iterable[PlannedProcess]
) -> tuple[PlannedProcess, ...]:
    """What is to be deleted, as planned processes have fewer parts than the account has of them.

    Parts that do not carry the owner's mark are left alone.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    counts: dict[str, int] = {}
    existing_names: set[str] = set()
    for row in processes:
        name = whole_name(row.process.qualified_name)
        counts[name] = counts.get(name, 0) + 1
        if row.action is not PlannedAction.CREATE:
            existing_names.add(name)
    surplus: list[PlannedProcess] = []
    # one first: most processes have no part too many
    waiting, asked = {name: counts[name] + 1 for name in existing_names}, 1
    while waiting:
        present = _present(account, waiting, asked)
        surplus += (
            surplus_part(entity)
            for entity in present.values()
            if owner_of(entity).casefold() == owner.casefold()
        )
        longer = {whole_name(name) for name in present}
        waiting, asked = (
            {name: first + asked for name, first in waiting.items() if name in longer},
            _ASKED,
        )
    return tuple(sorted(surplus, key=_deleted_last_first))


def _present(account: EntityReader, waiting: Mapping[str, int], asked: int) -> dict[str, Json]:
    names = [
        part_name(name, first + number)
        for name, first in sorted(waiting.items())
        for number in range(asked)
    ]
    entities: dict[str, Json] = {}
    for part in account.read_entities(PROCESS_TYPE, names):
        entities |= by_qualified_name(part)
    return entities


def _deleted_last_first(row: PlannedProcess) -> tuple[str, int]:
    """So that those of a deletion that breaks off still follow upon each other."""
    return row.part_of, -number_of(row.process.qualified_name)
