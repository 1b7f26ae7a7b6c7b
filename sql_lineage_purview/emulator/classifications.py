"""Classifications of entities: given, changed, read and taken away.

Nothing spreads along lineage by itself.

Source: `EntityREST` and `EntityGraphMapper.addClassifications` of Apache Atlas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .error_codes import (
    CLASSIFICATION_MISSING,
    CLASSIFICATION_UNKNOWN,
    INSTANCE_INVALID,
    PARAMETERS_INVALID,
    AtlasError,
)
from .incoming import expect_object
from .registry import Category
from .values import java_text, normalized, problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .records import StoredEntity
    from .registry import JsonObject
    from .session import Session


def read_classification(session: Session, raw: object, guid: str) -> JsonObject:
    """A classification as it is kept on the entity of that guid.

    Raises:
        AtlasError: It is of no known type, or its attributes do not fit.
    """
    body = expect_object(raw, "classification")
    name = java_text(body.get("typeName"))
    typedef = session.registry.find(name, Category.CLASSIFICATION)
    if typedef is None:
        raise AtlasError(CLASSIFICATION_UNKNOWN, name)
    values = expect_object(body.get("attributes") or {}, "attributes")
    attributes: dict[str, Any] = {}
    for attribute in typedef.attributes:
        value = values.get(attribute.name)
        first = next(problems(session.registry, attribute, value, f"{name}.{attribute.name}"), None)
        if first is not None:
            raise AtlasError(INSTANCE_INVALID, first)
        if value is not None:
            attributes[attribute.name] = normalized(session.registry, attribute, value)
    return {
        "typeName": name,
        "attributes": attributes,
        "entityGuid": guid,
        "entityStatus": "ACTIVE",
        "propagate": bool(body.get("propagate", False)),
        "removePropagationsOnEntityDelete": bool(
            body.get("removePropagationsOnEntityDelete", False)
        ),
        "validityPeriods": body.get("validityPeriods") or [],
    }


def classify(session: Session, entity: StoredEntity, raw: Sequence[object]) -> None:
    """Add classifications.

    Raises:
        AtlasError: The entity has one of them already, or one is none.
    """
    if not raw:
        raise AtlasError(PARAMETERS_INVALID, "classifications(s) not specified")
    added = [read_classification(session, each, entity.guid) for each in raw]
    for each in added:
        if each["typeName"] in entity.classifications:
            raise AtlasError(
                PARAMETERS_INVALID,
                f"entity: {entity.guid}, already associated with "
                f"classification: {each['typeName']}",
            )
    _keep(session, entity, [*entity.extras.get("classifications", ()), *added])


def reclassify(session: Session, entity: StoredEntity, raw: Sequence[object]) -> None:
    """Replace the attributes of classifications that the entity has.

    Raises:
        AtlasError: It lacks one of them, or one is none.
    """
    changed = {
        each["typeName"]: each
        for each in (read_classification(session, each, entity.guid) for each in raw)
    }
    # all of them before any is written
    for name in changed:
        _find(entity, name)
    _keep(
        session,
        entity,
        [changed.get(each["typeName"], each) for each in entity.extras["classifications"]],
    )


def set_classifications(session: Session, entity: StoredEntity, raw: Sequence[object]) -> None:
    """Give the entity exactly these classifications."""
    _keep(session, entity, [read_classification(session, each, entity.guid) for each in raw])


def declassify(session: Session, entity: StoredEntity, name: str) -> None:
    """Take a classification away.

    Raises:
        AtlasError: The entity does not have it.
    """
    gone = _find(entity, name)
    _keep(session, entity, [each for each in entity.extras["classifications"] if each is not gone])


def classification_of(entity: StoredEntity, name: str) -> JsonObject:
    """One classification of an entity.

    Raises:
        AtlasError: The entity does not have it.
    """
    return _find(entity, name)


def _find(entity: StoredEntity, name: str) -> JsonObject:
    for each in entity.extras.get("classifications", ()):
        if each["typeName"] == name:
            classification: JsonObject = each
            return classification
    raise AtlasError(CLASSIFICATION_MISSING, name)


def _keep(session: Session, entity: StoredEntity, classifications: list[JsonObject]) -> None:
    session.caller.require_write(entity.collection, f"classify entity: guid={entity.guid}")
    extras = {**entity.extras, "classifications": classifications}
    session.store.replace_entity(
        replace(entity, extras=extras, updated=session.now, revision=entity.revision + 1)
    )
