"""Trees: what stands below what, and how cycles, repeats and depth are marked."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sql_lineage_purview.model.graph import Column, Declaration, LineageGraph
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import Stale
from sql_lineage_purview.render.drawing_layout import Medium, laid_out
from sql_lineage_purview.render.lineage_tree import render_lineage
from sql_lineage_purview.render.scan_tree import render_tree
from sql_lineage_purview.render.tree_steps import Direction
from tests.linking import lineage_of

from .graphs import SAMPLE, column, columns_graph, tables_graph

if TYPE_CHECKING:
    from sql_lineage_purview.render.drawing import Branch


def _text(tree: Branch) -> str:
    """The tree as plain text, its guides replaced by spaces."""
    lines = ("".join(run.text for run in line) for line in laid_out(tree, Medium()))
    plain = ("".join(" " if char in "│├└─" else char for char in line) for line in lines)
    return "\n".join(line.rstrip() for line in plain)


def _tables(
    graph: LineageGraph, start: str, direction: Direction, depth: int | None = None
) -> list[str]:
    lines = _text(
        render_lineage(_apart(graph), Column(parse_name(start), None), direction, depth=depth)
    ).splitlines()
    return [re.sub(r"DIRECT  INSERT, etl/\d+\.sql:", "@", line) for line in lines]


def _apart(graph: LineageGraph) -> LineageGraph:
    """The same graph with each statement in a script of its own, so that none is grouped."""
    rows = (replace(row, path=f"etl/{number}.sql") for number, row in enumerate(graph.statements))
    return dataclasses.replace(graph, statements=tuple(rows))


def test_a_scan_is_grouped_by_written_table() -> None:
    assert _text(render_tree(SAMPLE)).splitlines() == [
        "Lineage of 2 tables, from 1 file",
        "    dbo.[Fact Sales]  TABLE  ddl/fact.sql:3",
        "        stg.Sales  DIRECT  MERGE in dbo.usp_Load, etl/load.sql:12 and 1 more",
        "    stg.Sales  TABLE",
        "        https://acct.dfs.core.windows.net/landing/sales.csv  DIRECT  COPY_INTO, "
        "etl/load.sql:2",
    ]


def test_what_people_declare_is_marked_and_followed() -> None:
    b, c = parse_name("dbo.B"), parse_name("dbo.C")
    graph = tables_graph("dbo.A -> dbo.B")
    comment = (
        Declaration(c, b, (("x", "y"),), "say.sql", 3),
        Declaration(c, b, (), "say.sql", 4, Stale.DERIVED),
    )

    lines = _text(render_tree(dataclasses.replace(graph, declared=comment))).splitlines()
    assert lines[-3:] == [
        "    dbo.C",
        "        dbo.B  declared  say.sql:3",
        "        dbo.B  declared  say.sql:4  (stale: derived)",
    ]
    assert _tables(dataclasses.replace(graph, declared=comment[:1]), "dbo.C", Direction.UP)[:2] == [
        "dbo.C  is fed by",
        "    dbo.B  declared  say.sql:3",
    ]
    column = _text(
        render_lineage(
            dataclasses.replace(graph, declared=comment[:1]), Column(c, "y"), Direction.UP
        )
    )
    assert column.splitlines() == ["dbo.C.y  is fed by", "    dbo.B.x  declared  say.sql:3"]


def test_edges_stand_below_the_module_that_carries_them() -> None:
    graph = lineage_of(
        {
            "t.sql": "CREATE TABLE dbo.a (x int); CREATE TABLE dbo.b (x int);"
            "CREATE TABLE dbo.t (x int);",
            "p.sql": "CREATE PROC dbo.p AS\nINSERT dbo.t (x) SELECT a.x FROM dbo.a AS a\n"
            "JOIN dbo.b AS b ON b.x = a.x;",
            "q.sql": "CREATE PROC dbo.q AS INSERT dbo.t (x) SELECT x FROM dbo.a;",
            "v.sql": "CREATE VIEW dbo.v AS SELECT x FROM dbo.t;",
        }
    )

    assert _text(render_tree(graph)).splitlines()[1:] == [
        "    dbo.t  TABLE  t.sql:1",
        "        dbo.p  PROCEDURE  p.sql:1",
        "            dbo.a  DIRECT  INSERT, line 2",
        "            dbo.b  DIRECT  INSERT, line 2",
        "        dbo.a  DIRECT  INSERT in dbo.q, q.sql:1",
        "    dbo.v  VIEW  v.sql:1",
        "        dbo.t  DIRECT",
    ]


def test_what_is_filled_on_the_way_is_no_module_of_the_edge() -> None:
    """The INSERT into #t is counted; a person looks for what writes the table."""
    graph = lineage_of(
        {
            "p.sql": "CREATE PROC dbo.p AS CREATE TABLE #t (x int); EXEC dbo.fill;\n"
            "INSERT dbo.t (x) SELECT x FROM #t;",
            "fill.sql": "CREATE PROC dbo.fill AS INSERT #t (x) SELECT x FROM dbo.a;",
        }
    )

    assert _text(render_tree(graph)).splitlines()[2:] == [
        "        dbo.a  DIRECT  INSERT in dbo.p, p.sql:2 and 1 more"
    ]


