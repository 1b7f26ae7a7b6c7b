"""The files of SQL database projects (.sqlproj).

Source: https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/sql-projects-files
(both styles),
https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/sqlcmd-variables,
https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/database-references.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

from .database_projects import DatabaseProject, DatabaseReference
from .file_patterns import FilePatterns, file_key
from .msbuild import PROPERTY, ProjectFile, tag_of

_REFERENCES = ("ProjectReference", "ArtifactReference", "PackageReference")
_DEPLOYED = ("PreDeploy", "PostDeploy")


def read_project(location: Path) -> DatabaseProject:
    """Read a project file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no project file, or declares a document type, which none does and which
            could hold entities.
    """
    file = ProjectFile.read(location)
    folder = location.parent
    built, others = file.values(("Build",), "Include"), file.values(("None",), "Include")
    removed = [*file.values(("Build",), "Remove"), *file.values(("Build",), "Exclude")]
    default_items = _has_default_items(file)
    if default_items:
        # in the new style <None Include="a.sql"/> takes a file out of the build, in the old it was
        # never in
        removed += others
    return DatabaseProject(
        location,
        tuple(_variables(file)),
        tuple(
            reference for item in file.items(*_REFERENCES) if (reference := _reference(file, item))
        ),
        _database(file),
        file.property("PackageId") or file.property("SqlTargetName") or location.stem,
        f"{file_key(folder)}/",
        default_items,
        FilePatterns.of(folder, built),
        FilePatterns.of(folder, removed),
        FilePatterns.of(folder, file.values(_DEPLOYED, "Include")),
        FilePatterns.of(folder, [*built, *others]),
    )


def _database(file: ProjectFile) -> str:
    """The database that the project is deployed to: what it says, else the name of its file.

    Source: https://learn.microsoft.com/sql/ssdt/database-project-settings
    """
    written = file.property("TargetDatabaseName") or file.property("TargetDatabase")
    return written if written and "$(" not in written else file.location.stem


def _reference(file: ProjectFile, item: Xml.Element) -> DatabaseReference | None:
    """A reference to a database; None for one to a program."""
    include = file.filled(item.get("Include") or "").strip()
    database, variable = (
        file.metadata(item, name)
        # scripts write the literal as it is, and the variable as [$(Other)].dbo.T
        for name in ("DatabaseVariableLiteralValue", "DatabaseSqlCmdVariable")
    )
    server, server_variable = (
        file.metadata(item, name) for name in ("ServerVariableLiteralValue", "ServerSqlCmdVariable")
    )
    if tag_of(item) == "PackageReference":
        return DatabaseReference(
            None, include, database, _bare(variable), server, _bare(server_variable)
        )
    ending = ".sqlproj" if tag_of(item) == "ProjectReference" else ".dacpac"
    include = unquote(include.replace("\\", "/"))
    if not include.lower().endswith(ending):
        return None
    location = file.location.parent / include
    return DatabaseReference(
        location, location.stem, database, _bare(variable), server, _bare(server_variable)
    )


def _bare(variable: str) -> str:
    """The name of a variable that may be written as `$(name)`."""
    return variable.removeprefix("$(").removesuffix(")").strip()


def _has_default_items(file: ProjectFile) -> bool:
    """Does the project build every script below it?

    That is the new style, where nothing switches it off.
    """
    root = file.root
    # <Project Sdk="…">, <Sdk Name="…"/> and <Import Sdk="…"/> are three ways to say it
    modern = bool(root.get("Sdk")) or any(
        tag_of(element) == "Sdk" or element.get("Sdk") for element in root
    )
    return modern and file.property("EnableDefaultSqlItems").lower() != "false"


def _variables(file: ProjectFile) -> Iterator[tuple[str, str]]:
    """The variables that have a value: the default, else the one of a developer's machine.

    One may stand in another's.
    """
    written = {}
    for item in file.items("SqlCmdVariable"):
        # Value is mostly $(SqlCmdVar__1), which a file of the user fills that is not in the
        # repository
        values = (file.metadata(item, name) for name in ("DefaultValue", "Value"))
        written[(item.get("Include") or "").strip()] = next(filter(None, values), "")
    defaults = {name.lower(): value for name, value in written.items()}
    for name, value in written.items():
        filled = PROPERTY.sub(lambda match: defaults.get(match[1].lower(), match[0]), value)
        if filled and "$(" not in filled:
            yield name, filled
