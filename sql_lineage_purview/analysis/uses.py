"""Who uses a table, a column or a module: each module and each script, how, and where.

It is put together from what a graph says in several members. `modules[].columns` has all columns
that a module names, in any clause, so that who reads and writes nothing counts too. Statements say
where, and edges how: which columns flow, and which only filter, join, group or sort. Scripts
outside of all modules and executed strings have no list of columns: what their edges do not tell of
a table that they name is a use that is not certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from ..model.graph import Column, ColumnEdge, LineageGraph, Module, Statement
from ..model.names import Name
from ..model.vocabulary import StatementKind
from .graph_index import GraphIndex
from .use import ObjectUse, UseKind, kind_of_source
from .use_collection import UseCollection

# They write all columns of their target that they name, and read none of it there.
_INSERTING = frozenset(
    (
        StatementKind.INSERT,
        StatementKind.SELECT_INTO,
        StatementKind.BULK_INSERT,
        StatementKind.COPY_INTO,
        StatementKind.CREATE_TABLE_AS_SELECT,
        StatementKind.CREATE_EXTERNAL_TABLE_AS_SELECT,
        StatementKind.SWITCH,
        StatementKind.RENAME,
    )
)


class ObjectUses:
    """The answers of one graph, from one index.

    Args:
        index: of the graph, or the graph itself.
    """

    def __init__(self, index: GraphIndex | LineageGraph) -> None:
        self._index = index if isinstance(index, GraphIndex) else GraphIndex(index)

    def of(self, column: Column) -> tuple[ObjectUse, ...]:
        """Who uses a column, or a table (`column.column` None)."""
        return self.of_table(column.table) if column.column is None else self.of_column(column)

    def of_table(self, table: Name) -> tuple[ObjectUse, ...]:
        """Who names a table, view or file, or calls a module, by the order of paths.

        What defines a view or function is no use of it.
        """
        uses, index = UseCollection(self._index), self._index
        for statement in index.statements_of(table):
            for kind in _kinds(statement, table):
                uses.add(statement, kind)
        for edge in index.edges_from_table(table):
            for statement in self._users(edge, edge.source):
                if statement.defines and edge.target.table == table:
                    continue  # a computed column of the table itself, which stands below
                uses.add(statement, kind_of_source(edge.subtype), edge.source.column or "")
        for column, modules in index.references(table).items():
            for module in modules:
                uses.add_reference(module, column)
        for row in index.declarations_of(table):
            uses.add_declaration(row)
        for dependency in index.dependencies_of(table):
            if not (dependency.inline and dependency.owner == table):
                uses.add_dependency(dependency, dependency.columns)
        return uses.rows(without=table)

    def of_column(self, column: Column) -> tuple[ObjectUse, ...]:
        """Who uses a column, by the order of paths.

        ObjectUses that are not certain stand among them: there, only the table is known to be used.
        """
        uses, index, name = UseCollection(self._index), self._index, column.column or "*"
        for edge in index.edges_from(column):
            for statement in self._users(edge, edge.source):
                certain = edge.source == column
                if statement.defines and edge.target.table == column.table:
                    continue  # the same
                uses.add(statement, kind_of_source(edge.subtype), name, certain=certain)
        for edge in index.edges_to(column):
            for statement in self._users(edge, edge.target):
                uses.add(statement, UseKind.WRITES, name, certain=edge.target == column)
        for statement in index.assignments(column):
            uses.add(statement, UseKind.WRITES, name)
        for module in index.references(column.table).get(name, ()):
            self._add_reference(uses, module, column)
        for row in index.declarations_of(column.table):
            if not row.columns or any(column in (edge.source, edge.target) for edge in row.edges):
                uses.add_declaration(row, certain=bool(row.columns))
        for dependency in index.dependencies_of(column.table):
            if name in dependency.columns:
                uses.add_dependency(dependency, (name,))
        self._add_untold(uses, column)
        return uses.rows(without=column.table)

    def readers_without_target(self, column: Column) -> tuple[ObjectUse, ...]:
        """Who reads a column or table and carries nothing of it anywhere: no edge tells of it."""
        if column.column is None:
            graph = self._index.graph
            carrying = (
                edge.statements for edge in graph.table_lineage if edge.source == column.table
            )
        else:
            carrying = (edge.statements for edge in self._index.edges_from(column))
        carriers = {statement for statements in carrying for statement in statements}
        return tuple(
            use
            for use in self.of(column)
            if use.may_read
            and not use.part
            and not any(site.statement in carriers for site in use.sites)
        )

    def _add_reference(self, uses: UseCollection, module: Module, column: Column) -> None:
        """A column that a module names: what no edge tells, its statements on the table may."""
        if uses.kinds_of(module):
            return
        name = column.column or "*"
        statements = [
            (row, kind)
            for row in self._index.statements_of(column.table)
            if self._index.module_of(row) is module and not row.dynamic
            if (kind := _kind_of_statement(row, column.table)) is not None
        ]
        kind = _kind_of_reference({kind for _, kind in statements})
        uses.add_reference(module, name, kind)
        for statement, _ in statements:
            uses.add(statement, kind, name)

    def _add_untold(self, uses: UseCollection, column: Column) -> None:
        """Statements without a list of columns that name the table."""
        for statement in self._index.statements_of(column.table):
            if not (statement.defines or self._index.lists_columns(statement)):
                for kind in self._untold_kinds(statement, column.table):
                    uses.add(statement, kind, certain=False)

    def _untold_kinds(self, statement: Statement, table: Name) -> Iterator[UseKind]:
        is_told = (statement.id, table) in self._index.sources_by_statement
        if table in statement.reads and not is_told:
            yield UseKind.READS
        if table in statement.writes and statement.kind is not StatementKind.TRUNCATE_TABLE:
            yield UseKind.WRITES if statement.kind in _INSERTING else UseKind.TOUCHES

    def _users(self, edge: ColumnEdge, end: Column) -> Sequence[Statement]:
        """Those statements of an edge that use one end of it.

        The others go on with what was read, from a temporary table or the rows of a function.
        """
        statements = self._index.statements
        carriers = [statements[name] for name in edge.statements if name in statements]
        return [row for row in carriers if self._names(row, end)] or carriers[:1]

    def _names(self, statement: Statement, end: Column) -> bool:
        """Does a statement name a column's table, and its module the column?"""
        if end.table in statement.reached:
            return True
        if end.table not in statement.reads and end.table not in statement.writes:
            return False
        if end.column in (None, "*") or not self._index.lists_columns(statement):
            return True
        modules = self._index.references(end.table).get(end.column or "", ())
        return self._index.module_of(statement) in modules


def _kinds(statement: Statement, table: Name) -> Iterator[UseKind]:
    if table in statement.reads:
        yield UseKind.READS
    if table in statement.writes or table in statement.reached:
        yield UseKind.WRITES
    if table in statement.calls:
        yield UseKind.CALLS


def _kind_of_reference(kinds: Set[UseKind]) -> UseKind:
    """How a module uses a column that no edge tells of, by all that it does with the table."""
    if len(kinds) == 1:
        return next(iter(kinds))
    return UseKind.READS if kinds == {UseKind.READS, UseKind.FILTERS} else UseKind.TOUCHES


def _kind_of_statement(statement: Statement, table: Name) -> UseKind | None:
    """What a statement may do with a column that its module names, and no edge tells of.

    None: nothing, since all that it assigns is known, and it has no condition on its target.
    """
    is_read = table in statement.reads
    if table not in statement.writes:
        return UseKind.READS
    if statement.kind is StatementKind.DELETE:
        return UseKind.FILTERS
    is_inserting = statement.kind in _INSERTING
    if not statement.assigned:
        return UseKind.TOUCHES if is_read or not is_inserting else UseKind.WRITES
    if is_inserting:
        return UseKind.READS if is_read else None
    return UseKind.FILTERS
