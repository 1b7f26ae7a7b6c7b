"""What is planned, and how: the values that the stages take beside what flows between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from ...model.graph import Statement
from .choices import Granularity, MissingPolicy, Pruning, PushOrigin
from .mapping import LIMIT

if TYPE_CHECKING:
    from ...model.names import Name
    from .account_protocols import ParentFinder

TextOf: TypeAlias = Callable[[Sequence[Statement]], str]
"""Gives the text of some statements of one script, without secrets.

Empty where it is not at hand.
"""


def no_text(_statements: Sequence[Statement]) -> str:
    """The text of statements whose text is not to be published."""
    return ""


class BridgeLimits(Struct, frozen=True):
    """How far a flow is led over tables without an asset.

    `tables` is how many such tables may lie in a row, `inputs` how many inputs a table may be
    given over them.
    """

    tables: int = 32
    inputs: int = 500


class FlowOptions(Struct, frozen=True):
    """Which flows there are.

    Args:
        granularity: What makes a process.
        missing: What is done about tables without an asset.
        through: Is lineage led over tables without an asset?
        excluded: Tables that are kept out of the catalogue, whatever assets it has.
        limits: How far lineage is led.
    """

    granularity: Granularity = Granularity.TABLE
    missing: MissingPolicy = MissingPolicy.SKIP
    through: bool = True
    excluded: Collection[Name] = ()
    limits: BridgeLimits = field(default_factory=BridgeLimits)


class PlanOptions(Struct, frozen=True):
    """What is planned.

    Args:
        granularity: What makes a process.
        direct_views: Are views lineage between their tables and them, without a process between?
        pruning: Are processes deleted that the scripts no longer hold?
        provenance: Noted in processes that are written.
        mapping_limit: The largest column mapping in bytes; larger ones are shared out over several
            processes.
        text_of: The text of statements, which the processes then tell.
        missing: What is done about tables without an asset.
        parents: Finds the procedures that processes belong to; None for none.
        folder: What stands in front of the paths of scripts (`sales`), so that a script has one
            path whichever folder is scanned.
        unseen: Why a script may hold more than the scan saw, by its path with that folder; empty
            where there is no reason.
        through: Is lineage led over tables without an asset?
        excluded: Tables that are kept out of the catalogue.
        bridge_limits: How far lineage is led.
    """

    granularity: Granularity = Granularity.TABLE
    direct_views: bool = False
    pruning: Pruning = Pruning.OFF
    provenance: PushOrigin = field(default_factory=PushOrigin)
    mapping_limit: int = LIMIT
    text_of: TextOf = no_text
    missing: MissingPolicy = MissingPolicy.SKIP
    parents: ParentFinder | None = None
    folder: str = ""
    unseen: Callable[[str], str] = lambda _path: ""
    through: bool = True
    excluded: Collection[Name] = ()
    bridge_limits: BridgeLimits = field(default_factory=BridgeLimits)

    @property
    def flow_options(self) -> FlowOptions:
        """Those of them that say which flows there are."""
        return FlowOptions(
            self.granularity, self.missing, self.through, self.excluded, self.bridge_limits
        )
