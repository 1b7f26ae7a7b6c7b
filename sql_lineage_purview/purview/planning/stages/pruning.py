"""Sixth stage, where it is asked for: the account's processes that the scripts no longer hold.

In: planned processes, and what the account has of the owner. Out: processes to delete, and what is
to be said of those that are kept although no script holds them: their script was not read, or not
in all parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...account.assets import Found
from ...account.processes import owner_of, process_of, state_of
from ..own_processes import own_processes
from ..part_names import whole_name
from ..plan_document import PlannedAction, PlannedProcess, surplus_part
from ..stage_values import Gone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ...account.typedefs import Json
    from ..account_protocols import Account
    from ..stage_values import BridgedFlows, BuiltFlows

_SHOWN_NAMES = 3


def prune(
    processes: Sequence[PlannedProcess],
    built: BuiltFlows,
    bridged: BridgedFlows,
    account: Account,
    owner: str,
    doubtful: Callable[[str], str],
) -> Gone:
    """Find what the scripts no longer hold.

    What they hold, and only cannot be resolved at the moment, stays.

    Args:
        processes: Those that the plan holds.
        built: Names what cannot be resolved.
        bridged: The assets that the scan knows.
        account: What is asked.
        owner: Whose processes.
        doubtful: Why a process of this script may still be there; empty where it is gone.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    dropped = {name for name, _ in built.dropped}
    names = {row.process.qualified_name for row in processes}
    assets = (
        row.asset.ref.guid
        for row in bridged.outcomes.values()
        if isinstance(row, Found) and row.asset.ref.guid
    )
    return gone_processes(
        account,
        owner,
        assets=assets,
        planned=lambda name: name in names or whole_name(name) in dropped,
        wholes=names,
        doubtful=doubtful,
    )


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
        owner: Whose processes; those of others are never touched, nor those without the owner's
            mark.
        assets: The guids of assets that the scan knows.
        planned: Does the plan hold a process of this qualified name?
        wholes: The processes that the plan holds; what is a part of one of them goes with it.
        doubtful: Why a process of this script may still be there, although the scan did not see it;
            empty where it is gone.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    deletions: dict[str, PlannedProcess] = {}
    kept_for: dict[str, dict[str, None]] = {}
    notes: list[str] = []
    for entity in own_processes(account, owner, assets, notes):
        process = process_of(entity)
        name, guid = process.qualified_name, entity.get("guid") or ""
        # each may come several times, by the index and by the assets that it writes
        if planned(name) or guid in deletions:
            continue
        part = whole_name(name) in wholes
        # the further parts of a process go with it, wherever their script is
        objection = "" if part else doubtful(process.file_path)
        if owner_of(entity).casefold() != owner.casefold():
            objection = f"it does not carry the mark of {owner}"
        if objection:
            kept_for.setdefault(objection, {})[process.name] = None
            continue
        deletions[guid] = surplus_part(entity) if part else _gone(entity)
    rows = sorted(deletions.values(), key=lambda row: row.process.qualified_name)
    return Gone(
        tuple(rows),
        (*notes, *sorted(_kept(list(names), reason) for reason, names in kept_for.items())),
    )


def _gone(entity: Json) -> PlannedProcess:
    reason = "it is no longer in the scripts"
    return PlannedProcess(
        PlannedAction.DELETE,
        process_of(entity),
        reason=reason,
        guid=entity.get("guid") or "",
        state=state_of(entity),
    )


def _kept(names: list[str], reason: str) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES]) + (
        f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    )
    return f"{shown}: kept, although the scan has no such process: {reason}"
