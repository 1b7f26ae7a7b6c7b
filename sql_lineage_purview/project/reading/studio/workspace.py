"""The datasets and linked services of a workspace or factory, as its Git integration keeps them.

Source: https://learn.microsoft.com/azure/data-factory/source-control,
https://learn.microsoft.com/azure/data-factory/concepts-datasets-linked-services
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ....model.json_text import parse_json
from ....model.limits import DOCUMENT_BYTES
from ....model.opening import read_file
from .fabric import Items

Properties: TypeAlias = Mapping[str, Any]

_PIPELINES = frozenset({"pipeline", "pipelines"})
_DATASETS = ("dataset", "datasets")
_SERVICES = ("linkedService", "linkedServices", "linkedservice", "linkedservices")


@dataclass(slots=True)
class Workspace:
    """The folder that holds `pipeline`, `dataset` and `linkedService`. `readable` says which files a scan may read.

    `items` are those of Fabric, whose datasets stand in the pipelines themselves.
    """

    folder: Path
    readable: Callable[[Path], bool]
    items: Items = field(default_factory=Items)
    _resources: dict[tuple[tuple[str, ...], str], Properties | None] = field(default_factory=dict)

    def dataset(self, name: str) -> Properties | None:
        """The properties of a dataset; None where there is no file of it that can be read."""
        return self._named(_DATASETS, name)

    def linked_service(self, name: str) -> Properties | None:
        """The properties of a linked service, likewise."""
        return self._named(_SERVICES, name)

    def _named(self, folders: tuple[str, ...], name: str) -> Properties | None:
        key = (folders, name.casefold())
        if key not in self._resources:
            self._resources[key] = next(
                (resource for folder in folders if (resource := self._read(self.folder / folder, name))), None
            )
        return self._resources[key]

    def _read(self, folder: Path, name: str) -> Properties | None:
        """The file of this name, whatever its case, which Azure does not tell apart either."""
        try:
            places = [place for place in sorted(folder.iterdir()) if place.name.casefold() == f"{name}.json".casefold()]
            document = parse_json(read_file(places[0], DOCUMENT_BYTES)) if places and self.readable(places[0]) else None
        except (OSError, ValueError):
            return None
        if not isinstance(document, dict):
            return None
        properties = document.get("properties", document)
        return properties if isinstance(properties, dict) else None


def workspace_folder(location: Path) -> Path:
    """The folder of the workspace that a pipeline belongs to."""
    for folder in location.parents:
        if folder.name.lower() in _PIPELINES:
            return folder.parent
    return location.parent
