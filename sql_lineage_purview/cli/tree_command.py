"""`tree SELECTOR [PATH…]`: what feeds a table or column, and what it feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.graph_index import GraphIndex
from ..analysis.hidden_uses import hidden_uses
from ..analysis.selection import SelectedModule
from ..analysis.uses import ObjectUses
from ..library.node_selection import listed, node_label, selected_nodes
from ..render.exchange.diagram import DiagramRequest
from ..render.graph_formats import DIAGRAM_FORMATS, LINEAGE_FORMATS
from ..render.lineage_tree import Direction, LineageRequest
from .console import CommandError
from .delivery import deliver
from .output import add_drawing_arguments
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, read, scene_of, settings_of
from .selectors import SELECTOR_HELP, check_order
from .setting_options import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from ..analysis.selection import SelectedNodes
    from ..analysis.selector import Selector
    from ..model.graph import Column, LineageGraph

_MOST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("selector", metavar="SELECTOR", help=SELECTOR_HELP)
    add_optional_paths_argument(parser)
    parser.add_argument("--up", action="store_true", help="only what feeds it, as +x")
    parser.add_argument("--down", action="store_true", help="only what it feeds, as x+")
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
    add_drawing_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """A selector that is not clear is a usage error that lists the candidates."""
    paths = paths_or_here(arguments)
    check_order(arguments.selector, paths)
    result = read(arguments, paths, settings_of(arguments, paths))
    graph, scene = result.graph, scene_of(result, arguments)
    selection = selected_nodes(graph, arguments.selector)
    starts = _starts(selection)
    directions = dict(_directions(arguments, selection.selector))
    if arguments.format in DIAGRAM_FORMATS.names:
        diagram = _diagram(graph, starts, directions)
        deliver(diagram, DIAGRAM_FORMATS.named(arguments.format))
        return 0
    index = GraphIndex(graph)
    for start in starts:
        for request in _requests(index, start, directions, columns=arguments.columns):
            deliver(request, LINEAGE_FORMATS.default, scene=scene)
    return 0


def _diagram(
    graph: LineageGraph, starts: list[Column], directions: Mapping[Direction, int | None]
) -> DiagramRequest:
    """What is drawn around the one table or column that is selected.

    Raises:
        CommandError: several are.
    """
    if len(starts) > 1:
        raise CommandError(
            f"a diagram has one beginning, and {len(starts)} are selected: "
            f"{listed(map(node_label, starts))}."
        )
    depths = [depth for depth in directions.values() if depth is not None]
    return DiagramRequest(
        graph,
        starts[0],
        up=Direction.UP in directions,
        down=Direction.DOWN in directions,
        depth=max(depths) if len(depths) == len(directions) else None,
    )


def _requests(
    index: GraphIndex,
    start: Column,
    directions: Mapping[Direction, int | None],
    *,
    columns: bool,
) -> Iterator[LineageRequest]:
    """The trees of one table or column, with who reads it and is in none of them."""
    readers = ObjectUses(index).readers_without_target(start)
    hidden = hidden_uses(index, start)
    for direction, depth in directions.items():
        yield LineageRequest(
            index.graph,
            start,
            direction,
            depth=depth,
            columns=columns,
            readers=readers if direction is Direction.DOWN else (),
            hidden=hidden,
        )


def _directions(
    arguments: argparse.Namespace, selector: Selector
) -> Iterator[tuple[Direction, int | None]]:
    """Which trees are drawn, and how deep; both ways where nothing chooses one."""
    chosen = {
        Direction.UP: (arguments.up or selector.upstream != 0, selector.upstream),
        Direction.DOWN: (arguments.down or selector.downstream != 0, selector.downstream),
    }
    both = not any(is_chosen for is_chosen, _ in chosen.values())
    for direction, (is_chosen, depth) in chosen.items():
        if both or is_chosen:
            yield direction, arguments.depth if arguments.depth is not None else depth or None


def _starts(selection: SelectedNodes) -> list[Column]:
    """The tables and columns that trees begin at.

    Raises:
        CommandError: there are none, or more than anybody reads.
    """
    starts = [node for node in selection.nodes if not isinstance(node, SelectedModule)]
    text = selection.selector.text
    if not starts:
        raise CommandError(
            f"{listed(map(node_label, selection.nodes))}: a module, and lineage leads from table "
            f"to table. What it touches: sql-lineage-purview impact {text}"
        )
    if len(starts) > _MOST:
        raise CommandError(
            f"{text!r} selects {len(starts)} tables and columns, more than {_MOST} trees: "
            f"{listed(map(node_label, starts))}. sql-lineage-purview tables --select {text!r} "
            "lists them."
        )
    return starts
