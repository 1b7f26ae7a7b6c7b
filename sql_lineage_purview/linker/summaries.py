"""Summaries of calls: what a procedure does for a caller, kept by what it has asked of that caller.

A procedure that is called from many places is followed once for each distinct answer to its questions, not anew on each path:

    EXEC dbo.a  -- calls dbo.b and dbo.c, which both call dbo.d
    EXEC dbo.b

Where it asks for the same arguments and finds the same in the same temporary tables, `dbo.d` does the same. One that calls
itself, with the same in sight, is answered by what is known of it so far, until that no longer grows: a fixpoint.

Source: Sharir and Pnueli, "Two approaches to interprocedural data flow analysis" (1981), the functional approach.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from .bound import Bound, Value
from .flows import Flows, Tables
from .temporary import Temporary

if TYPE_CHECKING:
    from ..model.names import Name
    from .session import ResultSet

# What something holds, as a value that can be compared.
Print: TypeAlias = Hashable

_MOST_SUMMARIES = 64  # of one procedure for one set of arguments


def print_of_value(value: Value) -> Print:
    """What a variable holds."""
    return (_print_of(value.flows), _print_of(value.rows), _print_of(value.tables), print_of_rows(value.relation))


def print_of_rows(bound: Bound | None) -> Print:
    """What a relation holds; None of none."""
    if bound is None:
        return None
    columns = tuple(
        (column.name, _print_of(column.flows), column.hidden, column.property, column.generated, column.origin)
        for column in bound.columns
    )
    marks = (bound.opaque, bound.base, bound.partial, bound.empty, bound.extension, bound.transient)
    return (columns, tuple(bound.open), _print_of(bound.rows), _print_of(bound.tables), marks)


def print_of_table(table: Temporary | None) -> Print:
    """What a temporary table holds; None of none."""
    return None if table is None else (print_of_rows(table.bound), table.facts, table.node)


def _print_of(content: Flows | Tables) -> Print:
    return frozenset(content.items())


@dataclass(slots=True)
class Observation:
    """What an activation of a procedure has asked of its caller so far, each question with its first answer.

    A question to the caller is one to the caller's own caller as well, unless the caller has changed what is asked for: then it
    has asked for it before, and its first answer stays.
    """

    key: str  # of the procedure
    index: int  # its place among the activations that run
    outer: Observation | None
    depth: int  # calls within calls in which it runs
    temporary: frozenset[str]  # the keys of the #temporary tables that there were
    tables: dict[str, Print] = field(default_factory=dict)
    local_tables: set[str] = field(default_factory=set)  # the keys of tables that it has made without asking for the caller's
    cursors: dict[str, Print] = field(default_factory=dict)
    outside: dict[str, Print] = field(default_factory=dict)  # variables of the caller, in strings that it has put together
    all_tables: bool = False  # would any other #temporary table have mattered too?
    visible_tables: dict[tuple[Name, tuple[str, ...]], None] = field(default_factory=dict)  # to callers too, with columns
    called: set[str] = field(default_factory=set)  # the keys of the procedures that have run within, this one included
    height: int = 0  # calls within calls that it has come to
    lowest: int = field(init=False)  # the outermost activation, or -1, on which it depends while that is running
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
        """What is done here depends on an activation that is running; so it is for all callers that this one runs within."""
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


def distinct(results: Sequence[ResultSet]) -> list[ResultSet]:
    """Result sets, each once: what calls a procedure four times over ten levels would hold a million that are one."""
    by_print: dict[Print, ResultSet] = {}
    for result in results:
        by_print.setdefault((print_of_rows(result.query), result.conditional), result)
    return list(by_print.values())


@dataclass(frozen=True, slots=True)
class LeftTables:
    """What becomes of the temporary tables of a caller.

    `filled`: as they are then; `replacements`: what has taken the place of such a one. `session_tables`: the callee's own, where
    they outlive it. `gone`: the transient tables that are no more. `shared`: the ##global ones, as they are then.
    """

    filled: Mapping[str, Temporary] = field(default_factory=dict)
    replacements: Mapping[str, Temporary] = field(default_factory=dict)
    session_tables: Mapping[str, Temporary] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    shared: Mapping[str, Temporary] = field(default_factory=dict)

    def print(self) -> Print:
        """What becomes of them, as a value."""
        tables = (
            entry for by_key in (self.filled, self.replacements, self.session_tables, self.shared) for entry in by_key.items()
        )
        return frozenset((key, print_of_table(table)) for key, table in tables), self.gone


@dataclass(frozen=True, slots=True)
class CallSummary:
    """What a call does: what it gives back, and what becomes of the caller's temporary tables.

    `values`: those of parameters at the end, where they are others than what was passed. `unknown`: procedures whose result sets
    it returns, and whose text is not part of the scan.
    """

    observation: Observation
    returned: Value = field(default_factory=Value)
    results: Sequence[ResultSet] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    cursors: Mapping[str, Bound] = field(default_factory=dict)
    tables: LeftTables = field(default_factory=LeftTables)
    unknown: Mapping[Name, None] = field(default_factory=dict)

    def print(self) -> Print:
        """What the call does, to be compared with what it did in the round before."""
        return (
            print_of_value(self.returned),
            frozenset((print_of_rows(result.query), result.conditional) for result in self.results),
            frozenset((name, print_of_value(value)) for name, value in self.values.items()),
            frozenset((name, print_of_rows(cursor)) for name, cursor in self.cursors.items()),
            self.tables.print(),
        )


@dataclass(slots=True)
class Activation:
    """A procedure that is running for a caller.

    `first`: of the provisional summaries, which is the first that was made while it ran? `summary`: what is known so far of what
    it does; `used`: has a call within it needed that? `grown`: has it, or one that depends on it, done more than such a call was
    taken to do?
    """

    sight: Print
    observation: Observation
    first: int
    summary: CallSummary | None = None
    used: bool = False
    grown: bool = False

    @property
    def so_far(self) -> CallSummary:
        """What it does as far as that is known: nothing, in the first round."""
        return self.summary or CallSummary(self.observation)

    @property
    def outermost(self) -> bool:
        """Does it depend on no other that is running?"""
        return self.observation.lowest == self.observation.index

    def compare(self, summary: CallSummary) -> None:
        """It has come to its end once, with this summary."""
        self.grown = self.grown or (self.used and self.so_far.print() != summary.print())


@dataclass(slots=True)
class CallSummaries:
    """The summaries of one linking, by what was passed, and the activations that are running, outermost first.

    Provisional ones depend on an activation that is running: they are forgotten where it is run once more, or where it ends
    with a summary that is not reusable itself. What procedures that call each other were found to do in the last round, their
    next round begins with.
    """

    running: list[Activation] = field(default_factory=list)
    _summaries: dict[Print, list[CallSummary]] = field(default_factory=dict)
    _provisional: list[tuple[Print, CallSummary]] = field(default_factory=list)
    _last_round: dict[Print, list[CallSummary]] = field(default_factory=dict)

    def of(self, sight: Print) -> Sequence[CallSummary]:
        """The summaries for what is passed."""
        return self._summaries.get(sight, ())

    def so_far(self, sight: Print) -> Sequence[CallSummary]:
        """What such calls were found to do in the last round of a procedure that is running."""
        return self._last_round.get(sight, ())

    def begin(self, sight: Print, observation: Observation, so_far: CallSummary | None) -> Activation:
        """A procedure is run from here on."""
        activation = Activation(sight, observation, len(self._provisional), so_far)
        self.running.append(activation)
        return activation

    def again(self, activation: Activation, summary: CallSummary) -> None:
        """It is run once more, as more is known of it than when it called itself."""
        self._forget(activation.first)
        activation.summary, activation.used, activation.grown = summary, False, False

    def end(self, activation: Activation, summary: CallSummary | None) -> None:
        """It has come to its end; None: by an error."""
        self.running.pop()
        if summary is None or not activation.observation.reusable:
            self._forget(activation.first)
        else:
            self._keep(activation, summary)
        if not self.running:
            self._last_round.clear()
        elif not activation.outermost:
            self.running[-1].grown |= activation.grown

    def end_module(self) -> None:
        """The module that was run for itself has come to its end."""
        self._forget(0)

    def _keep(self, activation: Activation, summary: CallSummary) -> None:
        summaries = self._summaries.setdefault(activation.sight, [])
        summaries.append(summary)
        if len(summaries) > _MOST_SUMMARIES:
            del summaries[0]
        if activation.outermost:
            self._settle(activation.first)
            return
        self._provisional.append((activation.sight, summary))
        if activation.used:
            earlier = self._last_round.get(activation.sight, ())
            self._last_round[activation.sight] = [
                summary,
                *(previous_summary for previous_summary in earlier if previous_summary is not activation.summary),
            ]

    def _settle(self, first: int) -> None:
        """What depended on a procedure that was running depends on nothing any more."""
        for _, summary in self._provisional[first:]:
            summary.observation.lowest = summary.observation.index
        del self._provisional[first:]

    def _forget(self, first: int) -> None:
        for sight, summary in self._provisional[first:]:
            self._summaries[sight] = [candidate for candidate in self._summaries[sight] if candidate is not summary]
        del self._provisional[first:]
