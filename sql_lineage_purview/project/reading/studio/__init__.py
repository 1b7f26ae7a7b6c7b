"""Scripts that stand inside other files: those of Synapse Studio and Data Factory, and notebooks."""

from __future__ import annotations

from .documents import embedded_script, holds_script, is_broken, may_hold_script, script_bytes
from .script import EmbeddedScript
from .workspace import Workspace, workspace_folder

__all__ = [
    "EmbeddedScript",
    "Workspace",
    "embedded_script",
    "holds_script",
    "is_broken",
    "may_hold_script",
    "script_bytes",
    "workspace_folder",
]
