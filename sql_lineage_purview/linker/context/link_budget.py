"""Budgets of one linking: how many statements run for callers, and how much flows together."""

from __future__ import annotations

from dataclasses import dataclass

from ...model.limits import (
    CALLED_STATEMENTS,
    SCAN_CALLED_STATEMENTS,
    SCAN_FLOWS,
    SMALL_FLOWS,
    STATEMENT_SHARE_OF_CALLS,
    STATEMENT_SHARE_OF_FLOWS,
)
from .statement_rows import StatementRows


@dataclass(slots=True)
class LinkBudget:
    """What has been used so far; a scan of more statements may use more.

    `called` and `repeated` are those of the module or script that is running: the statements that
    are run on its behalf, and of these the ones of modules that were running already.
    """

    rows: StatementRows
    called: int = 0
    repeated: int = 0
    called_in_all: int = 0
    flows: int = 0

    def begin_module(self) -> None:
        """A module or script is run for itself from here on."""
        self.called = self.repeated = 0

    def may_call(self, statements: int) -> bool:
        """May this many statements more be run on behalf of a caller? From here on they count."""
        self.called += statements
        self.called_in_all += statements
        limit = SCAN_CALLED_STATEMENTS + STATEMENT_SHARE_OF_CALLS * len(self.rows.ids)
        return self.called < CALLED_STATEMENTS and self.called_in_all < limit

    def may_carry(self, flows: int, of_statement: int) -> bool:
        """May this many more flows come together, or be written, in one statement?

        The flows count from then on. `of_statement` is how many the statement has in all.
        """
        self.flows += flows
        limit = SCAN_FLOWS + STATEMENT_SHARE_OF_FLOWS * len(self.rows.ids)
        return self.flows <= (limit if of_statement > SMALL_FLOWS else 2 * limit)
