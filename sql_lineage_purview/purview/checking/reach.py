"""How far the values of some columns go: downstream along the column lineage of a scan."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from msgspec import Struct

from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sql_lineage_purview.model.graph import ColumnEdge, LineageGraph
    from sql_lineage_purview.model.names import Name

_ALL_COLUMNS = "*"


class Reached(Struct, frozen=True):
    """A column that values reach, by the shortest path.

    Args:
        column: The column; `*` where it is not known which columns of the table.
        origin: The column that the values start from.
        path: The edges from there, in order.
        certain: Does every step lead from a named column to a named one?
    """

    column: Column
    origin: Column
    path: tuple[ColumnEdge, ...]
    certain: bool


class ColumnTrace(Struct, frozen=True):
    """Where the values of columns go that a pattern of names matches.

    Args:
        pattern: The pattern.
        origins: The columns that it matches.
        columns: What is reached from these, nearest first.
    """

    pattern: str
    origins: tuple[Column, ...]
    columns: tuple[Reached, ...]


def reached_by_origin(
    graph: LineageGraph, origins: Iterable[Column]
) -> Iterator[tuple[Reached, ...]]:
    """What each of some columns reaches by itself: other ones of them too."""
    steps = _steps(graph)
    return (_reached((origin,), steps) for origin in dict.fromkeys(origins))


def reached_from(graph: LineageGraph, origins: Iterable[Column]) -> tuple[Reached, ...]:
    """The columns that values of some columns reach, each once, nearest first.

    The origins themselves are left out.

    Only edges along which values flow (DIRECT) are followed: a filter or a join shows no value of
    its columns. Of a column whose name is not known (`*`) each column of the table may be the one,
    so that what is reached from there is not certain; a certain path goes before a shorter one that
    is not.

    Args:
        graph: The scan.
        origins: Columns; `*` stands for all of a table.
    """
    return _reached(tuple(dict.fromkeys(origins)), _steps(graph))


def _reached(
    starts: tuple[Column, ...], steps: Mapping[Name, list[ColumnEdge]]
) -> tuple[Reached, ...]:
    reached: dict[Column, Reached] = {}
    # The certain walk first: what it has reached stays so, though an uncertain path may be
    # shorter.
    for certain in (True, False):
        _walk(starts, steps, reached, certain=certain)
    return tuple(row for column, row in reached.items() if column not in starts)


def _walk(
    starts: tuple[Column, ...],
    steps: Mapping[Name, list[ColumnEdge]],
    reached: dict[Column, Reached],
    *,
    certain: bool,
) -> None:
    """Breadth first.

    The second walk, over edges of unknown columns too, adds what the first could not reach.
    """
    visited = set(starts)
    pending = deque(Reached(start, start, (), certain=certain) for start in starts)
    while pending:
        current = pending.popleft()
        for edge in steps.get(current.column.table, ()):
            if edge.target in visited or not _leads(current.column, edge, certain=certain):
                continue
            visited.add(edge.target)
            successor = Reached(edge.target, current.origin, (*current.path, edge), certain=certain)
            reached.setdefault(edge.target, successor)
            pending.append(successor)


def _leads(column: Column, edge: ColumnEdge, *, certain: bool) -> bool:
    named = _ALL_COLUMNS not in (column.column, edge.source.column)
    if certain and (
        not named or edge.target.column == _ALL_COLUMNS or edge.certainty is Certainty.PARTIAL
    ):
        return False
    return edge.source.column == column.column or not named


def followed_edges(graph: LineageGraph) -> Iterator[ColumnEdge]:
    """All edges between columns, those that people declare too."""
    yield from graph.column_lineage
    for row in graph.declared:
        yield from row.edges


def _steps(graph: LineageGraph) -> Mapping[Name, list[ColumnEdge]]:
    """The edges along which values flow, by the table that they start from."""
    steps: defaultdict[Name, list[ColumnEdge]] = defaultdict(list)
    for edge in followed_edges(graph):
        if (
            edge.type is EdgeType.DIRECT
            and edge.target.column is not None
            and edge.source.column is not None
        ):
            steps[edge.source.table].append(edge)
    return steps
