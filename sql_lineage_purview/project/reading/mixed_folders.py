"""Folders that look like several databases.

They define tables of the same names again and again, with other columns.

Without a word of the configuration all plain scripts are one database, and of two definitions of a
table the later one counts. Where the folders are several databases in truth, their lineage is
mixed, so one finding shows the `[folders]` to write.

Create scripts beside migrations, versions of one script, and tables that have grown do not count:
two definitions differ only where each has columns that the other lacks, and they share no more than
half of all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from msgspec import Struct, field

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import FileFacts, TableFact
from ...model.naming import Naming
from ...model.observed_files import probe
from ...model.opening import is_file
from ..configuring.configuration_search import FILE_NAME, SECTION
from ..configuring.toml_text import quoted

Columns: TypeAlias = frozenset[str]

# Measured on some thirty public repositories: those below are versions of one database, those above
# samples that each have one.
_MIN_CONFLICTS = 3
_MIN_SHARE = 0.5  # of the names that several folders define, those that they define differently
_MAX_SHARED_COLUMNS = 0.5

_MAX_NAMES, _MAX_FOLDERS = 3, 30  # that a message shows
_MAX_DEFINITIONS = 50  # of one name that are compared


class _Definition(Struct, frozen=True):
    """A table as a script defines it."""

    path: PurePosixPath
    span: Span
    name: str
    columns: Columns

    def differs(self, other: _Definition) -> bool:
        shared = len(self.columns & other.columns)
        every = len(self.columns | other.columns)
        return (
            # one with columns more is a later version: ALTER TABLE ADD, or a table that has grown
            self.columns - other.columns != frozenset() != other.columns - self.columns
            and shared <= every * _MAX_SHARED_COLUMNS
        )


class _Branching(Struct):
    """A folder with several others below it that define tables.

    The definitions are kept by table, then by the folder right below this one.
    """

    tables: dict[str, dict[PurePosixPath, list[_Definition]]] = field(default_factory=dict)

    def conflicts(self) -> Mapping[str, list[PurePosixPath]]:
        """The folders that define each table differently, one for each way."""
        conflicts = {}
        for key, folders in self.tables.items():
            ways = list(_ways(folders))
            if len(ways) > 1:
                conflicts[key] = ways
        return conflicts

    def is_mixed(self) -> bool:
        conflicts = self.conflicts()
        repeated = sum(len(folders) > 1 for folders in self.tables.values())
        return (
            sum(len(ways) - 1 for ways in conflicts.values()) >= _MIN_CONFLICTS
            and len(conflicts) >= repeated * _MIN_SHARE
        )


def mixed_folders(
    scripts: Iterable[tuple[str, FileFacts]], root: Path, naming: Naming, base: Path | None
) -> Iterator[Diagnostic]:
    """One finding about scripts whose database nothing says.

    None where they look like one database.

    Args:
        scripts: their facts, by path.
        root: the folder that they are below.
        naming: tells which names are the same.
        base: the folder of the configuration, if there is one.
    """
    branchings: dict[PurePosixPath, _Branching] = {}
    for key, definitions in _definitions(scripts, naming).items():
        for definition in definitions[:_MAX_DEFINITIONS] if len(definitions) > 1 else ():
            folders = definition.path.parents
            for below, folder in pairwise(folders):
                branchings.setdefault(folder, _Branching()).tables.setdefault(key, {}).setdefault(
                    below, []
                ).append(definition)
    mixed = {folder: branching for folder, branching in branchings.items() if branching.is_mixed()}
    if mixed:
        yield _finding(mixed, root, base)


def _ways(folders: Mapping[PurePosixPath, list[_Definition]]) -> Iterator[PurePosixPath]:
    """Of the folders that define a table, the first one that does it in each way."""
    groups: list[list[_Definition]] = []
    for folder, definitions in sorted(folders.items()):
        alike = next(
            (
                group
                for group in groups
                if not all(
                    definition.differs(member) for definition in definitions for member in group
                )
            ),
            None,
        )
        if alike is None:
            groups.append(list(definitions))
            yield folder
        else:
            alike += definitions


def _definitions(
    scripts: Iterable[tuple[str, FileFacts]], naming: Naming
) -> dict[str, list[_Definition]]:
    definitions: dict[str, list[_Definition]] = {}
    for path, facts in sorted(scripts, key=lambda script: script[0]):
        by_key: dict[str, _Definition] = {}
        for fact in facts.definitions:
            if isinstance(fact, TableFact) and fact.columns and _says_no_database(fact):
                name = naming.canonical(fact.name)
                columns = frozenset(naming.fold(column.name) for column in fact.columns)
                # the last of a file counts: a migration creates a table, drops it and creates it
                # again
                by_key[naming.key(name)] = _Definition(
                    PurePosixPath(path), fact.span, str(name), columns
                )
        for key, definition in by_key.items():
            definitions.setdefault(key, []).append(definition)
    return definitions


def _says_no_database(fact: TableFact) -> bool:
    name = fact.name
    is_template = name.template or any("<" in part for part in name.parts)
    return not (
        fact.database or name.temporary or name.system or is_template or len(name.parts) > 2
    )


# --- the finding ----------------------------------------------------------------------------------


def _finding(
    mixed: Mapping[PurePosixPath, _Branching], root: Path, base: Path | None
) -> Diagnostic:
    folders: set[PurePosixPath] = set()
    names: dict[str, _Definition] = {}
    for branching in mixed.values():
        for key in branching.conflicts():
            folders |= set(branching.tables[key])
            names.setdefault(key, next(iter(branching.tables[key].values()))[0])
    inner = {parent for folder in folders for parent in folder.parents}
    lines = tuple(_toml(sorted(folders - inner), root, base))
    tables = sorted(names.values(), key=lambda table: (table.name.casefold(), table.path))
    shown = ", ".join(table.name for table in tables[:_MAX_NAMES]) + (
        " …" if len(tables) > _MAX_NAMES else ""
    )
    message = (
        f"{len(folders - inner)} folders define tables of the same names with other columns "
        f"({shown}). They look like several "
        f"databases, whose lineage is mixed here. If they are, write in {_file_of(base)}:"
    )
    first = min(names.values(), key=lambda table: (table.path, table.span.line))
    return Diagnostic("SLP502", message, first.span, first.path.as_posix(), configuration=lines)


def _file_of(base: Path | None) -> str:
    return "pyproject.toml" if _is_shared(base) else FILE_NAME


def _is_shared(base: Path | None) -> bool:
    """Does the configuration stand in a file that other tools read, too?"""
    return base is not None and not is_file(probe(base / FILE_NAME))


def _toml(folders: list[PurePosixPath], root: Path, base: Path | None) -> Iterator[str]:
    """The lines of the configuration; what it has under `[folders]` already stays there."""
    section = ".".join((*SECTION, "folders")) if _is_shared(base) else "folders"
    yield f"[{section}]"
    start = base or root
    names = [folder.name for folder in folders]
    for folder in folders[:_MAX_FOLDERS]:
        name = folder.name if names.count(folder.name) == 1 else "_".join(folder.parts)
        place = os.path.relpath(root / folder, start).replace(os.sep, "/")
        yield f"{quoted(place)} = {quoted(name)}"
    if len(folders) > _MAX_FOLDERS:
        yield f"# and {len(folders) - _MAX_FOLDERS} more"
