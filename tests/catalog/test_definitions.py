"""The scripts as a catalogue: CREATE TABLE, ALTER TABLE, types, synonyms, data sources."""

from __future__ import annotations

import pytest

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.model.catalogue import Catalogue, TableEntry
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.model.graph import Location
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.naming import Naming
from tests.linking import compiled


def read(*scripts: str, database: str | None = None, naming: Naming | None = None) -> Catalogue:
    files = [SourceFile(f"{n}.sql", compiled(sql), database) for n, sql in enumerate(scripts)]
    return read_definitions(files, naming or Naming())


def entry(catalogue: Catalogue, *parts: str) -> TableEntry:
    return catalogue.tables[Name(parts).key]


def names(table: TableEntry) -> list[str]:
    return [column.name for column in table.columns or ()]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("Id int, Name nvarchar(50) NOT NULL, Net decimal(18, 2) DEFAULT (0)", "Id Name Net"),
        ('[Order Id] int, "Group" int, [a]]b] int', "Order Id|Group|a]b"),
        ("Id int, CONSTRAINT PK PRIMARY KEY CLUSTERED (Id, Name), Name int", "Id Name"),
        (
            "Id int PRIMARY KEY, INDEX IX (Name), Name int, CHECK (Id > 0), UNIQUE (Name), "
            "FOREIGN KEY (Id) REFERENCES dbo.X (Id)",
            "Id Name",
        ),
        ("Id int IDENTITY(1, 1), Total AS (Id * 2) PERSISTED, Name int", "Id Total Name"),
        (
            "Id int, ValidFrom datetime2 GENERATED ALWAYS AS ROW START HIDDEN, "
            "ValidTo datetime2 GENERATED ALWAYS AS ROW END HIDDEN, PERIOD FOR SYSTEM_TIME "
            "(ValidFrom, ValidTo)",
            "Id ValidFrom ValidTo",
        ),
        ("Id dbo.MyType, Shape geography, Doc xml (CONTENT dbo.Schema_)", "Id Shape Doc"),
        (
            "Id int SPARSE, Secret nvarchar(20) MASKED WITH (FUNCTION = 'partial(1, \"x,x\", 2)') "
            "NULL, Last_ int",
            "Id Secret Last_",
        ),
        ("-- the key, of all\nId int, /* Name int, */ Net money", "Id Net"),
    ],
)
def test_columns_in_their_order(columns: str, expected: str) -> None:
    table = entry(read(f"CREATE TABLE dbo.T ({columns});"), "dbo", "T")
    assert names(table) == expected.split("|" if "|" in expected else " ")


def test_generated_columns_are_marked() -> None:
    catalogue = read(
        "CREATE TABLE dbo.T (Id int IDENTITY, A int, B AS A + 1, C rowversion, D int DEFAULT 3)"
    )
    generated = [
        column.name for column in entry(catalogue, "dbo", "T").columns or () if column.generated
    ]
    assert [name for name in generated if name != "C"] == ["Id", "B"]


def test_a_name_is_completed() -> None:
    assert "dbo\0t" in read("CREATE TABLE T (A int)").tables
    assert "etl\0t" in read("CREATE TABLE T (A int)", naming=Naming("etl")).tables
    assert "dw\0dbo\0t" in read("CREATE TABLE dbo.T (A int)", database="Dw").tables
    assert "erp\0dbo\0t" in read("USE Erp;\nGO\nCREATE TABLE dbo.T (A int)", database="Dw").tables


def test_temporary_tables_are_no_definitions() -> None:
    assert not read(
        "CREATE TABLE #t (A int); CREATE TABLE ##g (A int); DECLARE @v TABLE (A int)"
    ).tables


def test_a_later_definition_replaces_an_earlier_one_and_each_file_keeps_its_own() -> None:
    catalogue = read("CREATE TABLE dbo.T (A int)", "\nCREATE TABLE DBO.t (B int)")
    table = entry(catalogue, "dbo", "T")
    assert (names(table), table.defined_at) == (["B"], Location("1.sql", 2))
    assert [
        names(catalogue.local[path][Name(("dbo", "T")).key]) for path in ("0.sql", "1.sql")
    ] == [["A"], ["B"]]


def test_alter_table_adds_columns_wherever_it_stands() -> None:
    catalogue = read(
        "ALTER TABLE dbo.T ADD B int, C AS B + 1;",
        "CREATE TABLE dbo.T (A int)",
        "ALTER TABLE dbo.T ADD a int",
    )
    assert names(entry(catalogue, "dbo", "T")) == ["A", "B", "C"]


def test_alter_table_seen_in_the_definition_of_its_own_file() -> None:
    catalogue = read("CREATE TABLE dbo.T (A int);\nGO\nALTER TABLE dbo.T ADD B int;")
    assert names(catalogue.local["0.sql"][Name(("dbo", "T")).key]) == ["A", "B"]


def test_a_dropped_column_stays_known() -> None:
    """Older scripts of the folder still use it."""
    assert names(
        entry(
            read("CREATE TABLE dbo.T (A int, B int);\nALTER TABLE dbo.T DROP COLUMN B;"), "dbo", "T"
        )
    ) == ["A", "B"]


