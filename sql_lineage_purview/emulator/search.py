"""Search over the catalogue: keywords, a tree of filters, and pages with an opaque token.

The index may lag behind the store, as the real one does: `Behaviour.search_delay`. Source: `POST
/search/query` of the Data Map, api-version 2023-09-01
(https://learn.microsoft.com/rest/api/purview/datamapdataplane/discovery/query). The older API's
`offset` works too.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from .error_codes import PARAMETERS_INVALID, AtlasError
from .incoming import expect_object
from .search_filters import OBJECT_TYPES, condition_of, order_of
from .values import java_text

if TYPE_CHECKING:
    from .exchange import ApiCall
    from .records import StoredEntity
    from .registry import JsonObject
    from .session import Session

_DEFAULT_LIMIT = 50
_MAXIMUM_LIMIT = 1000
_MAXIMUM_OFFSET = 100_000


def query(session: Session, call: ApiCall) -> JsonObject:
    """POST /search/query."""
    body = expect_object(call.body if call.body is not None else {}, "request body")
    limit = _whole(body, "limit", _DEFAULT_LIMIT, lowest=1, highest=_MAXIMUM_LIMIT)
    limit = min(limit, session.behaviour.limits.page)
    start = _start(body)
    count, page = session.store.search(condition_of(session, body), order_of(body), start, limit)
    answer: JsonObject = {
        "@search.count": count,
        "@search.count.approximate": False,
        "value": [_shown(session, entity) for entity in page],
    }
    # no token on the last page: clients take it for the sign that there is more
    if start + limit < count:
        answer["continuationToken"] = _token(body, start + limit)
    return answer


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
    return base64.urlsafe_b64encode(json.dumps([start, _fingerprint(body)]).encode()).decode(
        "ascii"
    )


def _fingerprint(body: JsonObject) -> str:
    # not the limit, which may change from page to page
    asked = {name: body.get(name) for name in ("keywords", "filter", "orderby")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _whole(body: JsonObject, name: str, default: int, *, lowest: int, highest: int) -> int:
    value: Any = default if body.get(name) is None else body[name]
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise AtlasError(
            PARAMETERS_INVALID,
            f"{name} must be a number from {lowest} to {highest}, found {java_text(value)}",
        )
    return value


def _object_type(entity: StoredEntity) -> str | None:
    return OBJECT_TYPES.get(entity.type_name.rpartition("_")[2])


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
        "classification": list(entity.classifications),
        "label": entity.extras.get("labels", []),
        "createTime": entity.created,
        "updateTime": entity.updated,
        "isIndexed": True,
        "@search.score": 1.0,
    }
