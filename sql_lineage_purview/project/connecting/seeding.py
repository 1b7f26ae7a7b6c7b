"""Assets from DDL: what a Purview scan of the databases would register, as far as scripts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...emulator import Asset, AssetColumn
from ...model.vocabulary import TableKind
from ...purview.resolving.database_map import NotMapped
from ...purview.resolving.platforms import OBJECT_TYPES
from ..gathering import gather, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ...model.graph import LineageGraph
    from ...purview import DatabaseMap
    from ..configuring.settings import Settings

_VIEWS = (TableKind.VIEW, TableKind.MATERIALIZED_VIEW)
_STORED = (TableKind.TABLE, TableKind.EXTERNAL_TABLE, *_VIEWS)
# The lineage keeps no data types; the catalogue wants one.
_DATA_TYPE = "unknown"


def folder_assets(folder: Path, settings: Settings, map_of: Callable[[Settings, str | None], DatabaseMap]) -> list[Asset]:
    """The tables and views that a folder's scripts define, where the database map says where they stand.

    Args:
        folder: the scripts.
        settings: how they are read.
        map_of: gives the map for the database of names that leave it out.

    Raises:
        ProjectError: the folder cannot be scanned.
    """
    gathered = gather([folder], settings, use_cache=False)
    return list(_assets(linked(gathered.sources, settings, gathered.aliases), map_of(settings, gathered.database)))


def _assets(graph: LineageGraph, databases: DatabaseMap) -> Iterator[Asset]:
    for table in graph.tables:
        if table.defined_at is None or table.kind not in _STORED or table.name.address:
            continue
        database = databases.database_of(table.name)
        if isinstance(database, NotMapped):
            continue
        types = OBJECT_TYPES[database.platforms[0]]
        schema, name = table.name.parts[-2:]  # names of a graph have a schema
        yield Asset(
            types.view if table.kind in _VIEWS else types.table,
            database.qualified_names(schema, name)[0],
            columns=tuple(AssetColumn(column, _DATA_TYPE) for column in table.columns or ()),
        )
