"""The versions of all that makes facts and graphs: what is kept by one is nothing to another."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ...version import __version__

_ROOMS = Path(__file__).parents[2]
_LIBRARIES = ("sqlglot", "sqlparse", "pathspec")


@cache
def tool_versions() -> str:
    """The versions of this tool, its code, the libraries and Python.

    The rooms read files and write facts to the letter, and the libraries shape them.
    """
    content = hashlib.sha256()
    for source in sorted(_ROOMS.glob("**/*.py")):
        content.update(source.read_bytes())
    libraries = " ".join(map(version, _LIBRARIES))
    return f"{__version__} {libraries} {platform.python_version()} {content.hexdigest()}"
