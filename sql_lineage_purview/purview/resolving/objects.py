"""Tables and views of databases: which asset is meant by `Db.schema.name`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sql_lineage_purview.model.vocabulary import TableKind

from ..account.assets import (
    Ambiguous,
    Asset,
    AssetRef,
    Evidence,
    Found,
    Missing,
    Placeholder,
    Resolution,
)
from .database_map import DatabaseMap, NotMapped
from .nearest import Nearby
from .platforms import (
    OBJECT_TYPES,
    Database,
    Platform,
    is_view_type,
    object_key,
    object_types,
    platform_of,
)
from .spellings import MOST_HITS, spelled_alike

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sql_lineage_purview.model.graph import Table
    from sql_lineage_purview.model.names import Name

    from ..account.client import SearchHit
    from .asset_discovery import Discovery

_Place: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
_Keyed: TypeAlias = "tuple[str, SearchHit]"
# What is read of a server, and of a schema, for a name that is missing: to name the nearest.
MOST_LISTED = 1_000

_VIEWS = frozenset({TableKind.VIEW, TableKind.MATERIALIZED_VIEW})
_TABLES = frozenset({TableKind.TABLE, TableKind.EXTERNAL_TABLE})


class _Lookup(Struct, frozen=True):
    """A table with the names and types under which it may stand."""

    table: Table
    database: Database
    types: tuple[str, ...]
    spellings: tuple[str, ...]

    @property
    def place(self) -> _Place:
        """Where it is looked for in the index: the types, and what qualified names begin with."""
        return self.types, tuple(self.database.prefixes)

    @property
    def schemas(self) -> tuple[str, ...]:
        """What the qualified names in its schema begin with."""
        return tuple(dict.fromkeys(f"{name.rpartition('/')[0]}/" for name in self.spellings))

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(map(object_key, self.spellings))


class _DatabaseServer:
    """What the index has on a server, of some types.

    It is looked through for names that are missing, and no further than a limit.
    """

    def __init__(self, row: _Lookup, discovery: Discovery) -> None:
        self._discovery = discovery
        self._types, prefixes = row.place
        self._prefixes = tuple(
            object_key(prefix) + separator for prefix in prefixes for separator in "/:"
        )
        listing = discovery.search(self._types, prefixes, most=MOST_LISTED)
        self.complete = listing.complete
        self._hits = self._keyed(listing.hits)
        self._schemas: dict[tuple[str, ...], tuple[dict[str, list[SearchHit]], Nearby]] = {}
        self._platforms: dict[str, set[Platform | None]] = {}

    def alike(self, row: _Lookup) -> Iterator[SearchHit]:
        """What bears a table's name in any spelling.

        Of a large server among the first, and the first of its schema.
        """
        by_key = self._of(row)[0]
        return (hit for key in row.keys for hit in by_key.get(key, ()))

    def named(self, keys: Collection[str]) -> list[SearchHit]:
        """What of the server bears one of some names."""
        return [hit for key, hit in self._hits if key in keys]

    def nearby(self, row: _Lookup) -> Nearby:
        """The names among which the nearest of a table's is looked for."""
        return self._of(row)[1]

    def platforms_of(self, database: Database) -> set[Platform | None]:
        """What runs a database, as its other assets tell."""
        if database.name not in self._platforms:
            self._platforms[database.name] = self._find_platforms(database)
        return self._platforms[database.name]

    def _find_platforms(self, database: Database) -> set[Platform | None]:
        roots = tuple(f"{object_key(root)}/" for root in database.roots)
        platforms = {platform_of(hit.type_name) for key, hit in self._hits if key.startswith(roots)}
        if platforms or self.complete:
            return platforms
        places = tuple(f"{root}/" for root in database.roots)
        types = ((platform, object_types((platform,))) for platform in database.platforms)
        return {
            platform
            for platform, names in types
            if self._discovery.search(names, places, most=1).hits
        }

    def _of(self, row: _Lookup) -> tuple[dict[str, list[SearchHit]], Nearby]:
        schemas = () if self.complete else row.schemas
        if schemas not in self._schemas:
            listed = (
                self._discovery.search(self._types, schemas, most=MOST_LISTED).hits
                if schemas
                else ()
            )
            hits = [*self._hits, *self._keyed(listed)]
            by_key: dict[str, list[SearchHit]] = {}
            for key, hit in hits:
                by_key.setdefault(key, []).append(hit)
            self._schemas[schemas] = by_key, Nearby(hit for _, hit in hits)
        return self._schemas[schemas]

    def _keyed(self, hits: Iterable[SearchHit]) -> list[_Keyed]:
        keyed = ((object_key(hit.qualified_name), hit) for hit in hits)
        return [(key, hit) for key, hit in keyed if key.startswith(self._prefixes)]


