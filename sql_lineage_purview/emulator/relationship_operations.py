"""The operations on relationships.

Source: `RelationshipREST` and `AtlasRelationshipStoreV2` of Apache Atlas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .changes import EntityChanges
from .edges import connect, disconnect
from .entity_reading import header
from .error_codes import (
    END_CHANGED,
    END_NOT_FOUND,
    PARAMETERS_INVALID,
    RELATIONSHIP_DELETED,
    RELATIONSHIP_EXISTS,
    RELATIONSHIP_INVALID,
    RELATIONSHIP_NOT_FOUND,
    RELATIONSHIP_TYPE_CHANGED,
    VALUE_INVALID,
    AtlasError,
)
from .incoming import ObjectId, expect_object
from .values import normalized, problems

if TYPE_CHECKING:
    from .exchange import ApiCall
    from .records import StoredEntity, StoredRelationship
    from .registry import End, JsonObject
    from .session import Session


def create(session: Session, call: ApiCall) -> JsonObject:
    """POST /relationship.

    The ends may come in either order; an edge of the type between the two is refused.

    Raises:
        AtlasError: the type or an end is unknown; or the two are related already, and
            the emulator is set to refuse that.
    """
    body = expect_object(call.body if call.body is not None else {}, "request body")
    # both before the type: of two faults a client sees that of the ends
    entities = [_find_end(session, body, "end1"), _find_end(session, body, "end2")]
    name = body.get("typeName")
    ends = session.registry.ends(str(name))
    if ends is None:
        raise AtlasError(VALUE_INVALID, f"unknown relationship type'{name}'")
    for entity, end in zip(entities, ends, strict=True):
        if entity is None:
            # 400 and not 404, whichever end is missing, with the type that the definition asks for
            raise AtlasError(END_NOT_FOUND, end.owner)
    first, second = _in_order(
        session, ends[0], [entity for entity in entities if entity is not None]
    )
    for entity in (first, second):
        session.caller.require_write(entity.collection, f"add relationship: type={name}")
    attributes = _attributes(session, ends[0].relationship, body)
    existing = session.store.relationships_at(first.guid, ends[0].relationship, 1)
    for relationship in existing:
        if relationship.end2 == second.guid:
            if session.behaviour.switches.existing_relationships == "ignore":
                return _shown(session, relationship)
            raise AtlasError(RELATIONSHIP_EXISTS, name, first.guid, second.guid)
    changes = EntityChanges()
    relationship = connect(session, ends[0], (first.guid, second.guid), attributes, changes)
    changes.answer(session)
    return _shown(session, relationship)


def update(session: Session, call: ApiCall) -> JsonObject:
    """PUT /relationship: new attributes; the type and the ends may not change.

    Raises:
        AtlasError: the request names another type or another end.
    """
    body = expect_object(call.body if call.body is not None else {}, "request body")
    stored = _by_guid(session, str(body.get("guid")))
    if body.get("typeName") not in (None, stored.type_name):
        raise AtlasError(RELATIONSHIP_TYPE_CHANGED, stored.guid, stored.type_name, body["typeName"])
    for side in (1, 2):
        if body.get(f"end{side}") is None:
            continue
        entity = _find_end(session, body, f"end{side}")
        if entity is not None and entity.guid != stored.end(side):
            raise AtlasError(
                END_CHANGED, stored.type_name, stored.guid, stored.end(side), entity.guid
            )
    _require_write(session, stored)
    # what is not supplied stays
    attributes = {**stored.attributes, **_attributes(session, stored.type_name, body)}
    revised = replace(
        stored, attributes=attributes, updated=session.now, revision=stored.revision + 1
    )
    session.store.replace_relationship(revised)
    return _shown(session, revised)


def get(session: Session, call: ApiCall) -> JsonObject:
    """GET /relationship/guid/{guid}; with `extendedInfo` the headers of both ends."""
    stored = _by_guid(session, call.places["guid"])
    answer: JsonObject = {"relationship": _shown(session, stored)}
    if call.flag("extendedInfo"):
        ends = (session.store.entity(guid) for guid in (stored.end1, stored.end2))
        answer["referredEntities"] = {
            entity.guid: header(entity) for entity in ends if entity is not None
        }
    return answer


def delete(session: Session, call: ApiCall) -> None:
    """DELETE /relationship/guid/{guid}.

    Raises:
        AtlasError: it is deleted already.
    """
    stored = _by_guid(session, call.places["guid"])
    if stored.status == "DELETED":
        raise AtlasError(RELATIONSHIP_DELETED, stored.guid)
    _require_write(session, stored)
    changes = EntityChanges()
    disconnect(session, stored, changes)
    changes.answer(session)


def _by_guid(session: Session, guid: str) -> StoredRelationship:
    stored = session.store.relationship(guid)
    if stored is None:
        raise AtlasError(RELATIONSHIP_NOT_FOUND, guid)
    return stored


def _require_write(session: Session, stored: StoredRelationship) -> None:
    for guid in (stored.end1, stored.end2):
        entity = session.store.entity(guid)
        if entity is not None:
            session.caller.require_write(
                entity.collection, f"change relationship: guid={stored.guid}"
            )


def _find_end(session: Session, body: JsonObject, name: str) -> StoredEntity | None:
    if body.get(name) is None:
        raise AtlasError(PARAMETERS_INVALID, f"{name} is null")
    reference = ObjectId.read(body[name])
    if reference.guid is not None:
        entity = session.store.entity(reference.guid)
    else:
        entity = session.find(session.entity_type(reference.type_name), dict(reference.unique))
    return entity if entity is not None and entity.active else None


def _in_order(session: Session, first: End, entities: list[StoredEntity]) -> list[StoredEntity]:
    """The entities in the order of the definition, where their types tell it; else as given."""
    entity1, entity2 = entities
    fits = session.registry.is_a(entity1.type_name, first.owner) and session.registry.is_a(
        entity2.type_name, first.target
    )
    swapped = session.registry.is_a(entity1.type_name, first.target) and session.registry.is_a(
        entity2.type_name, first.owner
    )
    return [entity2, entity1] if swapped and not fits else [entity1, entity2]


def _attributes(session: Session, type_name: str, body: JsonObject) -> dict[str, Any]:
    values = expect_object(body.get("attributes") or {}, "attributes")
    attributes: dict[str, Any] = {}
    for attribute in session.registry.typedefs[type_name].attributes:
        value = values.get(attribute.name)
        where = f"{type_name}.{attribute.name}"
        if value is None and not attribute.optional:
            raise AtlasError(
                RELATIONSHIP_INVALID,
                f"{where}: mandatory attribute value missing in type {type_name}",
            )
        first = next(problems(session.registry, attribute, value, where), None)
        if first is not None:
            raise AtlasError(RELATIONSHIP_INVALID, first)
        if attribute.name in values:
            attributes[attribute.name] = (
                None if value is None else normalized(session.registry, attribute, value)
            )
    return attributes


def _shown(session: Session, stored: StoredRelationship) -> JsonObject:
    return {
        "typeName": stored.type_name,
        "attributes": stored.attributes,
        "guid": stored.guid,
        "end1": _shown_end(session, stored.end1),
        "end2": _shown_end(session, stored.end2),
        "label": f"r:{stored.type_name}",
        "propagatedClassifications": [],
        "provenanceType": 0,
        "status": stored.status,
        "createdBy": "emulator",
        "updatedBy": "emulator",
        "createTime": stored.created,
        "updateTime": stored.updated,
        "version": 0,
        "lastModifiedTS": str(stored.revision),
    }


def _shown_end(session: Session, guid: str) -> JsonObject:
    entity = session.store.entity(guid)
    if entity is None:
        return {"guid": guid}
    return {
        "guid": guid,
        "typeName": entity.type_name,
        "uniqueAttributes": {"qualifiedName": entity.qualified_name},
    }
