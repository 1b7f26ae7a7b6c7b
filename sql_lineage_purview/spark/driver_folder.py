"""The files of a table as a folder of the driver, for the search that finds scripts.

It finds projects, pipelines and includes there as it does anywhere. Of a script that no other file
brings in, the folder holds the name alone: its text is never on the driver.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from msgspec import Struct, field

from ..model.limits import SCRIPT_BYTES
from ..project.configuring.configuration import ConfigurationFile
from ..project.configuring.configuration_search import FILE_NAME
from ..project.configuring.file_settings import settings_of_file
from ..project.configuring.loading import load_settings
from ..project.configuring.settings import Settings

SettingValues: TypeAlias = str | Mapping[str, object] | None
"""The text of a configuration file, or its values by key, or what the files themselves hold."""


class StoredFile(Struct, frozen=True):
    """A file of the table: `hash` and `size` are those of its content.

    `content` is given where the driver must know it.
    """

    path: str
    hash: str
    size: int
    content: bytes | None = None


class DriverFolder(Struct):
    """A folder of the driver that stands for the files of a table."""

    root: Path
    files: dict[str, StoredFile] = field(default_factory=dict)

    def add(self, files: Iterable[StoredFile]) -> None:
        """Put files there, in place of those of the same path.

        Raises:
            ValueError: a path leads out of the folder, or names a file and a folder.
        """
        for file in files:
            location = self.root / _checked(file.path)
            self.files[file.path] = file
            try:
                location.parent.mkdir(parents=True, exist_ok=True)
                _write(location, file)
            except OSError as error:
                raise ValueError(f"{file.path}: no path of a file ({error.strerror})") from None

    def unread(self, locations: Iterable[Path]) -> list[str]:
        """The paths of those files whose content the driver does not know."""
        paths = [location.relative_to(self.root).as_posix() for location in locations]
        return [path for path in paths if path in self.files and self.files[path].content is None]

    def settings(self, values: SettingValues) -> Settings:
        """The settings of a scan of this folder.

        Raises:
            ConfigurationError: an unknown key or an unusable value.
        """
        location = self.root / FILE_NAME
        if isinstance(values, str):
            location.write_text(values, encoding="utf-8", newline="")
        elif values is not None:
            # An empty one: the settings are given as values, and paths in them are seen from its
            # folder.
            location.touch()
            return settings_of_file(ConfigurationFile(location, values, ""))
        if not location.is_file():
            return Settings()
        return load_settings(self.root, arguments={}, environment={})


@contextmanager
def driver_folder(files: Iterable[StoredFile]) -> Iterator[DriverFolder]:
    """A folder with these files, which is gone afterwards.

    Raises:
        ValueError: a path is none of a file.
    """
    with tempfile.TemporaryDirectory(prefix="sql-lineage-purview-") as place:
        folder = DriverFolder(Path(place).resolve())
        folder.add(files)
        yield folder


def _write(location: Path, file: StoredFile) -> None:
    """What is too large to be read has its size alone, so that the scan says so."""
    with location.open("wb") as stream:
        if file.content is not None:
            stream.write(file.content)
        elif file.size > SCRIPT_BYTES:
            stream.truncate(file.size)


def _checked(path: str) -> PurePosixPath:
    checked = PurePosixPath(path)
    # The paths come from a table that anybody may have written, and files are made of them.
    if checked.is_absolute() or not checked.parts or ".." in checked.parts or "\0" in path:
        raise ValueError(f"{path}: no path below the root. Say what all paths begin with: root=…")
    return checked
