"""Walks up and down: paths, circles, wildcards, rows; and down and up are one relation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.analysis.walks import FlowDirection, Walks
from sql_lineage_purview.model.graph import Column, ColumnEdge, Declaration, LineageGraph, TableEdge
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, Subtype

UP, DOWN = FlowDirection.UPSTREAM, FlowDirection.DOWNSTREAM


def node(text: str) -> Column:
    """`t.a`; `t.*` for all columns, `t.` for the rows."""
    table, _, column = text.partition(".")
    return Column(parse_name(table), column or None)


def edge(text: str, subtype: Subtype = Subtype.IDENTITY) -> ColumnEdge:
    source, target = map(node, text.split(" -> "))
    return ColumnEdge(source, target, subtype, Certainty.EXACT, (f"{text}#1",))


def graph(*edges: str) -> LineageGraph:
    return LineageGraph(column_lineage=tuple(map(edge, edges)))


def labels(columns: tuple[Column, ...]) -> list[str]:
    return [f"{column.table}.{column.column or ''}" for column in columns]


def reached(lineage: LineageGraph, start: str, direction: FlowDirection = DOWN) -> list[str]:
    return labels(Walks(lineage).columns([node(start)], direction).columns)


def test_the_nearest_come_first_and_have_their_path() -> None:
    walk = Walks(graph("s.a -> t.b", "t.b -> u.c", "s.a -> u.c")).columns([node("s.a")], DOWN)

    assert labels(walk.columns) == ["t.b", "u.c"]
    assert [step.statements for step in walk.path(node("u.c"))] == [("s.a -> u.c#1",)]
    assert walk.distances[node("u.c")] == 1
    assert walk.tables == (parse_name("t"), parse_name("u"))


def test_a_circle_ends() -> None:
    assert reached(graph("s.a -> t.b", "t.b -> s.a", "t.b -> t.b"), "s.a") == ["t.b"]


def test_a_depth_is_a_number_of_edges() -> None:
    lineage = graph("s.a -> t.b", "t.b -> u.c")

    assert labels(Walks(lineage).columns([node("s.a")], DOWN, 1).columns) == ["t.b"]
    assert labels(Walks(lineage).columns([node("u.c")], UP, 1).columns) == ["t.b"]


def test_wildcards_hold_for_each_column_and_lead_on_from_each() -> None:
    lineage = graph("s.* -> t.*", "t.b -> u.c", "t.d -> u.e")

    assert reached(lineage, "s.a") == ["t.*", "u.c", "u.e"]
    assert reached(lineage, "u.c", UP) == ["t.b", "s.*"]


def test_one_column_is_no_other_one_of_its_table() -> None:
    assert reached(graph("s.a -> t.b", "t.c -> u.d", "s.* -> v.x"), "s.a") == ["t.b", "v.x"]


def test_rows_are_an_end() -> None:
    lineage = graph("s.a -> t.", "t.b -> u.c")

    assert reached(lineage, "s.a") == ["t."]
    assert reached(lineage, "u.c", UP) == ["t.b"]


def test_values_go_before_conditions() -> None:
    lineage = LineageGraph(
        column_lineage=(edge("s.a -> t.b", Subtype.CONDITIONAL), edge("s.a -> t.b"))
    )

    (step,) = Walks(lineage).columns([node("s.a")], DOWN).path(node("t.b"))
    assert step.kind == "IDENTITY"


def test_what_is_declared_is_a_step() -> None:
    declared = Declaration(Name(("t",)), Name(("s",)), (("a", "b"),), "d.sql", 3)
    lineage = LineageGraph(declared=(declared,))

    (step,) = Walks(lineage).columns([node("s.a")], DOWN).path(node("t.b"))
    assert (step.kind, step.declaration) == ("declared", declared)
    assert Walks(lineage).tables([Name(("t",))], UP).tables == (Name(("s",)),)


def test_tables_are_walked_by_their_own_edges() -> None:
    edges = tuple(
        TableEdge(parse_name(source), parse_name(target), EdgeType.DIRECT, ())
        for source, target in (("s", "t"), ("t", "u"), ("u", "s"))
    )

    walk = Walks(LineageGraph(table_lineage=edges)).tables([Name(("s",))], DOWN)
    assert walk.tables == (Name(("t",)), Name(("u",)))


COLUMNS = [f"{table}.{column}" for table in "stuv" for column in ("a", "b", "*")]
EDGES = st.lists(
    st.tuples(st.sampled_from(COLUMNS), st.sampled_from([*COLUMNS, "t.", "u."])), max_size=12
)


def fits(column: Column, text: str) -> bool:
    """Is a column the one of a text, or may one of both be the other?"""
    asked = node(text)
    if column.table != asked.table or None in (column.column, asked.column):
        return column == asked
    return column == asked or "*" in (column.column, asked.column)


@given(EDGES, st.sampled_from(COLUMNS), st.sampled_from(COLUMNS))
def test_what_is_downstream_of_one_has_that_one_upstream(
    edges: list[tuple[str, str]], start: str, end: str
) -> None:
    walks = Walks(graph(*(f"{source} -> {target}" for source, target in edges)))
    down = walks.columns([node(start)], DOWN).columns
    up = walks.columns([node(end)], UP).columns

    if not fits(node(start), end):
        assert any(fits(column, end) for column in down) == any(
            fits(column, start) for column in up
        )


@given(EDGES, st.sampled_from(COLUMNS))
def test_a_path_is_made_of_edges_that_meet(edges: list[tuple[str, str]], start: str) -> None:
    walk = Walks(graph(*(f"{source} -> {target}" for source, target in edges))).columns(
        [node(start)], DOWN
    )

    for column in walk.columns:
        path = walk.path(column)
        assert len(path) == walk.distances[column]
        assert path[-1].target == column
        ends = [node(start), *(step.target for step in path)]
        for before, step in zip(ends, path, strict=False):
            assert before == step.source or (
                before.table == step.source.table and "*" in (before.column, step.source.column)
            )
