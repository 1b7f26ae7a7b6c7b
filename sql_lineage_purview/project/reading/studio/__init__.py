"""Scripts that stand inside other files: those of Synapse Studio and Data Factory, and notebooks."""

from __future__ import annotations

from .documents import StudioDocument, embedded_script, holds_script, is_broken, may_hold_script, read_document, script_bytes
from .script import EmbeddedScript
from .workspace import Workspace, workspace_folder

__all__ = [
    "EmbeddedScript",
    "StudioDocument",
    "Workspace",
    "embedded_script",
    "holds_script",
    "is_broken",
    "may_hold_script",
    "read_document",
    "script_bytes",
    "workspace_folder",
]
