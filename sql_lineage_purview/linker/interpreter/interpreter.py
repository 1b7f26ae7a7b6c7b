"""The interpreter: modules and scripts by their statements, in their order.

Those in an arm of IF, CATCH or WHILE as arms.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import ref

from ...model.diagnostics import Span
from ...model.facts import ModuleFact, Query, SourceFile, StatementFact
from ...model.names import Name
from ...model.vocabulary import ModuleKind
from ..binding.binder import Binder
from ..binding.outline_binder import OutlineBinder
from ..context.execution_context import ExecutionContext
from ..context.findings import Findings
from ..context.link_context import LinkContext
from ..definitions.scan_definitions import module_name
from ..effects.frame_environment import FrameEnvironment
from ..effects.sinks import feed_tables
from ..effects.updatable_views import looked_through
from ..frames.frame import Frame, FrameOutcome, PassedStrings, SilentFrame
from ..frames.temporary_declarations import declare_parameters
from ..relations.provenance import TooManyFlowsError
from ..relations.relation import Relation
from ..state.branches import end_of_arm, is_other_arm, join_states, leaves
from ..state.loop_round import RoundStart, changeable_tables
from .behaviours import perform

MAX_NESTED_LOOPS = 3  # loops within loops whose rounds are told apart
# of a loop; more would be needed only where a value wanders through as many variables
MAX_ROUNDS = 5


class Interpreter:
    """Runs the modules and scripts of one linking, each in a frame of its own.

    It is part of the context, which it holds weakly: so all facts are given up with the context.
    """

    def __init__(self, context: LinkContext) -> None:
        self._context = ref(context)
        context.columns.describer = self

    @property
    def context(self) -> LinkContext:
        """That of the linking.

        Raises:
            ReferenceError: the linking is over.
        """
        context = self._context()
        if context is None:
            raise ReferenceError("the linking is over")
        return context

    # --- files, modules and queries ---------------------------------------------------------------

    def run_file(self, file: SourceFile) -> Findings:
        """Run the modules of a file, and what stands between them.

        A defect outside of any statement costs the rest of it.

        Returns:
            What comes of it, whatever other files have been run.
        """
        self.context.global_tables.forget()
        return self.run_sharing(file)

    def run_sharing(self, file: SourceFile) -> Findings:
        """Run a file that finds the ##global temporary tables of those that have been run."""
        self.context.columns.begin_run()
        with self.context.recorder.part() as findings:
            self._run_safely(file)
        return findings

    def _run_safely(self, file: SourceFile) -> None:
        try:
            self._run_file(file)
        except TooManyFlowsError:
            self.context.diagnostics.report(
                "SLP108", "more column edges than are followed", file.path, Span()
            )
        except Exception as error:
            message = f"the tool failed on this file ({type(error).__name__}: {str(error)[:120]})"
            self.context.diagnostics.report("SLP104", message, file.path, Span())

    def _run_file(self, file: SourceFile) -> None:
        self.context.budget.begin_module()
        script = Frame(self.context, ExecutionContext(file.path, None, file.database), self)
        statements: list[StatementFact] = []  # between two modules; a loop is run as a whole
        for item in file.facts.items:
            if isinstance(item, StatementFact):
                statements.append(item)
                continue
            self.run(script, statements)
            statements = []
            self._run_module(item, file)
        self.run(script, statements)
        self.context.calls.end_module()

    def _run_module(self, fact: ModuleFact, file: SourceFile) -> None:
        definitions, naming = self.context.definitions, self.context.naming
        name = definitions.canonical_spelling(module_name(fact, file, naming))
        key = naming.key(name)
        place = ExecutionContext(
            file.path, name, fact.database or file.database, (key,), fact.span.line
        )
        self.context.budget.begin_module()
        counting = definitions.module(name)
        # calls run the definition that counts
        runs_for_callers = counting is not None and counting.fact is fact
        elsewhere = (
            self.context.generic.passed.get(key, frozenset()) if runs_for_callers else frozenset()
        )
        frame = Frame(self.context, place, self, passed=PassedStrings(elsewhere=elsewhere))
        declare_parameters(frame, fact.parameters)
        if fact.query is not None and fact.kind is ModuleKind.FUNCTION:
            Binder(FrameEnvironment(frame)).query(fact.query)
        self.run(frame, fact.body)
        self.context.calls.end_module()

    def describe(
        self, query: Query, path: str, module: Name | None, database: str | None
    ) -> Relation:
        """The outline of a query that is bound only for its columns.

        What is wrong in it is reported where it is run.

        Args:
            query: what is bound.
            path: the file in which it stands.
            module: the module in which it stands, if any.
            database: what its names are completed with.
        """
        frame = SilentFrame(
            self.context, ExecutionContext(path, module, database, writes=False), self, noting=False
        )
        try:
            return OutlineBinder(FrameEnvironment(frame)).query(query)
        except TooManyFlowsError:  # reported where the text itself is linked
            return Relation(opaque=True)
        except (MemoryError, RecursionError) as error:  # where the text is linked it may go well
            message = f"the tool failed on the columns of this query ({type(error).__name__})"
            self.context.recorder.now.lasting = False
            self.context.diagnostics.report("SLP104", message, path, Span())
            return Relation(opaque=True)

    # --- statements -------------------------------------------------------------------------------

    def run(
        self, frame: Frame, statements: Sequence[StatementFact], within: tuple[int, ...] = ()
    ) -> None:
        """Run statements in order, those in an arm of IF, CATCH or WHILE as arms.

        The arms that they are `within` do not count as arms here.
        """
        depth, start = len(within), 0
        while start < len(statements):
            branch = statements[start].branch
            if statements[start].unreached and not frame.unreached:
                end = next(
                    (at for at in range(start, len(statements)) if not statements[at].unreached),
                    len(statements),
                )
                self._run_unreached(frame, statements[start:end], within)
            elif len(branch) <= depth:
                end = start + 1
                self._run_statement(frame, statements[start])
            elif branch[depth] < 0:
                end = end_of_arm(statements, start, depth)
                self._run_loop(frame, statements[start:end], (*within, branch[depth]))
            else:
                middle = end_of_arm(statements, start, depth)
                end = (
                    end_of_arm(statements, middle, depth)
                    if is_other_arm(statements, middle, depth)
                    else middle
                )
                self._run_arms(
                    frame,
                    [arm for arm in (statements[start:middle], statements[middle:end]) if arm],
                    depth,
                )
            start = end

    def _run_unreached(
        self, frame: Frame, statements: Sequence[StatementFact], within: tuple[int, ...]
    ) -> None:
        """What no run comes to refers to its columns, and leaves all as it is."""
        state, outcome, writes = frame.state, frame.outcome, frame.place.writes
        frame.state, frame.outcome = state.aside(), FrameOutcome(unknown=outcome.unknown)
        frame.place.writes, frame.unreached = False, True
        try:
            self.run(frame, statements, within)
        finally:
            frame.state, frame.outcome = state, outcome
            frame.place.writes, frame.unreached = writes, False

    def _run_arms(self, frame: Frame, arms: list[Sequence[StatementFact]], depth: int) -> None:
        """Run IF and ELSE, each from what stood before them.

        Behind them either may have been run.
        """
        state = frame.state
        before = state.now
        begins, state.flow.caught = state.flow.caught or before, None
        ends = [before] if len(arms) == 1 else []
        for arm in arms:
            state.take(frame.begun(begins, arm))
            within = arm[0].branch[: depth + 1]
            self.run(frame, arm, within)
            if len(arms) == 1:
                state.leave_to_caller(before)
            # in a script RETURN ends its batch alone: the next one finds what the arm has left
            if frame.place.module is None or not leaves(arm, within):
                ends.append(state.now)
        state.take(join_states(ends or [before], frame.naming))

    def _run_loop(
        self, frame: Frame, body: Sequence[StatementFact], within: tuple[int, ...]
    ) -> None:
        """Run rounds of a loop until one adds nothing: a fixpoint.

        A round finds what the one before it left.
        """
        state = frame.state
        condition = frame.statement or body[0]  # WHILE is the last that has been run
        before, recorder = state.now.copied(()), frame.context.recorder
        loops, grows = sum(arm < 0 for arm in within), True
        state.flow.begin_loop()
        for _ in range(MAX_ROUNDS if loops <= MAX_NESTED_LOOPS else 1):
            changeable = changeable_tables(state, body) | frame.transient_keys()
            start, made = RoundStart.of(state, changeable), frame.context.columns.made
            size, reads = recorder.size, state.flow.begin_round()
            self.run(frame, body, within)
            state.flow.end_round()
            state.take(join_states([before, state.now, state.flow.assigned_in_loop], frame.naming))
            grows = (size != recorder.size or start.growth(state) != 0) and not (
                made == frame.context.columns.made and start.finds_the_same(state, reads)
            )
            if not grows:
                break
        state.flow.end_loop()
        # a loop in another one goes on in the next round of that
        if loops == 1 and grows:
            message = (
                f"a value may still go on in this loop, of which {MAX_ROUNDS} rounds are followed"
            )
            frame.report("SLP215", message, condition.span)

    def _run_statement(self, frame: Frame, statement: StatementFact) -> None:
        frame.statement = statement
        frame.state.flow.begin_statement(statement.branch)
        # USE in an executed string ends with the string
        frame.place.database = statement.database or frame.home
        frame.through = {}
        frame.context.diagnostics.begin_statement()
        try:
            frame.through = looked_through(frame, statement)
            for effect in statement.effects:
                perform(frame, effect)
        except TooManyFlowsError:
            feed_tables(frame, statement)
        except Exception as error:  # a defect costs only the statement that it shows in
            message = f"the tool failed on this statement ({type(error).__name__})"
            frame.report("SLP104", message, statement.span)
        finally:
            frame.context.diagnostics.end_statement(frame.context.rows.keys[id(statement)])
