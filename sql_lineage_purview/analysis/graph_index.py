"""What a graph says of an object, looked up: each part of the index is made when it is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from msgspec.structs import replace

from ..model.graph import (
    Column,
    ColumnEdge,
    Declaration,
    LineageGraph,
    Module,
    SchemaDependency,
    Statement,
)
from ..model.names import Name

_Row = TypeVar("_Row")
_Key = TypeVar("_Key")


class GraphIndex:
    """The rows of a graph by the objects that they are about.

    Args:
        graph: the scan.
    """

    def __init__(self, graph: LineageGraph) -> None:
        self.graph = graph
        self._references: dict[Name, Mapping[str, Sequence[Module]]] = {}

    def statements_of(self, table: Name) -> Sequence[Statement]:
        """The statements that read, write or call an object."""
        return self._statements.get(table, ())

    def references(self, table: Name) -> Mapping[str, Sequence[Module]]:
        """The modules that name each column of a table."""
        references = self._references.get(table)
        if references is None:
            references = self._references[table] = _grouped(
                (column.column or "*", module)
                for module, first, end in self._modules_by_table.get(table, ())
                for column in module.columns[first:end]
            )
        return references

    def doubles_of(self, table: Name) -> Sequence[Name]:
        """All names of the same schema and table, whatever their databases, this one too."""
        return self._names_without_database.get(_without_database(table), ())

    def edges_from(self, column: Column) -> Iterator[ColumnEdge]:
        """The edges that leave a column, by its name or by that of all columns."""
        return _with_wildcard(self._edges_by_source, column)

    def edges_to(self, column: Column) -> Iterator[ColumnEdge]:
        """The edges that reach a column, by its name or by that of all columns."""
        return _with_wildcard(self._edges_by_target, column)

    def edges_from_table(self, table: Name) -> Sequence[ColumnEdge]:
        """The edges that leave any column of a table."""
        return self._edges_by_source_table.get(table, ())

    def assignments(self, column: Column) -> Sequence[Statement]:
        """The statements that are known to write a column, also a constant."""
        return self._assignments.get(column, ())

    def declarations_of(self, table: Name) -> Sequence[Declaration]:
        """What people declare of a table, as a source or as a target."""
        return self._declarations.get(table, ())

    def dependencies_of(self, table: Name) -> Sequence[SchemaDependency]:
        """The keys, indexes and the like that name a table."""
        return self._dependencies.get(table, ())

    def lists_columns(self, statement: Statement) -> bool:
        """Are the columns that a statement names among those of its module?"""
        return not statement.dynamic and self.module_of(statement) is not None

    def module_of(self, statement: Statement) -> Module | None:
        """The module that a statement stands in."""
        name = statement.module
        return None if name is None else self.module(name, statement.path)

    def module(self, name: Name, path: str) -> Module | None:
        """The module of a name in a file."""
        return self._modules.get((name, path))

    def user_of(self, statement: Statement) -> Module | None:
        """The module that a statement stands in, also where a string creates that once more."""
        module = self.module_of(statement)
        if module is None and statement.module is not None:
            rows = self._modules_by_name.get(statement.module, ())
            module = rows[0] if len(rows) == 1 else None
        return module

    @cached_property
    def statements(self) -> Mapping[str, Statement]:
        """The statements by their ids."""
        return {statement.id: statement for statement in self._rows}

    @cached_property
    def sources_by_statement(self) -> set[tuple[str, Name]]:
        """Statements, and the tables of which they carry columns by name."""
        return {
            (statement, edge.source.table)
            for edge in self.graph.column_lineage
            if edge.source.column != "*"
            for statement in edge.statements
        }

    @cached_property
    def _rows(self) -> Sequence[Statement]:
        """The statements; one that names a synonym names what it stands for, too."""
        objects = {row.name: row.object for row in self.graph.synonyms}
        if not objects:
            return self.graph.statements
        return [_with_objects(row, objects) for row in self.graph.statements]

    @cached_property
    def _modules(self) -> Mapping[tuple[Name, str], Module]:
        return {(module.name, module.path): module for module in self.graph.modules}

    @cached_property
    def _modules_by_name(self) -> Mapping[Name, Sequence[Module]]:
        return _grouped((module.name, module) for module in self.graph.modules)

    @cached_property
    def _statements(self) -> Mapping[Name, Sequence[Statement]]:
        return _grouped(
            (name, row)
            for row in self._rows
            for name in {*row.reads, *row.writes, *row.calls, *row.reached}
        )

    @cached_property
    def _names_without_database(self) -> Mapping[str, Sequence[Name]]:
        nodes = dict.fromkeys(table.name for table in self.graph.tables)
        names = {**nodes, **dict.fromkeys(self._statements)}
        return _grouped((_without_database(name), name) for name in names if not name.address)

    @cached_property
    def _modules_by_table(self) -> Mapping[Name, Sequence[tuple[Module, int, int]]]:
        """The modules by the tables whose columns they name, and where these stand in their rows.

        The columns of a module are sorted by table, so that each table is looked up once.
        """
        return _grouped(
            (table, (module, first, end))
            for module in self.graph.modules
            for table, first, end in _runs(module.columns)
        )

    @cached_property
    def _edges_by_source(self) -> Mapping[Column, Sequence[ColumnEdge]]:
        return _grouped((edge.source, edge) for edge in self.graph.column_lineage)

    @cached_property
    def _edges_by_target(self) -> Mapping[Column, Sequence[ColumnEdge]]:
        return _grouped((edge.target, edge) for edge in self.graph.column_lineage)

    @cached_property
    def _edges_by_source_table(self) -> Mapping[Name, Sequence[ColumnEdge]]:
        return _grouped((edge.source.table, edge) for edge in self.graph.column_lineage)

    @cached_property
    def _assignments(self) -> Mapping[Column, Sequence[Statement]]:
        return _grouped((column, row) for row in self._rows for column in row.assigned)

    @cached_property
    def _dependencies(self) -> Mapping[Name, Sequence[SchemaDependency]]:
        return _grouped((row.target, row) for row in self.graph.dependencies)

    @cached_property
    def _declarations(self) -> Mapping[Name, Sequence[Declaration]]:
        return _grouped(
            (table, row) for row in self.graph.declared for table in {row.source, row.target}
        )


def _with_objects(statement: Statement, objects: Mapping[Name, Name]) -> Statement:
    reads, writes, calls = (
        (*names, *(objects[name] for name in names if name in objects))
        for names in (statement.reads, statement.writes, statement.calls)
    )
    return replace(statement, reads=reads, writes=writes, calls=calls)


def _without_database(name: Name) -> str:
    return Name(name.parts[-2:]).key


def _grouped(pairs: Iterable[tuple[_Key, _Row]]) -> dict[_Key, list[_Row]]:
    groups: defaultdict[_Key, list[_Row]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return dict(groups)


def _runs(columns: Sequence[Column]) -> Iterator[tuple[Name, int, int]]:
    """The tables of sorted columns, each with the position of its first column and the end."""
    first = 0
    for position, column in enumerate(columns, 1):
        table = column.table
        if position == len(columns) or columns[position].table != table:
            yield table, first, position
            first = position


def _with_wildcard(
    edges: Mapping[Column, Sequence[ColumnEdge]], column: Column
) -> Iterator[ColumnEdge]:
    """What is known of all columns of a table as a whole (`*`) holds for each of them."""
    yield from edges.get(column, ())
    if column.column not in (None, "*"):
        yield from edges.get(Column(column.table, "*"), ())
