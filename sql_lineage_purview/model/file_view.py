"""What can stand in for the disk below a folder, as a state of a repository does.

All that decides a scan looks at files through `opening`, which asks the view first.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class FolderEntry(Protocol):
    """What a folder holds under a name, as `os.DirEntry` tells it."""

    @property
    def name(self) -> str:
        """The name in the folder."""

    @property
    def path(self) -> str:
        """The path of the folder, and the name."""

    def is_symlink(self) -> bool:
        """Is it a link?"""

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Is it a folder, or a link to one?"""

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Is it a file, or a link to one?"""


class FileView(Protocol):
    """Stands in for the disk where it covers a path. Paths are absolute."""

    @property
    def fingerprint(self) -> str:
        """What tells all that the view shows from what others do."""

    @property
    def listing(self) -> Mapping[str, str]:
        """What tells the files that it shows from what others show there, by their paths."""

    def covers(self, path: Path) -> bool:
        """Is what stands at a path up to the view, and not to the disk?"""

    def true_path(self, path: Path) -> Path:
        """Where links lead from a path, as `Path.resolve`.

        Raises:
            RuntimeError: they lead back to themselves.
        """

    def is_link(self, path: Path) -> bool:
        """Is it a link?"""

    def is_file(self, path: Path) -> bool:
        """Is it a file, or a link to one?"""

    def is_folder(self, path: Path) -> bool:
        """Is it a folder, or a link to one?"""

    def open(self, path: Path, most: int | None) -> tuple[IO[bytes], int]:
        """A file, of which `most` bytes are needed (None: all), and its size.

        Raises:
            OSError: it is none, is missing, or may not be read.
        """

    def entries(self, folder: Path) -> list[FolderEntry]:
        """What a folder holds, by name.

        Raises:
            OSError: it is none, or missing.
        """


_VIEW: ContextVar[FileView | None] = ContextVar("view", default=None)


def present_view() -> FileView | None:
    """What stands in for the disk at present."""
    return _VIEW.get()


def view_of(path: Path) -> FileView | None:
    """What stands in for the disk at a path; None where nothing does."""
    view = _VIEW.get()
    return view if view and view.covers(path) else None


@contextmanager
def viewed_through(view: FileView | None) -> Iterator[None]:
    """Let a view stand in for the disk within; None: the disk itself is read."""
    token = _VIEW.set(view)
    try:
        yield
    finally:
        _VIEW.reset(token)
