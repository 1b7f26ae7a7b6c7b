"""Observations: what an activation of a procedure asks of its caller.

Where the answers are the same, so is what it does.

    CREATE PROCEDURE dbo.Fill AS INSERT INTO dbo.t (a) SELECT a FROM #t  -- asks its caller for #t

Source: Sharir and Pnueli, "Two approaches to interprocedural data flow analysis" (1981), the
functional approach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from ...model.names import Name
from ..relations.prints import Print, print_of_rows
from .call_dependence import CallDependence
from .caller_questions import CallerQuestions
from .temporary import Temporary


def print_of_table(table: Temporary | None) -> Print:
    """What a temporary table holds; None of none."""
    return None if table is None else (print_of_rows(table.bound), table.facts, table.node)


class Observation(Struct, frozen=True):
    """What an activation of a procedure has asked of its caller so far, and what else it needs.

    A question to the caller is one to the caller's own caller as well, unless the caller has
    changed what is asked for: then it has asked for it before, and its first answer stays.
    """

    key: str  # of the procedure
    outer: Observation | None
    calls: tuple[str, ...]  # the keys of the modules that were running, outermost first
    temporary: frozenset[str]  # the keys of the #temporary tables that there were
    dependence: CallDependence
    complete: bool = False  # were the ##global tables as all modules together leave them?
    questions: CallerQuestions = field(default_factory=CallerQuestions)
    # to callers too, with columns
    visible_tables: dict[tuple[Name, tuple[str, ...]], None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dependence.call(self.key)

    def around(self) -> Iterator[Observation]:
        """This one and those of all callers, innermost first."""
        observation: Observation | None = self
        while observation is not None:
            yield observation
            observation = observation.outer

    def table(self, key: str, table: Temporary | None) -> None:
        """A temporary table was looked up."""
        if not self.questions.answers_table(key) and not key.startswith("@"):
            self._ask_for_table(key, print_of_table(table))

    def every_table(self, tables: Mapping[str, Temporary]) -> None:
        """Each temporary table was looked up."""
        for key, table in tables.items():
            self.table(key, table)
        for observation in self.around():
            observation.questions.ask_for_all_tables()

    def makes(self, name: Name, columns: tuple[str, ...]) -> None:
        """A table is made that callers see too."""
        self.visible_tables[name, columns] = None

    def depend_on(self, running: Observation) -> None:
        """What is done here depends on a procedure that is running, and is called once more."""
        self.dependence.depend(running.dependence.index)
        for observation in self.around():
            self.dependence.call(*observation.dependence.called)
            if observation is running:
                break

    def take_in(self, callee: Observation) -> None:
        """A callee's summary is used: what it asked is asked here."""
        for key, answer in callee.questions.tables.items():
            self._ask_for_table(key, answer)
        if callee.questions.beyond_tables:
            for observation in self.around():
                observation.questions.add(callee.questions)
        self.need(callee)

    def end(self) -> None:
        """The activation has come to its end: what it needs and makes is its caller's too.

        What it has asked its caller has asked already.
        """
        if self.outer:
            self.outer.need(self)

    def need(self, callee: Observation) -> None:
        """A callee has done what it does: what that depends on is depended on here."""
        self.visible_tables.update(callee.visible_tables)
        self.dependence.take_in(callee.dependence)

    def _ask_for_table(self, key: str, answer: Print) -> None:
        for observation in self.around():
            if observation.questions.answers_table(key):
                break
            observation.questions.ask_for_table(key, answer)
