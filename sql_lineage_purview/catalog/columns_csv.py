"""Saved columns: the CSV that any client makes of `SELECT * FROM INFORMATION_SCHEMA.COLUMNS`.

Source:
https://learn.microsoft.com/sql/relational-databases/system-information-schema-views/columns-transact-sql
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from ..model.names import Name
from .schema import ANY_TYPE, ColumnSchema, DatabaseSchema, TableSchema, data_type

# The first columns of the view, in its order: Management Studio saves results without a header
# unless told otherwise.
_FIRST = ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION")
_NEEDED = ("TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME")


def read_columns_csv(text: str) -> tuple[DatabaseSchema, ...]:
    """Read rows of INFORMATION_SCHEMA.COLUMNS, separated by commas, semicolons or tabs.

    Columns may stand in any order below a header; without one, all of them stand in the order of
    the view. Rows that are no columns are passed over: sqlcmd draws a line below the header, and
    counts the rows at the end.

    Raises:
        ValueError: a column that is needed is missing.
    """
    databases: dict[str | None, dict[Name, list[tuple[int, ColumnSchema]]]] = {}
    for values in _rows(text.lstrip()):
        table = Name((values["TABLE_SCHEMA"], values["TABLE_NAME"]))
        columns = databases.setdefault(values.get("TABLE_CATALOG") or None, {}).setdefault(
            table, []
        )
        columns.append((_number(values, "ORDINAL_POSITION") or len(columns) + 1, _column(values)))
    return tuple(
        DatabaseSchema(
            database,
            tuple(TableSchema(name, _in_order(columns)) for name, columns in tables.items()),
        )
        for database, tables in databases.items()
    )


def _rows(text: str) -> Iterable[Mapping[str, str]]:
    """The rows of columns, by the names of the header in capitals."""
    head = text.partition("\n")[0]
    # the names of the header hold none of them; Excel writes the one of the country
    separator = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise ValueError(f"it is no CSV ({error})") from None
    if not rows:
        raise ValueError("it is empty")
    first, *rows = rows
    names = [field.strip().upper() for field in first]
    # no header: where ORDINAL_POSITION would stand, stands a number
    if "TABLE_NAME" not in names and len(first) >= len(_FIRST) and first[4].strip().isdecimal():
        names, rows = list(_FIRST), [first, *rows]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise ValueError(
            f"its first line names no {', '.join(missing)}. Save "
            "INFORMATION_SCHEMA.COLUMNS with its header"
        )
    for row in rows:
        values = {name: field.strip() for name, field in zip(names, row, strict=False)}
        if all(values.get(name) for name in _NEEDED) and values["COLUMN_NAME"].strip("-"):
            yield values


def _in_order(columns: Iterable[tuple[int, ColumnSchema]]) -> tuple[ColumnSchema, ...]:
    return tuple(column for _, column in sorted(columns, key=lambda row: row[0]))


def _column(values: Mapping[str, str]) -> ColumnSchema:
    length, precision, scale = (
        _number(values, name)
        for name in ("CHARACTER_MAXIMUM_LENGTH", "NUMERIC_PRECISION", "NUMERIC_SCALE")
    )
    return ColumnSchema(
        values["COLUMN_NAME"],
        data_type(values.get("DATA_TYPE") or ANY_TYPE, length, precision, scale),
    )


def _number(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name, "")
    # -1 stands for max
    return int(text) if text.removeprefix("-").isdecimal() else None