def test_names_that_only_a_run_tells_come_last() -> None:
    graph = tables_graph("dbo.a -> dbo.[${@t}]", "dbo.[${@s}] -> dbo.z", "dbo.b -> dbo.z")

    lines = _text(render_tree(_apart(graph))).splitlines()

    assert [line.split()[0] for line in lines[1:]] == [
        "dbo.z",
        "dbo.b",
        "dbo.[${@s}]",
        "dbo.[${@t}]",
        "dbo.a",
    ]


def test_a_scan_without_lineage_says_so() -> None:
    assert _text(render_tree(LineageGraph())).startswith("No lineage")


def test_brackets_are_names_and_no_markup() -> None:
    graph = tables_graph("dbo.[bold] -> dbo.[red b]")

    assert "dbo.[red b]" in _text(render_tree(graph))


def test_what_feeds_a_table_stands_below_it() -> None:
    graph = tables_graph("dbo.a -> dbo.b", "dbo.b -> dbo.c", "dbo.x -> dbo.c")

    assert _tables(graph, "dbo.c", Direction.UP) == [
        "dbo.c  is fed by",
        "    dbo.b  @20",
        "        dbo.a  @10",
        "    dbo.x  @30",
    ]


def test_what_a_table_feeds_stands_below_it() -> None:
    graph = tables_graph("dbo.a -> dbo.b", "dbo.b -> dbo.c")

    assert _tables(graph, "dbo.a", Direction.DOWN) == [
        "dbo.a  feeds",
        "    dbo.b  @10",
        "        dbo.c  @20",
    ]


def test_a_table_without_lineage_says_so() -> None:
    graph = tables_graph("dbo.a -> dbo.b")

    assert _tables(graph, "dbo.a", Direction.UP) == ["dbo.a  is fed by nothing in the scan"]


def test_both_types_of_one_pair_are_one_line() -> None:
    graph = tables_graph("dbo.a -> dbo.b", kinds=("DIRECT", "INDIRECT"))

    assert _text(
        render_lineage(graph, Column(parse_name("dbo.b"), None), Direction.UP)
    ).splitlines()[1:] == ["    dbo.a  DIRECT and INDIRECT  INSERT, etl/load.sql:10"]


def test_a_computed_column_is_fed_by_the_definition_of_its_table() -> None:
    graph = lineage_of({"t.sql": "CREATE TABLE dbo.t (Qty int, Twice AS Qty * 2);"})
    assert _text(
        render_lineage(graph, Column(parse_name("dbo.t"), "Twice"), Direction.UP)
    ).splitlines() == [
        "dbo.t.Twice  is fed by",
        "    dbo.t.Qty  TRANSFORMATION  definition, t.sql:1",
    ]


def test_a_cycle_is_marked_where_it_closes() -> None:
    graph = tables_graph("dbo.a -> dbo.b", "dbo.b -> dbo.a", "dbo.a -> dbo.a")

    assert _tables(graph, "dbo.a", Direction.DOWN) == [
        "dbo.a  feeds",
        "    dbo.a  @30  (cycle)",
        "    dbo.b  @10",
        "        dbo.a  @20  (cycle)",
    ]


