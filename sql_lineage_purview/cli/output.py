"""The file that a result is written to: what stands there already is written over only where it is a result itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.opening import read_head
from .chosen_settings import chosen_settings
from .console import CommandError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_HEAD = 4096
# What the results of all commands begin with.
_RESULT = re.compile(
    r"""
    Lineage\ of\ \d | TARGET\ +SOURCE | source_table,source_column, | \{\s*"schema_version":
    | TABLE\ +KIND | table,kind,position,column | \[\s*\{"name":\ "[^"]*",\ "kind": | \[\]\s*\Z
    | Plan\ for\  | \{\s*"plan_version":
    | \{\s*"(?:asset_)?snapshot_version":
    | \d+\ of\ \d+\ tables?\ resolved | \{\s*"tables":\ \d
    | [^\n]*\(sql-lineage-purview:// | [^\n]*,\ holds\ what\ the\ scripts\ say | \{\s*"endpoint":
    | [^\n]*\ is\ borne\ by\ \d | \{\s*"classification": | \[\s*\{\s*"qualified_name":
    | [a-z_]+\ \ \S[^\n]*\n(?:[a-z_]+\ \ \S[^\n]*(?:\n|\Z))*\Z
    """,
    re.VERBOSE,
)


def add_output_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--output`, and what lets it write over anything."""
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to a file (UTF-8) instead of stdout")
    parser.add_argument(
        "--force", action="store_true", help="write over FILE even where it is no result of this tool, or is read"
    )


def check_outputs(arguments: argparse.Namespace) -> None:
    """Check what a command is to write over, before it does anything.

    Raises:
        CommandError: a file is no result of this tool, or one that the command reads, and nobody has said to write over it.
    """
    if getattr(arguments, "force", False):
        return
    for output in filter(None, (getattr(arguments, name, None) for name in ("output", "propose"))):
        if any(_is_same(output, place) for place in _inputs(arguments)):
            raise CommandError(f"{output}: is read by this command. Name another file, or add --force to write over it.")
        if output.is_file() and not is_result(output):
            raise CommandError(f"{output}: is no result of this tool. Name another file, or add --force to write over it.")


def is_result(path: Path) -> bool:
    """Does a file begin like a result of any command, or is it empty?"""
    head = read_head(path, _HEAD)
    return not head or _RESULT.match(head.decode("utf-8", "replace")) is not None


def _inputs(arguments: argparse.Namespace) -> Iterator[Path]:
    chosen: dict[str, Any] = chosen_settings(arguments)
    yield from (path for path in getattr(arguments, "paths", ()) if not path.is_dir())
    yield from filter(None, (getattr(arguments, "plan", None), chosen.get("assets")))
    sources = [row.source for row in chosen.get("catalogs", ())]
    if source := getattr(arguments, "source", None):
        sources.append(source.partition("=")[2] or source)
    yield from map(Path, sources)


def _is_same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except (OSError, ValueError):
        return False
