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


def test_a_finding_in_the_configuration_is_one_of_its_folder(tmp_path: Path, run: Run) -> None:
    write(
        tmp_path,
        {
            "a.sql": "DELETE dbo.t;",
            "sql-lineage-purview.toml": '[folders]\nnowhere = "Sales"\n',
        },
    )

    outcome = run("check", str(tmp_path), "--no-cache")

    assert outcome.code == 1
    assert "SLP701" in outcome.out
    assert run("check", str(tmp_path / "a.sql"), "--no-cache").code == 0


def test_checks_of_all_files_of_a_folder_share_what_is_kept(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {"sql-lineage-purview.toml": "", "etl/bad.sql": UNKNOWN})
    assert run("scan", ".").code == 0

    def never(*_: object) -> None:
        raise AssertionError("scanned anew")

    monkeypatch.setattr("sql_lineage_purview.project.fresh_scanning.fresh_scan", never)
    assert run("check", "etl/usp_Load.sql").err == "1 file checked, 0 findings.\n"
    assert run("check", "etl/bad.sql", "ddl/dbo.Fact.sql").code == 1


@pytest.mark.parametrize("place", ["old/bad.sql", ".vs/bad.sql", "etl/bad.txt"])
def test_a_file_that_a_scan_of_its_folder_does_not_meet_is_read_when_it_is_named(
    project: Path, run: Run, place: str
) -> None:
    write(project, {"sql-lineage-purview.toml": 'exclude = ["old/"]', place: UNKNOWN})

    outcome = run("check", place, "etl/usp_Load.sql")

    if place.startswith("old/"):
        assert outcome.code == 0
        assert f"Skipped {place}: excluded by the configuration." in outcome.err
    else:
        assert outcome.code == 1
        assert outcome.out.startswith(f"{place}:1:8: SLP201")


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


class TestSilenced:
    def test_findings_do_not_count_and_stay_in_the_lineage(self, project: Path, run: Run) -> None:
        write(project, {"bad.sql": f"{UNKNOWN} -- sql-lineage: ignore[SLP201] made by a loader"})

        checked, scanned = run("check"), json.loads(run("scan", ".", "--format", "json").out)

        assert (checked.code, checked.out) == (0, "")
        assert [row["code"] for row in scanned["diagnostics"]] == ["SLP201"]
        assert {row["path"]: row["gaps"]["name"] for row in scanned["files"]}["bad.sql"] == 1

    def test_findings_are_those_of_the_code_alone(self, project: Path, run: Run) -> None:
        write(project, {"bad.sql": f"-- sql-lineage: ignore[SLP301] why\n{UNKNOWN}"})

        outcome = run("check")

        assert outcome.code == 1
        assert [line.split(" ")[1] for line in outcome.out.splitlines()] == ["SLP801", "SLP201"]

    def test_nothing_is_told_and_stops_nobody(self, project: Path, run: Run) -> None:
        write(project, {"fine.sql": "SELECT Id FROM dbo.Fact -- sql-lineage: ignore[SLP201] old"})

        outcome = run("check")

        assert outcome.code == 0
        assert outcome.out.startswith("fine.sql:1:25: SLP801 no SLP201 is there")

    def test_findings_without_a_reason_are_told(self, project: Path, run: Run) -> None:
        write(project, {"bad.sql": f"{UNKNOWN} -- sql-lineage: ignore[SLP201]"})

        assert [row.split(" ")[1] for row in run("check").out.splitlines()] == ["SLP802"]


