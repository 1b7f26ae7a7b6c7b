"""`scan`: its formats, its files, and what it says about bad input."""

from __future__ import annotations

import json
import shlex
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from .conftest import BROKEN, UNKNOWN, Run, write

CHECKOUT = Path(__file__).parents[2]


def test_the_tree_shows_what_feeds_each_written_table(project: Path, run: Run) -> None:
    outcome = run("scan", ".", "--format", "tree")

    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "Lineage of 2 tables, from 3 files",
        "├── dbo.Fact  TABLE  ddl/dbo.Fact.sql:1",
        "│   └── stg.Sales  DIRECT  INSERT in dbo.usp_Load, etl/usp_Load.sql:2",
        "└── dbo.Totals  TABLE  ddl/dbo.Fact.sql:3",
        "    └── dbo.Fact  DIRECT  INSERT in dbo.usp_Load, etl/usp_Load.sql:3",
    ]
    assert outcome.err == "3 files, 6 statements; 2 table edges, 3 column edges; gaps: none.\n"


def test_without_a_format_it_is_one_screen(project: Path, run: Run) -> None:
    write(project, {"etl/more.sql": f"{UNKNOWN}\n{UNKNOWN}"})

    outcome = run("scan", ".")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "Read      4 files, 8 statements, 1 module",
        "Lineage   2 table edges, 3 column edges; gaps: 2 name",
        "Tables    2 of 2 written tables (100 %) have sources known in full",
        "Columns   3 of 3 of their columns (100 %) have a source that is known by its name",
        "",
        "Most connected tables",
        "  fed by  feeds",
        "       1      1  dbo.Fact  TABLE",
        "       1      0  dbo.Totals  TABLE",
        "       0      1  stg.Sales  TABLE",
        "",
        "Findings  2 in 1 file",
        "       2  SLP201 Unknown column",
        "Worst files",
        "       2  etl/more.sql",
        "",
        "Next",
        "  sql-lineage-purview tree dbo.Fact .",
        "  sql-lineage-purview check . --all",
        "  sql-lineage-purview impact dbo.Fact .",
    ]


def test_the_next_commands_can_be_typed(project: Path, run: Run) -> None:
    write(project, {"a b/bad.sql": f"CREATE TABLE dbo.[x y] (a int);\nGO\n{UNKNOWN}"})
    lines = run("scan", "ddl", "etl", "a b").out.splitlines()

    commands = [shlex.split(line) for line in lines[lines.index("Next") + 1 :]]

    assert [words[1] for words in commands] == ["tree", "check", "impact"]
    assert [run(*words[1:]).code for words in commands] == [0, 1, 0]


def test_the_current_folder_is_scanned_where_none_is_named(project: Path, run: Run) -> None:
    outcome = run("scan")

    assert outcome.out.splitlines()[-1] == "  sql-lineage-purview scan --format tree"
    assert run("scan", ".", "--format", "json").out == run("scan", "--format", "json").out


@pytest.mark.parametrize("number", [3, 300])
def test_the_screen_does_not_grow_with_the_scan(project: Path, run: Run, number: int) -> None:
    names = [f"dbo.[A long name of a table, number {n}]" for n in range(number)]
    tables = "\nGO\n".join(f"CREATE TABLE {name} (Id int)" for name in names)
    loads = "\n".join(
        f"INSERT {target} SELECT Id FROM {source}" for source, target in pairwise(names)
    )
    unread = {f"load{n}.{ending}": "" for n in range(number) for ending in ("dtsx", "ktr")}
    broken = {f"broken/{n}.sql": f"{UNKNOWN}\nGO\nEXEC dbo.Nope{n}" for n in range(number)}
    write(project, {"tables.sql": tables, "loads.sql": loads, **unread, **broken})

    outcome = run("scan")

    assert outcome.err == ""
    assert len(outcome.out.splitlines()) <= 40


