"""The entities of Atlas, as JSON: the one place that knows their shape.

Sources: Apache Atlas' base model (Process, inputs, outputs), and for custom types
https://learn.microsoft.com/purview/data-gov-api-custom-types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct

from .assets import Asset, AssetRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .typedefs import Json

PROCESS_TYPE = "sql_lineage_process"
# What relates assets to the processes that read and write them, and to other assets without a
# process.
PROCESS_INPUTS, PROCESS_OUTPUTS = "dataset_process_inputs", "process_dataset_outputs"
DIRECT_LINEAGE = "direct_lineage_dataset_dataset"
# What relates a process to what it is a part of.
PARENT_TYPE = "process_parent"
LINEAGE = (PROCESS_INPUTS, PROCESS_OUTPUTS, DIRECT_LINEAGE)
# The name of the column that scans put in the place of those beyond the 300th.
# https://learn.microsoft.com/purview/register-scan-azure-sql-database#known-limitations
_TRUNCATION_MARK = "additional-columns-truncated"
_PLACEHOLDER_MARK = "Placeholder made by sql-lineage-purview for "


class Entities(Struct, frozen=True):
    """What a read returned: the entities asked for, and those that they refer to, by guid."""

    entities: tuple[Json, ...]
    referred: Mapping[str, Json]


def entities_of(answer: Json) -> Entities:
    """The entities of an answer to a look-up of one or many."""
    rows = answer["entities"] if "entities" in answer else [answer["entity"]]
    return Entities(tuple(rows), answer.get("referredEntities") or {})


def placeholder_entity(
    asset: AssetRef, owner: str, parent: Mapping[str, Json], placeholder: str
) -> Json:
    """An asset that is made because no scan of the catalogue has it, and that says so.

    `parent` leads to what it belongs to.

    Args:
        asset: its type and qualified name; the guid is not used.
        owner: who makes it; named in its description.
        parent: the relationship attributes; empty where it belongs to nothing.
        placeholder: a guid that stands for it in the request.
    """
    return {
        "typeName": asset.type_name,
        "guid": placeholder,
        "attributes": {
            "qualifiedName": asset.qualified_name,
            "name": unquote(asset.qualified_name.rstrip("/").rpartition("/")[2]),
            "description": f"{_PLACEHOLDER_MARK}{owner}, as no scan has registered this asset yet.",
        },
        **({"relationshipAttributes": dict(parent)} if parent else {}),
    }


def writers_of(entity: Json) -> list[str]:
    """The guids of our type's processes that an asset is an output of."""
    return [
        row.get("guid") or ""
        for row in related_rows(entity, "outputFromProcesses")
        if row.get("typeName") == PROCESS_TYPE
    ]


def related_by(entity: Json, type_name: str) -> set[str]:
    """The guids of what an entity is related to by relationships of a type.

    It does not matter what the attribute is called.
    """
    attributes = entity.get("relationshipAttributes") or {}
    rows = [row for name in attributes for row in related_rows(entity, name)]
    return {row.get("guid") or "" for row in rows if row.get("relationshipType") == type_name}


def direct_lineage(entity: Json, type_name: str) -> list[tuple[str, str, str]]:
    """The relations of a type by which other assets feed this one.

    Each has the guid of the asset, the guid of the relation, and its mapping.
    """
    return [
        (
            row.get("guid") or "",
            row.get("relationshipGuid") or "",
            str(
                ((row.get("relationshipAttributes") or {}).get("attributes") or {}).get(
                    "columnMapping"
                )
                or ""
            ),
        )
        for row in related_rows(entity, "sources")
        if row.get("relationshipType") == type_name
    ]


def end_guids(entity: Json, end: str) -> set[str]:
    """The guids of a process' `inputs` or `outputs` that exist."""
    return referred_guids(entity, end)


def deleted_ends(entity: Json, end: str) -> dict[str, str]:
    """The guids of a process' deleted `inputs` or `outputs`, with what the portal shows of each.

    Not what was only taken out of the list: the service goes on listing that too, with the status
    of the relation.
    """
    return _shown_by_guid(_deleted_rows(entity, end))


def lingering_ends(entity: Json, end: str) -> dict[str, str]:
    """The deleted `inputs` or `outputs` that a process is related to all the same.

    The portal therefore shows them.

    A reference by guid to an asset that is deleted already makes such, and a process that is
    written without them loses them.
    """
    return _shown_by_guid(
        row for row in _deleted_rows(entity, end) if row.get("relationshipStatus") == "ACTIVE"
    )


def _deleted_rows(entity: Json, end: str) -> list[Json]:
    rows = (entity.get("relationshipAttributes") or {}).get(end) or []
    return [row for row in rows if row.get("entityStatus") == "DELETED"]


