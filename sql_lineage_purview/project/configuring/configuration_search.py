"""Where a configuration may stand. Who has none loads nothing of what reads one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAME = "sql-lineage-purview.toml"
SECTION = ("tool", "sql-lineage-purview")  # of the file that tools share
_SHARED_NAME = "pyproject.toml"


def possible_configurations(start: Path) -> Iterator[Path]:
    """The files that may hold the configuration of a folder or file, the nearest first."""
    start = start.resolve()
    for folder in (start, *start.parents):
        file = folder / FILE_NAME
        if file.exists() and not file.is_dir():
            yield file
        shared = folder / _SHARED_NAME
        if shared.is_file():
            yield shared
