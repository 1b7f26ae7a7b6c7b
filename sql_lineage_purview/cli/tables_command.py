"""`tables PATH…`: the tables and views of a scan with their columns, and who told these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..analysis.coverage import coverage_of
from ..analysis.expansion import expanded, tables_of
from ..render.table_formats import TABLE_FORMATS
from ..render.table_list import TableList
from .delivery import deliver
from .output import add_detail_arguments, add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, display, read, settings_of
from .scene import Scene
from .selectors import SELECTOR_HELP, add_tag_arguments, selected

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..model.graph import LineageGraph, Table
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan
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
    add_tag_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tables without known columns are listed too: they are what a catalog is for."""
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    result = read(arguments, paths, settings)
    form = chosen_format(arguments, TABLE_FORMATS)
    rows = _partly_known(result.graph) if arguments.partly_known else result.graph.tables
    listed = _chosen(rows, result, settings, arguments.select)
    tables = [_as_shown(table, result.root, form) for table in listed]
    table_list = TableList(tables, with_source=arguments.why, in_full=arguments.verbose)
    # paths can be opened from the current folder
    scene = Scene(Path.cwd(), ascii_only=arguments.ascii)
    deliver(table_list, form, arguments.output, scene)
    return 0


def _partly_known(graph: LineageGraph) -> Sequence[Table]:
    by_name = {table.name: table for table in graph.tables}
    return [by_name[name] for name in coverage_of(graph).partly_known if name in by_name]


def _chosen(
    rows: Sequence[Table], result: Scan, settings: Settings, selector: str | None
) -> Sequence[Table]:
    if selector is None:
        return rows
    graph = result.graph
    tables = tables_of(graph, expanded(graph, selected(result, settings, selector)))
    return [table for table in rows if table.name in tables]


def _as_shown(table: Table, root: Path, form: Format[TableList]) -> Table:
    """The table with the path of who told its columns as it can be opened from here.

    In data the paths of scripts are those of all documents, and a catalog may lie anywhere.
    """
    source = table.column_source
    if source is None or (form.is_data and not Path(source.path).is_absolute()):
        return table
    return replace(table, column_source=replace(source, path=display(root, source.path)))
