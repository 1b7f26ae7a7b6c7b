"""The operations that change entities.

Source: `EntityREST` of Apache Atlas; `moveTo` is Purview's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from .changes import EntityChanges
from .edges import delete_entities
from .entity_operations import by_guid, by_unique_attributes
from .error_codes import (
    ATTRIBUTE_UNKNOWN,
    ATTRIBUTE_UPDATE_UNSUPPORTED,
    GUID_NOT_FOUND,
    INSTANCE_INVALID,
    PARAMETERS_INVALID,
    UNIQUE_ATTRIBUTE_NOT_FOUND,
    AtlasError,
    GatewayError,
)
from .incoming import Incoming, Stream, expect_list, expect_object
from .pipeline import create_or_update
from .registry import PRIMITIVES
from .values import is_reference, java_text

if TYPE_CHECKING:
    from .exchange import ApiCall
    from .registry import EntityType, JsonObject
    from .session import Session


def create(session: Session, call: ApiCall) -> JsonObject | AtlasError:
    """POST /entity."""
    return _post(session, call, "entity")


def create_bulk(session: Session, call: ApiCall) -> JsonObject | AtlasError:
    """POST /entity/bulk; the answer is an error where only some of it was written."""
    return _post(session, call, "entities")


def update_attribute(session: Session, call: ApiCall) -> JsonObject:
    """PUT /entity/guid/{guid}?name=..: one attribute, a primitive or a reference.

    Null is not supported.

    Raises:
        AtlasError: the value is null, or the attribute neither a primitive nor a reference.
    """
    stored, name = by_guid(session, call.places["guid"]), call.value("name")
    type_name = _attribute_type(session.entity_type(stored.type_name), name)
    value = call.body
    # PUT of one attribute cannot clear it; a POST of the entity can
    if value is None:
        raise AtlasError(PARAMETERS_INVALID, f"null is not supported as the value of {name}")
    if is_reference(session.registry, type_name):
        value = {"guid": value, "typeName": type_name} if isinstance(value, str) else value
    elif type_name not in PRIMITIVES:
        raise AtlasError(ATTRIBUTE_UPDATE_UNSUPPORTED, name, type_name)
    stream = Stream([Incoming(stored.guid, stored.type_name, {name: value}, {}, {})], [])
    return _write(session, stream, partial=True).answer(session, partial=True)


def update_by_name(session: Session, call: ApiCall) -> JsonObject:
    """PUT /entity/uniqueAttribute/type/{typeName}: the supplied attributes of one entity.

    Raises:
        AtlasError: the body has no entity.
    """
    stored = by_unique_attributes(session, call)
    document = expect_object(call.body if call.body is not None else {}, "request body")
    if document.get("entity") is None:
        raise AtlasError(PARAMETERS_INVALID, "no entity to update.")
    entity = {
        "typeName": stored.type_name,
        **expect_object(document["entity"], "entity"),
        "guid": stored.guid,
    }
    stream = Stream.read({**document, "entity": entity}, "entity")
    return _write(session, stream, partial=True).answer(session, partial=True)


def move(session: Session, call: ApiCall) -> JsonObject:
    """POST /entity/moveTo?collectionId=..: move entities, but not what they own.

    The entities go to the collection; what they own stays where it is.

    Raises:
        AtlasError: the guids or the collection are missing.
    """
    guids = [
        java_text(each)
        for each in expect_list(
            expect_object(call.body, "request body").get("entityGuids"), "entityGuids"
        )
    ]
    collection = _collection(call)
    if not guids or not collection:
        raise AtlasError(PARAMETERS_INVALID, "entityGuids and collectionId must be given")
    _check_collection(session, collection)
    session.caller.require_write(collection, f"move entities to: {collection}")
    changes = EntityChanges()
    for entity in [by_guid(session, guid) for guid in guids]:
        session.caller.require_write(entity.collection, f"move entity: guid={entity.guid}")
        session.store.replace_entity(replace(entity, collection=collection))
        changes.updated[entity.guid] = None
    return changes.answer(session)


def delete(session: Session, call: ApiCall) -> JsonObject | None:
    """DELETE /entity/guid/{guid}; what does not exist is no error."""
    return _delete(session, [call.places["guid"]])


def delete_bulk(session: Session, call: ApiCall) -> JsonObject | None:
    """DELETE /entity/bulk?guid=..&guid=..

    Raises:
        AtlasError: no guid is given.
    """
    guids = call.guids()
    if not guids:
        raise AtlasError(PARAMETERS_INVALID, "Guid(s) not specified")
    return _delete(session, guids)


def delete_by_name(session: Session, call: ApiCall) -> JsonObject | None:
    """DELETE /entity/uniqueAttribute/type/{typeName}?attr:qualifiedName=..

    Raises:
        AtlasError: no unique attribute is given; or no entity has it, and the emulator
            is set to answer that with 404.
    """
    entity_type = session.entity_type(call.places["typeName"])
    values = call.unique_attributes()
    if not values:
        raise AtlasError(UNIQUE_ATTRIBUTE_NOT_FOUND, entity_type.name, java_text(values))
    entity = session.find(entity_type, values)
    if entity is None and session.behaviour.switches.absent_deletes == "404":
        raise AtlasError(UNIQUE_ATTRIBUTE_NOT_FOUND, entity_type.name, java_text(values))
    return _delete(session, [entity.guid] if entity else [])


def _post(session: Session, call: ApiCall, member: str) -> JsonObject | AtlasError:
    stream = Stream.read(call.body, member)
    timely = session.behaviour.limits.timely_entities
    if timely is not None and len(stream) > timely:
        raise GatewayError(
            408, "RequestTimeout", f"{len(stream)} entities were not written in time."
        )
    collection = _collection(call)
    _check_collection(session, collection)
    try:
        with session.store.attempt():
            return _write(session, stream, collection=collection).answer(session)
    except AtlasError as error:
        if session.behaviour.switches.bulk == "atomic":
            raise
        _write_what_goes(session, stream, collection)
        return error


def _write_what_goes(session: Session, stream: Stream, collection: str | None) -> None:
    """Write the entities in front of the first that fails."""
    # by halves, since each try costs what it writes
    good, bad = 0, len(stream)
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            # Only tried: it is done once, when it is known how far it goes.
            with session.store.attempt(keep=False):
                _write(session, stream.head(middle), collection=collection)
            good = middle
        except AtlasError:
            bad = middle
    if good:
        _write(session, stream.head(good), collection=collection).answer(session)


def _write(
    session: Session, stream: Stream, *, partial: bool = False, collection: str | None = None
) -> EntityChanges:
    faults = session.behaviour.faults
    for entity in stream.all() if faults else ():
        name = entity.attributes.get("qualifiedName")
        refusal = faults.refusal_of(name) if faults else None
        if refusal is not None:
            kind = PARAMETERS_INVALID if refusal.status == 400 else INSTANCE_INVALID
            raise AtlasError(kind, f"{name} is refused, as asked for by a fault")
    return create_or_update(session, stream, partial=partial, collection=collection)


def _collection(call: ApiCall) -> str | None:
    return call.places.get("collectionId") or call.value("collectionId") or None


def _check_collection(session: Session, collection: str | None) -> None:
    exists = collection is None or session.behaviour.knows(collection)
    if not exists and session.behaviour.switches.unknown_collections == "refuse":
        raise AtlasError(PARAMETERS_INVALID, f"collection {collection} does not exist")


def _delete(session: Session, guids: list[str]) -> JsonObject | None:
    answer = session.behaviour.switches.absent_deletes
    for guid in guids if answer == "404" else ():
        entity = session.store.entity(guid)
        if entity is None or not entity.active:
            raise AtlasError(GUID_NOT_FOUND, guid)
    changes = EntityChanges()
    delete_entities(session, guids, changes)
    return changes.answer(session) or (None if answer == "204" else {})


def _attribute_type(entity_type: EntityType, name: str) -> str:
    if name in entity_type.attributes:
        return entity_type.attributes[name].type_name
    if name in entity_type.ends:
        return entity_type.ends[name][0].type_name
    raise AtlasError(ATTRIBUTE_UNKNOWN, name, entity_type.name)
