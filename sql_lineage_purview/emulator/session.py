"""One request's view of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .error_codes import TYPE_UNKNOWN, AtlasError
from .registry import Category
from .values import java_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .access import Caller
    from .behaviour import Behaviour
    from .records import StoredEntity
    from .registry import EntityType, Registry
    from .store import Store


class Session(Struct):
    """What a request works with in one transaction: the store, types, time and caller.

    The types are as they stand now, and the time is in milliseconds since 1970.
    """

    store: Store
    registry: Registry
    behaviour: Behaviour
    now: int
    caller: Caller

    def entity_type(self, name: str | None) -> EntityType:
        """The entity type of that name.

        Raises:
            AtlasError: There is none.
        """
        entity_type = self.registry.entity_type(name)
        if entity_type is None:
            raise AtlasError(TYPE_UNKNOWN, Category.ENTITY.value, java_text(name))
        return entity_type

    def find(self, entity_type: EntityType, values: Mapping[str, object]) -> StoredEntity | None:
        """The active entity with these unique attributes: of that very type, else of a subtype.

        Values compare exactly, case included. Source: `AtlasGraphUtilsV2.findByUniqueAttributes`.
        """
        for name in entity_type.unique_attributes:
            value = values.get(name)
            if value is None:
                continue
            text = java_text(value)
            candidates = (
                self.store.named(text)
                if name == "qualifiedName"
                else self.store.with_attribute(name, text)
            )
            entity = self._nearest(candidates, entity_type.name)
            if entity is not None:
                return entity
        return None

    def _nearest(self, candidates: list[StoredEntity], type_name: str) -> StoredEntity | None:
        subtypes = self.registry.with_subtypes(type_name)
        matching = [candidate for candidate in candidates if candidate.type_name in subtypes]
        exact = [candidate for candidate in matching if candidate.type_name == type_name]
        return next(iter(exact or matching), None)
