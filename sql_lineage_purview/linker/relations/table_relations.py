"""The relations of tables whose columns are known, each made once for all queries that read it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from ...model.facts import ColumnFact
from ...model.graph import Column
from ...model.names import Name
from .provenance import DIRECT, flow
from .relation import Relation
from .relation_columns import RelationColumn

# Of all relations together: some 10 MB. Beyond it they are made anew.
MAX_COLUMNS = 20_000


class TableRelation(Struct, frozen=True):
    """The relation of a table, and what it is made of."""

    columns: tuple[str, ...]
    facts: tuple[ColumnFact, ...]
    relation: Relation

    def is_of(self, columns: tuple[str, ...], facts: tuple[ColumnFact, ...]) -> bool:
        """Is it made of these very values?"""
        return self.columns is columns and self.facts is facts


class TableRelations(Struct):
    """The relations by the name of the table, as it is spelled.

    A hot path: procedures read the same few tables again and again, and each relation has an index
    of its columns.
    """

    _relations: dict[Name, TableRelation] = field(default_factory=dict)
    _size: int = 0

    def relation(
        self, name: Name, columns: tuple[str, ...], facts: tuple[ColumnFact, ...]
    ) -> Relation:
        """The relation of a table, which nobody changes.

        Args:
            name: the table.
            columns: the names of its columns.
            facts: what a definition says of them, and of those that were dropped.
        """
        table = self._relations.get(name)
        if table is None or not table.is_of(columns, facts):
            if self._size > MAX_COLUMNS:
                self._relations, self._size = {}, 0
            relation = Relation(
                list(_columns(name, columns, facts)), base=name, tables={name: DIRECT}
            )
            table = self._relations[name] = TableRelation(columns, facts, relation)
            self._size += len(relation.columns)
        return table.relation


def _columns(
    name: Name, columns: tuple[str, ...], facts: tuple[ColumnFact, ...]
) -> Iterator[RelationColumn]:
    by_name = {fact.name: fact for fact in facts}
    dropped = (fact.name for fact in facts if fact.dropped)
    for text in (*columns, *dropped):
        column, fact = Column(name, text), by_name.get(text)
        if fact is None:
            yield RelationColumn(text, flow(column), origin=column)
        else:
            yield RelationColumn(
                text, flow(column), fact.hidden, fact.property, fact.generated, column
            )
