"""Pipelines of Synapse and Data Factory: the SQL that their activities run.

Source: https://learn.microsoft.com/azure/data-factory/transform-data-using-script,
https://learn.microsoft.com/azure/data-factory/transform-data-using-stored-procedure,
https://learn.microsoft.com/azure/data-factory/connector-azure-sql-data-warehouse (Copy and Lookup).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ...model.names import parse_name
from .expressions import Dynamic, known_sql, known_text
from .script import ScriptWriter, use

if TYPE_CHECKING:
    from .script import EmbeddedScript

_Properties: TypeAlias = Mapping[str, Any]
_Sql: TypeAlias = str | Dynamic

# Sinks whose preCopyScript is T-SQL; those of other databases have a property of the same name.
_SQL_SINKS = frozenset({"SqlSink", "AzureSqlSink", "SqlDWSink", "SqlServerSink", "SqlMISink", "DataWarehouseSink"})
_PARAMETER = re.compile(r"@?([\w#$]+)\Z")


@dataclass(frozen=True, slots=True)
class _Activity:
    name: str
    kind: str
    properties: _Properties
    database: str | None


def pipeline_script(activities: list[object]) -> EmbeddedScript | None:
    """The SQL of a pipeline's activities, each a batch; None where it has none.

    Those whose database is known stand last, each behind its USE, so that none is taken for another's.
    """
    writer = ScriptWriter()
    found = [(activity, sql) for activity in _activities(activities) for sql in _KINDS[activity.kind](activity.properties)]
    for activity, sql in sorted(found, key=lambda row: row[0].database is not None):
        heading = f"{activity.name} ({activity.kind})"
        if isinstance(sql, Dynamic):
            writer.gap(heading, sql.source, f"activity {activity.name}: what it runs is put together when the pipeline runs")
        else:
            writer.add(heading, (use(activity.database) if activity.database else "") + sql)
    return writer.script()


def _activities(activities: list[object]) -> Iterator[_Activity]:
    """All activities that run SQL, in order, those inside of loops and branches too. What is switched off does not run."""
    pending = list(reversed(activities))
    while pending:
        activity = pending.pop()
        if not isinstance(activity, dict) or activity.get("state") == "Inactive":
            continue
        properties = activity.get("typeProperties")
        if not isinstance(properties, dict):
            continue
        kind = activity.get("type")
        if isinstance(kind, str) and kind in _KINDS:
            yield _Activity(str(activity.get("name", "")), kind, properties, _database(activity))
        pending += reversed(_inner(properties))


def _inner(properties: _Properties) -> list[object]:
    """The activities inside of ForEach, Until, IfCondition and Switch."""
    cases = properties.get("cases")
    holders = [*(case for case in cases if isinstance(case, dict)), properties] if isinstance(cases, list) else [properties]
    keys = ("activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities")
    lists = [holder.get(key) for holder in holders for key in keys]
    return [activity for inner in lists if isinstance(inner, list) for activity in inner]


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


def _script(properties: _Properties) -> Iterator[_Sql]:
    scripts = properties.get("scripts")
    for script in scripts if isinstance(scripts, list) else []:
        sql = known_sql(script.get("text")) if isinstance(script, dict) else None
        if sql is not None:
            yield sql


def _procedure(properties: _Properties) -> Iterator[_Sql]:
    yield from _execute(properties, "storedProcedureName", "storedProcedureParameters")


def _lookup(properties: _Properties) -> Iterator[_Sql]:
    source = properties.get("source")
    if isinstance(source, dict):
        sql = known_sql(source.get("sqlReaderQuery"))
        if sql is not None:
            yield sql
        yield from _execute(source, "sqlReaderStoredProcedureName", "storedProcedureParameters")


def _copy(properties: _Properties) -> Iterator[_Sql]:
    yield from _lookup(properties)
    sink = properties.get("sink")
    if isinstance(sink, dict) and sink.get("type") in _SQL_SINKS:
        sql = known_sql(sink.get("preCopyScript"))
        if sql is not None:
            yield sql
        yield from _execute(sink, "sqlWriterStoredProcedureName", "storedProcedureParameters")


_KINDS: dict[str, Callable[[_Properties], Iterator[_Sql]]] = {
    "Script": _script,
    "SqlServerStoredProcedure": _procedure,
    "SqlPoolStoredProcedure": _procedure,
    "Copy": _copy,
    "Lookup": _lookup,
}


def _execute(holder: _Properties, key: str, parameters: str) -> Iterator[_Sql]:
    """The EXEC of a procedure that a property names."""
    name = known_text(holder.get(key))
    if isinstance(name, Dynamic):
        yield name
    if not isinstance(name, str):
        return
    try:
        procedure = parse_name(name)
    except ValueError:
        yield Dynamic(name)
        return
    if procedure.address:
        yield Dynamic(name)
        return
    given = holder.get(parameters)
    arguments = _arguments(given) if isinstance(given, dict) else []
    yield f"EXEC {procedure}{' ' if arguments else ''}{', '.join(arguments)};"


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
