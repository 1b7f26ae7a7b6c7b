"""Relationships between entities: made, replaced as a whole, and taken away with what they own.

Source: `EntityGraphMapper` and `AtlasRelationshipStoreV2` of Apache Atlas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from .error_codes import END_TYPES_INVALID, REFERENCE_NOT_FOUND, AtlasError
from .records import StoredRelationship

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .changes import EntityChanges
    from .registry import End, JsonObject
    from .session import Session


class Target(Struct, frozen=True):
    """What an end shall lead to: a stored entity, and the attributes of the relationship."""

    guid: str
    attributes: JsonObject


def replace_targets(
    session: Session, owner: str, end: End, targets: Sequence[Target], changes: EntityChanges
) -> bool:
    """Make an end lead to exactly these entities: missing relationships are made, others removed.

    What a container no longer lists dies, as with the columns of a table.

    Returns:
        Whether anything changed.

    Raises:
        AtlasError: An entity is of a type that this end may not lead to, such as a Process among
            the inputs.

    Args:
        session: the request's.
        owner: the guid of the entity that has the attribute.
        end: the relationship, seen from the owner.
        targets: what the end shall lead to; of two with one guid the last counts.
        changes: takes what is created, updated and deleted.
    """
    # The ends are 1 and 2: `3 - side` is the opposite one.
    current = {
        relationship.end(3 - end.side): relationship
        for relationship in session.store.relationships_at(owner, end.relationship, end.side)
    }
    targets_by_guid = {target.guid: target for target in targets}
    gone = [relationship for guid, relationship in current.items() if guid not in targets_by_guid]
    for relationship in gone:
        disconnect(session, relationship, changes)
        if end.owns:
            delete_entities(session, [relationship.end(3 - end.side)], changes)
    changed = [
        _set_target(session, owner, end, target, current.get(target.guid), changes)
        for target in targets_by_guid.values()
    ]
    return bool(gone) or any(changed)


def connect(
    session: Session,
    first: End,
    ends: tuple[str, str],
    attributes: JsonObject,
    changes: EntityChanges,
) -> StoredRelationship:
    """Make a relationship. An end that holds only one leaves the one it had.

    Args:
        session: The catalogue.
        first: End 1 of the relationship type.
        ends: The guids in the order of the definition.
        attributes: Attributes of the relationship.
        changes: Takes both entities as updated.
    """
    check_end_types(session, first, ends)
    if not first.many:
        _release(session, ends[0], first, 1, changes)
    if not first.other_many:
        _release(session, ends[1], first, 2, changes)
    relationship = StoredRelationship(
        str(uuid4()), first.relationship, *ends, "ACTIVE", attributes, session.now, session.now, 1
    )
    session.store.add_relationship(relationship)
    changes.updated.update(dict.fromkeys(ends))
    return relationship


def disconnect(session: Session, relationship: StoredRelationship, changes: EntityChanges) -> None:
    """Take a relationship away; both entities count as updated."""
    _delete_relationship(session, relationship)
    changes.updated.update(dict.fromkeys((relationship.end1, relationship.end2)))


def delete_entities(session: Session, guids: Sequence[str], changes: EntityChanges) -> None:
    """Delete entities, what they own, and all their relationships; neighbours count as updated.

    A deleted entity stays and can be read by its guid, with `status` DELETED, unless deletes are
    hard; its qualified name is free again. What does not exist, or is deleted already, is passed
    over. Source: `DeleteHandlerV1`, `SoftDeleteHandlerV1`.
    """
    # A list of its own, as what owns what may be deep; in reverse, so that it is popped in order.
    waiting = list(reversed(guids))
    while waiting:
        entity = session.store.entity(waiting.pop())
        if entity is None or not entity.active:
            continue
        session.caller.require_write(entity.collection, f"delete entity: guid={entity.guid}")
        deleted = replace(
            entity, status="DELETED", updated=session.now, revision=entity.revision + 1
        )
        changes.deleted[entity.guid] = deleted
        if session.behaviour.switches.deletes == "hard":
            session.store.remove_entity(entity.guid)
        else:
            session.store.replace_entity(deleted)
        for relationship in session.store.relationships_of(entity.guid):
            _delete_relationship(session, relationship)
            neighbour = relationship.opposite(entity.guid)
            changes.updated[neighbour] = None
            if _owns(session, relationship, entity.guid):
                waiting.append(neighbour)


def check_end_types(session: Session, first: End, ends: tuple[str, str]) -> None:
    """Are the two entities of the types that the relationship joins?

    Raises:
        AtlasError: They are not, or one does not exist.
    """
    type_names = []
    for guid in ends:
        entity = session.store.entity(guid)
        if entity is None:
            raise AtlasError(REFERENCE_NOT_FOUND, guid)
        type_names.append(entity.type_name)
    if not (
        session.registry.is_a(type_names[0], first.owner)
        and session.registry.is_a(type_names[1], first.target)
    ):
        raise AtlasError(END_TYPES_INVALID, first.relationship, *type_names)


def _set_target(
    session: Session,
    owner: str,
    end: End,
    target: Target,
    current: StoredRelationship | None,
    changes: EntityChanges,
) -> bool:
    if current is None:
        ends = (owner, target.guid) if end.side == 1 else (target.guid, owner)
        first = session.registry.ends(end.relationship)
        if first is None:
            return False
        connect(session, first[0], ends, target.attributes, changes)
        return True
    attributes = {**current.attributes, **target.attributes}
    if attributes == current.attributes:
        return False
    revised = replace(
        current, attributes=attributes, updated=session.now, revision=current.revision + 1
    )
    session.store.replace_relationship(revised)
    changes.updated.update(dict.fromkeys((current.end1, current.end2)))
    return True


def _delete_relationship(session: Session, relationship: StoredRelationship) -> None:
    if session.behaviour.switches.deletes == "hard":
        session.store.remove_relationship(relationship.guid)
    else:
        session.store.delete_relationship(relationship, now=session.now)


def _release(session: Session, guid: str, first: End, side: int, changes: EntityChanges) -> None:
    for relationship in session.store.relationships_at(guid, first.relationship, side):
        disconnect(session, relationship, changes)


def _owns(session: Session, relationship: StoredRelationship, guid: str) -> bool:
    ends = session.registry.ends(relationship.type_name)
    if ends is None:
        return False
    return ends[0 if relationship.end1 == guid else 1].owns
