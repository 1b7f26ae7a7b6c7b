"""What a scan compiles: the scripts that were found and those that they bring in.

Each has the SQLCMD variables given to it.

The statements of a file that `:r` brings in stand once, in that file, in its own lines. It is
compiled with the variables that the scripts that bring it in have set by then, where they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ...model.limits import SCRIPT_BYTES
from ...model.opening import is_link, true_path
from ...pipelines.artefacts.artefact_names import holds_script
from ...tsql.reading.decode import decode
from ...tsql.reading.sqlcmd import read_commands
from .database_projects import Role
from .file_discovery import FileDiscovery
from .found import FoundFile, shown_below
from .includes import IncludeReader
from .opened_files import OpenedFiles
from .project_databases import Membership, ProjectDatabases

if TYPE_CHECKING:
    from ...model.document import Document
    from ..configuring.script_databases import ScriptDatabases

Variables: TypeAlias = tuple[tuple[str, str], ...]
"""Variables of SQLCMD with their values."""


class _ScriptInclusion(Struct, frozen=True):
    """A script that another one brings in.

    It has these variables, and runs connected to the database of a project.
    """

    variables: Variables
    home: str | None


def scripts_of(
    discovery: FileDiscovery,
    projects: ProjectDatabases,
    databases: ScriptDatabases,
    variables: Variables,
) -> list[FoundFile]:
    """All scripts of a scan in their order: of two definitions the later one counts.

    What a package or snapshot describes stands in front of all others, what a database project
    builds behind them. A script that belongs to several databases stands there once for each. What
    was read to tell this is kept in `discovery.opened`.

    Args:
        discovery: the scripts.
        projects: the databases of database projects.
        databases: those that the configuration gives scripts, which go before them.
        variables: those of SQLCMD that are given to all scripts.
    """
    scripts = _Scripts(discovery, projects, databases, variables)
    files = [script for file in discovery.files for script in scripts.in_databases(file)]
    brought, includes = _brought_in(files, discovery.root, discovery.opened)
    if brought:
        places = _true_places(file.location for file in files)
        present = set(places.values())
        added = [_added(place, discovery.root) for place in brought if place not in present]
        additions = [
            file for file in added if not discovery.exclusion.covers(file.location, discovery.root)
        ]
        files += [script for file in additions for script in scripts.in_databases(file)]
        files = [
            script
            for file in files
            for script in scripts.as_brought_in(
                # what is brought in has its true place already
                file,
                brought.get(places.get(file.location, file.location), ()),
            )
        ]
        # what is brought in twice into one database stands there once
        files = list({(file.path, file.home): file for file in files}.values())
        files = [replace(file, includes=tuple(includes.get(file.location, ()))) for file in files]
    return sorted(files, key=lambda file: _place(file, projects))


class _Scripts(Struct, frozen=True):
    """Gives scripts their databases and variables."""

    discovery: FileDiscovery
    projects: ProjectDatabases
    databases: ScriptDatabases
    variables: Variables

    def in_databases(self, file: FoundFile) -> Iterator[FoundFile]:
        """A script once for each database that it belongs to.

        Once where the configuration says its database.
        """
        if file.script is not None:
            yield _with_variables(file, self._given({}))
            return
        memberships = self.projects.memberships(file.location)
        configured = self.databases.of(file.location)
        if configured or len(memberships) < 2:
            given = _with_variables(file, self._given(self._defaults(memberships, configured)))
            home = memberships[0].database if memberships and not configured else None
            yield replace(given, home=home) if home else given
            return
        for membership in memberships:
            yield replace(
                file,
                variables=self._given(self._defaults([membership], None)),
                home=membership.database,
            )

    def as_brought_in(
        self, file: FoundFile, times: Sequence[_ScriptInclusion]
    ) -> Iterator[FoundFile]:
        """A script that others bring in, as it runs.

        It runs in their databases, unless its own project builds or deploys it.
        """
        homes = dict.fromkeys(inclusion.home for inclusion in times if inclusion.home)
        if (
            not homes
            or file.script is not None
            or self.databases.of(file.location)
            or self._is_run(file)
        ):
            yield replace(
                file,
                variables=_with_set(file.variables, [inclusion.variables for inclusion in times]),
            )
            return
        for home in homes:
            variables = [inclusion.variables for inclusion in times if inclusion.home == home]
            yield replace(file, variables=_with_set(file.variables, variables), home=home)

    def _is_run(self, file: FoundFile) -> bool:
        return any(
            project.role(file.location) >= Role.DEFAULT_ITEM for project in self.discovery.projects
        )

    def _defaults(
        self, memberships: Iterable[Membership], configured: str | None
    ) -> dict[str, str]:
        """The variables of a script's projects; of several values for a name the first counts."""
        values: dict[str, str] = {}
        for membership in memberships:
            effective_membership = (
                Membership(membership.project, configured) if configured else membership
            )
            values = self.projects.variables(effective_membership) | values
        return values

    def _given(self, defaults: dict[str, str]) -> Variables:
        """The configuration's variables, else the defaults of the script's database project."""
        if not defaults and not self.variables:
            return ()
        configured = dict(self.variables)
        # names of variables are compared without case, and those of the defaults are in lower
        # case
        names = {name.lower() for name in configured}
        return tuple(
            sorted(
                (
                    configured
                    | {name: value for name, value in defaults.items() if name not in names}
                ).items()
            )
        )


