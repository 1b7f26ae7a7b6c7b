"""The first configuration of a folder: what was seen is written, the rest suggested in comments."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from ...render.counting import counted
from ..configuring.configuration import ConfigurationFile
from ..configuring.configuration_search import FILE_NAME
from ..configuring.file_settings import settings_of_file
from ..configuring.toml_text import quoted

if TYPE_CHECKING:
    from .folder_survey import FolderSurvey

_SHOWN = 8
_HEAD = """\
# The configuration of sql-lineage-purview. All its keys: docs/configuration.md of the tool.
#
# What is not behind a # was seen in this folder. What is, is a suggestion: fill it in, and take
# away the #. Paths are relative to this file. No secrets belong in it: sign-in goes through Azure.
"""
_PURVIEW = """\
# Where `plan` and `push` take the lineage. `emulator` is a catalogue of your own, kept in a file of
# this machine.
[purview]
# endpoint = "https://ACCOUNT.purview.azure.com"
# endpoint = "emulator"

# Marks all that this configuration pushes: one name for each repository.
owner = {owner}
"""
_SERVERS = {
    "": ('server = "SERVER.database.windows.net"',),
    "azure_synapse_dedicated": ('server = "WORKSPACE.sql.azuresynapse.net"',),
    "azure_synapse_serverless": ('server = "WORKSPACE-ondemand.sql.azuresynapse.net"',),
    "fabric_warehouse": ('workspace = "GUID"', 'item = "GUID"'),
}


class FirstConfiguration(Struct, frozen=True):
    """The text of the file, what it decides, and what it leaves to a person, each as one line."""

    text: str
    decisions: tuple[str, ...]
    suggestions: tuple[str, ...]


def first_configuration(survey: FolderSurvey, owner: str) -> FirstConfiguration:
    """The configuration of a folder that has none.

    Args:
        survey: What the folder holds.
        owner: What marks what is pushed.

    Raises:
        ConfigurationError: the text cannot be read as one, which would be a defect.
    """
    writer = _Writer(survey)
    sections = [
        _HEAD,
        *writer.exclusion(),
        *writer.packages(),
        *writer.variables(),
        *writer.default_database(),
        *writer.folders(),
        *writer.databases(),
        _PURVIEW.format(owner=quoted(owner)),
    ]
    text = "\n".join(sections)
    path = survey.folder / FILE_NAME
    settings_of_file(ConfigurationFile(path, tomllib.loads(text), text))
    decisions = (*writer.decisions, f"owner = {quoted(owner)}, one name for each repository")
    return FirstConfiguration(text, decisions, (*writer.suggestions, "the endpoint of the account"))


class _Writer:
    """Writes the sections, and notes what each decides."""

    def __init__(self, survey: FolderSurvey) -> None:
        self.survey = survey
        self.decisions: list[str] = []
        self.suggestions: list[str] = []

    def exclusion(self) -> Iterator[str]:
        """What a build leaves beside the scripts it is made of."""
        if not self.survey.built:
            return
        patterns = ", ".join(quoted(f"{name}/") for name in self.survey.built)
        self.decisions.append(f"exclude = [{patterns}]: scripts there are made by the build")
        yield (
            "# What is not read, as in a .gitignore: a build makes these scripts of the others.\n"
            f"exclude = [{patterns}]\n"
        )

    def packages(self) -> Iterator[str]:
        """The packages tell of tables that no script defines, where there are scripts."""
        if not (self.survey.packages and self.survey.scripts):
            return
        sources = list(map(self._source, self.survey.packages))
        listed = ", ".join(quoted(source) for source in sources if source)
        head = "# Who tells of tables that no script defines.\n"
        if all(sources):
            self.decisions.append(f"catalogs = [{listed}]")
            yield f"{head}catalogs = [{listed}]\n"
        else:
            self.suggestions.append("which database each package describes (catalogs)")
            rows = ", ".join(quoted(f"DATABASE={path}") for path in self.survey.packages)
            yield f"{head}# catalogs = [{rows}]\n"

    def _source(self, path: str) -> str:
        """A package as a catalog; empty where nothing says which database it describes."""
        # what has a = in it is a database and its source
        source = f"./{path}" if "=" in path else path
        names = {name.casefold(): name for name in self.survey.databases}
        if not names:
            return source if len(self.survey.packages) == 1 else ""
        name = names.get(PurePosixPath(path).stem.casefold())
        return f"{name}={path}" if name and not any(mark in name for mark in "/\\:=") else ""

    def variables(self) -> Iterator[str]:
        """The SQLCMD variables that have no value."""
        if not self.survey.variables:
            return
        self.suggestions.append(
            f"the values of SQLCMD variables: {_listed(self.survey.variables)} (variables)"
        )
        rows = ", ".join(f'{quoted(name)} = ""' for name in self.survey.variables)
        head = "# The values of $(…), as they are where the scripts run.\n"
        yield f"{head}# variables = {{ {rows} }}\n"

    def default_database(self) -> Iterator[str]:
        """The database of all scripts, where nothing says it."""
        if self.survey.databases and not self._is_doubtful:
            return
        if not self.survey.scripts:
            return
        self.suggestions.append("the database that the scripts belong to (database)")
        yield '# The database that the scripts belong to.\n# database = "NAME"\n'

    @property
    def _is_doubtful(self) -> bool:
        beside = self.survey.side_by_side
        return beside is not None and beside.doubt != ""

    def folders(self) -> Iterator[str]:
        """The databases that lie side by side."""
        beside = self.survey.side_by_side
        if beside is None:
            return
        rows = list(_folder_rows(beside.folders, self.survey))
        names = _listed([folder.name for folder in beside.folders])
        head = "# Which database the scripts of a folder belong to.\n"
        if beside.doubt:
            self.suggestions.append(
                f"are {names} databases of their own? {beside.doubt}, so they are read as one "
                "([folders])"
            )
            head += (
                f"# These look like databases, but {quoted(beside.doubt)}: they are read as one.\n"
            )
        else:
            self.decisions.append(f"[folders]: {names} are databases side by side")
        mark = "# " if beside.doubt else ""
        yield head + "".join(f"{mark}{row}\n" for row in ("[folders]", *rows))

    def databases(self) -> Iterator[str]:
        """Where the databases stand: those that a linked service tells, and suggestions."""
        head = (
            "# Where each database stands, with which `plan` finds its tables in Purview. A key\n"
            "# may be a pattern, with {database} in its values.\n"
        )
        names = [] if self._is_doubtful else list(self.survey.databases)
        served = {row.name.casefold(): row for row in self.survey.services}
        rows = [served[key] for name in names if (key := name.casefold()) in served]
        others = [name for name in names if name.casefold() not in served]
        for row in rows:
            self.decisions.append(f"[databases.{quoted(row.name)}]: on {row.server}, as linked")
        text = "".join(
            f"[databases.{quoted(row.name)}]\nserver = {quoted(row.server)}\n" for row in rows
        )
        if others or not rows:
            self.suggestions.append(
                f"the server of {_listed(others)} ([databases])"
                if others
                else "the server of the database ([databases])"
            )
        yield head + text + "".join(self._suggested_rows(others, has_rows=bool(rows)))

    def _suggested_rows(self, names: list[str], *, has_rows: bool) -> Iterator[str]:
        platforms = {
            row.name.casefold(): row.platform for row in (self.survey.projects or {}).values()
        }
        # a project of a serverless database is often one of the dedicated pool's kind
        platforms |= self.survey.platforms or {}
        if len(names) > _SHOWN:
            names = ["*"]
        for name in names or ([] if has_rows else ["NAME"]):
            platform = platforms.get(name.casefold(), "")
            yield f"# [databases.{quoted(name)}]\n"
            yield from (f"# {line}\n" for line in _SERVERS.get(platform, _SERVERS[""]))
            if platform:
                yield f"# platform = {quoted(platform)}\n"


def _folder_rows(folders: tuple[PurePosixPath, ...], survey: FolderSurvey) -> Iterator[str]:
    """One row for each folder, or a pattern where they are all that lies in theirs."""
    parents = {folder.parent for folder in folders}
    if len(parents) == 1 and len(folders) > 2:
        [parent] = parents
        siblings = {
            entry.name
            for entry in (survey.folder / parent).iterdir()
            if entry.is_dir() and not entry.name.startswith(".")
        }
        if siblings == {folder.name for folder in folders}:
            yield f'{quoted(str(parent / "*"))} = "{{folder}}"'
            return
    names = [folder.name for folder in folders]
    for folder in folders:
        name = folder.name if names.count(folder.name) == 1 else "_".join(folder.parts)
        yield f"{quoted(str(folder))} = {quoted(name)}"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def seen(survey: FolderSurvey) -> Iterator[str]:
    """What the folder holds, one line for each kind of thing."""
    files = counted(survey.scripts, "file with scripts", "files with scripts")
    yield f"{files}, {counted(survey.statements, 'statement')}"
    projects = survey.projects or {}
    for path, database in list(projects.items())[:_SHOWN]:
        yield f"database project {path}: database {database.name}"
    if len(projects) > _SHOWN:
        yield f"and {len(projects) - _SHOWN} more database projects"
    if survey.workspaces:
        tops = ["this folder" if top == "." else top for top in survey.workspaces]
        yield f"workspace of Synapse, Data Factory or Fabric: {_listed(tops)}"
    if survey.side_by_side:
        yield f"databases side by side: {_listed([f.name for f in survey.side_by_side.folders])}"
    if survey.packages:
        yield f"packages: {_listed(survey.packages)}"
    if survey.damaged:
        yield f"packages that cannot be read: {_listed(survey.damaged)}"
