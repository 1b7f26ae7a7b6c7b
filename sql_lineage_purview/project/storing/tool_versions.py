"""The versions of all that makes facts and graphs: what is kept by one is nothing to another."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blob_store import BlobStore

_ROOMS = Path(__file__).parents[2]
_LIBRARIES = ("sqlglot", "sqlparse", "pathspec")


def tool_versions(store: BlobStore | None = None) -> str:
    """The versions of this tool, its code, the libraries and Python.

    The rooms read files and write facts to the letter, and the libraries shape them. A store that
    was asked before spares reading them: they are the same while no file has another status.
    """
    if store is None:
        return _read_versions()
    key = _status_key()
    kept = store.get([key]).get(key)
    if kept is None:
        kept = _read_versions().encode()
        store.put({key: kept}, along=True)
    return kept.decode("utf-8", "replace")


@cache
def _read_versions() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - it takes longer than all else

    content = hashlib.sha256()
    # a working copy changes without another version
    for source in sorted(_ROOMS.glob("**/*.py")):
        content.update(source.read_bytes())
    libraries = " ".join(map(version, _LIBRARIES))
    return f"{__version__} {libraries} {platform.python_version()} {content.hexdigest()}"


@cache
def _status_key() -> bytes:
    """What changes whenever a file of this tool or another version of a library is installed."""
    rows = [platform.python_version(), *sorted(_sources(str(_ROOMS)))]
    for library in _LIBRARIES:
        specification = importlib.util.find_spec(library)
        origin = str(specification and specification.origin)
        rows += [_status_row(place) for place in (origin, os.path.dirname(origin))]  # noqa: PTH120 - as above
    return hashlib.sha256("\0".join(("versions", *rows)).encode("utf-8", "replace")).digest()


def _sources(folder: str) -> Iterator[str]:
    with os.scandir(folder) as listing:
        for entry in listing:
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                yield _status_row(entry.path)


def _status_row(place: str) -> str:
    try:
        status = os.stat(place)  # noqa: PTH116 - hundreds of them
    except OSError:
        return place
    return f"{place} {status.st_size} {status.st_mtime_ns} {status.st_ino}"
