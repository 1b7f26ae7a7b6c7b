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


def _pre_commit(folder: Path, store: Path) -> subprocess.CompletedProcess[str]:
    # What runs these tests from a commit hook of its own must not lead git into another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"],
        cwd=folder,
        env=environment | {"PRE_COMMIT_HOME": str(store)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_hook_passes_clean_scripts_and_stops_others(repository: Path, tmp_path: Path) -> None:
    """One test for both, since pre-commit installs the tool once for it."""
    clean = _pre_commit(repository, tmp_path / "store")
    write(repository, {"etl/bad.sql": UNKNOWN})
    _git(repository, "add", "etl/bad.sql")
    outcome = _pre_commit(repository, tmp_path / "store")

    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "check the lineage of T-SQL" in clean.stdout
    assert outcome.returncode == 1
    assert "exit code: 1" in outcome.stdout
    assert "etl/bad.sql:1:8: SLP201 " in outcome.stdout
