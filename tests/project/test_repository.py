from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview.project.publishing.repository import (
    Repository,
    repository_of,
    without_login,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40


def checkout(root: Path, *, head: str = "ref: refs/heads/main\n", config: str = "") -> Path:
    git = root / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text(head, encoding="utf-8")
    (git / "config").write_text(config, encoding="utf-8")
    return git


ORIGIN = (
    '[core]\n\tbare = false\n[remote "up"]\n\turl = https://h/up\n[remote "origin"]\n\turl = '
    "https://u:pw@h/o/r.git\n"
)


def test_a_branch(tmp_path: Path) -> None:
    git = checkout(tmp_path, config=ORIGIN)
    (git / "refs/heads/main").write_text(f"{COMMIT}\n", encoding="utf-8")
    (tmp_path / "sql" / "deep").mkdir(parents=True)
    assert repository_of(tmp_path / "sql" / "deep", {}) == Repository("https://h/o/r.git", COMMIT)


def test_a_commit_that_is_checked_out_by_itself(tmp_path: Path) -> None:
    checkout(tmp_path, head=f"{COMMIT}\n")
    assert repository_of(tmp_path, {}) == Repository("", COMMIT)


def test_a_branch_in_the_packed_list(tmp_path: Path) -> None:
    git = checkout(tmp_path)
    (git / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{OTHER} refs/heads/other\n{COMMIT} refs/heads/main\n^{OTHER}\n",
        encoding="utf-8",
    )
    assert repository_of(tmp_path, {}).commit == COMMIT


def test_a_worktree(tmp_path: Path) -> None:
    git = checkout(tmp_path / "main", config=ORIGIN)
    (git / "refs/heads/side").write_text(COMMIT, encoding="utf-8")
    git_folder = git / "worktrees" / "side"
    git_folder.mkdir(parents=True)
    (git_folder / "HEAD").write_text("ref: refs/heads/side\n", encoding="utf-8")
    (git_folder / "commondir").write_text("../..\n", encoding="utf-8")
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / ".git").write_text(f"gitdir: {git_folder}\n", encoding="utf-8")
    assert repository_of(tmp_path / "side", {}) == Repository("https://h/o/r.git", COMMIT)


@pytest.mark.parametrize(
    "head", ["", "ref: refs/heads/gone", "ref: ../../../etc/passwd", "nonsense"]
)
def test_what_is_not_understood_is_left_out(tmp_path: Path, head: str) -> None:
    checkout(tmp_path, head=head, config="[remote\nurl")
    assert repository_of(tmp_path, {}) == Repository()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (
            {
                "BUILD_REPOSITORY_URI": "https://org@dev.azure.com/org/p/_git/r",
                "BUILD_SOURCEVERSION": OTHER,
            },
            Repository("https://dev.azure.com/org/p/_git/r", OTHER),
        ),
        (
            {"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": OTHER},
            Repository("https://github.com/o/r", OTHER),
        ),
        (
            {
                "GITHUB_SERVER_URL": "https://ghe.corp",
                "GITHUB_REPOSITORY": "o/r",
                "GITHUB_SHA": OTHER,
            },
            Repository("https://ghe.corp/o/r", OTHER),
        ),
        (
            {"CI_PROJECT_URL": "https://gitlab/o/r", "CI_COMMIT_SHA": OTHER},
            Repository("https://gitlab/o/r", OTHER),
        ),
    ],
)
def test_a_pipeline_knows_better(
    tmp_path: Path, environment: dict[str, str], expected: Repository
) -> None:
    checkout(tmp_path, head=COMMIT, config=ORIGIN)
    assert repository_of(tmp_path, environment) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://user:secret@host:8443/o/r?token=x#y", "https://host:8443/o/r"),
        ("git@github.com:o/r.git", "github.com:o/r.git"),
        ("ssh://git@host/o/r", "ssh://host/o/r"),
        ("https://[broken", ""),
        ("https://host:port/x", ""),
        ("../elsewhere", "../elsewhere"),
        ("", ""),
    ],
)
def test_no_login_is_shown(address: str, expected: str) -> None:
    assert without_login(address) == expected
