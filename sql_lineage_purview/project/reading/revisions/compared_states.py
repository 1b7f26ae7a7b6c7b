"""Which states of a repository a change is compared with, and which files it touches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from .git_listing import top_of
from .git_program import GitError, ask_git

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = "HEAD"
# what pre-commit says a hook is to look at, where it is run with --from-ref
# https://pre-commit.com/#passing-arguments-to-hooks
_FROM_REF = "PRE_COMMIT_FROM_REF"


class ComparedStates(Struct, frozen=True):
    """The states before a change: one, those that a merge brings together, or none yet.

    `top`: the top folder of the repository. `names`: what git takes as revisions. `shown`: what
    people call them. `remark`: what is to be said of them besides.
    """

    top: Path
    names: tuple[str, ...]
    shown: str
    remark: str = ""

    @classmethod
    def of(
        cls, folder: Path, revision: str | None, environment: Mapping[str, str]
    ) -> ComparedStates:
        """The states before what a folder holds.

        Args:
            folder: it lies in a repository.
            revision: what git takes as one; None: the last commit, or what pre-commit names.
            environment: that of the process.

        Raises:
            GitError: there is no git, no repository or no such revision.
        """
        top = top_of(folder)
        revision = revision or environment.get(_FROM_REF) or HEAD
        if revision != HEAD:
            return cls(top, (_shared_with(top, revision),), revision)
        if _commit(top, HEAD) is None:
            return cls(top, (), HEAD, "There is no commit yet: everything is new.")
        merged = _commit(top, "MERGE_HEAD")
        if merged is None:
            return cls(top, (HEAD,), HEAD)
        return cls(top, (HEAD, merged), "HEAD and what is merged into it")

    def changed_paths(self, *, staged: bool) -> list[Path]:
        """The files that differ from the first of the states, those that are gone too.

        Args:
            staged: what the next commit would hold is compared, and not the files as they lie
                there.

        Raises:
            GitError: git fails.
        """
        words = ["diff", "--name-only", "--no-renames", "-z", *(["--cached"] if staged else [])]
        tracked = (
            ask_git(self.top, *words, self.names[0], "--")
            if self.names
            else ask_git(self.top, "ls-files", "-z")
        )
        loose = b"" if staged else ask_git(self.top, "ls-files", "-o", "--exclude-standard", "-z")
        rows = (*tracked.split(b"\0"), *loose.split(b"\0"))
        return [self.top / os.fsdecode(row) for row in rows if row]


def _commit(top: Path, name: str) -> str | None:
    try:
        commit = ask_git(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except GitError:
        return None
    return commit.decode("ascii").strip()


def _shared_with(top: Path, revision: str) -> str:
    """The commit from which both HEAD and a revision go on: what the latter did since is no change.

    In a clone that is too shallow to tell, the revision itself.
    """
    commit = None if revision.startswith("-") else _commit(top, revision)
    if commit is None:
        raise GitError(
            f"{revision}: no revision of {top}. A build may have fetched one commit alone: fetch "
            "the whole history (fetch-depth: 0)."
        )
    try:
        return ask_git(top, "merge-base", "HEAD", commit).decode("ascii").strip() or commit
    except GitError:
        return commit
