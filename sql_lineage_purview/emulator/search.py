"""Search over the catalogue: keywords, a tree of filters, and pages with an opaque token.

Source: `POST /search/query` of the Data Map, api-version 2023-09-01
(https://learn.microsoft.com/rest/api/purview/datamapdataplane/discovery/query). The older API's `offset` works too.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from .errors import PARAMETERS_INVALID, AtlasError
from .incoming import expect_list, expect_object
from .values import java_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .exchange import Call
    from .registry import JsonObject
    from .session import Session
    from .store import StoredEntity

_DEFAULT_LIMIT = 50
_MAXIMUM_LIMIT = 1000
_MAXIMUM_OFFSET = 100_000
_SEARCHED = ("name", "qualifiedName", "description", "userDescription")
_OBJECT_TYPES = {"table": "Tables", "view": "Tables", "path": "Files", "set": "Files", "db": "Databases", "dw": "Databases"}


def query(session: Session, call: Call) -> JsonObject:
    """POST /search/query."""
    body = expect_object(call.body if call.body is not None else {}, "request body")
    limit = _whole(body, "limit", _DEFAULT_LIMIT, lowest=1, highest=_MAXIMUM_LIMIT)
    start = _start(body)
    found = _sorted(list(_matching(session, body)), body.get("orderby"))
    page = found[start : start + limit]
    answer: JsonObject = {
        "@search.count": len(found),
        "@search.count.approximate": False,
        "value": [_shown(session, entity) for entity in page],
    }
    if start + limit < len(found):
        answer["continuationToken"] = _token(body, start + limit)
    return answer


def indexed(session: Session) -> Iterator[StoredEntity]:
    """The entities that search knows. The real index lags behind the store; here it does not."""
    return session.store.entities()


def _matching(session: Session, body: JsonObject) -> Iterator[StoredEntity]:
    keywords = body.get("keywords")
    words = [] if keywords in (None, "*") else java_text(keywords).lower().split()
    accepts = _test(session, body["filter"]) if body.get("filter") else _anything
    for entity in indexed(session):
        text = " ".join(java_text(entity.attributes.get(name) or "") for name in _SEARCHED).lower()
        if all(word in text for word in words) and accepts(entity):
            yield entity


def _anything(_entity: StoredEntity) -> bool:
    return True


def _test(session: Session, raw: object) -> Callable[[StoredEntity], bool]:
    """The predicate of a node of the filter tree."""
    node = expect_object(raw, "filter")
    if "and" in node:
        every = [_test(session, child) for child in expect_list(node["and"], "filter.and")]
        return lambda entity: all(test(entity) for test in every)
    if "or" in node:
        some = [_test(session, child) for child in expect_list(node["or"], "filter.or")]
        return lambda entity: any(test(entity) for test in some)
    if "not" in node:
        denied = _test(session, node["not"])
        return lambda entity: not denied(entity)
    return _leaf(session, node)


def _leaf(session: Session, node: JsonObject) -> Callable[[StoredEntity], bool]:
    if "entityType" in node:
        wanted = str(node["entityType"])
        names = session.registry.with_subtypes(wanted) if node.get("includeSubTypes") else frozenset((wanted,))
        return lambda entity: entity.type_name in names
    if "id" in node:
        return lambda entity: entity.guid == node["id"]
    if "collectionId" in node:
        return lambda entity: entity.collection == node["collectionId"]
    if "objectType" in node:
        return lambda entity: _object_type(entity) == node["objectType"]
    if "attributeName" in node:
        return _attribute_test(str(node["attributeName"]), node.get("operator"), java_text(node.get("attributeValue")))
    raise AtlasError(PARAMETERS_INVALID, f"filter {json.dumps(node)} is not supported by the emulator")


def _attribute_test(name: str, operator: object, wanted: str) -> Callable[[StoredEntity], bool]:
    """`eq` compares exactly; `contains` looks for a part of the value in any case."""
    if operator == "eq":
        return lambda entity: java_text(entity.attributes.get(name)) == wanted
    if operator == "contains":
        return lambda entity: wanted.lower() in java_text(entity.attributes.get(name) or "").lower()
    raise AtlasError(PARAMETERS_INVALID, f"operator {operator} is not one of eq, contains")


def _sorted(entities: list[StoredEntity], raw: object) -> list[StoredEntity]:
    """In the order asked for; without one by qualified name, so that pages do not shift."""
    entities.sort(key=lambda entity: (entity.qualified_name or "", entity.guid))
    for order in reversed(expect_list(raw or [], "orderby")):
        for name, direction in expect_object(order, "orderby").items():
            if str(direction).upper() not in ("ASC", "DESC"):
                raise AtlasError(PARAMETERS_INVALID, f"orderby {name}: {direction} is not one of ASC, DESC")
            entities.sort(key=_sort_key(name), reverse=str(direction).upper() == "DESC")
    return entities


def _sort_key(name: str) -> Callable[[StoredEntity], str]:
    return lambda entity: java_text(entity.attributes.get(name) or "").lower()


def _start(body: JsonObject) -> int:
    token = body.get("continuationToken")
    if not token:
        return _whole(body, "offset", 0, lowest=0, highest=_MAXIMUM_OFFSET)
    try:
        start, fingerprint = json.loads(base64.urlsafe_b64decode(str(token)))
    except (ValueError, TypeError) as error:
        raise AtlasError(PARAMETERS_INVALID, "continuationToken is malformed") from error
    if fingerprint != _fingerprint(body) or not isinstance(start, int):
        raise AtlasError(PARAMETERS_INVALID, "continuationToken belongs to another query")
    return start


def _token(body: JsonObject, start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, _fingerprint(body)]).encode()).decode("ascii")


def _fingerprint(body: JsonObject) -> str:
    asked = {name: body.get(name) for name in ("keywords", "filter", "orderby")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _whole(body: JsonObject, name: str, default: int, *, lowest: int, highest: int) -> int:
    value: Any = default if body.get(name) is None else body[name]
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise AtlasError(PARAMETERS_INVALID, f"{name} must be a number from {lowest} to {highest}, found {java_text(value)}")
    return value


def _object_type(entity: StoredEntity) -> str | None:
    return _OBJECT_TYPES.get(entity.type_name.rpartition("_")[2])


def _shown(session: Session, entity: StoredEntity) -> JsonObject:
    typedef = session.registry.find(entity.type_name)
    service = typedef.body.get("serviceType") if typedef else None
    return {
        "id": entity.guid,
        "qualifiedName": entity.qualified_name,
        "name": entity.attributes.get("name"),
        "displayText": entity.display_text,
        "description": entity.attributes.get("description"),
        "entityType": entity.type_name,
        "assetType": [service] if service else [],
        "objectType": _object_type(entity),
        "collectionId": entity.collection,
        "classification": [],
        "label": entity.extras.get("labels", []),
        "createTime": entity.created,
        "updateTime": entity.updated,
        "isIndexed": True,
        "@search.score": 1.0,
    }
