"""Snapshots: what is written is what is read, and what is no snapshot is said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.catalog.schema import (
    ColumnSchema,
    DatabaseSchema,
    ModuleSchema,
    TableSchema,
)
from sql_lineage_purview.catalog.snapshot import read_snapshot, write_snapshot
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.tsql.disclosure import disclosed

from .schemas import databases

FULL = {"name": "Dw", "tables": [], "types": [], "synonyms": [], "modules": []}


@settings(max_examples=60)
@given(st.lists(databases(), max_size=3).map(tuple))
def test_what_is_written_is_read(written: tuple[DatabaseSchema, ...]) -> None:
    text = write_snapshot(written, str)

    assert read_snapshot(text) == written
    assert write_snapshot(read_snapshot(text), str) == text


def test_each_object_has_a_line_of_its_own() -> None:
    columns = (ColumnSchema("Id", "int", identity=True), ColumnSchema("Twice", computed="[Id]*(2)"))
    tables = tuple(TableSchema(Name(("dbo", name)), columns) for name in ("A", "B"))

    lines = write_snapshot([DatabaseSchema("Dw", tables)], str).splitlines()

    assert [line for line in lines if '"A"' in line or '"B"' in line] == [
        f'  {{"name": ["dbo", "{name}"], "kind": "TABLE", "columns": ['
        f'{{"name": "Id", "type": "int", "identity": true}}, '
        f'{{"name": "Twice", "type": "sql_variant", "computed": "[Id]*(2)"}}]}}{end}'
        for name, end in (("A", ","), ("B", "],"))
    ]


def test_secrets_are_not_written() -> None:
    module = ModuleSchema(
        Name(("dbo", "P")), "CREATE PROC dbo.P AS\nCREATE LOGIN a WITH PASSWORD = 'hush';\nSELECT 1"
    )
    column = ColumnSchema("C", computed="ENCRYPTBYPASSPHRASE('hush', [A])")

    database = DatabaseSchema(
        "Dw", (TableSchema(Name(("dbo", "T")), (column,)),), modules=(module,)
    )
    text = write_snapshot([database], disclosed)

    assert "hush" not in text
    assert read_snapshot(text)[0].modules[0].definition.splitlines()[1:] == [
        "CREATE LOGIN a WITH PASSWORD = '***';",
        "SELECT 1",
    ]


def test_half_a_character_harms_nothing() -> None:
    written = (
        DatabaseSchema("\ud800", modules=(ModuleSchema(Name(("dbo", "P")), "SELECT '\ud83d'"),)),
    )

    text = write_snapshot(written, str)

    assert text.encode("utf-8")
    assert read_snapshot(text) == written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON (line 1"),
        ("{\n nonsense", "no JSON (line 2"),
        ("[" * 100_000, "no snapshot"),
        ("[]", "no snapshot"),
        ("{}", "'snapshot_version'"),
        ('{"snapshot_version": 2, "databases": []}', "version 2; this tool reads 1"),
        ('{"snapshot_version": "1", "databases": []}', "version '1'"),
        ('{"snapshot_version": 1}', "'databases'"),
        ('{"snapshot_version": 1, "databases": null}', "no snapshot"),
        ('{"snapshot_version": 1, "databases": [{"name": null}]}', "'tables'"),
    ],
)
def test_what_is_no_snapshot_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_snapshot(text)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": 7},
        {"tables": [{"name": ["dbo", "T"], "kind": "TABLE", "columns": [{"name": 7}]}]},
        {
            "tables": [
                {"name": ["dbo", "T"], "kind": "TABLE", "columns": [{"name": "A", "type": None}]}
            ]
        },
        {"tables": [{"name": ["dbo", "T"], "kind": "SOFA", "columns": []}]},
        {"tables": [{"name": [], "kind": "TABLE", "columns": []}]},
        {"tables": [{"name": "dbo.T", "kind": "TABLE", "columns": []}]},
        {"tables": {"dbo.T": []}},
        {"modules": [{"name": ["dbo", "P"]}]},
        {"synonyms": [["dbo", "S"]]},
    ],
)
def test_members_of_the_wrong_kind_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no snapshot|valid TableKind"):
        read_snapshot(json.dumps({"snapshot_version": 1, "databases": [FULL | changed]}))
