"""Impact: all that a table, view, column or module touches, and what could hide more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.graph import Column
from ..model.unread import not_told
from ..model.vocabulary import ModuleKind, TableKind
from .graph_index import GraphIndex
from .hidden_uses import HiddenUses, gaps_of, hidden_uses
from .selection import SelectedModule
from .use import DefinitionPart, ObjectUse, UseKind
from .uses import ObjectUses
from .walks import FlowDirection, Walks

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic
    from ..model.graph import LineageGraph
    from ..model.names import Name
    from .selection import Node
    from .walks import LineageWalk

_VIEWS = (TableKind.VIEW, TableKind.MATERIALIZED_VIEW)


class UseOfView(Struct, frozen=True):
    """A use of the object through a view: whatever breaks the view breaks its users."""

    view: Name
    use: ObjectUse


class CallOfUser(Struct, frozen=True):
    """A module, script or pipeline that calls a module which uses the object, or calls a caller."""

    module: Name
    use: ObjectUse


@dataclass(frozen=True)
class Impact:
    """The answer.

    `nodes`: what was asked for. `uses`: who uses one of them. `of_views`: who uses views on them.
    `calls`: who calls these users. `columns`, `tables`: what is downstream. `hidden`: what could
    hide a use. `gaps`: those of the files on the way, which could hide what is downstream.
    """

    nodes: tuple[Node, ...]
    uses: tuple[ObjectUse, ...]
    of_views: tuple[UseOfView, ...]
    calls: tuple[CallOfUser, ...]
    columns: LineageWalk
    tables: LineageWalk
    hidden: HiddenUses
    gaps: tuple[Diagnostic, ...]

    @cached_property
    def modules(self) -> tuple[ObjectUse, ...]:
        """The modules that are known to use it."""
        return tuple(use for use in self.uses if use.module is not None and use.is_certain)

    @cached_property
    def files(self) -> tuple[ObjectUse, ...]:
        """The scripts and pipelines outside of all modules that are known to use it."""
        return tuple(
            use for use in self.uses if use.module is None and use.is_certain and use.part is None
        )

    @cached_property
    def parts(self) -> tuple[ObjectUse, ...]:
        """The keys, indexes and other parts of definitions that use it."""
        return tuple(use for use in self.uses if use.part is not None)

    @cached_property
    def uncertain(self) -> tuple[ObjectUse, ...]:
        """Those of which only is known that they use the table, not which of its columns."""
        return tuple(use for use in self.uses if not use.is_certain)

    @property
    def columns_downstream(self) -> tuple[Column, ...]:
        """The columns that values or conditions reach."""
        return tuple(column for column in self.columns.columns if column.column is not None)

    @property
    def rows_downstream(self) -> tuple[Name, ...]:
        """The tables whose rows it decides."""
        return tuple(column.table for column in self.columns.columns if column.column is None)

    @property
    def tables_downstream(self) -> tuple[Name, ...]:
        """All tables that it reaches."""
        return tuple(dict.fromkeys([*self.tables.tables, *self.columns.tables]))

    def kinds(self) -> Counter[UseKind]:
        """How many of the users use it in each way; one may do so in several."""
        uses = (*self.modules, *self.files, *self.parts)
        return Counter(kind for use in uses for kind in use.kinds)

    @property
    def reads(self) -> bool:
        """Does anything read it, or may it?"""
        return any(use.may_read for use in self.uses) or bool(self.of_views)

    @property
    def writes(self) -> bool:
        """Does anything write it, or may it?"""
        return any(use.may_write for use in self.uses)

    @property
    def is_used(self) -> bool:
        """Does anything use it, or may it?"""
        return bool(self.uses or self.of_views or self.columns.last or self.tables.last)


def impact_of(graph: LineageGraph, nodes: Sequence[Node], depth: int | None = None) -> Impact:
    """All that some tables, columns and modules touch.

    Args:
        graph: the scan.
        nodes: what is asked for.
        depth: how many edges are followed downstream; None for all.
    """
    index, walks = GraphIndex(graph), Walks(graph)
    uses = ObjectUses(index)
    rows = _merged(use for node in nodes for use in _uses(uses, node))
    columns, tables = _downstream(graph, walks, nodes, depth)
    on_way = (index.statements.get(name) for name in columns.statements | tables.statements)
    return Impact(
        tuple(nodes),
        rows,
        _joined(_through_views(graph, uses, walks, nodes)),
        tuple(_callers(uses, rows)),
        columns,
        tables,
        _hidden(index, nodes),
        gaps_of(graph, filter(None, on_way)),
    )


def _uses(uses: ObjectUses, node: Node) -> tuple[ObjectUse, ...]:
    return uses.of_table(node.name) if isinstance(node, SelectedModule) else uses.of(node)


def _merged(uses: Iterable[ObjectUse]) -> tuple[ObjectUse, ...]:
    """Uses of several objects, one for each module and script."""
    rows: dict[tuple[Name | None, str, bool, DefinitionPart | None], ObjectUse] = {}
    for use in uses:
        key = (use.module, use.path, use.is_certain, use.part)
        rows[key] = rows[key].joined(use) if key in rows else use
    certain = {(module, path) for module, path, is_certain, part in rows if is_certain and not part}
    merged = (
        use for use in rows.values() if use.is_certain or (use.module, use.path) not in certain
    )
    return tuple(sorted(merged, key=lambda use: (use.path, use.line, str(use.module))))


def _downstream(
    graph: LineageGraph, walks: Walks, nodes: Sequence[Node], depth: int | None
) -> tuple[LineageWalk, LineageWalk]:
    """The columns and tables that data of nodes reaches; of a module, from what it writes."""
    modules = {node.name for node in nodes if isinstance(node, SelectedModule)}
    columns = [node for node in nodes if isinstance(node, Column) and node.column is not None]
    tables = {node.table for node in nodes if isinstance(node, Column) and node.column is None}
    for module in graph.modules:
        if module.name in modules:
            tables.update(module.writes)
    columns += _columns_of(graph, tables)
    return (
        walks.columns(columns, FlowDirection.DOWNSTREAM, depth),
        walks.tables(tables, FlowDirection.DOWNSTREAM, depth),
    )


def _columns_of(graph: LineageGraph, tables: set[Name]) -> Iterator[Column]:
    """The columns of tables from which anything flows."""
    sources = dict.fromkeys(
        edge.source
        for edges in (graph.column_lineage, *(row.edges for row in graph.declared))
        for edge in edges
    )
    return (column for column in sources if column.table in tables)


def _through_views(
    graph: LineageGraph, uses: ObjectUses, walks: Walks, nodes: Sequence[Node]
) -> Iterator[UseOfView]:
    """Who uses the views that use the nodes, and the views on these."""
    views = {table.name for table in graph.tables if table.kind in _VIEWS}
    pending, met = list(nodes), set(nodes)
    while pending:
        node = pending.pop()
        for use in _uses(uses, node):
            view = use.module
            if view is None or view not in views or use.module_kind is not ModuleKind.VIEW:
                continue
            for column in _columns_of_view(walks, node, view):
                if column not in met:
                    met.add(column)
                    pending.append(column)
                    yield from (
                        UseOfView(view, row) for row in uses.of(column) if row.module != view
                    )


def _joined(rows: Iterable[UseOfView]) -> tuple[UseOfView, ...]:
    """Uses of several columns of a view, one for each module and script."""
    joined: dict[tuple[Name, Name | None, str, bool], UseOfView] = {}
    for row in rows:
        key = (row.view, row.use.module, row.use.path, row.use.is_certain)
        use = joined[key].use.joined(row.use) if key in joined else row.use
        joined[key] = UseOfView(row.view, use)
    return tuple(joined.values())


def _columns_of_view(walks: Walks, node: Node, view: Name) -> Iterable[Column]:
    """The columns of a view that a column goes into, or all of it: its rows may depend on it."""
    if isinstance(node, Column) and node.column is not None:
        reached = walks.columns([node], FlowDirection.DOWNSTREAM, 1).columns
        columns = [column for column in reached if column.table == view]
        if columns and all(column.column for column in columns):
            return columns
    return [Column(view, None)]


def _callers(uses: ObjectUses, rows: Iterable[ObjectUse]) -> Iterator[CallOfUser]:
    """Who calls the modules of uses, and who calls these, each once."""
    pending = [use.module for use in rows if use.module is not None]
    met = set(pending)
    while pending:
        module = pending.pop()
        for use in uses.of_table(module):
            if UseKind.CALLS not in use.kinds:
                continue
            yield CallOfUser(module, use)
            if use.module is not None and use.module not in met:
                met.add(use.module)
                pending.append(use.module)


def _hidden(index: GraphIndex, nodes: Iterable[Node]) -> HiddenUses:
    """What could hide a use of any of the nodes."""
    parts = [
        hidden_uses(index, Column(node.name, None) if isinstance(node, SelectedModule) else node)
        for node in nodes
    ]
    gaps = dict.fromkeys(gap for part in parts for gap in part.gaps)
    doubles = dict.fromkeys(name for part in parts for name in part.doubles)
    return HiddenUses(tuple(gaps), not_told(index.graph.not_read), tuple(doubles))
