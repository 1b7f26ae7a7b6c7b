"""Packages (.dacpac): what their model says of tables and modules, and packages that are none."""

from __future__ import annotations

import io
import struct

import pytest

from sql_lineage_purview.catalog.package import read_package
from sql_lineage_purview.catalog.schema import DatabaseSchema
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import TableKind

from .packages import (
    archive,
    computed,
    element,
    module,
    package,
    procedure,
    properties,
    related,
    simple,
    synonym,
    table,
    view,
)


def read(*objects: str) -> DatabaseSchema:
    return read_package(io.BytesIO(package(*objects)))


def definitions(*columns: str) -> list[str]:
    [first_table] = read(table("[dbo].[T]", *columns)).tables
    return [column.definition for column in first_table.columns]


def refused(data: bytes) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read_package(io.BytesIO(data))
    return str(caught.value)


def test_columns_have_their_types() -> None:
    assert definitions(
        simple("[dbo].[T]", "Id"),
        simple("[dbo].[T]", "Name", "[nvarchar]", size=properties(Length="40")),
        simple("[dbo].[T]", "Text", "[varchar]", size=properties(IsMax="True")),
        simple("[dbo].[T]", "Net", "[decimal]", size=properties(Precision="18", Scale="2")),
        simple("[dbo].[T]", "Flag", "[dbo].[Flag]"),
    ) == [
        "[Id] [int]",
        "[Name] [nvarchar](40)",
        "[Text] [varchar](max)",
        "[Net] [decimal](18, 2)",
        "[Flag] [dbo].[Flag]",
    ]


def test_columns_that_the_server_fills() -> None:
    assert definitions(
        simple("[dbo].[T]", "Id", IsIdentity="True"),
        computed("[dbo].[T]", "Total", "[Net] * (2)"),
        simple("[dbo].[T]", "From", "[datetime2]", GeneratedAlwaysType="1", IsHidden="True"),
        simple("[dbo].[T]", "To", "[datetime2]", GeneratedAlwaysType="2"),
        simple("[dbo].[T]", "Ledger", "[bigint]", GeneratedAlwaysType="5"),
        simple("[dbo].[T]", "Guid", "[uniqueidentifier]", IsRowGuidColumn="True"),
    ) == [
        "[Id] [int] IDENTITY",
        "[Total] AS ([Net] * (2))",
        "[From] [datetime2] GENERATED ALWAYS AS ROW START HIDDEN",
        "[To] [datetime2] GENERATED ALWAYS AS ROW END",
        "[Ledger] [bigint] GENERATED ALWAYS AS ROW START",
        "[Guid] [uniqueidentifier] ROWGUIDCOL",
    ]


def test_names_with_odd_characters() -> None:
    schema = read(table("[Sales].[Orders/Returns [x]]]", "a.b", "c]]d")).tables[0]

    assert schema.name == Name(("Sales", "Orders/Returns [x]"))
    assert [column.name for column in schema.columns] == ["a.b", "c]d"]


def test_kinds_of_tables() -> None:
    schema = read(
        table("[dbo].[T]", "A"),
        table("[ext].[E]", "A", kind="SqlExternalTable"),
        # encrypted: its columns are there, its text is not
        table("[dbo].[Secret]", "A", kind="SqlView"),
        table(
            "[dbo].[Ids]",
            simple("[dbo].[Ids]", "Id", kind="SqlTableTypeSimpleColumn"),
            kind="SqlTableType",
        ),
    )

    assert [(str(table.name), table.kind) for table in schema.tables] == [
        ("dbo.T", TableKind.TABLE),
        ("ext.E", TableKind.EXTERNAL_TABLE),
        ("dbo.Secret", TableKind.VIEW),
    ]
    assert [
        (str(table_type.name), [column.name for column in table_type.columns])
        for table_type in schema.types
    ] == [("dbo.Ids", ["Id"])]


