"""One spelling for each column that no definition spells: that of its first use.

INSERT dbo.t (a) SELECT s.Id FROM Far.dbo.s AS s WHERE s.ID > 1  -->  one column, Far.dbo.s.Id
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from ...model.graph import Column, ColumnEdge, LineageGraph, Module
from ...model.names import NameTexts
from ...model.naming import Naming
from ...model.vocabulary import Subtype
from ..context.edge_collection import place_of

# The spelling that is shown for each that a column has, where it has several.
Spellings: TypeAlias = Mapping[Column, Column]


def spelled_once(graph: LineageGraph, naming: Naming) -> tuple[LineageGraph, frozenset[Column]]:
    """A graph in which each column has one spelling.

    Args:
        graph: as its statements spell columns.
        naming: what counts as one name.

    Returns:
        The graph, and the columns that are spelled in several ways, folded.
    """
    order = {row.id: position for position, row in enumerate(graph.statements)}
    shown = _spellings(graph, order, naming)
    if not shown:
        return graph, frozenset()
    return dataclasses.replace(
        graph,
        column_lineage=_respelled_edges(graph.column_lineage, shown, order, naming.texts),
        statements=tuple(
            row
            if shown.keys().isdisjoint(row.assigned)
            else replace(row, assigned=tuple(_respelled(row.assigned, shown)))
            for row in graph.statements
        ),
        modules=tuple(
            row
            if shown.keys().isdisjoint(row.columns)
            else replace(row, columns=_sorted(_respelled(row.columns, shown), naming.texts))
            for row in graph.modules
        ),
    ), frozenset(folded(column, naming) for column in shown)


def folded(column: Column, naming: Naming) -> Column:
    """What all spellings of one column share."""
    return Column(column.table, naming.fold(column.column or ""))


def columns_of(edges: Iterable[ColumnEdge], modules: Iterable[Module]) -> Iterator[Column]:
    """The columns that edges begin or end at, and that modules name."""
    for edge in edges:
        yield edge.source
        yield edge.target
    for module in modules:
        yield from module.columns


def _spellings(
    graph: LineageGraph, order: Mapping[str, int], naming: Naming
) -> dict[Column, Column]:
    by_key: dict[Column, list[Column]] = {}
    for column in {*columns_of(graph.column_lineage, graph.modules)}:
        by_key.setdefault(folded(column, naming), []).append(column)
    several = {column for columns in by_key.values() if len(columns) > 1 for column in columns}
    if not several:
        return {}
    # what no edge spells comes behind all that one does
    first_uses = dict.fromkeys(several, len(order))
    for edge in graph.column_lineage:
        place = order[edge.statements[0]]
        for column in several.intersection((edge.source, edge.target)):
            first_uses[column] = min(place, first_uses[column])
    shown: dict[Column, Column] = {}
    for columns in by_key.values():
        if len(columns) > 1:
            first = min(columns, key=lambda column: (first_uses[column], column.column))
            shown.update(dict.fromkeys(columns, first))
    return shown


def _respelled_edges(
    edges: Iterable[ColumnEdge], shown: Spellings, order: Mapping[str, int], texts: NameTexts
) -> tuple[ColumnEdge, ...]:
    united: dict[tuple[Column, Column, Subtype], ColumnEdge] = {}
    for edge in edges:
        source, target = shown.get(edge.source, edge.source), shown.get(edge.target, edge.target)
        same = united.setdefault((source, target, edge.subtype), edge)
        if same is not edge or (source, target) != (edge.source, edge.target):
            statements = {*same.statements, *edge.statements}
            united[source, target, edge.subtype] = ColumnEdge(
                source,
                target,
                edge.subtype,
                same.certainty | edge.certainty,
                tuple(sorted(statements, key=order.__getitem__)),
            )
    return tuple(sorted(united.values(), key=lambda edge: place_of(edge, texts)))


def _respelled(columns: Iterable[Column], shown: Spellings) -> dict[Column, None]:
    return {shown.get(column, column): None for column in columns}


def _sorted(columns: Iterable[Column], texts: NameTexts) -> tuple[Column, ...]:
    return tuple(sorted(columns, key=lambda column: (texts[column.table], column.column or "")))
