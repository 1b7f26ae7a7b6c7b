"""`resolve`, and what `missing` does to `plan` and `push`."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.purview import read_plan
from tests.planned import rows_of

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


def asset(name: str, *columns: str) -> dict[str, Any]:
    described = [{"name": column, "type": "int"} for column in columns]
    return {"type": "azure_sql_table", "qualifiedName": f"{SERVER}/{name}", "columns": described}


@pytest.fixture
def catalogue(project: Path) -> Path:
    """The project, and a catalogue that lacks dbo.Totals, and the column Amount of dbo.Fact."""
    seed = {"assets": [asset("dbo/Fact", "Id"), asset("stg/SALES", "ID", "AMOUNT")]}
    scripts = {
        "more/usp_More.sql": "CREATE PROCEDURE dbo.usp_More AS INSERT dbo.Fact (Id) SELECT "
        "Id FROM dbo.Other"
    }
    return write(
        project,
        {"sql-lineage-purview.toml": CONFIGURATION, "seed.json": json.dumps(seed), **scripts},
    )


def configure(project: Path, line: str) -> None:
    write(project, {"sql-lineage-purview.toml": f"{CONFIGURATION}{line}\n"})


class TestResolve:
    def test_every_table_with_its_asset_or_why_it_has_none(self, catalogue: Path, run: Run) -> None:
        outcome = run("resolve", ".")

        assert outcome.code == 0
        lines = outcome.out.splitlines()
        assert lines[:6] == [
            "2 of 4 tables resolved.",
            "  dbo.Fact: exact",
            f"      {SERVER}/dbo/Fact (azure_sql_table)",
            "  stg.Sales: spelling",
            f"      {SERVER}/stg/SALES (azure_sql_table)",
            "2 not resolved, those on which most lineage hangs first:",
        ]
        assert [line for line in lines if line[:4].strip().isdecimal()] == [
            "   1  dbo.Other: 1 table edge, 1 column edge; 1 process is not published",
            "   2  dbo.Totals: 1 table edge, 1 column edge; 1 process is not published",
        ]

    def test_a_report_ranks_by_the_lineage_that_hangs_on_a_table(
        self, catalogue: Path, run: Run
    ) -> None:
        fact = "INSERT dbo.Fact (Id, Amount) SELECT s.Id, o.Amount FROM dbo.Other o, stg.Sales s"
        write(
            catalogue,
            {"more/a.sql": fact, "more/b.sql": "INSERT dbo.Totals SELECT Sum FROM dbo.Sums"},
        )

        outcome = run("resolve", ".", "--report", "--format", "json")

        document = json.loads(outcome.out)
        assert "resolved" not in document
        rows = [
            (row["table"], row["column_edges"], row["processes_lost"], row["processes_reduced"])
            for row in document["unresolved"]
        ]
        assert rows == [("dbo.Totals", 2, 2, 0), ("dbo.Other", 2, 1, 1), ("dbo.Sums", 1, 1, 0)]
        assert document["unresolved"][0]["outcome"] == "missing"

    def test_the_whole_document_tells_the_columns_of_assets(
        self, catalogue: Path, run: Run
    ) -> None:
        document = json.loads(run("resolve", ".", "--format", "json").out)

        (sales,) = (row for row in document["resolved"] if row["table"] == "stg.Sales")
        assert (sales["evidence"], sales["columns"], bool(sales["guid"])) == (
            "spelling",
            ["ID", "AMOUNT"],
            True,
        )

    def test_it_fails_where_it_is_to(self, catalogue: Path, run: Run) -> None:
        assert run("resolve", ".", "--missing", "fail").code == 1
        assert run("resolve", "ddl", "--missing", "fail").code == 0


class TestMissing:
    def test_create_makes_placeholders_once(self, catalogue: Path, run: Run) -> None:
        plan = run("plan", ".", "--missing", "create", "-v")
        first = run("push", ".", "--yes", "--missing", "create")
        second = run("push", ".", "--yes", "--missing", "create")

        assert f"  + placeholder {SERVER}/dbo/Totals (azure_sql_table)\n" in plan.out
        assert f"  dbo.Totals: placeholder, {SERVER}/dbo/Totals\n" in plan.out
        assert "  Placeholders: 2 assets made.\n" in first.out
        assert "  Processes: 3 created, 0 updated, 0 unchanged, 0 not published.\n" in first.out
        assert "Placeholders" not in second.out
        assert "Nothing to do" in second.out

    def test_placeholders_stand_in_a_saved_plan_and_are_applied_from_it(
        self, catalogue: Path, run: Run
    ) -> None:
        configure(catalogue, 'missing = "create"')
        run("plan", ".", "-o", "plan.json")

        saved = read_plan((catalogue / "plan.json").read_text(encoding="utf-8"))
        assert [row.asset.qualified_name for row in saved.placeholders] == [
            f"{SERVER}/dbo/Other",
            f"{SERVER}/dbo/Totals",
        ]
        assert (
            "  Placeholders: 2 assets made.\n"
            in run("push", ".", "--plan", "plan.json", "--yes").out
        )

    def test_a_person_is_asked_about_them_too(
        self, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = io.StringIO("no\n")
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", terminal)

        assert ("Write 3 processes and 2 placeholder assets to the emulator?") in run(
            "push", ".", "--missing", "create"
        ).err

    def test_the_cap_holds_before_anybody_is_asked(self, catalogue: Path, run: Run) -> None:
        configure(catalogue, 'missing = "create"\nplaceholder_cap = 1')

        outcome = run("push", ".", "--yes")

        assert outcome.code == 2
        assert "would make 2 placeholder assets, more than 1" in outcome.err
        assert "3 processes to create" in run("plan", ".").out

    def test_fail_shows_the_plan_and_writes_nothing(self, catalogue: Path, run: Run) -> None:
        plan, push = (
            run("plan", ".", "--missing", "fail"),
            run("push", ".", "--yes", "--missing", "fail"),
        )

        assert (plan.code, push.code) == (1, 1)
        assert "1 process to create" in plan.out
        assert (
            "2 tables are not resolved (dbo.Other, dbo.Totals), and missing is set to fail"
        ) in plan.err
        assert (
            "2 tables are not resolved (dbo.Other, dbo.Totals), and missing is set to fail"
        ) in push.err
        assert "1 process to create" in run("plan", ".").out

    def test_fail_lets_a_plan_without_gaps_through(self, catalogue: Path, run: Run) -> None:
        (catalogue / "more" / "usp_More.sql").unlink()
        write(
            catalogue,
            {
                "etl/usp_Load.sql": "CREATE PROCEDURE dbo.usp_Load AS INSERT dbo.Fact "
                "(Id) SELECT Id FROM stg.Sales"
            },
        )

        assert run("plan", ".", "--missing", "fail").code == 0
        assert run("push", ".", "--yes", "--missing", "fail").code == 0


def test_a_database_says_in_which_collection_what_is_new_lands(catalogue: Path, run: Run) -> None:
    text = CONFIGURATION.replace(
        'platform = "azure_sql"', 'platform = "azure_sql"\ncollection = "stage"'
    )
    write(catalogue, {"sql-lineage-purview.toml": text})

    plan = run("plan", ".", "--missing", "create", "--format", "json").out

    assert {
        row["collection"] for kind in ("placeholder", "process") for row in rows_of(plan, kind)
    } == {"stage"}


def test_a_lakehouse_is_configured_by_its_address(catalogue: Path, run: Run) -> None:
    lakehouse = """
