"""INFORMATION_SCHEMA.COLUMNS as clients save it."""

from __future__ import annotations

import pytest

from sql_lineage_purview.catalog.columns_csv import read_columns_csv
from sql_lineage_purview.catalog.schema import DatabaseSchema

HEADER = (
    "TABLE_CATALOG,TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,ORDINAL_POSITION,COLUMN_DEFAULT,"
    "IS_NULLABLE,DATA_TYPE"
)
SIZES = "CHARACTER_MAXIMUM_LENGTH,NUMERIC_PRECISION,NUMERIC_SCALE"


def shown(databases: tuple[DatabaseSchema, ...]) -> dict[str, list[str]]:
    """Each table with its columns."""
    return {
        f"{database.name}:{table.name}": [column.name for column in table.columns]
        for database in databases
        for table in database.tables
    }


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_columns_stand_in_their_order(separator: str, newline: str) -> None:
    lines = [
        HEADER,
        "Dw,dbo,T,B,2,NULL,NO,int",
        "Dw,dbo,U,A,1,NULL,NO,int",
        "Dw,dbo,T,A,1,NULL,NO,int",
        "Dw,dbo,T,C,10,,NO,int",
    ]

    schemas = read_columns_csv(newline.join(lines).replace(",", separator))

    assert shown(schemas) == {"Dw:dbo.T": ["A", "B", "C"], "Dw:dbo.U": ["A"]}


def test_names_in_quotes() -> None:
    schemas = read_columns_csv(
        f'{HEADER}\nDw,"my, schema","a ""b""\nc",Id,1,,NO,int\nDw,"my, schema","a '
        '""b""\nc","x;y",2,,NO,int\n'
    )

    assert [list(table.name.parts) for table in schemas[0].tables] == [["my, schema", 'a "b"\nc']]
    assert [column.name for column in schemas[0].tables[0].columns] == ["Id", "x;y"]


def test_types_with_their_sizes() -> None:
    rows = [
        "a,nvarchar,40,,",
        "b,varchar,-1,,",
        "c,decimal,NULL,18,2",
        "d,int,NULL,10,0",
        "e,xml,-1,,",
        "f,text,2147483647,,",
    ]
    text = f"table_schema,table_name,column_name,data_type,{SIZES.lower()}\n" + "".join(
        f"dbo,T,{row}\n" for row in rows
    )

    [table] = read_columns_csv(text)[0].tables

    assert [column.type for column in table.columns] == [
        "nvarchar(40)",
        "varchar(max)",
        "decimal(18, 2)",
        "int",
        "xml",
        "text",
    ]


def test_only_the_names_are_needed_and_their_order_is_that_of_the_rows() -> None:
    assert shown(read_columns_csv("COLUMN_NAME,TABLE_NAME,TABLE_SCHEMA\nB,T,dbo\nA,T,dbo\n")) == {
        "None:dbo.T": ["B", "A"]
    }


def test_several_databases() -> None:
    schemas = read_columns_csv(f"{HEADER}\nDw,dbo,T,A,1\nErp,dbo,T,B,1\n")

    assert shown(schemas) == {"Dw:dbo.T": ["A"], "Erp:dbo.T": ["B"]}


def test_what_sqlcmd_adds_is_passed_over() -> None:
    text = (
        "TABLE_SCHEMA;TABLE_NAME;COLUMN_NAME\n------------;----------;-----------\ndbo ;T   ;A "
        "  \n\n(1 rows affected)\n"
    )

    assert shown(read_columns_csv(text)) == {"None:dbo.T": ["A"]}


def test_management_studio_saves_no_header_unless_it_is_told_to() -> None:
    assert shown(read_columns_csv("Dw,dbo,T,B,2,NULL,YES,int\nDw,dbo,T,A,1,NULL,YES,int\n")) == {
        "Dw:dbo.T": ["A", "B"]
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n", "is empty"),
        ("TABLE_SCHEMA,TABLE_NAME\ndbo,T\n", "names no COLUMN_NAME"),
        ("a,b,c\n1,2,3\n", "names no TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME"),
        ("not a table at all", "with its header"),
        (f'{HEADER}\nDw,dbo,T,"{"x" * 200_000}",1\n', "no CSV (field larger"),
    ],
)
def test_what_is_no_such_table_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_columns_csv(text)

    assert words in str(caught.value)
