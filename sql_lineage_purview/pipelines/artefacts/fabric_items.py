"""The items of a workspace of Fabric: warehouses, lakehouses, databases, pipelines.

Each has a folder with a file `.platform`.

Source: https://learn.microsoft.com/fabric/cicd/git-integration/source-code-format
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field

from .json_members import object_at
from .workspace_files import WorkspaceFiles


class FabricItem(Struct, frozen=True):
    """An item of a workspace that is kept in the scanned folder.

    It has its name and type (Warehouse, Lakehouse, SQLDatabase).
    """

    name: str
    type: str


class FabricItems(Struct):
    """The items of a scan by their ids. `locations` are the files `.platform` that were met."""

    files: WorkspaceFiles
    locations: Iterable[Path] = ()
    _items: dict[str, FabricItem] | None = field(default=None)

    def get(self, identity: str | None) -> FabricItem | None:
        """The item of an id; None where it is not in the scan."""
        if self._items is None:
            self._items = {}
            # in order, so that of two items with one id the same one counts each time
            for location in sorted(self.locations):
                self._items.update(_item(location, self.files))
        return self._items.get(identity.casefold()) if identity else None


def pipeline_id(location: Path, files: WorkspaceFiles) -> str | None:
    """The id by which items of Fabric in one repository refer to each other.

    Source:
    https://learn.microsoft.com/fabric/cicd/git-integration/source-code-format#automatically-generated-system-files
    """
    document = (
        files.json_object(location.with_name(".platform")) if location.parent.suffix else None
    )
    settings = object_at(document, "config")
    return str(settings["logicalId"]).casefold() if "logicalId" in settings else None


def _item(location: Path, files: WorkspaceFiles) -> dict[str, FabricItem]:
    document = files.json_object(location)
    metadata, identity = (
        object_at(document, "metadata"),
        object_at(document, "config").get("logicalId"),
    )
    if not isinstance(identity, str) or "displayName" not in metadata:
        return {}
    return {
        identity.casefold(): FabricItem(str(metadata["displayName"]), str(metadata.get("type", "")))
    }
