"""Which processes of an owner the account has although the scripts no longer do.

Search finds them, but lags behind; what the assets say of the processes that write them does not. Both are asked, and each
process is read before anything is said of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..account.entities import PROCESS_INPUTS, PROCESS_TYPE, exists, writers_of
from ..account.processes import owner_of, process_of, state_of
from ..errors import PruneError
from ..resolving.partitions import search_in_parts
from ..resolving.platforms import OBJECT_TYPES
from .build import own_prefix
from .part_names import whole_name
from .parts import surplus_part
from .plan_document import Action, PlannedProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from ..account.client import Entities, SearchHit
    from ..account.typedefs import Json
    from .plan_document import Plan

_SHOWN_NAMES = 3
# Of an asset the processes that write it are asked for: not those that read it, nor its columns, most of the answer.
_COLUMNS = sorted({f"{name}_columns" for row in OBJECT_TYPES.values() for name in (row.table, row.view)})
_BESIDE_THE_POINT = (PROCESS_INPUTS, *_COLUMNS)


class Account(Protocol):
    """What planning reads of an account; a client is one, and so is a snapshot of an account."""

    @property
    def endpoint(self) -> str:
        """Which account."""

    @property
    def path_prefix(self) -> str:
        """Where its Data Map stands."""

    def read_entities(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """The entities of a type that have these names."""

    def read_guids(self, guids: Iterable[str], *, exclude: Collection[str] = ()) -> Iterator[Entities]:
        """The entities of these guids, without relationships of some types."""

    def search_any(self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts; the first `most` of them."""

    def count(self, type_name: str, contains: str) -> int | None:
        """How many entities of a type have a qualified name that contains a text; None where that is not certain."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Processes to delete, and what is to be said of those that are kept although no script holds them."""

    processes: tuple[PlannedProcess, ...]
    notes: tuple[str, ...]


def gone_processes(
    account: Account,
    owner: str,
    *,
    assets: Iterable[str],
    planned: Callable[[str], bool],
    wholes: Collection[str],
    doubtful: Callable[[str], str],
) -> Gone:
    """The owner's processes that a plan does not hold.

    Args:
        account: What is asked.
        owner: Whose processes; those of others are never touched, nor those without the owner's mark.
        assets: The guids of assets that the scan knows.
        planned: Does the plan hold a process of this qualified name?
        wholes: The processes that the plan holds; what is a part of one of them goes with it.
        doubtful: Why a process of this script may still be there, although the scan did not see it; empty where it is gone.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    deletions: dict[str, PlannedProcess] = {}
    kept_for: dict[str, dict[str, None]] = {}
    notes: list[str] = []
    for entity in own_processes(account, owner, assets, notes):
        process = process_of(entity)
        name, guid = process.qualified_name, entity.get("guid") or ""
        if planned(name) or guid in deletions:
            continue
        part = whole_name(name) in wholes
        objection = "" if part else doubtful(process.file_path)
        if owner_of(entity).casefold() != owner.casefold():
            objection = f"it does not carry the mark of {owner}"
        if objection:
            kept_for.setdefault(objection, {})[process.name] = None
            continue
        deletions[guid] = surplus_part(entity) if part else _gone(entity)
    rows = sorted(deletions.values(), key=lambda row: row.process.qualified_name)
    return Gone(tuple(rows), (*notes, *sorted(_kept(list(names), reason) for reason, names in kept_for.items())))


def _gone(entity: Json) -> PlannedProcess:
    reason = "it is no longer in the scripts"
    return PlannedProcess(Action.DELETE, process_of(entity), reason=reason, guid=entity.get("guid") or "", state=state_of(entity))


def _kept(names: list[str], reason: str) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES]) + (f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else "")
    return f"{shown}: kept, although the scan has no such process: {reason}"


def check_threshold(plan: Plan, threshold: float) -> None:
    """Refuse a plan that deletes more than a share of the owner's processes. A process with its parts counts once.

    Args:
        plan: What would be pushed.
        threshold: From 0 to 1; 1 allows all.

    Raises:
        PruneError: it deletes more.
    """
    rows = ((row, whole_name(row.process.qualified_name)) for row in plan.processes if row.action is not Action.CREATE)
    present: dict[str, bool] = {}
    for row, name in rows:
        present[name] = row.action is Action.DELETE and not row.part_of and present.get(name, True)
    deleted = sum(present.values())
    if deleted <= threshold * len(present):
        return
    what = f"The plan would delete {deleted} of the {len(present)} processes of {plan.owner}, more than {threshold:.0%}"
    remedy = (
        "Check that all of the owner's scripts were scanned, with the same settings. If so, raise prune_threshold or use "
        "--prune-threshold."
    )
    raise PruneError(what, remedy=remedy)


def own_processes(account: Account, owner: str, assets: Iterable[str], notes: list[str] | None = None) -> Iterator[Json]:
    """The processes whose names begin as the owner's do, each perhaps several times; `notes` gets what is left out."""
    prefix = own_prefix(owner)
    listed = search_in_parts(account, PROCESS_TYPE, prefix)
    if notes is not None and not listed.complete:
        notes.append(f"the search index has {len(listed.hits)} processes of {owner} and more, which were not all looked at")
    named = sorted({hit.qualified_name for hit in listed.hits if hit.qualified_name.startswith(prefix)})
    for part in account.read_entities(PROCESS_TYPE, named):
        yield from (entity for entity in part.entities if _is_own(entity, prefix))
    read = account.read_guids(assets, exclude=_BESIDE_THE_POINT)
    writers = {guid for part in read for entity in part.entities for guid in writers_of(entity)}
    for part in account.read_guids(sorted(writers)):
        yield from (entity for entity in part.entities if _is_own(entity, prefix))


def _is_own(entity: Json, prefix: str) -> bool:
    name = str((entity.get("attributes") or {}).get("qualifiedName") or "")
    return exists(entity) and entity.get("typeName") == PROCESS_TYPE and name.startswith(prefix)
