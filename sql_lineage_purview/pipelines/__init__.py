"""What pipelines do, made into scripts and facts of copies.

It is read from the files of Synapse, Data Factory and Fabric, and from notebooks.

A file goes this way: `artefacts` (what it holds), `activities` (what a pipeline does, one activity
after the other, with the values that its `expressions` have), `calls` (what a pipeline is run with)
and `copies` (where the ends of a copy stand), then `statements` (a copy as the facts of a
statement).
"""

from __future__ import annotations

from .artefacts.artefact_files import holds_script, is_json, may_hold_script, open_document
from .artefacts.embedded_scripts import EmbeddedScript, StudioDocument
from .artefacts.fabric_items import FabricItems
from .artefacts.pipeline_files import Pipeline
from .artefacts.workspace import is_workspace_file
from .artefacts.workspace_files import WorkspaceFiles
from .calls.pipeline_calls import Pipelines
from .calls.standalone_documents import embedded_script, script_of
from .statements.copy_statements import CopyStatements
from .statements.database_names import DatabaseNames, ServerDatabase

__all__ = [
    "CopyStatements",
    "DatabaseNames",
    "EmbeddedScript",
    "FabricItems",
    "Pipeline",
    "Pipelines",
    "ServerDatabase",
    "StudioDocument",
    "WorkspaceFiles",
    "embedded_script",
    "holds_script",
    "is_json",
    "is_workspace_file",
    "may_hold_script",
    "open_document",
    "script_of",
]
