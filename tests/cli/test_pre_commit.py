"""The hook `sql-lineage-check`, installed and run by pre-commit as in a user's repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SCRIPTS, UNKNOWN, write

CHECKOUT = Path(__file__).parents[2]
PACKAGE = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def _git(folder: Path, *arguments: str) -> str:
    identity = [
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.com",
        "-c",
        "commit.gpgsign=false",
    ]
    done = subprocess.run(
        [shutil.which("git") or "git", *identity, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _committed(folder: Path) -> str:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", "All")
    return _git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of scripts whose pre-commit configuration names this checkout."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in PACKAGE:
        shutil.copy(CHECKOUT / name, hooks)
    shutil.copytree(
        CHECKOUT / "sql_lineage_purview",
        hooks / "sql_lineage_purview",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    revision = _committed(hooks)
    folder = write(tmp_path / "scripts", SCRIPTS)
    hook = (
        f"repos:\n- repo: {hooks.as_posix()}\n  rev: {revision}\n  hooks:\n  - id: "
        "sql-lineage-check\n"
    )
    (folder / ".pre-commit-config.yaml").write_text(hook, encoding="utf-8")
    _committed(folder)
    return folder


class Commits:
    """Commits to a repository in which pre-commit is installed."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder = folder
        # What runs these tests from a commit hook of its own must not lead git into another one.
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "PRE_COMMIT"))
        }
        self._environment = variables | {"PRE_COMMIT_HOME": str(store), "PRE_COMMIT_COLOR": "never"}
        assert self._run(sys.executable, "-m", "pre_commit", "install").returncode == 0

    def commit(self) -> subprocess.CompletedProcess[str]:
        """Stage everything and commit it; what a hook stops is taken back."""
        _git(self.folder, "add", "--all")
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        git = shutil.which("git") or "git"
        outcome = self._run(
            git, *identity, "-c", "commit.gpgsign=false", "commit", "--message", "x"
        )
        if outcome.returncode:
            _git(self.folder, "reset", "--quiet", "--hard")
        return outcome

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


def test_the_hook_stops_what_a_commit_breaks_and_nothing_else(
    repository: Path, tmp_path: Path
) -> None:
    """One test for all, since pre-commit installs the tool once for it."""
    commits = Commits(repository, tmp_path / "store")
    load = repository / "etl/usp_Load.sql"

    load.write_text(f"-- nightly\n{SCRIPTS['etl/usp_Load.sql']}", encoding="utf-8")
    comment = commits.commit()
    (repository / "ddl/stg.Sales.sql").unlink()
    deletion = commits.commit()
    (repository / "ddl").rename(repository / "tables")
    rename = commits.commit()
    write(repository, {"etl/bad.sql": UNKNOWN})
    addition = commits.commit()
    write(repository, {"README.md": "# Scripts"})
    page = commits.commit()

    assert comment.returncode == 0, comment.stdout + comment.stderr
    assert "check the lineage of T-SQL" in comment.stdout + comment.stderr
    assert deletion.returncode == 1
    assert "etl/usp_Load.sql:3:1: SLP901 dbo.usp_Load uses stg.Sales" in (
        deletion.stdout + deletion.stderr
    )
    assert rename.returncode == 0, rename.stdout + rename.stderr
    assert addition.returncode == 1
    assert "etl/bad.sql:1:8: SLP201 " in addition.stdout + addition.stderr
    assert page.returncode == 0, page.stdout + page.stderr