def _shown_by_guid(rows: Iterable[Json]) -> dict[str, str]:
    return {
        row.get("guid") or "": str(row.get("displayText") or row.get("guid") or "") for row in rows
    }


def by_qualified_name(entities: Entities) -> dict[str, Json]:
    """Those entities that exist (deleted ones may still be answered), by qualified name."""
    return {qualified_name_of(entity): entity for entity in entities.entities if exists(entity)}


def assets_of(entities: Entities) -> list[Asset]:
    """The assets among entities, with their columns where the answer holds these."""
    return [_asset(entity, entities.referred) for entity in entities.entities if exists(entity)]


def _asset(entity: Json, referred: Mapping[str, Json]) -> Asset:
    ref = AssetRef(
        qualified_name_of(entity), entity.get("typeName") or "", entity.get("guid") or ""
    )
    names = _column_names(entity, referred)
    # A column without a name is one that is not known either.
    columns = tuple(name for name in names if name and name.casefold() != _TRUNCATION_MARK)
    return Asset(ref, columns or None, is_placeholder(entity), truncated=len(columns) < len(names))


class ColumnEntity(Struct, frozen=True):
    """A column as the account has it: its guid, its name, and the classifications that it bears."""

    guid: str
    name: str
    classifications: frozenset[str]


def column_entities(entity: Json, referred: Mapping[str, Json]) -> list[ColumnEntity]:
    """The columns of an asset, or of a file's schema, among what was answered with it."""
    return [
        ColumnEntity(guid, column_name(row, referred), classifications_of(referred.get(guid, row)))
        for row in related_rows(entity, "columns")
        if (guid := row.get("guid") or "")
    ]


def classifications_of(entity: Json) -> frozenset[str]:
    """The names of the classifications that an entity bears."""
    rows = entity.get("classifications") or []
    return frozenset(
        str(row.get("typeName")) for row in rows if row.get("entityStatus", "ACTIVE") != "DELETED"
    )


def is_placeholder(entity: Json) -> bool:
    """Was the asset made by a push, and has no scan registered it yet?"""
    return str((entity.get("attributes") or {}).get("description") or "").startswith(
        _PLACEHOLDER_MARK
    )


def schema_guid(entities: Entities) -> str | None:
    """The guid of a file's schema entity (`tabular_schema`), which holds its columns.

    None where it has none.
    """
    for entity in entities.entities:
        related = related_rows(entity, "tabular_schema")
        if related:
            return related[0].get("guid")
    return None


def reference(asset: AssetRef) -> Json:
    """A reference by name, not by guid.

    By its guid the account would take an asset that was deleted since the plan was made.
    """
    return {
        "typeName": asset.type_name,
        "uniqueAttributes": {"qualifiedName": asset.qualified_name},
    }


def exists(entity: Json) -> bool:
    """Is it there? Deleted entities may still be answered."""
    return bool(entity) and entity.get("status", "ACTIVE") != "DELETED"


def qualified_name_of(entity: Json) -> str:
    """The qualified name of an entity; empty where it has none."""
    return str((entity.get("attributes") or {}).get("qualifiedName") or "")


def related_rows(entity: Json, name: str) -> list[Json]:
    """What an entity refers to by a relationship, whichever of the two places holds it.

    Deleted ones left out.
    """
    value = (
        (entity.get("relationshipAttributes") or {}).get(name)
        or (entity.get("attributes") or {}).get(name)
        or []
    )
    rows = value if isinstance(value, list) else [value]
    return [
        row
        for row in rows
        if isinstance(row, dict)
        and "DELETED" not in (row.get("entityStatus"), row.get("relationshipStatus"))
    ]


def referred_guids(entity: Json, name: str) -> set[str]:
    """The guids of what an entity refers to by an attribute."""
    return {row.get("guid") or "" for row in related_rows(entity, name)}


def _column_names(entity: Json, referred: Mapping[str, Json]) -> list[str]:
    names = [column_name(column, referred) for column in related_rows(entity, "columns")]
    if not names:
        schemas = [
            referred[row["guid"]]
            for row in related_rows(entity, "tabular_schema")
            if row.get("guid") in referred
        ]
        names = [
            column_name(column, referred)
            for schema in schemas
            for column in related_rows(schema, "columns")
        ]
    return names


def column_name(column: Json, referred: Mapping[str, Json]) -> str:
    """The name of a column, as the answer tells it or what it refers to."""
    full = referred.get(column.get("guid") or "", {})
    name = (full.get("attributes") or {}).get("name") or column.get("displayText")
    return str(
        name or (column.get("uniqueAttributes") or {}).get("qualifiedName", "").rpartition("#")[2]
    )
