"""Which repository and commit was scanned: as the pipeline says, else as git's own files do.

No program is run.

Sources: https://learn.microsoft.com/azure/devops/pipelines/build/variables,
https://docs.github.com/actions/reference/workflows-and-actions/variables,
https://docs.gitlab.com/ci/variables/predefined_variables,
https://git-scm.com/docs/gitrepository-layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from ...model.limits import GIT_BYTES
from ...model.opening import read_file
from ...model.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# SHA-1, or SHA-256 in repositories that chose it
_COMMIT = regex(r"[0-9a-f]{40,64}\Z")
_SECTION = regex(r'\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_VALUE = regex(r"\s*url\s*=\s*(.+?)\s*\Z")


class Repository(Struct, frozen=True):
    """An address without login, and a commit; either empty where it is not known."""

    address: str = ""
    commit: str = ""


def repository_of(folder: Path, environment: Mapping[str, str]) -> Repository:
    """The repository that a folder belongs to.

    Args:
        folder: What was scanned.
        environment: A pipeline's variables; they go before what git's files say.
    """
    checkout = _of_git(folder.resolve())
    pipeline = _of_pipeline(environment)
    return Repository(
        without_login(pipeline.address or checkout.address), pipeline.commit or checkout.commit
    )


def without_login(address: str) -> str:
    """An address of a repository without user, password, query and fragment."""
    if "://" not in address:
        # git's short form, user@host:path
        return address.rpartition("@")[2].partition("?")[0].partition("#")[0].strip()
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _of_pipeline(environment: Mapping[str, str]) -> Repository:
    def value(name: str) -> str:
        return environment.get(name, "").strip()

    if value("BUILD_REPOSITORY_URI"):
        return Repository(value("BUILD_REPOSITORY_URI"), _commit(value("BUILD_SOURCEVERSION")))
    if value("GITHUB_REPOSITORY"):
        server = value("GITHUB_SERVER_URL") or "https://github.com"
        return Repository(f"{server}/{value('GITHUB_REPOSITORY')}", _commit(value("GITHUB_SHA")))
    if value("CI_PROJECT_URL"):
        return Repository(value("CI_PROJECT_URL"), _commit(value("CI_COMMIT_SHA")))
    return Repository()


def _of_git(folder: Path) -> Repository:
    for place in (folder, *folder.parents):
        entry = place / ".git"
        if entry.exists():
            return _read(_git_folder(entry))
    return Repository()


def _git_folder(entry: Path) -> Path:
    """`.git` itself, or where it points to in a worktree or submodule."""
    if entry.is_dir():
        return entry
    target = _text(entry).removeprefix("gitdir:").strip()
    return (entry.parent / target).resolve() if target else entry


def _read(git: Path) -> Repository:
    shared = (git / common).resolve() if (common := _text(git / "commondir").strip()) else git
    head = _text(git / "HEAD").strip()
    name = head.removeprefix("ref:").strip()
    commit = (
        head
        if name == head
        # a branch has a file of its own until git packs all of them into one
        else _text(git / name).strip() or _text(shared / name).strip() or _packed(shared, name)
    )
    return Repository(_remote(_text(shared / "config")), _commit(commit))


def _packed(git: Path, name: str) -> str:
    rows = (line.split(" ", 1) for line in _text(git / "packed-refs").splitlines() if " " in line)
    return next((commit for commit, ref in rows if ref.strip() == name), "")


def _remote(config: str) -> str:
    """The address of `origin`, else of the first remote."""
    remotes: dict[str, str] = {}
    section: tuple[str, str] = ("", "")
    for line in config.splitlines():
        if header := _SECTION.match(line):
            section = (header[1].lower(), header[2] or "")
        elif section[0] == "remote" and (value := _VALUE.match(line)):
            # of several addresses of one remote, git fetches from the first
            remotes.setdefault(section[1], value[1].strip('"'))
    return remotes.get("origin") or next(iter(remotes.values()), "")


def _commit(text: str) -> str:
    return text if _COMMIT.match(text) else ""


def _text(path: Path) -> str:
    try:
        return read_file(path, GIT_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):  # a name with a NUL
        return ""
