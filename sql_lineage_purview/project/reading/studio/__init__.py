"""Scripts that stand inside other files: those of Synapse Studio, Data Factory and Fabric, and notebooks."""

from __future__ import annotations

from .calls import Pipeline, Pipelines
from .documents import embedded_script, holds_script, is_broken, may_hold_script, open_document, script_of
from .fabric import Items
from .script import EmbeddedScript, StudioDocument
from .workspace import Workspace, workspace_folder

__all__ = [
    "EmbeddedScript",
    "Items",
    "Pipeline",
    "Pipelines",
    "StudioDocument",
    "Workspace",
    "embedded_script",
    "holds_script",
    "is_broken",
    "may_hold_script",
    "open_document",
    "script_of",
    "workspace_folder",
]
