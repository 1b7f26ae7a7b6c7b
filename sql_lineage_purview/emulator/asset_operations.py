"""The seed file: assets as a Purview scan would register them.

```json
{"assets": [
  {"type": "azure_sql_table", "qualifiedName":
  "mssql://server.database.windows.net/SalesDb/dbo/Orders",
   "columns": [{"name": "OrderId", "type": "int"}]},
  {"type": "azure_datalake_gen2_resource_set", "qualifiedName":
  "https://acct.dfs.core.windows.net/raw/sales/{Year}/{N}.csv"}
]}
```

`name` (default: the last segment of the qualified name), `columns`, `attributes`, `collection` (its
system name) and `classifications` may be left out; columns may have `classifications` too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ..model.limits import PLAN_BYTES
from ..model.opening import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_ASSET_KEYS = (
    "type",
    "qualifiedName",
    "name",
    "columns",
    "attributes",
    "collection",
    "classifications",
)
_COLUMN_KEYS = ("name", "type", "classifications")


class AssetColumn(Struct, frozen=True):
    """A column of an asset, with its data type as the source names it."""

    name: str
    type: str
    classifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeedAsset:
    """An asset that a scan found.

    Attributes:
        type: The entity type, such as `azure_sql_table`.
        qualified_name: The qualified name, in the spelling of the source.
        name: What is shown; None for the last segment of the qualified name.
        columns: The columns in their order.
        attributes: Further attributes of the entity.
        collection: The system name of its collection; None for the root.
        classifications: The names of its classifications; their types must exist.
    """

    type: str
    qualified_name: str
    name: str | None = None
    columns: tuple[AssetColumn, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    collection: str | None = None
    classifications: tuple[str, ...] = ()

    @property
    def display_name(self) -> str:
        """The name, or the last segment of the qualified name."""
        return self.name or self.qualified_name.rstrip("/").rpartition("/")[2]


def load_assets(path: Path) -> tuple[SeedAsset, ...]:
    """The assets of a seed file.

    Args:
        path: A JSON file in UTF-8 in the format above.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file is not in the format; the message names the file and the place.
    """
    try:
        document = json.loads(read_file(path, PLAN_BYTES).decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path}: line {error.lineno}, column {error.colno}: not JSON: {error.msg}"
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path}: not JSON in UTF-8: {error}") from error
    reader = _SeedReader(path)
    root = reader.members(document, "the file", ("assets",))
    assets = tuple(
        reader.asset(raw, f"assets[{index}]")
        for index, raw in enumerate(reader.items(root.get("assets"), "assets"))
    )
    positions: dict[tuple[str, str], int] = {}
    for index, asset in enumerate(assets):
        first = positions.setdefault((asset.type, asset.qualified_name), index)
        if first != index:
            raise ValueError(
                f"{path}: assets[{index}]: {asset.type} {asset.qualified_name} "
                f"stands at assets[{first}] already"
            )
    return assets


class _SeedReader:
    """Reads JSON values of one file, and says where they are wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def asset(self, raw: object, where: str) -> SeedAsset:
        members = self.members(raw, where, _ASSET_KEYS)
        columns = self.items(members.get("columns", []), f"{where}.columns")
        return SeedAsset(
            type=self.text(members.get("type"), f"{where}.type"),
            qualified_name=self.text(members.get("qualifiedName"), f"{where}.qualifiedName"),
            name=self.text(members["name"], f"{where}.name") if "name" in members else None,
            columns=self._columns(columns, f"{where}.columns"),
            attributes=self.members(members.get("attributes", {}), f"{where}.attributes", None),
            collection=self.text(members["collection"], f"{where}.collection")
            if "collection" in members
            else None,
            classifications=self._texts(
                members.get("classifications", []), f"{where}.classifications"
            ),
        )

    def _texts(self, raw: object, where: str) -> tuple[str, ...]:
        return tuple(
            self.text(each, f"{where}[{index}]")
            for index, each in enumerate(self.items(raw, where))
        )

    def _columns(self, raw: list[Any], where: str) -> tuple[AssetColumn, ...]:
        columns: list[AssetColumn] = []
        for index, item in enumerate(raw):
            place = f"{where}[{index}]"
            members = self.members(item, place, _COLUMN_KEYS)
            name, type_name = (
                self.text(members.get(key), f"{place}.{key}") for key in ("name", "type")
            )
            classifications = self._texts(
                members.get("classifications", []), f"{place}.classifications"
            )
            column = AssetColumn(name, type_name, classifications)
            if any(previous.name == column.name for previous in columns):
                raise self._wrong(place, f"the column {column.name} is named twice")
            columns.append(column)
        return tuple(columns)

    def members(
        self, value: object, where: str, member_names: Iterable[str] | None
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(where, f"expected an object, found {_shown(value)}")
        for key in value:
            if member_names is not None and key not in member_names:
                close = get_close_matches(key, list(member_names), n=1)
                hint = (
                    f"did you mean {close[0]}?" if close else f"known are {', '.join(member_names)}"
                )
                raise self._wrong(where, f"unknown key {key!r}; {hint}")
        return value

    def items(self, value: object, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._wrong(where, f"expected a list, found {_shown(value)}")
        return value

    def text(self, value: object, where: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(where, f"expected a text, found {_shown(value)}")
        return value

    def _wrong(self, where: str, what: str) -> ValueError:
        return ValueError(f"{self._path}: {where}: {what}")


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)[:60]
