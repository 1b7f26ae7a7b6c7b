"""The paths of a command: what is scanned, or whose configuration counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .console import CommandError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def add_paths_argument(parser: argparse.ArgumentParser, *, unless: str = "--from-database") -> None:
    """Declare the paths of a command that guesses none; `unless`: options that stand for them."""
    _add(
        parser,
        f"a folder of scripts, a script, a .dacpac or a snapshot; needed unless {unless} is given",
    )


def add_optional_paths_argument(
    parser: argparse.ArgumentParser,
    summary: str = "what to scan",
) -> None:
    """Declare the paths of a command that is about the current folder where none is named."""
    _add(parser, f"{summary} (default: the current folder)")


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


def named_paths(arguments: argparse.Namespace) -> list[Path]:
    """What was named to be scanned; nothing where a live database is.

    Raises:
        CommandError: neither was named.
    """
    if not (arguments.paths or arguments.from_database):
        remedy = "Name a folder or a script, or a database with --from-database."
        raise CommandError(f"nothing to read. {remedy}")
    return list(arguments.paths)


def paths_or_here(arguments: argparse.Namespace) -> list[Path]:
    """What was named to be scanned, or else the current folder, unless a live database is named."""
    return list(arguments.paths) or ([] if arguments.from_database else [Path()])


def _add(parser: argparse.ArgumentParser, summary: str) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help=summary)
