"""The datasets and linked services of a workspace or factory, as its Git integration keeps them.

Source: https://learn.microsoft.com/azure/data-factory/source-control,
https://learn.microsoft.com/azure/data-factory/concepts-datasets-linked-services
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct, field

from .artefact_names import DATASETS, SERVICES
from .fabric_items import FabricItems
from .json_members import Properties
from .workspace_files import WorkspaceFiles

SQL_SERVICES = frozenset(
    {
        "AzureSqlDatabase",
        "AzureSqlDW",
        "AzureSqlMI",
        "SqlServer",
        "AmazonRdsForSqlServer",
        "Warehouse",
        "SqlPool",
    }
)
"""Linked services whose tables and queries are those of T-SQL."""

_PIPELINES = frozenset({"pipeline", "pipelines"})


class Workspace(Struct):
    """The folder that holds `pipeline`, `dataset` and `linkedService`.

    `items` are those of Fabric, whose datasets stand in the pipelines themselves. `addresses` are
    databases and addresses that the configuration gives linked services, by their names in lower
    case.
    """

    folder: Path
    files: WorkspaceFiles
    items: FabricItems
    addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def dataset(self, name: str) -> Properties | None:
        """The properties of a dataset; None where there is no file of it that can be read."""
        return self._named(DATASETS, name)

    def linked_service(self, name: str) -> Properties | None:
        """The properties of a linked service, likewise."""
        return self._named(SERVICES, name)

    def address(self, service: str) -> str | None:
        """The database or address that the configuration gives a linked service."""
        return self.addresses.get(service.casefold())

    def _named(self, folders: tuple[str, ...], name: str) -> Properties | None:
        resources = (self._resource(self.folder / folder, name) for folder in folders)
        return next((resource for resource in resources if resource), None)

    def _resource(self, folder: Path, name: str) -> Properties | None:
        location = self.files.named(folder, name)
        document = self.files.json_object(location) if location else None
        properties = document.get("properties", document) if document is not None else None
        return properties if isinstance(properties, dict) else None


def workspace_folder(location: Path) -> Path:
    """The folder of the workspace that a pipeline belongs to."""
    for folder in location.parents:
        if folder.name.lower() in _PIPELINES:
            return folder.parent
    return location.parent
