"""Runs are recorded: a lineage that shrinks is said, a monitor is told, and neither stops a run."""

from __future__ import annotations

import json
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
SEED = json.dumps({"assets": [{"type": "azure_sql_table", "qualifiedName": f"{SERVER}/{table}"} for table in TABLES]})
WARNING = "Warning: the lineage has shrunk since the last push: "


@pytest.fixture
def configured(project: Path) -> Path:
    return write(project, {"sql-lineage-purview.toml": CONFIGURATION, "seed.json": SEED})


class TestShrinking:
    def test_lineage_that_shrinks_is_said_until_it_is_pushed(self, configured: Path, run: Run) -> None:
        assert WARNING not in run("push", ".", "--yes").err
        assert WARNING not in run("push", ".", "--yes").err
        (configured / "etl" / "usp_Load.sql").write_text("-- moved away", encoding="utf-8")

        planned = run("plan", ".")
        pushed = run("push", ".", "--yes")
        again = run("plan", ".")

        assert planned.code == 0
        assert f"{WARNING}" in planned.err
        assert "column edges from 3 to 0" in planned.err
        assert WARNING in pushed.err
        assert WARNING not in again.err

    def test_how_much_may_be_lost_is_a_setting(self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
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

    def test_it_is_told_about_a_run_that_failed(self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_MONITOR", "console")
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "http://127.0.0.1:9")

        outcome = run("plan", ".")

        assert outcome.code == 3
        assert '"exit_code": 3' in outcome.err
        assert '"status_code": "ERROR"' in outcome.err

    def test_one_that_does_not_answer_changes_nothing(self, configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
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
