"""The format of a result, and the file that it is written to.

What stands there already is written over only where it is a result itself.
"""

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

    from ..render.format import Format, FormatTable, Subject

# Openings stand in the first lines, and are far shorter.
_HEAD = 4096


def add_output_arguments(parser: argparse.ArgumentParser, table: FormatTable[Any]) -> None:
    """Declare `--format` where there are several, and `--output`.

    With them comes what lets it write over anything.
    """
    if len(table.rows) > 1:
        parser.add_argument("--format", choices=table.names, help=_format_help(table))
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="write to a file (UTF-8) instead of stdout",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="write over FILE even where it is no result of this tool, or is read",
    )


def add_drawing_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what decides how something is drawn."""
    parser.add_argument(
        "--ascii", action="store_true", help="draw with ASCII characters on every terminal"
    )


def add_detail_arguments(parser: argparse.ArgumentParser, detail: str) -> None:
    """Declare how something is drawn, and what shows more of it than fits a screen.

    Args:
        parser: that of the command.
        detail: what `-v` does.
    """
    parser.add_argument("-v", "--verbose", action="store_true", help=detail)
    add_drawing_arguments(parser)


def chosen_format(arguments: argparse.Namespace, table: FormatTable[Subject]) -> Format[Subject]:
    """The format that the arguments choose, by its name or by that of the output."""
    return table.chosen(getattr(arguments, "format", None), arguments.output)


def _format_help(table: FormatTable[Any]) -> str:
    by_ending = "".join(
        f"; {row.name} for an output whose name ends {_endings(row)}"
        for row in table.rows
        if row.endings
    )
    usual = f"; else {table.in_files} in a file" if table.in_files else ""
    return f"how to print {table.noun} (default: {table.default.name}{by_ending}{usual})"


def _endings(row: Format[Any]) -> str:
    return "so" if row.endings == (f".{row.name}",) else f"in {' or '.join(row.endings)}"


def check_outputs(arguments: argparse.Namespace) -> None:
    """Check what a command is to write over, before it does anything.

    Raises:
        CommandError: a file is no result of this tool, or one that the command reads, and nobody
            has said to write over it.
    """
    if getattr(arguments, "force", False):
        return
    for output in filter(None, (getattr(arguments, name, None) for name in ("output", "propose"))):
        if any(_is_same(output, place) for place in _inputs(arguments)):
            raise CommandError(
                f"{output}: is read by this command. Name another file, or add "
                "--force to write over it."
            )
        if output.is_file() and not is_result(output):
            raise CommandError(
                f"{output}: is no result of this tool. Name another file, or add "
                "--force to write over it."
            )


def is_result(path: Path) -> bool:
    """Does a file begin like a result of any command, or is it empty?"""
    from ..render.format_tables import each_format_table  # noqa: PLC0415 - for those alone who write over a file

    head = read_head(path, _HEAD)
    return not head or any(
        row.opening and re.match(row.opening, head.decode("utf-8", "replace"))
        for table in each_format_table()
        for row in table.rows
    )


def _inputs(arguments: argparse.Namespace) -> Iterator[Path]:
    chosen: dict[str, Any] = chosen_settings(arguments)
    yield from (path for path in getattr(arguments, "paths", ()) if not path.is_dir())
    yield from filter(None, (getattr(arguments, "plan", None), chosen.get("assets")))
    sources = [row.source for row in chosen.get("catalogs", ())]
    if source := getattr(arguments, "source", None):
        # `DATABASE=SOURCE`, or the source alone.
        sources.append(source.partition("=")[2] or source)
    yield from map(Path, sources)


def _is_same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    # One does not exist, as `mssql://SERVER/DATABASE`, or nothing can be called so.
    except (OSError, ValueError):
        return False
