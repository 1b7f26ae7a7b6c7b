"""Runs are recorded: a lineage that shrinks is said, a monitor is told, and neither stops a run."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

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
TAKEN_OUT = "Warning: this plan takes lineage out of the account: "
WARNING = "Warning: the lineage has shrunk since the last accepted push: "


@pytest.fixture
def configured(project: Path) -> Path:
    return write(project, {"sql-lineage-purview.toml": CONFIGURATION, "seed.json": SEED})


def shrunk(events: str) -> int:
    """What a monitor is told of the metric `plan.shrunk`."""
    _, _, tail = events.partition('"name": "sql_lineage_purview.plan.shrunk"')
    return int(tail.partition('"value": ')[2].partition("\n")[0].rstrip(", "))


class TestShrinking:
    def test_lineage_that_shrinks_is_said_until_somebody_accepts_it(
        self, configured: Path, run: Run
    ) -> None:
        assert WARNING not in run("push", ".", "--yes").err
        assert WARNING not in run("push", ".", "--yes").err
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")

        for command in (
            ("plan", "."),
            ("push", ".", "--yes"),
            ("push", ".", "--yes"),
            ("verify", "."),
        ):
            outcome = run(*command)
            assert WARNING in outcome.err
            assert "column edges from 3 to 0" in outcome.err
            assert "push --accept-shrink" in outcome.err

        accepted = run("push", ".", "--yes", "--accept-shrink")
        assert accepted.code == 0
        assert WARNING not in accepted.err
        assert "Accepted" in accepted.err
        assert WARNING not in run("plan", ".").err
        assert WARNING not in run("push", ".", "--yes").err

    def test_a_job_can_stop_until_somebody_accepts_it(self, configured: Path, run: Run) -> None:
        assert run("push", ".", "--yes", "--fail-on-shrink").code == 0
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")

        for command in (("plan", "."), ("verify", "."), ("push", ".", "--yes")):
            outcome = run(*command, "--fail-on-shrink")
            assert outcome.code == 1
            assert WARNING in outcome.err
        assert "so nothing was written" in outcome.err
        assert outcome.out == ""
        assert run("plan", ".").code == 0

        accepted = run("push", ".", "--yes", "--accept-shrink", "--fail-on-shrink")
        assert accepted.code == 0
        for command in (("plan", "."), ("push", ".", "--yes")):
            assert run(*command, "--fail-on-shrink").code == 0

    def test_lineage_that_shrinks_bit_by_bit_is_said_too(self, configured: Path, run: Run) -> None:
        script = configured / "etl" / "usp_Load.sql"
        view = "CREATE VIEW dbo.v{} AS SELECT Total FROM dbo.Totals;"
        write(configured, {f"more/{number}.sql": view.format(number) for number in range(9)})
        run("push", ".", "--yes")
        warned = []
        for number in range(5):
            (configured / "more" / f"{number}.sql").unlink()
            warned.append(WARNING in run("push", ".", "--yes").err)
        assert script.exists()
        assert warned == sorted(warned)
        assert warned[0] is False
        assert warned[-1] is True

    def test_a_push_that_is_not_complete_accepts_nothing(self, configured: Path, run: Run) -> None:
        run("push", ".", "--yes")
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")

        assert run("push", ".", "--accept-shrink", "--yes", "--no-cache").code == 2
        assert run("push", "--accept-shrink", "--yes", "--plan", "x.json").code == 2
        assert WARNING in run("plan", ".").err

    def test_the_monitor_counts_it_each_time(self, configured: Path, run: Run) -> None:
        run("push", ".", "--yes")
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")
        write(configured, {"sql-lineage-purview.toml": f'{CONFIGURATION}monitor = "console"\n'})

        counts = [
            shrunk(run("push", ".", "--yes", *more).err)
            for more in ((), (), ("--accept-shrink",), ())
        ]

        assert counts[0] == counts[1] > 0
        assert counts[2:] == [0, 0]

    def test_how_much_may_be_lost_is_a_setting(
        self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("push", ".", "--yes")
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")
        write(configured, {"sql-lineage-purview.toml": f"{CONFIGURATION}shrink_warning = 1.0\n"})

        assert WARNING not in run("plan", ".").err

    def test_another_set_of_scripts_is_not_compared(self, configured: Path, run: Run) -> None:
        run("push", ".", "--yes")

        assert WARNING not in run("plan", "ddl").err

    def test_without_a_cache_nothing_is_kept(self, configured: Path, run: Run) -> None:
        run("push", ".", "--yes", "--no-cache")

        assert not (configured / ".sql-lineage-purview-cache" / "runs.json").exists()

    def test_without_a_cache_it_is_compared_all_the_same(self, configured: Path, run: Run) -> None:
        run("push", ".", "--yes")
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")

        for _ in range(2):
            assert WARNING in run("push", ".", "--yes", "--no-cache").err

    def test_another_copy_of_the_scripts_is_compared_with_the_pushes_before(
        self, configured: Path, run: Run
    ) -> None:
        run("push", ".", "--yes")
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")
        copy = configured.parent / "copy"
        shutil.copytree(configured, copy)
        (configured / ".sql-lineage-purview-cache" / "runs.json").unlink()

        assert WARNING in run("plan", str(copy)).err


class TestLossInTheAccount:
    """What a plan takes out of the account is said although nothing is known of earlier pushes."""

    @pytest.fixture
    def shrunk(self, configured: Path, run: Run) -> Path:
        """A procedure that was pushed, and maps fewer columns since.

        Nothing is known of the push.
        """
        run("push", ".", "--yes", "--no-cache")
        script = configured / "etl" / "usp_Load.sql"
        script.write_text(
            script.read_text(encoding="utf-8").replace("Id, Amount", "Id"), encoding="utf-8"
        )
        assert not (configured / ".sql-lineage-purview-cache" / "runs.json").exists()
        return configured

    @pytest.mark.usefixtures("shrunk")
    def test_it_is_said_until_it_is_pushed(self, run: Run) -> None:
        for command in (("plan", "."), ("verify", "."), ("push", ".", "--yes", "--no-cache")):
            assert f"{TAKEN_OUT}mapped columns from " in run(*command).err
        assert TAKEN_OUT not in run("plan", ".").err

    def test_it_is_said_of_a_saved_plan(self, shrunk: Path, run: Run) -> None:
        run("plan", ".", "--output", "plan.json")

        assert TAKEN_OUT in run("push", "--yes", "--plan", str(shrunk / "plan.json")).err

    def test_it_stops_the_push_of_a_saved_plan(self, shrunk: Path, run: Run) -> None:
        run("plan", ".", "--output", "plan.json")
        saved = ("--plan", str(shrunk / "plan.json"))

        outcome = run("push", *saved, "--yes", "--fail-on-shrink")

        assert (outcome.code, TAKEN_OUT in outcome.err) == (1, True)

    @pytest.mark.usefixtures("shrunk")
    def test_it_is_accepted_like_any_other(self, run: Run) -> None:
        accepted = run("push", ".", "--yes", "--accept-shrink").err

        assert TAKEN_OUT not in accepted
        assert accepted.count("Accepted, if the push is complete") == 1

    def test_what_is_pruned_counts_as_taken_out(self, configured: Path, run: Run) -> None:
        run("push", ".", "--yes", "--no-cache")
        (configured / "etl" / "usp_Load.sql").unlink()

        notes = run("plan", ".").err
        pruned = run("push", ".", "--yes", "--no-cache", "--prune", "--prune-threshold", "1").err

        assert TAKEN_OUT not in notes
        assert TAKEN_OUT in pruned

    def test_a_table_whose_asset_is_gone_is_said_again_until_it_is_accepted(
        self, configured: Path, run: Run
    ) -> None:
        run("push", ".", "--yes")
        write(
            configured,
            {"sql-lineage-purview.toml": CONFIGURATION.replace("srv.database", "other.database")},
        )

        for _ in range(2):
            assert f"{WARNING}mapped columns from " in run("push", ".", "--yes").err


class TestMonitor:
    def test_it_is_told_about_each_run(self, configured: Path, run: Run) -> None:
        write(configured, {"sql-lineage-purview.toml": f'{CONFIGURATION}monitor = "console"\n'})

        outcome = run("push", ".", "--yes")

        assert outcome.code == 0
        assert "sql_lineage_purview.scan.column_edges" in outcome.err
        assert "sql_lineage_purview.push.created" in outcome.err
        assert '"owner": "team"' in outcome.err
        assert "usp_Load" not in outcome.err
        assert "srv.database" not in outcome.err

    def test_it_is_told_about_a_run_that_failed(
        self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_MONITOR", "console")
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "http://127.0.0.1:9")

        outcome = run("plan", ".")

        assert outcome.code == 3
        assert '"exit_code": 3' in outcome.err
        assert '"status_code": "ERROR"' in outcome.err

    def test_one_that_does_not_answer_changes_nothing(
        self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sql_lineage_purview.project.observing.monitoring._SECONDS", 0.5)
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_MONITOR", "otlp")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")

        outcome = run("push", ".", "--yes")

        assert outcome.code == 0
        assert "The monitor could not be told about this run: " in outcome.err

    def test_one_that_cannot_be_used_stops_the_run_before_it_begins(
        self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_MONITOR", "azure")
        monkeypatch.delenv("APPLICATIONINSIGHTS_CONNECTION_STRING", raising=False)

        outcome = run("push", ".", "--yes")

        assert outcome.code == 2
        assert "APPLICATIONINSIGHTS_CONNECTION_STRING" in outcome.err
        assert outcome.out == ""

    def test_one_that_does_not_exist(self, configured: Path, run: Run) -> None:
        write(configured, {"sql-lineage-purview.toml": f'{CONFIGURATION}monitor = "email"\n'})

        outcome = run("plan", ".")

        assert outcome.code == 2
        assert 'monitor must be "otlp" or "azure" or "console"' in outcome.err
