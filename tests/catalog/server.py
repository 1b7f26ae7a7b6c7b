"""A database server's stand-in: SQLite, its catalogue views in an attached database `sys`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

# The columns of the catalogue views that questions name, as SQL Server has them.
VIEWS = {
    "schemas": "schema_id, name",
    # padding counts nowhere in T-SQL
    "objects": "object_id, name, schema_id, type COLLATE RTRIM, is_ms_shipped",
    "columns": "object_id, column_id, name, user_type_id, max_length, precision, scale, "
    "is_identity, is_computed, is_hidden, "
    "generated_always_type, is_rowguidcol",
    "types": "user_type_id, name",
    "table_types": "type_table_object_id, schema_id, name",
    "computed_columns": "object_id, column_id, definition",
    "external_tables": "object_id, schema_id, name",
    "sql_modules": "object_id, definition",
    "synonyms": "schema_id, name, base_object_name",
}
TYPES = ["int", "nvarchar", "varchar", "decimal", "datetime2", "My Type"]


class Server:
    """A database called Dw, with the schemas sys (1), dbo (2) and etl (3)."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("ATTACH ':memory:' AS sys")
        self.connection.create_function("DB_NAME", 0, lambda: "Dw")
        for name, columns in VIEWS.items():
            self.connection.execute(f"CREATE TABLE sys.{name} ({columns})")
        self.add("schemas", (1, "sys"), (2, "dbo"), (3, "etl"))
        self.add("types", *enumerate(TYPES))
        self.asked: list[str] = []
        self._objects = 0

    def add(self, view: str, *rows: Sequence[Any]) -> None:
        marks = ", ".join("?" * (VIEWS[view].count(",") + 1))
        self.connection.executemany(f"INSERT INTO sys.{view} VALUES ({marks})", rows)

    def object(self, schema: int, name: str, kind: str, *, shipped: bool = False) -> int:
        """A row of sys.objects; the type is padded, as a char(2) is."""
        self._objects += 1
        self.add("objects", (self._objects, name, schema, f"{kind:2}", int(shipped)))
        return self._objects

    def column(
        self,
        owner: int,
        position: int,
        name: str,
        type_: str = "int",
        size: tuple[int, int, int] = (4, 10, 0),
        **flags: int,
    ) -> None:
        rows = (
            "is_identity",
            "is_computed",
            "is_hidden",
            "generated_always_type",
            "is_rowguidcol",
        )
        values = (flags.get(flag, 0) for flag in rows)
        self.add("columns", (owner, position, name, TYPES.index(type_), *size, *values))

    def table(
        self, schema: int, name: str, *columns: str, kind: str = "U", shipped: bool = False
    ) -> int:
        owner = self.object(schema, name, kind, shipped=shipped)
        for position, column in enumerate(columns, 1):
            self.column(owner, position, column)
        return owner

    def module(self, schema: int, name: str, kind: str, text: str | None) -> None:
        self.add("sql_modules", (self.object(schema, name, kind), text))

    def drop(self, view: str, columns: Iterable[str] = ()) -> None:
        """Be a server that lacks a view, or some of its columns."""
        for column in columns:
            self.connection.execute(f"ALTER TABLE sys.{view} DROP COLUMN {column}")
        if not columns:
            self.connection.execute(f"DROP TABLE sys.{view}")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        self.asked.append(question)
        return self.connection.execute(question).fetchall()