@pytest.mark.parametrize(
    ("output", "beginning"),
    [
        ("x.json", "{"),
        ("x.csv", "source_table,"),
        ("x.txt", "Lineage of 2 tables"),
        ("x", "Lineage of 2 tables"),
    ],
)
def test_the_ending_of_a_file_chooses_its_format(
    project: Path, run: Run, output: str, beginning: str
) -> None:
    assert run("scan", "-o", output).out == ""
    assert (project / output).read_text(encoding="utf-8").startswith(beginning)


def test_guides_can_be_ascii(project: Path, run: Run) -> None:
    assert run("scan", "--format", "tree", "--ascii").out.isascii()


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("table", "TARGET"),
        ("json", '{\n "schema_version": 1,'),
        ("csv", "source_table,source_column,"),
    ],
)
def test_each_format_goes_to_stdout_alone(
    project: Path, run: Run, name: str, beginning: str
) -> None:
    outcome = run("scan", ".", "--format", name)

    assert outcome.out.startswith(beginning)
    assert "files," not in outcome.out


@pytest.mark.parametrize("name", ["summary", "tree", "table", "json", "csv"])
def test_a_file_holds_what_stdout_would(project: Path, run: Run, name: str) -> None:
    shown = run("scan", ".", "--format", name).out

    outcome = run("scan", ".", "--format", name, "-o", "result.txt")

    assert outcome.out == ""
    assert (project / "result.txt").read_text(encoding="utf-8") == shown


def test_a_file_that_cannot_be_written_is_one_line(project: Path, run: Run) -> None:
    outcome = run("scan", ".", "-o", "nowhere/result.json")

    assert outcome.code == 2
    assert outcome.err.splitlines()[-1].startswith("sql-lineage-purview: error: nowhere")


def test_options_reach_the_scan(project: Path, run: Run) -> None:
    write(
        project,
        {
            "etl/more.sql": "SELECT Id INTO #t FROM $(Source)\nINSERT INTO Fact (Id) "
            "SELECT Id FROM #t"
        },
    )

    outcome = run(
        "scan",
        ".",
        "--format",
        "json",
        "--var",
        "Source=src.T",
        "--default-schema",
        "dw",
        "--database",
        "Dw",
        "--keep-temporary",
    )

    edges = {(row["source"], row["target"]) for row in json.loads(outcome.out)["table_lineage"]}
    assert any(source == "Dw.src.T" and target.endswith("#t") for source, target in edges)
    assert any(source.endswith("#t") and target == "Dw.dw.Fact" for source, target in edges)


def test_the_configuration_is_read_from_the_scanned_folder(
    project: Path, run: Run, tmp_path: Path
) -> None:
    write(project, {"sql-lineage-purview.toml": 'database = "Dw"\nexclude = ["ddl/"]\n'})

    outcome = run("scan", project, "--format", "json")

    document = json.loads(outcome.out)
    assert [file["path"] for file in document["files"]] == ["etl/usp_Load.sql"]
    assert {table["name"] for table in document["tables"]} == {
        "Dw.dbo.Fact",
        "Dw.dbo.Totals",
        "Dw.stg.Sales",
    }


def test_without_a_cache_nothing_is_left_behind(project: Path, run: Run) -> None:
    run("scan", ".", "--no-cache")

    assert sorted(place.name for place in project.iterdir()) == ["ddl", "etl"]


def test_the_document_of_the_sample_fits_its_schema(run: Run) -> None:
    schema = json.loads(
        (CHECKOUT / "docs" / "lineage-document.schema.json").read_text(encoding="utf-8")
    )

    document = json.loads(
        run("scan", CHECKOUT / "sample_sql", "--format", "json", "--no-cache").out
    )

    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["column_lineage"]


