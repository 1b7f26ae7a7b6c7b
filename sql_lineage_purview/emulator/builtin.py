"""The types that a new catalogue already knows, as a table.

They are Atlas' base model, SQL sources and storage.

Names and qualified names of the types were seen in captures of real accounts; the attributes and
relationships of `azure_sql_table` are those of Microsoft's tutorial on custom types
(https://learn.microsoft.com/purview/data-gov-api-custom-types), and the other families follow it by
analogy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .builtin_processes import classification_defs, process_defs, relationship_defs
from .definitions import built_in
from .registry import Category, JsonObject, TypeDef

if TYPE_CHECKING:
    from collections.abc import Iterator


class Parent(Struct, frozen=True):
    """What an asset belongs to: parent's type, relationship, and the attribute at each end."""

    type_name: str
    relationship: str
    up: str
    down: str


class AssetKind(Struct, frozen=True):
    """A kind of asset that a scan registers.

    Attributes:
        type_name: The entity type.
        service: The service type that the portal groups it by.
        base: Its supertype.
        depth: How many path segments follow the host in its qualified name; None for any number.
        parent: What it belongs to.
        attributes: Names and types of its attributes, `!` after the type of a mandatory one.
        separator: Of a column: what stands between the qualified name of its table and its own.
    """

    type_name: str
    service: str
    base: str = "Asset"
    depth: int | None = None
    parent: Parent | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    separator: str = "#"


class _SqlFamily(Struct, frozen=True):
    """A SQL platform: its prefix, and the types that stand above the schema.

    `depth` counts the server's path segments.
    """

    prefix: str
    service: str
    server: str
    database: str
    databases: str
    depth: int = 0


_SQL_FAMILIES = (
    _SqlFamily("azure_sql", "Azure SQL Database", "azure_sql_server", "azure_sql_db", "databases"),
    _SqlFamily(
        "azure_sql_dw",
        "Azure SQL Data Warehouse",
        "azure_sql_server",
        "azure_sql_dw",
        "dataWarehouses",
    ),
    _SqlFamily(
        "azure_sql_mi", "Azure SQL Managed Instance", "azure_sql_mi", "azure_sql_mi_db", "databases"
    ),
    _SqlFamily(
        "azure_synapse_dedicated_sql",
        "Azure Synapse Analytics",
        "azure_synapse_workspace",
        "azure_synapse_dedicated_sql_db",
        "dedicatedDatabases",
    ),
    _SqlFamily(
        "azure_synapse_serverless_sql",
        "Azure Synapse Analytics",
        "azure_synapse_workspace",
        "azure_synapse_serverless_sql_db",
        "serverlessDatabases",
    ),
    # The name of the instance is a path segment: mssql://host/MSSQLSERVER/db/schema/table.
    _SqlFamily("mssql", "SQL Server", "mssql_instance", "mssql_db", "databases", depth=1),
)

_OBJECT = (
    ("principalId", "int"),
    ("objectType", "string"),
    ("createTime", "date"),
    ("modifiedTime", "date"),
)
_COLUMN = (("data_type", "string!"), ("length", "int"), ("precision", "int"), ("scale", "int"))
_PATH = (("path", "string"), ("isFile", "boolean"), ("size", "long"), ("modifiedTime", "date"))
_RESOURCE_SET = (
    ("partitionCount", "long"),
    ("schemaCount", "long"),
    ("totalSizeBytes", "long"),
    ("modifiedTime", "date"),
)


def _sql_kinds(family: _SqlFamily) -> Iterator[AssetKind]:
    prefix, service, top = family.prefix, family.service, family.depth
    server, database, schema = family.server, family.database, f"{prefix}_schema"
    yield AssetKind(server, service, depth=top)
    above = Parent(server, f"{server}_{family.databases}", "server", family.databases)
    yield AssetKind(database, service, depth=top + 1, parent=above)
    yield AssetKind(
        schema,
        service,
        depth=top + 2,
        parent=Parent(database, f"{database}_schemas", "db", "schemas"),
    )
    for noun, column in (("table", "column"), ("view", "view_column")):
        name = f"{prefix}_{noun}"
        in_schema = Parent(schema, f"{schema}_{noun}s", "dbSchema", f"{noun}s")
        yield AssetKind(name, service, "DataSet", top + 3, in_schema, _OBJECT)
        of_object = Parent(name, f"{name}_columns", noun, "columns")
        yield AssetKind(f"{prefix}_{column}", service, "DataSet", None, of_object, _COLUMN)


