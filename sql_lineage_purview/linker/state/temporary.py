"""Temporary tables and table variables: what has flowed into each so far.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.copied_mapping import CopiedMapping
from ...model.facts import ColumnFact, Expression
from ...model.names import Name
from ...model.naming import Naming
from ..relations.provenance import Flows, add_flows, add_tables, add_used
from ..relations.relation import Relation
from ..relations.relation_columns import STAR, RelationColumn
from ..relations.scope import FromItem, ResolvedColumn, Scope, resolve


class Temporary(Struct):
    """A temporary table or table variable.

    `node` is what it is called where it is shown; `maker` the state of the frame that has made it.
    """

    bound: Relation
    facts: tuple[ColumnFact, ...] = ()
    node: Name | None = None
    maker: object = None

    @classmethod
    def empty(cls, facts: Iterable[ColumnFact]) -> Temporary:
        """A table that has just been declared."""
        columns = tuple(facts)
        return cls(
            Relation([RelationColumn(fact.name, {}, generated=fact.generated) for fact in columns]),
            columns,
        )

    def column(self, name: str, naming: Naming) -> RelationColumn:
        """The column of this name, made where there is none."""
        column = self.bound.column(name, naming)
        if column is None:
            column = RelationColumn(name, {})
            self.bound.columns.append(column)
        return column

    def insertable(self, query: Relation) -> list[str]:
        """The columns that an INSERT without a column list fills.

        A table of unknown columns takes those of the query.
        """
        if self.facts:
            names = [fact.name for fact in self.facts if not fact.generated]
            return [*names, *(STAR for column in self.bound.columns if column.name == STAR)]
        if not self.bound.columns:
            self.bound.columns = [RelationColumn(column.name, {}) for column in query.columns]
        return [column.name or "" for column in self.bound.columns if not column.generated]

    def fill(self, names: list[str], query: Relation, naming: Naming) -> None:
        """Rows of a query go into the columns named, by position."""
        for name, flows in query.aligned(names):
            add_flows(self.column(name, naming).flows, flows)
        add_flows(self.bound.rows, query.rows)
        add_tables(self.bound.tables, query.tables)
        for name, flows in self._computed(self.bound, naming):
            add_flows(self.column(name, naming).flows, flows)

    def computed(self, written: list[tuple[str, Flows]], naming: Naming) -> list[tuple[str, Flows]]:
        """The computed columns that are made of what is written."""
        return self._computed(
            Relation([RelationColumn(name, flows) for name, flows in written], opaque=True), naming
        )

    def _computed(self, bound: Relation, naming: Naming) -> list[tuple[str, Flows]]:
        item = FromItem(bound, None)
        return [
            (fact.name, value_over(fact.computed, item, naming))
            for fact in self.facts
            if fact.computed
        ]

    def copied(self) -> Temporary:
        """The table with its content, apart from what is filled in later."""
        bound = self.bound
        columns = [replace(column, flows=dict(column.flows)) for column in bound.columns]
        content = dataclasses.replace(
            bound,
            columns=columns,
            open=list(bound.open),
            rows=dict(bound.rows),
            tables=dict(bound.tables),
        )
        return replace(self, bound=content)

    def hold(self, content: Temporary) -> None:
        """Take over another table's content, but not what is filled into that one later."""
        copy = content.copied()
        self.bound, self.facts = copy.bound, copy.facts

    def emptied(self) -> Temporary:
        """The table without its content."""
        table = self.copied()
        for column in table.bound.columns:
            column.flows = {}
        table.bound.rows, table.bound.tables = {}, {}
        return table

    def take_in(self, alternative: Temporary, naming: Naming) -> None:
        """Be either this table or another that was made under the same name.

        Columns of one name are one column.
        """
        for column in alternative.bound.columns:
            add_flows(self.column(column.name or "", naming).flows, column.flows)
        # behind an ALTER TABLE in an arm
        longer = [naming.fold(fact.name) for fact in alternative.facts]
        if longer[: len(self.facts)] == [naming.fold(fact.name) for fact in self.facts]:
            self.facts = alternative.facts
        self.bound.open += [name for name in alternative.bound.open if name not in self.bound.open]
        self.bound.opaque = self.bound.opaque or alternative.bound.opaque
        self.bound.extension = self.bound.extension or alternative.bound.extension
        add_flows(self.bound.rows, alternative.bound.rows)
        add_tables(self.bound.tables, alternative.bound.tables)

    def rename_column(self, old: str, new: str, naming: Naming) -> None:
        """A column goes by another name."""
        folded = naming.fold(old)
        self.facts = tuple(
            replace(fact, name=new) if naming.fold(fact.name) == folded else fact
            for fact in self.facts
        )
        self.bound.columns = [
            replace(column, name=new)
            if column.name and naming.fold(column.name) == folded
            else column
            for column in self.bound.columns
        ]

    def alter(self, facts: tuple[ColumnFact, ...], naming: Naming) -> None:
        """ALTER TABLE … ADD or DROP.

        A column that is there already stays as it is: the server refuses it, and a procedure that
        calls itself, or a loop, comes to an ALTER whose column a round before has added.
        """
        gone = {naming.fold(fact.name) for fact in facts if fact.dropped}
        if gone:
            self.facts = tuple(fact for fact in self.facts if naming.fold(fact.name) not in gone)
            self.bound.columns = [
                column
                for column in self.bound.columns
                if naming.fold(column.name or "") not in gone
            ]
            facts = tuple(fact for fact in facts if not fact.dropped)
        existing_names = {naming.fold(column.name or "") for column in self.bound.columns}
        added = tuple(fact for fact in facts if naming.fold(fact.name) not in existing_names)
        self.facts += added
        self.bound.columns += [
            RelationColumn(fact.name, {}, generated=fact.generated) for fact in added
        ]


class Temporaries(Struct):
    """The temporary tables of one frame, by folded name."""

    naming: Naming
    tables: CopiedMapping[Temporary] = field(default_factory=CopiedMapping)

    def create(self, name: Name, query: Relation) -> Temporary:
        """SELECT INTO #t."""
        columns = [
            RelationColumn(column.name, dict(column.flows), generated=column.generated)
            for column in query.columns
        ]
        fresh = Relation(
            columns,
            list(query.open),
            query.opaque,
            rows=dict(query.rows),
            tables=dict(query.tables),
        )
        self.tables[self.naming.key(name)] = Temporary(fresh)
        return self.tables[self.naming.key(name)]

    def declare(self, name: Name, facts: tuple[ColumnFact, ...]) -> Temporary:
        """CREATE TABLE #t, DECLARE @t TABLE.

        The DECLARE does nothing where a loop comes to it again.
        """
        table = self.tables.get(self.naming.key(name))
        if table is not None and name.object.startswith("@") and table.facts == facts:
            return table
        self.tables[self.naming.key(name)] = Temporary.empty(facts)
        return self.tables[self.naming.key(name)]


def value_over(expression: Expression, item: FromItem, naming: Naming) -> Flows:
    """The flows of a computed column's expression over the columns of one relation.

    Other columns give none.
    """
    flows: Flows = {}
    for use in expression:
        parts = getattr(use.operand, "parts", None)
        if parts:
            resolution = resolve(Scope(naming, [item]), parts)
            if isinstance(resolution, ResolvedColumn):
                add_used(flows, resolution.flows, use.subtype)
    return flows
