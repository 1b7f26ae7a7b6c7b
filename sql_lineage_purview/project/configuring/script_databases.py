"""The databases of scripts, where the configuration says them.

It says them by folders, else there is one for all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from ..project_errors import ConfigurationError
from .wildcards import filled, has_wildcard, wildcard_expression

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACEHOLDER = "folder"


class ScriptDatabases(Struct, frozen=True):
    """`default` is the database of scripts that no folder says one of.

    `folders` are absolute, and the deepest one counts. Of two patterns of one depth it is the
    longer one, and a folder without wildcards goes before both.
    """

    default: str | None = None
    folders: tuple[tuple[Path, str], ...] = ()

    def of(self, location: Path) -> str | None:
        """The configured database of a script, or None where nothing says it.

        Raises:
            ConfigurationError: two patterns say different ones, and neither goes before the other.
        """
        holders = [
            (folder, database)
            for folder, database in self.folders
            if holds_location(folder, location)
        ]
        if not holders:
            return self.default
        first = max(_rank(folder) for folder, _ in holders)
        firsts = {
            _database(folder, database, location): folder
            for folder, database in holders
            if _rank(folder) == first
        }
        if len(firsts) > 1:
            keys = " and ".join(f'"{_end(folder)}"' for folder in firsts.values())
            raise ConfigurationError(
                f"[folders]: {keys} both match {location}, and neither goes before the other. "
                "Write the folder itself."
            )
        return next(iter(firsts))


def holds_location(folder: Path, location: Path) -> bool:
    """Does a file lie in a folder, which may be a pattern?

    A wildcard stands for the names of folders, and not for that of the file.
    """
    if not has_wildcard(str(folder)):
        return location.is_relative_to(folder)
    parts, parents = folder.parts, location.parts[:-1]
    return len(parts) <= len(parents) and all(
        _matches(part, name) for part, name in zip(parts, parents, strict=False)
    )


def fixed_part(folder: Path) -> Path:
    """The deepest folder above all that a pattern matches; the folder itself where it is none."""
    while has_wildcard(str(folder)):
        folder = folder.parent
    return folder


def folder_databases(folders: tuple[tuple[Path, str], ...]) -> Iterator[str]:
    """The databases that the folders say which there are."""
    for folder, database in folders:
        top = fixed_part(folder)
        pattern = str(folder.relative_to(top))
        places = top.glob(pattern) if has_wildcard(pattern) else (folder,)
        yield from (
            _database(folder, database, place / "script") for place in places if place.is_dir()
        )


def _rank(folder: Path) -> tuple[int, bool, int]:
    return len(folder.parts), not has_wildcard(str(folder)), len(str(folder))


def _matches(part: str, name: str) -> bool:
    if not has_wildcard(part):
        return os.path.normcase(part) == os.path.normcase(name)
    expression = wildcard_expression(
        os.path.normcase(part), ignore_case=os.path.normcase("A") == "a"
    )
    return expression.fullmatch(os.path.normcase(name)) is not None


def _database(folder: Path, database: str, location: Path) -> str:
    """The database, with the name of the deepest folder that a wildcard stands for."""
    wild = [number for number, part in enumerate(folder.parts) if has_wildcard(part)]
    name = location.parts[wild[-1]] if wild else folder.name
    return filled(database, PLACEHOLDER, name)


def _end(folder: Path) -> str:
    """The last parts of a folder, those with wildcards and what is below them."""
    top = fixed_part(folder)
    return folder.name if top == folder else folder.relative_to(top).as_posix()
