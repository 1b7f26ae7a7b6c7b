"""What a client sends, read from JSON: entities with placeholder guids, and their references.

The references are those between the entities.

Source: `AtlasEntity`, `AtlasObjectId` and `AtlasEntityStream` of Apache Atlas.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from .error_codes import BAD_REQUEST, OBJECT_ID_INVALID, PARAMETERS_INVALID, AtlasError
from .values import is_object_id, java_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .registry import JsonObject

EXTRAS = ("labels", "customAttributes", "contacts", "businessAttributes", "sourceDetails")
"""Members of an entity beside its attributes that are kept and given back."""


@dataclass(frozen=True, slots=True)
class ObjectId:
    """A reference to an entity, by guid or by type and unique attributes.

    A placeholder guid begins with `-`.
    """

    guid: str | None
    type_name: str | None
    unique: tuple[tuple[str, Any], ...]
    relationship: str | None = None
    relationship_attributes: JsonObject = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        unique = ", ".join(f"{name}:{java_text(value)}" for name, value in self.unique)
        guid, type_name = java_text(self.guid), java_text(self.type_name)
        return (
            f"AtlasObjectId{{guid='{guid}', typeName='{type_name}', uniqueAttributes={{{unique}}}}}"
        )

    @property
    def key(self) -> str:
        """The text by which equal references by unique attributes are recognised."""
        return f"{self.type_name} {java_text(dict(sorted(self.unique)))}"

    @classmethod
    def read(cls, value: object) -> ObjectId:
        """The reference that a JSON value is.

        Raises:
            AtlasError: It is none.
        """
        if not isinstance(value, dict):
            raise AtlasError(OBJECT_ID_INVALID, java_text(value))
        unique = value.get("uniqueAttributes")
        struct = value.get("relationshipAttributes")
        attributes = struct.get("attributes") if isinstance(struct, dict) else None
        guid = value.get("guid")
        reference = cls(
            guid=java_text(guid) if guid not in (None, "") else None,
            type_name=value.get("typeName"),
            unique=tuple(unique.items()) if isinstance(unique, dict) else (),
            relationship=value.get("relationshipType"),
            relationship_attributes=attributes if isinstance(attributes, dict) else {},
        )
        if not is_object_id(value):
            raise AtlasError(OBJECT_ID_INVALID, reference)
        return reference


class Incoming(Struct):
    """An entity as sent. Its dictionaries are its own: the steps of the pipeline change them.

    A `collection` goes before that of the request.
    """

    guid: str
    type_name: str | None
    attributes: JsonObject
    relationships: JsonObject
    extras: JsonObject
    classifications: list[Any] = msgspec.field(default_factory=list)
    collection: str | None = None

    @classmethod
    def read(cls, value: object, *, guid: str | None = None) -> Incoming:
        """The entity that a JSON value is.

        Args:
            value: The JSON of the entity. Without a guid it gets a placeholder, as the Java class
                does.
            guid: The guid to use where it has none.

        Raises:
            AtlasError: It is no entity, or its guid is null or empty.
        """
        if value is None:
            raise AtlasError(PARAMETERS_INVALID, "found null entity")
        body = expect_object(value, "entity")
        sent_guid = body.get("guid", guid or f"-{uuid4().int}")
        if sent_guid in (None, ""):
            raise AtlasError(OBJECT_ID_INVALID, f"invalid guid {java_text(sent_guid)}")
        type_name = body.get("typeName")
        return cls(
            guid=java_text(sent_guid),
            type_name=type_name if type_name is None else java_text(type_name),
            attributes=dict(expect_object(body.get("attributes") or {}, "attributes")),
            relationships=dict(
                expect_object(body.get("relationshipAttributes") or {}, "relationshipAttributes")
            ),
            extras={name: body[name] for name in EXTRAS if body.get(name) is not None},
            classifications=expect_list(body.get("classifications") or [], "classifications"),
        )

    def copy(self) -> Incoming:
        """The same, with dictionaries of its own."""
        return replace(
            self,
            attributes=dict(self.attributes),
            relationships=dict(self.relationships),
            extras=dict(self.extras),
        )


class Stream:
    """The entities of one request: those to create or update, and those they only refer to."""

    def __init__(self, entities: list[Incoming], referred: list[Incoming]) -> None:
        self._entities = entities
        self._referred = referred
        self._by_guid: dict[str, Incoming] = {}
        # Of several entities with one guid the first counts; a referred one goes before all.
        for entity in (*referred, *entities):
            self._by_guid.setdefault(entity.guid, entity)

    @classmethod
    def read(cls, body: object, member: str) -> Stream:
        """The entities of a request body.

        Args:
            body: The JSON of the request.
            member: `entity` for one entity, `entities` for many.

        Raises:
            AtlasError: the body has no entity.
        """
        document = expect_object(body if body is not None else {}, "request body")
        if member == "entity":
            raw = [document["entity"]] if document.get("entity") is not None else []
        else:
            raw = expect_list(document.get("entities") or [], "entities")
        if not raw:
            raise AtlasError(PARAMETERS_INVALID, "no entities to create/update.")
        referred = expect_object(document.get("referredEntities") or {}, "referredEntities")
        return cls(
            [Incoming.read(entity) for entity in raw],
            [Incoming.read(entity, guid=guid) for guid, entity in referred.items()],
        )

    def __iter__(self) -> Iterator[Incoming]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def all(self) -> Iterator[Incoming]:
        """The entities to write, and those that they may refer to."""
        return iter((*self._entities, *self._referred))

    def head(self, count: int) -> Stream:
        """The first entities, in a form of their own."""
        return Stream(
            [each.copy() for each in self._entities[:count]],
            [each.copy() for each in self._referred],
        )

    def find(self, guid: str) -> Incoming | None:
        """The entity of that guid in this request."""
        return self._by_guid.get(guid)


def is_assigned(guid: str) -> bool:
    """Is this a guid of the catalogue, and not a placeholder?"""
    return not guid.startswith("-")


def expect_object(value: object, what: str) -> JsonObject:
    """The value as a JSON object.

    Raises:
        AtlasError: It is something else.
    """
    if not isinstance(value, dict):
        raise AtlasError(BAD_REQUEST, f"{what}: expected an object, found {java_text(value)[:100]}")
    return value


def expect_list(value: object, what: str) -> list[Any]:
    """The value as a JSON list.

    Raises:
        AtlasError: It is something else.
    """
    if not isinstance(value, list):
        raise AtlasError(BAD_REQUEST, f"{what}: expected a list, found {java_text(value)[:100]}")
    return value
