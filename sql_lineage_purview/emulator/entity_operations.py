"""The operations that read entities. Source: `EntityREST` of Apache Atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .entity_reading import Reader, header
from .error_codes import (
    GUID_NOT_FOUND,
    NOT_UNIQUE_ATTRIBUTE,
    UNIQUE_ATTRIBUTE_NOT_FOUND,
    AtlasError,
)
from .values import java_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .exchange import ApiCall
    from .records import StoredEntity
    from .registry import EntityType, JsonObject
    from .session import Session


def get(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/guid/{guid}; a deleted entity is shown with its status."""
    reader = _reader(session, call)
    entity = reader.read([_readable(session, by_guid(session, call.places["guid"]))])[0]
    return {"referredEntities": reader.referred, "entity": entity}


def get_header(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/guid/{guid}/header."""
    return header(_readable(session, by_guid(session, call.places["guid"])))


def get_bulk(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/bulk?guid=..&guid=..; one unknown guid fails all.

    Raises:
        AtlasError: no guid is given.
    """
    guids = call.guids()
    if not guids:
        raise AtlasError(GUID_NOT_FOUND, "[]")
    reader = _reader(session, call)
    entities = reader.read([_readable(session, by_guid(session, guid)) for guid in guids])
    return {"referredEntities": reader.referred, "entities": entities}


def get_by_name(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/uniqueAttribute/type/{typeName}?attr:qualifiedName=.."""
    reader = _reader(session, call)
    entity = reader.read([_readable(session, by_unique_attributes(session, call))])[0]
    return {"referredEntities": reader.referred, "entity": entity}


def get_bulk_by_name(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/bulk/uniqueAttribute/type/{typeName}?attr_1:qualifiedName=...

    Names that are not found are left out.

    Raises:
        AtlasError: a name is not found, and the emulator is set to refuse that.
    """
    entity_type = session.entity_type(call.places["typeName"])
    groups = call.unique_attributes_list()
    stored_entities: dict[str, StoredEntity] = {}
    for values in groups:
        _check_unique(entity_type, values)
        entity = session.find(entity_type, values)
        if entity is not None:
            stored_entities[entity.guid] = _readable(session, entity)
        elif session.behaviour.switches.missing_names == "refuse":
            raise AtlasError(UNIQUE_ATTRIBUTE_NOT_FOUND, entity_type.name, java_text(values))
    if not stored_entities and session.behaviour.switches.nothing_found == "omit":
        return {}
    reader = _reader(session, call)
    entities = reader.read(stored_entities.values())
    return {"referredEntities": reader.referred, "entities": entities}


def by_guid(session: Session, guid: str) -> StoredEntity:
    """The entity of that guid, deleted or not.

    Raises:
        AtlasError: There is none.
    """
    entity = session.store.entity(guid)
    if entity is None:
        raise AtlasError(GUID_NOT_FOUND, guid)
    return entity


def by_unique_attributes(session: Session, call: ApiCall) -> StoredEntity:
    """The active entity that the path's type and the query's `attr:` name.

    Raises:
        AtlasError: The type is unknown, the attribute is none that is unique, or there is no such
            entity.
    """
    entity_type = session.entity_type(call.places["typeName"])
    values = call.unique_attributes()
    _check_unique(entity_type, values)
    entity = session.find(entity_type, values)
    if entity is None:
        raise AtlasError(UNIQUE_ATTRIBUTE_NOT_FOUND, entity_type.name, java_text(values))
    return entity


def _readable(session: Session, entity: StoredEntity) -> StoredEntity:
    session.caller.require_read(entity.collection, f"read entity: guid={entity.guid}")
    return entity


def _reader(session: Session, call: ApiCall) -> Reader:
    return Reader(
        session,
        relationships=not call.flag("ignoreRelationships"),
        minimal=call.flag("minExtInfo"),
        exclude=call.values("excludeRelationshipTypes"),
    )


def _check_unique(entity_type: EntityType, values: Mapping[str, Any]) -> None:
    if not values:
        raise AtlasError(NOT_UNIQUE_ATTRIBUTE, entity_type.name, "")
    for name in values:
        if name not in entity_type.unique_attributes:
            raise AtlasError(NOT_UNIQUE_ATTRIBUTE, entity_type.name, name)
