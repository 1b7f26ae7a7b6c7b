"""What planning reads of an account's entities, which is what a snapshot keeps.

It keeps the classifications of assets and columns too, for `trace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .entities import (
    PROCESS_TYPE,
    classifications_of,
    column_name,
    is_placeholder,
    related_rows,
)
from .processes import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .typedefs import Json

# What planning reads of the things that an entity is related to.
_READ_RELATED = frozenset({"columns", "tabular_schema", "inputs", "outputs"})
_RELATED_KEYS = ("guid", "typeName", "displayText", "relationshipType", "relationshipGuid")


def planning_extract(
    entity: Json, referred: Mapping[str, Json], relations: Collection[str]
) -> Json:
    """What planning reads of an entity, as the Data Map answers it.

    These are names, columns, lineage, and what a process of ours says.

    Args:
        entity: As it was read.
        referred: What was answered with it.
        relations: The types of relationships that are kept besides.
    """
    attributes = entity.get("attributes") or {}
    names = [
        "qualifiedName",
        "name",
        *(ATTRIBUTES if entity.get("typeName") == PROCESS_TYPE else ()),
    ]
    values = {name: attributes[name] for name in names if attributes.get(name) is not None}
    if is_placeholder(entity):
        values["description"] = attributes["description"]
    related: Json = {}
    for name in {**attributes, **(entity.get("relationshipAttributes") or {})}:
        read = [row for row in related_rows(entity, name) if _is_read(name, row, relations)]
        rows = [
            _column_extract(row, referred) if name == "columns" else _related_extract(row)
            for row in read
        ]
        if rows:
            related[name] = rows[0] if name == "tabular_schema" else rows
    return {
        "guid": entity["guid"],
        "typeName": entity["typeName"],
        "attributes": values,
        "relationshipAttributes": related,
        **_classified(entity),
    }


def _column_extract(row: Json, referred: Mapping[str, Json]) -> Json:
    """A column: its name, and where it can be told apart, what it bears."""
    guid = row.get("guid")
    named = {"displayText": column_name(row, referred)}
    return {"guid": guid, **named, **_classified(referred.get(guid, {}))} if guid else named


def _classified(entity: Json) -> Json:
    names = sorted(classifications_of(entity))
    return {"classifications": [{"typeName": name} for name in names]} if names else {}


def _is_read(name: str, row: Json, relations: Collection[str]) -> bool:
    if name == "outputFromProcesses":
        return row.get("typeName") == PROCESS_TYPE
    return name in _READ_RELATED or row.get("relationshipType") in relations


def _related_extract(row: Json) -> Json:
    members = {key: row[key] for key in _RELATED_KEYS if row.get(key) is not None}
    mapped = (row.get("relationshipAttributes") or {}).get("attributes")
    return {**members, "relationshipAttributes": {"attributes": mapped}} if mapped else members
