"""Which flows a graph has, for each of the ways to make processes of it."""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.graph import Column, ColumnEdge, LineageGraph, Statement, TableEdge
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, StatementKind, Subtype
from sql_lineage_purview.purview import Granularity
from sql_lineage_purview.purview.planning.flows import Flow
from sql_lineage_purview.purview.planning.process_names import display_name, qualified_name
from sql_lineage_purview.purview.planning.stages.flow_grouping import flows_of

A, B, T, U, HASH = (parse_name(text) for text in ("dbo.A", "dbo.B", "dbo.T", "dbo.U", "#t"))


def statement(
    id_: str, module: str | None, reads: tuple[Name, ...], writes: tuple[Name, ...]
) -> Statement:
    path, _, line = id_.partition("#")
    owner = parse_name(module) if module else None
    return Statement(
        id_, path, int(line), int(line), "INSERT", owner, reads, writes, (), dynamic=False
    )


def column(source: Name, target: Name, name: str, *statements: str) -> ColumnEdge:
    return ColumnEdge(
        Column(source, "x"), Column(target, name), Subtype.IDENTITY, Certainty.EXACT, statements
    )


def names(flows: tuple[Flow, ...]) -> list[str]:
    return [qualified_name("o", flow).removeprefix("sql-lineage-purview://o/") for flow in flows]


LOAD = LineageGraph(
    statements=(
        statement("p.sql#1", "dbo.P", (A,), (T,)),
        statement("p.sql#2", "dbo.P", (B,), (T,)),
        statement("p.sql#3", "dbo.P", (B,), (U,)),
    ),
    table_lineage=(
        TableEdge(A, T, EdgeType.DIRECT, ("p.sql#1",)),
        TableEdge(B, T, EdgeType.DIRECT, ("p.sql#2",)),
        TableEdge(B, U, EdgeType.DIRECT, ("p.sql#3",)),
    ),
    column_lineage=(
        column(A, T, "a", "p.sql#1"),
        column(B, T, "b", "p.sql#2"),
        column(B, U, "u", "p.sql#3"),
    ),
)


@pytest.mark.parametrize(
    ("granularity", "expected"),
    [
        (
            Granularity.TABLE,
            {"dbo.p#dbo.t": ([A, B], "1-2", "ab"), "dbo.p#dbo.u": ([B], "3-3", "u")},
        ),
        (Granularity.MODULE, {"dbo.p": ([A, B], "1-3", "abu")}),
        (
            Granularity.STATEMENT,
            {
                "dbo.p#dbo.t@1": ([A], "1-1", "a"),
                "dbo.p#dbo.t@2": ([B], "2-2", "b"),
                "dbo.p#dbo.u@1": ([B], "3-3", "u"),
            },
        ),
    ],
)
def test_granularity(granularity: Granularity, expected: dict) -> None:
    flows = flows_of(LOAD, granularity)
    actual = {
        name: (
            list(flow.sources),
            f"{flow.first_line}-{flow.last_line}",
            "".join(edge.target.column for edge in flow.columns),
        )
        for name, flow in zip(names(flows), flows, strict=True)
    }
    assert actual == expected


def test_the_names_that_the_portal_shows() -> None:
    shown = {
        granularity: [display_name(flow) for flow in flows_of(LOAD, granularity)]
        for granularity in Granularity
    }
    assert shown == {
        Granularity.TABLE: ["dbo.P -> dbo.T", "dbo.P -> dbo.U"],
        Granularity.MODULE: ["dbo.P"],
        Granularity.STATEMENT: ["dbo.P -> dbo.T #1", "dbo.P -> dbo.T #2", "dbo.P -> dbo.U #1"],
    }


def test_a_module_maps_columns_between_the_tables_of_each_statement_alone() -> None:
    (flow,) = flows_of(LOAD, Granularity.MODULE)
    assert {(str(row.source), str(row.target)) for row in flow.transfers} == {
        ("dbo.A", "dbo.T"),
        ("dbo.B", "dbo.T"),
        ("dbo.B", "dbo.U"),
    }


# dbo.P fills #t, writes T.a from it, and calls dbo.Q, which writes T.b from it.
SHARED = LineageGraph(
    statements=(
        statement("p.sql#1", "dbo.P", (A,), (HASH,)),
        statement("p.sql#2", "dbo.P", (HASH,), (T,)),
        statement("q.sql#1", "dbo.Q", (HASH,), (T,)),
    ),
    table_lineage=(TableEdge(A, T, EdgeType.DIRECT, ("p.sql#1", "p.sql#2", "q.sql#1")),),
    column_lineage=(
        column(A, T, "a", "p.sql#1", "p.sql#2"),
        column(A, T, "b", "p.sql#1", "q.sql#1"),
    ),
)


@pytest.mark.parametrize("granularity", Granularity)
def test_who_fills_a_temporary_table_writes_no_table_for_others(granularity: Granularity) -> None:
    flows = flows_of(SHARED, granularity)
    actual = {
        flow.writer: (
            "".join(edge.target.column for edge in flow.columns),
            [row.id for row in flow.statements],
        )
        for flow in flows
    }
    assert actual == {"dbo.P": ("a", ["p.sql#1", "p.sql#2"]), "dbo.Q": ("b", ["q.sql#1"])}


def test_a_script_that_stands_in_another_file_than_what_fills_its_table() -> None:
    fill = statement("fill.sql#1", None, (A,), (HASH,))
    load = statement("load.sql#7", None, (HASH,), (T,))
    graph = LineageGraph(
        statements=(fill, load),
        table_lineage=(TableEdge(A, T, EdgeType.DIRECT, (fill.id, load.id)),),
    )
    (flow,) = flows_of(graph)
    assert (flow.writer, flow.first_line, flow.statements) == ("load.sql", 7, (load,))


def test_statements_are_counted_for_each_table_and_stay_when_others_come_between() -> None:
    more = LineageGraph(
        statements=(
            LOAD.statements[0],
            statement("p.sql#9", "dbo.P", (A,), (U,)),
            *LOAD.statements[1:],
        ),
        table_lineage=(*LOAD.table_lineage, TableEdge(A, U, EdgeType.DIRECT, ("p.sql#9",))),
    )
    assert sorted(names(flows_of(more, Granularity.STATEMENT))) == [
        "dbo.p#dbo.t@1",
        "dbo.p#dbo.t@2",
        "dbo.p#dbo.u@1",
        "dbo.p#dbo.u@2",
    ]


def test_the_definition_of_a_computed_column_is_no_process() -> None:
    """An UPDATE that adds to itself is one, and does not take the definition in."""
    define = Statement(
        "t.sql#1", "t.sql", 1, 4, StatementKind.OTHER, None, (), (), (), dynamic=False
    )
    update = statement("p.sql#9", "dbo.P", (), (T,))
    computed = column(T, T, "total", "t.sql#1")
    graph = LineageGraph(
        statements=(update, define),
        table_lineage=(
            TableEdge(T, T, EdgeType.DIRECT, ("t.sql#1",)),
            TableEdge(U, U, EdgeType.DIRECT, ("p.sql#9", "t.sql#1")),
        ),
        column_lineage=(computed,),
    )
    flows = flows_of(graph)
    assert names(flows) == ["dbo.p#dbo.u"]
    assert [row.id for row in flows[0].statements] == ["p.sql#9"]
    assert flows[0].columns == ()
