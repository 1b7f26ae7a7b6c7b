"""Sequences, types and the like: found by their names, with who names them; gone, they are told."""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.comparison.graph_comparison import compare_graphs
from sql_lineage_purview.analysis.gone_objects import uses_of_gone
from sql_lineage_purview.model.naming import Naming
from sql_lineage_purview.render.changes.comparison_report import subject_of
from tests.linking import lineage_of

from .test_dependencies import uses_of

CREATED = {
    "dbo.Ids": "CREATE SEQUENCE dbo.Ids AS int",
    "dbo.Flag": "CREATE TYPE dbo.Flag FROM char(1) NOT NULL",
    "dbo.IdList": "CREATE TYPE dbo.IdList AS TABLE (Id int)",
    "dbo.Coll": "CREATE XML SCHEMA COLLECTION dbo.Coll AS N'<x/>'",
    "PF": "CREATE PARTITION FUNCTION PF (int) AS RANGE RIGHT FOR VALUES (1, 2)",
    "PS": "CREATE PARTITION SCHEME PS AS PARTITION Other ALL TO ([PRIMARY])",
    "[//x/Ask]": "CREATE MESSAGE TYPE [//x/Ask] VALIDATION = NONE",
    "[//x/C]": "CREATE CONTRACT [//x/C] ([//x/Else] SENT BY INITIATOR)",
    "[//x/S]": "CREATE SERVICE [//x/S] ON QUEUE dbo.Q",
    "dbo.Alias_": "CREATE SYNONYM dbo.Alias_ FOR dbo.Far",
}
PROCEDURE = "CREATE PROCEDURE dbo.P @a int{} AS\n{}"
OF_P = "dbo.P names :2"


@pytest.mark.parametrize(
    ("name", "user", "use"),
    [
        ("dbo.Ids", "SELECT NEXT VALUE FOR dbo.Ids", OF_P),
        ("dbo.Ids", "DECLARE @n int = NEXT VALUE FOR Ids", OF_P),
        ("dbo.Ids", "IF 1 < NEXT VALUE FOR dbo.Ids PRINT 'a'", OF_P),
        ("dbo.Ids", "ALTER SEQUENCE dbo.Ids RESTART", "dbo.P alters :2"),
        ("dbo.Flag", "DECLARE @f dbo.Flag = 'a'", OF_P),
        ("dbo.Flag", "DECLARE @n int, @f AS Flag", OF_P),
        ("dbo.Flag", "SELECT CAST('x' AS dbo.Flag)", OF_P),
        ("dbo.Flag", "SELECT TRY_CONVERT(dbo.Flag, 'x')", OF_P),
        ("dbo.IdList", "DECLARE @l dbo.IdList", OF_P),
        ("dbo.Coll", "DECLARE @x xml(DOCUMENT dbo.Coll)", OF_P),
        ("PF", "SELECT $PARTITION.PF(3)", OF_P),
        ("[//x/Ask]", "SEND ON CONVERSATION @h MESSAGE TYPE [//x/Ask] (@a)", OF_P),
        ("[//x/Ask]", "SEND ON CONVERSATION (@h, @i) MESSAGE TYPE [//x/Ask]", OF_P),
        ("[//x/C]", "BEGIN DIALOG @h FROM SERVICE a TO SERVICE 'b' ON CONTRACT [//x/C]", OF_P),
        ("[//x/S]", "BEGIN DIALOG @h FROM SERVICE [//x/S] TO SERVICE 'b'", OF_P),
        ("dbo.Alias_", "SELECT a FROM dbo.Alias_", "dbo.P reads :2"),
        ("dbo.Ids", "DECLARE @x xml, @y sys.sysname, @z varchar(9); SELECT CAST(1 AS int)", ""),
    ],
)
def test_who_names_it_in_a_module(name: str, user: str, use: str) -> None:
    procedure = PROCEDURE.format("", user)
    base = lineage_of({"a.sql": CREATED[name], "p.sql": procedure})
    head = lineage_of({"a.sql": "", "p.sql": procedure})

    assert uses_of(base, name) == list(filter(None, [use]))
    change = compare_graphs(base, head).changes[0]
    impact = "breaking" if use else "risky"
    assert (change.impact, change.kind, subject_of(change)) == (impact, "object-dropped", name)
    assert len(uses_of_gone(base, head, Naming())[0]) == bool(use)


@pytest.mark.parametrize(
    ("name", "user", "use"),
    [
        ("dbo.Flag", "CREATE TABLE dbo.T (A int, F dbo.Flag NULL)", "column F of dbo.T names :1"),
        ("dbo.Flag", "ALTER TABLE dbo.T ADD F Flag", "column F of dbo.T names :1"),
        ("dbo.Flag", "CREATE TYPE dbo.L AS TABLE (F dbo.Flag)", "column F of dbo.L names :1"),
        ("dbo.Flag", "CREATE PROCEDURE dbo.P @f Flag AS RETURN", "dbo.P names :1"),
        ("dbo.Flag", "CREATE VIEW dbo.V AS SELECT CAST(1 AS Flag) AS F", "dbo.V names :1"),
        (
            "dbo.Flag",
            "CREATE FUNCTION dbo.F (@a int) RETURNS Flag AS BEGIN RETURN 1 END",
            "dbo.F names :1",
        ),
        ("dbo.IdList", "CREATE PROC dbo.P @l dbo.IdList READONLY AS RETURN", "dbo.P names :1"),
        ("dbo.Coll", "CREATE TABLE dbo.T (X xml (dbo.Coll))", "column X of dbo.T names :1"),
        (
            "dbo.Ids",
            "CREATE TABLE dbo.T (A int DEFAULT (NEXT VALUE FOR dbo.Ids))",
            "definition of dbo.T names :1",
        ),
        ("PF", "CREATE PARTITION SCHEME S AS PARTITION PF TO (a)", "partition scheme S names :1"),
        ("PS", "CREATE TABLE dbo.T (A int) ON PS (A)", "partitioning of dbo.T partitions :1"),
        ("PS", "CREATE INDEX I ON dbo.T (A) ON PS (A)", "partitioning of dbo.T partitions :1"),
        ("[//x/Ask]", "CREATE CONTRACT C ([//x/Ask] SENT BY ANY)", "contract C names :1"),
        ("[//x/C]", "CREATE SERVICE S ON QUEUE dbo.Q ([//x/C])", "service S names :1"),
        ("dbo.Flag", "DROP TYPE IF EXISTS dbo.Flag; CREATE TABLE #t (F dbo.Flag)", ""),
    ],
)
def test_what_definition_names_it(name: str, user: str, use: str) -> None:
    base = lineage_of({"a.sql": CREATED[name], "p.sql": user})
    head = lineage_of({"a.sql": "", "p.sql": user})

    assert uses_of(base, name) == list(filter(None, [use]))
    change = compare_graphs(base, head).changes[0]
    impact = "breaking" if use else "risky"
    assert (change.impact, change.kind, subject_of(change)) == (impact, "object-dropped", name)


def test_a_synonym_that_became_a_table_is_not_gone() -> None:
    base = lineage_of("CREATE SYNONYM dbo.T FOR dbo.Far")
    head = lineage_of("CREATE TABLE dbo.T (A int)")

    assert [row.kind for row in compare_graphs(base, head).changes] == ["table-added"]
