"""A git repository for a test, made by git itself and free of anybody's configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.com",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.com",
}
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")


@dataclass(frozen=True)
class GitRepository:
    """A repository in a folder."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> GitRepository:
        """A new one, without a commit."""
        folder.mkdir(parents=True, exist_ok=True)
        repository = cls(folder)
        repository.git("init", "--quiet", "--initial-branch=main")
        return repository

    def git(self, *words: str) -> str:
        """What git prints."""
        executable = shutil.which("git")
        assert executable, "the tests of revisions need git"
        variables = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
        run = subprocess.run(
            [executable, *words],
            cwd=self.folder,
            env=variables | _NOBODY,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return run.stdout.strip()

    def write(self, path: str, text: str) -> Path:
        """Write a file, with its folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        return file

    def commit(self, **files: str) -> str:
        """Commit all that there is; `files` by names that end in `.sql`. The commit's name."""
        for name, text in files.items():
            self.write(f"{name}.sql", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a state")
        return self.git("rev-parse", "HEAD")