def resolve_objects(
    tables: Iterable[Table], databases: DatabaseMap, discovery: Discovery
) -> dict[Name, Resolution]:
    """Find each table: by exact names, then in any other spelling that the search index knows.

    Another spelling is looked for although there is an exact one: which of the two is meant nobody
    knows.
    """
    outcomes: dict[Name, Resolution] = {}
    lookups: list[_Lookup] = []
    for table in tables:
        database = databases.database_of(table.name)
        if isinstance(database, NotMapped):
            outcomes[table.name] = Missing(database.reason)
        else:
            lookups.append(_lookup(table, database))
    discovery.read(
        (type_name, name) for row in lookups for type_name in row.types for name in row.spellings
    )
    exact = _decided(lookups, discovery)
    # only for what is missing: a server may hold twenty thousand tables
    on_servers = {row.place: row for row in lookups if row.table.name not in exact}
    servers = {place: _DatabaseServer(row, discovery) for place, row in on_servers.items()}
    cut = _read_other_spellings(lookups, servers, discovery)
    matches = _decided(lookups, discovery)
    lacking = [row for row in lookups if row.table.name not in matches]
    discovery.read(
        (hit.type_name, hit.qualified_name)
        for row in lacking
        for hit in servers[row.place].alike(row)
    )
    matches |= _decided(lacking, discovery)
    for row in lookups:
        outcome = matches.get(row.table.name) or _missing(row, servers[row.place])
        outcomes[row.table.name] = (
            _cautious(outcome) if cut.intersection(row.spellings) else outcome
        )
    return outcomes


def _read_other_spellings(
    lookups: Iterable[_Lookup], servers: Mapping[_Place, _DatabaseServer], discovery: Discovery
) -> set[str]:
    """Read what the index has of the tables under their names, in any case.

    The names of which there may be more.

    A small server that is looked through for a missing table tells it of all tables.
    """
    places: dict[_Place, dict[str, None]] = {}
    for row in lookups:
        places.setdefault(row.place, {}).update(dict.fromkeys(row.spellings))
    cut: set[str] = set()
    for place, names in places.items():
        server = servers.get(place)
        if server and server.complete:
            hits = server.named(frozenset(map(object_key, names)))
        else:
            hits, more = spelled_alike(discovery.index, place[0], tuple(names), place[1])
            cut.update(more)
        discovery.read((hit.type_name, hit.qualified_name) for hit in hits)
    return cut


def _decided(lookups: Iterable[_Lookup], discovery: Discovery) -> dict[Name, Resolution]:
    """The outcomes for those tables whose name any asset bears."""
    by_key: dict[str, list[Asset]] = {}
    for asset in discovery.assets:
        by_key.setdefault(object_key(asset.ref.qualified_name), []).append(asset)
    outcomes: dict[Name, Resolution] = {}
    for row in lookups:
        assets = [
            asset
            for key in row.keys
            for asset in by_key.get(key, ())
            if asset.ref.type_name in row.types
        ]
        outcome = _decide(row, assets)
        if outcome:
            outcomes[row.table.name] = outcome
    return outcomes


