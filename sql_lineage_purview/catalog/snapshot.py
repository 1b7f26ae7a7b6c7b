"""Snapshots: what a database looked like when it could be asked, in a file with the scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..model.names import Name
from ..model.printable import to_json
from ..model.vocabulary import TableKind
from .schema import ANY_TYPE, ColumnSchema, DatabaseSchema, ModuleSchema, TableSchema

SNAPSHOT_VERSION = 1
_TEXTS = ("computed", "period")
_FLAGS = ("identity", "hidden", "rowguid")


def write_snapshot(databases: Iterable[DatabaseSchema], disclosed: Callable[[str], str]) -> str:
    """Databases as a JSON document, written so that two documents can be compared.

    The databases keep their order, and each object stands on a line of its own.

    Args:
        databases: what to write.
        disclosed: makes of the SQL that it holds what may be seen, since a snapshot is there to be
            kept with the scripts.
    """
    rows = ",\n".join(_database_text(database, disclosed) for database in databases)
    return f'{{"snapshot_version": {SNAPSHOT_VERSION}, "databases": [\n{rows}\n]}}\n'


def read_snapshot(text: str) -> tuple[DatabaseSchema, ...]:
    """Read what `write_snapshot` wrote.

    Raises:
        ValueError: the text is no snapshot, or one of another version.
    """
    try:
        document = json.loads(text)
        if document["snapshot_version"] != SNAPSHOT_VERSION:
            raise ValueError(
                f"it has the version {document['snapshot_version']!r}; this tool "
                f"reads {SNAPSHOT_VERSION}"
            )
        return tuple(map(_database, document["databases"]))
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON (line {error.lineno}: {error.msg})") from None
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no snapshot ({type(error).__name__}: {error})") from None


# --- writing --------------------------------------------------------------------------------------


def _database_text(database: DatabaseSchema, disclosed: Callable[[str], str]) -> str:
    members: dict[str, list[dict[str, Any]]] = {
        "tables": [_table_row(table, disclosed) for table in database.tables],
        "types": [_table_row(table_type, disclosed) for table_type in database.types],
        "synonyms": [
            {"name": list(name.parts), "base": list(base.parts)} for name, base in database.synonyms
        ],
        "modules": [
            {"name": list(module.name.parts), "definition": disclosed(module.definition)}
            for module in database.modules
        ],
    }
    lists = ",\n".join(f' "{name}": {_lines(rows)}' for name, rows in members.items())
    return f'{{"name": {to_json(database.name)},\n{lists}}}'


def _lines(rows: Sequence[object]) -> str:
    return "[\n  " + ",\n  ".join(map(to_json, rows)) + "]" if rows else "[]"


def _table_row(table: TableSchema, disclosed: Callable[[str], str]) -> dict[str, Any]:
    columns = [_column_row(column, disclosed) for column in table.columns]
    return {"name": list(table.name.parts), "kind": table.kind.value, "columns": columns}


def _column_row(column: ColumnSchema, disclosed: Callable[[str], str]) -> dict[str, Any]:
    row: dict[str, Any] = {"name": column.name, "type": column.type}
    row |= {
        name: disclosed(value) for name in _TEXTS if (value := getattr(column, name)) is not None
    }
    return row | {name: True for name in _FLAGS if getattr(column, name)}


# --- reading --------------------------------------------------------------------------------------


def _database(row: Mapping[str, Any]) -> DatabaseSchema:
    return DatabaseSchema(
        None if row["name"] is None else _text(row["name"]),
        tuple(map(_table, row["tables"])),
        tuple(map(_table, row["types"])),
        tuple((_name(synonym["name"]), _name(synonym["base"])) for synonym in row["synonyms"]),
        tuple(
            ModuleSchema(_name(module["name"]), _text(module["definition"]))
            for module in row["modules"]
        ),
    )


def _table(row: Mapping[str, Any]) -> TableSchema:
    return TableSchema(
        _name(row["name"]), tuple(map(_column, row["columns"])), TableKind(row["kind"])
    )


def _column(row: Mapping[str, Any]) -> ColumnSchema:
    return ColumnSchema(
        _text(row["name"]),
        _text(row.get("type", ANY_TYPE)),
        _text(row["computed"]) if "computed" in row else None,
        identity=row.get("identity") is True,
        period=_text(row["period"]) if "period" in row else None,
        hidden=row.get("hidden") is True,
        rowguid=row.get("rowguid") is True,
    )


def _name(parts: Sequence[str]) -> Name:
    if not parts or isinstance(parts, str):
        raise TypeError(f"{parts!r} is no list of the parts of a name")
    return Name(tuple(map(_text, parts)))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{value!r} is no text")
