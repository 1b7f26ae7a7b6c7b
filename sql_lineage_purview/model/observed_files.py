"""What a run sees of the file system, told to whoever wants to know what its result depends on.

All that decides a scan looks at files and folders through `opening`, or says here what it looked
at, so that what was seen can be held against what is there the next time.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

from .file_view import view_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class FileObserver(Protocol):
    """Is told what was looked at."""

    def opened(self, path: Path, status: os.stat_result) -> None:
        """A file was opened that had this status by then."""

    def read(self, path: Path, data: bytes) -> None:
        """These were the first bytes of a file that was opened; all, where it has no more."""

    def failed(self, path: Path, error: OSError) -> None:
        """A file could not be opened, or a folder not be listed."""

    def listed(self, folder: Path, entries: Sequence[os.DirEntry[str]]) -> None:
        """A folder held these."""

    def probed(self, path: Path) -> None:
        """It was asked what a path is, and where links lead from it."""


_OBSERVER: ContextVar[FileObserver | None] = ContextVar("observer", default=None)


def observer() -> FileObserver | None:
    """Who is told at present."""
    return _OBSERVER.get()


def probe(path: Path) -> Path:
    """Say that something depends on what a path is; the path itself, to be asked.

    What a view shows is the same whenever the view is.
    """
    if (watching := _OBSERVER.get()) and not view_of(path):
        watching.probed(path)
    return path


@contextmanager
def observed_by(watching: FileObserver | None) -> Iterator[None]:
    """Tell somebody what is looked at within."""
    token = _OBSERVER.set(watching)
    try:
        yield
    finally:
        _OBSERVER.reset(token)
