"""The edges of the graph while they are found, and what decides whether one counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from msgspec import Struct, field

from ...model.graph import Column, ColumnEdge, TableEdge
from ...model.names import Name, NameTexts
from ...model.vocabulary import Certainty, EdgeType, Subtype
from ..relations.provenance import Flows, Provenance, Tables, statements_of

# The ends of a column edge, and how the value comes from one to the other.
ColumnEnds: TypeAlias = tuple[Column, Column, Subtype]


class Edges(Struct):
    """Edges by their ends, with the statements that carry each.

    `met`: the ends of the column edges of all parts of a run; None where they are not counted.
    Most edges have the statements of one write: these are one frozen set, which all of them share.
    What another write adds to an edge makes it a set of its own while the part runs.
    """

    tables: dict[tuple[Name, Name], tuple[EdgeType, AbstractSet[str]]] = field(default_factory=dict)
    columns: dict[ColumnEnds, tuple[Certainty, AbstractSet[str]]] = field(default_factory=dict)
    met: set[ColumnEnds] | None = None

    def feed(self, target: Name, tables: Tables, statement: str) -> None:
        """A statement puts rows of tables into one, and it is not known which value goes where."""
        carriers = _Carriers(statement)
        for source, part in tables.items():
            if source != target:
                self._table(source, target, part.type, carriers.of(part.statements.all()))

    def write(
        self,
        target: Name,
        written: list[tuple[str, Flows]],
        rows: Flows,
        tables: Tables,
        statement: str,
    ) -> None:
        """A statement writes columns of a table.

        A table has an edge to itself only where a value of it flows into it; what of its own
        columns decides the rows counts only then.

        Args:
            target: the table.
            written: its columns, with what flows into each.
            rows: what decides which rows there are.
            tables: the tables that take part.
            statement: the id of the statement.
        """
        self_loops = [
            provenance
            for _, flows in written
            for (column, subtype), provenance in flows.items()
            if column.table == target and subtype.type is EdgeType.DIRECT
        ]
        carriers = _Carriers(statement)
        for name, flows in written:
            written_column = Column(target, name)
            for (column, subtype), provenance in flows.items():
                self._column((column, written_column, subtype), carriers.edge(provenance))
        no_column = Column(target, None)
        for (column, subtype), provenance in rows.items():
            if self_loops or column.table != target:
                self._column((column, no_column, subtype), carriers.edge(provenance))
        for source, part in tables.items():
            if source != target:
                self._table(
                    source,
                    target,
                    # a DELETE writes no column: its tables only decide which rows go
                    part.type if written else EdgeType.INDIRECT,
                    carriers.of(part.statements.all()),
                )
        if self_loops:
            self._table(
                target, target, EdgeType.DIRECT, carriers.of(frozenset(statements_of(self_loops)))
            )

    def take_in(self, others: Edges) -> None:
        """Add those of another part of the linking."""
        for (source, target), (kind, statements) in others.tables.items():
            self._table(source, target, kind, statements)
        # most of a scan's edges come this way, so none is looked up twice
        columns, count, met = self.columns, len(self.columns), self.met
        for key, edge in others.columns.items():
            previous = columns.setdefault(key, edge)
            if len(columns) > count:
                count += 1
                if met is not None:
                    met.add(key)
                continue
            statements = _joined(previous[1], edge[1])
            if statements is not previous[1] or edge[0] is not previous[0]:
                columns[key] = (previous[0] | edge[0], statements)

    def end(self) -> None:
        """No more are found: edges that have got the same statements share them too."""
        edges: dict[tuple[Certainty, frozenset[str]], tuple[Certainty, frozenset[str]]] = {}
        for ends, (certainty, statements) in self.columns.items():
            if isinstance(statements, set):
                edge = (certainty, frozenset(statements))
                self.columns[ends] = edges.setdefault(edge, edge)

    def renumber(self, ids: Mapping[str, str]) -> None:
        """Give statements the ids that they have in the document, where these are others."""
        if not ids:
            return
        for ends, (kind, statements) in self.tables.items():
            self.tables[ends] = (kind, _renumbered(statements, ids))
        for key, (certainty, statements) in self.columns.items():
            self.columns[key] = (certainty, _renumbered(statements, ids))

    def _table(self, source: Name, target: Name, kind: EdgeType, by: AbstractSet[str]) -> None:
        previous = self.tables.get((source, target))
        if previous is None:
            self.tables[source, target] = (kind, frozenset(by))
            return
        previous_type, statements = previous
        merged = EdgeType.DIRECT if EdgeType.DIRECT in (previous_type, kind) else EdgeType.INDIRECT
        self.tables[source, target] = (merged, _joined(statements, by))

    def _column(self, ends: ColumnEnds, edge: tuple[Certainty, frozenset[str]]) -> None:
        previous = self.columns.setdefault(ends, edge)
        if previous is not edge:
            statements = _joined(previous[1], edge[1])
            self.columns[ends] = (previous[0] | edge[0], statements)
        elif self.met is not None:
            self.met.add(ends)

    def table_edges(self, order: Mapping[str, int], texts: NameTexts) -> tuple[TableEdge, ...]:
        """All table edges, sorted.

        Args:
            order: the place of each statement in the scan.
            texts: names as they are shown.
        """
        return tuple(
            TableEdge(source, target, kind, _ordered(statements, order))
            for (source, target), (kind, statements) in sorted(
                self.tables.items(), key=lambda row: (texts[row[0][1]], texts[row[0][0]])
            )
        )

    def column_edges(self, order: Mapping[str, int], texts: NameTexts) -> tuple[ColumnEdge, ...]:
        """All column edges, sorted; see `table_edges`.

        They are given up here one by one, so that they are not in memory twice.
        """

        def place(ends: ColumnEnds) -> tuple[str, str, str, str]:
            source, target, subtype = ends
            return target.column or "", texts[source.table], source.column or "", subtype

        # edges that share their statements do so here too
        distinct = {id(statements): statements for _, statements in self.columns.values()}
        ordered = {key: _ordered(statements, order) for key, statements in distinct.items()}
        by_target: defaultdict[str, list[ColumnEnds]] = defaultdict(list)
        for ends in self.columns:
            by_target[texts[ends[1].table]].append(ends)
        edges: list[ColumnEdge] = []
        for text in sorted(by_target):
            for ends in sorted(by_target.pop(text), key=place):
                certainty, statements = self.columns.pop(ends)
                edges.append(ColumnEdge(*ends, certainty, ordered[id(statements)]))
        return tuple(edges)


class _Carriers(Struct, frozen=True):
    """The statements that carry what one statement writes; edges that have the same share them."""

    statement: str
    _sets: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    # by the identity of the statements before, which live as long as what is written
    _edges: dict[tuple[Certainty, int], tuple[Certainty, frozenset[str]]] = field(
        default_factory=dict
    )

    def edge(self, provenance: Provenance) -> tuple[Certainty, frozenset[str]]:
        """How surely an edge is known, and what carries it."""
        certainty, before = provenance
        edge = self._edges.get((certainty, id(before)))
        if edge is None:
            edge = self._edges[certainty, id(before)] = (certainty, self.of(before.all()))
        return edge

    def of(self, before: frozenset[str]) -> frozenset[str]:
        """Those that carried something before, and the one that writes."""
        if before not in self._sets:
            self._sets[before] = before | {self.statement}
        return self._sets[before]


def _renumbered(statements: AbstractSet[str], ids: Mapping[str, str]) -> AbstractSet[str]:
    if ids.keys().isdisjoint(statements):
        return statements
    return frozenset(ids.get(old, old) for old in statements)


def _joined(statements: AbstractSet[str], more: AbstractSet[str]) -> AbstractSet[str]:
    """The statements of an edge and more of them; a set that is nobody else's grows."""
    if not isinstance(statements, set):
        return statements if statements >= more else {*statements, *more}
    statements |= more
    return statements


def place_of(edge: ColumnEdge, texts: NameTexts) -> tuple[str, ...]:
    """What column edges are sorted by; `texts`: names as they are shown."""
    source, target = edge.source, edge.target
    return (
        texts[target.table],
        target.column or "",
        texts[source.table],
        source.column or "",
        edge.subtype,
    )


def _ordered(statements: AbstractSet[str], order: Mapping[str, int]) -> tuple[str, ...]:
    if len(statements) == 1:
        return tuple(statements)
    return tuple(sorted(statements, key=order.__getitem__))
