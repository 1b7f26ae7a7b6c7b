"""What a scan saw of the file system, kept and held against what is there the next time.

A file whose status is the same is not read again, as in git. One that was changed so shortly before
it was read that a change after it could have the same time is read, and so is one of another
status: a file that was only touched, or checked out anew, has changed nothing.
Source: https://git-scm.com/docs/racy-git
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

from ...model.limits import CATALOG_BYTES
from ...model.opening import UnusableFileError, first_bytes
from .left_out import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Sequence

Status: TypeAlias = list[int]
"""Size, times of the last change of content and of status in nanoseconds, and number of a file."""
Entry: TypeAlias = list[str]
"""Name and kind of what a folder holds; of a link also where it leads, and what is there."""

_CLOCK_TICK = 3_000_000_000  # nanoseconds: FAT has two seconds, and clocks differ
_MISSING, _FILE, _FOLDER, _LINK, _OTHER = "missing", "file", "folder", "link", "other"


class TracedFile(Struct):
    """A file that was opened: its status, and a digest of the first `length` bytes.

    `digest` is empty where it was read as a stream.
    """

    status: Status
    length: int = -1
    digest: str = ""


class FileTrace(Struct):
    """What was seen. `began` is the time before anything was, in nanoseconds since 1970.

    `is_repeatable`: nothing failed that may go well the next time, such as a file that somebody
    had locked.
    """

    began: int = field(default_factory=time.time_ns)
    files: dict[str, TracedFile] = field(default_factory=dict)
    folders: dict[str, list[Entry]] = field(default_factory=dict)
    probes: dict[str, Entry] = field(default_factory=dict)
    is_repeatable: bool = True
    is_renewed: bool = False  # a file was read again, and was the same

    def opened(self, path: Path, status: os.stat_result) -> None:
        """See `FileObserver`."""
        traced = self.files.get(str(path))
        if traced is None:
            self.files[str(path)] = TracedFile(_status(status))
        elif traced.status != _status(status):
            self.is_repeatable = False  # it was changed between two looks at it

    def read(self, path: Path, data: bytes) -> None:
        """See `FileObserver`."""
        traced = self.files[str(path)]
        if len(data) > traced.length:
            traced.length, traced.digest = len(data), hashlib.sha256(data).hexdigest()

    def failed(self, path: Path, error: OSError) -> None:
        """See `FileObserver`."""
        self.probed(path)
        if not isinstance(error, FileNotFoundError | NotADirectoryError | UnusableFileError):
            self.is_repeatable = False

    def listed(self, folder: Path, entries: Sequence[os.DirEntry[str]]) -> None:
        """See `FileObserver`."""
        self.folders[str(folder)] = _entries(entries)

    def probed(self, path: Path) -> None:
        """See `FileObserver`."""
        if str(path) not in self.probes:
            self.probes[str(path)] = _probe(str(path))

    def completed(self) -> bool:
        """Read what was read as a stream once more, unless it is large.

        False: nothing may be kept by this trace.
        """
        for path, traced in self.files.items():
            is_stream = traced.length < 0 and traced.status[0] <= CATALOG_BYTES
            if is_stream and not _read_again(path, traced, CATALOG_BYTES):
                return False
        return self.is_repeatable

    def still_holds(self) -> bool:
        """Is all that was seen the same today? What had to be read again is noted."""
        return self.changed_files(0) == []

    def changed_files(self, most: int) -> list[str] | None:
        """The files that hold something else today.

        None: more than `most` do, or something else has changed than what files hold.
        """
        began = time.time_ns()
        changed: list[str] = []
        try:
            if any(_probe(path) != probe for path, probe in self.probes.items()) or any(
                _listing(path) != entries for path, entries in self.folders.items()
            ):
                return None
            for path, traced in self.files.items():
                if not self._is_same(path, traced):
                    changed.append(path)
                    if len(changed) > most:
                        return None
        except (OSError, ValueError):
            return None
        self.began = began
        return changed

    def take_over(self, newer: FileTrace) -> None:
        """Note what files hold today that were read again."""
        self.files.update(newer.files)
        self.is_renewed = True

    def to_json(self) -> dict[str, Any]:
        """The trace as plain values."""
        files = {path: [file.status, file.length, file.digest] for path, file in self.files.items()}
        return {
            "began": self.began,
            "files": files,
            "folders": self.folders,
            "probes": self.probes,
        }

    @classmethod
    def of_json(cls, values: dict[str, Any]) -> FileTrace:
        """What `to_json` gave."""
        files = {path: TracedFile(*row) for path, row in values["files"].items()}
        return cls(values["began"], files, values["folders"], values["probes"])

    def _is_same(self, path: str, traced: TracedFile) -> bool:
        status = _status(os.stat(path))  # noqa: PTH116 - thousands of them
        is_settled = max(status[1], status[2]) + _CLOCK_TICK < self.began
        if status == traced.status and is_settled:
            return True
        if status[0] != traced.status[0] or not traced.digest:
            return False
        now = TracedFile(status)
        if not _read_again(path, now, traced.length) or now.digest != traced.digest:
            return False
        self.files[path] = now
        self.is_renewed = True
        return True


def _read_again(path: str, traced: TracedFile, most: int) -> bool:
    """Fill in the digest of a file's first bytes. False: it was changed meanwhile, or cannot be."""
    try:
        data = first_bytes(Path(path), most)
        traced.length, traced.digest = len(data), hashlib.sha256(data).hexdigest()
        return _status(os.stat(path)) == traced.status  # noqa: PTH116 - the same
    except OSError:
        return False


def _status(status: os.stat_result) -> Status:
    # who copies a file with its times, or restores it, changes the latter two all the same
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _listing(folder: str) -> list[Entry]:
    with os.scandir(folder) as listing:
        return _entries(sorted(listing, key=lambda entry: entry.name))


def _entries(entries: Sequence[os.DirEntry[str]]) -> list[Entry]:
    # the first run makes the folder of its cache, which is no change of what it has scanned
    return [_entry(entry) for entry in entries if entry.name.lower() not in LEFT_OUT]


def _entry(entry: os.DirEntry[str]) -> Entry:
    if entry.is_symlink():
        return [entry.name, _LINK, *_probe(entry.path)]
    if entry.is_dir(follow_symlinks=False):
        return [entry.name, _FOLDER]
    return [entry.name, _FILE if entry.is_file(follow_symlinks=False) else _OTHER]


def _probe(path: str) -> Entry:
    """Where a path leads, and what is there."""
    try:
        true = os.path.realpath(path)
    except (OSError, ValueError):  # a name with a NUL
        return [path, _MISSING]
    if os.path.isdir(true):  # noqa: PTH112 - the same
        return [true, _FOLDER]
    if os.path.isfile(true):  # noqa: PTH113 - the same
        return [true, _FILE]
    return [true, _OTHER if os.path.lexists(true) else _MISSING]