@pytest.mark.parametrize(
    ("clause", "remaining"),
    [
        ("COLUMN A, B", "C D"),
        ("COLUMN IF EXISTS A, COLUMN B", "C D"),
        ("CONSTRAINT A, COLUMN B", "A C D"),
        ("COLUMN B, CONSTRAINT IF EXISTS A, C", "A C D"),
        ("A, COLUMN D", "A B C"),
        ("PERIOD FOR SYSTEM_TIME", "A B C D"),
    ],
)
def test_dropping_columns_and_constraints_in_one_statement(clause: str, remaining: str) -> None:
    table = entry(
        read(f"CREATE TABLE dbo.T (A int, B int, C int, D int);\nALTER TABLE dbo.T DROP {clause};"),
        "dbo",
        "T",
    )
    assert [
        column.name for column in table.columns or () if not column.dropped
    ] == remaining.split()


def test_a_change_in_another_file_counts_in_the_file_of_the_definition_too() -> None:
    catalogue = read("CREATE TABLE dbo.T (A int)", "ALTER TABLE dbo.T ADD B int")
    assert names(catalogue.local["0.sql"][Name(("dbo", "T")).key]) == ["A", "B"]


def test_a_renamed_column_keeps_its_place_and_what_it_is() -> None:
    catalogue = read(
        "CREATE TABLE dbo.T (Id int IDENTITY, Net int)",
        "EXEC sp_rename 'dbo.T.Id', 'Key_', 'COLUMN'; RENAME OBJECT dbo.T COLUMN Net TO Amount",
    )
    columns = [
        column for column in entry(catalogue, "dbo", "T").columns or () if not column.dropped
    ]
    assert [(column.name, column.property) for column in columns] == [
        ("Key_", "IDENTITY"),
        ("Amount", None),
    ]


def test_a_column_that_has_its_new_name_already_stays() -> None:
    catalogue = read(
        "CREATE TABLE dbo.T (Amount int, Id int)", "EXEC sp_rename 'dbo.T.Net', 'Amount', 'COLUMN'"
    )
    assert names(entry(catalogue, "dbo", "T")) == ["Amount", "Id"]


def test_a_column_set_stands_for_the_sparse_columns() -> None:
    """Source: https://learn.microsoft.com/sql/relational-databases/tables/use-column-sets."""
    catalogue = read(
        "CREATE TABLE dbo.T (Id int, A int SPARSE, B int SPARSE NULL, All_ xml "
        "COLUMN_SET FOR ALL_SPARSE_COLUMNS)"
    )
    assert [
        column.name for column in entry(catalogue, "dbo", "T").columns or () if not column.hidden
    ] == ["Id", "All_"]


def test_adding_a_constraint_adds_no_column() -> None:
    catalogue = read(
        "CREATE TABLE dbo.T (A int);\nALTER TABLE dbo.T ADD CONSTRAINT D DEFAULT (0) FOR "
        "A;\nALTER TABLE dbo.T ADD CHECK (A > 0);"
    )
    assert names(entry(catalogue, "dbo", "T")) == ["A"]


def test_types_synonyms_and_data_sources() -> None:
    catalogue = read(
        "CREATE TYPE dbo.Ids AS TABLE (Id int, Name int);\nGO\nCREATE SYNONYM S FOR "
        "Erp.dbo.Base;\nGO\n"
        "CREATE EXTERNAL DATA SOURCE [Lake] WITH (TYPE = HADOOP, LOCATION = "
        "'abfss://raw@a.dfs.core.windows.net');"
    )
    assert [column.name for column in catalogue.types["dbo\0ids"]] == ["Id", "Name"]
    assert catalogue.synonyms == {"dbo\0s": Name(("Erp", "dbo", "Base"))}
    assert catalogue.data_sources == {"lake": "abfss://raw@a.dfs.core.windows.net"}


@pytest.mark.parametrize(
    ("location", "source", "address"),
    [
        (
            "/orders/",
            "abfss://raw@a.dfs.core.windows.net",
            "https://a.dfs.core.windows.net/raw/orders/",
        ),
        (
            "orders/*.csv",
            "abfss://raw@a.dfs.core.windows.net/base/",
            "https://a.dfs.core.windows.net/raw/base/orders/*.csv",
        ),
        (
            "orders",
            "wasbs://raw@a.blob.core.windows.net",
            "https://a.blob.core.windows.net/raw/orders",
        ),
        (
            "orders",
            "https://a.dfs.core.windows.net/raw",
            "https://a.dfs.core.windows.net/raw/orders",
        ),
        (
            "https://b.dfs.core.windows.net/x.csv",
            "https://a.dfs.core.windows.net/raw",
            "https://b.dfs.core.windows.net/x.csv",
        ),
    ],
)
def test_the_files_of_an_external_table(location: str, source: str, address: str) -> None:
    catalogue = read(
        f"CREATE EXTERNAL TABLE ext.T (A int, B int) WITH (LOCATION = '{location}', DATA_SOURCE = "
        "lake, FILE_FORMAT = csv);",
        f"CREATE EXTERNAL DATA SOURCE lake WITH (LOCATION = '{source}');",
    )
    table = entry(catalogue, "ext", "T")
    assert (table.kind.value, names(table), str(table.address)) == (
        "EXTERNAL_TABLE",
        ["A", "B"],
        address,
    )


def test_a_table_in_a_string_that_is_executed_is_defined_too() -> None:
    assert names(entry(read("EXEC ('CREATE TABLE dbo.T (A int, B int)')"), "dbo", "T")) == [
        "A",
        "B",
    ]


def test_a_case_sensitive_catalogue_keeps_two_tables() -> None:
    catalogue = read(
        "CREATE TABLE dbo.T (A int); CREATE TABLE dbo.t (B int)", naming=Naming(case_sensitive=True)
    )
    assert {key: names(table) for key, table in catalogue.tables.items()} == {
        "dbo\0T": ["A"],
        "dbo\0t": ["B"],
    }
