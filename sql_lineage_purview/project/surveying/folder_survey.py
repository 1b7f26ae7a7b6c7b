"""What a folder holds: projects, workspaces, packages, and databases side by side."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ...model.connection_strings import connection_values, server_of
from ...model.limits import DOCUMENT_BYTES
from ...model.opening import read_file
from ...model.regex import regex
from ...model.unread import UnreadKind
from ..configuring.addresses import is_address
from ..configuring.database_patterns import database_names
from ..configuring.settings import Settings
from ..gathering import Gathered, gather, linked
from ..project_errors import PathError
from ..reading.project_databases import SYSTEM_DATABASES
from ..reading.scan_databases import databases_in
from ..reading.schema_files import read_schemas
from ..storing.cache_folder import cache_folder, open_store
from .script_pools import platforms_of_scripts
from .side_by_side import SideBySide, databases_side_by_side, defined_names, shared_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...model.graph import LineageGraph
    from ..reading.compilation import Progress
    from ..reading.database_projects import DatabaseProject

# https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/target-platform
_PLATFORMS = {
    "SqlAzureV12": "azure_sql",
    "SqlDw": "azure_synapse_dedicated",
    "SqlServerless": "azure_synapse_serverless",
    "SqlDwUnified": "fabric_warehouse",
    "SqlDbFabric": "azure_sql",
}
_PROVIDER = regex(r"\.Sql\.(\w+)DatabaseSchemaProvider")
_NO_VALUE = regex(r"\$\((\w+)\) has no value")
_BUILT = frozenset(("bin", "obj"))
_SERVICES = frozenset(("linkedservice", "linkedservices"))
_RESOURCES = frozenset(("pipeline", "sqlscript", "dataset", *_SERVICES))
_SERVICE_DATABASES = ("initial catalog", "database")


class SurveyedDatabase(Struct, frozen=True):
    """A database, and what is known of where it stands."""

    name: str
    server: str = ""
    platform: str = ""


class FolderSurvey(Struct, frozen=True):
    """What a folder holds; paths are relative to it.

    Args:
        folder: The folder.
        scripts: How many files hold scripts.
        statements: How many statements these hold.
        projects: The database projects, by path.
        workspaces: The folders of Synapse workspaces and data factories.
        side_by_side: The folders that each hold one database.
        packages: Packages that can be read and that no project here builds.
        damaged: Packages that cannot be read.
        databases: The databases that scripts, projects and folders name.
        services: Those that linked services say the server of.
        platforms: Those of databases that scripts of Synapse are connected to, by folded names.
        variables: SQLCMD variables without a value.
        built: The names of folders that hold what a build made of the scripts.
    """

    folder: Path
    scripts: int = 0
    statements: int = 0
    projects: Mapping[str, SurveyedDatabase] | None = None
    workspaces: tuple[str, ...] = ()
    side_by_side: SideBySide | None = None
    packages: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    services: tuple[SurveyedDatabase, ...] = ()
    platforms: Mapping[str, str] | None = None
    variables: tuple[str, ...] = ()
    built: tuple[str, ...] = ()


def survey(folder: Path, progress: Progress | None = None) -> FolderSurvey:
    """Look at a folder as a scan without any configuration reads it.

    What is compiled for that is kept for the next scan.

    Raises:
        ProjectError: the folder cannot be scanned.
    """
    folder = folder.resolve()
    settings = Settings()
    with open_store(cache_folder([folder], folder)) as store:
        gathered = gather([folder], settings, root=folder, store=store, progress=progress)
    graph = linked(gathered.sources, settings, gathered.aliases)
    projects = gathered.projects.projects if gathered.projects else ()
    packages = list(_packages(gathered, folder, projects))
    side_by_side = _side_by_side(gathered, graph)
    databases = [
        *(project.database for project in projects),
        *(each.name for each in (side_by_side.folders if side_by_side else ())),
        *database_names(table.name for table in graph.tables),
        *databases_in(gathered.sources),
    ]
    return FolderSurvey(
        folder,
        len(gathered.sources),
        sum(source.facts.statements for source in gathered.sources),
        {_shown(project.location, folder): _database(project) for project in projects},
        tuple(_workspaces(gathered)),
        side_by_side,
        tuple(path for path, is_readable in packages if is_readable),
        tuple(path for path, is_readable in packages if not is_readable),
        tuple(_unique(databases)),
        tuple(_services(gathered, folder)),
        platforms_of_scripts(folder / top for top in _workspaces(gathered)),
        tuple(_variables(gathered)),
        tuple(_built_folders(gathered, projects, folder)),
    )


def _unique(names: Iterable[str]) -> Iterator[str]:
    """Names that differ in more than case, without the databases of the server itself."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(name.casefold(), name)
    return (name for key, name in spelled.items() if key not in SYSTEM_DATABASES)