def test_synonyms() -> None:
    schema = read(
        synonym("[dbo].[S]", "[Erp].[dbo].[Base]"), synonym("[dbo].[Odd]", "[never closed")
    )

    assert schema.synonyms == ((Name(("dbo", "S")), Name(("Erp", "dbo", "Base"))),)


def test_modules_are_their_text_from_create_on() -> None:
    schema = read(
        view("[dbo].[V]", "SELECT 1 AS A"),
        procedure("[dbo].[P]", "SELECT 2 AS B", "@x int"),
        module(
            "SqlScalarFunction",
            "[dbo].[F]",
            "CREATE FUNCTION dbo.F () RETURNS int AS",
            " BEGIN RETURN 1 END",
            nested=True,
        ),
        module(
            "SqlInlineTableValuedFunction",
            "[dbo].[I]",
            "CREATE FUNCTION dbo.I () RETURNS TABLE AS",
            "\nRETURN SELECT 1 AS C",
        ),
        module(
            "SqlDmlTrigger",
            "[dbo].[G]",
            "CREATE TRIGGER dbo.G ON dbo.T AFTER INSERT AS",
            "\nSELECT 3 AS D",
        ),
    )

    assert {str(module.name): module.definition for module in schema.modules} == {
        "dbo.V": "CREATE VIEW [dbo].[V]\r\nAS\nSELECT 1 AS A",
        "dbo.P": "CREATE PROCEDURE [dbo].[P] @x int\nAS\nSELECT 2 AS B",
        "dbo.F": "CREATE FUNCTION dbo.F () RETURNS int AS BEGIN RETURN 1 END",
        "dbo.I": "CREATE FUNCTION dbo.I () RETURNS TABLE AS\nRETURN SELECT 1 AS C",
        "dbo.G": "CREATE TRIGGER dbo.G ON dbo.T AFTER INSERT AS\nSELECT 3 AS D",
    }
    assert not schema.tables


def test_what_moves_no_rows_is_left_out() -> None:
    schema = read(
        element(
            "SqlIndex",
            "[dbo].[T].[IX]",
            related("ColumnSpecifications", element("SqlIndexedColumnSpecification", "")),
        ),
        element("SqlProcedure", "[dbo].[Clr]", properties(MethodName="Run")),
        element("SqlSchema", "[etl]"),
    )

    assert schema == DatabaseSchema()


def test_what_is_no_package_is_said() -> None:
    assert "no model.xml" in refused(package(name="other.xml"))
    assert "cannot be read" in refused(b"PK\x03\x04 no archive")
    assert "cannot be read" in refused(b"")


def test_a_damaged_archive_is_said() -> None:
    archive_of_many = package(*(table(f"[dbo].[T{n}]", "A", "B") for n in range(200)))
    start = archive_of_many.index(b"model.xml") + 100

    assert "cannot be read" in refused(
        archive_of_many[:start] + bytes(400) + archive_of_many[start + 400 :]
    )
    assert "cannot be read" in refused(archive_of_many[: len(archive_of_many) // 2])


def test_an_archive_with_a_password_is_said() -> None:
    data = bytearray(package(table("[dbo].[T]", "A")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1

    assert "cannot be read" in refused(bytes(data))


def test_damaged_xml_is_said() -> None:
    assert "cannot be read" in refused(archive({"model.xml": b"<DataSchemaModel><Model><Element"}))
    assert "cannot be read" in refused(archive({"model.xml": b""}))


def test_entities_are_refused() -> None:
    bomb = (
        '<!DOCTYPE DataSchemaModel [<!ENTITY a "aaaaaaaaaa"><!ENTITY b '
        '"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    )

    assert "document type" in refused(package(table("[dbo].[&b;]", "A"), doctype=bomb))


def test_a_model_that_claims_to_be_huge_is_refused() -> None:
    data = bytearray(package(table("[dbo].[T]", "A")))
    # the archive's directory tells the size at byte 24 of an entry
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", (1 << 30) + 1)

    assert "larger than 512 MB" in refused(bytes(data))
