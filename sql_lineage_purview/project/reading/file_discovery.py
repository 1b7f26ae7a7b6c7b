"""Which scripts a scan reads.

These are every *.sql below the given paths, and the files of Synapse Studio and notebooks that
hold SQL.

They come in one order on every machine, and never from outside the root.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from ...model.limits import DOCUMENT_BYTES
from ...model.observed_files import probe
from ...model.opening import (
    is_file,
    is_folder,
    is_link,
    list_folder,
    matching_files,
    true_path,
)
from ...model.unread import UnreadKind
from ...pipelines.artefacts.artefact_names import (
    holds_script,
    is_workspace_file,
    may_hold_script,
)
from ...pipelines.artefacts.workspace_files import WorkspaceFiles
from ..configuring.script_databases import ScriptDatabases
from ..project_errors import PathError
from ..storing.left_out import LEFT_OUT
from .database_projects import DatabaseProject
from .exclusion import Exclusion
from .existing_paths import existing
from .found import FoundFile, Skipped, shown_below
from .opened_files import OpenedFiles
from .schemas import describes_databases, scripts_in
from .unread_search import UnreadSearch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...model.document import Document
    from ...model.file_view import FolderEntry
    from .artefact_search import Artefact, ArtefactSearch


_PROJECT = ".sqlproj"
_ITEM = ".platform"

_NO_EXCLUSION, _NO_DATABASES = Exclusion(), ScriptDatabases()


class FileDiscovery(Struct, frozen=True):
    """The scripts of a scan, sorted by path, and the database projects that they may belong to.

    `root` is absolute; all paths are relative to it. `items` describe those of Fabric,
    `workspace_files` are read beside pipelines; `unread` is what moves data and is not read.
    `opened` is what was read to tell all this, `exclusion` what is left out, `tops` are what was
    named.
    """

    root: Path
    files: tuple[FoundFile, ...]
    unread: UnreadSearch
    skipped: tuple[Skipped, ...] = ()
    projects: tuple[DatabaseProject, ...] = ()
    items: tuple[Path, ...] = ()
    workspace_files: WorkspaceFiles = msgspec.field(default_factory=WorkspaceFiles)
    opened: OpenedFiles = msgspec.field(default_factory=OpenedFiles)
    exclusion: Exclusion = _NO_EXCLUSION
    tops: tuple[Path, ...] = ()

    @classmethod
    def of_nothing(cls, root: Path) -> FileDiscovery:
        """The search where nothing is named: what is scanned stands in no folder."""
        root = true_path(root)
        return cls(root, (), UnreadSearch(root, lambda _: False, OpenedFiles()))


def discover(
    paths: Sequence[Path],
    exclusion: Exclusion = _NO_EXCLUSION,
    databases: ScriptDatabases = _NO_DATABASES,
    *,
    root: Path | None = None,
) -> FileDiscovery:
    """Find the scripts of folders (recursively) and files (whatever their ending).

    A JSON file or notebook counts where it holds SQL; what holds none is said only where it was
    named. A package (.dacpac) or a snapshot that was named counts as the scripts of its modules.

    The root is the one folder given, a file's folder, or what several paths have in common; `root`
    overrides this where all paths lie below it. What is excluded is so everywhere, the folders that
    are always left out only where they are met.

    Args:
        paths: folders and files.
        exclusion: what the configuration leaves out.
        databases: those that it gives scripts, for packages that do not say theirs.
        root: what all paths are relative to.

    Raises:
        PathError: a path does not exist or is a damaged package, or the paths have no folder in
            common.
        ConfigurationError: an exclude pattern is malformed.
    """
    tops = [probe(existing(path)) for path in paths]
    search = _Search(_root_of(tops, root), exclusion)
    exclusion.check()
    for top in tops:
        search.look_above(top)
        if is_folder(top):
            search.walk(top)
        elif search.exclusion.covers(top, search.root):
            search.skip(top, "excluded by the configuration")
        elif describes_databases(top, search.opened):
            search.take_databases(top, databases)
        elif search.leaves(top):
            continue
        else:
            search.take(top)
    for top in search.read_documents().intersection(tops):
        search.skip(top, "holds no T-SQL")
    files = sorted(search.files.values(), key=lambda file: file.path)
    projects = tuple(search.projects[place] for place in sorted(search.projects))
    skipped = tuple(sorted(search.skipped, key=lambda entry: entry.path))
    return FileDiscovery(
        search.root,
        tuple(files),
        search.unread,
        skipped,
        projects,
        items=tuple(search.items),
        workspace_files=search.workspace_files,
        opened=search.opened,
        exclusion=exclusion,
        tops=tuple(tops),
    )


def _root_of(tops: Sequence[Path], root: Path | None) -> Path:
    if root is not None and all(top.is_relative_to(true_path(root)) for top in tops):
        return true_path(root)
    folders = [top if is_folder(top) else top.parent for top in tops]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        raise PathError(
            "The paths are on different drives and have no folder in common. Scan "
            "them one at a time."
        ) from None


class _Search:
    """What was found so far.

    `files` are keyed by their true place, so that each is read once, whatever names lead to it.
    """

    def __init__(self, root: Path, exclusion: Exclusion) -> None:
        self.root, self.exclusion = root, exclusion
        self.files: dict[Path, FoundFile] = {}
        self.skipped: list[Skipped] = []
        self.folders: set[Path] = set()
        self.projects: dict[Path, DatabaseProject] = {}
        self.items: list[Path] = []
        self.opened = OpenedFiles()
        self.unread = UnreadSearch(self.root, self._excludes, self.opened)
        self.workspace_files = WorkspaceFiles(self._may_read, self._read_once)
        self._artefacts: ArtefactSearch | None = None

    @property
    def artefacts(self) -> ArtefactSearch:
        """The files that are no scripts and may hold some."""
        if self._artefacts is None:
            from .artefact_search import ArtefactSearch  # noqa: PLC0415 - most scans have no such file

            self._artefacts = ArtefactSearch(self.opened, self.workspace_files, self.unread.kind)
        return self._artefacts

    def _excludes(self, location: Path) -> bool:
        return self.exclusion.covers(location, self.root)

    def _may_read(self, location: Path) -> bool:
        return self.exclusion.admits(probe(location), self.root)

    def _read_once(self, location: Path) -> Document:
        return self.opened.read_once(location, DOCUMENT_BYTES)

    def consider(self, location: Path, *, is_plain: bool = False) -> None:
        """A file that was met; see `take`."""
        suffix = location.suffix.lower()
        if suffix == _PROJECT:
            self.read_project(location)
        # a model of dbt is a template that dbt makes SQL of
        elif suffix == ".sql" and not self.unread.is_model(location):
            self.take(location, is_plain=is_plain)
        elif may_hold_script(location, self.root):
            self.take(location, is_plain=is_plain)
        elif location.name == _ITEM:
            self.items.append(location)
            self.unread.consider(location, suffix)
        elif self.unread.consider(location, suffix):
            self.take(location, is_plain=is_plain)
        elif not is_workspace_file(location):  # else pipelines may name it
            self.opened.release(location)

    def leaves(self, top: Path) -> bool:
        """Is a file that was named of a kind that is not read, whoever names it?

        A script of another ending is.
        """
        kind = self.unread.kind(top)
        if kind is None or kind is UnreadKind.SCRIPT_BY_OTHER_ENDING:
            return False
        self.unread.add(kind, top)
        return True

    def look_above(self, top: Path) -> None:
        """The projects in the folders above what was named, inside the root."""
        for folder in (folder for folder in top.parents if folder.is_relative_to(self.root)):
            # patterns tell upper from lower case but on Windows
            for location in matching_files(folder, "*.[sS][qQ][lL][pP][rR][oO][jJ]"):
                self.read_project(location)

    def read_project(self, location: Path) -> None:
        """A project file that was met. One that cannot be used is said."""
        if location in self.projects or self.exclusion.covers(location, self.root):
            return
        if not true_path(location).is_relative_to(self.root):
            self.skip(location, "a link that leads outside the scanned folder")
            return
        from .project_files import read_project  # noqa: PLC0415 - for those alone who have a project

        try:
            self.projects[location] = read_project(location)
        except (OSError, ValueError) as error:
            self.skip(location, f"{getattr(error, 'strerror', None) or error}")

    def take(self, location: Path, *, is_plain: bool = False) -> None:
        """A file that was named, or found; `is_plain`: it is no link, nor anything else.

        Then the disk is not asked: what a folder behind a link is, `entries` has looked at.
        """
        if self.exclusion.covers(location, self.root):
            return
        true = location if is_plain else self._true_file(location)
        if true is None:
            return
        if holds_script(location):
            self.artefacts.add(true, location)
        else:
            self.files.setdefault(true, FoundFile(shown_below(location, self.root), location))

    def _true_file(self, location: Path) -> Path | None:
        """Where a file is that may be read; else it is said why it is not."""
        try:
            true = true_path(location) if is_link(location) else location
        except (OSError, RuntimeError):
            self.skip(location, "a link that leads back to itself")
            return None
        if not true.is_relative_to(self.root):
            self.skip(location, "a link that leads outside the scanned folder")
        elif not is_file(true):
            self.skip(location, "a link that leads nowhere, or no regular file")
        else:
            return true
        return None

    def read_documents(self) -> set[Path]:
        """What the artefacts hold that were met; those that hold nothing."""
        return {
            artefact.location
            for true, artefact in (self._artefacts.artefacts() if self._artefacts else ())
            if not self.holds(true, artefact)
        }

    def holds(self, true: Path, artefact: Artefact) -> bool:
        """Take what a file holds. False: it is no script, and moves no data."""
        location, document = artefact.location, artefact.document
        path = shown_below(location, self.root)
        for kind, count in document.unread.items() if document else ():
            self.unread.add(kind, location, count)
        if document is None:
            self.files.setdefault(true, FoundFile(path, location))
        elif document.script:
            script = document.script
            self.files.setdefault(true, FoundFile(path, location, script.database, embedded=script))
        elif may_hold_script(location, self.root) and artefact.broken:
            self.skip(
                location,
                "no valid JSON, although its folder or ending says that it holds scripts or copies",
            )
        elif not document.unread:
            if artefact.kind:
                self.unread.add(artefact.kind, location)
            return False
        return True

    def take_databases(self, location: Path, databases: ScriptDatabases) -> None:
        """A package or snapshot that was named: each of its modules is a script."""
        for file in scripts_in(location, shown_below(location, self.root), databases):
            self.files[self.root / file.path] = file

    def walk(self, top: Path) -> None:
        """All scripts below a folder.

        Links are followed last, so that a file goes by its own name where it has one.
        """
        links: list[Path] = []
        pending = [top]
        while pending or links:
            folder = pending.pop() if pending else links.pop(0)
            self.unread.enter(folder if is_folder(folder) else folder.parent)
            for entry in self.entries(folder):
                location = folder / entry.name
                if entry.is_symlink():
                    links.append(location)
                elif entry.is_dir(follow_symlinks=False):
                    pending.append(location)
                else:
                    self.consider(location, is_plain=entry.is_file(follow_symlinks=False))

    def entries(self, folder: Path) -> Iterator[FolderEntry]:
        """What a folder holds, in order.

        Nothing where it was seen before, is left out, or is no folder but a script.
        """
        if not is_folder(folder):
            self.consider(folder)
            return
        true = true_path(folder)
        if true in self.folders or (
            folder != self.root and self.exclusion.covers(folder, self.root, "/")
        ):
            return
        if not true.is_relative_to(self.root):
            self.skip(folder, "a link that leads outside the scanned folder")
            return
        self.folders.add(true)
        try:
            entries = list_folder(folder)
        except OSError as error:
            self.skip(folder, f"cannot be listed ({error.strerror})")
            return
        yield from (entry for entry in entries if entry.name.lower() not in LEFT_OUT)

    def skip(self, location: Path, reason: str) -> None:
        """Remember what was not read."""
        self.skipped.append(Skipped(shown_below(location, self.root), reason))
