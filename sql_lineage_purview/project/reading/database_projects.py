"""SQL database projects (.sqlproj): their scripts, variables and references.

A project says which scripts it builds, which variables it defines, and which databases it refers
to; `project_files` reads it.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from msgspec import Struct

from .file_patterns import FilePatterns, file_key


class Role(IntEnum):
    """What a project does with a script, from least to most."""

    NONE = 0
    BELOW = 1  # it lies in the project's folder, and is not mentioned
    MENTIONED = 2  # as a file that is no part of the build
    DEFAULT_ITEM = 3  # it is built because it lies in the folder of a project of the new style
    DEPLOYED = 4  # it runs before or after each deployment
    BUILT = 5


class DatabaseReference(Struct, frozen=True):
    """Another database that the scripts of a project name, or another part of their own.

    Args:
        location: the project or package file that is referred to; None for a package of a feed.
        name: the name of that file without its ending, or of the package.
        database: the name that scripts write for that database.
        database_variable: the SQLCMD variable that they write for it.
        server: the server that stands before it.
        server_variable: the SQLCMD variable that they write for the server.
    """

    location: Path | None
    name: str
    database: str = ""
    database_variable: str = ""
    server: str = ""
    server_variable: str = ""

    @property
    def same_database(self) -> bool:
        """Do the objects that it brings in belong to the project's own database?

        So it is where the reference names none.
        """
        return not (self.database or self.database_variable)

    @property
    def is_package_file(self) -> bool:
        """Is it a .dacpac file?"""
        return self.location is not None and self.location.suffix.lower() == ".dacpac"


class DatabaseProject(Struct, frozen=True):
    """What a project file says.

    `variables` are those with a default; `package` is what its build is called elsewhere; `below`
    is what the keys of all files in its folder begin with.
    """

    location: Path
    variables: tuple[tuple[str, str], ...]
    references: tuple[DatabaseReference, ...]
    database: str
    package: str
    below: str
    _default_items: bool
    _built: FilePatterns
    _not_built: FilePatterns
    _deployed: FilePatterns
    _mentioned: FilePatterns

    @property
    def folder(self) -> Path:
        """The folder of the project file."""
        return self.location.parent

    @property
    def name(self) -> str:
        """What the project is called: the name of its file."""
        return self.location.stem

    @property
    def named(self) -> tuple[FilePatterns, FilePatterns]:
        """The files that it does something with, wherever they lie."""
        return self._mentioned, self._deployed

    def role(self, location: Path) -> Role:
        """What the project does with a script."""
        key = file_key(location)
        is_mentioned, is_deployed = self._mentioned.hold(key), self._deployed.hold(key)
        is_below = key.startswith(self.below)
        # most of all scripts and projects have nothing to do with each other
        if not (is_below or is_mentioned or is_deployed):
            return Role.NONE
        removed = self._not_built.hold(key)
        if self._built.hold(key) and not removed:
            return Role.BUILT
        if is_deployed:
            return Role.DEPLOYED
        if is_mentioned:
            return Role.MENTIONED
        default_item = self._default_items and not removed and location.suffix.lower() == ".sql"
        return Role.DEFAULT_ITEM if default_item else Role.BELOW
