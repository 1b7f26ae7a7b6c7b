"""What a search asks for, as a condition on the catalogue's rows: keywords, filters and order.

The filters are a tree.

All that a client sends goes in as values, never into the text of the condition.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .conditions import SearchCondition
from .error_codes import PARAMETERS_INVALID, AtlasError
from .incoming import expect_list, expect_object
from .values import java_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .registry import JsonObject
    from .session import Session

_SEARCHED = ("name", "qualifiedName", "description", "userDescription")
_COMPARED = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_TIMES = {"createTime": "created", "updateTime": "updated"}
_DAY = 24 * 60 * 60 * 1000
_RANGES = {"LAST_24H": 1, "LAST_7D": 7, "LAST_30D": 30, "LAST_365D": 365}
_OLDER = "MORE_THAN_365D"
OBJECT_TYPES = {
    "table": "Tables",
    "view": "Tables",
    "path": "Files",
    "set": "Files",
    "db": "Databases",
    "dw": "Databases",
}
"""What a hit is, by the last word of its type's name."""


def condition_of(session: Session, body: JsonObject) -> SearchCondition:
    """The condition that says which entities a search finds.

    They are those that the index knows by now, that the caller may read, and that fit.

    Raises:
        AtlasError: The filter is malformed, or not known here.
    """
    parts = [_indexed(session), _readable(session)]
    keywords = body.get("keywords")
    words = [] if keywords in (None, "*") else java_text(keywords).lower().split()
    if words:
        searched = _searched()
        parts.extend(
            SearchCondition(f"instr(folded({searched.text}), ?) > 0", (*searched.values, word))
            for word in words
        )
    if body.get("filter"):
        parts.append(_node(session, body["filter"]))
    return SearchCondition.joined("AND", parts)


def order_of(body: JsonObject) -> SearchCondition:
    """The order asked for; without one by qualified name, so that pages do not shift.

    Raises:
        AtlasError: A direction is neither ASC nor DESC.
    """
    parts = []
    for order in expect_list(body.get("orderby") or [], "orderby"):
        for name, direction in expect_object(order, "orderby").items():
            if str(direction).upper() not in ("ASC", "DESC"):
                raise AtlasError(
                    PARAMETERS_INVALID, f"orderby {name}: {direction} is not one of ASC, DESC"
                )
            text = _text(name)
            parts.append(
                SearchCondition(
                    f"folded(coalesce({text.text}, '')) {str(direction).upper()}", text.values
                )
            )
    parts.append(SearchCondition("coalesce(qualified_name, ''), guid"))
    return SearchCondition(
        ", ".join(part.text for part in parts),
        tuple(value for part in parts for value in part.values),
    )


def _indexed(session: Session) -> SearchCondition:
    """What was created or deleted lately, the index does not know yet.

    Changed values it knows at once.
    """
    if not session.behaviour.search_delay:
        return SearchCondition("status = 'ACTIVE'")
    cutoff = session.now - int(session.behaviour.search_delay * 1000)
    return SearchCondition("created <= ? AND (status = 'ACTIVE' OR updated > ?)", (cutoff, cutoff))


def _readable(session: Session) -> SearchCondition:
    if session.caller.everywhere:
        return SearchCondition("1")
    return _among(
        "collection",
        (name for name in session.store.collections() if session.caller.may_read(name)),
    )


def _node(session: Session, raw: object) -> SearchCondition:
    node = expect_object(raw, "filter")
    if "and" in node:
        return SearchCondition.joined(
            "AND", (_node(session, child) for child in expect_list(node["and"], "filter.and"))
        )
    if "or" in node:
        return SearchCondition.joined(
            "OR", (_node(session, child) for child in expect_list(node["or"], "filter.or"))
        )
    if "not" in node:
        denied = _node(session, node["not"])
        # NULL of SQL is neither true nor false, and what is not known does not fit
        return SearchCondition(f"NOT coalesce(({denied.text}), 0)", denied.values)
    return _leaf(session, node)


