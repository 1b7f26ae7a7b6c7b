"""`tree SELECTOR [PATH…]`: what feeds a table or column, and what it feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.graph_index import GraphIndex
from ..analysis.hidden_uses import hidden_uses
from ..analysis.selection import SelectedModule
from ..analysis.uses import ObjectUses
from ..library.node_selection import listed, node_label
from ..render.graph_formats import LINEAGE_FORMATS
from ..render.lineage_answer import LineageAnswer
from ..render.lineage_tree import LineageRequest
from ..render.tree_steps import Direction
from .console import CommandError
from .delivery import deliver
from .output import add_detail_arguments, add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, read, scene_of, settings_of
from .selectors import SELECTOR_HELP, add_tag_arguments, check_order, selected
from .setting_options import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from ..analysis.selection import SelectedNodes
    from ..analysis.selector import Selector
    from ..model.graph import Column

_MOST = 20
# of all trees together on a screen, and of one at least
_LINES, _FEW = 30, 10
_DIAGRAMS = ("mermaid", "dot")


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
    add_output_arguments(parser, LINEAGE_FORMATS)
    add_detail_arguments(parser, "show large trees to their end, as -o does")
    add_tag_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """A selector that is not clear is a usage error that lists the candidates.

    Raises:
        CommandError: several tables or columns are selected for a diagram.
    """
    paths = paths_or_here(arguments)
    check_order(arguments.selector, paths)
    settings = settings_of(arguments, paths)
    result = read(arguments, paths, settings)
    selection = selected(result, settings, arguments.selector)
    starts = _starts(selection)
    form = chosen_format(arguments, LINEAGE_FORMATS)
    if form.name in _DIAGRAMS and len(starts) > 1:
        raise CommandError(
            f"a diagram has one beginning, and {len(starts)} are selected: "
            f"{listed(map(node_label, starts))}."
        )
    index = GraphIndex(result.graph)
    directions = dict(_directions(arguments, selection.selector))
    requests = [
        request
        for start in starts
        for request in _requests(index, start, directions, columns=arguments.columns)
    ]
    most = None if arguments.verbose or arguments.output else max(_LINES // len(requests), _FEW)
    answer = LineageAnswer(requests, most)
    deliver(answer, form, arguments.output, scene_of(result, arguments))
    return 0


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
