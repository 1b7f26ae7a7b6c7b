"""Control flow: what a frame held where a run leaves the order of its statements.

A run leaves it at BREAK, RETURN, GOTO, and an error in a TRY.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow
"""

from __future__ import annotations

from msgspec import Struct, field

from ...model.copied_mapping import CopiedMapping
from ..relations.relation import Value
from .branches import AbstractState, join_values
from .round_reads import RoundReads


class ControlFlow(Struct):
    """The states that a run may go on with elsewhere.

    `branch`: the arms of the statement that runs. `rounds`: what the rounds of the loops that run
    have read, innermost last. `loops`: what each of these loops has assigned, since a BREAK may
    leave any of it. `returns`: what there was at each RETURN inside an arm. `jumps`: what there was
    at each GOTO, by its label. `tries`: of each TRY what it began with, and what it has replaced.
    `caught`: what a CATCH that begins here may find.
    """

    branch: tuple[int, ...] = ()
    rounds: list[RoundReads] = field(default_factory=list)
    loops: list[CopiedMapping[Value]] = field(default_factory=list)
    returns: list[AbstractState] = field(default_factory=list)
    jumps: dict[str, list[AbstractState]] = field(default_factory=dict)
    tries: list[tuple[AbstractState, AbstractState]] = field(default_factory=list)
    caught: AbstractState | None = None

    def assign(self, key: str, value: Value) -> None:
        """A variable takes a value."""
        for variables in (*self.loops[-1:], *(replaced.variables for _, replaced in self.tries)):
            variables[key] = join_values((variables.get(key), value))

    def look_up(self, key: str) -> None:
        """A variable, temporary table or cursor is read."""
        for reads in self.rounds:
            reads.look_up(key)

    def keep(self, key: str, value: Value) -> None:
        """A variable has a value or the one before; it holds either."""
        for reads in self.rounds:
            reads.keep(key, value)

    def overwrite(self, key: str) -> None:
        """One is made anew, whatever was there before."""
        for reads in self.rounds:
            reads.overwrite(key, self.branch, len(self.tries))

    def call(self) -> None:
        """Something is called that sees tables and cursors."""
        for reads in self.rounds:
            reads.called = True

    def begin_statement(self, branch: tuple[int, ...]) -> None:
        """A statement in these arms is run from here on."""
        self.caught, self.branch = None, branch
        for reads in self.rounds:
            reads.begin_statement(branch, len(self.tries))

    def skip(self) -> None:
        """A run may come here past other statements."""
        for reads in self.rounds:
            reads.forget()

    def begin_round(self) -> RoundReads:
        """A round of the innermost loop is run from here on."""
        reads = RoundReads()
        self.rounds.append(reads)
        return reads

    def end_round(self) -> None:
        """It has been run."""
        self.rounds.pop()

    def begin_loop(self) -> None:
        """A WHILE is run from here on."""
        self.loops.append(CopiedMapping())

    @property
    def assigned_in_loop(self) -> AbstractState:
        """What the innermost loop has assigned so far."""
        return AbstractState(self.loops[-1])

    def end_loop(self) -> None:
        """The innermost WHILE has been run; what it has assigned, the loop around it has."""
        variables = self.loops.pop()
        for outer in self.loops[-1:]:
            for name, value in variables.items():
                outer[name] = join_values((outer.get(name), value))
