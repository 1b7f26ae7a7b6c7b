"""Parts that a process no longer needs, as its mapping has shrunk: they go with its update, whether or not anything is pruned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..account.entities import PROCESS_TYPE, by_qualified_name
from ..account.processes import owner_of, process_of, state_of
from .part_names import number_of, part_name, whole_name
from .plan_document import Action, PlannedProcess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Protocol

    from ..account.client import Entities
    from ..account.typedefs import Json

    class Reading(Protocol):
        """What is asked of an account."""

        def read_entities(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
            """The entities of a type that have these names."""


# Where there is one part too many there may be more: so many are asked for at once.
_ASKED = 8


def surplus_parts(account: Reading, owner: str, processes: Iterable[PlannedProcess]) -> tuple[PlannedProcess, ...]:
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
        if row.action is not Action.CREATE:
            existing_names.add(name)
    surplus: list[PlannedProcess] = []
    waiting, asked = {name: counts[name] + 1 for name in existing_names}, 1
    while waiting:
        present = _present(account, waiting, asked)
        surplus += (surplus_part(entity) for entity in present.values() if owner_of(entity).casefold() == owner.casefold())
        longer = {whole_name(name) for name in present}
        waiting, asked = {name: first + asked for name, first in waiting.items() if name in longer}, _ASKED
    return tuple(sorted(surplus, key=_deleted_last_first))


def surplus_part(entity: Json) -> PlannedProcess:
    """The deletion of a part that its process does not need any more."""
    process = process_of(entity)
    return PlannedProcess(
        Action.DELETE,
        process,
        reason="its process needs fewer parts",
        guid=entity.get("guid") or "",
        state=state_of(entity),
        part_of=whole_name(process.qualified_name),
    )


def _present(account: Reading, waiting: Mapping[str, int], asked: int) -> dict[str, Json]:
    names = [part_name(name, first + number) for name, first in sorted(waiting.items()) for number in range(asked)]
    entities: dict[str, Json] = {}
    for part in account.read_entities(PROCESS_TYPE, names):
        entities |= by_qualified_name(part)
    return entities


def _deleted_last_first(row: PlannedProcess) -> tuple[str, int]:
    """So that those of a deletion that breaks off still follow upon each other."""
    return row.part_of, -number_of(row.process.qualified_name)
