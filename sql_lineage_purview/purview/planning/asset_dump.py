"""Snapshot an account: assets of the database map and of storage, and an owner's processes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ..account.asset_snapshot import AssetSnapshot
from ..account.entities import (
    DIRECT_LINEAGE,
    PARENT_TYPE,
    PROCESS_INPUTS,
    PROCESS_TYPE,
    Entities,
    exists,
    schema_guid,
    writers_of,
)
from ..account.extract import planning_extract
from ..purview_errors import NotFoundError
from ..resolving.partitions import search_in_parts
from ..resolving.platforms import OBJECT_TYPES
from ..resolving.storage import ADLS_GEN2, BLOB
from .process_names import own_prefix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ..account.client import DataMapClient
    from ..account.typedefs import Json
    from ..resolving.database_map import DatabaseMap
    from ..resolving.platforms import Database

# A lake may hold millions of files, of which scripts name few.
MOST_FILES = 10_000
_KEPT_RELATIONS = frozenset({DIRECT_LINEAGE, PARENT_TYPE})


def dump_account(
    client: DataMapClient, databases: DatabaseMap, *, owner: str, taken: str
) -> tuple[AssetSnapshot, tuple[str, ...]]:
    """Read all that plans for these databases may need.

    What the search index does not know yet is not found.

    Args:
        client: The account.
        databases: Whose tables, views and procedures are read, with all else on their servers, and
            the pinned assets.
        owner: Whose processes are read.
        taken: The time, in ISO 8601.

    Returns:
        The snapshot, and notes on what it leaves out.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    notes: dict[str, None] = {}
    entities: dict[str, Json] = {}
    _read(client, _guids(client, databases, notes), entities, (PROCESS_INPUTS,))
    _read(client, _listed(client, PROCESS_TYPE, own_prefix(owner), notes), entities)
    for pin in databases.pins:
        pinned = client.get_entities(pin.type_name, [pin.qualified_name]).entities
        _read(client, (entity.get("guid") or "" for entity in pinned), entities, (PROCESS_INPUTS,))
    schemas = [
        guid for entity in list(entities.values()) if (guid := schema_guid(Entities((entity,), {})))
    ]
    # The index may not know the newest processes yet; what an asset says of its writers does.
    writers = [guid for entity in list(entities.values()) for guid in writers_of(entity)]
    _read(client, schemas, entities)
    _read(client, writers, entities)
    prefix = own_prefix(owner)
    selection = (
        entity
        for entity in entities.values()
        if entity["typeName"] != PROCESS_TYPE or _name(entity).startswith(prefix)
    )
    definitions = _definitions(client, databases.databases)
    all_notes = tuple(notes)
    return AssetSnapshot(
        client.endpoint,
        client.path_prefix,
        owner,
        taken,
        tuple(selection),
        *definitions,
        all_notes,
        has_classifications=True,
    ), all_notes


def _guids(client: DataMapClient, databases: DatabaseMap, notes: dict[str, None]) -> Iterator[str]:
    """What the search index has of the databases' servers, and of storage."""
    places = [
        (type_name, prefix)
        for database in databases.databases
        for type_name in (*database.object_types, *_procedure_types(database))
        for prefix in database.prefixes
    ]
    for type_name, text in dict.fromkeys(places):
        yield from _listed(client, type_name, text, notes)
    for kind in (ADLS_GEN2, BLOB):
        for type_name in (kind.service, kind.container, kind.resource_set, kind.path):
            hits = list(islice(client.search(type_name, "https://"), MOST_FILES + 1))
            if len(hits) > MOST_FILES:
                notes[f"of {type_name} only the first {MOST_FILES} are in it"] = None
            yield from (hit.guid for hit in hits[:MOST_FILES])


def _listed(
    client: DataMapClient, type_name: str, text: str, notes: dict[str, None]
) -> Iterator[str]:
    """What the index has of a type below a name, and a note where that is not all."""
    partition = search_in_parts(client, type_name, text)
    if not partition.complete:
        total = (
            f"{partition.total} that the search index counts"
            if partition.total is not None
            else "more"
        )
        notes[f"of {type_name} below {text} only {len(partition.hits)} of {total} are in it"] = None
    return (hit.guid for hit in partition.hits)


def _read(
    client: DataMapClient,
    guids: Iterable[str],
    entities: dict[str, Json],
    exclude: Collection[str] = (),
) -> None:
    unread = [guid for guid in dict.fromkeys(guids) if guid and guid not in entities]
    for part in client.read_guids(unread, exclude=exclude):
        for entity in part.entities:
            if exists(entity) and _name(entity):
                entities[entity["guid"]] = planning_extract(entity, part.referred, _KEPT_RELATIONS)


def _definitions(
    client: DataMapClient, databases: Iterable[Database]
) -> tuple[dict[str, Json], dict[str, Json]]:
    """The types that say whether a process may belong to a procedure."""
    try:
        relation = client.get_relationship_type(PARENT_TYPE)
    except NotFoundError:
        return {}, {}
    types: dict[str, Json] = {}
    waiting = [name for database in databases for name in _procedure_types(database)]
    while waiting:
        name = waiting.pop()
        if name in types:
            continue
        try:
            definition = client.get_type(name)
        except NotFoundError:
            continue
        types[name] = {"superTypes": definition.get("superTypes") or []}
        # An end of the relation may be one of these.
        waiting += types[name]["superTypes"]
    ends: Json = {end: relation[end] for end in ("endDef1", "endDef2") if end in relation}
    return dict(sorted(types.items())), {PARENT_TYPE: ends}


def _procedure_types(database: Database) -> list[str]:
    return [OBJECT_TYPES[platform].procedure for platform in database.platforms]


def _name(entity: Json) -> str:
    return str((entity.get("attributes") or {}).get("qualifiedName") or "")
