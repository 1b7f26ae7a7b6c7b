"""Which files may hold a script, or stand beside pipelines, by their names alone.

Scans without any such file load no more of this room.

Source: https://learn.microsoft.com/azure/synapse-analytics/cicd/source-control,
https://learn.microsoft.com/azure/data-factory/source-control
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# The folders that a workspace or factory keeps in git; some people write them in the plural.
_FOLDERS = frozenset({"sqlscript", "sqlscripts", "pipeline", "pipelines", "notebook", "notebooks"})
_NOTEBOOK = ".ipynb"
_SUFFIXES = (".json", _NOTEBOOK)
_FABRIC = "pipeline-content.json"

DATASETS = ("dataset", "datasets")
SERVICES = ("linkedService", "linkedServices", "linkedservice", "linkedservices")
# All that pipelines name stands in these folders; the others are those of their callers.
_RESOURCES = frozenset(
    name.lower() for name in (*DATASETS, *SERVICES, "trigger", "triggers", "factory")
)


def may_hold_script(location: Path, root: Path) -> bool:
    """Is the file worth a look for a script?

    A notebook is, and so is a pipeline of Fabric, or a JSON file below a folder that Studio
    keeps its scripts in.
    """
    name = location.name.lower()
    if name.endswith(_NOTEBOOK) or name == _FABRIC:
        return True
    return name.endswith(".json") and _is_studio_folder(location.parent, root)


@lru_cache(maxsize=16)  # one folder after the other is searched
def _is_studio_folder(folder: Path, root: Path) -> bool:
    names = (root.name, *folder.relative_to(root).parts)
    return any(name.lower() in _FOLDERS for name in names)


def holds_script(location: Path) -> bool:
    """Is the file by its ending one that is no script itself, and may hold one?"""
    name = location.name.lower()
    return name.endswith(_SUFFIXES) and name not in _SUFFIXES


def is_workspace_file(location: Path) -> bool:
    """Is it, by its folder, a dataset, a linked service, a trigger or a factory?"""
    return location.parent.name.lower() in _RESOURCES
