"""`tree`: from a name to what feeds it and what it feeds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run


def test_a_table_is_shown_both_ways(project: Path, run: Run) -> None:
    outcome = run("tree", "fact")

    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "dbo.Fact  is fed by",
        "└── stg.Sales  DIRECT  INSERT in dbo.usp_Load, etl/usp_Load.sql:2",
        "dbo.Fact  feeds",
        "└── dbo.Totals  DIRECT  INSERT in dbo.usp_Load, etl/usp_Load.sql:3",
    ]


def test_one_way_and_one_step(project: Path, run: Run) -> None:
    outcome = run("tree", "dbo.Totals", ".", "--up", "--depth", "1")

    assert outcome.out.splitlines() == [
        "dbo.Totals  is fed by",
        "└── dbo.Fact  DIRECT  INSERT in dbo.usp_Load, etl/usp_Load.sql:3  (more)",
    ]


def test_a_column_is_walked_to_its_source(project: Path, run: Run) -> None:
    outcome = run("tree", "Totals.amount", "--up")

    assert outcome.out.splitlines() == [
        "dbo.Totals.Amount  is fed by",
        "└── dbo.Fact.Amount  AGGREGATION  INSERT in dbo.usp_Load, etl/usp_Load.sql:3",
        "    └── stg.Sales.Amount  IDENTITY  INSERT in dbo.usp_Load, etl/usp_Load.sql:2",
    ]


def test_the_columns_of_a_table(project: Path, run: Run) -> None:
    outcome = run("tree", "dbo.Fact", "--up", "--columns")

    assert [line.partition("  IDENTITY")[0] for line in outcome.out.splitlines()[1:]] == [
        "├── Id",
        "│   └── stg.Sales.Id",
        "└── Amount",
        "    └── stg.Sales.Amount",
    ]


def test_a_name_that_is_not_clear_lists_the_candidates(project: Path, run: Run) -> None:
    (project / "more.sql").write_text("CREATE TABLE arc.Fact (Id int)", encoding="utf-8")

    outcome = run("tree", "Fact")

    assert (outcome.code, outcome.out) == (2, "")
    assert "'Fact' may mean arc.Fact or dbo.Fact." in outcome.err


def test_a_name_that_is_not_there_suggests_others(project: Path, run: Run) -> None:
    outcome = run("tree", "dbo.Fct")

    assert outcome.code == 2
    assert "Did you mean dbo.Fact" in outcome.err


def test_what_is_no_name_is_said(project: Path, run: Run) -> None:
    assert "'dbo.' is no name" in run("tree", "dbo.").err


def test_who_reads_and_writes_nothing_is_said(project: Path, run: Run) -> None:
    reader = "CREATE PROCEDURE dbo.usp_Show AS\nSELECT Amount FROM dbo.Totals"
    (project / "etl" / "usp_Show.sql").write_text(reader, encoding="utf-8")
    expected = "read, and not passed on, by 1 module: dbo.usp_Show; see impact"

    for selector in ("dbo.Totals", "dbo.Totals.Amount"):
        outcome = run("tree", selector, "--down")
        assert outcome.out.splitlines()[1:] == [f"└── {expected}"]


def test_nothing_is_said_of_nothing_only_where_no_gap_could_hide_it(
    project: Path, run: Run
) -> None:
    assert run("tree", "dbo.Totals+").out == "dbo.Totals  feeds nothing in the scan\n"
    (project / "etl" / "dynamic.sql").write_text("EXEC (@anything)", encoding="utf-8")
    assert run("tree", "dbo.Totals+").out.splitlines() == [
        "dbo.Totals  feeds",
        "└── nothing in the scan; 1 gap could hide more; see impact",
    ]


def test_a_large_tree_shows_what_is_near_and_says_what_is_not_there(
    project: Path, run: Run
) -> None:
    for number in range(30):
        text = f"CREATE VIEW dbo.V{number:02} AS SELECT * FROM dbo.{{}}\nGO\n"
        views = (text.format("Fact"), text.replace("dbo.V", "dbo.W").format(f"V{number:02}"))
        (project / "etl" / f"v{number:02}.sql").write_text("".join(views), "utf-8")

    lines = run("tree", "dbo.Fact", ".", "--down").out.splitlines()
    whole = run("tree", "dbo.Fact", ".", "--down", "-v").out.splitlines()
    run("tree", "dbo.Fact", ".", "--down", "-o", "tree.txt")

    assert lines[0] == "dbo.Fact  feeds  31 tables directly, 61 in all"
    assert "├── dbo.V00  DIRECT  VIEW, etl/v00.sql:1  (1 more)" in lines
    assert lines[-2:] == [
        "├── … and 2 more",
        "└── all of it: sql-lineage-purview tree dbo.Fact . --down -v",
    ]
    assert len(whole) == 62
    assert (project / "tree.txt").read_text("utf-8").splitlines() == whole


def test_data_has_each_edge_with_its_distance(project: Path, run: Run) -> None:
    outcome = run("tree", "dbo.Totals.Amount", "--up", "--format", "csv").out.splitlines()
    run("tree", "dbo.Totals", ".", "-o", "tree.json")
    document = json.loads((project / "tree.json").read_text("utf-8"))
    markdown = run("tree", "dbo.Totals", ".", "--up", "--format", "markdown").out

    assert outcome[1:] == [
        "dbo.Totals.Amount,up,1,dbo.Totals.Amount,dbo.Fact.Amount,AGGREGATION,"
        '"INSERT in dbo.usp_Load, etl/usp_Load.sql:3"',
        "dbo.Totals.Amount,up,2,dbo.Fact.Amount,stg.Sales.Amount,IDENTITY,"
        '"INSERT in dbo.usp_Load, etl/usp_Load.sql:2"',
    ]
    assert [(tree["direction"], len(tree["edges"])) for tree in document] == [
        ("up", 2),
        ("down", 0),
    ]
    assert "| 2 | dbo.Fact | stg.Sales | DIRECT |" in markdown


def test_a_diagram_takes_its_format_from_the_ending(project: Path, run: Run) -> None:
    run("tree", "dbo.Fact", ".", "-o", "fact.mmd")
    run("tree", "dbo.Fact", ".", "-o", "fact.dot")

    assert (project / "fact.mmd").read_text("utf-8").startswith("flowchart LR")
    assert (project / "fact.dot").read_text("utf-8").startswith("digraph")
    assert "a diagram has one beginning" in run("tree", "dbo.*", ".", "-o", "all.dot").err


def test_a_wildcard_has_a_tree_for_each(project: Path, run: Run) -> None:
    assert run("tree", "1+dbo.*").out.count("is fed by") == 2


def test_a_module_is_no_node(project: Path, run: Run) -> None:
    assert "sql-lineage-purview impact usp_Load" in run("tree", "usp_Load").err


def test_paths_may_stand_behind_options(project: Path, run: Run) -> None:
    ahead = run("tree", "dbo.Totals", "ddl", "etl", "--up", "--columns")

    assert run("tree", "dbo.Totals", "--up", "--columns", "ddl", "etl") == ahead
    assert run("tree", "dbo.Totals", "ddl", "--up", "etl", "--columns") == ahead
    assert "stg.Sales.Amount" in ahead.out


def test_what_is_no_path_behind_options_is_an_error(project: Path, run: Run) -> None:
    outcome = run("tree", "dbo.Totals", "--up", "ddl", "--sideways")

    assert outcome.code == 2
    assert "unrecognized arguments: ddl --sideways" in outcome.err
    assert "unrecognized arguments: extra" in run("explain", "SLP101", "extra").err
