"""What calls of procedures make of the tables that may be there, each found once for all runs.

    CREATE PROCEDURE dbo.Load AS EXEC dbo.Swap  -- so does dbo.Load_all, and hundreds of others
    CREATE PROCEDURE dbo.Swap AS DROP TABLE dbo.t_old

Each of them is followed for itself. What dbo.Swap does is the same for all that call it while there
is a dbo.t_old, and for all others, so it is followed once for these and once for those.
"""

from __future__ import annotations

from collections.abc import Hashable

from msgspec import Struct, field

from .presence import Tables

MAX_EFFECTS = 16  # of one procedure for one set of arguments


class CallEffect(Struct, frozen=True):
    """What a call does to the tables that count for it.

    `touched`: what it makes or drops; `asked`: the last parts of names that it asks for.
    `created`: what it makes. `begin`: those of them all that may be there before the call; `end`:
    behind it. None: nothing comes there.
    """

    touched: frozenset[str]
    asked: frozenset[str]
    created: frozenset[str]
    begin: Tables
    end: Tables

    def holds(self, present: Tables) -> bool:
        """Does the call do this where these tables may be there?"""
        return self._counting(present) == self.begin

    def behind(self, present: Tables) -> Tables:
        """The tables that may be there behind the call, where these may be before it."""
        counting = self._counting(present)
        if present is None or counting is None or self.end is None:
            return None
        return (present - counting) | self.end

    def _counting(self, present: Tables) -> Tables:
        return counting(present, self.touched, self.asked)


def counting(present: Tables, touched: frozenset[str], asked: frozenset[str]) -> Tables:
    """Those of the tables that may be there which are touched or asked for."""
    if present is None:
        return None
    named = {key for key in present if last_part(key) in asked} if asked else frozenset[str]()
    return (present & touched) | named


def last_part(key: str) -> str:
    """The last part of the name of a table."""
    return key.rpartition("\0")[2].casefold()


class FollowedCall(Struct, eq=False):
    """A call that is followed, or has been, in one run.

    `begin`, `end`: the tables that may be there; what it has touched, asked for and created so far:
    see `CallEffect`. `shared`: does what it does depend on nothing else?
    """

    begin: Tables
    end: Tables
    touched: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    shared: bool = True

    def take_in(self, effect: CallEffect) -> None:
        """A call within it does this."""
        self.touched |= effect.touched
        self.asked |= effect.asked
        self.created |= effect.created

    def effect(self) -> CallEffect:
        """What it has done."""
        touched, asked = frozenset(self.touched), frozenset(self.asked)
        return CallEffect(
            touched,
            asked,
            frozenset(self.created),
            counting(self.begin, touched, asked),
            counting(self.end, touched, asked),
        )


class CallEffects(Struct, frozen=True):
    """The effects of calls in the runs of one linking, by what is called with which strings."""

    _by_call: dict[Hashable, list[CallEffect]] = field(default_factory=dict)

    def find(self, call: Hashable, present: Tables) -> CallEffect | None:
        """What such a call does where these tables may be there, if that is known."""
        effects = self._by_call.get(call, ())
        return next((effect for effect in effects if effect.holds(present)), None)

    def keep(self, call: Hashable, effect: CallEffect) -> None:
        """Such a call has been followed."""
        effects = self._by_call.setdefault(call, [])
        effects.append(effect)
        if len(effects) > MAX_EFFECTS:
            del effects[0]
