"""Files that a script brings in with `:r`: found beside it in the scanned root, and remembered.

Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-commands (`:r`); as in SQL Server Data
Tools a relative path starts from the folder of the file that holds the command.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from ...model.limits import SCRIPT_BYTES
from ...model.observed_files import probe
from ...model.opening import exists, is_file, is_folder, list_folder, true_path
from ...tsql.reading.sqlcmd import CircularIncludeError
from .opened_files import OpenedFiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...model.document import Document

Inclusion: TypeAlias = tuple[str, tuple[str, ...], str]
"""What was asked for, in which file brought in by which, and what came.

That is the digest of the bytes, "missing", "outside" or "circle".
"""


class IncludeReader(Struct):
    """Reads included files for one script; calling it is what the compiler expects.

    `files` opens them, `inclusions` is all that was asked for.
    """

    script: Path
    root: Path
    files: OpenedFiles = field(default_factory=OpenedFiles)
    inclusions: list[Inclusion] = field(default_factory=list)
    _places: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def __call__(self, path: str, stack: tuple[str, ...]) -> bytes:
        """The bytes of the file that `path` names, as written behind `:r`.

        `stack` are the `:r` paths that led there.

        Raises:
            CircularIncludeError: the file is the script, or one of those that led there.
            PermissionError: the file is outside the scanned root.
            FileNotFoundError: there is none, or it cannot be read.
        """
        try:
            document = self._read(path, stack)
        except PermissionError:
            self.inclusions.append((path, stack, "outside"))
            raise
        except CircularIncludeError:
            self.inclusions.append((path, stack, "circle"))
            raise
        except (OSError, ValueError, RuntimeError):  # a name with a NUL, links in a circle
            self.inclusions.append((path, stack, "missing"))
            raise FileNotFoundError(path) from None
        self.inclusions.append((path, stack, document.digest))
        return document.data

    def unchanged(self, inclusions: Iterable[Inclusion]) -> bool:
        """Would everything that was asked for come out the same today?"""
        for path, stack, _ in inclusions:
            try:
                self(path, stack)
            except OSError:
                continue
        return self.inclusions == list(inclusions)

    def location(self, path: str, stack: tuple[str, ...]) -> Path | None:
        """Where a file is that can be read.

        None where it is missing, outside the root, or being read already.
        """
        try:
            location = self._locate(path, stack)
        except (OSError, ValueError, RuntimeError):
            return None
        return location if is_file(probe(location)) else None

    def _read(self, path: str, stack: tuple[str, ...]) -> Document:
        location = self._locate(path, stack)
        try:
            return self.files.read(location, SCRIPT_BYTES)
        # to the compiler that means outside of the root, and not that the system forbids it
        except PermissionError as error:
            raise FileNotFoundError(path) from error

    def _locate(self, path: str, stack: tuple[str, ...]) -> Path:
        reading = [self.script, *(self._led_to(stack[: depth + 1]) for depth in range(len(stack)))]
        location = true_path(self._place(reading[-1].parent, path))
        if not location.is_relative_to(self.root):
            raise PermissionError(path)
        if any(
            # `true_path` asks the disk, so only those are asked that go by this name
            location == true_path(place)
            for place in reading
            if place.name.casefold() == location.name.casefold()
        ):
            raise CircularIncludeError(path)
        return location

    def _led_to(self, stack: tuple[str, ...]) -> Path:
        """The file that some `:r`, each in the file of the one before, lead to."""
        if stack not in self._places:
            folder = (self._led_to(stack[:-1]) if stack[1:] else self.script).parent
            self._places[stack] = self._place(folder, stack[-1])
        return self._places[stack]

    def _place(self, folder: Path, path: str) -> Path:
        """Where a path as written leads.

        Scripts are written on Windows, with backslashes and in any case, and read anywhere.

        Nothing outside the root is as much as looked for: it may be a server's share.
        """
        written = path.strip().strip('"').replace("\\", "/")
        place = Path(os.path.normpath(folder / written))
        if not place.is_relative_to(self.root):
            raise PermissionError(path)
        location = self.root
        for part in place.relative_to(self.root).parts:
            # a folder on the way may be a link that leads outside
            if not true_path(location).is_relative_to(self.root):
                raise PermissionError(path)
            location = _entry(location, part)
        return location


def _entry(folder: Path, name: str) -> Path:
    """What a folder holds under a name, in another case if need be."""
    place = probe(folder / name)
    if exists(place) or not is_folder(probe(folder)):
        return place
    # `:r .\Tables\orders.sql` of what git has as tables/Orders.sql
    key = name.casefold()
    entries = (entry.name for entry in list_folder(folder))
    return next((folder / entry for entry in entries if entry.casefold() == key), place)
