"""Frames: one activation of a module or script.

It knows where it stands, what it holds and what it gives back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct, field

from ...model.diagnostics import Span
from ...model.facts import IN_STRING, StatementFact
from ...model.graph import Column
from ...model.names import Name
from ...model.naming import Naming
from ...model.vocabulary import StatementKind
from ..context.execution_context import ExecutionContext
from ..context.findings import AssignedColumns
from ..context.link_context import LinkContext
from ..definitions.arguments import Strings
from ..definitions.scan_definitions import ModuleEntry
from ..relations.relation import Relation, ResultSet, Value
from ..relations.relation_columns import STAR
from ..state.branches import AbstractState, written
from ..state.frame_state import FrameState

# calls within calls that are followed; the server ends a run at 32, but what is found first may go
# through far more procedures than the shortest chain, where each calls the next and those after it
MAX_CALL_DEPTH = 1_000

# The views and functions that a statement looks through, since it changes what is beneath; of a
# UNION ALL one branch (None: all).
Through: TypeAlias = dict[Name, int | None]


class StatementInterpreter(Protocol):
    """The interpreter that runs the statements of a frame.

    A call, an executed string and a function each begin with a frame of their own.
    """

    def run(
        self, frame: Frame, statements: Sequence[StatementFact], within: tuple[int, ...] = ()
    ) -> None:
        """Run statements in order, those in an arm of IF, CATCH or WHILE as arms.

        The arms that they are `within` do not count as arms here.
        """
        ...


class PassedStrings(Struct, frozen=True):
    """The strings that a call passes for SQL that a procedure puts together.

    `values`: those of the parameters, by folded name. `elsewhere`: the parameters for which some
    other call in the scan passes a string, so that a run of its own tells them.
    """

    values: Strings = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()


_NO_STRINGS = PassedStrings()


class FrameOutcome(Struct):
    """What a frame gives back.

    These are the result sets, the value of RETURN, and the procedures outside of the scan
    whose result sets it passes on.
    """

    results: list[ResultSet] = field(default_factory=list)
    returned: Value = field(default_factory=Value)
    unknown: dict[Name, None] = field(default_factory=dict)


class Frame:
    """One activation of a module or script.

    `caller`: the frame that calls this one. `noting`: is this the module's own run, whose
    references count, and not one on behalf of a caller? `suspended`: while another session runs,
    the state and the number of results of this one. `through`: what the statement that is running
    looks through. `unreached`: do statements run here that no run comes to?
    """

    def __init__(
        self,
        context: LinkContext,
        place: ExecutionContext,
        interpreter: StatementInterpreter,
        caller: Frame | None = None,
        *,
        noting: bool = True,
        passed: PassedStrings = _NO_STRINGS,
    ) -> None:
        self.context, self.place, self.interpreter = context, place, interpreter
        self.caller, self.noting, self.passed = caller, noting, passed
        self.home = place.database
        self.state: FrameState = FrameState(
            context.naming, context.global_tables.tables, caller.state if caller else None
        )
        self.outcome = FrameOutcome()
        self.statement: StatementFact | None = None
        self.suspended: list[tuple[FrameState, int]] = []
        self.through: Through = {}
        self.unreached = False

    @property
    def naming(self) -> Naming:
        """How names are compared."""
        return self.context.naming

    def run(self, statements: Sequence[StatementFact], within: tuple[int, ...] = ()) -> None:
        """Run statements in order, and those in an arm of IF, CATCH or WHILE as arms.

        The arms that they are `within` do not count as arms here.
        """
        self.interpreter.run(self, statements, within)

    def return_rows(self, query: Relation, *, conditional: bool = False) -> None:
        """The statement that is running returns a result set.

        Not every run comes to one in an arm, or behind a RETURN in one.
        """
        passed_by = bool(self.branch or self.state.flow.returns or self.state.flow.jumps)
        self.outcome.results.append(ResultSet(query, conditional or passed_by))

    def suspend(self) -> None:
        """Let what follows run in a session of its own.

        That session sees no variables, temporary tables or cursors of this one.
        """
        if self.state.observation:  # what all sessions share is seen without being asked for
            self.state.observation.dependence.spoil()
        self.suspended.append((self.state, len(self.outcome.results)))
        self.state = FrameState(self.naming, self.context.global_tables.tables)

    def resume(self) -> None:
        """That session has ended; nobody has seen its result sets."""
        self.state, results = self.suspended.pop()
        del self.outcome.results[results:]

    # --- transient tables, which are the database's and so the caller's too -----------------------

    def is_transient(self, name: Name) -> bool:
        """Is the table or view, given by its full name, one that is looked through?"""
        return self.naming.key(name) in self.context.transient

    def transient_keys(self) -> set[str]:
        """The keys of the transient tables that there are now."""
        transient = self.context.transient
        return (
            {key for key in self.state.temporaries.tables if key in transient}
            if transient
            else set()
        )

    def begun(self, state: AbstractState, arm: Sequence[StatementFact]) -> AbstractState:
        """The state that an arm begins with.

        The arm may change it without changing what the other arm begins with.
        """
        # `written` tells temporary tables by their last names; what a transient one is called
        # only definitions complete (`dbo.t`, `t`, a synonym), so all of these are copied
        return state.copied(written(arm, self.naming) | self.transient_keys())

    # --- the statement that is running ------------------------------------------------------------

    @property
    def position(self) -> Span | None:
        """Where a script stands that runs from its top to its end.

        None in a module, which runs at any time.
        """
        return self.statement.span if self.statement and self.place.module is None else None

    @property
    def branch(self) -> tuple[int, ...]:
        """The arms in which the statement stands."""
        return self.statement.branch if self.statement else ()

    @property
    def unconditional(self) -> bool:
        """Does each run come to the statement that does not end before?

        What no run comes to is looked at aside.
        """
        return not (self.branch or self.unreached)

    @property
    def id(self) -> str | None:
        """The id of the statement's row, if it has one."""
        return self.context.rows.ids.get(id(self.statement))

    @property
    def dynamic(self) -> bool:
        """Does the statement stand in a string that is executed?"""
        return self.statement is not None and self.statement.dynamic

    # --- names ------------------------------------------------------------------------------------

    def canonical(self, name: Name) -> Name:
        """The object that a name means here, as it is spelled."""
        definitions = self.context.definitions
        return definitions.canonical_spelling(
            definitions.resolve(name, self.place.module, self.place.database)
        )

    def temporary_node(self, name: Name) -> Name:
        """What a temporary table is called where it is shown."""
        shown = name.object.replace(IN_STRING, "")
        return Name((*self.place.module.parts, shown)) if self.place.module else Name((shown,))

    # --- findings ---------------------------------------------------------------------------------

    def refer(self, column: Column) -> None:
        """Note that the text refers to a column of a persistent table."""
        if self.noting and self.place.module is not None and not self.dynamic:
            self.context.recorder.references.add(
                (self.place.path, self.place.line, self.place.module), column
            )

    def assign(self, table: Name, columns: Iterable[str]) -> None:
        """Note that the text names columns of a persistent table which the statement writes."""
        names = [name for name in columns if name != STAR]
        for name in names:
            self.refer(Column(table, name))
        self.note_assigned(table, names)

    def note_assigned(self, table: Name, columns: Iterable[str]) -> None:
        """Note the columns of a persistent table that the statement writes, named or not.

        An INSERT outside of modules is one of thousands in scripts that hold data: not noted.
        """
        names = tuple(name for name in columns if name != STAR)
        statement = self.statement
        is_data = self.place.module is None and statement and statement.kind is StatementKind.INSERT
        if names and self.id is not None and self.place.writes and not is_data:
            self.context.recorder.note(AssignedColumns(self.id, table, names))

    def at(self, span: Span) -> Span:
        """Where a finding stands: what is wrong in an executed string, where that is executed."""
        return self.statement.span if self.dynamic and self.statement else span

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        """Note a finding, of a subject that the message is to begin with.

        Args:
            code: that of the rule.
            message: what is wrong.
            span: where.
            subject: what the message is to begin with.
        """
        self.context.diagnostics.report(code, message, self.place.path, self.at(span), subject)

    def report_once(self, code: str, message: str, span: Span) -> None:
        """Note a finding at the first of the places of the file where it holds."""
        reported_span = self.statement.span if self.dynamic and self.statement else span
        self.context.diagnostics.report_once(code, message, self.place.path, reported_span)

    def missing(self, name: Name, span: Span) -> None:
        """Note a temporary table that this run does not have.

        Of a pattern, the string that holds it has been reported.
        """
        kind = self.state.untyped.get(self.naming.key(Name((name.object,))))
        why = (
            f"its type {kind} is not part of the scan"
            if kind
            else ("nothing here or in a caller creates it")
        )
        message = "" if name.left_open else f"{name}: {why}"
        self.context.diagnostics.missing_table(self.place.path, self.at(span), str(name), message)

    def found(self, name: Name, span: Span) -> None:
        """Note a temporary table that this run has."""
        self.context.diagnostics.found_table(self.place.path, self.at(span), str(name))

    def report_recursion(self, entry: ModuleEntry, span: Span) -> None:
        """A module that is running is called once more."""
        self.report("SLP207", f"{entry.name} is called from within itself", span)

    def too_deep(self, key: str, entry: ModuleEntry, span: Span, rounds: int = 1) -> bool:
        """Is the module running so often already, or are too many? Reported where it is.

        Args:
            key: that of the module.
            entry: the module.
            span: where it is called.
            rounds: how often it may run within itself.
        """
        depth, size = self.place.calls.count(key), len(entry.fact.body)
        observation = self.state.observation
        if depth >= rounds or (depth and not self.context.budget.may_repeat()):
            self.report_recursion(entry, span)
            if observation:
                # where fewer such calls are running it would be followed
                observation.dependence.cut_call(key)
            return True
        self.context.budget.repeated += size if depth else 0
        if len(self.place.calls) < MAX_CALL_DEPTH and self.context.budget.may_call(size):
            return False
        if observation:
            # what a budget allows depends on all that has run before
            observation.dependence.spoil()
        message = f"{entry.name}: the call is not followed, there are too many calls within calls"
        self.context.diagnostics.report_once("SLP209", message, self.place.path, self.at(span))
        return True


class SilentFrame(Frame):
    """A frame that only looks for columns and reports nothing.

    What is wrong is reported where the text itself is linked.
    """

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        """Note nothing."""
