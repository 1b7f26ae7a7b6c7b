"""`tables PATH…`: the tables and views of a scan with their columns, and who told these."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..render.table_catalogue import CATALOGUE_FORMATS
from .console import deliver
from .output import add_output_argument
from .reading import add_reading_arguments, display, named_paths, read, settings_of

if TYPE_CHECKING:
    import argparse

    from ..model.graph import Table

_DATA = ("json", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="a folder of scripts, a script, a .dacpac or a snapshot; needed unless --from-database is given",
    )
    parser.add_argument(
        "--why", action="store_true", help="say who told the columns: a definition, a query, a catalog, or nobody"
    )
    parser.add_argument("--format", choices=CATALOGUE_FORMATS, default="table", help="how to print them (default: table)")
    add_output_argument(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tables without known columns are listed too: they are what a catalog is for."""
    paths = named_paths(arguments)
    result = read(arguments, paths, settings_of(arguments, paths))
    tables = [_as_shown(table, result.root) for table in result.graph.tables]
    listing = CATALOGUE_FORMATS[arguments.format](tables, why=arguments.why)
    deliver(listing, arguments.output, exact=arguments.format in _DATA)
    return 0


def _as_shown(table: Table, root: Path) -> Table:
    """A catalog may lie anywhere: its path is shown as it can be opened from here, those of scripts as everywhere."""
    source = table.told
    if source is None or not Path(source.path).is_absolute():
        return table
    return replace(table, told=replace(source, path=display(root, source.path)))
