"""What `tree` answers: trees of what was selected, cut to a screen where nobody asks for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .beyond_edges import beyond_edges
from .counting import counted
from .drawing import Branch, Fragment, Meaning
from .exchange.diagram import DiagramRequest
from .labels import label
from .lineage_tree import HEADINGS, render_lineage
from .scan_tree import named
from .shell_words import quoted
from .tree_cutting import cut, lines_of
from .tree_rows import rows_of
from .tree_steps import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model.graph import Column
    from .lineage_tree import LineageRequest


class LineageAnswer(Struct, frozen=True):
    """One request for each tree, and how many lines each has on a screen; None for all."""

    requests: Sequence[LineageRequest]
    most: int | None = None

    @property
    def starts(self) -> Sequence[Column]:
        """The tables and columns that trees begin at."""
        return list(dict.fromkeys(request.start for request in self.requests))

    @property
    def diagram(self) -> DiagramRequest:
        """The diagram around the first of them, in all directions that are asked for."""
        first = self.requests[0]
        directions = {row.direction for row in self.requests}
        depths = [row.depth for row in self.requests if row.start == first.start]
        return DiagramRequest(
            first.graph,
            first.start,
            up=Direction.UP in directions,
            down=Direction.DOWN in directions,
            depth=None if None in depths else max(filter(None, depths)),
        )


def render_answer(answer: LineageAnswer) -> Branch:
    """The trees one below the other; of a large one what is near, with totals and a command."""
    trees = [_tree(request, answer.most) for request in answer.requests]
    return Branch(children=trees, guided=False)


def _tree(request: LineageRequest, most: int | None) -> Branch:
    tree = render_lineage(
        request.graph,
        request.start,
        request.direction,
        depth=request.depth,
        columns=request.columns,
    )
    remark = beyond_edges(request.readers, request.hidden, has_edges=bool(tree.children))
    # what is a little longer is not worth a cut
    if most is not None and lines_of(tree) > most * 4 // 3:
        cut(tree, most)
        tree.fragments += (Fragment(_totals(request), Meaning.REMARK),)
        tree.add(Fragment("all of it:", Meaning.REMARK), *_command(request))
    if remark:
        heading = Fragment(HEADINGS[request.direction], Meaning.HEADING)
        tree.fragments = (
            named(label(request.start), request.start.table),
            heading,
            *tree.fragments[2:],
        )
        tree.add(Fragment(remark, Meaning.REMARK))
    return tree


def _totals(request: LineageRequest) -> str:
    """`58 tables directly, 73 in all`."""
    rows = list(rows_of(request))
    near = {row.step.to for row in rows if row.distance == 1}
    noun = "column" if request.columns or request.start.column is not None else "table"
    return f"{counted(len(near), noun)} directly, {len({row.step.to for row in rows})} in all"


def _command(request: LineageRequest) -> Iterator[Fragment]:
    command = f"sql-lineage-purview tree {quoted(label(request.start))}"
    yield Fragment(command, Meaning.COMMAND, joint=" ")
    yield Fragment("", Meaning.SOURCE, joint=" ")
    depth = f" --depth {request.depth}" if request.depth is not None else ""
    columns = " --columns" if request.columns else ""
    options = f"--{request.direction.value}{depth}{columns} -v"
    yield Fragment(options, Meaning.COMMAND, joint=" ")
