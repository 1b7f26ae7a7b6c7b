"""The JSON of type definitions, checked and filled in.

What a client may leave out is filled in as Atlas does; what must be there is asked for.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from .error_codes import BAD_REQUEST, ENDS_MISSING, FIELD_EMPTY, AtlasError
from .registry import Category, JsonObject, TypeDef

CARDINALITIES = ("SINGLE", "LIST", "SET")
RELATIONSHIP_CATEGORIES = ("ASSOCIATION", "AGGREGATION", "COMPOSITION")
_NO_BOUND = 2**31 - 1


def completed(
    raw: JsonObject, category: Category, *, now: int, previous: TypeDef | None = None
) -> TypeDef:
    """A definition as it is stored, from what a client sent.

    Args:
        raw: The definition as sent. Members that a definition of this category does not know are
            kept and mean nothing: an entityDef with `attributes` in place of `attributeDefs`
            declares no attribute, without an error.
        category: What the list that held it defines.
        now: Milliseconds since 1970.
        previous: The stored definition that this one replaces.

    Raises:
        AtlasError: A name is missing, or a member has an impossible value.
    """
    name = raw.get("name")
    if not isinstance(name, str) or not name:
        raise AtlasError(FIELD_EMPTY, category.value, "name")
    guid = previous.guid if previous else str(uuid4())
    body = _common(raw, category, now=now, guid=guid, previous=previous)
    if category in (Category.ENTITY, Category.CLASSIFICATION):
        body["superTypes"] = _strings(raw, name, "superTypes")
    if category is Category.RELATIONSHIP:
        _complete_relationship(body, raw, name)
    if category is Category.ENUM:
        body["elementDefs"] = [
            _element(name, element) for element in _objects(raw, name, "elementDefs")
        ]
    else:
        body["attributeDefs"] = [
            _attribute(name, attribute) for attribute in _objects(raw, name, "attributeDefs")
        ]
    return TypeDef(name=name, guid=guid, category=category, body=body)


def built_in(raw: JsonObject, category: Category, *, now: int) -> TypeDef:
    """A definition that ships with the catalogue.

    Its guid depends on its name alone, as in the real service.
    """
    typedef = completed(raw, category, now=now)
    guid = str(uuid5(NAMESPACE_URL, f"sql-lineage-purview/emulator/types/{typedef.name}"))
    return TypeDef(
        name=typedef.name, guid=guid, category=category, body={**typedef.body, "guid": guid}
    )


def _common(
    raw: JsonObject, category: Category, *, now: int, guid: str, previous: TypeDef | None
) -> JsonObject:
    name = raw["name"]
    version = previous.body["version"] + 1 if previous else 1
    return {
        **{
            key: value
            for key, value in raw.items()
            # what other types add to it, as an answer shows it; sent back it means nothing
            if key not in ("relationshipAttributeDefs", "subTypes")
        },
        "category": category.value,
        "guid": guid,
        "name": name,
        "description": raw.get("description") or name,
        "typeVersion": raw.get("typeVersion") or "1.0",
        "serviceType": raw.get("serviceType"),
        "options": raw.get("options"),
        "createdBy": "emulator",
        "updatedBy": "emulator",
        "createTime": previous.body["createTime"] if previous else now,
        "updateTime": now,
        "version": version,
        # Purview shows a counter under that name, as a text
        "lastModifiedTS": str(version),
    }


def _complete_relationship(body: JsonObject, raw: JsonObject, name: str) -> None:
    if not isinstance(raw.get("endDef1"), dict) or not isinstance(raw.get("endDef2"), dict):
        raise AtlasError(ENDS_MISSING, name)
    body["endDef1"] = _end(raw["endDef1"], "endDef1")
    body["endDef2"] = _end(raw["endDef2"], "endDef2")
    body["relationshipCategory"] = _choice(
        raw.get("relationshipCategory") or "ASSOCIATION",
        RELATIONSHIP_CATEGORIES,
        f"{name}.relationshipCategory",
    )
    body["propagateTags"] = raw.get("propagateTags") or "NONE"


def _end(raw: JsonObject, where: str) -> JsonObject:
    for key in ("type", "name"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise AtlasError(FIELD_EMPTY, where, key)
    return {
        **raw,
        "isContainer": bool(raw.get("isContainer")),
        "cardinality": _choice(
            raw.get("cardinality") or "SINGLE", CARDINALITIES, f"{where}.cardinality"
        ),
        "isLegacyAttribute": bool(raw.get("isLegacyAttribute")),
    }


def _attribute(owner: str, raw: JsonObject) -> JsonObject:
    """An attributeDef; without `isOptional` it is mandatory, as the Java class has it."""
    for key in ("name", "typeName"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise AtlasError(FIELD_EMPTY, owner, key)
    cardinality = _choice(
        raw.get("cardinality") or "SINGLE", CARDINALITIES, f"{owner}.{raw['name']}.cardinality"
    )
    optional = bool(raw.get("isOptional", False))
    minimum, maximum = _bounds(raw, cardinality, optional=optional)
    return {
        **raw,
        "cardinality": cardinality,
        "isOptional": optional,
        "isUnique": bool(raw.get("isUnique", False)),
        "isIndexable": bool(raw.get("isIndexable", False)),
        "includeInNotification": bool(raw.get("includeInNotification", False)),
        "valuesMinCount": minimum,
        "valuesMaxCount": maximum,
    }


def _bounds(raw: JsonObject, cardinality: str, *, optional: bool) -> tuple[int, int]:
    """How many values an attribute takes.

    A maximum below 2 means no bound for lists and sets (`AtlasStructDefStoreV2`).
    """
    if cardinality == "SINGLE":
        return 0 if optional else 1, 1
    least, most = raw.get("valuesMinCount"), raw.get("valuesMaxCount")
    minimum = least if isinstance(least, int) and least > 0 else 0
    maximum = most if isinstance(most, int) and most >= 2 else _NO_BOUND
    return 0 if optional else max(minimum, 1), maximum


def _element(owner: str, raw: JsonObject) -> JsonObject:
    if not raw.get("value"):
        raise AtlasError(FIELD_EMPTY, owner, "value")
    return raw


def _choice(value: Any, choices: tuple[str, ...], where: str) -> str:
    if value not in choices:
        raise AtlasError(BAD_REQUEST, f"{where}: {value} is not one of {', '.join(choices)}")
    return str(value)


def _objects(raw: JsonObject, owner: str, key: str) -> list[JsonObject]:
    values = raw.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise AtlasError(BAD_REQUEST, f"{owner}.{key}: expected a list of objects")
    return values


def _strings(raw: JsonObject, owner: str, key: str) -> list[str]:
    values = raw.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise AtlasError(BAD_REQUEST, f"{owner}.{key}: expected a list of names")
    return values
