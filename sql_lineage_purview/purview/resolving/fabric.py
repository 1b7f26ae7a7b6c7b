"""Where tables of Microsoft Fabric stand in the Data Map.

They stand under the address of their lakehouse or warehouse.

Sources: https://learn.microsoft.com/purview/register-scan-fabric-tenant (items and lakehouse
tables). The Data Map has no tables of warehouses by itself; the names here are those that
https://github.com/sdebruyn/dbt-fabric registers.
"""

from __future__ import annotations

import re
from enum import StrEnum

HOST = "app.fabric.microsoft.com"
# In a lakehouse with schemas, schema and table are one segment; the slash between them is encoded
# twice.
_INNER_SLASH = "%252F"
_DEFAULT_SCHEMA = "dbo"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ItemKind(StrEnum):
    """What holds the tables. The word is the one of the address."""

    LAKEHOUSE = "lakehouses"
    WAREHOUSE = "warehouses"


def root(kind: ItemKind, workspace: str, item: str) -> str:
    """The address of a lakehouse or warehouse, which is its qualified name."""
    return f"https://{HOST}/groups/{workspace}/{kind}/{item}"


def qualified_names(kind: ItemKind, item: str, schema: str, name: str) -> tuple[str, ...]:
    """The qualified names that a table of the item at an address may have, likeliest first.

    A lakehouse without schemas shows its tables to SQL in the schema `dbo`.

    Args:
        kind: lakehouse or warehouse.
        item: the address of the lakehouse or warehouse.
        schema: of the table.
        name: the table's, without its schema.
    """
    if kind is ItemKind.WAREHOUSE:
        return (f"{item}/schemas/{schema}/tables/{name}",)
    plain = (f"{item}/tables/{name}",) if schema.casefold() == _DEFAULT_SCHEMA else ()
    return (*plain, f"{item}/tables/{schema}{_INNER_SLASH}{name}")


def is_guid(text: str) -> bool:
    """Is it a GUID, as workspaces and items have?"""
    return _GUID.fullmatch(text) is not None
