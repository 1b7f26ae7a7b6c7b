"""Calling: a procedure is run for a caller, unless a summary tells what it does.

The procedure does the same for each caller that passes and has the same, so one summary does for
all of these.

What it does by itself is found in its own run.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

from ...model.diagnostics import Span
from ...model.facts import Argument, Execute, Parameter
from ...model.names import Name
from ..context.call_summaries import Activation, CallSummary, distinct
from ..definitions.arguments import parameter_of, passed_elsewhere, passed_strings
from ..definitions.scan_definitions import ModuleEntry
from ..effects.frame_environment import FrameEnvironment
from ..frames.frame import MAX_CALL_DEPTH, Frame, PassedStrings
from ..frames.lending import left_tables, lend, take_back_tables
from ..frames.temporary_declarations import declare_parameters
from ..frames.transient import tell
from ..relations.prints import Print, print_of_rows, print_of_value
from ..relations.relation import Value
from ..state.branches import join_values
from ..state.call_dependence import CallDependence
from ..state.observation import Observation, print_of_table

# of a procedure that calls itself, until it does no more than in the round before
MAX_CALL_ROUNDS = 5
# of a procedure within itself, with other values or tables each time
MAX_RUNS_WITHIN = 3


def call(
    frame: Frame, entry: ModuleEntry, executed: Execute, values: list[Value]
) -> CallSummary | None:
    """What a procedure does as called from here; None where that is not followed.

    What becomes of the caller's tables has become of them; the rest is the caller's to take.

    Args:
        frame: that of the caller.
        entry: the procedure.
        executed: the call.
        values: those of its arguments.
    """
    sight = _sight(_activated(frame, entry, executed.arguments, values))
    summary = _known(frame, sight)
    if summary is None:
        running = _running(frame, sight)
        if running:
            return _recursive(frame, running, entry, executed.span)
        if frame.too_deep(
            frame.naming.key(entry.name), entry, executed.span, rounds=MAX_RUNS_WITHIN
        ):
            return None
        summary = _followed(frame, entry, executed, values, sight)
    elif not summary.observation.dependence.called.isdisjoint(frame.place.calls):
        frame.report_recursion(entry, executed.span)
    take_back_tables(frame, summary)
    for name, columns in summary.observation.visible_tables:
        tell(frame, name, columns)
    return summary


def _activated(
    frame: Frame, entry: ModuleEntry, arguments: tuple[Argument, ...], values: list[Value]
) -> Frame:
    """A frame in which a procedure can be run as called from here."""
    key, parameters = frame.naming.key(entry.name), entry.fact.parameters
    passed = PassedStrings()
    if frame.context.generic.uses_strings(key):
        passed = PassedStrings(
            passed_strings(frame.naming, parameters, arguments, frame.passed.values),
            passed_elsewhere(frame.naming, parameters, arguments, frame.passed.elsewhere),
        )
    inner = Frame(
        frame.context,
        frame.place.within(entry, key),
        frame.interpreter,
        frame,
        noting=False,
        passed=passed,
    )
    lend(inner, frame)
    declare_parameters(inner, parameters)
    for parameter, argument, value in _passed(frame, parameters, arguments, values):
        inner.state.variables[frame.naming.fold(parameter.name)] = value
        table = (
            frame.state.find_temporary(Name((argument.variable,))) if argument.variable else None
        )
        if table:
            inner.state.temporaries.tables[frame.naming.key(Name((parameter.name,)))] = table
    return inner


def _passed(
    frame: Frame,
    parameters: tuple[Parameter, ...],
    arguments: tuple[Argument, ...],
    values: list[Value],
) -> list[tuple[Parameter, Argument, Value]]:
    callee_parameters = [
        parameter_of(frame.naming, parameters, argument, place)
        for place, argument in enumerate(arguments)
    ]
    return [
        (parameter, argument, value)
        for parameter, argument, value in zip(callee_parameters, arguments, values, strict=True)
        if parameter
    ]


def _followed(
    frame: Frame, entry: ModuleEntry, executed: Execute, values: list[Value], sight: Print
) -> CallSummary:
    """Run a procedure, and keep what it does."""
    calls = frame.context.calls
    key, dependence = frame.naming.key(entry.name), CallDependence(len(calls.running))
    observation = Observation(
        key,
        frame.state.observation,
        frame.place.calls,
        _temporary(frame),
        dependence,
        complete=frame.context.global_tables.complete,
    )
    so_far = next(
        (candidate for candidate in calls.so_far(sight) if _sees(frame, candidate.observation)),
        None,
    )
    recorder, summary = frame.context.recorder, None
    activation = calls.begin(sight, observation, recorder.begin(), so_far)
    try:
        summary = _settled(frame, entry, executed, values, activation)
    finally:
        calls.end(activation, summary)
        observation.end()
        recorder.end(shared=summary is not None and observation.dependence.reusable)
    return summary


def _settled(
    frame: Frame, entry: ModuleEntry, executed: Execute, values: list[Value], activation: Activation
) -> CallSummary:
    """Run a procedure; one that calls itself until it does no more than that call was taken to do.

    One that depends on another that is running comes to its next round with that one.
    """
    passed = _passed(frame, entry.fact.parameters, executed.arguments, values)
    for _ in range(MAX_CALL_ROUNDS):
        inner = _activated(frame, entry, executed.arguments, values)
        inner.state.observation = activation.observation
        inner.run(entry.fact.body)
        summary = _summary(frame, inner, activation, passed)
        activation.compare(summary)
        if not (activation.grown and activation.outermost):
            return summary
        frame.context.calls.again(activation, summary)
    # Not all that it does was found, so no other call takes it over.
    activation.observation.dependence.spoil()
    frame.report(
        "SLP209", f"{entry.name}: it calls itself in more rounds than are followed", executed.span
    )
    return activation.so_far


def _summary(
    frame: Frame,
    inner: Frame,
    activation: Activation,
    passed: list[tuple[Parameter, Argument, Value]],
) -> CallSummary:
    values = {}
    for parameter, _, value in passed:
        key = frame.naming.fold(parameter.name)
        final_value = join_values(state.variables.get(key) for state in inner.state.ends)
        if print_of_value(final_value) != print_of_value(value):
            values[key] = final_value
    tables = left_tables(frame, inner, activation.observation)
    return CallSummary(
        activation.observation,
        activation.findings,
        inner.outcome.returned,
        distinct(inner.outcome.results),
        values,
        inner.state.cursors,
        tables,
        inner.outcome.unknown,
    )


def _temporary(frame: Frame) -> frozenset[str]:
    return frozenset(key for key in frame.state.temporaries.tables if key.startswith("#"))


# --- what is known --------------------------------------------------------------------------------


def _sight(inner: Frame) -> Print:
    """What a callee is given: all that it depends on without asking."""
    state, place = inner.state, inner.place
    # A trigger that stands in for its view does not fire for its own change of it: who has called
    # decides where that goes.
    called_by = frozenset(place.calls) & frozenset(inner.context.definitions.instead_of.values())
    return (
        place.calls[-1],
        frozenset((name, print_of_value(value)) for name, value in state.variables.items()),
        frozenset(
            (key, print_of_table(table))
            for key, table in state.temporaries.tables.items()
            if key.startswith("@")
        ),
        frozenset(inner.passed.values.items()),
        inner.passed.elsewhere,
        called_by,
        (state.in_loop, place.writes),
    )


def _known(frame: Frame, sight: Print) -> CallSummary | None:
    """The summary of a call that found what this one finds."""
    for summary in frame.context.calls.of(sight):
        if _follows(frame, summary.observation) and _sees(frame, summary.observation):
            if frame.state.observation:
                frame.state.observation.take_in(summary.observation)
            frame.context.recorder.include(summary.findings)
            return summary
    return None


def _follows(frame: Frame, observation: Observation) -> bool:
    """Would no call be followed here that was not, and none be cut that was?"""
    calls, dependence = frame.place.calls, observation.dependence
    # a summary that has called more deeply than is left here would have been cut on the way
    return len(calls) + 1 + dependence.height <= MAX_CALL_DEPTH and all(
        calls.count(key) >= observation.calls.count(key) for key in dependence.cut
    )


def _running(frame: Frame, sight: Print) -> Activation | None:
    """The activation that this call is within, and from which it would differ in nothing."""
    running = reversed(frame.context.calls.running)
    return next(
        (
            activation
            for activation in running
            if activation.sight == sight and _sees(frame, activation.observation)
        ),
        None,
    )


def _recursive(
    frame: Frame, running: Activation, entry: ModuleEntry, span: Span
) -> CallSummary | None:
    frame.report_recursion(entry, span)
    running.used = True
    if frame.state.observation:
        frame.state.observation.depend_on(running.observation)
    if running.summary:
        take_back_tables(frame, running.summary)
    return running.summary


def _sees(frame: Frame, observation: Observation) -> bool:
    """Would each question that was asked have the same answer here?"""
    state, environment = frame.state, FrameEnvironment(frame)
    questions = observation.questions
    if questions.all_tables and observation.temporary != _temporary(frame):
        return False
    if questions.any_global and observation.complete != frame.context.global_tables.complete:
        return False
    return (
        all(print_of_table(state.seen(key)) == answer for key, answer in questions.tables.items())
        and all(
            print_of_rows(state.find_cursor(name)) == answer
            for name, answer in questions.cursors.items()
        )
        and all(
            print_of_value(environment.variable(name)) == answer
            for name, answer in questions.outside.items()
        )
    )
