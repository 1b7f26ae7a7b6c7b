"""Which columns persistent tables and views have, as a file sees them at one of its places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ...model.diagnostics import Span
from ...model.facts import ChangeFact, ColumnFact, Query
from ...model.graph import Column
from ...model.names import Name
from ..definitions.alterations import altered, columns_before
from ..definitions.scan_definitions import Definitions
from ..relations.provenance import DIRECT, flow
from ..relations.relation import Relation, RelationColumn


class QueryDescriber(Protocol):
    """A binder used only to learn the columns of a query.

    The query is that of a view, SELECT INTO or CREATE TABLE AS SELECT.
    """

    def describe(
        self, query: Query, path: str, module: Name | None, database: str | None
    ) -> Relation:
        """The rows of a query.

        Args:
            query: what is bound.
            path: the file in which it stands.
            module: the module in which it stands, if any.
            database: what its names are completed with.
        """
        ...


@dataclass(slots=True)
class TableColumns:
    """The columns of tables, from definitions and from queries.

    What depends on a query is bound when it is first asked for.
    """

    definitions: Definitions
    # set by what binds queries, which asks for columns itself
    describer: QueryDescriber = field(init=False)
    # by statements, by key and path
    _created: dict[tuple[str, str], tuple[tuple[str, ...], Span]] = field(default_factory=dict)
    # by key and path
    _columns: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)

    def relation(self, name: Name, path: str, at: Span | None = None) -> Relation:
        """A persistent table or view, as the file `path` sees it.

        At a place of it, where what it changes is done in order.
        """
        tables = {name: DIRECT}
        columns = self.names(name, path, at)
        if columns is None:
            return Relation(open=[name], base=name, tables=tables)
        facts = self.facts(name, path, at) or ()
        if at and self.altered_in(name, path):
            columns = tuple(fact.name for fact in facts if not fact.dropped) or columns
        by_name = {fact.name: fact for fact in facts}
        dropped = [fact.name for fact in facts if fact.dropped]
        bound = [
            _bound_column(Column(name, column), by_name.get(column))
            for column in (*columns, *dropped)
        ]
        return Relation(bound, base=name, tables=tables)

    def facts(self, name: Name, path: str, at: Span | None) -> tuple[ColumnFact, ...] | None:
        """The columns of a definition as they are at a place of the file `path`.

        Without one, as the whole file leaves them.
        """
        facts = self.definitions.columns(name, path)
        return (
            columns_before(facts, self._changes(name, path), at, self.definitions.naming)
            if facts and at
            else facts
        )

    def altered_in(self, name: Name, path: str) -> bool:
        """Does the file `path` add, drop or rename columns of a table?"""
        return bool(self._changes(name, path))

    def _changes(self, name: Name, path: str) -> tuple[ChangeFact, ...]:
        return self.definitions.catalogue.changes.get((path, self.definitions.naming.key(name)), ())

    def names(self, name: Name, path: str = "", at: Span | None = None) -> tuple[str, ...] | None:
        """The columns of a table or view, in order, as the file `path` sees it.

        None where they are not known.
        """
        key = self.definitions.naming.key(name)
        if (key, path) in self._created:
            created, created_at = self._created[key, path]
            return altered(
                created, self._changes(name, path), created_at, at, self.definitions.naming
            )
        where = path if key in self.definitions.catalogue.local.get(path, {}) else ""
        if (key, where) not in self._columns:
            self._columns[key, where] = None  # a view that refers to itself has no columns
            self._columns[key, where] = self._find(name, path)
        return self._columns[key, where]

    def _find(self, name: Name, path: str) -> tuple[str, ...] | None:
        entry = self.definitions.table(name, path)
        columns = (
            None
            if entry is None or entry.columns is None
            else tuple(fact.name for fact in entry.columns if not fact.dropped)
        )
        if columns is not None and entry is not None and entry.defined_at:
            return columns
        old = self.definitions.renames.get(self.definitions.naming.key(name))
        return self.of_query(name) or columns or (self.names(old, path) if old else None)

    def of_query(self, name: Name) -> tuple[str, ...] | None:
        """The columns of a view, or of a table that SELECT INTO or CTAS creates.

        They are the columns of its query.
        """
        view = self.definitions.view(name)
        if view is not None and view.fact.query is not None:
            return view.fact.columns or _names(
                self.describer.describe(view.fact.query, view.path, view.name, view.database)
            )
        creation = self.definitions.creations.get(self.definitions.naming.key(name))
        if creation is None:
            return None
        write = creation.write
        return write.columns or _names(
            self.describer.describe(write.query, creation.where.path, None, creation.database)
        )

    def create(self, name: Name, path: str, columns: tuple[str, ...], at: Span) -> None:
        """Note that a statement at a place of the file `path` has made a table from a query.

        The next ones see these columns.

        Args:
            name: the table.
            path: the file.
            columns: those of the query.
            at: where the statement stands.
        """
        key = self.definitions.naming.key(name)
        entry = self.definitions.table(name, path)
        if key not in self.definitions.modules and not (
            entry and entry.defined_at and entry.columns is not None
        ):
            self._created[key, path] = (columns, at)

    def rename(self, old: Name, new: Name, path: str) -> None:
        """What was `old` is from now on `new`: its columns are known under that name too."""
        columns = self.names(old, path)
        if columns is not None and self.names(new, path) is None:
            self.definitions.renames[self.definitions.naming.key(new)] = old
            self._columns[self.definitions.naming.key(new), ""] = columns


def _bound_column(column: Column, fact: ColumnFact | None) -> RelationColumn:
    if fact is None:
        return RelationColumn(column.column, flow(column), origin=column)
    return RelationColumn(
        column.column, flow(column), fact.hidden, fact.property, fact.generated, column
    )


def _names(bound: Relation) -> tuple[str, ...] | None:
    """The columns of a query; None where they are not all known by name."""
    if (
        not bound.closed
        or bound.partial
        or not bound.columns
        or not all(column.name for column in bound.columns)
    ):
        return None
    return tuple(column.name or "" for column in bound.columns)
