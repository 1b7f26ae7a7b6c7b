"""Calling: a procedure is run for a caller, unless a summary tells what it does for one that passes and has the same.

What it does by itself is found in its own run.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

from ..model.diagnostics import Span
from ..model.facts import Argument, Execute, Parameter
from ..model.names import Name
from .bound import Value
from .branches import either_value
from .calls import parameter_of, passed_elsewhere, passed_strings
from .declaring import declare_parameters
from .lending import left_tables, lend, take_back_tables
from .objects import ModuleEntry
from .session import MAX_CALL_DEPTH, Session
from .summaries import Activation, CallSummary, Observation, Print, distinct, print_of_rows, print_of_table, print_of_value
from .surroundings import Surroundings
from .transient import tell

_ROUNDS = 5  # of a procedure that calls itself, until it does no more than in the round before


def call(session: Session, entry: ModuleEntry, executed: Execute, values: list[Value]) -> CallSummary | None:
    """What a procedure does as called from here; None where that is not followed.

    What becomes of the caller's tables has become of them; the rest is the caller's to take.
    """
    sight = _sight(_activated(session, entry, executed.arguments, values))
    summary = _known(session, sight)
    if summary is None:
        running = _running(session, sight)
        if running:
            return _recursive(session, running, entry, executed.span)
        if session.too_deep(session.naming.key(entry.name), entry, executed.span, rounds=2):
            return None
        summary = _followed(session, entry, executed, values, sight)
    elif not summary.observation.called.isdisjoint(session.place.calls):
        session.report_recursion(entry, executed.span)
    take_back_tables(session, summary)
    for name, columns in summary.observation.visible_tables:
        tell(session, name, columns)
    return summary


def _activated(session: Session, entry: ModuleEntry, arguments: tuple[Argument, ...], values: list[Value]) -> Session:
    """A session in which a procedure can be run as called from here."""
    key, parameters = session.naming.key(entry.name), entry.fact.parameters
    inner = Session(session.knowledge, session.place.within(entry, key), session.runner, session, noting=False)
    lend(inner, session)
    declare_parameters(inner, parameters)
    inner.caller_supplied_parameters = passed_elsewhere(session.naming, parameters, arguments, session.caller_supplied_parameters)
    inner.strings = passed_strings(session.naming, parameters, arguments, session.strings)
    for parameter, argument, value in _passed(session, parameters, arguments, values):
        inner.memory.variables[session.naming.fold(parameter.name)] = value
        table = session.memory.find_temporary(Name((argument.variable,))) if argument.variable else None
        if table:
            inner.memory.temporaries.tables[session.naming.key(Name((parameter.name,)))] = table
    return inner


def _passed(
    session: Session, parameters: tuple[Parameter, ...], arguments: tuple[Argument, ...], values: list[Value]
) -> list[tuple[Parameter, Argument, Value]]:
    callee_parameters = [parameter_of(session.naming, parameters, argument, place) for place, argument in enumerate(arguments)]
    return [
        (parameter, argument, value)
        for parameter, argument, value in zip(callee_parameters, arguments, values, strict=True)
        if parameter
    ]


def _followed(session: Session, entry: ModuleEntry, executed: Execute, values: list[Value], sight: Print) -> CallSummary:
    """Run a procedure, and keep what it does."""
    calls = session.knowledge.calls
    key, depth = session.naming.key(entry.name), len(session.place.calls) + 1
    observation = Observation(key, len(calls.running), session.memory.observation, depth, _temporary(session))
    so_far = next((candidate for candidate in calls.so_far(sight) if _sees(session, candidate.observation)), None)
    activation = calls.begin(sight, observation, so_far)
    summary = None
    try:
        summary = _settled(session, entry, executed, values, activation)
    finally:
        calls.end(activation, summary)
    return summary


def _settled(session: Session, entry: ModuleEntry, executed: Execute, values: list[Value], activation: Activation) -> CallSummary:
    """Run a procedure; one that calls itself until it does no more than that call was taken to do.

    One that depends on another that is running comes to its next round with that one.
    """
    passed = _passed(session, entry.fact.parameters, executed.arguments, values)
    for _ in range(_ROUNDS):
        inner = _activated(session, entry, executed.arguments, values)
        inner.memory.observation = activation.observation
        inner.run(entry.fact.body)
        summary = _summary(session, inner, activation.observation, passed)
        activation.compare(summary)
        if not (activation.grown and activation.outermost):
            return summary
        session.knowledge.calls.again(activation, summary)
    activation.observation.spoil()
    session.report("SLP209", f"{entry.name}: it calls itself in more rounds than are followed", executed.span)
    return activation.so_far


def _summary(
    session: Session, inner: Session, observation: Observation, passed: list[tuple[Parameter, Argument, Value]]
) -> CallSummary:
    values = {}
    for parameter, _, value in passed:
        key = session.naming.fold(parameter.name)
        final_value = either_value(state.variables.get(key) for state in inner.memory.ends)
        if print_of_value(final_value) != print_of_value(value):
            values[key] = final_value
    tables = left_tables(session, inner, observation)
    return CallSummary(observation, inner.returned, distinct(inner.results), values, inner.memory.cursors, tables, inner.unknown)


def _temporary(session: Session) -> frozenset[str]:
    return frozenset(key for key in session.memory.temporaries.tables if key.startswith("#"))


# --- what is known --------------------------------------------------------------------------------------------------------


def _sight(inner: Session) -> Print:
    """What a callee is given: all that it depends on without asking."""
    memory, place = inner.memory, inner.place
    called_by = frozenset(place.calls) & frozenset(inner.knowledge.objects.instead_of.values())
    return (
        place.calls[-1],
        frozenset((name, print_of_value(value)) for name, value in memory.variables.items()),
        frozenset((key, print_of_table(table)) for key, table in memory.temporaries.tables.items() if key.startswith("@")),
        frozenset(inner.strings.items()),
        inner.caller_supplied_parameters,
        called_by,
        (memory.in_loop, place.writes, inner.knowledge.shared),
    )


def _known(session: Session, sight: Print) -> CallSummary | None:
    """The summary of a call that found what this one finds."""
    deepest = MAX_CALL_DEPTH - len(session.place.calls) - 1
    for summary in session.knowledge.calls.of(sight):
        if summary.observation.height <= deepest and _sees(session, summary.observation):
            if session.memory.observation:
                session.memory.observation.take_in(summary.observation)
            return summary
    return None


def _running(session: Session, sight: Print) -> Activation | None:
    """The activation that this call is within, and from which it would differ in nothing."""
    running = reversed(session.knowledge.calls.running)
    return next(
        (activation for activation in running if activation.sight == sight and _sees(session, activation.observation)), None
    )


def _recursive(session: Session, running: Activation, entry: ModuleEntry, span: Span) -> CallSummary | None:
    session.report_recursion(entry, span)
    running.used = True
    if session.memory.observation:
        session.memory.observation.depend_on(running.observation)
    if running.summary:
        take_back_tables(session, running.summary)
    return running.summary


def _sees(session: Session, observation: Observation) -> bool:
    """Would each question that was asked have the same answer here?"""
    memory, surroundings = session.memory, Surroundings(session)
    if observation.all_tables and observation.temporary != _temporary(session):
        return False
    return (
        all(print_of_table(memory.seen(key)) == answer for key, answer in observation.tables.items())
        and all(print_of_rows(memory.find_cursor(name)) == answer for name, answer in observation.cursors.items())
        and all(print_of_value(surroundings.variable(name)) == answer for name, answer in observation.outside.items())
    )
