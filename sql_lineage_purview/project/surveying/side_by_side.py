"""Databases whose scripts lie side by side: `Sales/Tables/…` and `Crm/Tables/…`.

Tools that script a database make a folder for each kind of its objects. Where several folders hold
such, each is a database, unless they are schemas of one, or parts that use each other's objects by
names without a database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.facts import FileFacts, ModuleFact, TableFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ...model.graph import LineageGraph
    from ...model.names import Name

_KINDS = frozenset(
    (
        "tables",
        "views",
        "stored procedures",
        "storedprocedures",
        "stored_procedures",
        "procedures",
        "procs",
        "functions",
        "programmability",
        "synonyms",
        "triggers",
    )
)
_MIN_SHARE = 0.5


class SideBySide(Struct, frozen=True):
    """The folders of databases; `doubt` says why they may be one database after all."""

    folders: tuple[PurePosixPath, ...]
    doubt: str = ""


def databases_side_by_side(
    scripts: Iterable[tuple[str, FileFacts]], graph: LineageGraph
) -> SideBySide | None:
    """The folders that are databases, or None where there are not several.

    Args:
        scripts: The facts of plain scripts, by path.
        graph: Their lineage, as if all were of one database.
    """
    names = {path: set(_defined(facts)) for path, facts in scripts}
    holders = {path: holder for path in names if (holder := _holder(PurePosixPath(path)))}
    schemas = _schemas(names, holders)
    folders = {
        path: holder.parent if holder in schemas else holder for path, holder in holders.items()
    }
    databases = sorted({folder for folder in folders.values() if folder.name})
    if len(databases) < 2:
        return None
    return SideBySide(tuple(databases), shared_object(names, databases, graph))


def shared_object(
    names: Mapping[str, set[tuple[str, str]]],
    databases: Sequence[PurePosixPath],
    graph: LineageGraph,
) -> str:
    """Says which object of one folder another one uses by a name without a database.

    Empty where none does.

    Args:
        names: What each script defines.
        databases: The folders.
        graph: The lineage of the scripts.
    """
    defining: defaultdict[tuple[str, str], set[PurePosixPath]] = defaultdict(set)
    for path, objects in names.items():
        if folder := _below(path, databases):
            for key in objects:
                defining[key].add(folder)
    for statement in graph.statements:
        folder = _below(statement.path, databases)
        for name in (*statement.reads, *statement.writes, *statement.calls) if folder else ():
            holders = defining.get(_key(name)) if len(name.parts) == 2 else None
            if folder and holders and folder not in holders:
                return f"{folder} uses {name} of {min(holders)}"
    return ""


def _below(path: str, folders: Sequence[PurePosixPath]) -> PurePosixPath | None:
    return next((folder for folder in folders if PurePosixPath(path).is_relative_to(folder)), None)


def _holder(path: PurePosixPath) -> PurePosixPath | None:
    """The folder that holds those of kinds of objects."""
    for number, part in enumerate(path.parts[:-1]):
        if part.casefold() in _KINDS:
            return PurePosixPath(*path.parts[:number]) if number else None
    return None


def _schemas(
    names: Mapping[str, set[tuple[str, str]]], holders: Mapping[str, PurePosixPath]
) -> set[PurePosixPath]:
    """The holders that are called as the schema of what they hold."""
    inside: Counter[PurePosixPath] = Counter()
    total: Counter[PurePosixPath] = Counter()
    for path, holder in holders.items():
        for schema, _ in names[path]:
            total[holder] += 1
            inside[holder] += schema == holder.name.casefold()
    return {holder for holder in total if inside[holder] >= total[holder] * _MIN_SHARE}


def defined_names(facts: FileFacts) -> set[tuple[str, str]]:
    """The schema and name of each table and module that a script defines, without case."""
    return set(_defined(facts))


def _defined(facts: FileFacts) -> Iterator[tuple[str, str]]:
    for fact in (*facts.definitions, *facts.items):
        if isinstance(fact, TableFact | ModuleFact) and not fact.name.temporary:
            yield _key(fact.name)


def _key(name: Name) -> tuple[str, str]:
    schema = name.parts[-2].casefold() if len(name.parts) > 1 else ""
    return schema or "dbo", name.object.casefold()
