"""Reading back a push: does the account hold what a plan says, and would the portal show it?"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from ..account.assets import Asset
from ..account.entities import (
    LINEAGE,
    PARENT_TYPE,
    PROCESS_TYPE,
    Entities,
    assets_of,
    deleted_ends,
    end_guids,
    exists,
    lingering_ends,
    qualified_name_of,
    schema_guid,
)
from ..account.processes import UNLISTED, differences, process_of
from ..planning.mapping import ATTRIBUTE
from ..planning.own_processes import own_processes
from ..planning.plan_document import PlannedAction
from ..planning.unlisted import read_unlisted
from ..purview_errors import NotFoundError
from .mapping_lint import hidden, lacking, named_assets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..account.client import DataMapClient
    from ..account.processes import Process
    from ..account.typedefs import Json
    from ..planning.plan_document import Plan

_LONGEST_VALUE = 80


class DriftKind(StrEnum):
    """In what way the account differs from what was pushed."""

    MISSING = "missing"
    """A process, or a relation between two assets, that should be there is not."""
    FOREIGN = "foreign"
    """A process bears the owner's name, and no script has it."""
    SURPLUS = "surplus"
    """A part of a process that needs fewer parts by now."""
    CHANGED = "changed"
    """An attribute says something else."""
    END_GONE = "end gone"
    """An input or output of the process is deleted."""
    COLUMN_GONE = "column gone"
    """The column mapping names a column that the asset does not have any more."""
    HIDDEN = "hidden"
    """The account took the column mapping, but the portal does not show it."""


class Drift(Struct, frozen=True, order=True):
    """One difference.

    Args:
        qualified_name: Of the process; of the type where that is at fault.
        kind: In what way it differs.
        detail: What differs, as a sentence without its full stop.
        name: What the portal shows of the process.
    """

    qualified_name: str
    kind: DriftKind
    detail: str
    name: str


