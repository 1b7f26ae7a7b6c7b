"""The files of a state of a repository, as a view that stands in for the disk.

What git ignores belongs to no state: it lies beside all of them, and is read from the disk.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from msgspec import Struct, field

from ....model.file_view import viewed_through
from ....model.opening import UnusableFileError, is_folder, list_folder
from ...storing.left_out import LEFT_OUT
from .git_listing import GitFile, ignored_paths, list_state, top_of
from .state_contents import StateContents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ....model.file_view import FolderEntry

_MAX_LINKS = 40
_LINK_BYTES = 4096


class StateEntry(Struct, frozen=True):
    """What a folder of a state holds under a name; see `FolderEntry`.

    `key`: the path relative to the top of the repository.
    """

    name: str
    path: str
    key: str
    files: RevisionFiles

    def is_symlink(self) -> bool:
        """Is it a link?"""
        return self.files.holds_link(self.key)

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Is it a folder, or a link to one?"""
        is_followed = follow_symlinks or not self.is_symlink()
        return is_followed and self.files.holds_folder(self.key)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Is it a file, or a link to one?"""
        is_followed = follow_symlinks or not self.is_symlink()
        return is_followed and self.files.holds_file(self.key)


class RevisionFiles(Struct):
    """The files of a state; see `FileView`.

    Args:
        top: the top folder of the repository.
        root: the folder that is scanned; below it the view stands in for the disk.
        files: those of the state by their paths relative to `top`.
        absent: submodules whose commit is not there.
        ignored: what lies beside all states, below `root`.
    """

    top: Path
    root: Path
    files: dict[str, GitFile]
    absent: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    _folders: dict[str, set[str]] = field(default_factory=dict)
    contents: StateContents = field(default_factory=StateContents)
    _beside: frozenset[str] = frozenset()
    _has_links: bool = False
    _fingerprint: str = ""
    _prefixes: tuple[str, str] = ("", "")  # of the texts of paths below `top`, and below `root`

    @classmethod
    def of(
        cls,
        root: Path,
        revision: str,
        *,
        beside: Iterable[Path] = (),
        with_ignored: bool = False,
    ) -> RevisionFiles:
        """The files of a revision, or of the index.

        Args:
            root: the folder that is scanned.
            revision: what git takes as one, or `INDEX`.
            beside: files outside of the root that a scan reads too, as catalogs.
            with_ignored: let what git ignores lie beside them.

        Raises:
            GitError: there is no repository, no revision, or no git.
        """
        top = top_of(root)
        listing = list_state(top, revision)
        paths = {file.relative_to(top).as_posix() for file in beside if file.is_relative_to(top)}
        base = "" if root == top else root.relative_to(top).as_posix() + "/"
        files = {
            path: file
            for path, file in listing.files.items()
            if path.startswith(base) or path in paths
        }
        absent = tuple(path for path in listing.absent if path.startswith(base))
        ignored = ignored_paths(top, root) if with_ignored and root.is_dir() else ()
        # a file that git tracks all the same belongs to the state
        loose = [path for path in ignored if path not in files and not _is_left_out(path)]
        return cls(top, root, files, absent, tuple(loose))

    def __post_init__(self) -> None:
        self._prefixes = str(self.top / "x")[:-1], str(self.root / "x")[:-1]
        for path in (*self.files, *(path.rstrip("/") for path in self.ignored)):
            self._add(path)
        self._beside = frozenset(self.ignored)
        self._has_links = any(file.is_link for file in self.files.values())

    def _add(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        names = self._folders.setdefault(folder, set())
        if name not in names:
            names.add(name)
            if folder:
                self._add(folder)

    @property
    def fingerprint(self) -> str:
        """What tells the state from others."""
        if not self._fingerprint:
            rows = [f"{file.mode} {file.content} {path}" for path, file in self.files.items()]
            text = "\0".join((*sorted(rows), "", *self.absent, "", *sorted(self.ignored)))
            self._fingerprint = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        return self._fingerprint

    @property
    def listing(self) -> Mapping[str, str]:
        """What stands where; of what is none of its files, only that."""
        listing = {
            self._prefixes[0] + path.replace("/", os.sep): f"{file.mode} {file.content}"
            for path, file in self.files.items()
        }
        return listing | dict.fromkeys(self.absent, "absent") | dict.fromkeys(self.ignored, "disk")

    def covers(self, path: Path) -> bool:
        """Is what stands at a path a part of the state?"""
        if str(path).startswith(self._prefixes[1]) or path.is_relative_to(self.root):
            return not self._lies_beside(self._key(path))
        return path.is_relative_to(self.top) and self._key(path) in self.files

    def true_path(self, path: Path) -> Path:
        """Where links of the state lead from a path; those of the disk lead nowhere.

        Raises:
            RuntimeError: they lead back to themselves.
        """
        if not self._has_links:
            return Path(os.path.normpath(path)) if ".." in str(path) else path
        place = self.top
        waiting = list(reversed(path.relative_to(self.top).parts))
        links = 0
        while waiting:
            place = Path(os.path.normpath(place / waiting.pop()))
            if not place.is_relative_to(self.top) or not self.is_link(place):
                continue
            links += 1
            if links > _MAX_LINKS:
                raise RuntimeError(f"Symlink loop from {path!r}")
            target = Path(os.path.normpath(place.parent / self._target(self._key(place))))
            if not target.is_relative_to(self.top):
                return target.joinpath(*reversed(waiting))
            waiting += reversed(target.relative_to(self.top).parts)
            place = self.top
        return place

    def is_link(self, path: Path) -> bool:
        """Is it a symbolic link?"""
        return self.holds_link(self._key(path))

    def is_file(self, path: Path) -> bool:
        """Is it a file, or a link to one?"""
        return self._file(path) is not None

    def is_folder(self, path: Path) -> bool:
        """Is it a folder, or a link to one?"""
        true = self._true_key(path)
        return true is not None and (true in self._folders or true == self._key(self.root))

    def holds_link(self, key: str) -> bool:
        """Is it a link, by its path relative to the top?"""
        file = self.files.get(key) if self._has_links else None
        return file is not None and file.is_link

    def holds_file(self, key: str) -> bool:
        """Is it a file, or a link to one, by its path relative to the top?"""
        return self.is_file(self.top / key) if self._has_links else key in self.files

    def holds_folder(self, key: str) -> bool:
        """Is it a folder, or a link to one, by its path relative to the top?"""
        return self.is_folder(self.top / key) if self._has_links else key in self._folders

    def entries(self, folder: Path) -> list[FolderEntry]:
        """What a folder holds, by name.

        Raises:
            NotADirectoryError: it is none, or missing.
        """
        true = self._true_key(folder)
        if true is None or not self.is_folder(folder):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        return sorted(
            [*self._of_state(folder, true), *self._of_disk(folder)], key=lambda entry: entry.name
        )

    def open(self, path: Path, most: int | None) -> tuple[IO[bytes], int]:
        """A file, of which `most` bytes are needed, and its size.

        Raises:
            OSError: it is none, is missing, or its content is.
        """
        file = self._file(path)
        if file is None:
            if self.is_folder(path):
                raise UnusableFileError("a folder", path)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        data, size = self.contents.read(path, file, most)
        if most is None and len(data) < size:
            raise UnusableFileError("larger than is read from git's objects", path)
        return io.BytesIO(data), size

    def close(self) -> None:
        """End what reads git's objects, until somebody reads again."""
        for objects in {id(file.objects): file.objects for file in self.files.values()}.values():
            objects.close()

    def _key(self, path: Path) -> str:
        text = str(path)
        # asked some ten times of each file
        if text.startswith(self._prefixes[0]):
            return text[len(self._prefixes[0]) :].replace(os.sep, "/")
        key = path.relative_to(self.top).as_posix()
        return "" if key == "." else key

    def _true_key(self, path: Path) -> str | None:
        """The key of what a path leads to; None where that is outside of the repository."""
        text = str(path)
        if not self._has_links and text.startswith(self._prefixes[0]) and ".." not in text:
            return self._key(path)
        try:
            true = self.true_path(path)
        except RuntimeError:
            return None
        return self._key(true) if true.is_relative_to(self.top) else None

    def _file(self, path: Path) -> GitFile | None:
        key = self._true_key(path)
        return None if key is None else self.files.get(key)

    def _lies_beside(self, key: str) -> bool:
        if not self.ignored or key in self.files:
            return False
        return key in self._beside or any(
            f"{folder}/" in self._beside for folder in (key, *_parents(key))
        )

    def _of_state(self, folder: Path, key: str) -> Iterator[FolderEntry]:
        own, start = self._key(folder), str(folder / "x")[:-1]
        for name in self._folders.get(key, ()):
            inner = f"{own}/{name}" if own else name
            if not self._lies_beside(inner):
                yield StateEntry(name, f"{start}{name}", inner, self)

    def _of_disk(self, folder: Path) -> Iterator[FolderEntry]:
        if self.ignored:
            with viewed_through(None):
                entries = list_folder(folder) if is_folder(folder) else []
            yield from (
                entry for entry in entries if self._lies_beside(self._key(Path(entry.path)))
            )

    def _target(self, key: str) -> str:
        file = self.files[key]
        return os.fsdecode(file.objects.read(file.content, _LINK_BYTES)[0])


def _is_left_out(path: str) -> bool:
    return not LEFT_OUT.isdisjoint(path.lower().split("/"))


def _parents(key: str) -> Iterator[str]:
    while key := key.rpartition("/")[0]:
        yield key
