"""The git executable, run so that it reads and does nothing else.

A repository can come from anybody, with its configuration. So no hook, monitor, filter, pager or
transport runs that this names, and nothing is fetched. Whom a repository may belong to is left to
git, which refuses what `safe.directory` does not allow.
Source: https://git-scm.com/docs/git, https://git-scm.com/docs/git-config
"""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

from ...project_errors import ProjectError

_HARMLESS = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    f"core.hooksPath={os.devnull}",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
# what a hook is started with, which would name the repository of the commit and not that of a path
_OF_A_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# bytes behind what was asked for that are read and thrown away; for more, git is started anew
_WORTH_READING = 1 << 20


class GitError(ProjectError):
    """Git is missing, or does not do what it is asked for."""


def ask_git(folder: Path, *words: str) -> bytes:
    """What git prints, asked in a folder.

    Raises:
        GitError: it is missing, or fails.
    """
    try:
        outcome = subprocess.run(  # noqa: S603 - no shell, and an executable of the search path
            [_executable(), *_options(), *words],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise GitError(f"{folder}: git cannot be run there ({error.strerror}).") from None
    if outcome.returncode:
        raise GitError(_reason(outcome.stderr) or f"git {words[0]} failed in {folder}.")
    return outcome.stdout


class GitObjects:
    """The objects of the repository that a folder belongs to, read by one process of git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, name: str, most: int) -> tuple[bytes, int]:
        """The first bytes of an object, by the name that its content has, and its size.

        Raises:
            OSError: it is not there.
        """
        questions, answers = self._pipes()
        questions.write(f"{name}\n".encode())
        questions.flush()
        words = answers.readline().split()
        if len(words) != 3:
            self.close()
            raise FileNotFoundError(f"git has no object {name}")
        size = int(words[2])
        data = answers.read(min(size, most))
        surplus = size - len(data)
        if surplus > _WORTH_READING:
            self.close()
        else:
            answers.read(surplus + 1)
        return data, size

    def close(self) -> None:
        """End the process; it is started again when somebody reads."""
        process, self._process = self._process, None
        if process:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()
            process.wait()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - as above
                [_executable(), *_options(), "cat-file", "--batch"],
                cwd=self.folder,
                env=_environment(self.folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        pipes = self._process.stdin, self._process.stdout
        if pipes[0] is None or pipes[1] is None:
            raise OSError("git has no pipes")
        return pipes[0], pipes[1]


def _options() -> list[str]:
    return [word for setting in _HARMLESS for word in ("-c", setting)]


def _environment(folder: Path) -> dict[str, str]:
    variables = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    index = _index_of_hook(folder)
    return variables | _ENVIRONMENT | ({"GIT_INDEX_FILE": index} if index else {})


def _index_of_hook(folder: Path) -> str | None:
    """The index of the commit that a hook runs for, which runs in the top of its repository.

    `git commit FILE` and `git commit -a` put together one of their own.
    """
    index, top = os.environ.get("GIT_INDEX_FILE"), Path.cwd()
    return str(top / index) if index and folder.resolve() == top.resolve() else None


@cache
def _executable() -> str:
    """Git on the search path; never one in the current folder, where Windows looks first."""
    names = ("git.exe", "git.cmd") if os.name == "nt" else ("git",)
    for folder in map(Path, os.get_exec_path()):
        for name in names:
            if folder.is_absolute() and os.access(folder / name, os.X_OK):
                return str(folder / name)
    raise GitError("git is not on the search path (PATH), so no revision can be read.")


def _reason(messages: bytes) -> str:
    """What git says was wrong, in one line."""
    lines = messages.decode("utf-8", "replace").splitlines()
    return next((line.removeprefix("fatal: ") for line in lines if line.strip()), "")
