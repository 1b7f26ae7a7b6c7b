"""Which tables may be there at the points of a run: where it has come to, and its ways out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field

Tables: TypeAlias = frozenset[str] | None


def join_presence(states: Iterable[Tables]) -> Tables:
    """What may be there where one of several states is."""
    reached = [state for state in states if state is not None]
    return frozenset().union(*reached) if reached else None


class Presence(Struct):
    """The tables that may be there, by key, while one activation of a module or script runs.

    `present` None: nothing comes here, behind a RETURN or GOTO. `ends`: at each RETURN. `jumps`: at
    each GOTO whose label has not been come to; `landed`: the labels that have.
    """

    present: Tables = frozenset()
    ends: list[frozenset[str]] = field(default_factory=list)
    jumps: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    landed: set[str] = field(default_factory=set)

    def go_on(self, *states: Tables) -> None:
        """Here one of these states is."""
        self.present = join_presence(states)

    def add(self, key: str) -> None:
        """A table is made."""
        self.present = None if self.present is None else self.present | {key}

    def remove(self, key: str | None) -> None:
        """A table is dropped."""
        if key and self.present:
            self.present -= {key}

    def leave(self) -> None:
        """RETURN."""
        self.ends += [] if self.present is None else [self.present]
        self.present = None

    def fail(self) -> None:
        """THROW: what an error leaves is cleaned up by the next run."""
        self.present = None

    def jump(self, label: str) -> None:
        """GOTO; one that goes back changes nothing."""
        if label not in self.landed:
            waiting = self.jumps.setdefault(label, [])
            waiting += [] if self.present is None else [self.present]
            self.present = None

    def land(self, label: str) -> None:
        """A label, to which a GOTO may have come."""
        self.landed.add(label)
        self.go_on(self.present, *self.jumps.pop(label, ()))

    def begin_batch(self) -> None:
        """GO: labels are those of a batch."""
        self.landed.clear()

    def at_end(self) -> list[frozenset[str]]:
        """The states in which the activation may end."""
        return self.ends if self.present is None else [*self.ends, self.present]
