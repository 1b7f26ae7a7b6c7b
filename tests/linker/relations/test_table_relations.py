"""The relations of tables: one for all queries, as long as the table has the same columns."""

from __future__ import annotations

import pytest

from sql_lineage_purview.linker.relations import table_relations
from sql_lineage_purview.linker.relations.table_relations import TableRelations
from sql_lineage_purview.model.facts import ColumnFact
from sql_lineage_purview.model.graph import Column
from tests.linker.rooms import name, sources

TABLE = name("dbo.t")


def test_the_relation_of_a_table_is_made_once() -> None:
    relations, columns = TableRelations(), ("a", "b")
    relation = relations.relation(TABLE, columns, ())
    assert relations.relation(TABLE, columns, ()) is relation
    assert [column.origin for column in relation.columns] == [
        Column(TABLE, "a"),
        Column(TABLE, "b"),
    ]
    assert sources(relation.columns[1].flows) == ["dbo.t.b"]


def test_other_columns_or_facts_are_another_relation() -> None:
    relations, columns = TableRelations(), ("a",)
    assert len(relations.relation(TABLE, columns, ()).columns) == 1
    facts = (ColumnFact("a", hidden=True), ColumnFact("b", dropped=True))
    altered = relations.relation(TABLE, columns, facts)
    assert [(column.name, column.hidden) for column in altered.columns] == [
        ("a", True),
        ("b", False),
    ]
    assert len(relations.relation(TABLE, ("a", "c", "d"), facts).columns) == 4


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_relations, "MAX_COLUMNS", 3)
    relations, columns = TableRelations(), ("a", "b")
    first = relations.relation(TABLE, columns, ())
    relations.relation(name("dbo.u"), columns, ())
    assert relations.relation(TABLE, columns, ()) is first
    relations.relation(name("dbo.v"), columns, ())
    assert relations.relation(TABLE, columns, ()) is not first
