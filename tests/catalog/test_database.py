"""The questions to a live database, put as sent to tables shaped like the catalogue views."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sql_lineage_purview.catalog.database import QuestionRefused, read_database
from sql_lineage_purview.catalog.schema import DatabaseSchema
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import TableKind

from .server import Server


@pytest.fixture
def server() -> Server:
    return Server()


def asking(server: Server) -> Callable[[str], list[tuple[Any, ...]]]:
    def ask(question: str) -> list[tuple[Any, ...]]:
        try:
            return server.ask(question)
        except sqlite3.OperationalError as error:
            raise QuestionRefused(str(error)) from None

    return ask


def read(server: Server) -> DatabaseSchema:
    return read_database(asking(server))


def shown(database: DatabaseSchema) -> dict[str, list[str]]:
    return {str(table.name): [column.name for column in table.columns] for table in database.tables}


def test_tables_and_views_with_their_columns_in_order(server: Server) -> None:
    table = server.object(2, "T", "U")
    server.column(table, 2, "B")
    server.column(table, 1, "A")
    server.table(3, "T", "C")
    server.table(2, "V", "D", kind="V")
    server.table(2, "MSreplication", "E", shipped=True)

    schema = read(server)

    assert schema.name == "Dw"
    assert shown(schema) == {"dbo.T": ["A", "B"], "dbo.V": ["D"], "etl.T": ["C"]}
    assert [table.kind for table in schema.tables] == [
        TableKind.TABLE,
        TableKind.VIEW,
        TableKind.TABLE,
    ]


def test_columns_with_their_types_and_what_fills_them(server: Server) -> None:
    table = server.object(2, "T", "U")
    server.column(table, 1, "Id", is_identity=1)
    server.column(table, 2, "Name", "nvarchar", (80, 0, 0))
    server.column(table, 3, "Text", "nvarchar", (-1, 0, 0))
    server.column(table, 4, "Code", "varchar", (10, 0, 0))
    server.column(table, 5, "Net", "decimal", (9, 18, 2))
    server.column(table, 6, "Twice", is_computed=1)
    server.column(table, 7, "Hush", is_computed=1)
    server.column(table, 8, "Flag", "My Type")
    server.column(table, 9, "From", "datetime2", is_hidden=1, generated_always_type=1)
    server.column(table, 10, "To", "datetime2", generated_always_type=2)
    server.column(table, 11, "Guid", is_rowguidcol=1)
    server.add("computed_columns", (table, 6, "([Id]*(2))"), (table, 7, None))

    [first_table] = read(server).tables

    assert [column.definition for column in first_table.columns] == [
        "[Id] int IDENTITY",
        "[Name] nvarchar(40)",
        "[Text] nvarchar(max)",
        "[Code] varchar(10)",
        "[Net] decimal(18, 2)",
        "[Twice] AS (([Id]*(2)))",
        "[Hush] AS (NULL)",
        "[Flag] [My Type]",
        "[From] datetime2 GENERATED ALWAYS AS ROW START HIDDEN",
        "[To] datetime2 GENERATED ALWAYS AS ROW END",
        "[Guid] int ROWGUIDCOL",
    ]


def test_table_types_go_by_their_own_names(server: Server) -> None:
    server.add(
        "table_types",
        (server.table(1, "TT_Ids_4D94879B", "Id", "Name", kind="TT", shipped=True), 3, "Ids"),
    )

    schema = read(server)

    assert [
        (str(table_type.name), [column.name for column in table_type.columns])
        for table_type in schema.types
    ] == [("etl.Ids", ["Id", "Name"])]
    assert not schema.tables


def test_modules_are_their_text_and_views_with_text_are_no_tables(server: Server) -> None:
    server.module(2, "P", "P", "CREATE PROC dbo.P AS SELECT 1")
    view = server.table(2, "V", "A", kind="V")
    server.add("sql_modules", (view, "CREATE VIEW dbo.V AS SELECT 1 AS A"))

    schema = read(server)

    assert {str(module.name): module.definition for module in schema.modules} == {
        "dbo.P": "CREATE PROC dbo.P AS SELECT 1",
        "dbo.V": "CREATE VIEW dbo.V AS SELECT 1 AS A",
    }
    assert not schema.tables


def test_of_encrypted_modules_the_columns_are_known_at_most(server: Server) -> None:
    server.module(2, "P", "P", None)
    server.add("sql_modules", (server.table(2, "V", "A", kind="V"), None))

    schema = read(server)

    assert not schema.modules
    assert [(str(table.name), table.kind) for table in schema.tables] == [("dbo.V", TableKind.VIEW)]


def test_external_tables_and_synonyms(server: Server) -> None:
    server.add("external_tables", (server.table(3, "E", "A"), 3, "E"))
    server.add("synonyms", (2, "S", "[Erp].[dbo].[a/b]"), (2, "Odd", "[never closed"))

    schema = read(server)

    assert [table.kind for table in schema.tables] == [TableKind.EXTERNAL_TABLE]
    assert schema.synonyms == ((Name(("dbo", "S")), Name(("Erp", "dbo", "a/b"))),)


def test_a_server_that_lacks_columns_is_asked_for_less(server: Server) -> None:
    server.table(2, "T", "A", "B")
    server.drop("columns", ("is_hidden", "generated_always_type"))
    server.drop("table_types")

    assert shown(read(server)) == {"dbo.T": ["A", "B"]}


def test_what_a_server_cannot_say_is_not_there(server: Server) -> None:
    server.table(2, "T", "A")
    for view in ("external_tables", "sql_modules", "synonyms"):
        server.drop(view)

    schema = read(server)

    assert shown(schema) == {"dbo.T": ["A"]}
    assert (schema.modules, schema.synonyms) == ((), ())


def test_a_server_that_tells_no_tables_is_an_error(server: Server) -> None:
    server.drop("objects")

    with pytest.raises(QuestionRefused, match="objects"):
        read(server)


def test_an_empty_database_is_one(server: Server) -> None:
    assert read(server) == DatabaseSchema("Dw")


def test_only_selects_of_catalogue_views_are_sent(server: Server) -> None:
    read(server)

    assert server.asked
    for question in server.asked:
        words = question.split()
        assert words[0] == "SELECT"
        assert all(
            after.startswith("sys.") for word, after in pairwise(words) if word in ("FROM", "JOIN")
        )
