"""What a state of a repository holds: the files of a commit's tree, or of the index.

Source: https://git-scm.com/docs/git-ls-tree, https://git-scm.com/docs/git-ls-files
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from .git_program import GitError, GitObjects, ask_git

INDEX = ":"
"""The state that the next commit would have, as git's own `:path` names it."""

_LINK, _SUBMODULE = "120000", "160000"
_OURS = "2"  # of a file that a merge has not brought together yet


class GitFile(Struct, frozen=True):
    """A file of a state: its mode, the name of its content, and where this is read."""

    mode: str
    content: str
    objects: GitObjects

    @property
    def is_link(self) -> bool:
        """Is it a symbolic link, whose content is where it leads?"""
        return self.mode == _LINK


class GitListing(Struct, frozen=True):
    """The files of a state by their paths, with `/`, relative to the top of the repository.

    `absent` are submodules whose commit is not there.
    """

    files: dict[str, GitFile]
    absent: tuple[str, ...] = ()


def top_of(folder: Path) -> Path:
    """The top folder of the repository that a folder belongs to.

    Raises:
        GitError: it belongs to none.
    """
    nearest = next(place for place in (folder, *folder.parents) if place.is_dir())
    top = Path(os.fsdecode(ask_git(nearest, "rev-parse", "--show-toplevel").rstrip(b"\r\n")))
    if not nearest.is_relative_to(top.resolve()):
        raise GitError(f"{folder} is outside of {top}, where its repository has its files.")
    return top.resolve()


def list_state(top: Path, revision: str) -> GitListing:
    """The files of a revision, or of the index, with those of submodules.

    Args:
        top: the top folder of the repository.
        revision: what git takes as one, or `INDEX`.

    Raises:
        GitError: there is no such revision.
    """
    if revision == INDEX:
        return _listing(top, _index_rows(top))
    return _listing(top, _tree_rows(top, _tree(top, revision)))


def has_revision(folder: Path, revision: str) -> bool:
    """Does the repository of a folder, if it is in one, have a revision of this name?"""
    try:
        return bool(_tree(top_of(folder.resolve()), revision))
    except GitError:
        return False


def ignored_paths(top: Path, below: Path) -> tuple[str, ...]:
    """What git ignores below a folder; a path that ends in `/` is a folder of nothing else."""
    words = ("-o", "-i", "--exclude-standard", "--directory", "-z", "--", str(below))
    return tuple(_split(ask_git(top, "ls-files", *words)))


def _tree(top: Path, revision: str) -> str:
    if revision.startswith("-"):  # it would be an option
        raise GitError(f"{revision}: no revision of {top}.")
    try:
        name = ask_git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}")
    except GitError as error:
        raise GitError(_no_revision(top, revision, str(error))) from None
    return name.decode("ascii").strip()


def _no_revision(top: Path, revision: str, reason: str) -> str:
    detail = "" if reason.startswith("git rev-parse") else f" ({reason})"
    remedy = "A build may have fetched one commit alone: fetch this one too."
    return f"{revision}: no revision of {top}{detail}. {remedy}"


# mode, name of the content, path
_Row = tuple[str, str, str]


def _tree_rows(top: Path, tree: str) -> Iterator[_Row]:
    for row in _split(ask_git(top, "ls-tree", "-r", "-z", "--full-tree", tree)):
        words, _, path = row.partition("\t")
        mode, _, content = words.split(" ")
        yield mode, content, path


def _index_rows(top: Path) -> Iterator[_Row]:
    for row in _split(ask_git(top, "ls-files", "-s", "-z")):
        words, _, path = row.partition("\t")
        mode, content, stage = words.split(" ")
        if stage in {"0", _OURS}:
            yield mode, content, path


def _listing(top: Path, rows: Iterator[_Row]) -> GitListing:
    objects = GitObjects(top)
    files: dict[str, GitFile] = {}
    absent: list[str] = []
    for mode, content, path in rows:
        if not _is_sound(path):
            continue  # git checks it out nowhere
        if mode != _SUBMODULE:
            files[path] = GitFile(mode, content, objects)
        elif submodule := _submodule(top / path, content):
            files |= {f"{path}/{name}": file for name, file in submodule.files.items()}
            absent += [f"{path}/{name}" for name in submodule.absent]
        else:
            absent.append(path)
    return GitListing(files, tuple(absent))


def _submodule(folder: Path, commit: str) -> GitListing | None:
    """The files of a submodule's commit; None where it is not there."""
    try:
        if folder.is_dir() and top_of(folder) == folder.resolve():
            return list_state(folder, commit)
    except GitError:
        pass
    return None


def _is_sound(path: str) -> bool:
    """May a path be one of a checkout? Others lead out of it, or into git's own folder."""
    parts = path.split("/")
    if os.name == "nt" and ("\\" in path or ":" in path):
        return False
    return not any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)


def _split(output: bytes) -> list[str]:
    return [os.fsdecode(row) for row in output.split(b"\0") if row]
