"""A live database, which is asked a few questions about its catalogue views.

SQL Server, Azure SQL, Synapse and Fabric answer the same questions.

Only SELECT of catalogue views is sent; the text of the questions never holds anything that was read
from scripts. Source:
https://learn.microsoft.com/sql/relational-databases/system-catalog-views/catalog-views-transact-sql,
https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-modules-transact-sql
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from ..model.names import Name
from ..model.vocabulary import TableKind
from .schema import (
    ColumnSchema,
    DatabaseSchema,
    ModuleSchema,
    TableSchema,
    data_type,
    period,
    told_name,
)

NAME = "SELECT DB_NAME()"

# A table type is an object of `sys` by a name such as TT_Orders_3B75D760: what scripts call it
# stands in sys.table_types.
# One row for each column of tables (U), views (V) and table types (TT), in order. The expression of
# a computed column is NULL for who may not see definitions, and still the server computes it.
COLUMNS = """
SELECT s.name, COALESCE(tt.name, o.name), RTRIM(o.type), c.name, t.name,
       c.max_length, c.precision, c.scale, c.is_identity,
       c.is_rowguidcol, c.is_hidden, c.generated_always_type,
       CASE WHEN c.is_computed = 1 THEN COALESCE(cc.definition, 'NULL') END
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
LEFT JOIN sys.table_types AS tt ON tt.type_table_object_id = o.object_id
JOIN sys.schemas AS s ON s.schema_id = COALESCE(tt.schema_id, o.schema_id)
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
LEFT JOIN sys.computed_columns AS cc ON cc.object_id = c.object_id AND cc.column_id = c.column_id
WHERE o.type IN ('U', 'V', 'TT') AND (o.is_ms_shipped = 0 OR tt.name IS NOT NULL)
ORDER BY s.name, COALESCE(tt.name, o.name), o.type, c.column_id"""

# Where the above is refused (Synapse, Fabric and old versions lack some of its columns): what every
# one of them knows.
PLAIN_COLUMNS = """
SELECT s.name, o.name, RTRIM(o.type), c.name, t.name,
       c.max_length, c.precision, c.scale, c.is_identity, 0, 0, 0, NULL
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
WHERE o.type IN ('U', 'V')
ORDER BY s.name, o.name, o.type, c.column_id"""

EXTERNAL = (
    "SELECT s.name, t.name FROM sys.external_tables AS t JOIN sys.schemas AS s ON s.schema_id "
    "= t.schema_id"
)

MODULES = """
SELECT s.name, o.name, m.definition
FROM sys.sql_modules AS m
JOIN sys.objects AS o ON o.object_id = m.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
ORDER BY s.name, o.name"""

SYNONYMS = """
SELECT s.name, y.name, y.base_object_name
FROM sys.synonyms AS y
JOIN sys.schemas AS s ON s.schema_id = y.schema_id
ORDER BY s.name, y.name"""

# Their length is told in bytes, two for each character.
# https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-columns-transact-sql
_WIDE = frozenset({"nvarchar", "nchar"})


class Ask(Protocol):
    """Puts a question to the database.

    Raises:
        QuestionRefused: the database knows no such view or column, or the sign-in may not see it.
    """

    def __call__(self, question: str) -> Sequence[Sequence[Any]]:
        """The rows of a SELECT."""
        ...


class QuestionRefused(Exception):  # noqa: N818 - an answer that is expected of some databases
    """The database does not answer a question."""


def read_database(ask: Ask) -> DatabaseSchema:
    """All that a database knows of its tables, types, synonyms and modules.

    Encrypted modules have no text: of a view there are the columns, of others nothing.

    Raises:
        QuestionRefused: it does not even tell its tables.
    """
    try:
        rows = ask(COLUMNS)
    except QuestionRefused:
        rows = ask(PLAIN_COLUMNS)
    external = {tuple(row) for row in _answer(ask, EXTERNAL)}
    modules = {
        (schema, name): ModuleSchema(Name((schema, name)), text)
        for schema, name, text in _answer(ask, MODULES)
        # NULL for an encrypted module, and for one that the sign-in may not see
        if text
    }
    tables: list[TableSchema] = []
    types: list[TableSchema] = []
    for (schema, name, kind), group in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
        columns = tuple(_columns(group))
        if kind == "TT":
            types.append(TableSchema(Name((schema, name)), columns))
        elif (schema, name) not in modules:
            tables.append(
                TableSchema(
                    Name((schema, name)), columns, _kind(kind, external=(schema, name) in external)
                )
            )
    bases = (
        (Name((schema, name)), told_name(base)) for schema, name, base in _answer(ask, SYNONYMS)
    )
    synonyms = tuple((name, base) for name, base in bases if base)
    (database,) = ask(NAME)[0]
    return DatabaseSchema(database, tuple(tables), tuple(types), synonyms, tuple(modules.values()))


def _answer(ask: Ask, question: str) -> Sequence[Sequence[Any]]:
    """The rows of a question that not every database can answer; none where it cannot."""
    try:
        return ask(question)
    except QuestionRefused:
        return ()


def _kind(kind: str, *, external: bool) -> TableKind:
    if kind == "V":
        return TableKind.VIEW
    return TableKind.EXTERNAL_TABLE if external else TableKind.TABLE


def _columns(rows: Iterator[Sequence[Any]]) -> Iterator[ColumnSchema]:
    for (
        *_,
        name,
        type_,
        length,
        precision,
        scale,
        identity,
        rowguid,
        hidden,
        generated,
        computed,
    ) in rows:
        # -1 is max, and no number of bytes
        size = length // 2 if type_ in _WIDE and length > 0 else length
        column_type = data_type(type_, size, precision, scale)
        yield ColumnSchema(
            name,
            column_type,
            computed,
            bool(identity),
            period(generated or 0),
            bool(hidden),
            bool(rowguid),
        )
