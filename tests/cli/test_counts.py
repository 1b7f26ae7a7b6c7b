"""Counts that several commands print: each is counted in one way, whoever prints it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.factory import Factory, copy

from .conftest import Outcome, Run, write

SCRIPTS = {
    # a table edge without columns, since those of the source are not known
    "etl/usp_Rest.sql": "CREATE PROCEDURE dbo.usp_Rest AS\nINSERT dbo.Rest SELECT * FROM ext.A\n",
    "etl/usp_Run.sql": "CREATE PROCEDURE dbo.usp_Run AS\nEXEC (@anything)\n",
    "ddl/fn.sql": "CREATE FUNCTION dbo.fn (@a int) RETURNS TABLE AS RETURN (SELECT 1 AS A)\n",
    "ddl/names.sql": "SELECT Nope FROM dbo.Fact\n",
}


@pytest.fixture
def estate(project: Path) -> Path:
    """Each kind of what is counted: edges of tables alone, gaps, copies, what is not read."""
    write(project, SCRIPTS)
    factory = Factory(project)
    factory.pipeline("Night", copy("Nowhere", "Nobody"))
    write(project, {"logs/day.kql": "Logs | take 10"})
    return project


def document(run: Run) -> dict[str, Any]:
    run("scan", "--format", "json", "-o", "lineage.json")
    loaded: dict[str, Any] = json.loads(Path("lineage.json").read_text("utf-8"))
    return loaded


def number(pattern: str, outcome: Outcome) -> int:
    """The one number that a command prints before some words."""
    (found,) = set(re.findall(rf"(\d+) {pattern}", outcome.out + outcome.err))
    return int(found)


@pytest.mark.usefixtures("estate")
def test_column_edges_are_those_of_the_document(run: Run) -> None:
    edges = len(document(run)["column_lineage"])

    assert number("column edges?", run("scan")) == edges
    assert number("column edges?", run("scan", "--format", "tree")) == edges
    assert number("column edges?", run("diff", "lineage.json", "lineage.json")) == edges


@pytest.mark.usefixtures("estate")
def test_gaps_are_those_of_the_files(run: Run) -> None:
    files = document(run)["files"]
    kinds = {kind: sum(file["gaps"][kind] for file in files) for kind in ("name", "dynamic")}

    assert kinds["dynamic"] == 1
    for outcome in (run("scan"), run("scan", "--format", "tree")):
        assert number("name", outcome) == kinds["name"]
        assert number("dynamic", outcome) == kinds["dynamic"]
    gaps = number("gaps? in", run("diff", "lineage.json", "lineage.json"))
    assert gaps == sum(kinds.values())


@pytest.mark.usefixtures("estate")
def test_what_could_hide_something_is_the_same_to_all(run: Run) -> None:
    hidden = {
        number("gaps?", Outcome(0, line, ""))
        for outcome in (run("trace", "--column", "dbo.Fact.Id"), run("impact", "dbo.Fact.Id"))
        for line in outcome.out.splitlines()
        if "could hide a path" in line or "could hide more uses" in line
    }

    # the string, the column, and both ends of the copy
    assert hidden == {4}


@pytest.mark.usefixtures("estate")
def test_a_copy_that_is_a_gap_is_no_file_that_is_not_read(run: Run) -> None:
    not_read = {row["kind"]: row["count"] for row in document(run)["not_read"]}

    assert not_read == {"COPY_ACTIVITY": 1, "KQL_SCRIPT": 1}
    assert "Not read  1 KQL script\n" in run("scan").out
    assert "not read: 1 KQL script;" in run("scan", "--format", "tree").err
    for outcome in (
        run("diff", "lineage.json", "lineage.json"),
        run("trace", "--column", "dbo.Fact.Id"),
        run("impact", "dbo.Fact.Id"),
    ):
        assert number("file or activity not read", outcome) == 1


@pytest.mark.usefixtures("estate")
def test_tables_that_are_not_known_in_full_are_named_and_listed(run: Run) -> None:
    screen = run("scan").out
    listed = run("tables", "--partly-known", "--format", "csv").out.splitlines()[1:]

    assert "Tables    2 of 3 written tables (66 %) have sources known in full\n" in screen
    assert "          not in full: dbo.Rest; tables --partly-known lists them\n" in screen
    assert [row.partition(",")[0] for row in listed] == ["dbo.Rest"]


def test_a_scan_that_writes_no_table_says_so(tmp_path: Path, run: Run) -> None:
    folder = write(tmp_path, {"a.sql": "CREATE VIEW dbo.V AS SELECT Id FROM dbo.T"})
    screen = run("scan", folder).out

    assert "Tables    no statement that was read brings rows into a table\n" in screen
    assert "Columns" not in screen
