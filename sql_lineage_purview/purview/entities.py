"""The entities of Atlas, as JSON: the one place that knows their shape.

Sources: Apache Atlas' base model (Process, inputs, outputs), and for custom types
https://learn.microsoft.com/purview/data-gov-api-custom-types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .assets import Asset, AssetRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Entities
    from .typedefs import Json

PROCESS_TYPE = "sql_lineage_process"


@dataclass(frozen=True, slots=True)
class Process:
    """A Process of the Data Map: how one module, or loose script, fills one table.

    Args:
        qualified_name: Its identity, which stays when inputs or columns change.
        name: What the portal shows.
        inputs: What it reads.
        outputs: What it writes.
        column_mapping: The JSON that the portal draws column lineage from; see `mapping`.
        module: The module's name; empty for a loose script.
        file_path: The script, relative to the scanned root.
        line_range: `first-last` line of the statements, from 1.
        certainty: That of its least certain column edge.
        tool_version: The version of this tool that last changed the process.
    """

    qualified_name: str
    name: str
    inputs: tuple[AssetRef, ...]
    outputs: tuple[AssetRef, ...]
    column_mapping: str
    module: str
    file_path: str
    line_range: str
    certainty: str
    tool_version: str


def process_type() -> Json:
    """The definition of the type of all processes here. Built-in types take no `columnMapping` of others."""
    names = ("columnMapping", "sqlText", "moduleName", "filePath", "lineRange", "certainty", "toolVersion")
    return {
        "category": "ENTITY",
        "name": PROCESS_TYPE,
        "description": "A T-SQL module or script that fills a table",
        "superTypes": ["Process"],
        "serviceType": "SQL Lineage",
        "typeVersion": "1.0",
        "attributeDefs": [_string_attribute(name) for name in names],
    }


def process_entity(process: Process, placeholder: str) -> Json:
    """A process as it is sent; the service puts a real guid in place of `placeholder` (`-1`)."""
    return {
        "typeName": PROCESS_TYPE,
        "guid": placeholder,
        "attributes": {
            "qualifiedName": process.qualified_name,
            **_compared(process),
            "toolVersion": process.tool_version,
            "inputs": [_reference(asset) for asset in process.inputs],
            "outputs": [_reference(asset) for asset in process.outputs],
        },
    }


def differences(process: Process, present: Json) -> tuple[str, ...]:
    """The attributes in which an entity of the account differs from a process; empty where it need not be written.

    The tool's version is no difference, or each release would write all processes again.
    """
    attributes = present.get("attributes") or {}
    changed = [name for name, value in _compared(process).items() if (attributes.get(name) or "") != value]
    for name, assets in (("inputs", process.inputs), ("outputs", process.outputs)):
        if {asset.guid for asset in assets} != _referred_guids(present, name):
            changed.append(name)
    return tuple(changed)


def by_qualified_name(entities: Entities) -> dict[str, Json]:
    """Those entities that exist (deleted ones may still be answered), by qualified name."""
    return {_qualified_name(entity): entity for entity in entities.entities if _exists(entity)}


def assets_of(entities: Entities) -> list[Asset]:
    """The assets among entities, with their columns where the answer holds these."""
    return [
        Asset(
            AssetRef(_qualified_name(entity), entity.get("typeName") or "", entity.get("guid") or ""),
            _columns(entity, entities.referred),
        )
        for entity in entities.entities
        if _exists(entity)
    ]


def schema_guid(entities: Entities) -> str | None:
    """The guid of a file's schema entity (`tabular_schema`), which holds its columns; None where it has none."""
    for entity in entities.entities:
        related = _related(entity, "tabular_schema")
        if related:
            return related[0].get("guid")
    return None


def _compared(process: Process) -> dict[str, str]:
    return {
        "name": process.name,
        "columnMapping": process.column_mapping,
        "moduleName": process.module,
        "filePath": process.file_path,
        "lineRange": process.line_range,
        "certainty": process.certainty,
    }


def _reference(asset: AssetRef) -> Json:
    return {"guid": asset.guid, "typeName": asset.type_name, "uniqueAttributes": {"qualifiedName": asset.qualified_name}}


def _string_attribute(name: str) -> Json:
    return {
        "name": name,
        "typeName": "string",
        "isOptional": True,
        "cardinality": "SINGLE",
        "valuesMinCount": 0,
        "valuesMaxCount": 1,
        "isUnique": False,
        "isIndexable": False,
    }


def _exists(entity: Json) -> bool:
    return bool(entity) and entity.get("status", "ACTIVE") != "DELETED"


def _qualified_name(entity: Json) -> str:
    return str((entity.get("attributes") or {}).get("qualifiedName") or "")


def _related(entity: Json, name: str) -> list[Json]:
    """What an entity refers to by a relationship, whichever of the two places holds it; deleted ones left out."""
    value = (entity.get("relationshipAttributes") or {}).get(name) or (entity.get("attributes") or {}).get(name) or []
    rows = value if isinstance(value, list) else [value]
    return [
        row for row in rows if isinstance(row, dict) and "DELETED" not in (row.get("entityStatus"), row.get("relationshipStatus"))
    ]


def _referred_guids(entity: Json, name: str) -> set[str]:
    return {row.get("guid") or "" for row in _related(entity, name)}


def _columns(entity: Json, referred: Mapping[str, Json]) -> tuple[str, ...] | None:
    names = [_column_name(column, referred) for column in _related(entity, "columns")]
    if not names:
        schemas = [referred[row["guid"]] for row in _related(entity, "tabular_schema") if row.get("guid") in referred]
        names = [_column_name(column, referred) for schema in schemas for column in _related(schema, "columns")]
    return tuple(name for name in names if name) or None


def _column_name(column: Json, referred: Mapping[str, Json]) -> str:
    full = referred.get(column.get("guid") or "", {})
    name = (full.get("attributes") or {}).get("name") or column.get("displayText")
    return str(name or (column.get("uniqueAttributes") or {}).get("qualifiedName", "").rpartition("#")[2])
