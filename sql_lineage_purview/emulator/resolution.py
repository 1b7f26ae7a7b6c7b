"""Steps 1 to 3 of a change: what a request holds, and what of it is stored.

They find which entities and references a request holds, and which stored entities these are.

Source: `AtlasEntityGraphDiscoveryV2`, `IDBasedEntityResolver` and `UniqAttrBasedEntityResolver` of
Apache Atlas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from .error_codes import REFERENCE_NOT_FOUND, AtlasError
from .incoming import ObjectId, is_assigned
from .registry import element_type, map_types
from .values import is_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .incoming import Incoming, Stream
    from .registry import EntityType, Registry
    from .session import Session


class _TypeDiscovery(Struct):
    """What a request mentions, in its order: guids, and references by unique attributes."""

    guids: list[str] = field(default_factory=list)
    unique: dict[str, ObjectId] = field(default_factory=dict)
    _guid_set: set[str] = field(default_factory=set)

    def note_guid(self, guid: str) -> None:
        """Add a guid once."""
        if guid not in self._guid_set:
            self._guid_set.add(guid)
            self.guids.append(guid)

    def note(self, reference: ObjectId) -> None:
        """Add a reference once."""
        if reference.guid is not None:
            self.note_guid(reference.guid)
        else:
            self.unique.setdefault(reference.key, reference)


class Resolution(Struct):
    """Which stored entity each guid and each reference by unique attributes is."""

    guids: dict[str, str] = field(default_factory=dict)
    unique: dict[str, str] = field(default_factory=dict)

    def guid(self, reference: ObjectId) -> str:
        """The stored guid that a reference means.

        Raises:
            AtlasError: It was never resolved.
        """
        by_guid = reference.guid is not None
        guid = self.guids.get(reference.guid or "") if by_guid else self.unique.get(reference.key)
        if guid is None:
            raise AtlasError(REFERENCE_NOT_FOUND, reference.guid or reference)
        return guid


def discover(session: Session, stream: Stream) -> _TypeDiscovery:
    """Step 1: walk the entities, then those of `referredEntities` that they mention.

    Note all references.

    Raises:
        AtlasError: An entity has an unknown type, or a reference is none.
    """
    discovery = _TypeDiscovery()
    walked: set[str] = set()
    for entity in stream:
        _walk(session, entity, discovery)
        walked.add(entity.guid)
    # The list grows while it is walked: a referred entity may mention others.
    for guid in discovery.guids:
        referred = stream.find(guid) if guid not in walked else None
        if referred is not None:
            _walk(session, referred, discovery)
    return discovery


def resolve_by_guid(
    session: Session, stream: Stream, discovery: _TypeDiscovery, resolution: Resolution
) -> None:
    """Step 2: a guid is that of a stored entity, or a placeholder of an entity in the request.

    An entity in the request that is not found by guid is looked up by its unique attributes: that
    makes the upsert.

    Raises:
        AtlasError: A guid is in neither place.

    Args:
        session: the request's.
        stream: the entities of the request.
        discovery: the guids that the request mentions.
        resolution: takes the stored guid of each.
    """
    for guid in discovery.guids:
        stored = session.store.entity(guid) if is_assigned(guid) else None
        entity = stream.find(guid)
        accepted = entity is None and session.behaviour.switches.deleted_references == "accept"
        if stored is not None and not (stored.active or accepted):
            stored = None
        if stored is None and entity is not None:
            stored = session.find(session.entity_type(entity.type_name), entity.attributes)
        if stored is not None:
            session.caller.require_read(stored.collection, f"read entity: guid={stored.guid}")
            resolution.guids[guid] = stored.guid
        elif entity is None or is_assigned(guid):
            raise AtlasError(REFERENCE_NOT_FOUND, guid)


def resolve_by_unique_attributes(
    session: Session, discovery: _TypeDiscovery, resolution: Resolution
) -> None:
    """Step 3: a reference by unique attributes must already be stored.

    An entity of the same request does not count.

    Raises:
        AtlasError: The type is unknown, or there is no such entity.
    """
    for key, reference in discovery.unique.items():
        stored = session.find(session.entity_type(reference.type_name), dict(reference.unique))
        if stored is None:
            raise AtlasError(REFERENCE_NOT_FOUND, reference)
        session.caller.require_read(stored.collection, f"read entity: guid={stored.guid}")
        resolution.unique[key] = stored.guid


def _walk(session: Session, entity: Incoming, discovery: _TypeDiscovery) -> None:
    entity_type = session.entity_type(entity.type_name)
    discovery.note_guid(entity.guid)
    for reference in _references(session.registry, entity, entity_type):
        discovery.note(reference)


def _references(
    registry: Registry, entity: Incoming, entity_type: EntityType
) -> Iterator[ObjectId]:
    """Attributes of relationships first, wherever the client put them.

    Then declared attributes that hold references.
    """
    for name, ends in entity_type.ends.items():
        values = entity.relationships if name in entity.relationships else entity.attributes
        yield from _references_in(registry, ends[0].type_name, values.get(name))
    for name, attribute in entity_type.attributes.items():
        if name not in entity_type.ends:
            yield from _references_in(registry, attribute.type_name, entity.attributes.get(name))


def _references_in(registry: Registry, type_name: str, value: Any) -> Iterator[ObjectId]:
    if value is None:
        return
    element, pair = element_type(type_name), map_types(type_name)
    if element is not None and isinstance(value, list):
        for inner in value:
            yield from _references_in(registry, element, inner)
    elif pair is not None and isinstance(value, dict):
        for inner in value.values():
            yield from _references_in(registry, pair[1], inner)
    elif element is None and pair is None and is_reference(registry, type_name):
        yield ObjectId.read(value)
