"""Steps 4 and 5 of a change: bring an entity into the shape of its type, and hold it against it.

Source: `AtlasEntityStoreV2.compactAttributes`, `AtlasEntityType.validateValue` and
`validateAndNormalize` of Apache Atlas; sizes are Purview's published quotas. All problems are
found, and only the first is told.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .error_codes import (
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
    from collections.abc import Iterable, Iterator

    from .behaviour import Behaviour, Limits
    from .incoming import Incoming
    from .registry import EntityType, Registry
    from .session import Session

# `AtlasConfiguration` of Apache Atlas
_KEY_LENGTH = 50
_VALUE_LENGTH = 500
_LABEL_LENGTH = 50
_WORD = re.compile(r"[a-zA-Z0-9_-]*\Z")


def compact_attributes(entity: Incoming, entity_type: EntityType) -> None:
    """Step 4: move attributes of relationships to `relationshipAttributes`.

    They are taken from `attributes`, and moved where `relationshipAttributes` has none of the
    name.

    A null among `attributes` is dropped and changes nothing; among `relationshipAttributes` it
    clears.
    """
    for name in entity_type.ends:
        value = entity.attributes.pop(name, None)
        if value is not None and entity.relationships.get(name) is None:
            entity.relationships[name] = value


def validate_and_normalize(
    session: Session, entity: Incoming, entity_type: EntityType, *, partial: bool
) -> None:
    """Step 5: check an entity against its type and give its attributes their stored form.

    Args:
        session: The catalogue.
        entity: The entity, compacted; its attributes are replaced by those that the type declares.
        entity_type: The type it names.
        partial: Check only what is supplied; else every mandatory attribute must be there, in an
            update too.

    Raises:
        AtlasError: The entity breaks a rule of its type, or a size.
    """
    _check_custom_attributes(entity)
    check_labels(expect_list(entity.extras.get("labels") or [], "labels"))
    parents = session.behaviour.switches.parents == "mandatory" and not partial
    first = next(
        _messages(session.registry, entity, entity_type, partial=partial, parents=parents), None
    )
    if first is not None:
        raise AtlasError(INSTANCE_INVALID, first)
    declared = entity_type.attributes
    if session.behaviour.switches.undeclared == "refuse":
        _refuse_undeclared(entity, entity_type)
    entity.attributes = {
        name: normalized(session.registry, declared[name], value)
        for name, value in entity.attributes.items()
        if name in declared
    }
    _check_sizes(entity, session.behaviour)


def _messages(
    registry: Registry, entity: Incoming, entity_type: EntityType, *, partial: bool, parents: bool
) -> Iterator[str]:
    for declaring, attribute in entity_type.declared:
        value = entity.attributes.get(attribute.name)
        where = f"{entity.type_name}.{attribute.name}"
        if value is not None:
            yield from problems(registry, attribute, value, where)
        elif not (
            partial or attribute.optional or entity.relationships.get(attribute.name) is not None
        ):
            yield f"{where}: mandatory attribute value missing in type {declaring}"
    # Relationships that the type calls mandatory, such as a table's dbSchema, are asked for on
    # demand alone: Purview takes tables without them.
    for name, ends in entity_type.ends.items():
        if parents and ends[0].owned and entity.relationships.get(name) is None:
            yield (
                f"{entity.type_name}.{name}: mandatory attribute value missing in type "
                f"{ends[0].owner}"
            )
        yield from type_problems(
            registry,
            ends[0].type_name,
            entity.relationships.get(name),
            f"{entity.type_name}.{name}",
        )


def _refuse_undeclared(entity: Incoming, entity_type: EntityType) -> None:
    declarations = (entity_type.attributes.keys(), entity_type.ends.keys())
    for values, declared in zip(
        (entity.attributes, entity.relationships), declarations, strict=True
    ):
        for name in values:
            if name not in declared:
                raise AtlasError(ATTRIBUTE_UNKNOWN, name, entity_type.name)


def _check_custom_attributes(entity: Incoming) -> None:
    for key, value in expect_object(
        entity.extras.get("customAttributes") or {}, "customAttributes"
    ).items():
        if len(key) > _KEY_LENGTH:
            raise AtlasError(CUSTOM_KEY_TOO_LONG, key)
        if not _WORD.match(key):
            raise AtlasError(CUSTOM_KEY_MALFORMED, key)
        if len(java_text(value)) > _VALUE_LENGTH:
            raise AtlasError(CUSTOM_VALUE_TOO_LONG, java_text(value), _VALUE_LENGTH)


def check_labels(labels: Iterable[object]) -> None:
    """Is each label short, and made of word characters?

    Raises:
        AtlasError: One is not.
    """
    for label in labels:
        if len(java_text(label)) > _LABEL_LENGTH:
            raise AtlasError(LABEL_TOO_LONG, label, _LABEL_LENGTH)
        if not _WORD.match(java_text(label)):
            raise AtlasError(LABEL_MALFORMED, label)


def _check_sizes(entity: Incoming, behaviour: Behaviour) -> None:
    total = 0
    for name, value in entity.attributes.items():
        total += _fitted(entity, name, value, behaviour)
    limit = behaviour.limits.asset_bytes
    if total > limit:
        message = (
            f"the size of this {entity.type_name} is {total} bytes, which exceeds the limit of "
            f"{limit}"
        )
        raise AtlasError(PARAMETERS_INVALID, message)


def _fitted(entity: Incoming, name: str, value: object, behaviour: Behaviour) -> int:
    """The size of an attribute, which may have been cut to its limit."""
    limit, overhead = _room(name, behaviour.limits)
    size = _size(value) + overhead
    if size <= limit:
        return size
    if behaviour.switches.oversized == "truncate" and isinstance(value, str):
        entity.attributes[name] = value.encode()[: max(0, limit - overhead)].decode(errors="ignore")
        return limit
    message = (
        f"the size of {entity.type_name}.{name} is {size} bytes, which exceeds the limit of {limit}"
    )
    raise AtlasError(PARAMETERS_INVALID, message)


def _room(name: str, limits: Limits) -> tuple[int, int]:
    """The limit of an attribute, and what its name takes of it."""
    return (limits.name_bytes, 0) if name == "name" else (limits.property_bytes, len(name.encode()))


def _size(value: object) -> int:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return len(text.encode())
