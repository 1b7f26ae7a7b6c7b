"""`check` in a repository: what a change causes anywhere, and what was there before it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from .conftest import SCRIPTS, UNKNOWN, Run, write

if TYPE_CHECKING:
    from pathlib import Path

USER = "CREATE VIEW dbo.v AS SELECT Amount FROM dbo.Fact\n"
LOAD = SCRIPTS["etl/usp_Load.sql"]


def git(folder: Path, *words: str) -> str:
    settings = ("user.name=Test", "user.email=test@example.com", "commit.gpgsign=false")
    options = [word for setting in settings for word in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        [shutil.which("git") or "git", *options, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def commit(folder: Path, *words: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x", *words)


@pytest.fixture
def repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with a view, committed, and two old findings."""
    for name in ("PRE_COMMIT_FROM_REF", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    write(project, {"views/v.sql": USER, "old/bad.sql": f"{UNKNOWN}\nSELECT Odd FROM dbo.Fact\n"})
    git(project, "init", "--quiet", "--initial-branch", "main")
    commit(project)
    return project


def rows(run: Run, *words: str) -> list[str]:
    """The place and code of each finding; the exit code says whether there is one."""
    outcome = run("check", *words)
    found = [" ".join(line.split(" ")[:2]) for line in outcome.out.splitlines()]
    stops = [row for row in found if row[-6:] not in ("SLP902", "SLP904", "SLP801")]
    assert outcome.code == bool(stops), outcome
    return found


class TestAChange:
    def test_stops_by_what_it_breaks_elsewhere(self, repository: Path, run: Run) -> None:
        write(repository, {"ddl/dbo.Fact.sql": "CREATE TABLE dbo.Fact (Id int)\n"})

        outcome = run("check")

        assert outcome.code == 1
        assert "views/v.sql:1:29: SLP901 dbo.v uses dbo.Fact.Amount, which is gone" in outcome.out
        assert "ddl/dbo.Fact.sql defines it no more" in outcome.out
        assert "old/bad.sql" not in outcome.out
        assert "SLP201" not in outcome.out
        assert "2 findings of before not shown (--all shows all)" in outcome.err

    def test_may_delete_the_file_of_what_others_use(self, repository: Path, run: Run) -> None:
        (repository / "ddl/stg.Sales.sql").unlink()

        outcome = run("check")

        assert (
            "etl/usp_Load.sql:2:1: SLP901 dbo.usp_Load uses stg.Sales, which is gone" in outcome.out
        )
        assert "ddl/stg.Sales.sql, which defined it, is gone" in outcome.out

    def test_stops_by_a_key_and_an_index_of_another_file(self, repository: Path, run: Run) -> None:
        text = "CREATE TABLE dbo.Kept (Id int REFERENCES stg.Sales (Id));\n"
        write(repository, {"ddl/kept.sql": f"{text}CREATE INDEX IX ON stg.Sales (Amount);\n"})
        commit(repository)
        write(repository, {"ddl/stg.Sales.sql": "CREATE TABLE stg.Sales (SaleId int)\n"})

        out = run("check").out

        assert "ddl/kept.sql:1:1: SLP901 foreign key of dbo.Kept names stg.Sales.Id, which" in out
        assert "ddl/kept.sql:2:1: SLP901 index IX of stg.Sales names stg.Sales.Amount, wh" in out

    def test_stops_nobody_by_findings_of_before(self, repository: Path, run: Run) -> None:
        write(repository, {"old/bad.sql": f"-- more\n{UNKNOWN}\n\nSELECT Odd FROM dbo.Fact\n"})

        assert rows(run) == []
        assert rows(run, "--all") == ["old/bad.sql:2:8: SLP201", "old/bad.sql:4:8: SLP201"]

    def test_in_a_file_with_findings_of_before_is_told_alone(
        self, repository: Path, run: Run
    ) -> None:
        write(repository, {"old/bad.sql": f"SELECT More FROM dbo.Fact\n{UNKNOWN}\n"})

        assert rows(run) == ["old/bad.sql:1:8: SLP201"]

    def test_may_move_a_folder(self, repository: Path, run: Run) -> None:
        git(repository, "mv", "old", "older")
        git(repository, "mv", "ddl", "tables")

        assert rows(run) == []
        assert rows(run, "--staged") == []

    def test_removes_lineage_and_is_told(self, repository: Path, run: Run) -> None:
        write(repository, {"etl/usp_Load.sql": LOAD.replace("FROM stg.Sales", "FROM dbo.Totals")})

        assert "etl/usp_Load.sql:1:1: SLP902" in rows(run)

    def test_without_a_script_is_none_for_a_commit(self, repository: Path, run: Run) -> None:
        write(repository, {"README.md": "# New"})
        git(repository, "add", "--all")

        outcome = run("check", "--staged")

        assert (outcome.code, outcome.out) == (0, "")
        assert "changes no file that a scan reads, so nothing is checked" in outcome.err

    def test_with_all_a_commit_is_told_all_that_it_will_hold(
        self, repository: Path, run: Run
    ) -> None:
        write(repository, {"old/loose.sql": UNKNOWN})

        assert rows(run, "--staged") == []
        assert rows(run, "--staged", "--all") == [
            "old/bad.sql:1:8: SLP201",
            "old/bad.sql:2:8: SLP201",
        ]


class TestUndefined:
    """What the change names first, and nothing defines."""

    NAMED = "<PropertyGroup><Name>Dw</Name></PropertyGroup>"
    PROJECT = f'<Project Sdk="Microsoft.Build.Sql/1.0">{NAMED}</Project>'
    TYPO = "CREATE PROC dbo.New AS\nSELECT Id FROM dbo.Fcat\nEXEC dbo.usp_Laod\n"

    def test_is_good_to_know_among_others_of_its_schema(self, repository: Path, run: Run) -> None:
        write(repository, {"new.sql": f"{self.TYPO}SELECT 1 FROM elsewhere.Thing"})

        assert rows(run) == ["new.sql:2:1: SLP904", "new.sql:3:1: SLP904"]

    def test_stops_where_a_project_defines_all(self, repository: Path, run: Run) -> None:
        write(repository, {"Dw.sqlproj": self.PROJECT})
        commit(repository)
        text = f"{self.TYPO}SELECT 1 FROM sys.objects, Other.dbo.t\nGO\nDROP TABLE dbo.Legacy"
        write(repository, {"new.sql": text, "loose.sql": "TRUNCATE TABLE dbo.Lost"})

        assert rows(run, "--staged", "--base", "HEAD") == []
        assert rows(run) == [
            "loose.sql:1:1: SLP904",
            "new.sql:2:1: SLP903",
            "new.sql:3:1: SLP903",
        ]

    def test_of_before_stops_nobody(self, repository: Path, run: Run) -> None:
        write(repository, {"new.sql": self.TYPO, "Dw.sqlproj": self.PROJECT})
        commit(repository)
        write(repository, {"new.sql": f"{self.TYPO}SELECT Id FROM dbo.Fcat"})

        assert rows(run) == []


class TestStates:
    def test_without_a_difference_all_is_reported(self, repository: Path, run: Run) -> None:
        """As for who checks out a state to see what it has."""
        assert len(rows(run)) == 2
        assert rows(run, "--base", "HEAD") == []

    def test_before_the_first_commit_all_is_new(
        self, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
        write(project, {"bad.sql": UNKNOWN})
        git(project, "init", "--quiet")
        git(project, "add", "--all")

        assert rows(run) == rows(run, "--staged") == ["bad.sql:1:8: SLP201"]

    def test_a_branch_is_compared_with_where_it_began(self, repository: Path, run: Run) -> None:
        git(repository, "checkout", "--quiet", "-b", "work")
        write(repository, {"new.sql": UNKNOWN})
        commit(repository)
        git(repository, "checkout", "--quiet", "main")
        write(repository, {"old/bad.sql": "SELECT 1\n"})
        commit(repository)
        git(repository, "checkout", "--quiet", "work")

        assert rows(run, "--base", "main") == ["new.sql:1:8: SLP201"]

    def test_a_build_names_where_a_branch_began(
        self, repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(repository, {"new.sql": UNKNOWN})
        commit(repository)
        monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")

        assert rows(run, "--staged") == ["new.sql:1:8: SLP201"]

    def test_a_merge_causes_what_neither_side_had(self, repository: Path, run: Run) -> None:
        git(repository, "checkout", "--quiet", "-b", "side")
        write(repository, {"side.sql": UNKNOWN})
        commit(repository)
        git(repository, "checkout", "--quiet", "main")
        git(repository, "merge", "--no-ff", "--no-commit", "--quiet", "side")

        assert rows(run, "--staged") == []
        write(repository, {"evil.sql": "SELECT Evil FROM dbo.Fact"})
        git(repository, "add", "--all")
        assert rows(run, "--staged") == ["evil.sql:1:8: SLP201"]

    def test_what_is_not_staged_has_no_part_in_a_commit(self, repository: Path, run: Run) -> None:
        write(repository, {"fine.sql": "SELECT Id FROM dbo.Fact"})
        git(repository, "add", "--all")
        write(repository, {"fine.sql": UNKNOWN, "loose.sql": "SELECT Loose FROM dbo.Fact"})

        assert rows(run, "--staged") == []
        assert rows(run) == ["fine.sql:1:8: SLP201", "loose.sql:1:8: SLP201"]

    def test_a_project_in_a_folder_has_its_own_configuration(
        self, repository: Path, run: Run
    ) -> None:
        write(
            repository,
            {
                "part/sql-lineage-purview.toml": 'exclude = ["skip"]\n',
                "part/skip/bad.sql": UNKNOWN,
                "part/t.sql": "CREATE TABLE dbo.Part (a int)\nGO\nSELECT b FROM dbo.Part",
            },
        )
        git(repository, "add", "--all")

        assert rows(run, "--staged") == ["part/t.sql:3:8: SLP201"]

    @pytest.mark.parametrize("revision", ["nowhere", "--help"])
    def test_that_there_are_not_are_a_usage_error(
        self, repository: Path, run: Run, revision: str
    ) -> None:
        outcome = run("check", f"--base={revision}")

        assert outcome.code == 2
        assert f"{revision}: no revision of" in outcome.err

    def test_outside_of_a_repository_there_are_none(self, project: Path, run: Run) -> None:
        write(project, {"bad.sql": UNKNOWN})

        assert rows(run) == ["bad.sql:1:8: SLP201"]
        assert run("check", "--staged").code == 2

    def test_of_a_broken_repository_all_is_reported_with_the_reason(
        self, project: Path, run: Run
    ) -> None:
        write(project, {"bad.sql": UNKNOWN, ".git": "gitdir: nowhere\n"})

        outcome = run("check")

        assert (outcome.code, "SLP201" in outcome.out) == (1, True)
        assert "Everything is reported, since nothing can be compared" in outcome.err
