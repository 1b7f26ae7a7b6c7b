"""`check`: findings, exit codes, and what it must not load."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from .conftest import BROKEN, UNKNOWN, Run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_clean_project_has_exit_code_0(project: Path, run: Run) -> None:
    outcome = run("check")

    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "3 files checked, 0 findings.\n"


def test_findings_have_exit_code_1_and_a_line_each(project: Path, run: Run) -> None:
    write(project, {"etl/bad.sql": BROKEN, "etl/worse.sql": UNKNOWN})

    outcome = run("check", ".")

    assert outcome.code == 1
    places = [line.split(" ")[0] for line in outcome.out.splitlines()]
    assert places == ["etl/bad.sql:1:1:", "etl/worse.sql:1:8:"]
    assert "SLP102 Script breaks off (1): Complete the script.\n" in outcome.err


def test_what_is_only_good_to_know_does_not_count(project: Path, run: Run) -> None:
    write(project, {"more.sql": "INSERT INTO dbo.Fact (Id) SELECT s.Id FROM $(Source) AS s"})

    outcome = run("check", ".")

    assert outcome.code == 0
    assert "SLP401" in outcome.out


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("github", "::warning file=etl/bad.sql,line=1,col=8,title=SLP201 Unknown column::"),
        ("azure", "##vso[task.logissue type=warning;sourcepath=etl/bad.sql;linenumber=1;"),
    ],
)
def test_a_build_is_told_each_finding(project: Path, run: Run, name: str, line: str) -> None:
    write(project, {"etl/bad.sql": UNKNOWN})

    outcome = run("check", "--format", name, "--show-source")

    assert outcome.code == 1
    assert [each.startswith(line) for each in outcome.out.splitlines()] == [True]


def test_the_ending_of_the_output_chooses_its_format(project: Path, run: Run) -> None:
    write(project, {"etl/bad.sql": UNKNOWN})

    assert [run("check", "-o", f"out{ending}").code for ending in (".json", ".sarif")] == [1, 1]

    rows = json.loads((project / "out.json").read_text(encoding="utf-8"))["diagnostics"]
    sarif = json.loads((project / "out.sarif").read_text(encoding="utf-8"))
    assert [(row["code"], row["path"], row["gap"]) for row in rows] == [
        ("SLP201", "etl/bad.sql", "name")
    ]
    assert [row["ruleId"] for row in sarif["runs"][0]["results"]] == ["SLP201"]


class TestManyOfAKind:
    @pytest.fixture(autouse=True)
    def _scripts(self, project: Path) -> None:
        many = "".join(f"SELECT Nope{number} FROM dbo.Fact\n" for number in range(57))
        write(project, {"etl/bad.sql": f"{many}DROP TABLE\n", "more.sql": UNKNOWN})

    def test_in_a_file_are_counted_behind_twenty(self, run: Run) -> None:
        lines = run("check").out.splitlines()

        assert [line.split(":")[0] for line in lines] == ["etl/bad.sql"] * 22 + ["more.sql"]
        assert "SLP101" in lines[20]
        assert lines[21] == "etl/bad.sql: … and 37 more SLP201 in this file"

    def test_are_all_there_for_programs(self, run: Run) -> None:
        rows = json.loads(run("check", "--format", "json").out)["diagnostics"]

        assert len(rows) == 59


class TestFiles:
    def test_are_read_among_the_scripts_of_their_project(self, project: Path, run: Run) -> None:
        """What columns dbo.Fact has stands in another file, in the configuration's folder."""
        write(
            project,
            {
                "sql-lineage-purview.toml": "",
                "etl/star.sql": "INSERT INTO dbo.Totals SELECT Amount FROM dbo.Fact AS f",
            },
        )

        assert run("check", "etl/star.sql").code == 0

    def test_belong_to_the_folder_that_git_keeps(self, project: Path, run: Run) -> None:
        """Only with the definitions at hand can it be known that the number of columns differs."""
        write(project, {"etl/star.sql": "INSERT INTO dbo.Totals SELECT * FROM dbo.Fact"})

        alone = run("check", "etl/star.sql")
        (project / ".git").mkdir()
        among_others = run("check", "etl/star.sql")

        assert "SLP205" not in alone.out
        assert "SLP205" in among_others.out

    def test_are_the_only_ones_reported(self, project: Path, run: Run) -> None:
        write(project, {"sql-lineage-purview.toml": "", "etl/bad.sql": BROKEN})

        good, bad = (
            run("check", "etl/usp_Load.sql"),
            run("check", "etl/usp_Load.sql", "etl/bad.sql"),
        )

        assert (good.code, good.out) == (0, "")
        assert bad.code == 1
        assert bad.err.endswith("2 files checked, 1 finding.\n")

    def test_outside_of_any_project_are_read_alone(self, project: Path, run: Run) -> None:
        write(project, {"etl/bad.sql": BROKEN})

        assert run("check", "etl/usp_Load.sql").code == 0

    def test_that_do_not_exist_are_a_usage_error(self, project: Path, run: Run) -> None:
        assert run("check", "gone.sql").code == 2


