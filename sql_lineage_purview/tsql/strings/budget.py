"""What a file may still build: a few lines of SQL can double a string until no memory is left.

The budget is that of the file which is being compiled, or of the strings of a scan that callers
complete; it is the same for the strings that strings execute. Who builds asks it first, and takes
what would go beyond for not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct

from ...model.limits import BUILT_CHARACTERS, EXECUTED_CHARACTERS, FOLDED_TOKENS, STRING_CHARACTERS

_TOO_LONG = f"a string of more than {STRING_CHARACTERS:,} characters is put together"
_TOO_MUCH = f"strings of more than {BUILT_CHARACTERS:,} characters in all are put together"
_TOO_DEEP = "strings are put together of more, in calls within calls, than is read"
_TOO_OFTEN = "more SQL stands in strings that are executed, or passed on, than is followed"


class Budget(Struct):
    """What is left, in characters, and for `reading` in tokens.

    `overrun` is what the statement at hand went beyond; whoever reports it takes it away.
    `exceeded`: how often somebody went beyond.
    """

    building: int = BUILT_CHARACTERS
    reading: int = FOLDED_TOKENS
    executing: int = EXECUTED_CHARACTERS
    overrun: str = ""
    spent: bool = False  # has it been told that all is used up?
    exceeded: int = 0

    @property
    def left(self) -> tuple[int, int, int]:
        """What may still be built, read and executed."""
        return self.building, self.reading, self.executing

    def take(self, costs: tuple[int, int, int]) -> bool:
        """Take from what is `left`, unless something costs more than there is."""
        left = [before - cost for before, cost in zip(self.left, costs, strict=True)]
        if min(left) < 0:
            return False
        self.building, self.reading, self.executing = left
        return True

    def exceed(self, overrun: str) -> None:
        """Note, in words, what somebody went beyond."""
        self.overrun = overrun
        self.exceeded += 1

    def taken_overrun(self) -> str:
        """What the statements since the last time went beyond, in words.

        Empty where all was within, or that has been told.
        """
        overrun, self.overrun = self.overrun, ""
        # What is used up for the whole file stays so: said once. Of one string that is too long
        # the next statement knows nothing.
        if overrun in (_TOO_MUCH, _TOO_DEEP):
            overrun, self.spent = "" if self.spent else overrun, True
        return overrun


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def spending(budget: Budget) -> Iterator[None]:
    """What is built inside is taken from a budget."""
    token = _current.set(budget)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Budget:
    """The budget of what is being compiled.

    One without end of its own for whoever compiles nothing.
    """
    return _current.get() or Budget()


def may_build(*costs: int) -> bool:
    """May patterns of these costs be put together? What may be is taken from the budget."""
    budget = current()
    total = sum(costs)
    if max(costs, default=0) > STRING_CHARACTERS:
        budget.exceed(_TOO_LONG)
    elif total > budget.building:
        budget.exceed(_TOO_MUCH)
    else:
        budget.building -= total
        return True
    return False


def may_read(tokens: int) -> bool:
    """May an expression of this many tokens be looked at for the strings that it may have?"""
    budget = current()
    if tokens > budget.reading:
        budget.exceed(_TOO_DEEP)
        return False
    budget.reading -= tokens
    return True


def could_execute(length: int) -> bool:
    """Is enough left for a string of this length to be executed, or kept for what calls it?"""
    budget = current()
    if length > budget.executing:
        budget.exceed(_TOO_OFTEN)
    return length <= budget.executing


def may_execute(length: int) -> bool:
    """May a string of this length be compiled, or kept? It is taken from the budget."""
    if not could_execute(length):
        return False
    current().executing -= length
    return True
