"""Objects that scripts name although only another database project defines them.

The scripts of one database project name them without a reference to that other project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..model.diagnostics import Diagnostic, Span
from ..model.names import Name
from ..model.vocabulary import TableKind

if TYPE_CHECKING:
    from ..model.graph import LineageGraph, Statement
    from .reading.project_databases import ProjectDatabases

_MAX_NAMES = 3  # that a message shows


class _Uses(Struct):
    """What scripts of one database name of another.

    It has the objects, and the first statement that names any of them.
    """

    first: Statement
    names: dict[str, Name] = field(default_factory=dict)


class ProjectScopes(Struct, frozen=True):
    """The databases of projects, by their names without case, and which of two refers to which."""

    databases: Mapping[str, str] = field(default_factory=dict)
    linked: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, projects: ProjectDatabases | None) -> ProjectScopes:
        """Those of the projects of a scan."""
        if projects is None:
            return cls()
        databases = {
            name.casefold(): name
            for project in projects.projects
            for name in projects.databases_of(project)
        }
        return cls(databases, frozenset(projects.linked()))


def foreign_objects(graph: LineageGraph, scopes: ProjectScopes) -> Iterator[Diagnostic]:
    """One finding for each two databases.

    None where one of them refers to the other, which tells them apart.
    """
    databases, linked = scopes.databases, scopes.linked
    if len(databases) < 2:
        return
    homes = _homes(graph)
    uses: dict[tuple[str, str], _Uses] = {}
    for statement in graph.statements:
        for name in (*statement.reads, *statement.writes, *statement.calls):
            places = (
                homes.get(_local(name), set())
                if len(name.parts) == 3 and not name.system
                else set()
            )
            pair = (name.parts[0].casefold(), next(iter(places), ""))
            if (
                len(places) == 1
                and pair[0] != pair[1]
                and databases.keys() >= set(pair)
                and pair not in linked
            ):
                uses.setdefault(pair, _Uses(statement)).names.setdefault(name.key, name)
    for (home, definer), pair_uses in uses.items():
        yield _finding(databases[home], databases[definer], pair_uses)


def _homes(graph: LineageGraph) -> dict[str, set[str]]:
    """The databases that define an object of each schema and name."""
    names = [module.name for module in graph.modules]
    names += [
        table.name
        for table in graph.tables
        if table.defined_at or table.kind is not TableKind.UNKNOWN
    ]
    databases: dict[str, set[str]] = {}
    for name in names:
        if len(name.parts) == 3:
            databases.setdefault(_local(name), set()).add(name.parts[0].casefold())
    return databases


def _local(name: Name) -> str:
    return Name(name.parts[1:]).key


def _finding(home: str, definer: str, uses: _Uses) -> Diagnostic:
    names = sorted(str(Name(name.parts[1:])) for name in uses.names.values())
    shown = ", ".join(names[:_MAX_NAMES]) + (" …" if len(names) > _MAX_NAMES else "")
    count = f"{len(names)} objects" if len(names) > 1 else "an object"
    message = (
        f"scripts of the database {home} name {count} ({shown}) that only the project of "
        f"{definer} defines, to which its project "
        f"has no reference; they are taken for objects of {home}"
    )
    line = uses.first.line
    return Diagnostic("SLP504", message, Span(line, 1, line, 1), uses.first.path)
