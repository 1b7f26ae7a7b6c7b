"""Which column a name means at a place in a query."""

from __future__ import annotations

from sql_lineage_purview.linker.relations.relation import Relation
from sql_lineage_purview.linker.relations.scope import (
    AmbiguousColumn,
    FromItem,
    ResolvedColumn,
    Scope,
    UnresolvedColumn,
    matching,
    resolve,
)
from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.vocabulary import Certainty
from tests.linker.rooms import NAMING, name, sources, table


def item(text: str, *columns: str, alias: str | None = None) -> FromItem:
    return FromItem(table(text, *columns), alias, name(text), alias)


def unknown(text: str, alias: str | None = None) -> FromItem:
    """A table whose columns are not known."""
    base = NAMING.canonical(name(text))
    relation = Relation(open=[base], base=base)
    return FromItem(relation, alias, name(text), alias)


def scope(*items: FromItem, outer: Scope | None = None) -> Scope:
    return Scope(NAMING, list(items), outer)


def test_a_qualifier_names_an_alias_or_a_table() -> None:
    inside = scope(item("dbo.s", "a", alias="x"), item("dbo.t", "a"))

    for parts, expected in ((("X", "A"), "dbo.s.a"), (("dbo", "t", "a"), "dbo.t.a")):
        resolution = resolve(inside, parts)
        assert isinstance(resolution, ResolvedColumn)
        assert sources(resolution.flows) == [expected]


def test_an_alias_hides_the_name_of_its_table() -> None:
    assert isinstance(resolve(scope(item("dbo.s", "a", alias="x")), ("s", "a")), UnresolvedColumn)


def test_a_bare_name_is_that_of_the_one_item_that_has_it() -> None:
    resolution = resolve(scope(item("dbo.s", "a"), item("dbo.t", "b")), ("B",))

    assert isinstance(resolution, ResolvedColumn)
    assert resolution.base == Column(name("dbo.t"), "b")
    assert {provenance.certainty for provenance in resolution.flows.values()} == {
        Certainty.EXPANDED
    }


def test_a_bare_name_that_two_items_have_is_ambiguous() -> None:
    resolution = resolve(scope(item("dbo.s", "a"), item("dbo.t", "a", alias="x")), ("a",))

    assert resolution == AmbiguousColumn(("dbo.s", "x"))


def test_the_innermost_query_that_has_a_column_counts() -> None:
    around = scope(item("dbo.s", "a", "b"))
    inside = scope(item("dbo.t", "a"), outer=around)

    for column, expected in (("a", "dbo.t.a"), ("b", "dbo.s.b")):
        resolution = resolve(inside, (column,))
        assert isinstance(resolution, ResolvedColumn)
        assert sources(resolution.flows) == [expected]


def test_what_is_left_over_is_the_unknown_tables_by_elimination() -> None:
    resolution = resolve(scope(item("dbo.s", "a"), unknown("dbo.u")), ("b",))

    assert isinstance(resolution, ResolvedColumn)
    assert sources(resolution.flows) == ["dbo.u.b"]
    assert {provenance.certainty for provenance in resolution.flows.values()} == {
        Certainty.INFERRED
    }


def test_of_two_unknown_tables_neither_is_guessed() -> None:
    inside = scope(
        FromItem(Relation(open=[name("dbo.u")], tables={}), "u", alias_key="u"),
        FromItem(Relation(open=[name("dbo.v")], tables={}), "v", alias_key="v"),
    )

    assert resolve(inside, ("b",)) == AmbiguousColumn(("u", "v"))


def test_a_column_that_a_definition_lacks_is_missing_and_flows_all_the_same() -> None:
    resolution = resolve(scope(item("dbo.s", "a")), ("s", "b"))

    assert isinstance(resolution, ResolvedColumn)
    assert resolution.missing
    assert sources(resolution.flows) == ["dbo.s.b"]


def test_a_qualified_star_is_that_of_one_item() -> None:
    first, second = item("dbo.s", "a"), item("dbo.t", "b", alias="x")
    inside = scope(first, second)

    assert matching(inside, ()) == [first, second]
    assert matching(inside, ("x",)) == [second]
    assert matching(inside, ("y",)) == []
