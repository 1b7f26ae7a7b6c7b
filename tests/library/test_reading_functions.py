"""`scan` and `link`: the same lineage as the command's, of folders and of texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview import ProjectError, Settings, link, load_settings, scan
from sql_lineage_purview.cli import main

SAMPLE = Path(__file__).parents[2] / "sample_sql"


def test_a_folder_gives_the_document_of_the_command(tmp_path: Path) -> None:
    document = tmp_path / "command.json"
    main(["scan", str(SAMPLE), "--no-cache", "--format", "json", "-o", str(document)])

    lineage = scan(SAMPLE, use_cache=False)

    assert lineage.to_json() == document.read_text(encoding="utf-8")


def test_several_paths_are_one_scan(tmp_path: Path) -> None:
    (tmp_path / "view.sql").write_text("CREATE VIEW dbo.v AS SELECT * FROM dbo.t;")
    (tmp_path / "table.sql").write_text("CREATE TABLE dbo.t (a int);")

    lineage = scan([tmp_path / "view.sql", str(tmp_path / "table.sql")], Settings())

    assert [(row.source_column, row.certainty) for row in lineage.columns()] == [("a", "EXPANDED")]


def test_a_folder_that_is_none_is_an_error() -> None:
    with pytest.raises(ProjectError, match="nowhere"):
        scan("nowhere", Settings())


def test_texts_are_linked_with_one_another() -> None:
    lineage = link(
        {
            "load.sql": "CREATE PROC dbo.p AS INSERT INTO dbo.t SELECT * FROM dbo.s;",
            "tables/both.sql": b"CREATE TABLE dbo.s (a int); CREATE TABLE dbo.t (b int);",
        }
    )

    assert [
        (row.source_column, row.target_column, row.path, row.line, row.module)
        for row in lineage.columns()
    ] == [("a", "b", "load.sql", 1, "dbo.p")]


def test_texts_are_linked_as_the_files_of_a_folder(tmp_path: Path) -> None:
    texts = {
        "a.sql": "CREATE TABLE dbo.s (a int);",
        "b.sql": "INSERT INTO dbo.t (x) SELECT a FROM dbo.s WHERE nothing = 1; SELECT FROM;",
    }
    for path, text in texts.items():
        (tmp_path / path).write_text(text)

    assert link(texts).to_json() == scan(tmp_path, Settings(), use_cache=False).to_json()


def test_settings_hold_for_texts(tmp_path: Path) -> None:
    (tmp_path / "sql-lineage-purview.toml").write_text(
        'database = "Sales"\nvariables = { Stage = "stg" }\n[folders]\nhr = "People"\n'
    )

    lineage = link(
        {
            "a.sql": "INSERT INTO dbo.t (a) SELECT a FROM $(Stage).s;",
            "hr/b.sql": "DELETE dbo.u;",
        },
        load_settings(tmp_path),
    )

    assert [row.name for row in lineage.tables()] == ["People.dbo.u", "Sales.dbo.t", "Sales.stg.s"]


@pytest.mark.parametrize("path", ["../up.sql", "/etc/a.sql", "", "a\0.sql"])
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="stands for a text"):
        link({path: "SELECT 1;"})


def test_a_text_brings_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.sql").write_text("INSERT INTO dbo.t SELECT a FROM dbo.s;")
    monkeypatch.chdir(tmp_path)

    lineage = link({"a.sql": ":r secret.sql\nGO\nDELETE dbo.u;"})

    assert [row.name for row in lineage.tables()] == ["dbo.u"]
    assert [row.code for row in lineage.graph.diagnostics] == ["SLP403"]