def _with_variables(file: FoundFile, variables: Variables) -> FoundFile:
    return replace(file, variables=variables) if variables else file


def _place(file: FoundFile, projects: ProjectDatabases) -> tuple[bool, bool, str, str]:
    built = projects.builds(file.location)
    # what a package describes is the state that was deployed, and a script may be newer
    return file.script is None, built, file.path, file.home or ""


def _added(place: Path, root: Path) -> FoundFile:
    return FoundFile(shown_below(place, root), place)


def _true_places(locations: Iterable[Path]) -> dict[Path, Path]:
    """Where links lead from files, of which few are links: each folder is followed once."""
    folders: dict[Path, Path] = {}
    places: dict[Path, Path] = {}
    for location in locations:
        if is_link(location):
            places[location] = true_path(location)
            continue
        folder = location.parent
        if folder not in folders:
            folders[folder] = true_path(folder)
        places[location] = folders[folder] / location.name
    return places


def _brought_in(
    files: Iterable[FoundFile], root: Path, opened: OpenedFiles
) -> tuple[dict[Path, list[_ScriptInclusion]], dict[Path, dict[Path, None]]]:
    """The true places of all files that scripts bring in.

    Each has the variables set for it, once for every time that it is brought in.

    Also which files each script brings in.
    """
    brought: dict[Path, list[_ScriptInclusion]] = {}
    includes: dict[Path, dict[Path, None]] = {}
    for file in files:
        text = _text_with_inclusions(file.location, opened) if file.script is None else None
        if text is None:
            continue
        reader = IncludeReader(file.location, root, opened)
        for inclusion in read_commands(text, dict(file.variables), reader).inclusions:
            place = reader.location(inclusion.path, inclusion.stack)
            if place:
                brought.setdefault(place, []).append(
                    _ScriptInclusion(inclusion.variables, file.home)
                )
                includes.setdefault(file.location, {})[place] = None
    return brought, includes


def _text_with_inclusions(location: Path, opened: OpenedFiles) -> str | None:
    """The text of a script that may hold `:r`; None for all others, which are most."""
    if holds_script(location):
        return None
    try:
        document = opened.read(location, SCRIPT_BYTES)
    except OSError:
        return None
    return decode(document.data).text if document.may_include else None


def is_standalone(document: Document) -> bool:
    """Do its bytes alone say what a script says: no other file, and no variable's value?"""
    return not (document.may_include or document.may_have_variables)


def _with_set(base: Variables, times: Iterable[Variables]) -> Variables:
    """Variables given from outside, and those set by whoever brings a script in.

    One that is set to two values has neither.
    """
    values: dict[str, set[str]] = {}
    for variables in times:
        for name, value in dict(variables).items():
            values.setdefault(name, set()).add(value)
    agreed = {name: value for name, (value, *others) in values.items() if not others}
    return tuple(
        sorted(
            {name: value for name, value in base if name.lower() not in agreed}.items()
            | agreed.items()
        )
    )
