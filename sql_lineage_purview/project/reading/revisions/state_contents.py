"""The content of a file of a state: from the disk where it is the same there, else from git.

What was compiled of a file before is kept by its bytes, and those of a checkout can be others than
git's: with the ends of lines of Windows, or in place of a pointer of Git LFS.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ....model.file_view import viewed_through
from ....model.limits import CATALOG_BYTES, SCRIPT_BYTES
from ....model.observed_files import observed_by
from ....model.opening import UnusableFileError, read_file
from ....model.regex import regex
from .git_program import GitObjects, ask_git

if TYPE_CHECKING:
    from .git_listing import GitFile

# Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER_BYTES = 1024
_POINTER_CONTENT = regex(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)
_SHA1_DIGITS = 40


class StateContents(Struct):
    """Reads contents; what a file on the disk has changed to is read from git's objects."""

    _stores: dict[Path, Path] = field(default_factory=dict)

    def read(self, path: Path, file: GitFile, most: int | None) -> tuple[bytes, int]:
        """The first bytes of a file, `most` or more, and its size.

        Args:
            path: where the file is in a checkout.
            file: what the state has there.
            most: how many bytes are needed; None: all that is ever read of a file.

        Raises:
            OSError: they are not there.
        """
        on_disk = _disk_bytes(path, max(most or CATALOG_BYTES, SCRIPT_BYTES))
        if on_disk is not None and _is_content(on_disk, file.content):
            return on_disk, len(on_disk)
        data, size = file.objects.read(file.content, max(most or CATALOG_BYTES, _POINTER_BYTES))
        name = _large_file(data)
        if name is None:
            return data, size
        if on_disk is not None and hashlib.sha256(on_disk).hexdigest() == name:
            return on_disk, len(on_disk)
        return self._large_content(path, file.objects, name)

    def _large_content(self, path: Path, objects: GitObjects, name: str) -> tuple[bytes, int]:
        store = self._stores.get(objects.folder)
        if store is None:
            folder = os.fsdecode(ask_git(objects.folder, "rev-parse", "--git-common-dir").rstrip())
            store = self._stores[objects.folder] = objects.folder / folder / "lfs" / "objects"
        data = _disk_bytes(store / name[:2] / name[2:4] / name, CATALOG_BYTES)
        if data is None or hashlib.sha256(data).hexdigest() != name:
            raise UnusableFileError("a pointer of Git LFS, whose content is not on this disk", path)
        return data, len(data)


def _disk_bytes(path: Path, most: int) -> bytes | None:
    """The bytes of a file on the disk; None where there is none, or it is larger."""
    # which bytes are read does not depend on the disk, and so nobody is told of it
    with viewed_through(None), observed_by(None):
        try:
            return read_file(path, most)
        except (OSError, ValueError):
            return None


def _is_content(data: bytes, name: str) -> bool:
    """Are these the bytes that git calls so, as they are or with the ends of lines of Windows?

    Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    return _object_name(data, name) == name or (
        b"\r\n" in data and _object_name(data.replace(b"\r\n", b"\n"), name) == name
    )


def _object_name(data: bytes, example: str) -> str:
    header = f"blob {len(data)}\0".encode()
    if len(example) == _SHA1_DIGITS:
        return hashlib.sha1(header + data, usedforsecurity=False).hexdigest()
    return hashlib.sha256(header + data).hexdigest()


def _large_file(data: bytes) -> str | None:
    """The name of what a pointer of Git LFS stands for; None where the bytes are no pointer."""
    if not data.startswith(_POINTER):
        return None
    match = _POINTER_CONTENT.search(data[:_POINTER_BYTES])
    return match[1].decode("ascii") if match else None
