"""What a definition of a type must fulfil to be accepted, new or changed.

Source: `AtlasAbstractDefStoreV2`, `AtlasStructDefStoreV2`, `AtlasEntityDefStoreV2`,
`AtlasRelationshipDefStoreV2` and `AtlasRelationshipType` of Apache Atlas; the rule on
`schemaAttributes` is Purview's own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .error_codes import (
    AGGREGATION_WITHOUT_CONTAINER,
    ASSOCIATION_WITH_CONTAINER,
    ATTRIBUTE_REMOVED,
    BAD_REQUEST,
    CARDINALITY_NEEDS_ARRAY,
    CATEGORY_DIFFERS,
    CIRCULAR_SUPER_TYPES,
    COMPOSITION_WITH_MANY_PARENTS,
    COMPOSITION_WITHOUT_CONTAINER,
    END1_CHANGED,
    END2_CHANGED,
    END_TYPE_UNUSABLE,
    INCOMPATIBLE_SUPER_TYPE,
    LIST_ON_END,
    MANDATORY_ATTRIBUTE_ADDED,
    PARAMETERS_INVALID,
    RELATIONSHIP_CATEGORY_CHANGED,
    SUPER_TYPE_REMOVED,
    TWO_CONTAINERS,
    TYPE_NAME_MALFORMED,
    TYPE_NAME_NOT_FOUND,
    TYPE_NAME_RESERVED,
    AtlasError,
)
from .registry import OBJECT_ID, PRIMITIVES, Category, element_type, map_types
from .values import java_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .registry import Registry, TypeDef

_NAME = re.compile(r"(__)?[a-zA-Z][a-zA-Z0-9_ ]*\Z")
# Purview's own classifications have dots, and it advises them for others: `CONTOSO.HR.EMPLOYEE_ID`.
_DOTTED_NAME = re.compile(r"(__)?[a-zA-Z][a-zA-Z0-9_ .]*\Z")
_RESERVED = frozenset(("description", "version", "options", "name", "servicetype"))


def check_name(typedef: TypeDef) -> None:
    """Is the name of the type well formed and free?

    Raises:
        AtlasError: the name is malformed or reserved.
    """
    pattern = _DOTTED_NAME if typedef.category is Category.CLASSIFICATION else _NAME
    if not pattern.match(typedef.name):
        raise AtlasError(TYPE_NAME_MALFORMED, typedef.name, typedef.category.value)
    if typedef.name in _RESERVED:
        raise AtlasError(TYPE_NAME_RESERVED, typedef.category.value)


def check_references(typedef: TypeDef, registry: Registry) -> None:
    """Does everything that the definition names exist?

    Args:
        typedef: The definition.
        registry: The types as they would be with it; its entity types must not be asked for before
            this check.

    Raises:
        AtlasError: A supertype, a type of an attribute or of an end does not exist, or the ends do
            not fit the category.
    """
    _check_super_types(typedef, registry)
    for attribute in typedef.attributes:
        if attribute.cardinality != "SINGLE" and element_type(attribute.type_name) is None:
            raise AtlasError(CARDINALITY_NEEDS_ARRAY, typedef.name, attribute.name)
        for name in _named_types(attribute.type_name):
            if name not in PRIMITIVES and name != OBJECT_ID and name not in registry.typedefs:
                raise _unknown_type(name)
    if typedef.category is Category.RELATIONSHIP:
        _check_ends(typedef, registry)
    _check_schema_attributes(typedef)


def check_change(old: TypeDef, new: TypeDef) -> None:
    """Does the new definition only add to the old one?

    Raises:
        AtlasError: Something is taken away, a mandatory attribute is added, or a type of an
            attribute changes.
    """
    if old.category is not new.category:
        raise AtlasError(CATEGORY_DIFFERS, new.name, old.category.value)
    before = {attribute.name: attribute for attribute in old.attributes}
    after = {attribute.name: attribute for attribute in new.attributes}
    for name in before:
        if name not in after:
            raise AtlasError(ATTRIBUTE_REMOVED, new.name, name)
    for name, attribute in after.items():
        # entities that are there already could not have it
        if name not in before and not attribute.optional:
            raise AtlasError(MANDATORY_ATTRIBUTE_ADDED, new.name, name)
        if name in before and before[name].type_name != attribute.type_name:
            raise AtlasError(BAD_REQUEST, "Data type update for attribute is not supported")
    if not set(old.super_types) <= set(new.super_types):
        raise AtlasError(SUPER_TYPE_REMOVED)
    if new.category is Category.RELATIONSHIP:
        _check_relationship_change(old, new)


def _unknown_type(name: str) -> AtlasError:
    """A type that a definition refers to; Atlas wraps its own "not found" into a bad request."""
    return AtlasError(BAD_REQUEST, str(AtlasError(TYPE_NAME_NOT_FOUND, name)))


def _check_super_types(typedef: TypeDef, registry: Registry) -> None:
    visited: set[str] = set()
    waiting = list(typedef.super_types)
    while waiting:
        name = waiting.pop()
        parent = registry.find(name)
        if parent is None:
            raise _unknown_type(name)
        if parent.category is not typedef.category:
            raise AtlasError(INCOMPATIBLE_SUPER_TYPE, typedef.name, name)
        if name == typedef.name:
            raise AtlasError(CIRCULAR_SUPER_TYPES, typedef.name, name)
        if name not in visited:
            visited.add(name)
            waiting.extend(parent.super_types)


def _named_types(type_name: str) -> Iterator[str]:
    element, pair = element_type(type_name), map_types(type_name)
    if element is not None:
        yield from _named_types(element)
    elif pair is not None:
        yield from _named_types(pair[0])
        yield from _named_types(pair[1])
    else:
        yield type_name


def _check_ends(typedef: TypeDef, registry: Registry) -> None:
    ends = (typedef.body["endDef1"], typedef.body["endDef2"])
    for end in ends:
        if end["type"] not in registry.typedefs:
            raise _unknown_type(end["type"])
        if registry.find(end["type"], Category.ENTITY) is None:
            raise AtlasError(END_TYPE_UNUSABLE, typedef.name, end["type"])
    if any(end["cardinality"] == "LIST" for end in ends):
        raise AtlasError(LIST_ON_END, typedef.name)
    _check_containers(typedef, containers=sum(end["isContainer"] for end in ends))
    composition = typedef.body["relationshipCategory"] == "COMPOSITION"
    if composition and any(end["cardinality"] == "SET" and not end["isContainer"] for end in ends):
        raise AtlasError(COMPOSITION_WITH_MANY_PARENTS, typedef.name)


def _check_containers(typedef: TypeDef, *, containers: int) -> None:
    category = typedef.body["relationshipCategory"]
    if containers == 2:
        raise AtlasError(TWO_CONTAINERS, typedef.name)
    if containers and category == "ASSOCIATION":
        raise AtlasError(ASSOCIATION_WITH_CONTAINER, typedef.name)
    if not containers and category == "COMPOSITION":
        raise AtlasError(COMPOSITION_WITHOUT_CONTAINER, typedef.name)
    if not containers and category == "AGGREGATION":
        raise AtlasError(AGGREGATION_WITHOUT_CONTAINER, typedef.name)


def _check_schema_attributes(typedef: TypeDef) -> None:
    """`options.schemaAttributes` is a list of strings inside a string.

    https://github.com/microsoft/Purview-ADB-Lineage-Solution-Accelerator/issues/239
    """
    options = typedef.body.get("options") or {}
    value = options.get("schemaAttributes") if isinstance(options, dict) else None
    if value is None:
        return
    try:
        names = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise AtlasError(
            PARAMETERS_INVALID,
            f"invalid payload, expect schemaAttributes in {typedef.name} should be list of "
            f"string, but found: {java_text(value)}",
        )


def _check_relationship_change(old: TypeDef, new: TypeDef) -> None:
    before, after = old.body["relationshipCategory"], new.body["relationshipCategory"]
    if before != after:
        raise AtlasError(RELATIONSHIP_CATEGORY_CHANGED, new.name, after, before)
    for key, error in (("endDef1", END1_CHANGED), ("endDef2", END2_CHANGED)):
        if _shape(old.body[key]) != _shape(new.body[key]):
            raise AtlasError(error, new.name, java_text(new.body[key]), java_text(old.body[key]))


def _shape(end: dict[str, object]) -> tuple[object, ...]:
    return end["type"], end["name"], end["isContainer"], end["cardinality"]
