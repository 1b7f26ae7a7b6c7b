"""A change between two states: its kind, its class, and what breaks by it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ...model.graph import Column, Location
    from ...model.vocabulary import Certainty, Subtype
    from ..use import ObjectUse


class ImpactClass(StrEnum):
    """What a change means to whoever reviews it, worst first.

    BREAKING: something uses what is there no more. RISKY: values or rows are others than before,
    or it is not known whether they are. HARMLESS: what was there before is as it was.
    """

    BREAKING = "breaking"
    RISKY = "risky"
    HARMLESS = "harmless"


class ChangeKind(StrEnum):
    """What has happened, as the document names it."""

    COLUMN_DROPPED = "column-dropped"
    TABLE_DROPPED = "table-dropped"
    MODULE_DROPPED = "module-dropped"
    COLUMN_RENAMED = "column-renamed"
    TABLE_RENAMED = "table-renamed"
    MODULE_RENAMED = "module-renamed"
    KIND_CHANGED = "kind-changed"
    COLUMNS_UNKNOWN = "columns-unknown"
    LINEAGE_VANISHED = "lineage-vanished"
    LINEAGE_CHANGED = "lineage-changed"
    COMPUTATION_CHANGED = "computation-changed"
    CONDITIONS_CHANGED = "conditions-changed"
    CERTAINTY_CHANGED = "certainty-changed"
    USES_CHANGED = "uses-changed"
    LINEAGE_ADDED = "lineage-added"
    GAP_ADDED = "gap-added"
    GAP_CLOSED = "gap-closed"
    COLUMN_ADDED = "column-added"
    TABLE_ADDED = "table-added"
    MODULE_ADDED = "module-added"
    FILE_MOVED = "file-moved"
    OBJECT_DROPPED = "object-dropped"


class LineageInput(Struct, frozen=True, order=True):
    """A column that takes part in another one, or in which rows come.

    `carriers`: the modules and scripts that bring it there.
    """

    source: Column
    subtype: Subtype
    certainty: Certainty
    carriers: tuple[str, ...] = ()


class LineageChange(Struct, frozen=True):
    """One change.

    Args:
        kind: What has happened.
        impact: Its class.
        subject: The column, table or module, as the base spells it where it is gone; None where it
            is about a file.
        location: Where that stands; None where no file says it.
        in_base: Does it stand in the base alone?
        replacement: What the subject is called now.
        detail: What is to be said besides: the message of a gap, the path that a file had before.
        lost: What took part before, and does no more.
        gained: What takes part now, and did not.
        users: Who uses in the head what is there no more.
        reached: The columns that are fed by the subject, nearest first, each by the path that
            leads there; the nearest alone where there are many.
        reach: How many columns these are.
    """

    kind: ChangeKind
    impact: ImpactClass
    subject: Column | None
    location: Location | None = None
    in_base: bool = False
    replacement: Column | None = None
    detail: str = ""
    lost: tuple[LineageInput, ...] = ()
    gained: tuple[LineageInput, ...] = ()
    users: tuple[ObjectUse, ...] = ()
    reached: tuple[tuple[Column, ...], ...] = ()
    reach: int = 0
