"""Entities and relationships as the catalogue keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from .registry import JsonObject

Status = Literal["ACTIVE", "DELETED"]


class StoredEntity(Struct, frozen=True):
    """An entity as kept. `revision` counts its changes from 1; times are milliseconds since 1970.

    `extras` are members beside the attributes that a client may send: labels, customAttributes,
    contacts and the like.
    """

    guid: str
    type_name: str
    qualified_name: str | None
    status: Status
    attributes: JsonObject
    extras: JsonObject
    collection: str
    created: int
    updated: int
    revision: int

    @property
    def active(self) -> bool:
        """Has it not been deleted?"""
        return self.status == "ACTIVE"

    @property
    def classifications(self) -> tuple[str, ...]:
        """The names of its classifications."""
        return tuple(each["typeName"] for each in self.extras.get("classifications", ()))

    @property
    def display_text(self) -> str:
        """What lists show for it."""
        shown = (
            self.attributes.get("name") or self.attributes.get("displayName") or self.qualified_name
        )
        return str(shown or self.guid)


class StoredRelationship(Struct, frozen=True):
    """A relationship as kept; `end1` and `end2` are guids in the order of the definition's ends."""

    guid: str
    type_name: str
    end1: str
    end2: str
    status: Status
    attributes: JsonObject
    created: int
    updated: int
    revision: int

    def end(self, side: int) -> str:
        """The guid at end 1 or 2."""
        return self.end1 if side == 1 else self.end2

    def opposite(self, guid: str) -> str:
        """The guid at the other end."""
        return self.end2 if guid == self.end1 else self.end1
