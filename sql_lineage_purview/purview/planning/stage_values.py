"""What flows from stage to stage of a plan. Nothing of it is changed once it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sql_lineage_purview.model.graph import Table
    from sql_lineage_purview.model.names import Name

    from ..account.assets import Resolution
    from ..account.processes import Process
    from .flows import Flow
    from .plan_document import DroppedProcess, PlannedProcess, PlannedRelation


class GroupedFlows(Struct, frozen=True):
    """The flows of a scan.

    Args:
        flows: All of them.
        publishable: Those that remain without the excluded tables.
        tables: What is to be looked up in the account.
    """

    flows: tuple[Flow, ...]
    publishable: tuple[Flow, ...]
    tables: tuple[Table, ...]


class ResolvedFlows(Struct, frozen=True):
    """Grouped flows, and the asset of each of their tables, or why there is none."""

    flows: tuple[Flow, ...]
    publishable: tuple[Flow, ...]
    outcomes: Mapping[Name, Resolution]


class Cut(Struct, frozen=True):
    """Where lineage ends that should go on.

    Args:
        table: The table at which it ends.
        reason: Why (`it is ambiguous`).
        sources: The tables whose data comes to it.
        processes: What does not get it, as the portal calls it.
    """

    table: Name
    reason: str
    sources: tuple[Name, ...]
    processes: tuple[str, ...]


class BridgedFlows(Struct, frozen=True):
    """The flows that processes are made of, and the outcome for each of their tables.

    Args:
        flows: Without the excluded tables, with what comes to them over tables without an asset.
        outcomes: The asset of each table, or why there is none.
        cuts: Where lineage ends that should go on.
        reached: The tables that data of a table without an asset reaches through it.
    """

    flows: tuple[Flow, ...]
    outcomes: Mapping[Name, Resolution]
    cuts: tuple[Cut, ...] = ()
    reached: Mapping[Name, tuple[Name, ...]] = field(default_factory=dict)


class Built(Struct, frozen=True):
    """The processes of one flow: several only where one mapping would be too large.

    `left_out` are unresolved tables.

    `through` are tables without an asset that some of the inputs come through. `collection` is
    where new ones land; empty: where all that is new does. `lacking` are those notes that tell of
    columns which the catalogue lacks.
    """

    processes: tuple[Process, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    collection: str = ""
    lacking: tuple[str, ...] = ()
    through: tuple[str, ...] = ()


class BuiltFlows(Struct, frozen=True):
    """What is built of bridged flows, in their order.

    Args:
        built: The processes of each flow.
        dropped: Why there are none, with the qualified names that they would have.
        direct: Views that are lineage without a process between, with what a process of each would
            be.
    """

    built: tuple[Built, ...]
    dropped: tuple[tuple[str, DroppedProcess], ...] = ()
    direct: tuple[tuple[Flow, Built | DroppedProcess], ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the processes."""
        return tuple(note for row in self.built for note in row.notes)


class Gone(Struct, frozen=True):
    """Processes to delete, and notes on those that are kept although no script holds them."""

    processes: tuple[PlannedProcess, ...]
    notes: tuple[str, ...]


class Relations(Struct, frozen=True):
    """Relations to write, and notes on what could not be related."""

    lineage: tuple[PlannedRelation, ...] = ()
    belonging: tuple[PlannedRelation, ...] = ()
    notes: tuple[str, ...] = ()


class Changes(Struct, frozen=True):
    """What is to be done.

    Args:
        processes: What is written, or stays, or goes with the update of its process.
        gone: What is deleted, as the scripts no longer hold it.
        relations: What is related.
    """

    processes: tuple[PlannedProcess, ...]
    gone: Gone
    relations: Relations