def _shown(location: Path, folder: Path) -> str:
    return location.relative_to(folder).as_posix()


def _database(project: DatabaseProject) -> SurveyedDatabase:
    try:
        text = read_file(project.location, DOCUMENT_BYTES).decode("utf-8", "replace")
    except OSError:
        text = ""
    provider = _PROVIDER.search(text)
    platform = _PLATFORMS.get(provider[1], "") if provider else ""
    return SurveyedDatabase(project.database, platform=platform)


def _side_by_side(gathered: Gathered, graph: LineageGraph) -> SideBySide | None:
    """Databases by the folders that tools make for them, else by tables that differ."""
    scripts = [
        (source.path, source.facts)
        for source in gathered.sources
        if not (source.database or is_address(source.path))
    ]
    # what projects and packages are a part of has its database
    if gathered.projects and gathered.projects.projects:
        return None
    layout = databases_side_by_side(scripts, graph)
    if layout:
        return layout
    lines = next((row.configuration for row in gathered.findings if row.configuration), ())
    keys = tomllib.loads("\n".join(lines)).get("folders", {})
    folders = sorted(map(PurePosixPath, keys))
    if not folders:
        return None
    names = {path: defined_names(facts) for path, facts in scripts}
    return SideBySide(tuple(folders), shared_object(names, folders, graph))


def _workspaces(gathered: Gathered) -> Iterator[str]:
    """The folders that hold those of pipelines, scripts and linked services."""
    folders = {PurePosixPath(source.path).parent for source in gathered.sources}
    tops = (folder.parent for folder in sorted(folders) if folder.name.casefold() in _RESOURCES)
    return (str(folder) for folder in dict.fromkeys(tops))


def _packages(
    gathered: Gathered, folder: Path, projects: Iterable[DatabaseProject]
) -> Iterator[tuple[str, bool]]:
    """The packages, and whether each can be read; what a project here builds is left out."""
    paths = (
        path
        for row in gathered.unread
        if row.kind is UnreadKind.DATABASE_PACKAGE
        for path in row.paths
    )
    made = {name.casefold() for project in projects for name in (project.package, project.name)}
    for path in paths:
        place = PurePosixPath(path)
        is_built = place.stem.casefold() in made or _BUILT.intersection(place.parts)
        if place.suffix.casefold() == ".dacpac" and not is_built:
            yield path, _is_readable(folder / path)


def _is_readable(package: Path) -> bool:
    try:
        read_schemas(package)
    except PathError:
        return False
    return True


def _services(gathered: Gathered, folder: Path) -> Iterator[SurveyedDatabase]:
    """The databases of linked services that say their server and database in full."""
    names: dict[str, SurveyedDatabase] = {}
    for top in _workspaces(gathered):
        for place in sorted((folder / top).glob("*/*.json")):
            if place.parent.name.casefold() in _SERVICES:
                row = _service(place)
                if row:
                    names.setdefault(row.name.casefold(), row)
    yield from names.values()


def _service(place: Path) -> SurveyedDatabase | None:
    """Its server and database, and nothing else: a connection string may hold more."""
    try:
        document: Any = json.loads(read_file(place, DOCUMENT_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    properties = _member(_member(document, "properties"), "typeProperties")
    connection = _member(properties, "connectionString")
    if isinstance(connection, str):
        values = connection_values(connection)
        database = next((values[key] for key in _SERVICE_DATABASES if key in values), "")
        server = server_of(connection)
    else:
        server, database = _member(properties, "server"), _member(properties, "database")
    if not (isinstance(server, str) and isinstance(database, str) and server and database):
        return None
    # @{linkedService().server}: each that uses the service says another one
    is_open = any(mark in server + database for mark in ("@{", "${", "$("))
    return None if is_open else SurveyedDatabase(database, server)


def _member(document: Any, key: str) -> Any:
    return document.get(key) if isinstance(document, dict) else None


def _variables(gathered: Gathered) -> Iterator[str]:
    """The SQLCMD variables that nothing gives a value."""
    matches = (
        _NO_VALUE.fullmatch(row.message)
        for source in gathered.sources
        for row in source.facts.diagnostics
    )
    return iter(sorted({match[1] for match in matches if match}))


def _built_folders(
    gathered: Gathered, projects: Iterable[DatabaseProject], folder: Path
) -> Iterator[str]:
    """The folders of a project in which its build leaves scripts."""
    tops = [PurePosixPath(_shown(project.location, folder)).parent for project in projects]
    places = [PurePosixPath(source.path) for source in gathered.sources]
    for name in sorted(_BUILT):
        if any(place.is_relative_to(top / name) for place in places for top in tops):
            yield name
