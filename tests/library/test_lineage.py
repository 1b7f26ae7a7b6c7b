"""The rows of a lineage, and what pandas and polars make of them."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from sql_lineage_purview import ProjectError, Settings, link, scan

CHECKOUT = Path(__file__).parents[2]


def test_an_edge_is_a_row() -> None:
    [filtered, value] = link(
        "CREATE PROC dbo.p AS\nUPDATE t SET a = s.b + 1 FROM dbo.t AS t, dbo.s AS s WHERE s.c = 1;"
    ).columns()

    assert value._asdict() == {
        "source_table": "dbo.s",
        "source_column": "b",
        "target_table": "dbo.t",
        "target_column": "a",
        "type": "DIRECT",
        "subtype": "TRANSFORMATION",
        "certainty": "EXACT",
        "path": "script.sql",
        "line": 2,
        "module": "dbo.p",
        "statements": ("script.sql#1",),
        "declared": False,
    }
    assert (filtered.source_column, filtered.target_column, filtered.subtype) == (
        "c",
        None,
        "FILTER",
    )


def test_what_people_declare_is_a_row_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE dbo.s (a int); CREATE TABLE dbo.t (b int);")
    (tmp_path / "sql-lineage-purview.toml").write_text(
        '[[lineage]]\ntarget = "dbo.t"\nsource = "dbo.s"\ncolumns = { a = "b" }\n'
    )

    [row] = scan(tmp_path).columns()

    assert (row.source_column, row.target_column, row.declared) == ("a", "b", True)
    assert (row.path, row.line, row.statements) == ("sql-lineage-purview.toml", 1, ())


def test_tables_count_what_they_get_and_give() -> None:
    lineage = link(
        "CREATE TABLE dbo.t (a int);\n"
        "INSERT INTO dbo.t (a) SELECT r.a FROM dbo.r AS r JOIN dbo.s AS s ON s.a = r.a;\n"
        "INSERT INTO dbo.u (a) SELECT a FROM dbo.t;"
    )

    assert [tuple(row) for row in lineage.tables() if row.name == "dbo.t"] == [
        ("dbo.t", "TABLE", ("a",), "script.sql", 1, 2, 1)
    ]


def test_modules_name_what_they_refer_to() -> None:
    [module] = link(
        "CREATE PROC dbo.p AS\nINSERT INTO dbo.t SELECT a FROM dbo.s;\nEXEC dbo.q;"
    ).modules()

    assert (module.kind, module.line, module.end_line) == ("PROCEDURE", 1, 3)
    assert (module.reads, module.writes, module.calls) == (("dbo.s",), ("dbo.t",), ("dbo.q",))


def test_findings_are_what_check_counts() -> None:
    lineage = link("EXEC (@unknown);\nDELETE dbo.t;")

    assert [(finding.code, finding.span.line) for finding in lineage.findings()] == [("SLP301", 1)]
    assert link("DELETE dbo.t;").findings() == []


@pytest.mark.parametrize("room", ["lineage_result", "reading_functions"])
def test_the_examples_run(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    outcome = doctest.testmod(import_module(f"sql_lineage_purview.library.{room}"))

    assert outcome.attempted
    assert not outcome.failed


def test_settings_are_those_of_the_scan() -> None:
    settings = Settings(keep_temporary=True)

    assert link("SELECT a INTO #t FROM dbo.s;", settings).settings is settings


CHAIN = "INSERT INTO dbo.b (y) SELECT x + 1 FROM dbo.a; INSERT INTO dbo.c (z) SELECT y FROM dbo.b;"


def test_upstream_and_downstream_walk_to_the_ends() -> None:
    lineage = link(CHAIN)

    assert [tuple(row) for row in lineage.upstream("c.z")] == [
        ("dbo.b", "y", 1, "IDENTITY", ("dbo.c.z", "dbo.b.y"), ("script.sql#2",)),
        ("dbo.a", "x", 2, "TRANSFORMATION", ("dbo.c.z", "dbo.b.y", "dbo.a.x"), ("script.sql#1",)),
    ]
    assert [(row.table, row.distance) for row in lineage.downstream("dbo.a")] == [
        ("dbo.b", 1),
        ("dbo.c", 2),
    ]
    assert [row.table for row in lineage.downstream("a.x", depth=1)] == ["dbo.b"]


def test_a_selector_of_nothing_says_what_is_near() -> None:
    with pytest.raises(ProjectError, match=r"dbo\.b has no column 'q'.*Its columns are y\."):
        link(CHAIN).upstream("b.q")
    with pytest.raises(ProjectError, match="is a module"):
        link("CREATE PROC dbo.p AS DELETE dbo.t;").downstream("dbo.p")


def test_impact_names_readers_that_write_nothing_and_counts_what_could_hide_more() -> None:
    impact = link("CREATE PROC dbo.p AS SELECT x FROM dbo.a; EXEC (@unknown);").impact("a.x")

    assert [str(use.module) for use in impact.modules] == ["dbo.p"]
    assert [gap.code for gap in impact.hidden.gaps] == ["SLP301"]