def _storage_kinds(prefix: str, service: str, container: str) -> Iterator[AssetKind]:
    account, inside = f"{prefix}_service", f"{prefix}_{container}"
    yield AssetKind(account, service, depth=0)
    yield AssetKind(
        inside,
        service,
        "DataSet",
        1,
        Parent(account, f"{account}_{container}s", "service", f"{container}s"),
    )
    for noun, attributes in (("path", _PATH), ("resource_set", _RESOURCE_SET)):
        parent = Parent(inside, f"{inside}_{noun}s", container, f"{noun}s")
        yield AssetKind(f"{prefix}_{noun}", service, "DataSet", None, parent, attributes)


def _fabric_kinds() -> Iterator[AssetKind]:
    """Items of Fabric, and tables under their addresses.

    An address looks like https://app.fabric.microsoft.com/groups/W/lakehouses/I/tables/T.

    Of warehouses a scan registers no tables; these types are those of
    https://github.com/sdebruyn/dbt-fabric. The columns of lakehouses follow them by analogy.
    """
    service, nullable = "Microsoft Fabric", (("isNullable", "boolean"),)
    for item, table, depth in (
        ("fabric_lakehouse", "fabric_lakehouse_table", 6),
        ("fabric_warehouse", "fabric_warehouse_table", 8),
    ):
        yield AssetKind(item, service, "DataSet", 4)
        above = Parent(item, "fabric_lakehouse_tables", "lakehouse", "tables")
        if item == "fabric_warehouse":
            of_item = Parent(item, "fabric_warehouse_schema_warehouses", "warehouse", "schemas")
            yield AssetKind("fabric_warehouse_schema", service, "Asset", 6, of_item)
            above = Parent(
                "fabric_warehouse_schema", "fabric_warehouse_table_schemas", "dbSchema", "tables"
            )
        yield AssetKind(table, service, "DataSet", depth, above, _OBJECT[2:])
        of_table = Parent(table, f"{table}_columns", "table", "columns")
        yield AssetKind(
            f"{table}_column",
            service,
            "DataSet",
            None,
            of_table,
            (*_COLUMN, *nullable),
            separator="/columns/",
        )


def _kinds() -> dict[str, AssetKind]:
    kinds = [kind for family in _SQL_FAMILIES for kind in _sql_kinds(family)]
    kinds.extend(
        _storage_kinds("azure_datalake_gen2", "Azure Data Lake Storage Gen2", "filesystem")
    )
    kinds.extend(_fabric_kinds())
    kinds.extend(_storage_kinds("azure_blob", "Azure Blob Storage", "container"))
    # Files have no columns of their own: a tabular_schema hangs on the file, and its columns on
    # that.
    kinds.append(AssetKind("tabular_schema", "Purview", depth=None))
    of_schema = Parent("tabular_schema", "tabular_schema_columns", "composeSchema", "columns")
    kinds.append(AssetKind("column", "Purview", "Asset", None, of_schema, (("type", "string!"),)))
    # Two families share the server of Azure SQL; the first one names its service.
    return {kind.type_name: kind for kind in reversed(kinds)}


ASSET_KINDS = _kinds()
"""Every kind of asset that a scan registers, by type name."""


def built_in_types(*, now: int) -> tuple[TypeDef, ...]:
    """All types of a new catalogue. `now` is their time of creation, in milliseconds since 1970."""
    kinds = ASSET_KINDS.values()
    entities = [*_BASE_ENTITIES, *(_entity_def(kind) for kind in kinds), *process_defs()]
    parents = (_relationship_def(kind, kind.parent) for kind in kinds if kind.parent)
    relationships = [*_BASE_RELATIONSHIPS, *parents, *relationship_defs()]
    return (
        *(built_in(body, Category.CLASSIFICATION, now=now) for body in classification_defs()),
        *(built_in(body, Category.ENTITY, now=now) for body in entities),
        *(built_in(body, Category.RELATIONSHIP, now=now) for body in relationships),
    )


def _entity_def(kind: AssetKind) -> JsonObject:
    return {
        "name": kind.type_name,
        "superTypes": [kind.base],
        "serviceType": kind.service,
        "options": _options(kind),
        "attributeDefs": [_attribute(name, type_name) for name, type_name in kind.attributes],
    }


