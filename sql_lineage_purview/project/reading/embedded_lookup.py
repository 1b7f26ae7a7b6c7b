"""The scripts that files hold which are none themselves, looked up one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.document import Document
from ...model.limits import DOCUMENT_BYTES
from ...model.opening import read_file
from ...pipelines.artefacts.artefact_names import holds_script

if TYPE_CHECKING:
    from pathlib import Path

    from ...pipelines.artefacts.embedded_scripts import EmbeddedScript


def script_of(location: Path) -> EmbeddedScript | None:
    """The script inside a file as it is now, each pipeline for itself.

    None where the file is a script, or cannot be read.
    """
    if not holds_script(location):
        return None
    from ...pipelines.calls.standalone_documents import read_script  # noqa: PLC0415 - most files are scripts

    try:
        return read_script(Document(location, read_file(location, DOCUMENT_BYTES)))
    except OSError:
        return None
