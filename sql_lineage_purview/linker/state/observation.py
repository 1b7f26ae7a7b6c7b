"""Observations: what an activation of a procedure asks of its caller.

Where the answers are the same, so is what it does.

    CREATE PROCEDURE dbo.Fill AS INSERT INTO dbo.t (a) SELECT a FROM #t   -- asks for #t of its
    caller

Source: Sharir and Pnueli, "Two approaches to interprocedural data flow analysis" (1981), the
functional approach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...model.names import Name
from ..relations.prints import Print, print_of_rows
from .temporary import Temporary


def print_of_table(table: Temporary | None) -> Print:
    """What a temporary table holds; None of none."""
    return None if table is None else (print_of_rows(table.bound), table.facts, table.node)


@dataclass(slots=True)
class Observation:
    """What an activation of a procedure has asked of its caller so far.

    Each question has its first answer.

    A question to the caller is one to the caller's own caller as well, unless the caller has
    changed what is asked for: then it has asked for it before, and its first answer stays.
    """

    key: str  # of the procedure
    index: int  # its place among the activations that run
    outer: Observation | None
    depth: int  # calls within calls in which it runs
    temporary: frozenset[str]  # the keys of the #temporary tables that there were
    tables: dict[str, Print] = field(default_factory=dict)
    # the keys of tables that it has made without asking for the caller's
    local_tables: set[str] = field(default_factory=set)
    cursors: dict[str, Print] = field(default_factory=dict)
    # variables of the caller, in strings that it has put together
    outside: dict[str, Print] = field(default_factory=dict)
    all_tables: bool = False  # would any other #temporary table have mattered too?
    # to callers too, with columns
    visible_tables: dict[tuple[Name, tuple[str, ...]], None] = field(default_factory=dict)
    # the keys of the procedures that have run within, this one included
    called: set[str] = field(default_factory=set)
    height: int = 0  # calls within calls that it has come to
    # the outermost activation, or -1, on which it depends while that is running
    lowest: int = field(init=False)
    reusable: bool = True  # is there nothing else that it depends on?

    def __post_init__(self) -> None:
        self.lowest = self.index
        for observation in self.around():
            observation.called.add(self.key)
        self._reach(self.depth)

    def around(self) -> Iterator[Observation]:
        """This one and those of all callers, innermost first."""
        observation: Observation | None = self
        while observation is not None:
            yield observation
            observation = observation.outer

    def table(self, key: str, table: Temporary | None) -> None:
        """A temporary table was looked up."""
        if key not in self.tables and key not in self.local_tables and not key.startswith("@"):
            self._asked_for_table(key, print_of_table(table))

    def every_table(self, tables: Mapping[str, Temporary]) -> None:
        """Each temporary table was looked up."""
        for key, table in tables.items():
            self.table(key, table)
        for observation in self.around():
            observation.all_tables = True

    def makes(self, name: Name, columns: tuple[str, ...]) -> None:
        """A table is made that callers see too."""
        for observation in self.around():
            observation.visible_tables[name, columns] = None

    def spoil(self) -> None:
        """What is done here, and so by all callers, depends on more than what is asked."""
        for observation in self.around():
            observation.reusable = False

    def depend(self, index: int) -> None:
        """What is done here depends on an activation that is running.

        So it is for all callers that this one runs within.
        """
        for observation in self.around():
            if observation.index > index:
                observation.lowest = min(observation.lowest, index)

    def depend_on(self, running: Observation) -> None:
        """What is done here depends on a procedure that is running, and is called once more."""
        self.depend(running.index)
        for observation in self.around():
            observation.called |= running.called

    def take_in(self, callee: Observation) -> None:
        """A callee's summary is used: what it asked is asked here."""
        for key, answer in callee.tables.items():
            self._asked_for_table(key, answer)
        for observation in self.around():
            observation.cursors = callee.cursors | observation.cursors
            observation.all_tables = observation.all_tables or callee.all_tables
            observation.visible_tables |= callee.visible_tables
            observation.called |= callee.called
        if callee.lowest < callee.index:
            self.depend(callee.lowest)
        self._reach(self.depth + 1 + callee.height)

    def _asked_for_table(self, key: str, answer: Print) -> None:
        for observation in self.around():
            if key in observation.tables or key in observation.local_tables:
                break
            observation.tables[key] = answer

    def _reach(self, depth: int) -> None:
        for observation in self.around():
            observation.height = max(observation.height, depth - observation.depth)
