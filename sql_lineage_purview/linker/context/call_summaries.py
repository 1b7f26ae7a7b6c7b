"""Summaries of calls: what a procedure does for a caller, kept by what it has asked of that caller.

A procedure that is called from many places is followed once for each distinct answer to its
questions, not anew on each path:

    EXEC dbo.a  -- calls dbo.b and dbo.c, which both call dbo.d
    EXEC dbo.b

Where it asks for the same arguments and finds the same in the same temporary tables, `dbo.d` does
the same. One that calls itself, with the same in sight, is answered by what is known of it so far,
until that no longer grows: a fixpoint.

Source: Sharir and Pnueli, "Two approaches to interprocedural data flow analysis" (1981), the
functional approach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from ...model.names import Name
from ..relations.prints import Print, print_of_rows, print_of_value
from ..relations.relation import Relation, ResultSet, Value
from ..state.observation import Observation, print_of_table
from ..state.temporary import Temporary
from .findings import Findings

MAX_SUMMARIES = 64  # of one procedure for one set of arguments


def distinct(results: Sequence[ResultSet]) -> list[ResultSet]:
    """Result sets, each of them once.

    What calls a procedure four times over ten levels would otherwise hold a million that are
    one.
    """
    by_print: dict[Print, ResultSet] = {}
    for result in results:
        by_print.setdefault((print_of_rows(result.query), result.conditional), result)
    return list(by_print.values())


class LeftTables(Struct, frozen=True):
    """What becomes of the temporary tables of a caller.

    `filled`: as they are then; `replacements`: what has taken the place of such a one.
    `session_tables`: the callee's own, where they outlive it. `gone`: the transient tables that are
    no more. `shared`: the ##global ones, as they are then.
    """

    filled: Mapping[str, Temporary] = field(default_factory=dict)
    replacements: Mapping[str, Temporary] = field(default_factory=dict)
    session_tables: Mapping[str, Temporary] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    shared: Mapping[str, Temporary] = field(default_factory=dict)

    def print(self) -> Print:
        """What becomes of them, as a value."""
        tables = (
            entry
            for by_key in (self.filled, self.replacements, self.session_tables, self.shared)
            for entry in by_key.items()
        )
        return frozenset((key, print_of_table(table)) for key, table in tables), self.gone


class CallSummary(Struct, frozen=True):
    """What a call does: what it gives back, and what becomes of the caller's temporary tables.

    `values`: those of parameters at the end, where they are others than what was passed. `unknown`:
    procedures whose result sets it returns, and whose text is not part of the scan. `findings`:
    what comes of it for the whole scan.
    """

    observation: Observation
    findings: Findings
    returned: Value = field(default_factory=Value)
    results: Sequence[ResultSet] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    cursors: Mapping[str, Relation] = field(default_factory=dict)
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


class Activation(Struct):
    """A procedure that is running for a caller.

    `first`: of the provisional summaries, which is the first that was made while it ran? `summary`:
    what is known so far of what it does; `used`: has a call within it needed that? `grown`: has it,
    or one that depends on it, done more than such a call was taken to do?
    """

    sight: Print
    observation: Observation
    findings: Findings
    first: int
    summary: CallSummary | None = None
    used: bool = False
    grown: bool = False

    @property
    def so_far(self) -> CallSummary:
        """What it does as far as that is known: nothing, in the first round."""
        return self.summary or CallSummary(self.observation, self.findings)

    @property
    def outermost(self) -> bool:
        """Does it depend on no other that is running?"""
        return self.observation.dependence.outermost

    def compare(self, summary: CallSummary) -> None:
        """It has come to its end once, with this summary."""
        # a provisional summary that no call has used has led nobody astray
        self.grown = self.grown or (self.used and self.so_far.print() != summary.print())


class CallSummaries(Struct):
    """The running activations, outermost first, and the call summaries of one linking.

    The summaries are kept by what was passed.

    Provisional ones depend on an activation that is running: they are forgotten where it is run
    once more, or where it ends with a summary that is not reusable itself. So are those of calls
    within which one was cut, at the end of the module. What procedures that call each other were
    found to do in the last round, their next round begins with.
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

    def begin(
        self,
        sight: Print,
        observation: Observation,
        findings: Findings,
        so_far: CallSummary | None,
    ) -> Activation:
        """A procedure is run from here on.

        Args:
            sight: what it is given.
            observation: of what it asks of its caller.
            findings: what comes of it.
            so_far: what such a call was found to do in the round before.
        """
        activation = Activation(sight, observation, findings, len(self._provisional), so_far)
        self.running.append(activation)
        return activation

    def again(self, activation: Activation, summary: CallSummary) -> None:
        """It is run once more, as more is known of it than when it called itself."""
        # summaries that rest on what was known of it before, which has turned out to be too
        # little
        self._forget(activation.first)
        activation.summary, activation.used, activation.grown = summary, False, False

    def end(self, activation: Activation, summary: CallSummary | None) -> None:
        """It has come to its end; None: by an error."""
        self.running.pop()
        if summary is None or not activation.observation.dependence.reusable:
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
        if len(summaries) > MAX_SUMMARIES:
            del summaries[0]
        if activation.outermost:
            self._settle(activation)
            if not activation.observation.dependence.cut:
                return
        self._provisional.append((activation.sight, summary))
        if activation.used:
            earlier = self._last_round.get(activation.sight, ())
            self._last_round[activation.sight] = [
                summary,
                *(
                    previous_summary
                    for previous_summary in earlier
                    if previous_summary is not activation.summary
                ),
            ]

    def _settle(self, activation: Activation) -> None:
        """What depended on a procedure that was running depends on nothing any more.

        Its findings are complete together with those of that procedure alone. Where a call within
        was cut, it stays provisional until the module ends that is run for itself.
        """
        first, cut = activation.first, activation.observation.dependence.cut
        for _, summary in self._provisional[first:]:
            summary.observation.dependence.settle(cut)
            summary.findings.lasting = summary.findings.lasting and bool(cut)
        if not cut:
            del self._provisional[first:]

    def _forget(self, first: int) -> None:
        for sight, summary in self._provisional[first:]:
            self._summaries[sight] = [
                candidate for candidate in self._summaries[sight] if candidate is not summary
            ]
        del self._provisional[first:]
