"""JSON files and notebooks that a search meets.

They are opened when they are met, and told when all are, since pipelines call one another.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...model.limits import DOCUMENT_BYTES
from ...pipelines.artefacts.artefact_files import is_json, open_document
from ...pipelines.artefacts.artefact_names import is_workspace_file
from ...pipelines.artefacts.embedded_scripts import StudioDocument
from ...pipelines.artefacts.pipeline_files import Pipeline
from ...pipelines.calls.pipeline_calls import Pipelines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...model.unread import UnreadKind
    from ...pipelines.artefacts.workspace_files import WorkspaceFiles
    from .opened_files import OpenedFiles


class Artefact(Struct, frozen=True):
    """A file that may hold scripts, `location` being the name that led to it first.

    `document` is what it holds; None where it cannot be read, which is said where it is compiled.
    Where it holds nothing, it is `broken`, being no JSON, or it is of a kind that is not read.
    """

    location: Path
    document: StudioDocument | None
    broken: bool = False
    kind: UnreadKind | None = None


class _OpenedArtefact(Struct, frozen=True):
    content: StudioDocument | Pipeline | None
    broken: bool = False
    kind: UnreadKind | None = None


class ArtefactSearch(Struct):
    """What was met so far.

    Args:
        files: opens files.
        workspace_files: those beside pipelines.
        kind_of: what a file is that no reader takes.
    """

    files: OpenedFiles
    workspace_files: WorkspaceFiles
    kind_of: Callable[[Path], UnreadKind | None]
    _opened: dict[Path, tuple[Path, _OpenedArtefact]] = field(default_factory=dict)

    def add(self, true: Path, location: Path) -> None:
        """A file that was met, by its true place and by the name that led to it."""
        if true not in self._opened:
            self._opened[true] = location, self._open(location)
            if not is_workspace_file(location):  # else pipelines may name it
                self.files.release(location)

    def artefacts(self) -> Iterator[tuple[Path, Artefact]]:
        """All that were met, by their true places."""
        pipelines = Pipelines(self.workspace_files)
        for _, opened in self._opened.values():
            if isinstance(opened.content, Pipeline):
                pipelines.add(opened.content)
        for true, (location, opened) in self._opened.items():
            content = opened.content
            document = pipelines.document(content) if isinstance(content, Pipeline) else content
            yield true, Artefact(location, document, opened.broken, opened.kind)

    def _open(self, location: Path) -> _OpenedArtefact:
        try:
            document = self.files.read(location, DOCUMENT_BYTES)
        except OSError:
            return _OpenedArtefact(None)
        content = open_document(document)
        if isinstance(content, StudioDocument) and (content.script or content.unread):
            return _OpenedArtefact(content)
        return _OpenedArtefact(content, not is_json(document), self.kind_of(location))