class TestBaseline:
    @pytest.fixture(autouse=True)
    def _accepted(self, project: Path, run: Run) -> None:
        others = "SELECT Odd FROM dbo.Fact; SELECT Even FROM dbo.Fact"
        lines = f"{UNKNOWN} WHERE Id = 'hush'\n{others}\n"
        write(project, {"etl/bad.sql": lines})
        outcome = run("check", "--baseline", "accepted.json", "--write-baseline")
        assert (outcome.code, outcome.out) == (0, "")
        assert "3 accepted findings (3 added, 0 removed)" in outcome.err

    def checked(self, run: Run, *words: str) -> list[str]:
        outcome = run("check", "--baseline", "accepted.json", *words)
        rows = [row.split(" ")[0] for row in outcome.out.splitlines()]
        assert outcome.code == bool(rows)
        return rows

    def test_accepted_findings_are_left_out(self, run: Run) -> None:
        assert self.checked(run) == []
        assert self.checked(run, "etl/bad.sql") == []

    def test_lines_may_move_and_literals_change(self, project: Path, run: Run) -> None:
        text = (project / "etl/bad.sql").read_text(encoding="utf-8").replace("hush", "psst")
        write(project, {"etl/bad.sql": f"-- more\n\n  {text}"})

        assert self.checked(run) == []

    def test_others_are_not(self, project: Path, run: Run) -> None:
        text = (project / "etl/bad.sql").read_text(encoding="utf-8")
        write(project, {"etl/bad.sql": f"{text}SELECT More FROM dbo.Fact", "new.sql": UNKNOWN})

        assert self.checked(run) == ["etl/bad.sql:3:8:", "new.sql:1:8:"]

    def test_the_file_holds_no_text_of_a_script(self, project: Path) -> None:
        text = (project / "accepted.json").read_text(encoding="utf-8")

        assert "hush" not in text
        assert "SELECT" not in text
        assert [row["count"] for row in json.loads(text)["findings"]].count(2) == 1

    def test_what_is_gone_is_told_and_pruned(self, project: Path, run: Run) -> None:
        write(project, {"etl/bad.sql": f"SELECT Odd FROM dbo.Fact\n{UNKNOWN} WHERE Id = 'hush'"})

        told = run("check", "--baseline", "accepted.json").err
        pruned = run("check", "--baseline", "accepted.json", "--prune-baseline").err

        assert "2 accepted findings no more there" in told
        assert "1 accepted finding (0 added, 2 removed)" in pruned
        assert self.checked(run) == ["etl/bad.sql:1:8:"]

    def test_a_folder_alone_leaves_the_others_accepted(self, project: Path, run: Run) -> None:
        run("check", "ddl", "--baseline", "accepted.json", "--write-baseline")

        assert self.checked(run) == []

    def test_needs_its_file(self, project: Path, run: Run) -> None:
        write(project, {"mine.json": "{}"})

        assert run("check", "--baseline", "none.json").code == 2
        assert run("check", "--write-baseline").code == 2
        assert run("check", "--baseline", "mine.json", "--write-baseline").code == 2
        assert (project / "mine.json").read_text(encoding="utf-8") == "{}"


class TestPositions:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("SELECT 1\nGO\nSELECT [Id\nFROM dbo.Fact\n", "bad.sql:3:8"),
            ("SELECT [Id,\nAmount\nFROM [dbo].Fact", "bad.sql:1:8"),
            (f"SELECT [Id,{' ' * 128}]\nFROM dbo.Fact", "bad.sql:1:8"),
            ("DECLARE @a char(9)\nSET @a = 'abc\nSELECT 'x', 'y'\nSELECT ''\n", "bad.sql:2:10"),
            ("SELECT 'abc'\nGO\nSELECT '\nfine', 'abc\n", "bad.sql:4:8"),
            ("SELECT (1 +\n (2 * 3)\nFROM dbo.Fact", "bad.sql:1:8"),
            (
                "CREATE PROC dbo.p AS\nBEGIN\n  IF 1 = 2\n  BEGIN\n    DELETE dbo.Fact\n"
                "  IF 1 = 3\n  BEGIN\n    DELETE dbo.Fact\n  END\nEND\n",
                "bad.sql:4:3",
            ),
            ("BEGIN\nBEGIN\nDELETE dbo.Fact\nEND\n", "bad.sql:1:1"),
        ],
        ids="bracket next-bracket long string last-string parenthesis block flat-block".split(),
    )
    def test_are_where_what_is_never_closed_begins(
        self, project: Path, run: Run, text: str, place: str
    ) -> None:
        write(project, {"bad.sql": text})

        rows = [row for row in run("check").out.splitlines() if "SLP10" in row and "|" not in row]
        assert any(row.startswith(f"{place}: SLP10") and "begins here" in row for row in rows), rows
        assert len([row for row in rows if "SLP102" in row or "SLP109" in row]) == 1


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
