"""What has come of a push so far: how far it is, what is done, and what was refused."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from ..planning.part_names import whole_name
from .push_options import Failure


class PushProgress(Struct):
    """How many of the changes have been come to; `resumed`: those an earlier push had made."""

    total: int
    report: Callable[[int, int], None]
    steps: int = 0
    resumed: int = 0

    def step(self, number: int) -> None:
        """Some more changes have been made or refused."""
        self.steps += number
        self.report(self.steps, self.total)

    def resume(self) -> None:
        """A change had been made before this push broke off."""
        self.resumed += 1
        self.step(1)

    @property
    def untried(self) -> int:
        """How many changes it has not come to."""
        return self.total - self.steps


class CompletedChanges(Struct):
    """What is done, by qualified name; of relations the number."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    placeholders: list[str] = field(default_factory=list)
    related: int = 0

    def delete(self, *names: str) -> None:
        """Entities are gone."""
        self.deleted += names

    def relate(self) -> None:
        """A relation was made or changed."""
        self.related += 1


class Refusals(Struct):
    """What was not done, and what is not done because of it.

    `denied`: where nothing may be written, and why. `lacks_new`: is there a process that was to be
    created and is not? `held_back`: deletions of what something refused may take the place of.
    """

    failed: list[Failure] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    lacks_new: bool = False
    held_back: int = 0

    def fail(self, name: str, reason: str) -> None:
        """The service refuses one process, asset or relation."""
        self.failed.append(Failure(name, reason))

    def deny(self, collection: str, reason: str) -> None:
        """Nothing may be written into a collection."""
        self.denied.append(f"{collection}: {reason}" if collection else reason)

    def end_creations(self) -> None:
        """All that is new has been tried."""
        self.lacks_new = bool(self.failed)

    def hold_back(self, number: int) -> None:
        """Some deletions are not made."""
        self.held_back += number

    def names(self) -> set[str]:
        """The qualified names of what was refused."""
        return {failure.qualified_name for failure in self.failed}

    def wholes(self) -> set[str]:
        """The processes that were refused, or of which a part was."""
        return {whole_name(failure.qualified_name) for failure in self.failed}
