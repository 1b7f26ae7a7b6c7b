"""The operations on entities. Source: `EntityREST` of Apache Atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .changes import Changes
from .edges import delete_entities
from .errors import (
    ATTRIBUTE_UNKNOWN,
    ATTRIBUTE_UPDATE_UNSUPPORTED,
    GUID_NOT_FOUND,
    NOT_UNIQUE_ATTRIBUTE,
    PARAMETERS_INVALID,
    UNIQUE_ATTRIBUTE_NOT_FOUND,
    AtlasError,
)
from .incoming import Incoming, Stream, expect_object
from .pipeline import create_or_update
from .reading import Reader, header
from .registry import PRIMITIVES
from .values import is_reference, java_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .exchange import Call
    from .registry import EntityType, JsonObject
    from .session import Session
    from .store import StoredEntity


def create(session: Session, call: Call) -> JsonObject:
    """POST /entity."""
    return _post(session, call, "entity")


def create_bulk(session: Session, call: Call) -> JsonObject:
    """POST /entity/bulk."""
    return _post(session, call, "entities")


def get(session: Session, call: Call) -> JsonObject:
    """GET /entity/guid/{guid}; a deleted entity is shown with its status."""
    reader = _reader(session, call)
    entity = reader.read([by_guid(session, call.places["guid"])])[0]
    return {"referredEntities": reader.referred, "entity": entity}


def get_header(session: Session, call: Call) -> JsonObject:
    """GET /entity/guid/{guid}/header."""
    return header(by_guid(session, call.places["guid"]))


def get_bulk(session: Session, call: Call) -> JsonObject:
    """GET /entity/bulk?guid=..&guid=..; one unknown guid fails all."""
    guids = call.guids()
    if not guids:
        raise AtlasError(GUID_NOT_FOUND, "[]")
    reader = _reader(session, call)
    entities = reader.read([by_guid(session, guid) for guid in guids])
    return {"referredEntities": reader.referred, "entities": entities}


def get_by_name(session: Session, call: Call) -> JsonObject:
    """GET /entity/uniqueAttribute/type/{typeName}?attr:qualifiedName=.."""
    reader = _reader(session, call)
    entity = reader.read([by_unique_attributes(session, call)])[0]
    return {"referredEntities": reader.referred, "entity": entity}


def get_bulk_by_name(session: Session, call: Call) -> JsonObject:
    """GET /entity/bulk/uniqueAttribute/type/{typeName}?attr_1:qualifiedName=..; names that are not found are left out."""
    entity_type = session.entity_type(call.places["typeName"])
    groups = call.unique_attributes_list()
    for values in groups:
        _check_unique(entity_type, values)
    found = {entity.guid: entity for values in groups if (entity := session.find(entity_type, values)) is not None}
    reader = _reader(session, call)
    entities = reader.read(found.values())
    return {"referredEntities": reader.referred, "entities": entities}


def update_attribute(session: Session, call: Call) -> JsonObject:
    """PUT /entity/guid/{guid}?name=..: one attribute, a primitive or a reference; null is not supported."""
    stored, name = by_guid(session, call.places["guid"]), call.value("name")
    type_name = _attribute_type(session.entity_type(stored.type_name), name)
    value = call.body
    if value is None:
        raise AtlasError(PARAMETERS_INVALID, f"null is not supported as the value of {name}")
    if is_reference(session.registry, type_name):
        value = {"guid": value, "typeName": type_name} if isinstance(value, str) else value
    elif type_name not in PRIMITIVES:
        raise AtlasError(ATTRIBUTE_UPDATE_UNSUPPORTED, name, type_name)
    entity = Incoming(stored.guid, stored.type_name, {name: value}, {}, {})
    return create_or_update(session, Stream([entity], []), partial=True).answer(session, partial=True)


def update_by_name(session: Session, call: Call) -> JsonObject:
    """PUT /entity/uniqueAttribute/type/{typeName}: the supplied attributes of one entity."""
    stored = by_unique_attributes(session, call)
    document = expect_object(call.body if call.body is not None else {}, "request body")
    if document.get("entity") is None:
        raise AtlasError(PARAMETERS_INVALID, "no entity to update.")
    entity = {"typeName": stored.type_name, **expect_object(document["entity"], "entity"), "guid": stored.guid}
    stream = Stream.read({**document, "entity": entity}, "entity")
    return create_or_update(session, stream, partial=True).answer(session, partial=True)


def delete(session: Session, call: Call) -> JsonObject:
    """DELETE /entity/guid/{guid}; what does not exist is no error."""
    return _delete(session, [call.places["guid"]])


def delete_bulk(session: Session, call: Call) -> JsonObject:
    """DELETE /entity/bulk?guid=..&guid=.."""
    guids = call.guids()
    if not guids:
        raise AtlasError(PARAMETERS_INVALID, "Guid(s) not specified")
    return _delete(session, guids)


def delete_by_name(session: Session, call: Call) -> JsonObject:
    """DELETE /entity/uniqueAttribute/type/{typeName}?attr:qualifiedName=.."""
    entity_type = session.entity_type(call.places["typeName"])
    values = call.unique_attributes()
    if not values:
        raise AtlasError(UNIQUE_ATTRIBUTE_NOT_FOUND, entity_type.name, java_text(values))
    entity = session.find(entity_type, values)
    return _delete(session, [entity.guid] if entity else [])


def by_guid(session: Session, guid: str) -> StoredEntity:
    """The entity of that guid, deleted or not.

    Raises:
        AtlasError: There is none.
    """
    entity = session.store.entity(guid)
    if entity is None:
        raise AtlasError(GUID_NOT_FOUND, guid)
    return entity


def by_unique_attributes(session: Session, call: Call) -> StoredEntity:
    """The active entity that the path's type and the query's `attr:` name.

    Raises:
        AtlasError: The type is unknown, the attribute is none that is unique, or there is no such entity.
    """
    entity_type = session.entity_type(call.places["typeName"])
    values = call.unique_attributes()
    _check_unique(entity_type, values)
    entity = session.find(entity_type, values)
    if entity is None:
        raise AtlasError(UNIQUE_ATTRIBUTE_NOT_FOUND, entity_type.name, java_text(values))
    return entity


def _post(session: Session, call: Call, member: str) -> JsonObject:
    stream = Stream.read(call.body, member)
    return create_or_update(session, stream, collection=call.value("collectionId") or None).answer(session)


def _delete(session: Session, guids: list[str]) -> JsonObject:
    changes = Changes()
    delete_entities(session, guids, changes)
    return changes.answer(session)


def _reader(session: Session, call: Call) -> Reader:
    return Reader(session, relationships=not call.flag("ignoreRelationships"), minimal=call.flag("minExtInfo"))


def _check_unique(entity_type: EntityType, values: Mapping[str, Any]) -> None:
    if not values:
        raise AtlasError(NOT_UNIQUE_ATTRIBUTE, entity_type.name, "")
    for name in values:
        if name not in entity_type.unique_attributes:
            raise AtlasError(NOT_UNIQUE_ATTRIBUTE, entity_type.name, name)


def _attribute_type(entity_type: EntityType, name: str) -> str:
    if name in entity_type.attributes:
        return entity_type.attributes[name].type_name
    if name in entity_type.ends:
        return entity_type.ends[name][0].type_name
    raise AtlasError(ATTRIBUTE_UNKNOWN, name, entity_type.name)
