"""`tree SELECTOR [PATH…]`: what feeds a table or column, and what it feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project.reading.selection import AmbiguousSelector, SelectedObject, UnknownSelector, select
from ..render.exchange.diagram import DiagramRequest
from ..render.graph_formats import DIAGRAM_FORMATS, LINEAGE_FORMATS
from ..render.labels import label
from ..render.lineage_tree import Direction, LineageRequest
from .console import CommandError
from .delivery import deliver
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, read, settings_of
from .setting_options import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from ..model.graph import Column, LineageGraph


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "selector", metavar="SELECTOR", help="a table (dbo.Fact) or a column (dbo.Fact.Amount)"
    )
    add_optional_paths_argument(parser)
    parser.add_argument("--up", action="store_true", help="only what feeds it")
    parser.add_argument("--down", action="store_true", help="only what it feeds")
    parser.add_argument("--depth", metavar="N", type=count, help="follow at most N edges")
    parser.add_argument(
        "--columns", action="store_true", help="of a table, show the lineage of each column"
    )
    parser.add_argument(
        "--format",
        choices=("tree", *DIAGRAM_FORMATS.names),
        default="tree",
        help="how to show it (default: tree); the others are one diagram of both directions",
    )
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """A selector that is not clear is a usage error that lists the candidates."""
    paths = paths_or_here(arguments)
    graph = read(arguments, paths, settings_of(arguments, paths)).graph
    start = _meant(graph, arguments.selector)
    both = arguments.up == arguments.down
    if arguments.format in DIAGRAM_FORMATS.names:
        diagram = DiagramRequest(
            graph,
            start,
            up=both or arguments.up,
            down=both or arguments.down,
            depth=arguments.depth,
        )
        deliver(diagram, DIAGRAM_FORMATS.named(arguments.format))
        return 0
    for direction, flag in ((Direction.UP, arguments.up), (Direction.DOWN, arguments.down)):
        if both or flag:
            request = LineageRequest(
                graph, start, direction, depth=arguments.depth, columns=arguments.columns
            )
            deliver(request, LINEAGE_FORMATS.default)
    return 0


def _meant(graph: LineageGraph, selector: str) -> Column:
    try:
        selection = select(graph, selector)
    except ValueError:
        raise CommandError(
            f"{selector!r} is no name. Write it as in T-SQL: dbo.Fact, dbo.[Fact Sales].Amount."
        ) from None
    match selection:
        case SelectedObject(column):
            return column
        case AmbiguousSelector(candidates):
            raise CommandError(
                f"{selector!r} may mean {_listed(map(label, candidates))}. Write more of the name."
            )
        case UnknownSelector() if selector.lstrip("[").startswith(("#", "@")):
            raise CommandError(
                f"{selector!r} is temporary: lineage goes through it, and ends at "
                "tables that persist."
            )
        case UnknownSelector(near):
            advice = (
                f" Did you mean {_listed(near)}?"
                if near
                else (" Its scripts may stand outside the scanned paths.")
            )
            raise CommandError(f"nothing in the scan is called {selector!r}.{advice}")


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
