"""Pipelines of Synapse and Data Factory: the SQL that their activities run.

Source: https://learn.microsoft.com/azure/data-factory/transform-data-using-script,
https://learn.microsoft.com/azure/data-factory/transform-data-using-stored-procedure,
https://learn.microsoft.com/azure/data-factory/connector-azure-sql-data-warehouse (Copy and Lookup).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ....model.diagnostics import Diagnostic, Span
from ....model.names import parse_name
from .activities import inner, running
from .copies import UNKNOWN_MAPPING, CopyActivity, defaults_of, mapping_of, side_of, texts_of
from .expressions import Assumed, Dynamic, Values, known_sql, known_text
from .script import ScriptWriter, use

if TYPE_CHECKING:
    from .script import EmbeddedScript

_Properties: TypeAlias = Mapping[str, Any]
_Part: TypeAlias = tuple[str, str | Dynamic]
_Written: TypeAlias = tuple[int, int] | None  # the lines of SQL; None where only the run knows it

# Sinks whose preCopyScript is T-SQL; those of other databases have a property of the same name.
_SQL_SINKS = frozenset({"SqlSink", "AzureSqlSink", "SqlDWSink", "SqlServerSink", "SqlMISink", "DataWarehouseSink"})
_PARAMETER = re.compile(r"@?([\w#$]+)\Z")


# What the SQL of a Copy is for; that of other activities has one role.
_SOURCE, _BEFORE, _SINK = "source", "before", "sink"
_MOST_ROUNDS = 200  # of loops within loops over lists that are known
_SET = frozenset({"SetVariable", "AppendVariable"})


@dataclass(frozen=True, slots=True)
class _Activity:
    """An activity and the values of what it refers to, once for each round of the loops around it."""

    name: str
    kind: str
    json: _Properties
    properties: _Properties
    database: str | None
    rounds: tuple[Values, ...]


def pipeline_script(
    activities: list[object],
    properties: _Properties | None = None,
    span_of: Callable[[object], Span] = lambda _: Span(),
) -> EmbeddedScript | None:
    """The SQL of a pipeline's activities, each a batch, and its copies; None where it has neither.

    Those whose database is known stand last, each behind its USE, so that none is taken for another's.

    Args:
        activities: the activities.
        properties: the pipeline's, of which parameters and variables are read.
        span_of: tells where in the file an activity stands.
    """
    writer = ScriptWriter()
    found = list(_activities(activities, _values_of(properties or {}, activities)))
    copies: list[CopyActivity] = []
    for activity in sorted(found, key=lambda one: one.database is not None):
        gaps: set[str] = set()
        for values in activity.rounds if activity.kind == "Copy" else (Values(),):
            written = _write(writer, activity, values, gaps)
            copy = _copied(activity, values, written, span_of(activity.json)) if activity.kind == "Copy" else None
            if copy:
                copies.append(copy)
        if activity.kind == "Copy" and not _has_datasets(activity.json):
            message = f"activity {activity.name}: it names no dataset as its source or target"
            writer.note(Diagnostic("SLP405", message, span_of(activity.json)))
    return writer.script(copies)


def _write(writer: ScriptWriter, activity: _Activity, values: Values, gaps: set[str]) -> dict[str, _Written]:
    """Write the SQL of one run of an activity; what became of each role. A gap is told in the first round alone."""
    written: dict[str, _Written] = {}
    heading = f"{activity.name} ({activity.kind})"
    for role, sql in _KINDS[activity.kind](activity.properties, values):
        if not isinstance(sql, Dynamic):
            written[role] = writer.add(heading, (use(activity.database) if activity.database else "") + sql)
            continue
        written[role] = None
        if sql.source not in gaps:
            gaps.add(sql.source)
            writer.gap(heading, sql.source, f"activity {activity.name}: what it runs is put together when the pipeline runs")
    return written


def _has_datasets(activity: _Properties) -> bool:
    return side_of(activity, "inputs") is not None and side_of(activity, "outputs") is not None


def _copied(activity: _Activity, values: Values, written: dict[str, _Written], span: Span) -> CopyActivity | None:
    source, sink = side_of(activity.json, "inputs"), side_of(activity.json, "outputs")
    if source is None or sink is None:
        return None
    source = replace(source, lines=written.get(_SOURCE), dynamic=written.get(_SOURCE, ()) is None)
    sink = replace(sink, lines=written.get(_SINK), before=written.get(_BEFORE), dynamic=written.get(_SINK, ()) is None)
    mapping = mapping_of(activity.properties)
    return CopyActivity(activity.name, span, source, sink, UNKNOWN_MAPPING if mapping is None else mapping, values)


def _values_of(properties: _Properties, activities: list[object]) -> Values:
    """The defaults of the pipeline's parameters, and of those variables that no activity sets."""
    parameters = defaults_of(properties.get("parameters"), "pipeline().parameters", Assumed)
    variables = properties.get("variables")
    known = variables if isinstance(variables, dict) else {}
    changed = {name.lower() for name in _variables_set(activities)}
    texts = dict(parameters.texts)
    lists = dict(parameters.lists)
    for name, variable in known.items():
        default = variable.get("defaultValue") if isinstance(variable, dict) else None
        key = f"variables('{name.lower()}')"
        if name.lower() not in changed and isinstance(default, list):
            lists[key] = default
        elif name.lower() not in changed:
            texts.update(texts_of(key, default))
    return Values(texts, lists)


