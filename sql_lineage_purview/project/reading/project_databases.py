"""The databases of a scan's projects: their names, their scripts, and how these call the others.

Source: https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/database-references (a
reference that names no database brings objects into the database of the project that refers to
them), https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/sqlcmd-variables
(DatabaseName).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.naming import DatabaseAlias
from .database_projects import DatabaseProject, DatabaseReference, Role
from .file_patterns import file_key
from .project_index import ProjectIndex

if TYPE_CHECKING:
    from ..configuring.database_settings import DatabaseSettings
    from ..configuring.script_databases import ScriptDatabases

SYSTEM_DATABASES = frozenset({"master", "model", "msdb", "tempdb"})


class Membership(Struct, frozen=True):
    """A script is a part of a project, in one of the databases that this is deployed to."""

    project: DatabaseProject
    database: str


class ProjectDatabases:
    """The database projects of a scan.

    Args:
        projects: what their files say.
        scripts: the databases that the configuration gives scripts.
        databases: what the configuration says of databases.
        variables: those of SQLCMD that are given to all scripts.
    """

    def __init__(
        self,
        projects: Sequence[DatabaseProject],
        scripts: ScriptDatabases,
        databases: Sequence[DatabaseSettings] = (),
        variables: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.projects, self.scripts = projects, scripts
        self.databases, self.variables_of_all = databases, variables
        self._index = ProjectIndex(projects)
        # what the projects do with a script, those that do anything
        self._roles: dict[Path, list[tuple[Role, DatabaseProject]]] = {}
        # of each project's references, in their order
        self._targets = {
            project.location: [self._target(reference, project) for reference in project.references]
            for project in self.projects
        }
        # the projects that bring one into their own database
        self._including: dict[Path, list[DatabaseProject]] = {
            project.location: [] for project in self.projects
        }
        # the projects that another one refers to as another database
        self._named: set[Path] = set()
        for project, reference, target in self._project_references():
            if not reference.same_database:
                self._named.add(target.location)
            elif target is not project:
                self._including[target.location].append(project)
        self._databases = {project.location: self._settled(project) for project in self.projects}

    def databases_of(self, project: DatabaseProject) -> tuple[str, ...]:
        """The databases that hold the objects of a project.

        These are its own, or those of the projects that include it.
        """
        return self._databases[project.location]

    def memberships(self, location: Path) -> list[Membership]:
        """The databases that a script belongs to, each once, with a project that puts it there."""
        memberships: dict[str, Membership] = {}
        for project in self._projects_of(location):
            for database in self.databases_of(project):
                memberships.setdefault(database.casefold(), Membership(project, database))
        return list(memberships.values())

    def variables(self, membership: Membership) -> dict[str, str]:
        """The SQLCMD variables that a project gives its scripts, by name.

        Its own come first, then those of its references.
        """
        project = membership.project
        # reversed, so that the first of two that differ in case counts
        values = {name.lower(): value for name, value in reversed(project.variables)}
        for reference, target in self._references_of(project):
            name = reference.database_variable.lower()
            if name and target:
                values.setdefault(name, self._one_of(target))
            elif name and reference.location:
                values.setdefault(name, reference.database or reference.name)
        # deployment sets it, so no project has a default for it: USE [$(DatabaseName)]
        values.setdefault("databasename", membership.database)
        return values

    def aliases(self) -> Iterator[DatabaseAlias]:
        """The names that scripts of one database write for another one of the scan."""
        for project, reference, target in self._project_references():
            if not reference.same_database:
                for home in self.databases_of(project):
                    for written in self._spellings(project, reference, self._one_of(target)):
                        yield DatabaseAlias(home, written, self._one_of(target))
        databases = {
            database.casefold() for names in self._databases.values() for database in names
        }
        for project in self.projects:
            homes = self.databases_of(project)
            for name in dict.fromkeys((project.name, project.database)) if len(homes) == 1 else ():
                if name.casefold() not in databases:
                    yield DatabaseAlias(None, (name,), homes[0])

    def linked(self) -> set[tuple[str, str]]:
        """The databases of which one refers to the other, in either order."""
        links = set()
        for project, _, target in self._project_references():
            pairs = [
                (home.casefold(), database.casefold())
                for home in self.databases_of(project)
                for database in self.databases_of(target)
            ]
            links |= {*pairs, *((database, home) for home, database in pairs)}
        return links

    def packages(self) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """The package files that projects refer to, and the databases that they describe.

        Only those that no project of the scan builds are listed.
        """
        for project in self.projects:
            for reference, target in self._references_of(project):
                if not reference.is_package_file or reference.location is None or target:
                    continue
                names = (
                    self.databases_of(project)
                    if reference.same_database
                    else (self._written(project, reference),)
                )
                # master.dacpac and msdb.dacpac are SSDT's own, below $(DacPacRootPath), and in no
                # repository
                if not SYSTEM_DATABASES.intersection(
                    name.casefold() for name in (*names, reference.name)
                ):
                    yield reference.location, names

    def namesakes(self) -> Iterator[tuple[str, list[DatabaseProject]]]:
        """The databases that projects share by their names alone, each with these projects."""
        groups: dict[str, list[DatabaseProject]] = {}
        for project in self.projects:
            # a project of parts is meant to share its database, and who configured it knows
            if not self._including[project.location] and not self.scripts.of(project.location):
                groups.setdefault(project.database.casefold(), []).append(project)
        return (
            (projects[0].database, projects) for projects in groups.values() if len(projects) > 1
        )

    # --- what a project is called -----------------------------------------------------------------

    def _settled(self, project: DatabaseProject) -> tuple[str, ...]:
        configured = self.scripts.of(project.location)
        if configured:
            return (configured,)
        names = [self._name_with_its_parts(root) for root in self._roots(project)]
        # a part that others name as a database: it is that, too, and not only the whole
        if project.location in self._named:
            names.append(self._own_name(project))
        return tuple({name.casefold(): name for name in reversed(names)}.values())[::-1]

    def _name_with_its_parts(self, root: DatabaseProject) -> str:
        """What a project and all that it includes are called.

        It is called by the part that other projects name, else by the project.
        """
        if root.location in self._named or self.scripts.of(root.location):
            return self._own_name(root)
        parts = (part for part in self.projects if part is not root and self._roots(part) == [root])
        return self._own_name(next((part for part in parts if part.location in self._named), root))

    def _own_name(self, project: DatabaseProject) -> str:
        """The configured name of a project's database, else the one that the project says."""
        configured = self.scripts.of(project.location)
        if configured:
            return configured
        name = project.database.casefold()
        rows = self.databases
        matches = [row for row in rows if row.name.casefold() == name] or [
            row for row in rows if row.database.casefold() == name
        ]
        return matches[0].name if len(matches) == 1 else project.database

    def _roots(self, project: DatabaseProject) -> list[DatabaseProject]:
        """The projects that include a project, through others too, and are included by none.

        It alone where none does.
        """
        reached = {project.location: project}
        pending = [project]
        while pending:
            for includer in self._including[pending.pop().location]:
                if includer.location not in reached:
                    reached[includer.location] = includer
                    pending.append(includer)
        roots = [
            candidate
            for candidate in self.projects
            if candidate.location in reached and not self._including[candidate.location]
        ]
        # projects that include each other
        return roots or [min(reached.values(), key=lambda candidate: candidate.location)]

    # --- references -------------------------------------------------------------------------------

    def _project_references(
        self,
    ) -> Iterator[tuple[DatabaseProject, DatabaseReference, DatabaseProject]]:
        for project in self.projects:
            for reference, target in self._references_of(project):
                if target:
                    yield project, reference, target

    def _references_of(
        self, project: DatabaseProject
    ) -> Iterator[tuple[DatabaseReference, DatabaseProject | None]]:
        return zip(project.references, self._targets[project.location], strict=True)

    def _target(
        self, reference: DatabaseReference, project: DatabaseProject
    ) -> DatabaseProject | None:
        """The project of the scan that is referred to.

        It is found by its file, by the package that it builds, or else by its name.
        """
        if reference.location:
            key = file_key(reference.location)
            exact = next(
                (candidate for candidate in self.projects if file_key(candidate.location) == key),
                None,
            )
            if exact:
                return exact
        name = reference.name.casefold()
        others = (candidate for candidate in self.projects if candidate is not project)
        # the file itself often does not exist: a .dacpac is what another build puts there
        named = [
            candidate
            for candidate in others
            if name in (candidate.name.casefold(), candidate.package.casefold())
        ]
        near = reference.location or project.location
        return max(named, key=lambda candidate: _shared(candidate.location, near), default=None)

    def _one_of(self, target: DatabaseProject) -> str:
        """The database that a reference to a project means."""
        names = self.databases_of(target)
        return names[0] if len(names) == 1 else self._own_name(target)

    def _written(self, project: DatabaseProject, reference: DatabaseReference) -> str:
        """What scripts of a project write for the database of a package."""
        value = self._value(project, reference.database_variable)
        return reference.database or value or reference.name

    def _spellings(
        self, project: DatabaseProject, reference: DatabaseReference, target: str
    ) -> Iterator[tuple[str, ...]]:
        """The database `target` as scripts of a project write it.

        It has the server before it where the reference has one.
        """
        servers = self._names(project, reference.server, reference.server_variable)
        for database in (
            *self._names(project, reference.database, reference.database_variable),
            target,
        ):
            yield from ((server, database) for server in servers)
            if not servers:
                yield (database,)

    def _names(self, project: DatabaseProject, literal: str, variable: str) -> list[str]:
        """A name as it may be written.

        It is itself, the value of its variable, and the variable where nothing gives it a
        value.
        """
        return [
            name
            for name in (
                literal,
                self._value(project, variable),
                f"$({variable})" if variable else "",
            )
            if name
        ]

    def _value(self, project: DatabaseProject, variable: str) -> str:
        values = {
            name.lower(): value
            for name, value in (*reversed(project.variables), *self.variables_of_all)
        }
        return values.get(variable.lower(), "")

    def builds(self, location: Path) -> bool:
        """Is the script a part of a database that some project builds?"""
        return any(role in (Role.BUILT, Role.DEFAULT_ITEM) for role, _ in self._roles_of(location))

    def _roles_of(self, location: Path) -> list[tuple[Role, DatabaseProject]]:
        if not self.projects:
            return []
        if location not in self._roles:
            projects = self._index.around(file_key(location))
            roles = ((project.role(location), project) for project in projects)
            self._roles[location] = [entry for entry in roles if entry[0] is not Role.NONE]
        return self._roles[location]

    def _projects_of(self, location: Path) -> list[DatabaseProject]:
        """The projects that a script is a part of.

        They are those that do most with it, and of others the nearest above it.
        """
        roles = self._roles_of(location)
        if not roles:
            return []
        most = max(role for role, _ in roles)
        projects = [project for role, project in roles if role is most]
        # a shared script may be built by several projects, wherever these lie
        if most in (Role.BUILT, Role.DEPLOYED):
            return projects
        deepest = max(len(project.folder.parts) for project in projects)
        return [project for project in projects if len(project.folder.parts) == deepest]


def _shared(first: Path, second: Path) -> int:
    """How many folders two files have in common."""
    pairs = zip(file_key(first).split("/"), file_key(second).split("/"), strict=False)
    count = 0
    for first_part, second_part in pairs:
        if first_part != second_part:
            break
        count += 1
    return count
