"""Files as they are opened for reading.

Only regular ones are, and none that is larger than its format has a reason to be.

A pipe would be waited for, and a device may never end.
"""

from __future__ import annotations

import errno
import os
import stat
from fnmatch import fnmatch
from typing import IO, TYPE_CHECKING

from .file_view import view_of
from .observed_files import observer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .file_view import FolderEntry

# O_NONBLOCK: a pipe that takes the place of a file after it was looked at is not waited for.
# Where there is no such flag, as on Windows, pipes have no place among the files.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_PIECE = 1 << 16  # bytes that are asked for behind those that a file was said to have


class UnusableFileError(OSError):
    """The file is none that is read: a pipe, a device, a folder, or too large.

    `strerror` says which.
    """

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(errno.EINVAL, reason, str(path))


def open_file(path: Path) -> IO[bytes]:
    """Open a regular file for reading.

    Raises:
        UnusableFileError: it is none.
        OSError: it is missing, or may not be read.
    """
    if view := view_of(path):
        return view.open(path, None)[0]
    return os.fdopen(_opened(path)[0], "rb")


def _opened(path: Path) -> tuple[int, os.stat_result]:
    """The descriptor of a regular file, and its status.

    Raises:
        UnusableFileError: it is none.
        OSError: it is missing, or may not be read.
    """
    watching = observer()
    try:
        descriptor, status = _descriptor(path)
    except OSError as error:
        if watching:
            watching.failed(path, error)
        raise
    if watching:
        watching.opened(path, status)
    return descriptor, status


def _descriptor(path: Path) -> tuple[int, os.stat_result]:
    # before it is opened, since opening a device may already do something
    _require_regular(path, os.stat(path).st_mode)  # noqa: PTH116 - thousands of them
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        _require_regular(path, status.st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def first_bytes(path: Path, most: int) -> bytes:
    """The first bytes of a regular file.

    Raises:
        UnusableFileError: it is none.
        OSError: it is missing, or may not be read.
    """
    if view := view_of(path):
        return view.open(path, most)[0].read(most)
    with open_file(path) as file:
        data = file.read(most)
    if watching := observer():
        watching.read(path, data)
    return data


def list_folder(folder: Path) -> Sequence[FolderEntry]:
    """What a folder holds, by name.

    Raises:
        OSError: it is none, is missing, or may not be listed.
    """
    if view := view_of(folder):
        return view.entries(folder)
    watching = observer()
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        if watching:
            watching.failed(folder, error)
        raise
    if watching:
        watching.listed(folder, entries)
    return entries


def matching_files(folder: Path, pattern: str) -> list[Path]:
    """What a folder holds under names of a pattern, as `Path.glob`; nothing where it is none."""
    try:
        entries = list_folder(folder)
    except OSError:
        return []
    return [folder / entry.name for entry in entries if fnmatch(entry.name, pattern)]


def read_file(path: Path, most: int) -> bytes:
    """The bytes of a regular file that holds `most` at the most.

    Raises:
        UnusableFileError: it is no regular file, or larger.
        OSError: it is missing, or may not be read.
    """
    if view := view_of(path):
        stream, size = view.open(path, most)
        if size <= most:
            return stream.read()
        raise UnusableFileError(f"larger than {_size(most)}", path)
    descriptor, status = _opened(path)
    try:
        data = _content(descriptor, status.st_size, most) if status.st_size <= most else None
    finally:
        os.close(descriptor)
    if data is not None:
        if watching := observer():
            watching.read(path, data)
        if len(data) <= most:
            return data
    raise UnusableFileError(f"larger than {_size(most)}", path)


def _content(descriptor: int, size: int, most: int) -> bytes:
    """The bytes of a file that had some, up to one more than `most`."""
    data = os.read(descriptor, size + 1)
    # it may have grown since, and what stands in /proc says that it has no bytes
    while len(data) <= most and (piece := os.read(descriptor, min(most + 1 - len(data), _PIECE))):
        data += piece
    return data


def read_head(path: Path, most: int) -> bytes:
    """The first bytes of a regular file; none where it cannot be read."""
    try:
        return first_bytes(path, most)
    except OSError:
        return b""


def is_file(path: Path) -> bool:
    """Is it a file, or a link to one?"""
    view = view_of(path)
    return view.is_file(path) if view else path.is_file()


def is_folder(path: Path) -> bool:
    """Is it a folder, or a link to one?"""
    view = view_of(path)
    return view.is_folder(path) if view else path.is_dir()


def is_link(path: Path) -> bool:
    """Is it a link?"""
    view = view_of(path)
    return view.is_link(path) if view else path.is_symlink()


def exists(path: Path) -> bool:
    """Does a path lead to anything?"""
    view = view_of(path)
    return view.is_file(path) or view.is_folder(path) if view else path.exists()


def true_path(path: Path) -> Path:
    """Where links lead from a path.

    Raises:
        OSError: it cannot be followed.
        RuntimeError: links lead back to themselves.
    """
    view = view_of(path)
    return view.true_path(path) if view else path.resolve()


def _require_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise UnusableFileError("a folder" if stat.S_ISDIR(mode) else "no regular file", path)


def _size(most: int) -> str:
    return f"{most >> 20} MB" if most >= 1 << 20 else f"{most >> 10} kB"
