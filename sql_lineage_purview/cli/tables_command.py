"""`tables PATH…`: the tables and views of a scan with their columns, and who told these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..analysis.coverage import coverage_of
from ..analysis.expansion import expanded, tables_of
from ..library.node_selection import selected_nodes
from ..render.table_formats import TABLE_FORMATS
from ..render.table_list import TableList
from .delivery import deliver
from .output import add_detail_arguments, add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, display, read, settings_of
from .scene import Scene
from .selectors import SELECTOR_HELP

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from ..model.graph import LineageGraph, Table
    from ..render.format import Format


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    parser.add_argument(
        "--why",
        action="store_true",
        help="say who told the columns: a definition, a query, a catalog, or nobody",
    )
    parser.add_argument(
        "--partly-known",
        action="store_true",
        help="list the written tables alone whose sources are not known in full, worst first",
    )
    parser.add_argument("--select", metavar="SELECTOR", help=f"list {SELECTOR_HELP}")
    add_output_arguments(parser, TABLE_FORMATS)
    add_detail_arguments(parser, "show all columns on a terminal, as -o does")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tables without known columns are listed too: they are what a catalog is for."""
    paths = paths_or_here(arguments)
    result = read(arguments, paths, settings_of(arguments, paths))
    form = chosen_format(arguments, TABLE_FORMATS)
    tables = list(_listed(result.graph, arguments.select, partly_known=arguments.partly_known))
    tables = [_as_shown(table, result.root, form) for table in tables]
    table_list = TableList(tables, with_source=arguments.why, in_full=arguments.verbose)
    # paths can be opened from the current folder
    scene = Scene(Path.cwd(), ascii_only=arguments.ascii)
    deliver(table_list, form, arguments.output, scene)
    return 0


def _listed(graph: LineageGraph, selector: str | None, *, partly_known: bool) -> Iterable[Table]:
    rows: Iterable[Table] = graph.tables
    if partly_known:
        by_name = {table.name: table for table in rows}
        names = coverage_of(graph).partly_known
        rows = [by_name[name] for name in names if name in by_name]
    if selector is None:
        return rows
    tables = tables_of(graph, expanded(graph, selected_nodes(graph, selector)))
    return [table for table in rows if table.name in tables]


def _as_shown(table: Table, root: Path, form: Format[TableList]) -> Table:
    """The table with the path of who told its columns as it can be opened from here.

    In data the paths of scripts are those of all documents, and a catalog may lie anywhere.
    """
    source = table.column_source
    if source is None or (form.is_data and not Path(source.path).is_absolute()):
        return table
    return replace(table, column_source=replace(source, path=display(root, source.path)))