class TestBadInput:
    def test_a_path_that_does_not_exist(self, project: Path, run: Run) -> None:
        outcome = run("scan", "ddl", "nowhere")

        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith("sql-lineage-purview: error: nowhere: no such file or folder")
        assert outcome.err.count("\n") == 1

    def test_an_empty_folder(self, project: Path, run: Run) -> None:
        (project / "empty").mkdir()

        outcome = run("scan", "empty")

        assert outcome.code == 0
        assert outcome.err.startswith("No .sql files in empty.\n")
        assert "Next" not in outcome.out

    def test_an_empty_current_folder(
        self, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "empty").mkdir()
        monkeypatch.chdir(project / "empty")

        assert run("scan").err.startswith("No .sql files in the current folder.\n")

    def test_an_unknown_key(self, project: Path, run: Run) -> None:
        path = project / "sql-lineage-purview.toml"
        path.write_text('\ndatabse = "x"\n', encoding="utf-8")

        outcome = run("scan", ".")

        assert outcome.code == 2
        assert outcome.err == (
            f"sql-lineage-purview: error: {path.resolve()}:2: unknown key 'databse'. Did you mean "
            "'database'?\n"
        )

    def test_gaps_do_not_change_the_exit_code_and_are_listed_with_their_remedies(
        self, project: Path, run: Run
    ) -> None:
        write(project, {"bad.sql": BROKEN})
        (project / "binary.sql").write_bytes(b"\0\1\2\3" * 99)

        outcome = run("scan", ".", "--format", "tree")

        assert outcome.code == 0
        assert "bad.sql:1:1: SLP102 " in outcome.err
        assert "binary.sql:1:1: SLP002 " in outcome.err
        assert "SLP002 Not a text file (1): Rename the file, or exclude it" in outcome.err
        assert "dbo.Totals" in outcome.out

    def test_many_findings_are_cut_short(self, project: Path, run: Run) -> None:
        write(project, {"bad.sql": f"{UNKNOWN}\n" * 30})

        outcome = run("scan", ".", "--format", "tree")

        assert outcome.err.count("bad.sql:") == 20
        assert "… and 10 more: sql-lineage-purview check . --all lists all." in outcome.err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--jobs", "0"], "'0' is no whole number from 1"),
            (["--var", "x"], "'x' is not NAME=VALUE"),
            (["--format", "xml"], "invalid choice: 'xml'"),
        ],
    )
    def test_a_usage_error(self, project: Path, run: Run, arguments: list[str], words: str) -> None:
        outcome = run("scan", ".", *arguments)

        assert outcome.code == 2
        assert words in outcome.err


@pytest.fixture
def with_packages(project: Path) -> Path:
    write(project, {"ssis/a.dtsx": "", "ssis/b.dtsx": "", "load.ktr": ""})
    return project


def test_what_is_not_read_is_one_line(with_packages: Path, run: Run) -> None:
    outcome = run("scan", ".", "--format", "tree")

    assert outcome.err.splitlines()[-1] == (
        "not read: 2 SSIS packages, 1 job of another ETL tool; --not-read lists them."
    )


def test_what_is_not_read_can_be_listed(with_packages: Path, run: Run) -> None:
    lines = ["ETL_JOB       load.ktr", "SSIS_PACKAGE  ssis/a.dtsx", "SSIS_PACKAGE  ssis/b.dtsx"]

    assert run("scan", ".", "--not-read").out.splitlines() == lines
    outcome = run("scan", ".", "--not-read", "--format", "json")
    assert json.loads(outcome.out)["not_read"][1] == {
        "kind": "SSIS_PACKAGE",
        "count": 2,
        "paths": ["ssis/a.dtsx", "ssis/b.dtsx"],
    }
    assert outcome.err.splitlines()[:3] == lines


def test_a_check_tells_it_and_passes(with_packages: Path, run: Run) -> None:
    outcome = run("check", ".")

    assert outcome.code == 0
    assert [line.partition(": ")[2] for line in outcome.out.splitlines()] == [
        "SLP004 not read: 1 job of another ETL tool",
        "SLP004 not read: 2 SSIS packages, the first of them here",
    ]
    assert outcome.err == "3 files checked, 0 findings.\n"
    assert run("check", "ddl/dbo.Fact.sql").out == ""