def _leaf(session: Session, node: JsonObject) -> SearchCondition:
    if "entityType" in node:
        return _among(
            "type",
            _with_subtypes(
                session, str(node["entityType"]), deep=bool(node.get("includeSubTypes"))
            ),
        )
    if "classification" in node:
        deep = bool(node.get("includeSubClassifications"))
        among = _among(
            "json_extract(value, '$.typeName')",
            _with_subtypes(session, str(node["classification"]), deep=deep),
        )
        subquery = f"SELECT 1 FROM json_each(extras, '$.classifications') WHERE {among.text}"  # noqa: S608  # see the module
        return SearchCondition(f"EXISTS ({subquery})", among.values)
    if "id" in node:
        return SearchCondition("guid = ?", (java_text(node["id"]),))
    if "collectionId" in node:
        return SearchCondition("collection = ?", (java_text(node["collectionId"]),))
    if "objectType" in node:
        endings = (ending for ending, shown in OBJECT_TYPES.items() if shown == node["objectType"])
        return SearchCondition.joined(
            "OR",
            # to LIKE `_` is any character
            (SearchCondition("type LIKE ? ESCAPE '!'", (f"%!_{ending}",)) for ending in endings),
        )
    if "attributeName" in node:
        return _comparison(session, node)
    raise AtlasError(
        PARAMETERS_INVALID, f"filter {json.dumps(node)} is not supported by the emulator"
    )


def _with_subtypes(session: Session, name: str, *, deep: bool) -> Iterable[str]:
    return session.registry.with_subtypes(name) if deep else (name,)


def _comparison(session: Session, node: JsonObject) -> SearchCondition:
    """`eq` compares exactly; `contains` looks for a part of the value in any case."""
    name, operator, value = (
        str(node["attributeName"]),
        node.get("operator"),
        node.get("attributeValue"),
    )
    text = _text(name)
    if operator == "eq":
        # a filter for null finds what has no value
        return SearchCondition(
            f"coalesce({text.text}, 'null') = ?", (*text.values, java_text(value))
        )
    if operator == "contains":
        return SearchCondition(
            f"instr(folded(coalesce({text.text}, '')), ?) > 0",
            (*text.values, java_text(value).lower()),
        )
    if operator in _COMPARED and isinstance(value, int | float):
        return SearchCondition(
            f"CAST({text.text} AS REAL) {_COMPARED[operator]} ?", (*text.values, value)
        )
    if operator == "timerange" and name in _TIMES:
        return _in_range(session, _TIMES[name], value)
    raise AtlasError(
        PARAMETERS_INVALID,
        f"operator {operator} is not one of eq, contains, gt, ge, lt, le, timerange",
    )


def _in_range(session: Session, column: str, value: object) -> SearchCondition:
    if value == _OLDER:
        return SearchCondition(f"{column} < ?", (session.now - 365 * _DAY,))
    if not isinstance(value, str) or value not in _RANGES:
        raise AtlasError(
            PARAMETERS_INVALID,
            f"timerange {java_text(value)} is not one of {', '.join((*_RANGES, _OLDER))}",
        )
    return SearchCondition(f"{column} >= ?", (session.now - _RANGES[value] * _DAY,))


def _among(column: str, values: Iterable[str]) -> SearchCondition:
    # none too: SQLite takes `IN ()`, which nothing is in
    choices = tuple(sorted(values))
    return SearchCondition(f"{column} IN ({', '.join('?' * len(choices))})", choices)


def _text(name: str) -> SearchCondition:
    """The value of an attribute as text, or NULL."""
    if name == "qualifiedName":
        return SearchCondition("qualified_name")
    if name in _TIMES:
        return SearchCondition(f"CAST({_TIMES[name]} AS TEXT)")
    if '"' in name:  # such a path cannot be written, and no type declares such an attribute
        return SearchCondition("NULL")
    path = f'$."{name}"'
    # json_extract gives 1 and 0 for true and false
    shown = (
        "CASE json_type(attributes, ?) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE "
        "json_extract(attributes, ?) END"
    )
    return SearchCondition(f"CAST({shown} AS TEXT)", (path, path))


def _searched() -> SearchCondition:
    texts = [_text(name) for name in _SEARCHED]
    joined = " || ' ' || ".join(f"coalesce({text.text}, '')" for text in texts)
    return SearchCondition(joined, tuple(value for text in texts for value in text.values))
