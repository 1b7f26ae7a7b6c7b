"""The JSON files that stand beside pipelines.

They are datasets, linked services, triggers, factories and items of Fabric.

Each is parsed once, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, field

from ...model.document import Document
from ...model.limits import DOCUMENT_BYTES
from ...model.opening import list_folder, read_file
from .json_members import Properties


def _read(location: Path) -> Document:
    return Document(location, read_file(location, DOCUMENT_BYTES))


class WorkspaceFiles(Struct):
    """The files of a scan that no script stands in.

    `readable` says which of them it may read, `read` opens them.
    """

    readable: Callable[[Path], bool] = lambda _: False
    read: Callable[[Path], Document] = _read
    _objects: dict[Path, Properties | None] = field(default_factory=dict)
    _listings: dict[Path, Mapping[str, Path]] = field(default_factory=dict)

    def json_object(self, location: Path) -> Properties | None:
        """The JSON object of a file; None where it may not be read, or holds none."""
        if location not in self._objects:
            self._objects[location] = self._parsed(location) if self.readable(location) else None
        return self._objects[location]

    def named(self, folder: Path, name: str) -> Path | None:
        """The file of a name in a folder, whatever its case; None where there is none.

        Azure does not tell upper and lower case apart either.
        """
        if folder not in self._listings:
            self._listings[folder] = _listing(folder)
        return self._listings[folder].get(f"{name}.json".casefold())

    def _parsed(self, location: Path) -> Properties | None:
        try:
            document = self.read(location).json
        except (OSError, ValueError):
            return None
        return document if isinstance(document, dict) else None


def _listing(folder: Path) -> Mapping[str, Path]:
    """The files of a folder by their names without case; of several the first counts."""
    try:
        return {
            # reversed, so that of names that differ only in case the first in order is kept
            entry.name.casefold(): folder / entry.name
            for entry in reversed(list_folder(folder))
        }
    except OSError:
        return {}
