"""Executing: procedures that a session calls, and strings that it runs.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..model.facts import Argument, Execute, ExecuteString, Parameter
from ..model.names import Name
from ..model.vocabulary import ModuleKind, Subtype
from .binder import Binder
from .bound import Value
from .branches import either
from .calling import call
from .calls import parameter_of, texts
from .extending import extended_by_call, extended_by_string
from .flows import INFERRED, used_as
from .objects import ModuleEntry
from .result_sets import insert_results
from .session import Session
from .summaries import CallSummary
from .surroundings import Surroundings

_LONGEST_SHOWN = 200  # characters of a pattern in a message
_CONSTANT = re.compile(r"'(?:[^']|'')*'")


def execute(session: Session, executed: Execute) -> None:
    """EXECUTE of a procedure."""
    name = session.canonical(executed.procedure)
    entry = session.knowledge.objects.module(name)
    if entry is None or entry.fact.kind is not ModuleKind.PROCEDURE:
        _unknown_call(session, executed, name)
        return
    binder = Binder(Surroundings(session))
    values = [_passed(session, binder.value(argument.expression, None)) for argument in executed.arguments]
    if not _concerned(session, executed, entry, values) and session.naming.key(entry.name) not in session.place.calls:
        return
    summary = call(session, entry, executed, values)
    if summary is None:
        return
    _take_back(session, entry.fact.parameters, executed.arguments, values, summary)
    for key, cursor in summary.cursors.items():  # a global one lives on
        if not key.startswith("@"):
            session.memory.cursors.setdefault(key, cursor)
    if executed.into is None:
        session.unknown |= summary.unknown
        for result in summary.results:
            session.return_rows(result.query, conditional=result.conditional)
    elif summary.results:
        insert_results(session, executed, executed.into, name, summary.results)
    elif entry.path in session.knowledge.objects.references:
        session.report("SLP206", f"{name}: what it returns is not known from the catalog", executed.span)
    elif summary.unknown:
        called = ", ".join(map(str, summary.unknown))
        message = f"{name}: it calls {called}, whose text is not part of the scan, so what it returns is not known"
        session.report("SLP206", message, executed.span)


def _passed(session: Session, value: Value) -> Value:
    """An argument of a call; what stands in dynamic SQL is put together, not read."""
    if not session.dynamic:
        return value
    flows, rows = (used_as(some, Subtype.IDENTITY, INFERRED) for some in (value.flows, value.rows))
    return replace(value, flows=flows, rows=rows)


def _unknown_call(session: Session, executed: Execute, name: Name) -> None:
    """What a procedure that is not in the scan gives back is not known: its rows, and its OUTPUT arguments."""
    extended_by_call(session, executed, name)
    if executed.into is None and not name.system:
        session.unknown[name] = None
    output_variables = [
        argument.variable for argument in executed.arguments if argument.output and argument.variable and argument.parameter != ""
    ]
    for variable in output_variables:
        session.memory.variables.pop(session.naming.fold(variable), None)
    if (executed.into is not None or output_variables) and not name.system:
        message = f"{name}: its text is not part of the scan, so what it returns is not known"
        session.report("SLP206", message, executed.span)


def _concerned(session: Session, executed: Execute, entry: ModuleEntry, values: list[Value]) -> bool:
    """Can the call give or take anything? What the callee does by itself is found in its own run."""
    if executed.into is not None or session.caller is not None or any(argument.output for argument in executed.arguments):
        return True
    if session.naming.key(entry.name) in session.knowledge.generic.takers:
        return True
    if session.knowledge.options.keeps_for_session(entry.database):
        return True
    passed = any(value.flows or value.rows or value.tables for value in values)
    memory = session.memory
    has_temporaries = len(memory.temporaries.tables) > len(session.transient_keys())  # the latter no text of another module names
    return passed or bool(has_temporaries or memory.cursors or session.knowledge.globals)


def _take_back(
    session: Session,
    parameters: tuple[Parameter, ...],
    arguments: tuple[Argument, ...],
    values: list[Value],
    summary: CallSummary,
) -> None:
    """OUTPUT arguments, and `@x = ` before the procedure's name, take what the callee leaves."""
    for position, argument in enumerate(arguments):
        if not argument.output or not argument.variable:
            continue
        if argument.parameter == "":
            session.memory.set(argument.variable, summary.returned)
            continue
        parameter = parameter_of(session.naming, parameters, argument, position)
        if parameter:
            key = session.naming.fold(parameter.name)
            session.memory.set(argument.variable, summary.values.get(key, values[position]))
            if key in summary.cursors:
                session.memory.cursors[session.naming.fold(argument.variable)] = summary.cursors[key]


# --- strings ------------------------------------------------------------------------------------------------------------


def execute_string(session: Session, execution: ExecuteString) -> None:
    """A string of which a part is a caller's: run as far as it is known here, and left to the callers where they know it."""
    statement = session.statement
    if statement is None:
        return
    if not execution.pattern:
        extended_by_string(session)
        return
    run = texts(execution.pattern, session.strings, session.caller_supplied_parameters)
    if run is None:
        return
    before, ends, results = session.memory.state, [], len(session.results)
    for text in run:
        facts = session.knowledge.dynamic(text, execution, statement, session.place)
        if facts.open:
            message = f"of the SQL that is executed only a pattern is known: {_shown(facts.disclosed)}"
            session.report("SLP301", message, statement.span)
        session.memory.take(session.begun(before, facts.statements) if len(run) > 1 else before)
        session.run(facts.statements, statement.branch)  # they stand where it stands
        ends.append(session.memory.state)
    session.memory.take(either(ends, session.naming))
    if len(run) > 1:  # one of them is run
        session.results[results:] = [replace(result, conditional=True) for result in session.results[results:]]
    session.statement = statement


def _shown(text: str) -> str:
    """A pattern in a message, on one line and not too long."""
    line = " ".join(_CONSTANT.sub("'…'", text).split()) or "…"
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
