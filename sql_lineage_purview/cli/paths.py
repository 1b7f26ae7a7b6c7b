"""The paths of a command: what is scanned, or whose configuration counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence


def add_optional_paths_argument(
    parser: argparse.ArgumentParser,
    summary: str = "what to scan: folders, scripts, packages (.dacpac) or snapshots",
) -> None:
    """Declare the paths of a command that is about the current folder where none is named."""
    text = f"{summary} (default: the current folder)"
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help=text)


def add_folder_argument(parser: argparse.ArgumentParser, summary: str) -> None:
    """Declare the one folder of a command that reads no script."""
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        type=Path,
        default=Path(),
        help=f"{summary} (default: the current folder)",
    )


def add_late_paths(
    arguments: argparse.Namespace,
    remainder: Sequence[str],
    parser: argparse.ArgumentParser,
) -> None:
    """Let paths stand behind options too (`tree dbo.Fact --up FOLDER`).

    argparse cannot do that where paths may be left out.
    """
    if not remainder:
        return
    if not hasattr(arguments, "paths") or any(word.startswith("-") for word in remainder):
        parser.error(f"unrecognized arguments: {' '.join(remainder)}")
    arguments.paths = [*arguments.paths, *map(Path, remainder)]


def paths_or_here(arguments: argparse.Namespace) -> list[Path]:
    """What was named to be scanned, or else the current folder, unless a live database is named."""
    return list(arguments.paths) or ([] if arguments.from_database else [Path()])


def place_list(places: Iterable[object]) -> str:
    """Places of scripts in a sentence; `.` at its end would be read as `..`."""
    return ", ".join("the current folder" if place == Path() else str(place) for place in places)