def _cautious(outcome: Resolution) -> Resolution:
    """An outcome that others of the account might change, which were not looked at."""
    caution = (
        f"{MOST_HITS} names and more begin like it, which were not all looked through for "
        "another spelling"
    )
    match outcome:
        case Found():
            return replace(outcome, caution=caution)
        case Missing(reason=reason):
            return replace(outcome, reason=f"{reason}; {caution}")
    return outcome


def _lookup(table: Table, database: Database) -> _Lookup:
    parts = table.name.parts
    schema = parts[-2] if len(parts) > 1 and parts[-2] else "dbo"
    return _Lookup(
        table, database, database.object_types, database.qualified_names(schema, table.name.object)
    )


def _decide(row: _Lookup, assets: list[Asset]) -> Resolution | None:
    """The outcome for the assets that bear the name; None where there is none."""
    # What a scan registered goes before what a push made in its place.
    real = [asset for asset in assets if not asset.placeholder]
    candidates = _of_kind(row.table.kind, real or assets)
    if not candidates:
        return None
    if len(candidates) == 1:
        exact = candidates[0].ref.qualified_name in row.spellings
        superseded = (
            tuple(sorted(asset.ref for asset in assets if asset.placeholder)) if real else ()
        )
        evidence = Evidence.EXACT if exact else Evidence.SPELLING
        return Found(candidates[0], evidence, row.database.collection, superseded)
    return Ambiguous(tuple(sorted(asset.ref for asset in candidates)), _advice(row, candidates))


def _of_kind(kind: TableKind, assets: list[Asset]) -> list[Asset]:
    """Where the scan knows table from view, the assets of that kind.

    A catalogue may hold a view as a table alone.
    """
    if kind not in _VIEWS | _TABLES:
        return assets
    return [
        asset for asset in assets if is_view_type(asset.ref.type_name) == (kind in _VIEWS)
    ] or assets


def _advice(row: _Lookup, candidates: list[Asset]) -> str:
    """What makes the table unambiguous."""
    platforms = sorted(
        {platform for asset in candidates if (platform := platform_of(asset.ref.type_name))}
    )
    if len(platforms) > 1:
        words = " or ".join(f'"{platform}"' for platform in platforms)
        return (
            f"assets of several platforms bear its name; set platform = {words} for database "
            f"{row.database.name}"
        )
    pin = (
        f'pin it to one of them, or delete the other from the catalogue: [pins."{row.table.name}"]'
    )
    if len({asset.ref.qualified_name for asset in candidates}) > 1:
        return f"names of assets differ only in spelling (case, spaces); {pin}"
    return f"a table and a view bear its name; add its definition to the scan, or {pin}"


def _missing(row: _Lookup, server: _DatabaseServer) -> Missing:
    name, types = row.spellings[0], ", ".join(row.types)
    reason = (
        f"the catalogue has no table or view named {name} (types: {types}); scan the database "
        "in Purview"
    )
    if not server.complete:
        reason += (
            f" (of the {MOST_LISTED} and more others on its server not all were looked through "
            "for near names)"
        )
    return Missing(reason, server.nearby(row).nearest(name), _place(row, server))


def _place(row: _Lookup, server: _DatabaseServer) -> Placeholder | None:
    """Where its asset would stand.

    None where that is not certain, as several platforms come into question.
    """
    type_name = _type_of(row, server)
    if not type_name:
        return None
    return Placeholder(AssetRef(row.spellings[0], type_name, ""), row.database.collection)


def _type_of(row: _Lookup, server: _DatabaseServer) -> str:
    """The type that an asset of its own would have.

    Where the configuration leaves it open, what the database's others say.
    """
    database, view = row.database, row.table.kind in _VIEWS
    if database.types:
        return next(
            (name for name in database.types if is_view_type(name) == view), database.types[0]
        )
    server_platforms = server.platforms_of(database)
    platforms = [
        platform for platform in database.platforms if platform in server_platforms
    ] or database.platforms
    if len(platforms) != 1:
        return ""
    types = OBJECT_TYPES[platforms[0]]
    return types.view if view else types.table
