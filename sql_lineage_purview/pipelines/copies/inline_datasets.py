"""Datasets of Fabric, which stand inside the activities that use them.

Source: https://learn.microsoft.com/fabric/onelake/onelake-access-api (addresses)
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from ...model.names import Name
from ...model.regex import regex
from ..artefacts.embedded_scripts import CopyEnd
from ..artefacts.fabric_items import FabricItem
from ..artefacts.json_members import Properties, object_at
from ..artefacts.workspace import Workspace
from ..expressions.evaluation import Values
from .store_addresses import base_address, file_store, other_address, service_url
from .store_properties import DataStore, PropertyReader
from .store_tables import SQL_DATASETS, table_name

_ONELAKE = "https://onelake.dfs.fabric.microsoft.com"
# A SQL database stands as its name and its id.
_ITEM_ID = regex(r"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_HOLDERS = ("connectionSettings", "linkedService")


class Connection(Struct, frozen=True):
    """What an activity says of the store of its dataset.

    These are the name that the settings may know it by, its kind and its settings.
    """

    name: str
    kind: str
    settings: Properties


def connection_of(dataset: Properties) -> Connection:
    """The connection of a dataset that stands in an activity."""
    for key in _HOLDERS:
        holder = dataset.get(key)
        properties = holder.get("properties") if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(properties, dict):
            name = holder.get("name") or _external(properties)
            return Connection(
                str(name or ""),
                str(properties.get("type", "")),
                object_at(properties, "typeProperties"),
            )
    return Connection(_external(dataset), "", {})


def without_id(database: str | None) -> str | None:
    """The name of a database without the id behind it."""
    return _ITEM_ID.sub("", database) if database else None


def _external(properties: Properties) -> str:
    return str(object_at(properties, "externalReferences").get("connection", ""))


def inline_store(
    side: CopyEnd, dataset: Properties, values: Values, workspace: Workspace
) -> DataStore:
    """Where an end stands whose dataset is in the activity itself, as in Fabric.

    Args:
        side: the end of the copy.
        dataset: the one in the activity.
        values: what the pipeline's references stand for.
        workspace: has the items of Fabric, and what the configuration says of connections.
    """
    connection, reader = connection_of(dataset), PropertyReader(values)
    properties, kind = object_at(dataset, "typeProperties"), str(dataset.get("type", ""))
    item = workspace.items.get(reader.text(connection.settings.get("artifactId")))
    override = workspace.address(connection.name)
    lakehouse = (
        kind.startswith("Lakehouse")
        or object_at(properties, "location").get("type") == "LakehouseLocation"
    )
    if kind.startswith(SQL_DATASETS) or (kind.startswith("Lakehouse") and (override or item)):
        database = override or (
            item.name if item else without_id(reader.text(properties.get("database")))
        )
        store = DataStore(
            Name((side.dataset,)) if side.lines else table_name(side, properties, reader),
            None,
            database,
        )
    elif "location" in properties:
        base = override or (
            _onelake(connection.settings, item, reader)
            if lakehouse
            else base_address(kind, connection.settings, reader)
        )
        store = file_store(side, dataset, base, connection.name, reader)
    elif lakehouse:
        table = "/".join(
            part for key in ("schema", "table") if (part := reader.path(properties.get(key)))
        )
        store = DataStore(
            Name(
                (f"{override or _onelake(connection.settings, item, reader)}/{table}",),
                address=True,
            )
        )
    else:
        base = override or service_url(connection.settings, reader)
        store = DataStore(
            other_address(
                properties,
                base,
                connection.kind or kind.removesuffix("Table"),
                connection.name,
                reader,
            )
        )
    return replace(store, assumed=reader.assumed)


def _onelake(settings: Properties, item: FabricItem | None, reader: PropertyReader) -> str:
    """The address of a lakehouse: by its name where that is known, else by its id."""
    place = f"{item.name}.{item.type}" if item else reader.path(settings.get("artifactId")) or "*"
    workspace = reader.path(settings.get("workspaceId")) or "*"
    folder = reader.path(settings.get("rootFolder")) or "Files"
    # git holds a GUID of zeros for the pipeline's own workspace
    return f"{_ONELAKE}/{'*' if not workspace.strip('0-') else workspace}/{place}/{folder}"