def _variables_set(activities: list[object]) -> Iterator[str]:
    for activity in running(activities):
        properties = activity.get("typeProperties")
        if isinstance(properties, dict) and str(activity.get("type")) in _SET and isinstance(properties.get("variableName"), str):
            yield properties["variableName"]


def _activities(activities: list[object], values: Values) -> Iterator[_Activity]:
    """All activities that run SQL, in order, those inside of loops and branches too. What is switched off does not run."""
    pending: list[tuple[object, tuple[Values, ...]]] = [(activity, (values,)) for activity in reversed(activities)]
    while pending:
        activity, rounds = pending.pop()
        if not isinstance(activity, dict) or activity.get("state") == "Inactive":
            continue
        properties = activity.get("typeProperties")
        if not isinstance(properties, dict):
            continue
        kind = activity.get("type")
        if isinstance(kind, str) and kind in _KINDS:
            yield _Activity(str(activity.get("name", "")), kind, activity, properties, _database(activity), rounds)
        turns = _rounds(properties, rounds) if kind == "ForEach" else rounds
        pending += [(one, turns) for one in reversed(inner(properties))]


def _rounds(properties: _Properties, rounds: tuple[Values, ...]) -> tuple[Values, ...]:
    """The rounds of a loop over a list that is known; of another, what its items are stays open."""
    found: list[Values] = []
    for values in rounds:
        items = values.list_of(properties.get("items"))
        if items is None:
            found.append(values)
            continue
        found += [values.and_texts(dict(texts_of("item()", item, Assumed))) for item in items]
    return tuple(found[:_MOST_ROUNDS])


def _database(activity: _Properties) -> str | None:
    """The database where the activity itself says it: a dedicated pool, or the parameter of Synapse's own linked service."""
    pool = activity.get("sqlPool")
    if isinstance(pool, dict) and isinstance(pool.get("referenceName"), str):
        return str(pool["referenceName"])
    service = activity.get("linkedServiceName")
    parameters = service.get("parameters") if isinstance(service, dict) else None
    name = known_text(parameters.get("DBName")) if isinstance(parameters, dict) else None
    return name if isinstance(name, str) else None


# --- what each kind of activity runs -------------------------------------------------------------------------------


def _script(properties: _Properties, values: Values) -> Iterator[_Part]:
    scripts = properties.get("scripts")
    for script in scripts if isinstance(scripts, list) else []:
        sql = known_sql(script.get("text"), values) if isinstance(script, dict) else None
        if sql is not None:
            yield _SOURCE, sql


def _procedure(properties: _Properties, values: Values) -> Iterator[_Part]:
    yield from _execute(_SOURCE, properties, "storedProcedureName", values)


def _lookup(properties: _Properties, values: Values) -> Iterator[_Part]:
    source = properties.get("source")
    if isinstance(source, dict):
        sql = known_sql(source.get("sqlReaderQuery"), values)
        if sql is not None:
            yield _SOURCE, sql
        yield from _execute(_SOURCE, source, "sqlReaderStoredProcedureName", values)


def _copy(properties: _Properties, values: Values) -> Iterator[_Part]:
    yield from _lookup(properties, values)
    sink = properties.get("sink")
    if isinstance(sink, dict) and str(sink.get("type")) in _SQL_SINKS:
        sql = known_sql(sink.get("preCopyScript"), values)
        if sql is not None:
            yield _BEFORE, sql
        yield from _execute(_SINK, sink, "sqlWriterStoredProcedureName", values)


_KINDS: dict[str, Callable[[_Properties, Values], Iterator[_Part]]] = {
    "Script": _script,
    "SqlServerStoredProcedure": _procedure,
    "SqlPoolStoredProcedure": _procedure,
    "Copy": _copy,
    "Lookup": _lookup,
}


def _execute(role: str, holder: _Properties, key: str, values: Values) -> Iterator[_Part]:
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
    if procedure.address:
        yield role, Dynamic(name)
        return
    given = holder.get("storedProcedureParameters")
    arguments = _arguments(given) if isinstance(given, dict) else []
    yield role, f"EXEC {procedure}{' ' if arguments else ''}{', '.join(arguments)};"


def _arguments(parameters: _Properties) -> list[str]:
    """`@name = value`; a value that only the run knows stands as a variable of the parameter's name."""
    found = []
    for key, parameter in parameters.items():
        name = _PARAMETER.match(key)
        if name:
            value = parameter.get("value") if isinstance(parameter, dict) else parameter
            found.append(f"@{name[1]} = {_literal(value, f'@{name[1]}')}")
    return found


def _literal(value: object, variable: str) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if value is None or isinstance(value, int | float):
        return "NULL" if value is None else str(value)
    text = known_text(value)
    if isinstance(text, str):
        return "N'" + text.replace("'", "''") + "'"
    return variable if text else "N''"
