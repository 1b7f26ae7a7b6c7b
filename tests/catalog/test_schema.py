"""A database as the script that creates it, which compiles to what the catalogue said."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.catalog.schema import ColumnSchema, DatabaseSchema, TableSchema
from sql_lineage_purview.model.facts import ModuleFact, SourceFile
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.naming import Naming
from sql_lineage_purview.model.vocabulary import ModuleKind, TableKind
from tests.linking import compiled

from .schemas import PLAIN_PARTS, tables


@settings(max_examples=60)
@example(
    TableSchema(
        Name(("my schema", "a]b.c")),
        (
            ColumnSchema("Id", "int", identity=True),
            ColumnSchema("to", "datetime2", period="END", hidden=True),
        ),
    )
)
@given(tables(st.sampled_from([TableKind.TABLE, TableKind.EXTERNAL_TABLE]), PLAIN_PARTS))
def test_tables_come_back_as_they_were_given(table: TableSchema) -> None:
    facts = compiled(DatabaseSchema(None, (table,)).definitions())
    catalogue = read_definitions(
        [SourceFile("c", facts, reference=True)], Naming(case_sensitive=True)
    )

    assert not facts.diagnostics
    [table_entry] = catalogue.tables.values()
    assert (table_entry.name, table_entry.kind) == (table.name, table.kind)
    assert [
        (column.name, column.generated, column.hidden) for column in table_entry.columns or ()
    ] == [
        (
            column.name,
            column.identity or column.computed is not None or column.hidden,
            column.hidden,
        )
        for column in table.columns
    ]
    assert [column.property for column in table_entry.columns or ()] == [
        "IDENTITY" if column.identity else "ROWGUIDCOL" if column.rowguid else None
        for column in table.columns
    ]


def test_a_view_whose_query_is_not_known_is_a_view_with_columns() -> None:
    table = TableSchema(
        Name(("dbo", "V")), (ColumnSchema("A"), ColumnSchema("b c")), TableKind.VIEW
    )

    facts = compiled(DatabaseSchema(None, (table,)).definitions())

    [view] = facts.items
    assert isinstance(view, ModuleFact)
    assert (view.name, view.kind, view.columns) == (table.name, ModuleKind.VIEW, ("A", "b c"))


def test_types_and_synonyms_are_created_too() -> None:
    database = DatabaseSchema(
        None,
        types=(TableSchema(Name(("dbo", "Ids")), (ColumnSchema("Id", "int"),)),),
        synonyms=((Name(("dbo", "S")), Name(("Erp", "", "Base"))),),
    )

    catalogue = read_definitions([SourceFile("c", compiled(database.definitions()))], Naming())

    assert [column.name for column in catalogue.types["dbo\0ids"]] == ["Id"]
    assert catalogue.synonyms == {"dbo\0s": Name(("Erp", "dbo", "Base"))}


def test_what_has_no_known_columns_is_left_out() -> None:
    empty = TableSchema(Name(("dbo", "T")), ())

    assert not DatabaseSchema(None, (empty,), (empty,)).definitions()
