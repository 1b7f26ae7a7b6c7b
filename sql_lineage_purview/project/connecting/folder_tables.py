"""Tables from DDL: what a Purview scan of the databases would register, as far as scripts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.vocabulary import TableKind
from ...purview.resolving.database_map import NotMapped
from ...purview.resolving.platforms import OBJECT_TYPES
from ..gathering import gather, linked
from .catalogues import database_map

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ...model.graph import LineageGraph
    from ...purview import DatabaseMap
    from ..configuring.settings import Settings

_VIEWS = (TableKind.VIEW, TableKind.MATERIALIZED_VIEW)
_STORED = (TableKind.TABLE, TableKind.EXTERNAL_TABLE, *_VIEWS)


class FolderTable(Struct, frozen=True):
    """A table or view of a folder's scripts, as the account would have it.

    Args:
        type_name: The type of its asset.
        qualified_name: The name of its asset.
        columns: Their names; the lineage keeps no data types.
    """

    type_name: str
    qualified_name: str
    columns: tuple[str, ...] = ()


def folder_tables(folder: Path, settings: Settings) -> list[FolderTable]:
    """The tables and views that a folder's scripts define.

    They stand where the database map says.

    Args:
        folder: the scripts.
        settings: how they are read, and the map.

    Raises:
        ProjectError: the folder cannot be scanned.
    """
    gathered = gather([folder], settings)
    graph = linked(gathered.sources, settings, gathered.aliases)
    names = (table.name for table in graph.tables)
    return list(_tables(graph, database_map(settings, gathered.database, names)))


def _tables(graph: LineageGraph, databases: DatabaseMap) -> Iterator[FolderTable]:
    for table in graph.tables:
        if table.defined_at is None or table.kind not in _STORED or table.name.address:
            continue
        database = databases.database_of(table.name)
        if isinstance(database, NotMapped):
            continue
        types = OBJECT_TYPES[database.platforms[0]]
        schema, name = table.name.parts[-2:]  # names of a graph have a schema
        yield FolderTable(
            types.view if table.kind in _VIEWS else types.table,
            database.qualified_names(schema, name)[0],
            tuple(table.columns or ()),
        )
