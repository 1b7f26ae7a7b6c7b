"""What a search meets that moves data and is not read.

What git ignores, and what tools build, is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ...model.limits import CONFIGURATION_BYTES
from ...model.opening import read_file, true_path
from ...model.regex import regex
from ...model.unread import UnreadKind
from .opened_files import OpenedFiles
from .unread_files import BUILT_FOLDERS, FolderFiles, unread_thing

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Met: TypeAlias = tuple[UnreadKind, Path, int]
"""A kind, the file, and how often it stands there."""

_DBT_PROJECT = "dbt_project.yml"
_DBT_ENDINGS = frozenset({".sql", ".py"})
# model-paths: ["models"], or a list below; source-paths is what older versions of dbt call it.
_DBT_PATHS = regex(
    r"^(?:model|source|snapshot)-paths:[ \t]*(?:\[(?P<line>[^\]]*)\]|"
    r"(?P<list>(?:\s*\n[ \t]*-[^\n]*)+))",
    re.MULTILINE,
)
_WORD = regex(r"[\w./\\ -]*[\w./\\]")
_DBT_DEFAULTS = ("models", "snapshots")


class UnreadSearch:
    """What was met so far, below `root`.

    `excluded` says what the configuration leaves out, `files` opens what was met.
    """

    def __init__(self, root: Path, excluded: Callable[[Path], bool], files: OpenedFiles) -> None:
        self.root, self.excluded, self.files = root, excluded, files
        self._met: dict[tuple[UnreadKind, Path], tuple[Path, int]] = {}
        self._ignoring: dict[Path, GitIgnoreSpec] = {}
        self._models: set[Path] = set()
        self._files = FolderFiles(root, files)

    def enter(self, folder: Path) -> None:
        """Begin with the files of a folder."""
        self._files = FolderFiles(folder, self.files)

    def consider(self, location: Path, suffix: str) -> bool:
        """A file that is no script, and its ending in lower case.

        True: it is a pipeline, which can be read.
        """
        name = location.name
        if name == ".gitignore":
            self._ignore(location)
        elif name == _DBT_PROJECT:
            self._models |= _model_folders(location)
        elif self._models and self.is_model(location):
            self.add(UnreadKind.DBT_MODEL, location)
        elif kind := self._files.kind(location, suffix):
            self.add(kind, location)
        else:
            return suffix == ".json" and self._files.is_pipeline(location)
        return False

    def kind(self, location: Path) -> UnreadKind | None:
        """What a file is, if no reader takes it; None where it moves no data."""
        return FolderFiles(location.parent, self.files).kind(location, location.suffix.lower())

    def is_model(self, location: Path) -> bool:
        """Is it a model of a dbt project whose file was met?"""
        return (
            bool(self._models)
            and location.suffix.lower() in _DBT_ENDINGS
            and any(folder in self._models for folder in location.parents)
        )

    def add(self, kind: UnreadKind, location: Path, count: int = 1) -> None:
        """Count a file, or what stands in it, once: whatever names lead to it."""
        try:
            true = true_path(location)
        except (OSError, RuntimeError):
            return
        if true.is_relative_to(self.root):
            key = kind, unread_thing(true, kind)
            entry = self._met.get(key, (location, count))
            # the same name on each machine, whichever of several was met first
            self._met[key] = min(entry[0], location), count

    def counted(self, *more: Met) -> Iterator[Met]:
        """All that counts: what was met, and what became known when files were read."""
        met = ((kind, location, count) for (kind, _), (location, count) in self._met.items())
        return (row for row in (*met, *more) if self._counts(row[1]))

    def _counts(self, location: Path) -> bool:
        folders = {part.lower() for part in location.relative_to(self.root).parts[:-1]}
        return BUILT_FOLDERS.isdisjoint(folders) and not (
            self.excluded(location) or self._is_ignored(location)
        )

    def _ignore(self, location: Path) -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - a single script meets no such file

        try:
            lines = read_file(location, CONFIGURATION_BYTES).decode("utf-8", "replace").splitlines()
            self._ignoring[location.parent] = GitIgnoreSpec.from_lines(lines)
        except (OSError, ValueError):
            return

    def _is_ignored(self, location: Path) -> bool:
        return any(
            folder in self._ignoring
            and self._ignoring[folder].match_file(location.relative_to(folder).as_posix())
            for folder in location.parents
        )


def _model_folders(project: Path) -> set[Path]:
    """The folders of a dbt project's models and snapshots.

    Source: https://docs.getdbt.com/reference/project-configs/model-paths
    """
    try:
        text = read_file(project, CONFIGURATION_BYTES).decode("utf-8", "replace")
    except OSError:
        text = ""
    written = "\n".join(match["line"] or match["list"] for match in _DBT_PATHS.finditer(text))
    named = [match[0].strip().removeprefix("- ") for match in _WORD.finditer(written)]
    return {project.parent / name for name in (*named, *_DBT_DEFAULTS) if name}