def test_the_line_of_a_finding_is_shown_with_its_secrets_blacked_out(
    project: Path, run: Run
) -> None:
    credential = (
        "CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = 'SHARED ACCESS SIGNATURE', SECRET "
        "= 'sv=1&sig=hush'"
    )
    write(project, {"etl/bad.sql": f"{UNKNOWN}; {credential}\nGO\n\t{UNKNOWN}"})

    outcome = run("check", ".", "--show-source")

    _, line, _, _, marked, mark = outcome.out.splitlines()
    assert line.strip() == (
        f"{UNKNOWN}; CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = '***', SECRET = '***'"
    )
    assert "hush" not in outcome.out + outcome.err
    assert marked.strip() == UNKNOWN
    assert marked.index("Nope") == mark.index("^")


@pytest.mark.parametrize(
    ("terminal", "words", "is_shown"),
    [(True, (), True), (False, (), False), (True, ("--no-show-source",), False)],
)
def test_lines_are_shown_on_a_terminal(
    project: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    words: tuple[str, ...],
    is_shown: bool,
) -> None:
    write(project, {"etl/bad.sql": UNKNOWN})
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)

    assert (f"    {UNKNOWN}\n" in run("check", *words).out) is is_shown


class TestLiterals:
    @pytest.fixture(autouse=True)
    def _script(self, project: Path) -> None:
        write(project, {"etl/bad.sql": f"{UNKNOWN} WHERE Country = 'DE'; SET @pwd = 'hush'"})

    def shown(self, run: Run) -> str:
        return run("check", ".", "--show-source").out.splitlines()[1].strip()

    def test_are_blanked_where_a_build_may_log_them(self, run: Run) -> None:
        assert self.shown(run) == f"{UNKNOWN} WHERE Country = '***'; SET @pwd = '***'"

    def test_are_kept_on_a_terminal(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)

        assert self.shown(run) == f"{UNKNOWN} WHERE Country = 'DE'; SET @pwd = '***'"

    @pytest.mark.parametrize(("setting", "country"), [("keep", "DE"), ("hide", "***")])
    def test_are_as_configured_everywhere(
        self, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch, setting: str, country: str
    ) -> None:
        write(project, {"sql-lineage-purview.toml": f'literals = "{setting}"\n'})
        expected = f"{UNKNOWN} WHERE Country = '{country}'; SET @pwd = '***'"

        assert self.shown(run) == expected
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        assert self.shown(run) == expected

    def test_of_another_word_are_refused(self, project: Path, run: Run) -> None:
        write(project, {"sql-lineage-purview.toml": 'literals = "all"\n'})

        outcome = run("check", ".")

        assert outcome.code == 2
        assert 'literals must be "hide" or "keep", not \'all\'' in outcome.err


def test_nothing_of_the_network_is_loaded(project: Path) -> None:
    program = (
        "import sys; from sql_lineage_purview.cli import main; code = main(['check', '.']); "
        "print([name for name in sys.modules if name.split('.')[0] in ('azure', 'requests', "
        "'urllib3', 'rich') "
        "or name.startswith('sql_lineage_purview.purview')]); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=project
    )

    assert done.stdout == "[]\n"
