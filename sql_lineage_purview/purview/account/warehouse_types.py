"""The types of tables in a warehouse of Fabric, which the Data Map does not have by itself.

They are those that https://github.com/sdebruyn/dbt-fabric defines, with all that belongs to them,
so that either of the two can come first. An account that has a type of its own for the tables keeps
it as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..purview_errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .client import DataMapClient
    from .typedefs import Json

TABLE_TYPE = "fabric_warehouse_table"
_WAREHOUSE, _SCHEMA, _COLUMN = (
    "fabric_warehouse",
    "fabric_warehouse_schema",
    "fabric_warehouse_table_column",
)
# That of the built-in type of warehouses, by which the portal groups them.
_SERVICE = "Azure Synapse Analytics"
# What accounts may have above their tables, besides `DataSet`.
_PORTAL_TABLE = "Purview_Table"


def ensure_warehouse_types(client: DataMapClient) -> tuple[str, ...]:
    """Make the types where the account has none for tables of warehouses.

    Returns:
        The names of those that were made.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    if _has(client, TABLE_TYPE):
        return ()
    names = client.ensure_types(_entity_types(portal=_has(client, _PORTAL_TABLE)))
    relations = _relationship_types(warehouse=_has(client, _WAREHOUSE))
    return (*names, *client.ensure_relationship_types(relations))


def _has(client: DataMapClient, name: str) -> bool:
    try:
        client.get_type(name)
    except NotFoundError:
        return False
    return True


def _entity_types(*, portal: bool) -> Iterable[Json]:
    table = ["DataSet", _PORTAL_TABLE] if portal else ["DataSet"]
    yield _entity_type(_SCHEMA, "A schema of a warehouse in Fabric", ["Asset"])
    yield _entity_type(
        TABLE_TYPE,
        "A table of a warehouse in Fabric",
        table,
        createTime="date",
        modifiedTime="date",
    )
    numbers = {"length": "long", "precision": "int", "scale": "int", "isNullable": "boolean"}
    yield _entity_type(
        _COLUMN, "A column of a table in Fabric", ["DataSet"], data_type="string!", **numbers
    )


def _relationship_types(*, warehouse: bool) -> Iterable[Json]:
    if warehouse:
        yield _relationship_type(
            "fabric_warehouse_schema_warehouses", (_WAREHOUSE, "schemas"), (_SCHEMA, "warehouse")
        )
    yield _relationship_type(
        "fabric_warehouse_table_schemas", (_SCHEMA, "tables"), (TABLE_TYPE, "dbSchema")
    )
    yield _relationship_type(
        "fabric_warehouse_table_columns", (TABLE_TYPE, "columns"), (_COLUMN, "table")
    )


def _entity_type(name: str, description: str, super_types: list[str], **attributes: str) -> Json:
    """A type with attributes of these types; `!` is behind the type of one that is mandatory."""
    definition: Json = {
        "category": "ENTITY",
        "name": name,
        "description": description,
        "superTypes": super_types,
    }
    rows = [
        {"name": key, "typeName": kind.rstrip("!"), "isOptional": not kind.endswith("!")}
        for key, kind in attributes.items()
    ]
    return definition | {"serviceType": _SERVICE, "typeVersion": "1.0", "attributeDefs": rows}


def _relationship_type(name: str, container: tuple[str, str], child: tuple[str, str]) -> Json:
    ends = {"endDef1": (*container, "SET", True), "endDef2": (*child, "SINGLE", False)}
    definition: Json = {
        end: {"type": kind, "name": attribute, "cardinality": cardinality, "isContainer": holds}
        for end, (kind, attribute, cardinality, holds) in ends.items()
    }
    about = {"category": "RELATIONSHIP", "name": name, "relationshipCategory": "COMPOSITION"}
    return definition | about | {"serviceType": _SERVICE, "typeVersion": "1.0"}
