"""How a plan is carried out, and what became of it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from ..planning.choices import MissingPolicy
from .bulks import BulkLimits


def silent(_done: int, _total: int) -> None:
    """The progress of who does not ask for it."""


class PushOptions(Struct, frozen=True):
    """How a plan is carried out.

    Args:
        limits: How much goes in one request.
        prune_threshold: The share of the owner's processes, from 0 to 1, of which more may not be
            deleted.
        collection: The system name of the collection that what is new lands in, unless the plan
            says another; empty: the root.
        placeholder_cap: The most placeholder assets that may be made.
        missing: With `fail`, a plan some of whose tables have no asset is refused.
        saved: Was the plan made some time ago? Then the account must be as the plan saw it.
        progress: Is told how many changes are done, and of how many.
    """

    limits: BulkLimits = field(default_factory=BulkLimits)
    prune_threshold: float = 0.2
    collection: str = ""
    placeholder_cap: int = 100
    missing: MissingPolicy = MissingPolicy.SKIP
    saved: bool = False
    progress: Callable[[int, int], None] = silent


class Failure(Struct, frozen=True):
    """A process, asset or relation that was not written or deleted, and why."""

    qualified_name: str
    reason: str


class PushResult(Struct, frozen=True):
    """What became of a plan, by qualified name.

    Args:
        created: Processes that are new.
        updated: Processes that were written over.
        deleted: Processes that are gone.
        placeholders: Assets that were made.
        related: How many relations were made or changed.
        unchanged: How many processes needed nothing.
        resumed: How many changes an earlier push had made before it broke off.
        failed: What the service refused.
        stopped: Why the push broke off; empty where it went through.
        untried: How many changes it had not come to.
        held_back: How many of these would delete what something refused may take the place of.
    """

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    related: int = 0
    unchanged: int = 0
    resumed: int = 0
    failed: tuple[Failure, ...] = ()
    stopped: str = ""
    untried: int = 0
    held_back: int = 0

    @property
    def written(self) -> int:
        """How many processes were created or updated."""
        return len(self.created) + len(self.updated)
