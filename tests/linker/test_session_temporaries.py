"""Temporary tables that outlive the procedure that makes them, as in dedicated pools of Synapse."""

from __future__ import annotations

import pytest

from sql_lineage_purview.linker import LinkOptions
from tests.linking import column_lines, lineage_of

SCRIPT = """
CREATE TABLE dbo.Source_ (X int);
CREATE TABLE dbo.Target_ (X int);
GO
CREATE PROCEDURE dbo.Make AS CREATE TABLE #made WITH (HEAP) AS SELECT X FROM dbo.Source_
GO
CREATE PROCEDURE dbo.Through AS EXEC dbo.Make
GO
CREATE PROCEDURE dbo.Use_ AS
EXEC dbo.Through;
INSERT INTO dbo.Target_ (X) SELECT X FROM #made
"""


@pytest.mark.parametrize("database", [None, "Pool"])
def test_a_callees_table_is_gone_with_the_callee(database: str | None) -> None:
    graph = lineage_of(SCRIPT, database=database)
    assert column_lines(graph) == []
    assert [d.code for d in graph.diagnostics] == ["SLP208"]


@pytest.mark.parametrize(
    ("database", "databases"),
    [(None, None), ("Pool", None), ("Pool", frozenset({"pool"})), (None, frozenset({""}))],
)
def test_where_the_session_keeps_it_the_caller_has_it(
    database: str | None, databases: frozenset[str] | None
) -> None:
    graph = lineage_of(SCRIPT, LinkOptions(session_databases=databases), database)
    prefix = f"{database}." if database else ""
    assert column_lines(graph) == [f"{prefix}dbo.Source_.X -> {prefix}dbo.Target_.X  IDENTITY"]
    assert graph.diagnostics == ()


def test_other_databases_keep_none() -> None:
    graph = lineage_of(SCRIPT, LinkOptions(session_databases=frozenset({"pool"})), "Other")
    assert column_lines(graph) == []


def test_a_table_of_either_arm_reaches_the_caller() -> None:
    sql = (
        "CREATE PROCEDURE dbo.Make AS CREATE TABLE #made (X int); INSERT INTO #made SELECT A FROM "
        "dbo.S;\nGO\n"
        "CREATE PROCEDURE dbo.Use_ @x int AS\n"
        "IF @x = 1 EXEC dbo.Make ELSE BEGIN CREATE TABLE #made (X int); INSERT INTO #made SELECT "
        "B FROM dbo.S END\n"
        "INSERT INTO dbo.T (X) SELECT X FROM #made"
    )
    graph = lineage_of(sql, LinkOptions(session_databases=None))
    assert column_lines(graph) == ["dbo.S.A -> dbo.T.X  IDENTITY", "dbo.S.B -> dbo.T.X  IDENTITY"]
