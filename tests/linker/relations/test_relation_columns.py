"""The columns of a relation by name: what a query finds, whatever becomes of the relation."""

from __future__ import annotations

from sql_lineage_purview.linker.relations.relation import Relation
from sql_lineage_purview.linker.relations.relation_columns import STAR, RelationColumn
from sql_lineage_purview.model.naming import Naming
from tests.linker.rooms import NAMING


def relation(*names: str | None) -> Relation:
    return Relation([RelationColumn(name, {}) for name in names])


def test_a_column_goes_by_any_spelling_of_its_name() -> None:
    table = relation("Id", "Straße")
    assert table.column("ID", NAMING) is table.columns[0]
    assert table.column("STRASSE", NAMING) is table.columns[1]
    assert table.column("other", NAMING) is None


def test_where_case_counts_there_is_one_spelling() -> None:
    naming = Naming(case_sensitive=True)
    table = relation("Id", "ID")
    assert table.column("ID", naming) is table.columns[1]
    assert table.column("id", naming) is None


def test_of_namesakes_the_first_is_the_column_and_all_are_told_in_order() -> None:
    query = relation("a", None, "b", "A", "a")
    assert query.column("A", NAMING) is query.columns[0]
    assert list(map(id, query.namesakes("A", NAMING))) == [
        id(query.columns[place]) for place in (0, 3, 4)
    ]
    assert list(query.namesakes("b", NAMING)) == [query.columns[2]]
    assert not query.namesakes("c", NAMING)


def test_what_has_no_name_is_no_column_of_the_empty_name() -> None:
    assert relation(None).column("", NAMING) is None


def test_columns_that_come_later_are_found_too() -> None:
    table = relation("a")
    assert table.column("b", NAMING) is None
    table.columns.append(RelationColumn("B", {}))
    assert table.column("b", NAMING) is table.columns[1]
    table.star({})
    assert table.column(STAR, NAMING) is table.columns[2]
    table.columns.append(RelationColumn("b", {}))
    assert len(table.namesakes("b", NAMING)) == 2


def test_columns_in_place_of_others_are_the_only_ones() -> None:
    table = relation("a", "b")
    assert table.column("a", NAMING)
    table.columns = [RelationColumn("c", {}), RelationColumn("d", {})]
    assert table.column("a", NAMING) is None
    assert table.column("d", NAMING) is table.columns[1]


def test_names_are_folded_once_for_all_that_are_looked_for() -> None:
    class Counting(Naming):
        folded = 0

        def fold(self, column: str) -> str:
            Counting.folded += 1
            return super().fold(column)

    width = 100
    table, naming = relation(*(f"c{number}" for number in range(width))), Counting()
    for number in range(width):
        assert table.column(f"C{number}", naming) is table.columns[number]
    assert Counting.folded == 2 * width
