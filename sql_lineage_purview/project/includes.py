"""Files that a script brings in with `:r`: found beside it, never outside the scanned root, and remembered.

Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-commands (`:r`); as in SQL Server Data Tools a relative path starts
from the folder of the file that holds the command.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Inclusion: TypeAlias = tuple[str, tuple[str, ...], str]
"""What was asked for, in which file brought in by which, and what came: the digest of the bytes, "missing" or "outside"."""


@dataclass(slots=True)
class IncludeReader:
    """Reads included files for one script; calling it is what the compiler expects. `seen` is all that was asked for."""

    script: Path
    root: Path
    seen: list[Inclusion] = field(default_factory=list)

    def __call__(self, path: str, stack: tuple[str, ...]) -> bytes:
        """The bytes of the file that `path` names, as written behind `:r`; `stack` are the `:r` paths that led there.

        Raises:
            PermissionError: the file is outside the scanned root.
            FileNotFoundError: there is none, or it cannot be read.
        """
        try:
            data = self._read(path, stack)
        except PermissionError:
            self.seen.append((path, stack, "outside"))
            raise
        except (OSError, ValueError, RuntimeError):  # a name with a NUL, links in a circle
            self.seen.append((path, stack, "missing"))
            raise FileNotFoundError(path) from None
        self.seen.append((path, stack, digest(data)))
        return data

    def unchanged(self, inclusions: Iterable[Inclusion]) -> bool:
        """Would everything that was asked for come out the same today?"""
        for path, stack, _ in inclusions:
            try:
                self(path, stack)
            except OSError:
                continue
        return self.seen == list(inclusions)

    def _read(self, path: str, stack: tuple[str, ...]) -> bytes:
        folder = self.script.parent
        for outer in stack:
            folder = _place(folder, outer).parent
        location = _place(folder, path).resolve()
        if not location.is_relative_to(self.root):
            raise PermissionError(path)
        try:
            return location.read_bytes()
        except PermissionError as error:
            raise FileNotFoundError(path) from error


def digest(data: bytes) -> str:
    """The fingerprint of a file's content."""
    return hashlib.sha256(data).hexdigest()


def _place(folder: Path, path: str) -> Path:
    """Where a path as written leads; scripts are written on Windows, with backslashes and in any case, and read anywhere."""
    place = folder / path.strip().strip('"').replace("\\", "/")
    if place.exists() or not place.parent.is_dir():
        return place
    wanted = place.name.casefold()
    return next((other for other in sorted(place.parent.iterdir()) if other.name.casefold() == wanted), place)
