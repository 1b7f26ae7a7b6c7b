"""What a search for scripts finds, and what it leaves out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ...pipelines.artefacts.embedded_scripts import EmbeddedScript


class FoundFile(Struct, frozen=True):
    """A script: `path` relative to the root with `/`, and where it is on this machine.

    `database` is the one that the file itself says it is connected to; `home` is that of the
    database project or package that it is a part of, and a script of several projects is found once
    for each. `variables` are the SQLCMD variables given to it. `script`: the text, where it is not
    the file itself but a part of what the file describes. `embedded`: the script that the file
    holds, where it is no script itself. `includes` are the files that it brings in with `:r`.
    """

    path: str
    location: Path
    database: str | None = None
    variables: tuple[tuple[str, str], ...] = ()
    script: bytes | None = None
    embedded: EmbeddedScript | None = None
    home: str | None = None
    includes: tuple[Path, ...] = ()


class Skipped(Struct, frozen=True):
    """Something that was met and not read, and why."""

    path: str
    reason: str


def shown(path: Path) -> str:
    """A relative path as it is shown and compared: with `/`, and bytes that are no text escaped."""
    return _escaped(path.as_posix())


def shown_below(location: Path, root: Path) -> str:
    """The path of what lies below the root as it is shown.

    Raises:
        ValueError: it does not lie there.
    """
    # a search asks this of thousands of files
    text, folder = str(location), f"{root}{os.sep}"
    if not text.startswith(folder):
        return shown(location.relative_to(root))
    return _escaped(text[len(folder) :].replace(os.sep, "/"))


def _escaped(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
