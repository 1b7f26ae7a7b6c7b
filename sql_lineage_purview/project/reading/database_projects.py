"""SQL database projects (.sqlproj): which scripts they build, and the variables that they define.

Source: https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/sql-projects-files (both styles),
https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/sqlcmd-variables,
https://learn.microsoft.com/visualstudio/msbuild/msbuild-items (wildcards, Exclude, Remove; conditions are taken as met).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

from ...tsql.decode import decode


@dataclass(frozen=True, slots=True)
class _Paths:
    """Files that a project names, as written on Windows: with backslashes, wildcards and in any case."""

    names: frozenset[str] = frozenset()
    patterns: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, folder: Path, includes: Iterable[str]) -> _Paths:
        written = [unquote(path.strip().replace("\\", "/")) for include in includes for path in include.split(";")]
        places = [_key(folder / path) for path in written if path and "$(" not in path]
        patterns = tuple(tuple(place.split("/")) for place in places if "*" in place or "?" in place)
        return cls(frozenset(places), patterns)

    def hold(self, key: str) -> bool:
        return key in self.names or any(_fits(key.split("/"), pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class DatabaseProject:
    """What a project file says. `variables` are those with a default."""

    folder: Path
    variables: tuple[tuple[str, str], ...]
    _built: _Paths
    _not_built: _Paths
    _mentioned: _Paths

    def builds(self, location: Path) -> bool:
        """Is the script a part of the database that the project builds?"""
        key = _key(location)
        return self._built.hold(key) and not self._not_built.hold(key)

    def mentions(self, location: Path) -> bool:
        """Does the project name the script, in whatever role?"""
        return self._mentioned.hold(_key(location))


def read_project(location: Path) -> DatabaseProject:
    """Read a project file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no project file, or declares a document type, which none does and which could hold entities.
    """
    root = _root(location.read_bytes())
    folder = location.parent
    removed = [*_values(root, ("Build",), "Remove"), *_values(root, ("Build",), "Exclude")]
    others = _values(root, ("PreDeploy", "PostDeploy", "None"), "Include")
    included = _values(root, ("Build",), "Include")
    mentioned = _Paths.of(folder, [*included, *others])
    if _has_default_items(root):
        included = ["**/*.sql", *included]
        removed = [*removed, *others]
    return DatabaseProject(folder, tuple(_variables(root)), _Paths.of(folder, included), _Paths.of(folder, removed), mentioned)


def project_variables(projects: Sequence[DatabaseProject], location: Path) -> dict[str, str]:
    """The variables of a script's project: the one that names it, or else the nearest above it. The first of a name counts."""
    own = [project for project in projects if project.mentions(location)]
    if not own:
        above = [project for project in projects if location.is_relative_to(project.folder)]
        deepest = max((len(project.folder.parts) for project in above), default=0)
        own = [project for project in above if len(project.folder.parts) == deepest]
    found: dict[str, str] = {}
    for project in own:
        for name, value in project.variables:
            found.setdefault(name.lower(), value)
    return found


@lru_cache(maxsize=16)  # all projects are asked about one script, then about the next
def _key(location: Path) -> str:
    """What all spellings of a place share. Nothing is looked up: a project may name what does not exist, or lies outside."""
    return Path(os.path.normpath(location)).as_posix().casefold()


def _fits(parts: Sequence[str], pattern: tuple[str, ...]) -> bool:
    """Does a path fit one with wildcards? `**` stands for any number of folders, `*` and `?` for a part of one name."""
    reached = {0}
    for piece in pattern:
        if piece == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and _is_like(parts[at], piece)}
        if not reached:
            return False
    return len(parts) in reached


def _is_like(name: str, piece: str) -> bool:
    return name == piece or (("*" in piece or "?" in piece) and fnmatchcase(name, piece.replace("[", "[[]")))


# --- the file ------------------------------------------------------------------------------------------------------


def _root(data: bytes) -> Xml.Element:
    text = decode(data).text
    if text is None or "<!DOCTYPE" in text:
        raise ValueError("not a project file")
    try:
        root = Xml.fromstring(text.lstrip("\ufeff"))  # noqa: S314  # without a document type there are no entities
    except Xml.ParseError as error:
        raise ValueError(f"not valid XML ({error})") from None
    if _tag(root) != "Project":
        raise ValueError("not a project file")
    return root


def _tag(element: Xml.Element) -> str:
    """The name of an element; projects of the old style have a namespace, those of the new have none."""
    return element.tag.rpartition("}")[2]


def _values(root: Xml.Element, tags: tuple[str, ...], attribute: str) -> list[str]:
    return [value for element in root.iter() if _tag(element) in tags and (value := element.get(attribute))]


def _has_default_items(root: Xml.Element) -> bool:
    """Does the project build every script below it? That is the new style, where nothing switches it off."""
    modern = bool(root.get("Sdk")) or any(_tag(element) == "Sdk" or element.get("Sdk") for element in root)
    off = any(
        _tag(element) == "EnableDefaultSqlItems" and (element.text or "").strip().lower() == "false" for element in root.iter()
    )
    return modern and not off


def _variables(root: Xml.Element) -> Iterable[tuple[str, str]]:
    for element in root.iter():
        name = element.get("Include")
        if _tag(element) != "SqlCmdVariable" or not name:
            continue
        default = next((child.text or "" for child in element if _tag(child) == "DefaultValue"), "").strip()
        if default:
            yield name.strip(), default