[databases.Dw]
platform = "fabric_lakehouse"
workspace = "3f2c1b0a-0000-4000-8000-000000000001"
item = "3f2c1b0a-0000-4000-8000-000000000002"
"""
    text = f"{lakehouse}[purview]{CONFIGURATION.partition('[purview]')[2]}"
    write(catalogue, {"sql-lineage-purview.toml": text})

    outcome = run("push", ".", "--yes", "--missing", "create", "-v")

    root = "https://app.fabric.microsoft.com/groups/3f2c1b0a-0000-4000-8000-000000000001"
    item = f"{root}/lakehouses/3f2c1b0a-0000-4000-8000-000000000002"
    assert outcome.code == 0
    assert f"  + placeholder {item}/tables/Fact (fabric_lakehouse_table)\n" in outcome.out
    assert f"  + placeholder {item}/tables/stg%252FSales (fabric_lakehouse_table)\n" in outcome.out
    assert "0 processes to create, 0 to update, 3 unchanged." in run("plan", ".").out


def test_a_column_that_its_asset_lacks_is_noted_by_the_plan(catalogue: Path, run: Run) -> None:
    text, data = run("plan", "."), run("plan", ".", "--format", "json").out

    note = (
        f"dbo.Fact: column Amount is not in the catalogue's {SERVER}/dbo/Fact; kept as the SQL "
        "spells it"
    )
    assert f"Note: {note}\n" in text.out
    assert [row["text"] for row in rows_of(data, "note")] == [note]


def test_and_by_resolve(catalogue: Path, run: Run) -> None:
    note = (
        f"dbo.Fact: column Amount is not in the catalogue's {SERVER}/dbo/Fact; kept as the SQL "
        "spells it"
    )
    assert run("resolve", ".", "--report").out.endswith(f"\nNote: {note}\n")
    assert json.loads(run("resolve", ".", "--format", "json").out)["notes"] == [note]
