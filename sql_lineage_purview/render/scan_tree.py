"""The result of a scan as a tree: each written table, and what feeds it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..model.graph import Location
from ..model.vocabulary import EdgeType
from .carriers import CarriedLine, EdgeCarriers
from .counting import counted
from .drawing import Branch, Fragment, Meaning, at
from .places import DECLARED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model.graph import Declaration, LineageGraph, Table, TableEdge
    from ..model.names import Name


def render_tree(graph: LineageGraph) -> Branch:
    """Tables that are written, by name; such whose name only a run tells come last.

    Below each its sources, under the module whose statements carry them.
    """
    carriers = EdgeCarriers(graph)
    tables = {table.name: table for table in graph.tables}
    feeding: defaultdict[Name, list[TableEdge]] = defaultdict(list)
    for edge in graph.table_lineage:
        feeding[edge.target].append(edge)
    declared: defaultdict[Name, list[Declaration]] = defaultdict(list)
    for row in graph.declared:
        declared[row.target].append(row)
    targets = {*feeding, *declared}
    tree = Branch((Fragment(_heading(graph, len(targets)), Meaning.HEADING),))
    for target in sorted(targets, key=name_order):
        branch = tree.add(*_target(target, tables.get(target)))
        lines = [*_fed(feeding[target], carriers), *map(_declared, declared[target])]
        carriers.grow(branch, [(line, None) for line in lines])
    return tree


def name_order(name: Name) -> tuple[bool, str, Name]:
    """By name, and last such as only a run tells; the name parts those that differ in case."""
    return (name.left_open, name.key, name)


def flow(text: str, *, direct: bool) -> Fragment:
    """How data comes: as values, or only by what decides which come."""
    return Fragment(text, Meaning.DIRECT if direct else Meaning.INDIRECT)


def named(text: str, name: Name) -> Fragment:
    """A name, which is in doubt where only a run tells it."""
    return Fragment(text, Meaning.DOUBT if name.left_open else Meaning.NAME)


def declared_pieces(row: Declaration) -> tuple[Fragment, ...]:
    """That a person declares it, and where."""
    return (Fragment(DECLARED, Meaning.REMARK), at(Location(row.path, row.line)))


def _fed(edges: Sequence[TableEdge], carriers: EdgeCarriers) -> Iterator[CarriedLine]:
    for edge in sorted(edges, key=lambda edge: (name_order(edge.source), edge.type)):
        fragments = (
            named(str(edge.source), edge.source),
            flow(edge.type.value, direct=edge.type is EdgeType.DIRECT),
        )
        for carrier in carriers.of(edge.statements, edge.target):
            # the place of a view's text stands on the view's own line
            is_text = carrier and carrier.is_target and not carrier.more
            yield CarriedLine(fragments, None if is_text else carrier)


def _declared(row: Declaration) -> CarriedLine:
    stale = (Fragment(f"(stale: {row.stale})", Meaning.REMARK),) if row.stale else ()
    return CarriedLine((named(str(row.source), row.source), *declared_pieces(row)), remarks=stale)


def _heading(graph: LineageGraph, targets: int) -> str:
    if not targets:
        return "No lineage: no statement carries data from one table to another."
    return f"Lineage of {counted(targets, 'table')}, from {counted(len(graph.files), 'file')}"


def _target(name: Name, table: Table | None) -> Iterator[Fragment]:
    yield named(str(name), name)
    if table:
        yield Fragment(table.kind.value, Meaning.KIND)
        if table.defined_at:
            yield at(table.defined_at)
