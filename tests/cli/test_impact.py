"""`impact`: who uses it, how it is said where nothing does, formats, exit codes, misspelt parts."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

READER = "CREATE PROCEDURE dbo.usp_Show AS\nSELECT Id FROM dbo.Fact WHERE Amount > 0\n"


@pytest.fixture
def reader(project: Path) -> Path:
    """One more procedure, which reads and writes nothing."""
    (project / "etl" / "usp_Show.sql").write_text(READER, encoding="utf-8")
    return project


def test_totals_stand_first_and_readers_count(reader: Path, run: Run) -> None:
    outcome = run("impact", "fact.amount")

    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "Impact of dbo.Fact.Amount",
        "2 modules use it: 2 read, 1 write (1 of these does both).",
        "1 column downstream in 1 table.",
        "",
        "Used by",
        "  procedure dbo.usp_Load  reads, writes  etl/usp_Load.sql:2, :3",
        "  procedure dbo.usp_Show  reads          etl/usp_Show.sql:2",
        "",
        "Downstream",
        "  dbo.Totals.Amount  AGGREGATION  INSERT in dbo.usp_Load, etl/usp_Load.sql:3",
    ]


def test_a_longer_path_stands_below(project: Path, run: Run) -> None:
    lines = run("impact", "stg.Sales.Amount").out.splitlines()

    start = lines.index("Downstream")
    assert lines[start:] == [
        "Downstream",
        "  dbo.Fact.Amount  IDENTITY  INSERT in dbo.usp_Load, etl/usp_Load.sql:2",
        "",
        "Further downstream",
        "  dbo.Totals.Amount  AGGREGATION  INSERT in dbo.usp_Load, etl/usp_Load.sql:3",
        "      stg.Sales.Amount -> dbo.Fact.Amount -> dbo.Totals.Amount",
    ]


def test_a_screen_has_the_first_lines_and_the_command_that_shows_all(
    project: Path, run: Run
) -> None:
    script = "CREATE VIEW dbo.V{0:02} AS SELECT Amount A, Id B, Id + 1 C FROM dbo.Fact WHERE Id > 0"
    for number in range(12):
        (project / "etl" / f"v{number:02}.sql").write_text(script.format(number), "utf-8")

    lines = run("impact", "dbo.Fact", ".").out.splitlines()
    whole = run("impact", "dbo.Fact", ".", "-v").out.splitlines()
    run("impact", "dbo.Fact", ".", "-o", "impact.txt")

    start = lines.index("Downstream")
    assert "  … and 3 more: sql-lineage-purview impact dbo.Fact . -v" in lines[:start]
    assert "  … and 8 more: sql-lineage-purview impact dbo.Fact . -v" in lines[start:]
    assert "  dbo.V03  VIEW, etl/v03.sql:1" in lines[start:]
    assert "      IDENTITY A, B  TRANSFORMATION C  FILTER its rows" in lines[start:]
    assert sum(line.startswith("  dbo.V") for line in whole) == 12
    assert (project / "impact.txt").read_text("utf-8").splitlines() == whole


def test_a_caller_stands_once_with_all_that_it_calls(reader: Path, run: Run) -> None:
    (reader / "etl" / "night.sql").write_text("EXEC dbo.usp_Load\nEXEC dbo.usp_Show", "utf-8")

    lines = run("impact", "dbo.Fact.Amount").out.splitlines()

    start = lines.index("Called by")
    assert lines[start + 1 : start + 3] == [
        "  script etl/night.sql  calls dbo.usp_Load, dbo.usp_Show  :1, :2",
        "",
    ]


def test_an_empty_answer_says_whether_a_gap_could_hide_a_use(project: Path, run: Run) -> None:
    (project / "ddl" / "lonely.sql").write_text("CREATE TABLE dbo.Lonely (Id int)", "utf-8")
    nothing = run("impact", "dbo.Lonely").out.splitlines()
    (project / "etl" / "dynamic.sql").write_text("EXEC (@anything)", "utf-8")
    perhaps = run("impact", "dbo.Lonely").out.splitlines()

    left_out = "Keys, indexes and types in strings that a caller puts together are not looked at."
    assert nothing[1:] == [
        f"No statement of the scan reads or writes it, and no gap could hide one. {left_out}"
    ]
    assert perhaps[1] == (
        f"No statement of the scan reads or writes it; 1 gap could hide one. {left_out}"
    )
    assert perhaps[-1].endswith("1 gap  etl/dynamic.sql:1")


def test_a_module_says_what_it_does_and_who_calls_it(project: Path, run: Run) -> None:
    (project / "etl" / "night.sql").write_text("EXEC dbo.usp_Load", "utf-8")
    lines = run("impact", "usp_Load").out.splitlines()

    assert lines[1:3] == [
        "It reads 2 tables, writes 2 tables and calls 0 modules.",
        "1 script uses it: 1 call.",
    ]


def test_a_pipeline_that_calls_a_user_is_named(project: Path, run: Run) -> None:
    pipeline = {
        "name": "Night",
        "properties": {
            "activities": [
                {
                    "name": "Load",
                    "type": "SqlServerStoredProcedure",
                    "typeProperties": {"storedProcedureName": "[dbo].[usp_Load]"},
                }
            ]
        },
    }
    (project / "pipeline").mkdir()
    (project / "pipeline" / "Night.json").write_text(json.dumps(pipeline, indent=1), "utf-8")

    assert "pipeline pipeline/Night.json  calls dbo.usp_Load" in run("impact", "stg.Sales").out


@pytest.mark.parametrize(
    ("selector", "reason", "code"),
    [
        ("stg.Sales", "any", 1),
        ("stg.Sales", "read", 1),
        ("stg.Sales", "write", 0),
        ("dbo.Totals", "write", 1),
        ("dbo.Totals", "read", 0),
        ("dbo.Totals", "downstream", 0),
        ("dbo.Fact", "filter", 0),
        ("stg.Sales", "gap", 0),
    ],
)
def test_it_fails_on_what_it_is_told_to(
    project: Path, run: Run, selector: str, reason: str, code: int
) -> None:
    assert run("impact", selector, "--fail-on", reason).code == code


def test_data_has_all_of_it(reader: Path, run: Run) -> None:
    run("impact", "dbo.Fact.Amount", ".", "-o", "impact.json")
    run("impact", "dbo.Fact.Amount", ".", "-o", "impact.csv")
    document = json.loads((reader / "impact.json").read_text("utf-8"))
    rows = list(csv.DictReader((reader / "impact.csv").read_text("utf-8").splitlines()))

    assert document["totals"]["modules"] == 2
    assert [use["name"] for use in document["uses"]] == ["dbo.usp_Load", "dbo.usp_Show"]
    assert document["columns"][0]["lineage"] == "dbo.Fact.Amount -> dbo.Totals.Amount"
    assert {row["section"] for row in rows} == {"use", "column"}
    assert run("impact", "dbo.Fact", ".", "-o", "impact.csv").code == 0  # a result of the tool


def test_markdown_has_a_table_for_each_section(reader: Path, run: Run) -> None:
    out = run("impact", "dbo.Fact.Amount", "--format", "markdown").out

    assert out.startswith("# Impact of dbo.Fact.Amount\n\n- 2 modules use it")
    assert "| dbo.usp\\_Show | procedure | reads | etl/usp\\_Show.sql:2 |" in out


def test_a_page_has_all_and_nothing_to_load(reader: Path, run: Run) -> None:
    (reader / "etl" / "odd.sql").write_text(
        "CREATE VIEW dbo.[<script>] AS SELECT Amount FROM dbo.Fact", encoding="utf-8"
    )
    run("impact", "dbo.Fact.Amount", ".", "-o", "impact.html")
    text = (reader / "impact.html").read_text(encoding="utf-8")

    assert "<h1>Impact of dbo.Fact.Amount</h1>" in text
    assert "<td>dbo.usp_Show</td><td>procedure</td><td>reads</td>" in text
    assert "dbo.[&lt;script&gt;]" in text
    assert not any(word in text for word in ("<script", "src=", "href=", "url("))


def test_a_wrong_column_lists_the_right_ones(project: Path, run: Run) -> None:
    outcome = run("impact", "dbo.Fact.Amont")

    assert outcome.code == 2
    assert "has no column 'Amont'. Did you mean Amount? Its columns are Id, Amount." in outcome.err


def test_a_path_in_the_place_of_the_selector_is_seen(project: Path, run: Run) -> None:
    swapped = run("impact", "etl", "dbo.Fact")
    alone = run("tree", "etl")

    assert "the selector comes first, then the paths: dbo.Fact etl" in swapped.err
    assert "'etl' is a path." in alone.err


def test_tables_are_those_that_are_selected(project: Path, run: Run) -> None:
    out = run("tables", ".", "--select", "+dbo.Fact", "--format", "csv").out

    assert {line.split(",")[0] for line in out.splitlines()[1:]} == {"dbo.Fact", "stg.Sales"}
