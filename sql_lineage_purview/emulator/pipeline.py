"""How entities are created and updated: the steps of Atlas, in its order, within one transaction.

Source: `AtlasEntityStoreV2.createOrUpdate`, `preCreateOrUpdate` and `EntityGraphMapper` of Apache
Atlas. The transaction (step 7) is the caller's: any error leaves nothing of the request behind.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from .changes import EntityChanges
from .classifications import read_classification
from .edges import Target, replace_targets
from .error_codes import NAME_TAKEN, PARAMETERS_INVALID, AtlasError
from .incoming import ObjectId
from .records import StoredEntity
from .registry import element_type
from .resolution import Resolution, discover, resolve_by_guid, resolve_by_unique_attributes
from .validation import compact_attributes, validate_and_normalize
from .values import default_value, is_object_id, is_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .incoming import Incoming, Stream
    from .registry import End, EntityType, JsonObject
    from .session import Session


class _Placed(Struct):
    """An entity of the request, its guid in the store, and the collection the request names."""

    entity: Incoming
    entity_type: EntityType
    guid: str
    collection: str | None


def create_or_update(
    session: Session, stream: Stream, *, partial: bool = False, collection: str | None = None
) -> EntityChanges:
    """Create the entities of a request, or update those that exist already.

    An entity exists where the store has its guid, or its type and unique attributes.

    Args:
        session: The catalogue.
        stream: The entities.
        partial: Check and write only what is supplied, as PUT does.
        collection: Where entities land, new ones and those that exist; None for the root
            collection, or where they are.

    Returns:
        What changed, with the guid of each placeholder.

    Raises:
        AtlasError: Something of the request is refused.
    """
    limit = session.behaviour.limits.entities
    if limit is not None and len(stream) > limit:
        raise AtlasError(
            PARAMETERS_INVALID, f"{len(stream)} entities in one request exceed the limit of {limit}"
        )
    resolution = Resolution()
    discovery = discover(session, stream)
    resolve_by_guid(session, stream, discovery, resolution)
    resolve_by_unique_attributes(session, discovery, resolution)
    changes = EntityChanges()
    placed = []
    for guid in discovery.guids:
        entity = stream.find(guid)
        if entity is None:
            continue
        entity_type = session.entity_type(entity.type_name)
        compact_attributes(entity, entity_type)
        validate_and_normalize(
            session, entity, entity_type, partial=partial and guid in resolution.guids
        )
        placed.append(
            _place(
                session, entity, entity_type, resolution, changes, entity.collection or collection
            )
        )
    map_to_graph(session, placed, resolution, changes)
    return changes


def map_to_graph(
    session: Session, placed: list[_Placed], resolution: Resolution, changes: EntityChanges
) -> None:
    """Step 6: write attributes and relationships, those of new entities first.

    An update writes what is supplied: null clears, lists replace; what is not supplied stays.

    Args:
        session: the request's.
        placed: the entities of the request, each with its guid in the store.
        resolution: which stored entity each reference means.
        changes: has what was created; takes what is updated, and what goes with it.
    """
    # the new ones first: what exists may refer to them
    for item in sorted(placed, key=lambda each: each.guid not in changes.created):
        written = _write_attributes(session, item, resolution)
        related = [
            _write_relationship(session, item, name, resolution, changes)
            for name in item.entity.relationships
        ]
        if written or any(related):
            changes.updated[item.guid] = None


def _place(
    session: Session,
    entity: Incoming,
    entity_type: EntityType,
    resolution: Resolution,
    changes: EntityChanges,
    collection: str | None,
) -> _Placed:
    """Find the stored entity, or create one with defaults for attributes not supplied."""
    guid = resolution.guids.get(entity.guid) or resolution.unique.get(
        _unique_key(entity, entity_type)
    )
    if guid is None:
        guid = _create(session, entity, entity_type, collection or session.behaviour.root)
        changes.created[guid] = None
    resolution.guids[entity.guid] = guid
    resolution.unique[_unique_key(entity, entity_type)] = guid
    if entity.guid != guid:
        changes.assignments[entity.guid] = guid
    changes.sent[guid] = None
    return _Placed(entity, entity_type, guid, collection)


def _unique_key(entity: Incoming, entity_type: EntityType) -> str:
    unique = tuple(
        (name, entity.attributes[name])
        for name in entity_type.unique_attributes
        if name in entity.attributes
    )
    return ObjectId(None, entity_type.name, unique).key if unique else entity.guid


def _create(session: Session, entity: Incoming, entity_type: EntityType, collection: str) -> str:
    attributes = {
        name: default_value(attribute)
        for name, attribute in entity_type.attributes.items()
        if name not in entity_type.ends
    }
    qualified_name = entity.attributes.get("qualifiedName")
    session.caller.require_write(collection, f"create entity: type={entity_type.name}")
    guid = str(uuid4())
    classifications = [read_classification(session, each, guid) for each in entity.classifications]
    created = StoredEntity(
        guid=guid,
        type_name=entity_type.name,
        qualified_name=qualified_name,
        status="ACTIVE",
        attributes={**attributes, "qualifiedName": qualified_name}
        if qualified_name is not None
        else attributes,
        extras={**entity.extras, "classifications": classifications}
        if classifications
        else entity.extras,
        collection=collection,
        created=session.now,
        updated=session.now,
        revision=1,
    )
    # the store holds a name once for each type, also where two requests come at the same time
    with _free_name(entity_type.name, qualified_name):
        session.store.add_entity(created)
    return guid


def _write_attributes(session: Session, item: _Placed, resolution: Resolution) -> bool:
    """Write the supplied attributes; whether anything differs from what was stored."""
    stored = session.store.entity(item.guid)
    if stored is None:
        return False
    session.caller.require_write(stored.collection, f"update entity: guid={item.guid}")
    supplied = {
        name: _stored_value(session, item.entity_type, name, value, resolution)
        for name, value in item.entity.attributes.items()
    }
    attributes = {**stored.attributes, **supplied}
    extras = {**stored.extras, **item.entity.extras}
    collection = item.collection or stored.collection
    revised = replace(stored, attributes=attributes, extras=extras, collection=collection)
    # what does not change keeps its revision, by which clients see that nothing has happened
    if revised == stored:
        return False
    # who moves an entity must be a curator of both collections
    session.caller.require_write(collection, f"move entity: guid={item.guid}")
    qualified_name = attributes.get("qualifiedName")
    with _free_name(stored.type_name, qualified_name):
        session.store.replace_entity(
            replace(revised, qualified_name=qualified_name, updated=session.now)
        )
    return True


@contextmanager
def _free_name(type_name: str, qualified_name: str | None) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise AtlasError(
            NAME_TAKEN, f"a {type_name} with qualifiedName {qualified_name} already exists"
        ) from error


def _stored_value(
    session: Session, entity_type: EntityType, name: str, value: Any, resolution: Resolution
) -> Any:
    """A null becomes the default.

    A reference that no relationship stands for becomes the entity that it means.
    """
    attribute = entity_type.attributes[name]
    if value is None:
        return default_value(attribute)
    if is_reference(session.registry, element_type(attribute.type_name) or attribute.type_name):
        return _resolved(session, value, resolution)
    return value


def _resolved(session: Session, value: Any, resolution: Resolution) -> Any:
    if isinstance(value, list):
        return [_resolved(session, inner, resolution) for inner in value]
    if not is_object_id(value):
        return value
    guid = resolution.guid(ObjectId.read(value))
    entity = session.store.entity(guid)
    return {"guid": guid, "typeName": entity.type_name if entity else value.get("typeName")}


def _write_relationship(
    session: Session, item: _Placed, name: str, resolution: Resolution, changes: EntityChanges
) -> bool:
    ends = item.entity_type.ends.get(name)
    if ends is None:
        return False
    value = item.entity.relationships[name]
    values: Sequence[JsonObject] = (
        [] if value is None else value if isinstance(value, list) else [value]
    )
    references = [ObjectId.read(each) for each in values if each is not None]
    end = _chosen_end(session, ends, references, resolution)
    targets = [
        Target(resolution.guid(reference), reference.relationship_attributes)
        for reference in references
    ]
    return replace_targets(session, item.guid, end, targets, changes)


def _chosen_end(
    session: Session, ends: tuple[End, ...], references: list[ObjectId], resolution: Resolution
) -> End:
    """The relationship type to use where several give the attribute.

    It is the one that the reference names, else one that the reference's type fits.
    """
    if len(ends) == 1 or not references:
        return ends[0]
    named = [end for end in ends if end.relationship == references[0].relationship]
    entity = session.store.entity(resolution.guid(references[0]))
    fitting = [
        end
        for end in ends
        if entity is not None and session.registry.is_a(entity.type_name, end.target)
    ]
    return (named or fitting or list(ends))[0]
