"""The operations on definitions of types.

Source: `TypesREST` and `AtlasTypeDefGraphStore` of Apache Atlas.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .definitions import completed
from .error_codes import (
    BAD_REQUEST,
    TYPE_EXISTS,
    TYPE_GUID_NOT_FOUND,
    TYPE_HAS_RELATIONSHIPS,
    TYPE_IN_USE,
    TYPE_NAME_NOT_FOUND,
    AtlasError,
)
from .incoming import expect_list, expect_object
from .registry import Category, Registry
from .type_rules import check_change, check_name, check_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import ApiCall
    from .registry import End, JsonObject, TypeDef
    from .session import Session

_CATEGORY_IN_PATH = {
    f"{category.value.lower().replace('_', '')}def": category for category in Category
}


def get_all(session: Session, call: ApiCall) -> JsonObject:
    """GET /types/typedefs, all or those of `?type=`."""
    category = call.value("type").upper()
    return _document(
        session.registry,
        (each for each in session.registry.typedefs.values() if category in ("", each.category)),
    )


def get_headers(session: Session, call: ApiCall) -> list[JsonObject]:
    """GET /types/typedefs/headers."""
    category = call.value("type").upper()
    return [
        {
            "guid": each.guid,
            "name": each.name,
            "category": each.category.value,
            "serviceType": each.body.get("serviceType"),
        }
        for each in session.registry.typedefs.values()
        if category in ("", each.category)
    ]


def get_by_name(session: Session, call: ApiCall) -> JsonObject:
    """GET /types/{kind}/name/{name}; kind is typedef, entitydef, relationshipdef and so on.

    Raises:
        AtlasError: there is no type of that name and kind.
    """
    name = call.places["name"]
    typedef = session.registry.find(name, _category(call))
    if typedef is None:
        raise AtlasError(TYPE_NAME_NOT_FOUND, name)
    return _shown(session.registry, typedef)


def get_by_guid(session: Session, call: ApiCall) -> JsonObject:
    """GET /types/{kind}/guid/{guid}.

    Raises:
        AtlasError: there is no type of that guid and kind.
    """
    guid, category = call.places["guid"], _category(call)
    for typedef in session.registry.typedefs.values():
        if typedef.guid == guid and category in (None, typedef.category):
            return _shown(session.registry, typedef)
    raise AtlasError(TYPE_GUID_NOT_FOUND, guid)


def create(session: Session, call: ApiCall) -> JsonObject:
    """POST /types/typedefs: new types only; all of the request or none.

    Raises:
        AtlasError: a type exists already or is sent twice, and the emulator is set to
            refuse that.
    """
    session.caller.require_types()
    sent = [completed(raw, category, now=session.now) for category, raw in _sent(call.body)]
    for typedef in sent:
        check_name(typedef)
    conflicts = {each.name for each in sent if each.name in session.registry.typedefs}
    conflicts.update(
        name for name, count in Counter(each.name for each in sent).items() if count > 1
    )
    if conflicts and session.behaviour.switches.existing_types == "refuse":
        raise AtlasError(TYPE_EXISTS, next(each.name for each in sent if each.name in conflicts))
    fresh = list(
        {each.name: each for each in sent if each.name not in session.registry.typedefs}.values()
    )
    return _store(session, fresh)


def update(session: Session, call: ApiCall) -> JsonObject:
    """PUT /types/typedefs: additions to types that exist.

    Raises:
        AtlasError: there is no type of that name.
    """
    session.caller.require_types()
    changed = []
    for category, raw in _sent(call.body):
        old = session.registry.find(str(raw.get("name")))
        if old is None:
            # Atlas answers 400 here, and 404 where a type is read
            raise AtlasError(BAD_REQUEST, str(AtlasError(TYPE_NAME_NOT_FOUND, raw.get("name"))))
        new = completed(raw, category, now=session.now, previous=old)
        check_name(new)
        check_change(old, new)
        changed.append(new)
    return _store(session, changed)


def delete(session: Session, call: ApiCall) -> None:
    """DELETE /types/typedefs with a document of definitions; relationships go first.

    Raises:
        AtlasError: there is no type of that name and category.
    """
    names = {
        category: [raw.get("name") for _, raw in _sent(call.body, category)]
        for category in Category
    }
    for category in sorted(Category, key=lambda each: each is not Category.RELATIONSHIP):
        for name in names[category]:
            if session.registry.find(str(name), category) is None:
                raise AtlasError(TYPE_NAME_NOT_FOUND, name)
        _delete(session, [str(name) for name in names[category]])


def delete_by_name(session: Session, call: ApiCall) -> None:
    """DELETE /types/typedef/name/{name}.

    Raises:
        AtlasError: there is no type of that name.
    """
    name = call.places["name"]
    if session.registry.find(name) is None:
        raise AtlasError(TYPE_NAME_NOT_FOUND, name)
    _delete(session, [name])


def _delete(session: Session, names: list[str]) -> None:
    session.caller.require_types()
    for name in names:
        if session.store.type_in_use(name) or any(
            child not in names for child in session.registry.children(name)
        ):
            raise AtlasError(TYPE_IN_USE, name)
        if any(end.owner == name for end in _all_ends(session.registry)):
            raise AtlasError(TYPE_HAS_RELATIONSHIPS, name)
        session.store.delete_type(name)
    if names:
        session.registry = session.store.registry()


def _all_ends(registry: Registry) -> Iterator[End]:
    for typedef in registry.typedefs.values():
        yield from registry.ends(typedef.name) or ()


def _store(session: Session, typedefs: list[TypeDef]) -> JsonObject:
    # Checked before it is stored: a type may refer to others of the same request, in any order.
    candidate = Registry(
        {**session.registry.typedefs, **{each.name: each for each in typedefs}}.values()
    )
    for typedef in typedefs:
        check_references(typedef, candidate)
    session.store.put_types(typedefs)
    session.registry = candidate
    return _document(candidate, typedefs)


def _sent(body: object, only: Category | None = None) -> Iterator[tuple[Category, JsonObject]]:
    document = expect_object(body if body is not None else {}, "request body")
    for category in Category:
        if only in (None, category):
            for raw in expect_list(document.get(category.collection) or [], category.collection):
                yield category, expect_object(raw, category.collection)


def _category(call: ApiCall) -> Category | None:
    kind = call.places["kind"]
    if kind == "typedef":
        return None
    return _CATEGORY_IN_PATH[kind]


def _document(registry: Registry, typedefs: Iterable[TypeDef]) -> JsonObject:
    document: JsonObject = {category.collection: [] for category in Category}
    for typedef in typedefs:
        document[typedef.category.collection].append(_shown(registry, typedef))
    return document


def _shown(registry: Registry, typedef: TypeDef) -> JsonObject:
    """A definition with what others add: its subtypes, and attributes given by relationships."""
    if typedef.category is not Category.ENTITY:
        return typedef.body
    entity_type = registry.entity_type(typedef.name)
    ends = [end for group in entity_type.ends.values() for end in group] if entity_type else []
    return {
        **typedef.body,
        "subTypes": list(registry.children(typedef.name)),
        "relationshipAttributeDefs": [_shown_end(registry, end) for end in ends],
    }


def _shown_end(registry: Registry, end: End) -> JsonObject:
    body = registry.typedefs[end.relationship].body[f"endDef{end.side}"]
    shown: JsonObject = {
        "name": end.attribute,
        "typeName": end.type_name,
        "isOptional": not end.owned,
        "cardinality": "SET" if end.many else "SINGLE",
        "valuesMinCount": -1,
        "valuesMaxCount": -1,
        "isUnique": False,
        "isIndexable": False,
        "includeInNotification": False,
        "relationshipTypeName": end.relationship,
        "isLegacyAttribute": body["isLegacyAttribute"],
    }
    return {**shown, "constraints": [{"type": "ownedRef"}]} if end.owns else shown
