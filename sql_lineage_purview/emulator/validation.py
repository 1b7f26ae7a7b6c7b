"""Steps 4 and 5 of a change: bring an entity into the shape of its type, and hold it against it.

Source: `AtlasEntityStoreV2.compactAttributes`, `AtlasEntityType.validateValue` and `validateAndNormalize` of Apache Atlas;
sizes are Purview's published quotas. All problems are found, and only the first is told.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .errors import (
    ATTRIBUTE_UNKNOWN,
    CUSTOM_KEY_MALFORMED,
    CUSTOM_KEY_TOO_LONG,
    CUSTOM_VALUE_TOO_LONG,
    INSTANCE_INVALID,
    LABEL_MALFORMED,
    LABEL_TOO_LONG,
    PARAMETERS_INVALID,
    AtlasError,
)
from .incoming import expect_list, expect_object
from .values import java_text, normalized, problems, type_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .incoming import Incoming
    from .registry import EntityType, Registry
    from .session import Session
    from .settings import Limits

# `AtlasConfiguration` of Apache Atlas
_KEY_LENGTH = 50
_VALUE_LENGTH = 500
_LABEL_LENGTH = 50
_WORD = re.compile(r"[a-zA-Z0-9_-]*\Z")


def compact_attributes(entity: Incoming, entity_type: EntityType) -> None:
    """Step 4: move attributes of relationships from `attributes` to `relationshipAttributes`, where these have none.

    A null among `attributes` is dropped and changes nothing; among `relationshipAttributes` it clears.
    """
    for name in entity_type.ends:
        value = entity.attributes.pop(name, None)
        if value is not None and entity.relationships.get(name) is None:
            entity.relationships[name] = value


def validate_and_normalize(session: Session, entity: Incoming, entity_type: EntityType, *, partial: bool) -> None:
    """Step 5: check an entity against its type and give its attributes their stored form.

    Args:
        session: The catalogue.
        entity: The entity, compacted; its attributes are replaced by those that the type declares.
        entity_type: The type it names.
        partial: Check only what is supplied; else every mandatory attribute must be there, in an update too.

    Raises:
        AtlasError: The entity breaks a rule of its type, or a size.
    """
    _check_custom_attributes(entity)
    _check_labels(entity)
    first = next(_messages(session.registry, entity, entity_type, partial=partial), None)
    if first is not None:
        raise AtlasError(INSTANCE_INVALID, first)
    declared = entity_type.attributes
    if session.settings.undeclared_attributes == "refuse":
        _refuse_undeclared(entity, entity_type)
    entity.attributes = {
        name: normalized(session.registry, declared[name], value) for name, value in entity.attributes.items() if name in declared
    }
    _check_sizes(entity, session.settings.limits)


def _messages(registry: Registry, entity: Incoming, entity_type: EntityType, *, partial: bool) -> Iterator[str]:
    for declaring, attribute in entity_type.declared:
        value = entity.attributes.get(attribute.name)
        where = f"{entity.type_name}.{attribute.name}"
        if value is not None:
            yield from problems(registry, attribute, value, where)
        elif not (partial or attribute.optional or entity.relationships.get(attribute.name) is not None):
            yield f"{where}: mandatory attribute value missing in type {declaring}"
    # Relationships that the type calls mandatory, such as a table's dbSchema, are not asked for: Purview takes entities
    # without them.
    for name, ends in entity_type.ends.items():
        yield from type_problems(registry, ends[0].type_name, entity.relationships.get(name), f"{entity.type_name}.{name}")


def _refuse_undeclared(entity: Incoming, entity_type: EntityType) -> None:
    known = (entity_type.attributes.keys(), entity_type.ends.keys())
    for given, declared in zip((entity.attributes, entity.relationships), known, strict=True):
        for name in given:
            if name not in declared:
                raise AtlasError(ATTRIBUTE_UNKNOWN, name, entity_type.name)


def _check_custom_attributes(entity: Incoming) -> None:
    for key, value in expect_object(entity.extras.get("customAttributes") or {}, "customAttributes").items():
        if len(key) > _KEY_LENGTH:
            raise AtlasError(CUSTOM_KEY_TOO_LONG, key)
        if not _WORD.match(key):
            raise AtlasError(CUSTOM_KEY_MALFORMED, key)
        if len(java_text(value)) > _VALUE_LENGTH:
            raise AtlasError(CUSTOM_VALUE_TOO_LONG, java_text(value), _VALUE_LENGTH)


def _check_labels(entity: Incoming) -> None:
    for label in expect_list(entity.extras.get("labels") or [], "labels"):
        if len(java_text(label)) > _LABEL_LENGTH:
            raise AtlasError(LABEL_TOO_LONG, label, _LABEL_LENGTH)
        if not _WORD.match(java_text(label)):
            raise AtlasError(LABEL_MALFORMED, label)


def _check_sizes(entity: Incoming, limits: Limits) -> None:
    total = 0
    for name, value in entity.attributes.items():
        limit = limits.name_bytes if name == "name" else limits.property_bytes
        size = _size(value) + (0 if name == "name" else len(name.encode()))
        total += size
        if size > limit:
            message = f"the size of {entity.type_name}.{name} is {size} bytes, which exceeds the limit of {limit}"
            raise AtlasError(PARAMETERS_INVALID, message)
    if total > limits.asset_bytes:
        message = f"the size of this {entity.type_name} is {total} bytes, which exceeds the limit of {limits.asset_bytes}"
        raise AtlasError(PARAMETERS_INVALID, message)


def _size(value: object) -> int:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return len(text.encode())
