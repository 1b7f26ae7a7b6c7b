"""The result of a scan as a tree: each written table, and what feeds it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..model.printable import one_line
from .places import DECLARED, Places, declared_at

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from ..model.graph import Declaration, LineageGraph, Table, TableEdge
    from ..model.names import Name


def render_tree(graph: LineageGraph) -> Tree:
    """Tables that are written, by name.

    Below each its sources, with the kind of the edge and the statement that carries it.
    """
    from rich.text import Text  # noqa: PLC0415 - for those alone who draw
    from rich.tree import Tree  # noqa: PLC0415 - the same

    places = Places(graph)
    tables = {table.name: table for table in graph.tables}
    feeding: defaultdict[Name, list[TableEdge]] = defaultdict(list)
    for edge in graph.table_lineage:
        feeding[edge.target].append(edge)
    declared: defaultdict[Name, list[Declaration]] = defaultdict(list)
    for row in graph.declared:
        declared[row.target].append(row)
    targets = {*feeding, *declared}
    tree = Tree(Text(_heading(graph, len(targets))))
    # the name itself parts those that differ in case alone
    for target in sorted(targets, key=lambda name: (name.key, name)):
        branch = tree.add(_target(target, tables.get(target)))
        for edge in sorted(
            feeding[target], key=lambda edge: (edge.source.key, edge.source, edge.type)
        ):
            branch.add(node(str(edge.source), edge.type.value, places.described(edge.statements)))
        for row in declared[target]:
            branch.add(
                node(
                    str(row.source),
                    DECLARED,
                    declared_at(row),
                    f"(stale: {row.stale})" if row.stale else "",
                )
            )
    return tree


def node(name: str, kind: str, place: str = "", mark: str = "") -> Text:
    """One line of a tree: what, how, where, and a remark.

    Args:
        name: of the table.
        kind: of the table, or how its data comes; empty: not said.
        place: file and line; empty: not said.
        mark: a remark; empty for none.
    """
    from rich.text import Text  # noqa: PLC0415 - see above

    parts = [(name, "bold"), (kind, "magenta"), (place, "cyan"), (mark, "yellow")]
    return Text("  ").join(Text(one_line(text), style) for text, style in parts if text)


def _heading(graph: LineageGraph, targets: int) -> str:
    if not targets:
        return "No lineage: no statement carries data from one table to another."
    tables = "1 table" if targets == 1 else f"{targets} tables"
    files = "1 file" if len(graph.files) == 1 else f"{len(graph.files)} files"
    return f"Lineage of {tables}, from {files}"


def _target(name: Name, table: Table | None) -> Text:
    if table is None:
        return node(str(name), "")
    place = table.defined_at
    return node(str(name), table.kind.value, f"{place.path}:{place.line}" if place else "")
