"""A plan: what a push would change, as a value that can be read, saved and compared.

See `plan_file` for its text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..account.assets import AssetRef, Placeholder
from ..account.entities import DIRECT_LINEAGE
from ..account.processes import Change, Process, process_of, state_of
from .choices import Granularity, Pruning, PushOrigin
from .part_names import whole_name

if TYPE_CHECKING:
    from ..account.typedefs import Json


class PlannedAction(StrEnum):
    """What a push does with a process."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNCHANGED = "unchanged"


class Unresolved(StrEnum):
    """Why a table is not resolved: several assets may be meant, none was found, or none can be."""

    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    NO_ASSET = "no asset"


class PlannedProcess(Struct, frozen=True):
    """A process and what is to be done with it.

    Args:
        action: What a push does.
        process: As it shall be; for a delete as it is.
        changes: The attributes in which the account's differs, for an update.
        left_out: Tables that are not resolved, so that the process is published without them.
        through: Tables without an asset that some of its inputs come through.
        reason: Why it is to be done.
        guid: The account's process; empty where there is none yet.
        state: A fingerprint of what the account's process said when the plan was made, so that a
            stale plan is noticed.
        collection: The system name of the collection that a new one lands in; empty: where all that
            is new does.
        part_of: For a delete, the planned process of which this is a part that is no longer needed;
            see `parts`.
    """

    action: PlannedAction
    process: Process
    changes: tuple[Change, ...] = ()
    left_out: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    reason: str = ""
    guid: str = ""
    state: str = ""
    collection: str = ""
    part_of: str = ""


def surplus_part(entity: Json) -> PlannedProcess:
    """The deletion of a part that its process does not need any more."""
    process = process_of(entity)
    return PlannedProcess(
        PlannedAction.DELETE,
        process,
        reason="its process needs fewer parts",
        guid=entity.get("guid") or "",
        state=state_of(entity),
        part_of=whole_name(process.qualified_name),
    )


class PlannedRelation(Struct, frozen=True):
    """A relation between two assets, and what is to be done with it.

    It stands for lineage without a process, or ties a process to its procedure.

    Args:
        action: What a push does; a relation is never deleted.
        source: Where data comes from, or else the relation's first end.
        target: Where it goes, or else the second end.
        column_mapping: The JSON that the portal draws column lineage from, see `mapping`; empty for
            a relation without.
        guid: The account's relation; empty where there is none yet.
        reason: Why it is to be done.
        type_name: The type of the relation.
    """

    action: PlannedAction
    source: AssetRef
    target: AssetRef
    column_mapping: str
    guid: str = ""
    reason: str = ""
    type_name: str = DIRECT_LINEAGE


class ResolvedTable(Struct, frozen=True):
    """A table of the scan, its asset, and how that was found."""

    table: str
    evidence: str
    asset: AssetRef


class UnresolvedTable(Struct, frozen=True):
    """A table of the scan without an asset, why, and the assets that come into question."""

    table: str
    outcome: Unresolved
    reason: str
    candidates: tuple[AssetRef, ...]


class DroppedProcess(Struct, frozen=True):
    """A process that cannot be published: its writer (module or script), its table, and why.

    `reaches` are the tables that its data reaches all the same, through the table.
    """

    writer: str
    table: str
    reason: str
    reaches: tuple[str, ...] = ()


class CutLineage(Struct, frozen=True):
    """Where lineage ends that should go on.

    It tells at which table and why, what comes to that table, and the processes that do not
    get it.
    """

    table: str
    reason: str
    sources: tuple[str, ...]
    processes: tuple[str, ...]


class Plan(Struct, frozen=True):
    """What a push of one scan changes in one account, and what it cannot publish.

    The collections may be those of a file, read anew each time that they are gone through; see
    `open_plan`.

    Args:
        endpoint: The account.
        owner: Whose processes these are.
        path_prefix: Where the account's Data Map stands.
        granularity: What makes a process.
        pruning: Was it looked for processes of the owner that are gone from the scripts? Only then
            is more deleted than parts.
        scan: What was scanned, and with which version of the tool.
        placeholders: Assets that the push makes first, as processes refer to them and no scan has
            registered them.
        processes: In the order of their qualified names, those to delete last.
        relations: Lineage without a process between.
        resolved: The tables that have an asset.
        unresolved: Those that have none.
        dropped: Processes that cannot be published.
        cuts: Where lineage ends that should go on.
        notes: What else is to be said.
        excluded: The tables that the configuration keeps out of the catalogue.
    """

    endpoint: str
    owner: str
    path_prefix: str = "/datamap/api"
    granularity: Granularity = Granularity.TABLE
    pruning: Pruning = Pruning.OFF
    scan: PushOrigin = field(default_factory=PushOrigin)
    placeholders: Collection[Placeholder] = ()
    processes: Collection[PlannedProcess] = ()
    relations: Collection[PlannedRelation] = ()
    resolved: Collection[ResolvedTable] = ()
    unresolved: Collection[UnresolvedTable] = ()
    dropped: Collection[DroppedProcess] = ()
    cuts: Collection[CutLineage] = ()
    notes: Collection[str] = ()
    excluded: Collection[str] = ()

    def having(self, action: PlannedAction) -> tuple[PlannedProcess, ...]:
        """The processes with which this is to be done."""
        return tuple(row for row in self.processes if row.action is action)

    @property
    def changes(self) -> tuple[PlannedProcess, ...]:
        """The processes that a push writes or deletes."""
        return tuple(self.each_change())

    @property
    def reduced(self) -> tuple[PlannedProcess, ...]:
        """The processes that are published without some of their tables."""
        return tuple(row for row in self.processes if row.left_out)

    def each_change(self) -> Iterator[PlannedProcess]:
        """The processes that a push writes or deletes, one at a time."""
        return (row for row in self.processes if row.action is not PlannedAction.UNCHANGED)

    def counts(self) -> Counts:
        """How many processes there are for each action, and relations to write."""
        return Counts.of(self.processes, (row.action for row in self.relations))


class Counts(Struct, frozen=True):
    """How much a plan changes.

    `parts`: how many of the deletes go with the update of their process.
    """

    create: int = 0
    update: int = 0
    delete: int = 0
    unchanged: int = 0
    relations: int = 0
    parts: int = 0

    @property
    def changes(self) -> int:
        """How much a push writes or deletes."""
        return self.create + self.update + self.delete + self.relations

    @staticmethod
    def of(processes: Iterable[PlannedProcess], relations: Iterable[PlannedAction] = ()) -> Counts:
        """Count actions."""
        counts, parts = dict.fromkeys(PlannedAction, 0), 0
        for row in processes:
            counts[row.action] += 1
            parts += bool(row.part_of)
        related = sum(action is not PlannedAction.UNCHANGED for action in relations)
        return Counts(
            **{action.value: number for action, number in counts.items()},
            relations=related,
            parts=parts,
        )
