"""Tables and views of databases: which asset is meant by `Db.schema.name`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sql_lineage_purview.model.vocabulary import TableKind

from ..account.assets import Ambiguous, Asset, AssetRef, Evidence, Found, Missing, Placeholder, Resolution
from .database_map import DatabaseMap, NotMapped
from .nearest import Nearby
from .platforms import OBJECT_TYPES, Database, Platform, is_view_type, object_key, platform_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sql_lineage_purview.model.graph import Table
    from sql_lineage_purview.model.names import Name

    from .discovery import Discovery

_VIEWS = frozenset({TableKind.VIEW, TableKind.MATERIALIZED_VIEW})
_TABLES = frozenset({TableKind.TABLE, TableKind.EXTERNAL_TABLE})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A table with the names and types under which it may stand."""

    table: Table
    database: Database
    types: tuple[str, ...]
    spellings: tuple[str, ...]

    @property
    def place(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Where it is looked for in the index: the types, and what qualified names begin with."""
        return self.types, tuple(self.database.prefixes)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(map(object_key, self.spellings))


class _Server:
    """What the index has on a server, of some types: looked through once for all tables, of which there may be thousands."""

    def __init__(self, row: _Wanted, discovery: Discovery) -> None:
        prefixes = row.database.prefixes
        own = tuple(object_key(prefix) + separator for prefix in prefixes for separator in "/:")
        hits = (hit for type_name in row.types for prefix in prefixes for hit in discovery.hits(type_name, prefix))
        keyed = ((object_key(hit.qualified_name), hit) for hit in hits)
        self.hits = [(key, hit) for key, hit in keyed if key.startswith(own)]
        self._platforms: dict[tuple[str, ...], set[Platform | None]] = {}

    @cached_property
    def nearby(self) -> Nearby:
        return Nearby(hit for _, hit in self.hits)

    def platforms_of(self, database: Database) -> set[Platform | None]:
        """What runs a database, as its other assets tell."""
        if database.roots not in self._platforms:
            roots = tuple(f"{object_key(root)}/" for root in database.roots)
            self._platforms[database.roots] = {platform_of(hit.type_name) for key, hit in self.hits if key.startswith(roots)}
        return self._platforms[database.roots]


def resolve_objects(tables: Iterable[Table], databases: DatabaseMap, discovery: Discovery) -> dict[Name, Resolution]:
    """Find each table: first by its exact names, then in any other spelling that the search index knows."""
    outcomes: dict[Name, Resolution] = {}
    wanted: list[_Wanted] = []
    for table in tables:
        database = databases.database_of(table.name)
        if isinstance(database, NotMapped):
            outcomes[table.name] = Missing(database.reason)
        else:
            wanted.append(_wanted(table, database))
    discovery.read((type_name, name) for row in wanted for type_name in row.types for name in row.spellings)
    keys = frozenset(key for row in wanted for key in row.keys)
    servers = {row.place: _Server(row, discovery) for row in {row.place: row for row in wanted}.values()}
    for server in servers.values():
        discovery.read((hit.type_name, hit.qualified_name) for key, hit in server.hits if key in keys)
    by_key: dict[str, list[Asset]] = {}
    for asset in discovery.assets:
        by_key.setdefault(object_key(asset.ref.qualified_name), []).append(asset)
    for row in wanted:
        assets = [asset for key in row.keys for asset in by_key.get(key, ()) if asset.ref.type_name in row.types]
        outcomes[row.table.name] = _decide(row, assets) or _missing(row, servers[row.place])
    return outcomes


def _wanted(table: Table, database: Database) -> _Wanted:
    parts = table.name.parts
    schema = parts[-2] if len(parts) > 1 and parts[-2] else "dbo"
    return _Wanted(table, database, database.object_types, database.qualified_names(schema, table.name.last))


def _decide(row: _Wanted, assets: list[Asset]) -> Resolution | None:
    """The outcome for the assets that bear the name; None where there is none."""
    # What a scan registered goes before what a push made in its place.
    real = [asset for asset in assets if not asset.placeholder]
    candidates = _of_kind(row.table.kind, real or assets)
    if not candidates:
        return None
    if len(candidates) == 1:
        exact = candidates[0].ref.qualified_name in row.spellings
        superseded = tuple(sorted(asset.ref for asset in assets if asset.placeholder)) if real else ()
        evidence = Evidence.EXACT if exact else Evidence.SPELLING
        return Found(candidates[0], evidence, row.database.collection, superseded)
    return Ambiguous(tuple(sorted(asset.ref for asset in candidates)), _advice(row, candidates))


def _of_kind(kind: TableKind, assets: list[Asset]) -> list[Asset]:
    """Where the scan knows table from view, the assets of that kind; a catalogue may hold a view as a table alone."""
    if kind not in _VIEWS | _TABLES:
        return assets
    return [asset for asset in assets if is_view_type(asset.ref.type_name) == (kind in _VIEWS)] or assets


def _advice(row: _Wanted, candidates: list[Asset]) -> str:
    """What makes the table unambiguous."""
    platforms = sorted({platform for asset in candidates if (platform := platform_of(asset.ref.type_name))})
    if len(platforms) > 1:
        words = " or ".join(f'"{platform}"' for platform in platforms)
        return f"assets of several platforms bear its name; set platform = {words} for database {row.database.name}"
    pin = f'pin it to one of them, or delete the other from the catalogue: [pins."{row.table.name}"]'
    if len({asset.ref.qualified_name for asset in candidates}) > 1:
        return f"names of assets differ only in spelling (case, spaces); {pin}"
    return f"a table and a view bear its name; add its definition to the scan, or {pin}"


def _missing(row: _Wanted, server: _Server) -> Missing:
    name, types = row.spellings[0], ", ".join(row.types)
    reason = f"the catalogue has no table or view named {name} (types: {types}); scan the database in Purview"
    return Missing(reason, server.nearby.nearest(name), _place(row, server))


def _place(row: _Wanted, server: _Server) -> Placeholder | None:
    """Where its asset would stand; None where that is not certain, as several platforms come into question."""
    type_name = _type_of(row, server)
    if not type_name:
        return None
    return Placeholder(AssetRef(row.spellings[0], type_name, ""), row.database.collection)


def _type_of(row: _Wanted, server: _Server) -> str:
    """The type that an asset of its own would have; where the configuration leaves it open, what the database's others say."""
    database, view = row.database, row.table.kind in _VIEWS
    if database.types:
        return next((name for name in database.types if is_view_type(name) == view), database.types[0])
    known = server.platforms_of(database)
    platforms = [platform for platform in database.platforms if platform in known] or database.platforms
    if len(platforms) != 1:
        return ""
    types = OBJECT_TYPES[platforms[0]]
    return types.view if view else types.table