def test_what_was_shown_is_not_opened_again() -> None:
    graph = tables_graph(
        "dbo.a -> dbo.b", "dbo.a -> dbo.c", "dbo.b -> dbo.d", "dbo.c -> dbo.d", "dbo.d -> dbo.e"
    )

    assert _tables(graph, "dbo.a", Direction.DOWN) == [
        "dbo.a  feeds",
        "    dbo.b  @10",
        "        dbo.d  @30",
        "            dbo.e  @50",
        "    dbo.c  @20",
        "        dbo.d  @40  (shown above)",
    ]


def test_depth_ends_the_walk_and_says_that_there_is_more() -> None:
    graph = tables_graph("dbo.a -> dbo.b", "dbo.b -> dbo.c", "dbo.c -> dbo.d")

    assert _tables(graph, "dbo.a", Direction.DOWN, depth=2) == [
        "dbo.a  feeds",
        "    dbo.b  @10",
        "        dbo.c  @20  (more)",
    ]


def test_with_a_depth_a_node_that_comes_nearer_is_opened_again() -> None:
    """Below dbo.b, dbo.d stands at the walk's end, so that what it feeds was not shown there."""
    graph = tables_graph("dbo.a -> dbo.b", "dbo.a -> dbo.d", "dbo.b -> dbo.d", "dbo.d -> dbo.e")

    lines = _tables(graph, "dbo.a", Direction.DOWN, depth=2)

    assert lines[-2:] == ["    dbo.d  @20", "        dbo.e  @40"]


def test_a_chain_of_any_length_is_walked() -> None:
    graph = tables_graph(*(f"dbo.t{number} -> dbo.t{number + 1}" for number in range(1_200)))

    tree = render_lineage(graph, Column(parse_name("dbo.t0"), None), Direction.DOWN)

    depth = 0
    while tree.children:
        tree = tree.children[0]
        depth += 1
    assert depth == 1_200


class TestColumns:
    GRAPH = columns_graph(
        "stg.a.x -> dbo.b.y TRANSFORMATION",
        "dbo.b.y -> dbo.c.z IDENTITY",
        "stg.a.w -> dbo.b.y CONDITIONAL",
        "stg.a.f -> dbo.b. FILTER",
        "raw.q.* -> stg.a.* IDENTITY PARTIAL",
    )

    def test_of_a_column_are_walked_with_their_subtypes(self) -> None:
        assert _text(render_lineage(self.GRAPH, column("dbo.c.z"), Direction.UP)).splitlines() == [
            "dbo.c.z  is fed by",
            "    dbo.b.y  IDENTITY  INSERT, etl/load.sql:20",
            "        script  etl/load.sql",
            "            stg.a.w  CONDITIONAL  INSERT, line 30",
            "                raw.q.*  IDENTITY (PARTIAL)  INSERT, etl/load.sql:50",
            "            stg.a.x  TRANSFORMATION  INSERT, line 10",
            "                raw.q.*  IDENTITY (PARTIAL)  INSERT, etl/load.sql:50",
        ]

    def test_of_a_table_are_shown_one_by_one_and_its_rows_last(self) -> None:
        tree = render_lineage(
            self.GRAPH, Column(parse_name("dbo.b"), None), Direction.UP, columns=True, depth=1
        )

        assert [line.strip().split("  ")[0] for line in _text(tree).splitlines()] == [
            "dbo.b",
            "y",
            "script",
            "stg.a.w",
            "stg.a.x",
            "(which rows)",
            "stg.a.f",
        ]

    def test_that_filter_a_table_say_so_downward(self) -> None:
        tree = render_lineage(self.GRAPH, column("stg.a.f"), Direction.DOWN)

        assert _text(tree).splitlines()[1] == (
            "    dbo.b  FILTER of its rows  INSERT, etl/load.sql:40"
        )


def test_columns_that_are_known_as_a_whole_go_on_from_each_of_them() -> None:
    graph = lineage_of(
        "INSERT INTO dbo.b SELECT * FROM dbo.a;\nINSERT INTO dbo.c (z) SELECT y FROM dbo.b;"
    )
    cases = (
        (Direction.DOWN, Column(parse_name("dbo.a"), "x"), "dbo.c.z"),
        (Direction.UP, Column(parse_name("dbo.c"), "z"), "dbo.a.*"),
    )

    for direction, start, end in cases:
        assert end in _text(render_lineage(graph, start, direction))
