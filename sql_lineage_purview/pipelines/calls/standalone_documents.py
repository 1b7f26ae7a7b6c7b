"""Files that are read for themselves alone.

A pipeline is run with its own defaults, whoever else calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.document import Document
from ...model.limits import DOCUMENT_BYTES
from ...model.opening import read_file
from ..artefacts.artefact_files import holds_script, open_document
from ..artefacts.embedded_scripts import EmbeddedScript, StudioDocument
from ..artefacts.workspace_files import WorkspaceFiles
from .pipeline_calls import Pipelines

if TYPE_CHECKING:
    from pathlib import Path


def read_document(document: Document) -> StudioDocument:
    """Read a JSON file or notebook for itself: a pipeline is run with its own defaults."""
    opened = open_document(document)
    if isinstance(opened, StudioDocument):
        return opened
    alone = Pipelines(WorkspaceFiles())
    alone.add(opened)
    return alone.document(opened)


def embedded_script(document: Document) -> EmbeddedScript | None:
    """The script inside a JSON file or notebook.

    None where it holds none, or is of another ending.
    """
    return read_document(document).script


def script_of(location: Path) -> EmbeddedScript | None:
    """The script inside a file as it is now, each pipeline for itself.

    None where the file is a script, or cannot be read.
    """
    if not holds_script(location):
        return None
    try:
        return embedded_script(
            Document(location, read_file(location, DOCUMENT_BYTES))
        ) or EmbeddedScript("")
    except OSError:
        return None
