"""Temporary tables and table variables: what has flowed into each so far.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..model.facts import ColumnFact, Expression
from ..model.names import Name
from ..model.naming import Naming
from .bound import Bound, BoundColumn, union
from .flows import Flows, add_flows, add_tables, used_as
from .scope import Found, Item, Scope, resolve


@dataclass(slots=True)
class Temporary:
    """A temporary table or table variable.

    `branch` is where it was made: the arms of IF, WHILE and CATCH around it; `node` what it is called where it is shown.
    """

    bound: Bound
    facts: tuple[ColumnFact, ...] = ()
    branch: tuple[int, ...] = ()
    node: Name | None = None

    @classmethod
    def empty(cls, facts: Iterable[ColumnFact], branch: tuple[int, ...] = ()) -> Temporary:
        """A table that has just been declared."""
        columns = tuple(facts)
        return cls(Bound([BoundColumn(fact.name, {}) for fact in columns]), columns, branch)

    def column(self, name: str, naming: Naming) -> BoundColumn:
        """The column of this name, made where there is none."""
        wanted = naming.fold(name)
        for column in self.bound.columns:
            if column.name is not None and naming.fold(column.name) == wanted:
                return column
        made = BoundColumn(name, {})
        self.bound.columns.append(made)
        return made

    def insertable(self, query: Bound) -> list[str]:
        """The columns that an INSERT without a column list fills; a table of unknown columns takes those of the query."""
        if self.facts:
            return [fact.name for fact in self.facts if not fact.generated]
        if not self.bound.columns:
            self.bound.columns = [BoundColumn(column.name, {}) for column in query.columns]
        return [column.name or "" for column in self.bound.columns]

    def fill(self, names: list[str], query: Bound, naming: Naming) -> None:
        """Rows of a query go into the columns named, by position."""
        for name, flows in query.aligned(names):
            add_flows(self.column(name, naming).flows, flows)
        add_flows(self.bound.rows, query.rows)
        add_tables(self.bound.tables, query.tables)
        for fact in self.facts:
            if fact.computed:
                add_flows(self.column(fact.name, naming).flows, value_over(fact.computed, Item(self.bound, None), naming))

    def alter(self, facts: tuple[ColumnFact, ...], naming: Naming) -> bool:
        """ALTER TABLE … ADD; False where a column is there already, so that the table must be a new one."""
        own = {naming.fold(column.name or "") for column in self.bound.columns}
        if any(naming.fold(fact.name) in own for fact in facts):
            return False
        self.facts += facts
        self.bound.columns += [BoundColumn(fact.name, {}) for fact in facts]
        return True


@dataclass(slots=True)
class Temporaries:
    """The temporary tables of one session, by folded name."""

    naming: Naming
    tables: dict[str, Temporary] = field(default_factory=dict)

    def create(self, name: Name, query: Bound, branch: tuple[int, ...]) -> Temporary:
        """SELECT INTO #t. In another branch than the table's own, the earlier rows may still be there."""
        columns = [BoundColumn(column.name, dict(column.flows)) for column in query.columns]
        fresh = Bound(columns, list(query.open), query.opaque, rows=dict(query.rows), tables=dict(query.tables))
        known = self.tables.get(self.naming.key(name))
        if known is not None and _apart(known, branch):
            fresh = union(known.bound, fresh)
        self.tables[self.naming.key(name)] = Temporary(fresh, (), branch)
        return self.tables[self.naming.key(name)]

    def declare(self, name: Name, facts: tuple[ColumnFact, ...], branch: tuple[int, ...]) -> Temporary:
        """CREATE TABLE #t, DECLARE @t TABLE, ALTER TABLE #t ADD."""
        known = self.tables.get(self.naming.key(name))
        if known is not None and _apart(known, branch):
            for fact in facts:
                known.column(fact.name, self.naming)
            return known
        if known is not None and known.alter(facts, self.naming):
            return known
        self.tables[self.naming.key(name)] = Temporary.empty(facts, branch)
        return self.tables[self.naming.key(name)]


def _apart(table: Temporary, branch: tuple[int, ...]) -> bool:
    """Was the table made in a branch that is not one around this place?"""
    return table.branch != branch[: len(table.branch)]


def value_over(expression: Expression, item: Item, naming: Naming) -> Flows:
    """The flows of a computed column's expression over the columns of one relation; other columns give none."""
    flows: Flows = {}
    for use in expression:
        parts = getattr(use.operand, "parts", None)
        if parts:
            found = resolve(Scope(naming, [item]), parts)
            if isinstance(found, Found):
                add_flows(flows, used_as(found.flows, use.subtype))
    return flows
