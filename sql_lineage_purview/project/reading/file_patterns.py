"""Files as projects of MSBuild name them.

Source: https://learn.microsoft.com/visualstudio/msbuild/msbuild-items (wildcards).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct


class FilePatterns(Struct, frozen=True):
    """Files as a project names them, in Windows style: backslashes, wildcards, any case."""

    names: frozenset[str] = frozenset()
    patterns: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, folder: Path, includes: Iterable[str]) -> FilePatterns:
        """The patterns of includes, which are relative to a folder.

        One with a property that has no value names nothing.
        """
        written = [
            # %20 and the like: MSBuild escapes what means something to it, as % ; * do
            unquote(path.strip().replace("\\", "/"))
            for include in includes
            for path in include.split(";")
        ]
        # a glob on the disk would be simpler, but a project may name a share, and `..` leads
        # anywhere
        base = str(folder)
        places = [
            _key(os.path.join(base, path))  # noqa: PTH118 - as in `_key`
            for path in written
            if path and "$(" not in path
        ]
        patterns = tuple(
            tuple(place.split("/")) for place in places if "*" in place or "?" in place
        )
        return cls(frozenset(places), patterns)

    def hold(self, key: str) -> bool:
        """Is the file of this key (`file_key`) one of them?"""
        if key in self.names or not self.patterns:
            return key in self.names
        parts = key.split("/")
        return any(_fits(parts, pattern) for pattern in self.patterns)


@lru_cache(maxsize=16)  # all projects are asked about one script, then about the next
def file_key(location: Path) -> str:
    """What all spellings of a place share.

    Nothing is looked up: a project may name what does not exist, or lies outside.
    """
    return _key(str(location))


def _key(place: str) -> str:
    # the files of large projects are thousands, and a `Path` for each takes as long as its XML
    return os.path.normpath(place).replace(os.sep, "/").casefold()


def _fits(parts: Sequence[str], pattern: tuple[str, ...]) -> bool:
    """Does a path fit one with wildcards?

    `**` stands for any number of folders, `*` and `?` for a part of one name.
    """
    reached = {0}
    for piece in pattern:
        if piece == "**":
            # also no folder at all: `**\a.sql` holds the a.sql beside the project
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and _is_like(parts[at], piece)}
        if not reached:
            return False
    return len(parts) in reached


def _is_like(name: str, piece: str) -> bool:
    return name == piece or (
        # `[` is a plain character in MSBuild and begins a set in fnmatch
        ("*" in piece or "?" in piece) and fnmatchcase(name, piece.replace("[", "[[]"))
    )
