"""What a summary of a call depends on but for answers of the caller: other calls, and the rest."""

from __future__ import annotations


class CallDependence:
    """The calls within an activation, and what speaks against using its summary once more.

    `index`: its place among the activations that run. `lowest`: the outermost activation on which
    it depends while that is running. `called`: the keys of the procedures that have run within,
    this one included. `height`: calls within calls that it has come to. `cut`: the keys of those
    that it has called and that were not followed, as they were running so often already.
    `reusable`: is there nothing else that it depends on?

    What a callee depends on is noted here when that has come to its end.
    """

    __slots__ = ("called", "cut", "height", "index", "lowest", "reusable")

    def __init__(self, index: int) -> None:
        self.index = self.lowest = index
        self.called: set[str] = set()
        self.height = 0
        self.cut: set[str] = set()
        self.reusable = True

    @property
    def outermost(self) -> bool:
        """Does it depend on no other that is running?"""
        return self.lowest == self.index

    def call(self, *keys: str) -> None:
        """Procedures run within."""
        self.called.update(keys)

    def depend(self, index: int) -> None:
        """It depends on an activation that is running, if that is not one within."""
        if self.index > index:
            self.lowest = min(self.lowest, index)

    def take_in(self, callee: CallDependence) -> None:
        """A call has come to its end, or its summary is used."""
        self.called |= callee.called
        self.height = max(self.height, 1 + callee.height)
        self.cut |= callee.cut
        self.reusable = self.reusable and callee.reusable
        if not callee.outermost:
            self.depend(callee.lowest)

    def settle(self, cut: set[str]) -> None:
        """What it depended on has come to its end, with these calls not followed."""
        self.lowest = self.index
        self.cut |= cut

    def cut_call(self, key: str) -> None:
        """A call is not followed, as it would be where the procedure is running less often."""
        self.cut.add(key)

    def spoil(self) -> None:
        """It depends on more than what is asked."""
        self.reusable = False
