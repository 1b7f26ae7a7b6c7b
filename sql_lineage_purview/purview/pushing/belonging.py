"""What an asset belongs to, as far as its type demands it: a table to its schema.

Whether the service enforces such relationships is not documented, and it seems to differ by type.
So a new asset is related to its parent where its type wants one and the account has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..account.assets import AssetRef
from ..account.entities import by_qualified_name, reference
from ..purview_errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..account.client import DataMapClient
    from ..account.typedefs import Json


def parents_of(
    client: DataMapClient, refs: Iterable[AssetRef]
) -> dict[AssetRef, Mapping[str, Json]]:
    """The relationship attributes that lead from new assets to their existing parents.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    children: dict[tuple[str, str], list[tuple[AssetRef, str]]] = {}
    demanded: dict[str, tuple[str, str] | None] = {}
    for ref in refs:
        if ref.type_name not in demanded:
            demanded[ref.type_name] = _demanded(client, ref.type_name)
        parent = demanded[ref.type_name]
        if parent:
            key = (parent[1], _parent_name(ref.qualified_name))
            children.setdefault(key, []).append((ref, parent[0]))
    names: dict[str, list[str]] = {}
    for type_name, name in children:
        names.setdefault(type_name, []).append(name)
    return {
        ref: {attribute: reference(AssetRef(name, type_name, entity.get("guid") or ""))}
        for type_name, parent_names in names.items()
        for part in client.locate(type_name, parent_names)
        for name, entity in by_qualified_name(part).items()
        for ref, attribute in children.get((type_name, name), ())
    }


def _parent_name(qualified_name: str) -> str:
    """The qualified name of what an asset stands in.

    In a warehouse of Fabric, `tables` stands between schema and table.
    """
    return qualified_name.rstrip("/").rpartition("/")[0].removesuffix("/tables")


def _demanded(client: DataMapClient, type_name: str) -> tuple[str, str] | None:
    """The attribute that an asset of a type must lead to its parent with, and the parent's type.

    None where there is none.
    """
    try:
        rows = client.get_type(type_name).get("relationshipAttributeDefs") or []
    except NotFoundError:
        return None
    attributes = [
        row
        for row in rows
        if row.get("isOptional") is False and not str(row.get("typeName")).startswith("array<")
    ]
    return (
        (str(attributes[0]["name"]), str(attributes[0]["typeName"]))
        # of several parents nobody knows which one the service wants
        if len(attributes) == 1
        else None
    )