def verify(plan: Plan, client: DataMapClient) -> tuple[Drift, ...]:
    """Everything in which an account differs from what a push of this plan would leave behind.

    Empty where nothing does.

    Args:
        plan: Of the scripts that were pushed, made for this account now.
        client: Reads the account; nothing is written.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    processes = {
        row.process.qualified_name: row.process
        for row in plan.processes
        if row.action is not PlannedAction.DELETE
    }
    assets = _AssetIndex(client)
    drifts = [*_type_drifts(client), *_relation_drifts(plan)] if processes or plan.relations else []
    present: set[str] = set()
    for part in client.read_entities(PROCESS_TYPE, processes):
        for entity in _ready(part.entities, assets):
            present.add(name := process_of(entity).qualified_name)
            if name in processes:
                drifts += _changes(processes[name], entity)
            drifts += _shape(entity, assets)
    drifts += [
        Drift(name, DriftKind.MISSING, "the account has no such process", process.name)
        for name, process in processes.items()
        if name not in present
    ]
    surplus = {row.process.qualified_name: row.process for row in plan.processes if row.part_of}
    drifts += [
        Drift(name, DriftKind.SURPLUS, "its process needs fewer parts; a push deletes it", row.name)
        for name, row in surplus.items()
    ]
    drifts += _strangers(plan, client, processes.keys() | present | surplus.keys(), assets)
    return tuple(sorted(set(drifts)))


class _AssetIndex:
    """The inputs and outputs of processes, with their columns, each read once."""

    def __init__(self, client: DataMapClient) -> None:
        self._client = client
        self._by_guid: dict[str, Asset] = {}
        self._gone: dict[str, str] = {}

    def read(self, guids: Iterable[str]) -> None:
        unread = [guid for guid in dict.fromkeys(guids) if guid not in self._by_guid]
        schemas: dict[str, str] = {}
        for part in self._client.read_guids(unread, exclude=LINEAGE):
            self._by_guid |= {asset.ref.guid: asset for asset in assets_of(part)}
            self._gone |= {
                row["guid"]: qualified_name_of(row) for row in part.entities if not exists(row)
            }
            for entity in part.entities:
                schema = schema_guid(Entities((entity,), {}))
                if schema:
                    schemas[schema] = entity.get("guid") or ""
        for part in self._client.read_guids(schemas):
            for schema_asset in assets_of(part):
                file = self._by_guid[schemas[schema_asset.ref.guid]]
                self._by_guid[file.ref.guid] = Asset(
                    file.ref, schema_asset.columns, truncated=schema_asset.truncated
                )

    def gone(self, entity: Json, end: str) -> Iterator[tuple[str, str, bool]]:
        """The deleted inputs or outputs of a process that was read.

        Returns:
            Their qualified names, as far as known, what is shown of them, and whether the process
            is related to them still.
        """
        lingering = lingering_ends(entity, end)
        return (
            (self._gone.get(guid, ""), shown, guid in lingering)
            for guid, shown in deleted_ends(entity, end).items()
        )

    def of(self, entity: Json, end: str) -> dict[str, Asset]:
        """The inputs or outputs of a process that was read, by qualified name."""
        assets = (self._by_guid[guid] for guid in end_guids(entity, end) if guid in self._by_guid)
        return {asset.ref.qualified_name: asset for asset in assets}


def _ready(entities: Iterable[Json], assets: _AssetIndex) -> list[Json]:
    """Those processes that exist, their inputs and outputs read."""
    rows = [entity for entity in entities if exists(entity)]
    ends = [(entity, end) for entity in rows for end in ("inputs", "outputs")]
    assets.read(
        guid
        for entity, end in ends
        for guid in sorted(end_guids(entity, end) | deleted_ends(entity, end).keys())
    )
    return rows


def _type_drifts(client: DataMapClient) -> Iterator[Drift]:
    try:
        attributes = client.get_type(PROCESS_TYPE).get("attributeDefs") or []
    except NotFoundError:
        yield Drift(PROCESS_TYPE, DriftKind.MISSING, "the account has no such type", PROCESS_TYPE)
        return
    if ATTRIBUTE not in {attribute.get("name") for attribute in attributes}:
        detail = f"the type does not declare {ATTRIBUTE}, so no column lineage is shown"
        yield Drift(PROCESS_TYPE, DriftKind.HIDDEN, detail, PROCESS_TYPE)


def _changes(process: Process, entity: Json) -> Iterator[Drift]:
    for change in differences(process, entity):
        if change.attribute == UNLISTED:
            # the columns that are gone have a drift of their own, and those that came are none
            continue
        values = (
            (f": it is {_short(change.before)}, not {_short(change.after)}")
            if change.attribute != ATTRIBUTE
            else ""
        )
        yield Drift(
            process.qualified_name,
            DriftKind.CHANGED,
            f"{change.attribute} differs{values}",
            process.name,
        )


def _shape(entity: Json, assets: _AssetIndex) -> Iterator[Drift]:
    """What is wrong with a process by itself, whatever the scripts say."""
    process = process_of(entity)
    inputs, outputs = assets.of(entity, "inputs"), assets.of(entity, "outputs")

    def drift(kind: DriftKind, detail: str) -> Drift:
        return Drift(process.qualified_name, kind, detail, process.name)

    named = named_assets(process.column_mapping)
    for end, live in (("inputs", inputs), ("outputs", outputs)):
        for name, shown, related in assets.gone(entity, end):
            # It stays listed behind the push that leaves it out, and behind the scan that registers
            # it anew.
            if related or not name or (name in named and name not in live):
                yield drift(DriftKind.END_GONE, f"{shown}, one of its {end}, is deleted")
        if not live:
            yield drift(DriftKind.END_GONE, f"none of its {end} is left")
    for columns in lacking(
        process.column_mapping, inputs | outputs, read_unlisted(process.unlisted)
    ):
        yield drift(
            DriftKind.COLUMN_GONE, f"{columns.asset} has no column {', '.join(columns.names)}"
        )
    for reason in hidden(process.column_mapping, inputs.keys(), outputs.keys()):
        yield drift(DriftKind.HIDDEN, reason)


def _relation_drifts(plan: Plan) -> Iterator[Drift]:
    for row in plan.relations:
        if row.type_name == PARENT_TYPE:
            # a push leaves it where the account does not want it, and no lineage hangs on it
            continue
        name = f"{row.source.qualified_name} -> {row.target.qualified_name}"
        if row.action is PlannedAction.CREATE:
            yield Drift(
                name, DriftKind.MISSING, "the account has no lineage between the two assets", name
            )
        elif row.action is PlannedAction.UPDATE:
            yield Drift(name, DriftKind.CHANGED, f"{ATTRIBUTE} differs", name)


def _strangers(
    plan: Plan, client: DataMapClient, names: Iterable[str], assets: _AssetIndex
) -> Iterator[Drift]:
    """The owner's processes that the plan does not hold."""
    visited = set(names)
    strangers: list[Json] = []
    for entity in own_processes(
        client, plan.owner, (row.asset.guid for row in plan.resolved if row.asset.guid)
    ):
        name = process_of(entity).qualified_name
        if name not in visited:
            visited.add(name)
            strangers.append(entity)
    for entity in _ready(strangers, assets):
        process = process_of(entity)
        detail = "no script has this process, or its tables are not resolved any more"
        yield Drift(process.qualified_name, DriftKind.FOREIGN, detail, process.name)
        yield from _shape(entity, assets)


def _short(value: str) -> str:
    return repr(value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…")
