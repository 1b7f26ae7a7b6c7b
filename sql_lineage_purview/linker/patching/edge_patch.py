"""Edge patches: edges are carried by statements of several files, of which some are replaced.

What of an edge the statements of other files carry is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

from msgspec import Struct

from ...model.graph import Column, ColumnEdge, TableEdge
from ...model.vocabulary import EdgeType
from ..context.edge_collection import Edges
from ..context.findings import Findings
from .touched_paths import path_of

Edge = TypeVar("Edge", TableEdge, ColumnEdge)

# The findings of the scan before that show in the rows of some files.
FindingsOf = Callable[[AbstractSet[str]], Iterable[Findings]]


class EdgeForm(Struct, Generic[Edge], frozen=True):
    """How edges of one kind are read and made.

    An edge has its ends, how it is known (`grade`), and the statements that carry it.
    """

    edges_of: Callable[[Edges], Mapping[Any, tuple[Any, AbstractSet[str]]]]
    ends_of: Callable[[Edge], Any]
    grade_of: Callable[[Edge], Any]
    joined: Callable[[Any, Any], Any]
    made: Callable[[Any, Any, tuple[str, ...]], Edge]

    def grade(self, ends: object, findings: Iterable[Findings]) -> Any:
        """How an edge is known by some findings together; None: they have none of these ends."""
        grade = None
        for found in findings:
            edge = self.edges_of(found.edges).get(ends)
            if edge is not None:
                grade = edge[0] if grade is None else self.joined(grade, edge[0])
        return grade


def _joined_type(first: EdgeType, second: EdgeType) -> EdgeType:
    return EdgeType.DIRECT if EdgeType.DIRECT in (first, second) else EdgeType.INDIRECT


TABLE_EDGES: EdgeForm[TableEdge] = EdgeForm(
    lambda edges: edges.tables,
    lambda edge: (edge.source, edge.target),
    lambda edge: edge.type,
    _joined_type,
    lambda ends, grade, statements: TableEdge(ends[0], ends[1], grade, statements),
)
COLUMN_EDGES: EdgeForm[ColumnEdge] = EdgeForm(
    lambda edges: edges.columns,
    lambda edge: (edge.source, edge.target, edge.subtype),
    lambda edge: edge.certainty,
    lambda first, second: first | second,
    lambda ends, grade, statements: ColumnEdge(ends[0], ends[1], ends[2], grade, statements),
)


class EdgePatch(Struct, frozen=True):
    """What edges are made of.

    `paths`: the files whose rows are replaced, `rows` the ids that their statements had. `before`:
    the findings that showed in them; `today`: the edges of all that show in them. `others`: see
    `FindingsOf`.
    """

    paths: AbstractSet[str]
    rows: AbstractSet[str]
    before: Sequence[Findings]
    today: Edges
    others: FindingsOf

    def edges(
        self, old: Sequence[Edge], form: EdgeForm[Edge]
    ) -> tuple[list[Edge], list[Edge], list[Edge]]:
        """The edges that stay as they are, those that are gone or replaced, and the new ones."""
        former: dict[Any, Edge] = {}
        staying: list[Edge] = []
        today = form.edges_of(self.today)
        own = {
            ends: statements
            for ends, (_, carriers) in today.items()
            if (statements := [one for one in carriers if path_of(one) in self.paths])
        }
        for edge in old:
            if form.ends_of(edge) in own or not self.rows.isdisjoint(edge.statements):
                former[form.ends_of(edge)] = edge
            else:
                staying.append(edge)
        made = (
            self._edge(ends, former.get(ends), own.get(ends, []), form)
            for ends in {**former, **own}
        )
        return staying, list(former.values()), [edge for edge in made if edge]

    def columns(self, old: Iterable[ColumnEdge]) -> Iterator[Column]:
        """The columns of all edges that may be gone or new."""
        for source, target, _ in self.today.columns:
            yield from (source, target)
        for edge in old:
            if not self.rows.isdisjoint(edge.statements):
                yield from (edge.source, edge.target)

    def _edge(
        self, ends: Any, old: Edge | None, own: list[str], form: EdgeForm[Edge]
    ) -> Edge | None:
        former = old.statements if old else ()
        elsewhere: list[str] = [one for one in former if one not in self.rows]
        statements = tuple(sorted((*elsewhere, *own), key=_place))
        if not statements:
            return None
        found = form.edges_of(self.today).get(ends)
        grade = found[0] if found else None
        if old and elsewhere:
            known, before = form.grade_of(old), form.grade(ends, self.before)
            if grade == before:
                grade = known
            elif before is None or (grade is not None and form.joined(before, grade) == grade):
                grade = form.joined(known, grade)
            else:  # how the rest is known, only those tell who carry it
                others = form.grade(ends, self.others({path_of(one) for one in elsewhere}))
                grade = others if grade is None else form.joined(others, grade)
        return form.made(ends, grade, statements)


def _place(statement: str) -> tuple[str, int]:
    path, _, number = statement.rpartition("#")
    return path, int(number)
