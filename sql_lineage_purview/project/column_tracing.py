"""Where the values of columns go, by their names alone: no account is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from ..analysis.graph_index import GraphIndex
from ..analysis.hidden_uses import HiddenUses, hidden_uses
from ..analysis.selection import SelectedModule
from ..model.graph import Column
from ..model.names import Name
from ..model.unread import not_told
from ..model.vocabulary import TableKind
from ..purview.checking.reach import ColumnTrace, followed_edges, reached_from
from .configuring.name_filters import covering

if TYPE_CHECKING:
    from ..analysis.selection import Node
    from ..model.graph import LineageGraph

_ALL_COLUMNS = "*"
_UNNAMED = (TableKind.FILE, TableKind.FUNCTION)
OPTION = "--column"


class NamedTraces(Struct, frozen=True):
    """The traces of patterns, and the tables that could have more columns of such names."""

    traces: tuple[ColumnTrace, ...]
    unknown_tables: tuple[str, ...]


def trace_columns(graph: LineageGraph, patterns: Iterable[str]) -> NamedTraces:
    """Follow the columns of some names, `*email*` or `dbo.Customer.*`.

    A pattern is held against the last parts of a column's full name.

    Args:
        graph: The scan.
        patterns: The patterns.

    Raises:
        ConfigurationError: a pattern is none.
    """
    columns = sorted(_columns(graph), key=lambda row: (str(row.table), row.column or ""))
    traces = []
    unknown: dict[str, None] = {}
    for pattern in patterns:
        covers = covering([pattern], OPTION)
        origins = tuple(row for row in columns if covers(_full_name(row)))
        traces.append(ColumnTrace(pattern, origins, reached_from(graph, origins)))
        unknown |= dict.fromkeys(map(str, _unknown_tables(graph, pattern)))
    return NamedTraces(tuple(traces), tuple(unknown))


def trace_nodes(graph: LineageGraph, selector: str, nodes: Iterable[Node]) -> ColumnTrace:
    """Follow the columns that a selector means: of tables all, of modules those of what they write.

    Args:
        graph: The scan.
        selector: As it was typed.
        nodes: What it selects.
    """
    chosen = tuple(nodes)
    columns = {node for node in chosen if isinstance(node, Column) and node.column is not None}
    tables = {node.table for node in chosen if isinstance(node, Column) and node.column is None}
    modules = {node.name for node in chosen if isinstance(node, SelectedModule)}
    tables.update(
        name for module in graph.modules if module.name in modules for name in module.writes
    )
    columns.update(row for row in _columns(graph) if row.table in tables)
    origins = tuple(sorted(columns, key=lambda row: (str(row.table), row.column or "")))
    return ColumnTrace(selector, origins, reached_from(graph, origins))


def hidden_paths(graph: LineageGraph, columns: Iterable[Column]) -> HiddenUses:
    """What could hide a path from columns, or from what they reach."""
    index = GraphIndex(graph)
    # any column stands for its table: gaps are told by statements
    tables = dict.fromkeys(column.table for column in columns)
    hidden = [hidden_uses(index, Column(table, _ALL_COLUMNS)) for table in tables]
    gaps = {id(row): row for uses in hidden for row in uses.gaps}
    doubles = dict.fromkeys(name for uses in hidden for name in uses.doubles)
    return HiddenUses(
        tuple(sorted(gaps.values(), key=lambda row: row.order)),
        not_told(graph.not_read),
        tuple(name for name in doubles if name not in tables),
    )


def _columns(graph: LineageGraph) -> set[Column]:
    """All columns that a scan names."""
    columns = {
        Column(table.name, column) for table in graph.tables for column in table.columns or ()
    }
    columns.update(column for module in graph.modules for column in module.columns)
    for edge in followed_edges(graph):
        columns |= {edge.source, edge.target}
    return {column for column in columns if column.column is not None}


def _full_name(column: Column) -> Name:
    return Name((*column.table.parts, column.column or ""))


def _unknown_tables(graph: LineageGraph, pattern: str) -> Iterator[Name]:
    """The tables that a pattern could mean a column of, and whose columns nobody tells."""
    table_pattern, _, _ = pattern.rpartition(".")
    covers = covering([table_pattern], OPTION) if table_pattern else lambda _: True
    for table in graph.tables:
        # a function is no end of lineage: its rows are followed through
        is_stored = table.kind not in _UNNAMED and not table.name.system_source
        if table.columns is None and is_stored and covers(table.name):
            yield table.name
