"""`plan`, `push`, `emulator`: from scripts to a catalogue's processes, and what can go wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.emulator import Behaviour, Emulator, serve
from sql_lineage_purview.emulator.testing import Faults
from sql_lineage_purview.purview import PurviewTarget, connect, read_plan

from .conftest import SCRIPTS, Run, write

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def _seed(*tables: str) -> str:
    assets: list[dict[str, Any]] = [
        {"type": "azure_sql_table", "qualifiedName": f"{SERVER}/{table}"} for table in tables
    ]
    return json.dumps({"assets": assets})


@pytest.fixture
def catalogue(project: Path) -> Path:
    """The project, configured for the emulator.

    The catalogue lacks dbo.Totals and writes stg.Sales in capitals.
    """
    return write(
        project,
        {
            "sql-lineage-purview.toml": CONFIGURATION,
            "seed.json": _seed("dbo/Fact", "stg/SALES", "dbo/TotalsOld"),
        },
    )


def test_a_plan_says_what_a_push_would_do_and_what_is_missing(catalogue: Path, run: Run) -> None:
    outcome = run("plan", ".", "-v")

    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "Plan for the emulator, owner team",
        "  + dbo.usp_Load -> dbo.Fact",
        f"      from {SERVER}/stg/SALES",
        f"      to   {SERVER}/dbo/Fact",
        "1 process to create, 0 to update, 0 unchanged.",
        "2 tables resolved, these not by their exact name:",
        f"  stg.Sales: spelling, {SERVER}/stg/SALES",
        "1 table not resolved:",
        *(line for line in outcome.out.splitlines() if line.startswith("  dbo.Totals: missing, ")),
        f"      candidate: {SERVER}/dbo/TotalsOld (azure_sql_table)",
        "1 process not published:",
        "  dbo.usp_Load -> dbo.Totals: the table that it writes is not resolved",
    ]


def test_a_plan_is_counts_first_and_then_what_needs_a_person(catalogue: Path, run: Run) -> None:
    names = ["A", "B", "C", "D"]
    tables = "\nGO\n".join(f"CREATE TABLE dbo.Lacking{name} (Id int)" for name in names)
    loads = "\n".join(f"INSERT dbo.Lacking{name} SELECT Id FROM dbo.Fact" for name in names)
    write(catalogue, {"ddl/lacking.sql": tables, "etl/lacking.sql": loads})

    lines = run("plan", ".").out.splitlines()

    assert lines[:4] == [
        "Plan for the emulator, owner team",
        "1 process to create, 0 to update, 0 unchanged.",
        "2 tables resolved, 1 by spelling.",
        "5 tables not resolved:",
    ]
    assert lines[4].startswith(
        f"  5 missing: the catalogue has no table or view named {SERVER}/… (types: "
    )
    assert lines[5:] == [
        "      dbo.LackingA, dbo.LackingB, dbo.LackingC and 2 more",
        "5 processes not published:",
        "  5 the table that it writes is not resolved",
        "      etl/lacking.sql -> dbo.LackingA, etl/lacking.sql -> dbo.LackingB, etl/lacking.sql "
        "-> dbo.LackingC and 2 more",
        "Each process and table: -v.",
    ]


def test_a_plan_in_a_file_has_every_row(catalogue: Path, run: Run) -> None:
    detailed = run("plan", ".", "-v").out
    assert run("plan", ".", "-o", "plan.txt").out == ""

    assert (catalogue / "plan.txt").read_text(encoding="utf-8") == detailed
    assert run("plan", ".", "--format", "text").out == detailed


def test_a_plan_is_a_value_that_can_be_saved(catalogue: Path, run: Run) -> None:
    assert run("plan", ".", "--format", "json", "-o", "plan.json").code == 0

    plan = read_plan((catalogue / "plan.json").read_text(encoding="utf-8"))
    assert [row.process.name for row in plan.changes] == ["dbo.usp_Load -> dbo.Fact"]


def test_a_plan_changes_nothing(catalogue: Path, run: Run) -> None:
    first, second = run("plan", ".", "-v"), run("plan", ".", "-v")

    assert first.out == second.out


class TestThrough:
    """dbo.Fact, between stg.Sales and dbo.Totals, has no asset."""

    @pytest.fixture
    def lacking(self, catalogue: Path) -> Path:
        return write(catalogue, {"seed.json": _seed("dbo/Totals", "stg/Sales")})

    def test_a_plan_leads_over_a_table_that_is_missing_and_says_so(
        self, lacking: Path, run: Run
    ) -> None:
        lines = run("plan", ".", "-v").out.splitlines()

        assert lines[1:5] == [
            "  + dbo.usp_Load -> dbo.Totals",
            f"      from {SERVER}/stg/Sales",
            f"      to   {SERVER}/dbo/Totals",
            "      through dbo.Fact, which has no asset",
        ]
        assert lines[-1] == (
            "  dbo.usp_Load -> dbo.Fact: the table that it writes is not resolved; its data goes "
            "on through it to dbo.Totals"
        )

    def test_it_is_pushed_verified_and_reported_by_resolve(self, lacking: Path, run: Run) -> None:
        assert run("push", ".", "--yes").code == 0

        assert "0 processes to create, 0 to update, 1 unchanged." in run("plan", ".", "-v").out
        verified = run("verify", ".")
        assert (verified.code, verified.out.count("holds what the scripts say")) == (0, 1)
        assert ("1 process is not published, 1 process gets what comes through it") in run(
            "resolve", ".", "--report"
        ).out

    def test_it_can_be_turned_off(self, lacking: Path, run: Run) -> None:
        write(lacking, {"sql-lineage-purview.toml": f"{CONFIGURATION}[publish]\nthrough = false\n"})

        outcome = run("plan", ".", "-v")

        assert "0 processes to create" in outcome.out
        assert (
            "  dbo.usp_Load -> dbo.Totals: none of its sources is resolved: dbo.Fact"
        ) in outcome.out.splitlines()

    def test_a_table_that_is_kept_out_is_named_as_that(self, catalogue: Path, run: Run) -> None:
        configuration = f'{CONFIGURATION}[publish]\nexclude = ["Fact"]\n'
        write(
            catalogue,
            {
                "seed.json": _seed("dbo/Totals", "dbo/Fact", "stg/Sales"),
                "sql-lineage-purview.toml": configuration,
            },
        )

        lines = run("plan", ".", "-v").out.splitlines()

        assert lines[4] == "      through dbo.Fact, which [publish] keeps out"
        assert lines[-1] == "1 table kept out by [publish] exclude."

    def test_what_an_ambiguous_table_costs_is_said(self, catalogue: Path, run: Run) -> None:
        write(catalogue, {"seed.json": _seed("dbo/Totals", "dbo/FACT", "dbo/fact", "stg/Sales")})

        lines = run("plan", ".", "-v").out.splitlines()

        assert lines[-2:] == [
            "Lineage ends at 1 table:",
            "  dbo.Fact: it is ambiguous; what stg.Sales gives does not reach dbo.usp_Load -> "
            "dbo.Totals that way",
        ]


class TestPush:
    def test_writes_and_closes_with_a_summary(self, catalogue: Path, run: Run) -> None:
        write(
            catalogue,
            {"etl/dynamic.sql": "CREATE PROCEDURE dbo.usp_D @s nvarchar(max) AS EXEC (@s)"},
        )

        outcome = run("push", ".", "--yes")

        assert outcome.code == 0
        plan, _, summary = outcome.out.partition("\nSummary\n")
        assert plan.startswith("Plan for the emulator")
        lines = summary.splitlines()
        assert lines[0] == (
            "  4 files, 8 statements; 2 table edges, 3 column edges; gaps: 1 dynamic."
        )
        assert lines[1] == "  The gaps are listed by: sql-lineage-purview check . --all"
        assert lines[2] == "  Processes: 1 created, 0 updated, 0 unchanged, 1 not published."
        assert lines[3] == "  Not resolved: 1 table"
        assert lines[4].startswith(
            "    dbo.Totals: missing, the catalogue has no table or view named "
        )

    def test_a_second_time_has_nothing_to_do(self, catalogue: Path, run: Run) -> None:
        run("push", ".", "--yes")

        outcome = run("push", ".", "--yes")

        assert outcome.code == 0
        assert "0 processes to create, 0 to update, 1 unchanged." in outcome.out
        assert "  Processes: 0 created, 0 updated, 1 unchanged, 1 not published." in outcome.out
        assert (
            "  Nothing to do: the catalogue holds what can be published of this lineage."
        ) in outcome.out

    def test_without_a_terminal_must_be_told_yes(
        self, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))

        outcome = run("push", ".")

        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.endswith("Add --yes.\n")

    @pytest.mark.parametrize(
        ("answer", "written"),
        [("yes\n", True), ("Y\n", True), ("no\n", False), ("\n", False), ("", False)],
    )
    def test_asks_at_a_terminal(
        self,
        catalogue: Path,
        run: Run,
        monkeypatch: pytest.MonkeyPatch,
        answer: str,
        *,
        written: bool,
    ) -> None:
        terminal = io.StringIO(answer)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", terminal)

        outcome = run("push", ".")

        assert outcome.code == 0
        assert "Write 1 process to the emulator? Answer yes or no.\n" in outcome.err
        assert ("Processes: 1 created" in outcome.out) is written
        assert ("Nothing was written." in outcome.err) is not written

    def test_of_an_empty_folder_does_nothing(self, catalogue: Path, run: Run) -> None:
        (catalogue / "empty").mkdir()

        outcome = run("push", "empty", "--yes")

        assert outcome.code == 0
        assert "No .sql files in empty." in outcome.err
        assert "Nothing to publish" in outcome.out


class TestSavedPlan:
    @pytest.fixture
    def saved(self, catalogue: Path, run: Run) -> Path:
        outcome = run("plan", ".", "-o", "plan.json")
        assert (outcome.code, outcome.out) == (0, "")
        return catalogue / "plan.json"

    def test_is_applied_as_it_is(self, saved: Path, run: Run) -> None:
        outcome = run("push", "--plan", "plan.json", "--yes", "-v")

        assert outcome.code == 0
        assert outcome.out.startswith(
            "Plan for the emulator, owner team\n  + dbo.usp_Load -> dbo.Fact\n"
        )
        assert (
            "  The plan of plan.json.\n  Processes: 1 created, 0 updated, 0 unchanged, 1 not "
            "published."
        ) in outcome.out
        assert "0 processes to create, 0 to update, 1 unchanged." in run("plan", ".", "-v").out

    def test_that_is_stale_is_refused_with_what_changed(self, saved: Path, run: Run) -> None:
        run("push", ".", "--yes")
        write(
            saved.parent,
            {
                "etl/usp_Load.sql": SCRIPTS["etl/usp_Load.sql"].replace(
                    "Id, Amount FROM", "Amount, Id FROM"
                )
            },
        )
        run("push", ".", "--yes")

        outcome = run("push", "--plan", "plan.json", "--yes")

        assert outcome.code == 2
        assert "dbo.usp_Load -> dbo.Fact: it exists now\n" in outcome.err
        assert "The plan is stale: 1 of its processes changed" in outcome.err

    def test_for_another_account_is_refused(self, saved: Path, run: Run) -> None:
        text = saved.read_text(encoding="utf-8")
        saved.write_text(
            text.replace("http://emulator", "https://other.purview.azure.com"), encoding="utf-8"
        )

        outcome = run("push", "--plan", "plan.json", "--yes")

        assert outcome.code == 2
        assert "The plan was made for https://other.purview.azure.com/datamap/api" in outcome.err

    @pytest.mark.parametrize("file", ["gone.json", "seed.json"])
    def test_that_is_none(self, saved: Path, run: Run, file: str) -> None:
        outcome = run("push", "--plan", file, "--yes")

        assert outcome.code == 2
        assert outcome.err.count("\n") == 1


class TestChoices:
    def test_granularity(self, catalogue: Path, run: Run) -> None:
        outcome = run("plan", ".", "--granularity", "module", "-v")

        assert "  + dbo.usp_Load\n" in outcome.out
        assert "      without dbo.Totals, which is not resolved\n" in outcome.out

    def test_prune_deletes_what_is_gone(self, catalogue: Path, run: Run) -> None:
        run("push", ".", "--yes")
        (catalogue / "etl/usp_Load.sql").unlink()

        unpruned = run("push", ".", "--yes")
        planned = run("plan", ".", "--prune", "-v")
        stopped = run("push", ".", "--yes", "--prune")
        pruned = run("push", ".", "--yes", "--prune", "--prune-threshold", "1")

        assert "to delete" not in unpruned.out
        assert planned.code == 0
        assert "0 processes to create, 0 to update, 1 to delete, 0 unchanged.\n" in planned.out
        assert (
            "A push of this plan stops: The plan would delete 1 of the 1 processes"
        ) in planned.err
        assert stopped.code == 2
        assert "would delete 1 of the 1 processes of team, more than 20%" in stopped.err
        assert "  - dbo.usp_Load -> dbo.Fact  (it is no longer in the scripts)\n" in pruned.out
        assert "Processes: 0 created, 0 updated, 1 deleted, 0 unchanged" in pruned.out

    @pytest.mark.parametrize("share", ["2", "-1", "half"])
    def test_a_threshold_that_is_no_share(self, catalogue: Path, run: Run, share: str) -> None:
        outcome = run("push", ".", "--yes", f"--prune-threshold={share}")

        assert outcome.code == 2
        assert "is no number from 0 to 1" in outcome.err

    @pytest.mark.parametrize(("setting", "shown"), [("", True), ("sql_text = false\n", False)])
    def test_the_text_of_statements(
        self, catalogue: Path, run: Run, setting: str, *, shown: bool
    ) -> None:
        write(catalogue, {"sql-lineage-purview.toml": CONFIGURATION + setting})

        run("plan", ".", "-o", "plan.json")

        (row,) = read_plan((catalogue / "plan.json").read_text(encoding="utf-8")).processes
        assert row.process.sql_text == (
            "INSERT INTO dbo.Fact (Id, Amount) SELECT Id, Amount FROM stg.Sales" if shown else ""
        )

    def test_a_difference_is_shown(self, catalogue: Path, run: Run) -> None:
        run("push", ".", "--yes")
        changed = SCRIPTS["etl/usp_Load.sql"].replace("SELECT Id, Amount", "SELECT Id, Id")
        write(catalogue, {"etl/usp_Load.sql": changed})

        lines = run("plan", ".", "-v").out.splitlines()

        assert "  ~ dbo.usp_Load -> dbo.Fact  (changed: columnMapping, sqlText)" in lines
        assert f"      - {SERVER}/stg/SALES Amount -> Amount" in lines
        assert f"      + {SERVER}/stg/SALES Id -> Amount" in lines

    def test_views_as_direct_lineage(self, catalogue: Path, run: Run) -> None:
        write(catalogue, {"ddl/v.sql": "CREATE VIEW dbo.V AS SELECT Id FROM dbo.Fact"})
        write(catalogue, {"sql-lineage-purview.toml": CONFIGURATION + 'views = "direct"\n'})
        seeded = json.loads(_seed("dbo/Fact", "stg/SALES"))["assets"]
        view = {"type": "azure_sql_view", "qualifiedName": f"{SERVER}/dbo/V"}
        write(catalogue, {"seed.json": json.dumps({"assets": [*seeded, view]})})

        first, second = run("push", ".", "--yes", "-v"), run("push", ".", "--yes")

        assert f"  + {SERVER}/dbo/Fact\n      directly to {SERVER}/dbo/V\n" in first.out
        assert "  Relations: 1 written.\n" in first.out
        assert "0 relations to write, 1 unchanged." in second.out
        assert "Nothing to do" in second.out


class TestTrouble:
    def test_a_process_that_is_refused_keeps_what_it_may_take_the_place_of(
        self, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("push", ".", "--yes")
        write(
            catalogue,
            {"etl/usp_Load.sql": SCRIPTS["etl/usp_Load.sql"].replace("usp_Load", "usp_LoadAll")},
        )
        refusing = Behaviour(faults=Faults.read(["refuse:*usp_loadall*"]))
        with (
            Emulator("state.sqlite", behaviour=refusing) as emulator,
            serve(emulator, 0) as running,
        ):
            monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", running.url)
            outcome = run("push", ".", "--yes", "--prune", "--prune-threshold", "1")

        assert outcome.code == 3
        assert "1 process to create, 0 to update, 1 to delete, 0 unchanged." in outcome.out
        assert "  Processes: 0 created, 0 updated, 0 unchanged, 1 not published." in outcome.out
        assert (
            "  Not deleted: 1 process, since what is refused may take their place.\n"
        ) in outcome.out

    @pytest.fixture
    def server(self) -> Iterator[str]:
        """A served stand-in that refuses the one token that local endpoints get."""
        with (
            Emulator(":memory:") as emulator,
            serve(emulator, 0, refused_tokens=["local"]) as running,
        ):
            yield running.url

    def test_a_token_that_is_refused(
        self, catalogue: Path, run: Run, server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", server)

        outcome = run("plan", ".", "-v")

        assert (outcome.code, outcome.out) == (3, "")
        assert "The service answered 401" in outcome.err
        assert "az login" in outcome.err

    def test_an_endpoint_that_does_not_answer(
        self, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "http://127.0.0.1:9")

        outcome = run("push", ".", "--yes")

        assert (outcome.code, outcome.out) == (3, "")
        assert "The connection was refused (GET http://127.0.0.1:9/" in outcome.err
        assert outcome.err.count("\n") == 1

    def test_no_endpoint(self, project: Path, run: Run) -> None:
        outcome = run("plan", ".", "-v")

        assert outcome.code == 2
        assert "No endpoint is configured" in outcome.err

    def test_an_endpoint_that_would_see_a_token_on_an_open_line(
        self, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "http://acct.purview.azure.com")

        outcome = run("plan", ".", "-v")

        assert outcome.code == 2
        assert "Use https" in outcome.err

    def test_a_file_that_is_no_emulator(self, catalogue: Path, run: Run) -> None:
        (catalogue / "state.sqlite").write_text(
            "something else, and long enough to be read as a header" * 9, encoding="utf-8"
        )

        outcome = run("plan", ".", "-v")

        assert outcome.code == 2
        assert "state.sqlite" in outcome.err

    def test_a_platform_that_does_not_exist(self, catalogue: Path, run: Run) -> None:
        write(catalogue, {"sql-lineage-purview.toml": CONFIGURATION.replace("azure_sql", "oracle")})

        outcome = run("plan", ".", "-v")

        assert outcome.code == 2
        assert "[databases.Dw]: platform 'oracle' is unknown. Known: azure_sql" in outcome.err


class TestEmulator:
    def test_serves_its_seed_until_it_is_stopped(self, catalogue: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "sql_lineage_purview",
            "emulator",
            "--port",
            "0",
            "--file",
            "served.sqlite",
        ]
        with subprocess.Popen(
            [*command, "--seed", "seed.json"],
            cwd=catalogue,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                client = connect(PurviewTarget(process.stdout.readline().strip()))
                entities = client.get_entities("azure_sql_table", [f"{SERVER}/dbo/Fact"])
            finally:
                process.kill()

        assert len(entities.entities) == 1

    def test_a_port_that_cannot_be_used(self, project: Path, run: Run) -> None:
        outcome = run("emulator", "--port", "99999", "--file", "x.sqlite")

        assert outcome.code == 2
        assert "port 99999" in outcome.err

    def test_a_seed_that_does_not_exist(self, project: Path, run: Run) -> None:
        outcome = run("emulator", "--port", "0", "--file", "x.sqlite", "--seed", "gone.json")

        assert outcome.code == 2
        assert "gone.json: the seed cannot be read" in outcome.err


def test_a_plan_says_what_is_kept_out_of_the_catalogue(catalogue: Path, run: Run) -> None:
    write(
        catalogue, {"sql-lineage-purview.toml": f'{CONFIGURATION}[publish]\nexclude = ["stg.*"]\n'}
    )

    assert "1 table kept out by [publish] exclude." in run("plan", ".", "-v").out.splitlines()
    plan = read_plan(run("plan", ".", "--format", "json").out)
    assert (plan.processes, plan.excluded) == ((), ("stg.Sales",))


def test_what_is_declared_is_published_as_such(catalogue: Path, run: Run) -> None:
    write(catalogue, {"declared.sql": "-- lineage: stg.Sales (Id) -> dbo.TotalsOld (Id)\n"})

    assert "  + declared -> dbo.TotalsOld" in run("plan", ".", "-v").out.splitlines()
    plan = read_plan(run("plan", ".", "--format", "json").out)
    [row] = [row for row in plan.processes if row.process.name == "declared -> dbo.TotalsOld"]
    assert (row.process.certainty, row.process.file_path, row.process.line_range) == (
        "DECLARED",
        "declared.sql",
        "1-1",
    )
    assert json.loads(row.process.column_mapping)[0]["ColumnMapping"] == [
        {"Source": "Id", "Sink": "Id"}
    ]


def test_a_profile_is_chosen_by_name(catalogue: Path, run: Run) -> None:
    write(
        catalogue,
        {"sql-lineage-purview.toml": f'{CONFIGURATION}[profiles.other]\nowner = "others"\n'},
    )

    assert run("plan", ".", "--profile", "other").out.startswith(
        "Plan for the emulator, owner others\n"
    )
    assert run("plan", ".", "--profile", "third").code == 2


class TestWhoIsAsked:
    @pytest.mark.parametrize("stdin", [None, io.StringIO()])
    def test_nobody_where_there_is_no_stdin(
        self, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None
    ) -> None:
        if stdin is not None:
            stdin.close()
        monkeypatch.setattr(sys, "stdin", stdin)

        outcomes = [run("push", "."), run("trace", ".", "--classification", "X", "--apply")]

        assert [outcome.code for outcome in outcomes] == [2, 2]
        assert all(outcome.err.endswith("Add --yes.\n") for outcome in outcomes)

    def test_a_plan_of_another_owner_is_refused(
        self, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("plan", ".", "-o", "plan.json")
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_OWNER", "others")

        outcome = run("push", "--plan", "plan.json", "--yes")

        assert (outcome.code, outcome.out) == (2, "")
        assert (
            "plan.json: the plan is one of team, and the configuration one of others."
        ) in outcome.err


class TestPartOfTheScripts:
    @pytest.fixture
    def pushed(self, catalogue: Path, run: Run) -> Path:
        write(
            catalogue, {"etl/loose.sql": "INSERT INTO dbo.TotalsOld (Id) SELECT Id FROM dbo.Fact"}
        )
        assert "Processes: 2 created" in run("push", ".", "--yes").out
        return catalogue

    @pytest.mark.parametrize("part", [".", "etl", "etl/loose.sql", "etl/usp_Load.sql"])
    def test_has_the_names_of_the_whole(self, pushed: Path, run: Run, part: str) -> None:
        plan = run("plan", part, "--format", "json").out

        assert all(row.action == "unchanged" for row in read_plan(plan).processes)

    @pytest.mark.parametrize("part", ["ddl", "etl/loose.sql", "etl/usp_Load.sql"])
    def test_loses_nothing_of_the_others_when_it_is_pruned(
        self, pushed: Path, run: Run, part: str
    ) -> None:
        outcome = run("plan", part, "--prune")

        assert " 0 to delete," in outcome.out
        assert "its script is there, and was not scanned" in outcome.out

    def test_what_is_gone_or_excluded_is_deleted_all_the_same(self, pushed: Path, run: Run) -> None:
        (pushed / "etl/loose.sql").unlink()

        assert "  - etl/loose.sql -> dbo.TotalsOld" in run("plan", "ddl", "--prune", "-v").out
        write(pushed, {"sql-lineage-purview.toml": f'exclude = ["etl"]\n{CONFIGURATION}'})
        assert "  - dbo.usp_Load -> dbo.Fact" in run("plan", ".", "--prune", "-v").out

    if os.name != "nt":  # to make a link needs a privilege on Windows

        def test_a_link_that_is_not_followed_deletes_nothing(self, pushed: Path, run: Run) -> None:
            outside = pushed.parent / "outside.sql"
            (pushed / "etl/usp_Load.sql").rename(outside)
            (pushed / "etl/usp_Load.sql").symlink_to(outside)

            outcome = run("plan", ".", "--prune", "-v")

            assert "1 unchanged" in outcome.out
            assert (
                "etl/usp_Load.sql was skipped (a link that leads outside the scanned folder)"
            ) in outcome.out


class TestSeveralDatabases:
    """Two database projects, each with its row in the map."""

    PROJECT = '<Project><Sdk Name="Microsoft.Build.Sql" Version="1.0.0" />{}</Project>'
    REFERENCE = (
        '<ItemGroup><ProjectReference Include="..\\A\\A.sqlproj" DatabaseSqlCmdVariable="Src" '
        "/></ItemGroup>"
    )

    @pytest.fixture
    def solution(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        files = {
            "A/A.sqlproj": self.PROJECT.format(""),
            "A/t.sql": "CREATE TABLE dbo.t (id int, a int)",
            "B/B.sqlproj": self.PROJECT.format(self.REFERENCE),
            "B/t.sql": "CREATE TABLE dbo.t (id int, b int)",
            "B/p.sql": "CREATE PROC dbo.p AS INSERT dbo.t (b) SELECT a FROM [$(Src)].dbo.t",
            "sql-lineage-purview.toml": '[databases.A]\nserver = "one.database.windows.net"\n'
            '[databases.B]\nserver = "two.database.windows.net"\ndatabase = "Beta"\n'
            '[purview]\nendpoint = "emulator"\nemulator_seed = "."\n',
        }
        monkeypatch.chdir(write(tmp_path, files))
        return tmp_path

    def test_each_table_is_the_asset_of_its_own_database(self, solution: Path, run: Run) -> None:
        assert run("plan", solution, "-v").out.splitlines()[1:4] == [
            "  + B.dbo.p -> B.dbo.t",
            "      from mssql://one.database.windows.net/A/dbo/t",
            "      to   mssql://two.database.windows.net/Beta/dbo/t",
        ]

    def test_a_project_that_is_alone_has_the_row_of_its_name(
        self, solution: Path, run: Run
    ) -> None:
        write(
            solution,
            {
                "A/p.sql": "CREATE PROC dbo.p AS INSERT dbo.t (id) SELECT a FROM A.dbo.s",
                "A/s.sql": "CREATE TABLE dbo.s (a int)",
            },
        )

        assert (
            "      to   mssql://one.database.windows.net/A/dbo/t"
            in run("plan", solution / "A", "-v").out.splitlines()
        )

    def test_a_name_without_a_database_is_asked_for_where_several_have_it(
        self, solution: Path, run: Run
    ) -> None:
        assert "A.dbo.t" in run("tree", "dbo.t", solution).err
        assert "B.dbo.t" in run("tree", "A.dbo.t", solution).out
