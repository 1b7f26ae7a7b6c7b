"""Relations by position: column lists, unions, and columns that are not known."""

from __future__ import annotations

from sql_lineage_purview.linker.relations.relation import Relation, union
from sql_lineage_purview.linker.relations.relation_columns import STAR
from sql_lineage_purview.model.vocabulary import Certainty
from tests.linker.rooms import name, sources, table


def shape(relation: Relation) -> list[tuple[str | None, list[str]]]:
    return [(column.name, sources(column.flows)) for column in relation.columns]


def test_a_column_list_renames_by_position() -> None:
    assert shape(table("dbo.s", "a", "b").listed(["x", "y"])) == [
        ("x", ["dbo.s.a"]),
        ("y", ["dbo.s.b"]),
    ]


def test_a_column_list_of_another_length_leads_to_no_column() -> None:
    listed = table("dbo.s", "a", "b").listed(["x"])

    assert shape(listed) == [("x", [])]
    assert listed.tables


def test_a_union_has_the_names_of_the_left_side_and_the_flows_of_both() -> None:
    both = union(table("dbo.s", "a"), table("dbo.t", "b"))

    assert shape(both) == [("a", ["dbo.s.a", "dbo.t.b"])]
    assert set(both.tables) == {name("dbo.s"), name("dbo.t")}


def test_behind_a_star_no_position_is_known() -> None:
    left = table("dbo.s", "a", STAR, "c")

    both = union(left, table("dbo.t", "x", "y", "z"))

    assert shape(both) == [
        ("a", ["dbo.s.a", "dbo.t.x"]),
        (STAR, ["dbo.s.*", "dbo.s.c", "dbo.t.y", "dbo.t.z"]),
    ]


def test_columns_around_a_star_are_counted_from_both_ends() -> None:
    aligned = dict(table("dbo.s", "a", STAR, "c").aligned(["w", "x", "y", "z"]))

    assert [sources(aligned[column]) for column in "wxyz"] == [
        ["dbo.s.a"],
        ["dbo.s.*"],
        ["dbo.s.*"],
        ["dbo.s.c"],
    ]
    assert {provenance.certainty for provenance in aligned["x"].values()} == {Certainty.PARTIAL}
    assert {provenance.certainty for provenance in aligned["z"].values()} == {Certainty.EXACT}


def test_an_emptied_relation_keeps_its_shape() -> None:
    assert shape(table("dbo.s", "a", "b").emptied()) == [("a", []), ("b", [])]
