"""Diagrams and events by commands: what the configuration and the environment say in them."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

CONFIGURATION = """
database = "Dw"

[databases.Dw]
server = "srv.database.windows.net"
database = "DW"
"""


@pytest.fixture
def configured(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (project / "sql-lineage-purview.toml").write_text(CONFIGURATION, encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    return project


def test_events_name_the_servers_of_the_configuration(configured: Path, run: Run) -> None:
    outcome = run("scan", ".", "-o", "lineage.ndjson")
    [event] = map(json.loads, (configured / "lineage.ndjson").read_text("utf-8").splitlines())

    assert outcome.code == 0
    assert event["eventTime"] == "1970-01-02T00:00:00Z"
    assert event["job"]["namespace"] == "mssql://srv.database.windows.net:1433"
    assert event["job"]["name"] == "DW.dbo.usp_Load"
    assert [row["name"] for row in event["outputs"]] == ["DW.dbo.Fact", "DW.dbo.Totals"]


def test_events_are_of_now_where_nobody_says_when(project: Path, run: Run) -> None:
    [event] = map(json.loads, run("scan", ".", "--format", "openlineage").out.splitlines())

    assert event["eventTime"] > "2026"
    assert event["job"]["namespace"] == "mssql://server-not-configured"


def test_a_time_that_is_none_is_a_usage_error(
    configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    outcome = run("scan", ".", "--format", "openlineage")

    assert outcome.code == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in outcome.err


def test_a_tree_is_a_diagram_of_both_directions(project: Path, run: Run) -> None:
    both = run("tree", "dbo.Fact", "--format", "mermaid").out
    up = run("tree", "dbo.Fact", "--up", "--format", "mermaid").out
    column = run("tree", "dbo.Fact.Amount", "--format", "dot").out

    assert both.count("-->") == 2
    assert up.count("-->") == 1
    assert "Totals" not in up
    assert 'label="AGGREGATION"' in column


def test_a_file_is_in_the_format_of_its_ending(project: Path, run: Run) -> None:
    for name, start in (
        ("a.mmd", "flowchart LR"),
        ("a.dot", "digraph"),
        ("a.html", "<!DOCTYPE html>"),
    ):
        assert run("scan", ".", "-o", name).code == 0
        assert (project / name).read_text("utf-8").startswith(start)
        # a result may be written over
        assert run("scan", ".", "-o", name).code == 0


def test_a_page_is_not_kept_and_always_that_of_this_version(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run("scan", ".", "--format", "html").out
    monkeypatch.setattr("sql_lineage_purview.render.page.page_data.__version__", "0.0.0-test")

    assert "0.0.0-test" not in before
    assert "0.0.0-test" in run("scan", ".", "--format", "html").out


def test_modules_are_rows(project: Path, run: Run) -> None:
    [row] = csv.DictReader(run("scan", ".", "--format", "csv-modules").out.splitlines())

    assert row["reads"] == "dbo.Fact, stg.Sales"
    assert row["writes"] == "dbo.Fact, dbo.Totals"
