"""Files that are read for themselves alone.

A pipeline is run with its own defaults, whoever else calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artefacts.artefact_files import open_document
from ..artefacts.embedded_scripts import EmbeddedScript, StudioDocument
from ..artefacts.workspace_files import WorkspaceFiles
from .pipeline_calls import Pipelines

if TYPE_CHECKING:
    from ...model.document import Document


def read_document(document: Document) -> StudioDocument:
    """Read a JSON file or notebook for itself: a pipeline is run with its own defaults."""
    opened = open_document(document)
    if isinstance(opened, StudioDocument):
        return opened
    alone = Pipelines(WorkspaceFiles())
    alone.add(opened)
    return alone.document(opened)


def read_script(document: Document) -> EmbeddedScript:
    """The script inside a JSON file or notebook; an empty one where it holds none."""
    return read_document(document).script or EmbeddedScript("")
