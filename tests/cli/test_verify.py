"""`verify`: what a scheduled job sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.emulator import Emulator

from .conftest import Run, write

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "mssql://srv.database.windows.net/Dw"
CONFIGURATION = """
[databases.Dw]
platform = "azure_sql"
server = "srv.database.windows.net"
[purview]
endpoint = "emulator"
emulator_file = "state.sqlite"
emulator_seed = "seed.json"
owner = "team"
"""
TABLES = ("dbo/Fact", "stg/Sales", "dbo/Totals")
SEED = json.dumps(
    {
        "assets": [
            {"type": "azure_sql_table", "qualifiedName": f"{SERVER}/{table}"} for table in TABLES
        ]
    }
)
FACT = "sql-lineage-purview://team/dbo.usp_load#dbo.fact"


@pytest.fixture
def pushed(project: Path, run: Run) -> Path:
    write(project, {"sql-lineage-purview.toml": CONFIGURATION, "seed.json": SEED})
    assert run("push", ".", "--yes").code == 0
    return project


def test_what_was_pushed_is_there(pushed: Path, run: Run) -> None:
    outcome = run("verify", ".")

    assert (outcome.code, outcome.out) == (
        0,
        "the emulator, owner team, holds what the scripts say.\n",
    )


def test_a_drift_is_listed_with_its_process(pushed: Path, run: Run) -> None:
    with Emulator(pushed / "state.sqlite") as emulator:
        named = "/datamap/api/atlas/v2/entity/uniqueAttribute/type/sql_lineage_process"
        path = f"{named}?attr:qualifiedName={FACT}"
        assert emulator.handle("DELETE", path.replace("#", "%23"), {}, b"").status == 200

    outcome = run("verify", ".")

    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        f"dbo.usp_Load -> dbo.Fact  ({FACT})",
        "  missing: the account has no such process",
        "1 drift in 1 process. A push repairs what is missing or changed, push --prune deletes "
        "what is foreign.",
    ]


def test_scripts_that_moved_on_are_a_drift_too_as_data(pushed: Path, run: Run) -> None:
    (pushed / "etl" / "usp_Load.sql").unlink()

    outcome = run("verify", ".", "--format", "json")

    document = json.loads(outcome.out)
    assert outcome.code == 1
    assert (document["endpoint"], document["owner"]) == ("http://emulator", "team")
    assert {row["kind"] for row in document["drifts"]} == {"foreign"}
    assert FACT in {row["process"] for row in document["drifts"]}
    assert run("verify", ".", "-o", "drifts.csv").code == 1
    table = (pushed / "drifts.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "process,name,kind,detail"
    assert len(table) == len(document["drifts"]) + 1
    markdown = run("verify", ".", "--format", "markdown").out
    assert markdown.startswith("| process | name | kind | detail |\n")


def test_an_account_that_does_not_answer_is_no_drift(
    pushed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "http://127.0.0.1:9")

    assert run("verify", ".").code == 3


def test_nothing_to_compare_is_no_clean_bill(pushed: Path, run: Run) -> None:
    (pushed / "empty").mkdir()

    outcome = run("verify", "empty")

    assert outcome.code == 2
    assert "nothing to hold against the account" in outcome.err
