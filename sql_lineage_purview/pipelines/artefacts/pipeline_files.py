"""Pipelines as their files hold them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from .json_members import Properties
from .located_json import LocatedJson
from .workspace import workspace_folder

PipelineKey: TypeAlias = tuple[Path | None, str]
"""What others call a pipeline by: its workspace and name; an item of Fabric by its id alone."""


class Pipeline(Struct, frozen=True, eq=False):
    """A pipeline in its file. `keys` are what others call it by."""

    location: Path
    document: LocatedJson
    properties: Properties
    activities: list[object]
    keys: tuple[PipelineKey, ...]


def pipeline_of(location: Path, document: LocatedJson) -> Pipeline | None:
    """The pipeline that a file holds; None where it holds another thing."""
    outer = document.value
    inner = outer.get("properties") if isinstance(outer, dict) else None
    properties = inner if isinstance(inner, dict) else outer
    activities = properties.get("activities") if isinstance(properties, dict) else None
    if (
        not isinstance(outer, dict)
        or not isinstance(properties, dict)
        or not isinstance(activities, list)
    ):
        return None
    folder = workspace_folder(location)
    # a file may be renamed, and its pipeline keeps the name that others call it by
    names = {str(name).casefold() for name in (outer.get("name"), location.stem) if name}
    return Pipeline(
        location, document, properties, activities, tuple((folder, name) for name in sorted(names))
    )
