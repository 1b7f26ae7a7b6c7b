"""The folder of what is kept between runs: hidden from git, beside the configuration."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from .blob_store import BlobStore
from .left_out import CACHE_FOLDER
from .whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = "cache.sqlite3"
_OLD_ENTRIES = ("[0-9a-f]" * 2, f"{'[0-9a-f]' * 64}.json")  # one file for each script


def cache_folder(paths: Sequence[Path], base: Path | None) -> Path:
    """The cache's folder: beside the configuration in `base`, or in the first path's folder.

    Never in the root of a scan as such: what distant paths have in common may be a drive, or a
    home.
    """
    first = paths[0] if paths else Path.cwd()
    beside = first if first.is_dir() else first.parent
    return (base or beside.resolve()) / CACHE_FOLDER


def open_store(folder: Path) -> BlobStore:
    """The store in a cache's folder, which is made when something is kept first."""
    return BlobStore(folder / _FILE, created=lambda: _prepare(folder))


def _prepare(folder: Path) -> None:
    """Hide the folder from git, and delete what older versions kept in it."""
    with contextlib.suppress(OSError):
        if not (folder / ".gitignore").exists():
            write_whole(folder / ".gitignore", ["*\n"])
        for entries in folder.glob(_OLD_ENTRIES[0]):
            if entries.is_dir() and not entries.is_symlink():
                for entry in entries.glob(_OLD_ENTRIES[1]):
                    entry.unlink(missing_ok=True)
                entries.rmdir()
