"""`tables`: the tables and views of a scan with their columns, and who told these."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from tests.catalog.packages import package, table

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

MORE = (
    "CREATE VIEW dbo.vFact AS SELECT f.Id, f.Amount AS [Net Amount] FROM dbo.Fact AS f\nGO\n"
    "SELECT s.Id INTO dbo.Copied FROM stg.Sales AS s\n"
    "INSERT INTO dbo.Nowhere (A) SELECT n.Id FROM stg.New AS n\n"
    "SELECT * INTO #t FROM dbo.Fact; SELECT * INTO dbo.Loaded FROM OPENROWSET(BULK 'f.csv', "
    "FORMAT = 'CSV') AS f\n"
)


@pytest.fixture
def folder(project: Path) -> Path:
    (project / "more.sql").write_text(MORE, encoding="utf-8")
    (project / "new.dacpac").write_bytes(
        package(table("[stg].[New]", "Id", "Name"), table("[stg].[Unused]", "Id"))
    )
    return project


def test_tables_and_views_with_their_kind_and_columns(folder: Path, run: Run) -> None:
    outcome = run("tables", ".")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "TABLE        KIND     COLUMNS",
        "dbo.Copied   TABLE    Id",
        "dbo.Fact     TABLE    Id, Amount",
        "dbo.Loaded   TABLE    not known",
        "dbo.Nowhere  UNKNOWN  not known",
        "dbo.Totals   TABLE    Amount",
        "dbo.vFact    VIEW     Id, Net Amount",
        "stg.New      UNKNOWN  not known",
        "stg.Sales    TABLE    Id, Amount",
    ]


def test_the_source_of_the_columns(folder: Path, run: Run) -> None:
    outcome = run("tables", ".", "--why", "--catalog", "new.dacpac")

    assert [" ".join(line.split()) for line in outcome.out.splitlines()] == [
        "TABLE KIND TOLD BY COLUMNS",
        "dbo.Copied TABLE query more.sql:3 Id",
        "dbo.Fact TABLE definition ddl/dbo.Fact.sql:1 Id, Amount",
        "dbo.Loaded TABLE nobody not known",
        "dbo.Nowhere UNKNOWN nobody not known",
        "dbo.Totals TABLE definition ddl/dbo.Fact.sql:3 Amount",
        "dbo.vFact VIEW query more.sql:1 Id, Net Amount",
        "stg.New TABLE catalog new.dacpac Id, Name",
        "stg.Sales TABLE definition ddl/stg.Sales.sql:1 Id, Amount",
    ]


def test_json(folder: Path, run: Run) -> None:
    rows = {
        row["name"]: row
        for row in json.loads(
            run("tables", ".", "--format", "json", "--why", "--catalog", "new.dacpac").out
        )
    }

    assert rows["stg.New"] == {
        "name": "stg.New",
        "kind": "TABLE",
        "columns": ["Id", "Name"],
        "told": {"by": "catalog", "path": "new.dacpac", "line": None},
    }
    assert rows["dbo.vFact"]["told"] == {"by": "query", "path": "more.sql", "line": 1}
    assert (rows["dbo.Nowhere"]["columns"], rows["dbo.Nowhere"]["told"]) == (None, None)
    assert "told" not in json.loads(run("tables", ".", "--format", "json").out)[0]


def test_csv_has_a_row_for_each_column(folder: Path, run: Run) -> None:
    rows = list(csv.reader(run("tables", ".", "--format", "csv", "--why").out.splitlines()))

    assert rows[0] == ["table", "kind", "position", "column", "told_by"]
    assert [row for row in rows if row[0] in ("dbo.vFact", "dbo.Nowhere")] == [
        ["dbo.Nowhere", "UNKNOWN", "", "", "nobody"],
        ["dbo.vFact", "VIEW", "1", "Id", "query more.sql:1"],
        ["dbo.vFact", "VIEW", "2", "Net Amount", "query more.sql:1"],
    ]
    assert len(next(csv.reader(run("tables", ".", "--format", "csv").out.splitlines()))) == 4


def test_a_folder_without_tables(tmp_path: Path, run: Run) -> None:
    assert run("tables", tmp_path).out == "TABLE  KIND  COLUMNS\n"
    assert run("tables", tmp_path, "--format", "json").out == "[]\n"


def test_names_cannot_move_the_cursor(project: Path, run: Run) -> None:
    (project / "odd.sql").write_text("CREATE TABLE dbo.Odd ([a\x1b[31mb] int)", encoding="utf-8")

    assert "\x1b" not in run("tables", ".").out


def test_to_a_file(folder: Path, run: Run) -> None:
    outcome = run("tables", "ddl", "--format", "json", "-o", "tables.json")

    assert (outcome.code, outcome.out) == (0, "")
    assert [
        row["name"] for row in json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    ] == [
        "dbo.Fact",
        "dbo.Totals",
        "stg.Sales",
    ]


def test_the_list_is_also_a_table_of_markdown(project: Path, run: Run) -> None:
    assert run("tables", "-o", "tables.md").code == 0

    text = (project / "tables.md").read_text(encoding="utf-8")
    assert "| dbo.Fact | TABLE | Id, Amount |" in text.splitlines()
    assert run("tables", "--format", "markdown").out == text
    assert run("tables", "--format", "table").out == run("tables", "--format", "text").out


def test_a_terminal_has_the_columns_that_fit_and_all_with_v(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [f"Column{number:02}" for number in range(20)]
    table = f"CREATE TABLE dbo.Wide ({', '.join(f'{name} int' for name in columns)})"
    (project / "wide.sql").write_text(table, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    short, whole = run("tables", ".").out, run("tables", ".", "-v").out

    [line] = [line for line in short.splitlines() if "dbo.Wide" in line]
    assert "Column00, Column01" in line
    assert line.endswith(f" … {20 - line.count('Column')} more")
    assert max(map(len, whole.splitlines())) <= 80
    assert "Column19" in whole
