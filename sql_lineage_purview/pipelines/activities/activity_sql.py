"""Pipelines of Synapse, Data Factory and Fabric: the SQL that their activities run.

Source: https://learn.microsoft.com/azure/data-factory/transform-data-using-script,
https://learn.microsoft.com/azure/data-factory/transform-data-using-stored-procedure,
https://learn.microsoft.com/azure/data-factory/connector-azure-sql-data-warehouse (Copy and Lookup).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.names import parse_name
from ...model.regex import regex
from ..artefacts.embedded_scripts import (
    ActivitySql,
    CopyActivity,
    EmbeddedScript,
    ScriptWriter,
    use,
)
from ..artefacts.json_members import Properties
from ..expressions.dynamic_content import Assumed, Dynamic, known_sql, known_text
from ..expressions.evaluation import Values
from .copy_activities import UNKNOWN_MAPPING, copy_end, mapping_of
from .rounds import MOST_ROUNDS, ActivityStep, run_values, steps_of

_Part: TypeAlias = tuple[str, str | Dynamic]
_Written: TypeAlias = tuple[int, int] | None  # the lines of SQL; None where only the run knows it

# Sinks whose preCopyScript is T-SQL; those of other databases have a property of the same name.
_SQL_SINKS = frozenset(
    {
        "SqlSink",
        "AzureSqlSink",
        "SqlDWSink",
        "SqlServerSink",
        "SqlMISink",
        "DataWarehouseSink",
        "FabricSqlDatabaseSink",
    }
)
_PARAMETER = regex(r"@?([\w#$]+)\Z")
_LONGEST_EXPRESSION = 80

# What the SQL of a Copy is for; that of other activities has one role.
_SOURCE, _BEFORE, _SINK = "source", "before", "sink"


class _Job(Struct, frozen=True):
    """One round of an activity that runs SQL."""

    step: ActivityStep
    values: Values
    database: str | None


def pipeline_script(
    activities: list[object],
    properties: Properties | None = None,
    span_of: Callable[[object], Span] = lambda _: Span(),
    runs: Sequence[Values] = (),
    is_foreign: Callable[[Properties], bool] = lambda _: False,
) -> EmbeddedScript | None:
    """The SQL of a pipeline's activities, each a batch, its copies and findings.

    None where it has none of these.

    Those whose database is known stand last, each behind its USE, so that none is taken for
    another's.

    Args:
        activities: the activities.
        properties: the pipeline's, of which parameters and variables are read.
        span_of: tells where in the file an activity stands.
        runs: what the pipeline is called with; nothing: its own defaults.
        is_foreign: tells which activities run SQL of another dialect.
    """
    steps = steps_of(activities, runs or (run_values(properties or {}, activities, {}),))
    followed_steps = (step for step in steps if step.kind in _KINDS and not is_foreign(step.json))
    jobs = [
        _Job(step, values, _database(step.json, values))
        for step in followed_steps
        for values in step.rounds
    ]
    writing = _Writing(span_of)
    # a USE lasts to the end of the script, so what has none must stand before
    for job in sorted(jobs, key=lambda entry: entry.database is not None):
        writing.add(job)
    return writing.writer.script(writing.copies, writing.activities)


class _Writing(Struct):
    """Writes the SQL of activities.

    What several rounds run alike is written once, but for copies, whose ends may differ.
    """

    span_of: Callable[[object], Span]
    writer: ScriptWriter = field(default_factory=ScriptWriter)
    copies: list[CopyActivity] = field(default_factory=list)
    activities: list[ActivitySql] = field(default_factory=list)
    written: set[tuple[int, str | None, str]] = field(default_factory=set)

    def add(self, job: _Job) -> None:
        step, span = job.step, self.span_of(job.step.json)
        if step.cut:
            self._note("SLP301", step, f"of its rounds, the first {MOST_ROUNDS} are followed", span)
        lines = self._write(job, span)
        # the SQL of a copy is placed by its two ends, that of others by the activity itself
        if step.kind != "Copy":
            self.activities += [
                ActivitySql(sql, step.json, job.values) for sql in lines.values() if sql
            ]
            return
        copy = _copied(job, lines, span)
        if copy is None:
            self._note("SLP405", step, "it names no dataset as its source or target", span)
        elif copy not in self.copies:
            self.copies.append(copy)

    def _write(self, job: _Job, span: Span) -> dict[str, _Written]:
        """Write the SQL of one round; what became of each role."""
        lines: dict[str, _Written] = {}
        step = job.step
        for role, sql in _KINDS[step.kind](step.properties, job.values):
            if isinstance(sql, Dynamic):
                lines[role] = None
                self._note(
                    "SLP301",
                    step,
                    f"what it runs is put together when the pipeline runs{_unknown(sql)}",
                    span,
                )
                continue
            key = (id(step), job.database, sql)
            # in each round of a loop the rows of one query may go into another table
            if step.kind == "Copy" or key not in self.written:
                self.written.add(key)
                text = (use(job.database) if job.database else "") + sql
                added = self.writer.add(
                    f"{step.name} ({step.kind})", text, assumed=isinstance(sql, Assumed)
                )
                before = lines.get(role)
                lines[role] = (before[0], added[1]) if before else added
        return lines

    def _note(self, code: str, step: ActivityStep, message: str, span: Span) -> None:
        self.writer.note(Diagnostic(code, f"activity {step.name}: {message}", span))


def _unknown(sql: Dynamic) -> str:
    """What of a text is not known, as far as that fits a line."""
    shown = [
        expression
        if len(expression) <= _LONGEST_EXPRESSION
        else f"{expression[:_LONGEST_EXPRESSION]}…"
        for expression in sql.unknown[:3]
    ]
    return (
        f", from {', '.join(' '.join(expression.split()) for expression in shown)}" if shown else ""
    )


def _copied(job: _Job, lines: dict[str, _Written], span: Span) -> CopyActivity | None:
    step = job.step
    source, sink = copy_end(step.json, "inputs"), copy_end(step.json, "outputs")
    if source is None or sink is None:
        return None
    source = replace(source, lines=lines.get(_SOURCE), dynamic=lines.get(_SOURCE, ()) is None)
    sink = replace(
        sink,
        lines=lines.get(_SINK),
        before=lines.get(_BEFORE),
        dynamic=lines.get(_SINK, ()) is None,
    )
    mapping = mapping_of(step.properties)
    return CopyActivity(
        step.name, span, source, sink, UNKNOWN_MAPPING if mapping is None else mapping, job.values
    )


def _database(activity: Properties, values: Values) -> str | None:
    """The database that the activity names: a dedicated pool, or a parameter of its service."""
    # of Synapse: a pool is a database, and goes by its name
    pool = activity.get("sqlPool")
    if isinstance(pool, dict) and isinstance(pool.get("referenceName"), str):
        return str(pool["referenceName"])
    service = activity.get("linkedServiceName")
    parameters = service.get("parameters") if isinstance(service, dict) else None
    # as Microsoft's pages call the parameter of a linked service for its database
    name = known_text(parameters.get("DBName"), values) if isinstance(parameters, dict) else None
    return name if isinstance(name, str) else None


# --- what each kind of activity runs --------------------------------------------------------------


def _script(properties: Properties, values: Values) -> Iterator[_Part]:
    scripts = properties.get("scripts")
    for script in scripts if isinstance(scripts, list) else []:
        sql = known_sql(script.get("text"), values) if isinstance(script, dict) else None
        if sql is not None:
            yield _SOURCE, sql


def _procedure(properties: Properties, values: Values) -> Iterator[_Part]:
    yield from _execute(_SOURCE, properties, "storedProcedureName", values)


def _lookup(properties: Properties, values: Values) -> Iterator[_Part]:
    source = properties.get("source")
    if isinstance(source, dict):
        sql = known_sql(source.get("sqlReaderQuery"), values)
        if sql is not None:
            yield _SOURCE, sql
        yield from _execute(_SOURCE, source, "sqlReaderStoredProcedureName", values)


def _copy(properties: Properties, values: Values) -> Iterator[_Part]:
    yield from _lookup(properties, values)
    sink = properties.get("sink")
    if isinstance(sink, dict) and str(sink.get("type")) in _SQL_SINKS:
        sql = known_sql(sink.get("preCopyScript"), values)
        if sql is not None:
            yield _BEFORE, sql
        yield from _execute(_SINK, sink, "sqlWriterStoredProcedureName", values)


_KINDS: dict[str, Callable[[Properties, Values], Iterator[_Part]]] = {
    "Script": _script,
    "SqlServerStoredProcedure": _procedure,
    "SqlPoolStoredProcedure": _procedure,
    "Copy": _copy,
    "Lookup": _lookup,
}


def _execute(role: str, holder: Properties, key: str, values: Values) -> Iterator[_Part]:
    """The EXEC of a procedure that a property names."""
    name = known_text(holder.get(key), values)
    if isinstance(name, Dynamic):
        yield role, name
    if not isinstance(name, str):
        return
    try:
        procedure = parse_name(name)
    except ValueError:
        yield role, Dynamic(name)
        return
    # a procedure called https://… is none: what else stands there only the run knows
    if procedure.address:
        yield role, Dynamic(name)
        return
    parameters = holder.get("storedProcedureParameters")
    arguments = _arguments(parameters, values) if isinstance(parameters, dict) else []
    sql = f"EXEC {procedure}{' ' if arguments else ''}{', '.join(arguments)};"
    yield role, Assumed(sql) if isinstance(name, Assumed) else sql


def _arguments(parameters: Properties, values: Values) -> list[str]:
    """`@name = value`.

    A value that only the run knows stands as a variable of the parameter's name.
    """
    arguments = []
    for key, parameter in parameters.items():
        name = _PARAMETER.match(key)
        if name:
            value = parameter.get("value") if isinstance(parameter, dict) else parameter
            arguments.append(f"@{name[1]} = {_literal(value, f'@{name[1]}', values)}")
    return arguments


def _literal(value: object, variable: str, values: Values) -> str:
    # before the numbers, since a bool is an int in Python; T-SQL has 1 and 0
    if isinstance(value, bool):
        return str(int(value))
    if value is None or isinstance(value, int | float):
        return "NULL" if value is None else str(value)
    text = known_text(value, values)
    if isinstance(text, str):
        return "N'" + text.replace("'", "''") + "'"
    # an empty text is no text for known_text, but an argument all the same
    return variable if text else "N''"
