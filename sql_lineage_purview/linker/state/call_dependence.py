"""What a summary of a call depends on but for answers of the caller: other calls, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class CallDependence:
    """The calls within an activation, and what speaks against using its summary once more.

    `index`: its place among the activations that run. `lowest`: the outermost activation, or -1, on
    which it depends while that is running. `called`: the keys of the procedures that have run
    within, this one included. `height`: calls within calls that it has come to. `reusable`: is
    there nothing else that it depends on?
    """

    index: int
    lowest: int = field(init=False)
    called: set[str] = field(default_factory=set)
    height: int = 0
    reusable: bool = True

    def __post_init__(self) -> None:
        self.lowest = self.index

    @property
    def outermost(self) -> bool:
        """Does it depend on no other that is running?"""
        return self.lowest == self.index

    def call(self, *keys: str) -> None:
        """Procedures run within."""
        self.called.update(keys)

    def reach(self, height: int) -> None:
        """It has come to calls within calls."""
        self.height = max(self.height, height)

    def depend(self, index: int) -> None:
        """It depends on an activation that is running, if that is not one within."""
        if self.index > index:
            self.lowest = min(self.lowest, index)

    def settle(self) -> None:
        """What it depended on has come to its end."""
        self.lowest = self.index

    def spoil(self) -> None:
        """It depends on more than what is asked."""
        self.reusable = False
