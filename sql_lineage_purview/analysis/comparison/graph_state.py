"""A graph as it is compared: its objects by names that both states share, its edges by their ends.

Positions have no part in it: what moves to another line, and statements with other numbers, is the
same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from ...model.graph import Column, Location
from ...model.vocabulary import Certainty, ModuleKind, Subtype

if TYPE_CHECKING:
    from ...model.graph import ColumnEdge, LineageGraph, Module, Statement, Table
    from ...model.names import Name


class ColumnKey(NamedTuple):
    """A column as it is compared; see `Column`."""

    table: str
    column: str | None


class EdgeKey(NamedTuple):
    """A column edge as it is compared."""

    source: ColumnKey
    target: ColumnKey
    subtype: Subtype


class CarriedEdge(Struct, frozen=True):
    """An edge with what carries it: modules, and scripts by their paths.

    `location` is that of its first statement.
    """

    source: Column
    target: Column
    subtype: Subtype
    certainty: Certainty
    carriers: frozenset[str]
    location: Location | None


class Renames(Struct, frozen=True):
    """What is called otherwise in the other state, by keys: tables, modules, columns and files."""

    tables: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[ColumnKey, ColumnKey] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)


class GraphState:
    """One of two states.

    Args:
        graph: its lineage.
        fold: makes of a name what two spellings of it share.
        renames: what is called otherwise in the state that it is compared with.
    """

    def __init__(
        self,
        graph: LineageGraph,
        fold: Callable[[str], str],
        renames: Renames | None = None,
    ) -> None:
        self.graph = graph
        self.fold = fold
        self.renames = renames or Renames()
        self._objects = {**self.renames.tables, **self.renames.modules}
        self._name_keys: dict[Name, str] = {}

    def renamed(self, renames: Renames) -> GraphState:
        """The same state, whose objects are called as in the state that it is compared with."""
        return GraphState(self.graph, self.fold, renames)

    def key(self, name: Name) -> str:
        """The key of a table or module."""
        key = self._name_keys.get(name)
        if key is None:
            key = self.fold(str(name))
            key = self._name_keys[name] = self._objects.get(key, key)
        return key

    def column_key(self, column: Column) -> ColumnKey:
        """The key of a column."""
        name = None if column.column is None else self.fold(column.column)
        key = ColumnKey(self.key(column.table), name)
        return self.renames.columns.get(key, key)

    def path(self, path: str) -> str:
        """A path, as it is in the other state where the file was moved."""
        return self.renames.paths.get(path, path)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """All tables and views by their keys."""
        # of an old name and the new one, which are one here, the one that is defined
        rows = sorted(self.graph.tables, key=lambda table: table.defined_at is not None)
        return {self.key(table.name): table for table in rows}

    @cached_property
    def defined_tables(self) -> Mapping[str, Table]:
        """Those whose definition is part of the scan."""
        return {key: table for key, table in self.tables.items() if table.defined_at}

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """The modules that are no views, by their keys; views are tables."""
        return {
            self.key(module.name): module
            for module in self.graph.modules
            if module.kind is not ModuleKind.VIEW
        }

    @cached_property
    def modules_by_column(self) -> Mapping[ColumnKey, Mapping[str, Module]]:
        """The modules and views that name each column, by their keys."""
        groups: defaultdict[ColumnKey, dict[str, Module]] = defaultdict(dict)
        for module in self.graph.modules:
            for column in module.columns:
                groups[self.column_key(column)][self.key(module.name)] = module
        return dict(groups)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of all files."""
        return frozenset(self.path(file.path) for file in self.graph.files)

    def columns_of(self, table: str) -> Mapping[ColumnKey, str] | None:
        """The columns of a table as they are spelled, by their keys; None where not known."""
        row = self.tables.get(table)
        if row is None or row.columns is None:
            return None
        return {self.column_key(Column(row.name, column)): column for column in row.columns}

    @cached_property
    def edges(self) -> Mapping[EdgeKey, CarriedEdge]:
        """The column edges; a table edge where no column of the two tables is known to flow."""
        edges = {self._edge_key(edge): self._carried(edge) for edge in self.graph.column_lineage}
        pairs = {(key.source.table, key.target.table) for key in edges}
        for row in self.graph.table_lineage:
            if (self.key(row.source), self.key(row.target)) not in pairs:
                subtype = Subtype.TRANSFORMATION if row.type == "DIRECT" else Subtype.FILTER
                source, target = Column(row.source, "*"), Column(row.target, "*")
                key = EdgeKey(self.column_key(source), self.column_key(target), subtype)
                edges[key] = CarriedEdge(
                    source, target, subtype, Certainty.PARTIAL, *self._carriage(row.statements)
                )
        return edges

    @cached_property
    def edges_to(self) -> Mapping[ColumnKey, Mapping[EdgeKey, CarriedEdge]]:
        """The edges by what they reach."""
        groups: defaultdict[ColumnKey, dict[EdgeKey, CarriedEdge]] = defaultdict(dict)
        for key, edge in self.edges.items():
            groups[key.target][key] = edge
        return dict(groups)

    @cached_property
    def edges_from(self) -> Mapping[ColumnKey, frozenset[tuple[ColumnKey, Subtype]]]:
        """What each column reaches."""
        groups: defaultdict[ColumnKey, set[tuple[ColumnKey, Subtype]]] = defaultdict(set)
        for key in self.edges:
            groups[key.source].add((key.target, key.subtype))
        return {key: frozenset(targets) for key, targets in groups.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The carriers by their keys, as they are shown."""
        names = {self.path(file.path): file.path for file in self.graph.files}
        return names | {self.key(module.name): str(module.name) for module in self.graph.modules}

    def column_edges_of(self, state: GraphState) -> int:
        """How many column edges there are that another state has too."""
        return sum(self._edge_key(edge) in state.edges for edge in self.graph.column_lineage)

    def _edge_key(self, edge: ColumnEdge) -> EdgeKey:
        return EdgeKey(self.column_key(edge.source), self.column_key(edge.target), edge.subtype)

    def _carried(self, edge: ColumnEdge) -> CarriedEdge:
        carriage = self._carriage(edge.statements)
        return CarriedEdge(edge.source, edge.target, edge.subtype, edge.certainty, *carriage)

    def _carriage(self, statements: tuple[str, ...]) -> tuple[frozenset[str], Location | None]:
        """What carries an edge, and where its first statement stands."""
        rows = [self._statements[name] for name in statements if name in self._statements]
        carriers = (self.key(row.module) if row.module else self.path(row.path) for row in rows)
        return frozenset(carriers), Location(rows[0].path, rows[0].line) if rows else None

    @cached_property
    def _statements(self) -> Mapping[str, Statement]:
        return {row.id: row for row in self.graph.statements}
