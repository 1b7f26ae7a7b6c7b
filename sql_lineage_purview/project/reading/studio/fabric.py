"""Datasets of Fabric, which stand inside the activities that use them, and the items of a workspace that they are in.

Source: https://learn.microsoft.com/fabric/cicd/git-integration/source-code-format,
https://learn.microsoft.com/fabric/onelake/onelake-access-api (addresses)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ....model.json_text import parse_json
from ....model.limits import DOCUMENT_BYTES
from ....model.opening import read_file

_Properties: TypeAlias = Mapping[str, Any]

ONELAKE = "https://onelake.dfs.fabric.microsoft.com"
# A SQL database stands as its name and its id.
_ITEM_ID = re.compile(r"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_HOLDERS = ("connectionSettings", "linkedService")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a workspace that is kept in the scanned folder: its name and type (Warehouse, Lakehouse, SQLDatabase)."""

    name: str
    type: str


@dataclass(slots=True)
class Items:
    """The items of a scan by their ids. `places` are the files `.platform` that were met."""

    places: Iterable[Path] = ()
    readable: Callable[[Path], bool] = lambda _: False
    _items: dict[str, Item] | None = field(default=None)

    def get(self, identity: str | None) -> Item | None:
        """The item of an id; None where it is not in the scan."""
        if self._items is None:
            self._items = {}
            for place in sorted(self.places):
                self._items.update(_item(place) if self.readable(place) else {})
        return self._items.get(identity.casefold()) if identity else None


@dataclass(frozen=True, slots=True)
class Connection:
    """What an activity says of the store of its dataset: the name that the settings may know it by, its kind and settings."""

    name: str
    kind: str
    settings: _Properties


def connection_of(dataset: _Properties) -> Connection:
    """The connection of a dataset that stands in an activity."""
    for key in _HOLDERS:
        holder = dataset.get(key)
        properties = holder.get("properties") if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(properties, dict):
            name = holder.get("name") or _external(properties)
            return Connection(str(name or ""), str(properties.get("type", "")), _table(properties, "typeProperties"))
    return Connection(_external(dataset), "", {})


def without_id(database: str | None) -> str | None:
    """The name of a database without the id behind it."""
    return _ITEM_ID.sub("", database) if database else None


def _external(properties: _Properties) -> str:
    return str(_table(properties, "externalReferences").get("connection", ""))


def _item(place: Path) -> dict[str, Item]:
    try:
        document = parse_json(read_file(place, DOCUMENT_BYTES))
    except (OSError, ValueError):
        return {}
    metadata, identity = _table(document, "metadata"), _table(document, "config").get("logicalId")
    if not isinstance(identity, str) or "displayName" not in metadata:
        return {}
    return {identity.casefold(): Item(str(metadata["displayName"]), str(metadata.get("type", "")))}


def _table(holder: object, key: str) -> _Properties:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}