def _options(kind: AssetKind) -> JsonObject | None:
    """What makes the portal's schema tab.

    It is the attribute that holds the columns, and what is shown of a column.
    """
    if is_column(kind):
        return {"schemaAttributes": f'["{kind.attributes[0][0]}"]'}
    children = [
        child
        for child in ASSET_KINDS.values()
        if child.parent and child.parent.type_name == kind.type_name
    ]
    return (
        {"schemaElementsAttribute": "columns"}
        if any(is_column(child) for child in children)
        else None
    )


def is_column(kind: AssetKind) -> bool:
    """Is this a column of a table, view or file?"""
    return kind.parent is not None and kind.parent.down == "columns"


def _relationship_def(kind: AssetKind, parent: Parent) -> JsonObject:
    """Parent and child.

    In SQL sources the children die with the parent; paths outlive the record of their container.
    """
    composition = (
        kind.type_name == "column" or "sql" in kind.type_name or "fabric" in kind.type_name
    )
    return {
        "name": parent.relationship,
        "serviceType": kind.service,
        "relationshipCategory": "COMPOSITION" if composition else "AGGREGATION",
        "endDef1": {
            "type": parent.type_name,
            "name": parent.down,
            "isContainer": True,
            "cardinality": "SET",
        },
        "endDef2": {
            "type": kind.type_name,
            "name": parent.up,
            "isContainer": False,
            "cardinality": "SINGLE",
        },
    }


def _attribute(name: str, type_name: str, **more: object) -> JsonObject:
    mandatory = type_name.endswith("!")
    return {"name": name, "typeName": type_name.rstrip("!"), "isOptional": not mandatory, **more}


# https://github.com/apache/atlas/blob/master/addons/models/0000-Area0/0010-base_model.json
_BASE_ENTITIES: tuple[JsonObject, ...] = (
    {
        "name": "Referenceable",
        "serviceType": "atlas_core",
        "attributeDefs": [_attribute("qualifiedName", "string!", isUnique=True, isIndexable=True)],
    },
    {
        "name": "Asset",
        "superTypes": ["Referenceable"],
        "serviceType": "atlas_core",
        "attributeDefs": [
            _attribute("name", "string!", isIndexable=True),
            *(
                _attribute(name, "string")
                for name in ("displayName", "description", "userDescription", "owner")
            ),
        ],
    },
    {"name": "DataSet", "superTypes": ["Asset"], "serviceType": "atlas_core"},
    {"name": "Infrastructure", "superTypes": ["Asset"], "serviceType": "atlas_core"},
    {
        "name": "Process",
        "superTypes": ["Asset"],
        "serviceType": "atlas_core",
        "attributeDefs": [
            _attribute(name, "array<DataSet>", cardinality="SET") for name in ("inputs", "outputs")
        ],
    },
)


def _end(type_name: str, name: str, **more: object) -> JsonObject:
    return {"type": type_name, "name": name, "cardinality": "SET", **more}


_BASE_RELATIONSHIPS: tuple[JsonObject, ...] = (
    {
        "name": "dataset_process_inputs",
        "serviceType": "atlas_core",
        "relationshipCategory": "AGGREGATION",
        "propagateTags": "TWO_TO_ONE",
        "endDef1": _end("Process", "inputs", isContainer=True, isLegacyAttribute=True),
        "endDef2": _end("DataSet", "inputToProcesses"),
    },
    {
        "name": "process_dataset_outputs",
        "serviceType": "atlas_core",
        "relationshipCategory": "AGGREGATION",
        "propagateTags": "ONE_TO_TWO",
        "endDef1": _end("Process", "outputs", isContainer=True, isLegacyAttribute=True),
        "endDef2": _end("DataSet", "outputFromProcesses"),
    },
    {
        # End 1 is upstream: its attribute names where its data goes.
        # https://learn.microsoft.com/purview/data-gov-api-create-lineage-relationships
        "name": "direct_lineage_dataset_dataset",
        "serviceType": "Purview",
        "relationshipCategory": "ASSOCIATION",
        "attributeDefs": [_attribute("columnMapping", "string")],
        "endDef1": _end("DataSet", "sinks"),
        "endDef2": _end("DataSet", "sources"),
    },
    {
        "name": "tabular_schema_datasets",
        "serviceType": "Purview",
        "relationshipCategory": "AGGREGATION",
        "endDef1": {
            "type": "DataSet",
            "name": "tabular_schema",
            "isContainer": True,
            "cardinality": "SINGLE",
        },
        "endDef2": _end("tabular_schema", "associatedDataSets"),
    },
)
