"""JSON files and notebooks that a search meets.

They are opened when they are met, and told when all are, since pipelines call one another.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...model.limits import DOCUMENT_BYTES
from ...pipelines import (
    Pipeline,
    Pipelines,
    StudioDocument,
    WorkspaceFiles,
    is_json,
    is_workspace_file,
    open_document,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...model.document import Document
    from ...model.unread import UnreadKind
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
            self.settle(location)

    def settle(self, location: Path) -> None:
        """Give up a file that was looked at, unless it is one that pipelines name."""
        if not is_workspace_file(location):
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


def document_at(files: OpenedFiles, location: Path) -> Document:
    """A file beside pipelines, which is given up at once: what it says is remembered.

    Raises:
        OSError: it cannot be read.
    """
    document = files.read(location, DOCUMENT_BYTES)
    files.release(location)
    return document
