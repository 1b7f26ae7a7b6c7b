"""How the Data Map shows entities: headers, and whole entities with their relationships.

Source: `EntityGraphRetriever` of Apache Atlas; members as captured from Purview (`collectionId`,
`lastModifiedTS`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .values import default_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import Status, StoredEntity, StoredRelationship
    from .registry import End, EntityType, JsonObject
    from .session import Session

_CALLER = "emulator"


def header(entity: StoredEntity, *, more: Iterable[str] = ()) -> JsonObject:
    """The short form of an entity.

    It has the entity's names, and the further attributes asked for where the entity has them.
    """
    shown = ("qualifiedName", "name", *more)
    return {
        "typeName": entity.type_name,
        "attributes": {
            name: entity.attributes[name]
            for name in shown
            if entity.attributes.get(name) is not None
        },
        "guid": entity.guid,
        "status": entity.status,
        "displayText": entity.display_text,
        "classificationNames": list(entity.classifications),
        "meaningNames": [],
        "meanings": [],
        "isIncomplete": False,
        "labels": entity.extras.get("labels", []),
        "collectionId": entity.collection,
        "lastModifiedTS": str(entity.revision),
    }


class Reader:
    """A reader that shows entities, and gathers what they own as `referred`.

    For example, the columns of a table come with the table.
    """

    def __init__(
        self,
        session: Session,
        *,
        relationships: bool = True,
        minimal: bool = False,
        exclude: Iterable[str] = (),
    ) -> None:
        self._session = session
        self._relationships = relationships
        self._minimal = minimal
        self._exclude = frozenset(exclude)
        self._types: dict[str, EntityType] = {}
        self.referred: dict[str, JsonObject] = {}

    def read(self, entities: Iterable[StoredEntity]) -> list[JsonObject]:
        """The entities in full; call it once, then look at `referred`."""
        asked = list(entities)
        shown = {entity.guid for entity in asked}
        owned: list[str] = []
        bodies = [self._show(entity, owned) for entity in asked]
        while owned:
            guid = owned.pop(0)
            child = (
                self._session.store.entity(guid)
                if guid not in self.referred and guid not in shown
                else None
            )
            if child is not None:
                self.referred[guid] = self._show_owned(child, owned)
        return bodies

    def _show_owned(self, entity: StoredEntity, owned: list[str]) -> JsonObject:
        body = self._show(entity, owned)
        if self._minimal:
            body = {
                key: value
                for key, value in body.items()
                if key not in ("relationshipAttributes", "sourceDetails", "contacts")
            }
        return body

    def _show(self, entity: StoredEntity, owned: list[str]) -> JsonObject:
        entity_type = self._type(entity.type_name)
        related = self._related(entity, entity_type, owned)
        attributes = {
            name: _shown_value(entity, name, entity_type) for name in entity_type.attributes
        }
        # Attributes that are ends too, such as a process' inputs, show among the attributes in
        # their short form.
        for name in attributes.keys() & related.keys():
            attributes[name] = _short(related[name], entity.status)
        body: JsonObject = {
            "typeName": entity.type_name,
            "attributes": attributes,
            "lastModifiedTS": str(entity.revision),
            "guid": entity.guid,
            "status": entity.status,
            "createdBy": _CALLER,
            "updatedBy": _CALLER,
            "createTime": entity.created,
            "updateTime": entity.updated,
            "version": 0,
            "collectionId": entity.collection,
            "sourceDetails": {},
            "contacts": {},
            "labels": [],
            **entity.extras,
        }
        if self._relationships:
            body["relationshipAttributes"] = related
        return body

    def _type(self, name: str) -> EntityType:
        if name not in self._types:
            self._types[name] = self._session.entity_type(name)
        return self._types[name]

    def _related(
        self, entity: StoredEntity, entity_type: EntityType, owned: list[str]
    ) -> JsonObject:
        by_type: dict[str, list[StoredRelationship]] = {}
        listed = self._session.behaviour.switches.deleted_relations == "list" and entity.active
        for relationship in self._session.store.relationships_of(
            entity.guid, status=None if listed else entity.status
        ):
            by_type.setdefault(relationship.type_name, []).append(relationship)
        shown: JsonObject = {}
        for name, every in entity_type.ends.items():
            ends = tuple(end for end in every if end.relationship not in self._exclude)
            # A table that thousands of processes read must not be read with all of them where
            # nobody asks for that.
            if not ends or not (self._relationships or name in entity_type.attributes):
                continue
            values = [
                value
                for end in ends
                for value in self._values(entity, end, by_type.get(end.relationship, []), owned)
            ]
            if any(end.many for end in ends):
                shown[name] = values
            else:
                shown[name] = next(
                    (value for value in values if value["relationshipStatus"] == "ACTIVE"),
                    values[-1] if values else None,
                )
        return shown

    def _values(
        self,
        entity: StoredEntity,
        end: End,
        relationships: list[StoredRelationship],
        owned: list[str],
    ) -> list[JsonObject]:
        values = []
        for relationship in relationships:
            if relationship.end(end.side) != entity.guid:
                continue
            neighbour = self._session.store.entity(relationship.end(3 - end.side))
            if neighbour is None:
                continue
            values.append(_related_object(neighbour, relationship))
            if end.owns and neighbour.status == entity.status:
                owned.append(neighbour.guid)
        return values


def _related_object(entity: StoredEntity, relationship: StoredRelationship) -> JsonObject:
    return {
        "guid": entity.guid,
        "typeName": entity.type_name,
        "entityStatus": entity.status,
        "displayText": entity.display_text,
        "relationshipType": relationship.type_name,
        "relationshipGuid": relationship.guid,
        "relationshipStatus": relationship.status,
        "relationshipAttributes": {
            "typeName": relationship.type_name,
            "attributes": relationship.attributes,
        },
    }


def _shown_value(entity: StoredEntity, name: str, entity_type: EntityType) -> object:
    if name in entity.attributes:
        return entity.attributes[name]
    # An attribute that its type got later.
    return default_value(entity_type.attributes[name])


def _short(value: object, status: Status) -> object:
    """The short form of what an entity of a status is related to now."""
    if isinstance(value, list):
        return [short for inner in value if (short := _short(inner, status)) is not None]
    if not isinstance(value, dict) or value["relationshipStatus"] != status:
        return None
    return {"guid": value["guid"], "typeName": value["typeName"]}
