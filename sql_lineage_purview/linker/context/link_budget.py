"""Budgets of one linking: how many statements run for callers, and how much flows together."""

from __future__ import annotations

from msgspec import Struct

from ...model.limits import (
    CALLED_STATEMENTS,
    SCAN_CALLED_STATEMENTS,
    SCAN_EDGES,
    SCAN_FLOWS,
    SMALL_FLOWS,
    STATEMENT_SHARE_OF_CALLS,
    STATEMENT_SHARE_OF_EDGES,
    STATEMENT_SHARE_OF_FLOWS,
)
from .statement_rows import StatementRows

# of the statements run on behalf of callers, those of modules that call themselves in many places
MAX_REPEATED_STATEMENTS = 1_000


class LinkBudget(Struct):
    """What has been used so far; a scan of more statements may use more.

    `called` and `repeated` are those of the module or script that is running: the statements that
    are run on its behalf, and of these the ones of modules that were running already. `exceeded`:
    has anything been left out because of it? Then what a file gives depends on the other files.
    """

    rows: StatementRows
    called: int = 0
    repeated: int = 0
    called_in_all: int = 0
    flows: int = 0
    exceeded: bool = False

    def begin_module(self) -> None:
        """A module or script is run for itself from here on."""
        self.called = self.repeated = 0

    def may_call(self, statements: int) -> bool:
        """May this many statements more be run on behalf of a caller? From here on they count."""
        self.called += statements
        self.called_in_all += statements
        limit = SCAN_CALLED_STATEMENTS + STATEMENT_SHARE_OF_CALLS * len(self.rows.ids)
        return self._within(self.called < CALLED_STATEMENTS and self.called_in_all < limit)

    def may_carry(self, flows: int, of_statement: int) -> bool:
        """May this many more flows come together, or be written, in one statement?

        The flows count from then on. `of_statement` is how many the statement has in all.
        """
        self.flows += flows
        if self.flows <= SCAN_FLOWS:  # so many are allowed whatever the scan is like
            return True
        limit = SCAN_FLOWS + STATEMENT_SHARE_OF_FLOWS * len(self.rows.ids)
        return self._within(self.flows <= (limit if of_statement > SMALL_FLOWS else 2 * limit))

    def may_repeat(self) -> bool:
        """May modules that are running already run once more within themselves?"""
        return self._within(self.repeated < MAX_REPEATED_STATEMENTS)

    def may_write(self, edges: int) -> bool:
        """May the scan have this many column edges?"""
        most = SCAN_EDGES + STATEMENT_SHARE_OF_EDGES * len(self.rows.ids)
        return self._within(edges <= most)

    def _within(self, allowed: bool) -> bool:  # noqa: FBT001 - the answer itself
        self.exceeded = self.exceeded or not allowed
        return allowed

    @property
    def size(self) -> tuple[int, int]:
        """What the limits grow with: the statements of a scan, and those that have rows."""
        return len(self.rows.keys), len(self.rows.ids)

    def share(self, strings: float, edges: int) -> float:
        """How much has been used of what the scan may use, from 0 to 1 and more.

        Args:
            strings: how much of the budget of strings.
            edges: the column edges that have been found.
        """
        statements = len(self.rows.ids)
        return max(
            strings,
            self.called_in_all / (SCAN_CALLED_STATEMENTS + STATEMENT_SHARE_OF_CALLS * statements),
            self.flows / (SCAN_FLOWS + STATEMENT_SHARE_OF_FLOWS * statements),
            edges / (SCAN_EDGES + STATEMENT_SHARE_OF_EDGES * statements),
        )


def shrinking(before: tuple[int, int], today: tuple[int, int]) -> float:
    """How many times as large a scan was; at least 1. A smaller one may use less."""
    return max(1.0, *(old / max(1, new) for old, new in zip(before, today, strict=True)))
