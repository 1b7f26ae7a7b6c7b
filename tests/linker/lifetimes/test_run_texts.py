"""Runs that can lose no table are not followed, and what is transient is the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker.lifetimes.lifetime_run import LifetimeRun
from sql_lineage_purview.linker.lifetimes.run_texts import RunText
from tests.linker.lifetimes.test_lifetime_run import transient

STATEMENTS = (
    "CREATE TABLE dbo.x (a int)",
    "SELECT a INTO dbo.x FROM dbo.s",
    "SELECT a INTO #x FROM dbo.s",
    "SELECT a FROM dbo.x",
    "INSERT INTO dbo.x SELECT a FROM dbo.v",
    "DROP TABLE dbo.x",
    "IF OBJECT_ID('dbo.x') IS NOT NULL DROP TABLE dbo.x",
    "IF @a = 1 BEGIN SELECT a INTO dbo.x FROM dbo.s; THROW 50000, 'no', 1 END",
    "IF @a = 1 RETURN",
    "IF @a = 1 GOTO done",
    "done: SELECT 1 AS a",
    "EXEC sp_rename 'dbo.x', 'y'",
    "EXEC dbo.clean",
    "EXEC dbo.fill",
    "EXEC ('DROP TABLE dbo.x')",
    "CREATE SYNONYM dbo.other FOR dbo.x",
    "SELECT a FROM dbo.other",
    "DROP VIEW dbo.v",
    "EXEC ('CREATE VIEW dbo.v AS SELECT a FROM dbo.x')",
    "\nGO\nCREATE VIEW dbo.v AS SELECT a FROM dbo.x\nGO\n",
    "\nGO\nCREATE PROCEDURE dbo.clean AS DROP TABLE dbo.x\nGO\n",
    "\nGO\nCREATE PROCEDURE dbo.fill AS SELECT a INTO dbo.x FROM dbo.s\nGO\n",
)
scripts = st.lists(st.lists(st.sampled_from(STATEMENTS), max_size=5).map("; ".join), max_size=3)


@settings(max_examples=80)
@given(scripts)
def test_what_is_not_followed_makes_no_difference(drawn: list[str]) -> None:
    keys = transient(*drawn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunText, "may_lose", lambda _: True)

        assert transient(*drawn) == keys


@pytest.mark.parametrize(
    "script",
    [
        "SELECT a INTO #x FROM dbo.s; INSERT INTO dbo.t SELECT a FROM #x; DROP TABLE dbo.u",
        "CREATE TABLE dbo.x (a int); INSERT INTO dbo.x SELECT a FROM dbo.s",
        "CREATE VIEW dbo.v AS SELECT a FROM dbo.s\nGO\nEXEC sp_help",
        "CREATE PROCEDURE dbo.p AS IF @a = 1 RETURN; SELECT a FROM dbo.s",
    ],
)
def test_a_run_that_loses_no_table_is_not_followed(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LifetimeRun, "walk", None)

    assert not transient(script)
