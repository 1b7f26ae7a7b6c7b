"""Executing: procedures that a frame calls, and strings that it runs.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

from msgspec.structs import replace

from ...model.facts import Argument, Execute, ExecuteString, Parameter
from ...model.names import Name
from ...model.regex import regex
from ...model.vocabulary import ModuleKind, Subtype
from ..binding.binder import Binder
from ..context.call_summaries import CallSummary
from ..definitions.arguments import parameter_of, texts
from ..definitions.scan_definitions import ModuleEntry
from ..effects.frame_environment import FrameEnvironment
from ..effects.result_sets import insert_results
from ..frames.extending import extended_by_call, extended_by_string
from ..frames.frame import Frame
from ..relations.provenance import INFERRED, used_as
from ..relations.relation import Value
from ..state.branches import join_states
from .calling import call

MAX_SHOWN_CHARACTERS = 200  # characters of a pattern in a message
_CONSTANT = regex(r"'(?:[^']|'')*'")


def execute(frame: Frame, executed: Execute) -> None:
    """EXECUTE of a procedure."""
    name = frame.canonical(executed.procedure)
    entry = frame.context.definitions.module(name)
    if entry is None or entry.fact.kind is not ModuleKind.PROCEDURE:
        _unknown_call(frame, executed, name)
        return
    binder = Binder(FrameEnvironment(frame))
    values = [
        _passed(frame, binder.value(argument.expression, None)) for argument in executed.arguments
    ]
    if (
        not _concerned(frame, executed, entry, values)
        and frame.naming.key(entry.name) not in frame.place.calls
    ):
        return
    summary = call(frame, entry, executed, values)
    if summary is None:
        return
    _take_back(frame, entry.fact.parameters, executed.arguments, values, summary)
    for key, cursor in summary.cursors.items():  # a global one lives on
        if not key.startswith("@"):
            frame.state.cursors.setdefault(key, cursor)
    if executed.into is None:
        frame.outcome.unknown |= summary.unknown
        for result in summary.results:
            frame.return_rows(result.query, conditional=result.conditional)
    elif summary.results:
        insert_results(frame, executed, executed.into, name, summary.results)
    elif entry.path in frame.context.definitions.references:
        frame.report(
            "SLP206", f"{name}: what it returns is not known from the catalog", executed.span
        )
    elif summary.unknown:
        called = ", ".join(map(str, summary.unknown))
        message = (
            f"{name}: it calls {called}, whose text is not part of the scan, so what it "
            "returns is not known"
        )
        frame.report("SLP206", message, executed.span)


def _passed(frame: Frame, value: Value) -> Value:
    """An argument of a call; what stands in dynamic SQL is put together, not read."""
    if not frame.dynamic:
        return value
    flows, rows = (used_as(some, Subtype.IDENTITY, INFERRED) for some in (value.flows, value.rows))
    return replace(value, flows=flows, rows=rows)


def _unknown_call(frame: Frame, executed: Execute, name: Name) -> None:
    """Handle a call of a procedure that is not in the scan.

    What it gives back is not known: its rows, and its OUTPUT arguments.
    """
    extended_by_call(frame, executed, name)
    if executed.into is None and not name.system:
        frame.outcome.unknown[name] = None
    output_variables = [
        argument.variable
        for argument in executed.arguments
        if argument.output and argument.variable and argument.parameter != ""
    ]
    for variable in output_variables:
        frame.state.variables.pop(frame.naming.fold(variable), None)
    if (executed.into is not None or output_variables) and not name.system:
        message = f"{name}: its text is not part of the scan, so what it returns is not known"
        frame.report("SLP206", message, executed.span)


def _concerned(frame: Frame, executed: Execute, entry: ModuleEntry, values: list[Value]) -> bool:
    """Can the call give or take anything?

    What the callee does by itself is found in its own run.
    """
    if (
        executed.into is not None
        or frame.caller is not None
        or any(argument.output for argument in executed.arguments)
    ):
        return True
    if frame.naming.key(entry.name) in frame.context.generic.takers:
        return True
    if frame.context.options.keeps_for_session(entry.database):
        return True
    passed = any(value.flows or value.rows or value.tables for value in values)
    state = frame.state
    # the latter no text of another module names
    has_temporaries = len(state.temporaries.tables) > len(frame.transient_keys())
    return passed or bool(has_temporaries or state.cursors or frame.context.global_tables.tables)


def _take_back(
    frame: Frame,
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
            frame.state.set(argument.variable, summary.returned)
            continue
        parameter = parameter_of(frame.naming, parameters, argument, position)
        if parameter:
            key = frame.naming.fold(parameter.name)
            frame.state.set(argument.variable, summary.values.get(key, values[position]))
            if key in summary.cursors:
                frame.state.cursors[frame.naming.fold(argument.variable)] = summary.cursors[key]


# --- strings --------------------------------------------------------------------------------------


def execute_string(frame: Frame, execution: ExecuteString) -> None:
    """Run a string of which a part is a caller's, as far as it is known here.

    It is left to the callers where they know the part.
    """
    statement = frame.statement
    if statement is None:
        return
    if not execution.pattern:
        extended_by_string(frame)
        return
    run = texts(execution.pattern, frame.passed.values, frame.passed.elsewhere)
    if run is None:
        return
    before, ends, results = frame.state.now, [], len(frame.outcome.results)
    for text in run:
        facts = frame.context.strings.facts(text, execution, statement, frame.place)
        if facts.open:
            message = (
                f"of the SQL that is executed only a pattern is known: {_shown(facts.disclosed)}"
            )
            frame.report("SLP301", message, statement.span)
        frame.state.take(frame.begun(before, facts.statements) if len(run) > 1 else before)
        frame.run(facts.statements, statement.branch)  # they stand where it stands
        ends.append(frame.state.now)
        if len(run) > 1:
            frame.state.flow.skip()
    frame.state.take(join_states(ends, frame.naming))
    if len(run) > 1:  # one of them is run
        frame.outcome.results[results:] = [
            replace(result, conditional=True) for result in frame.outcome.results[results:]
        ]
    frame.statement = statement


def _shown(text: str) -> str:
    """A pattern in a message, on one line and not too long."""
    line = " ".join(_CONSTANT.sub("'…'", text).split()) or "…"
    return line if len(line) <= MAX_SHOWN_CHARACTERS else f"{line[:MAX_SHOWN_CHARACTERS]}…"
