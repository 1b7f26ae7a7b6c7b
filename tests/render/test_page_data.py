"""The data of a page: all of the lineage is in it, no SQL is, and no name is markup."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from typing import Any

import pytest
from msgspec.structs import replace

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.graph import (
    Column,
    Declaration,
    LineageGraph,
    Module,
    Statement,
    Table,
)
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind, StatementKind, TableKind
from sql_lineage_purview.render.page.html_page import render_page
from sql_lineage_purview.render.page.page_data import page_data

from .graphs import SAMPLE, columns_graph, statement, tables_graph
from .subjects import graph_of

HOSTILE = "</script><img src=x onerror=alert(1)><!-- & \u2028 \u202e"


def embedded_data(page: str) -> Any:
    [text] = re.findall(r'<script type="application/json" id="lineage">(.*?)</script>', page)
    return json.loads(text)


def column_of(data: Any, number: int) -> tuple[str, str | None]:
    """The table and column of a number, as the script counts."""
    for name, node in zip(data["names"], data["nodes"], strict=False):
        columns = [None, *node[6]]
        if number < len(columns):
            return name, columns[number]
        number -= len(columns)
    raise AssertionError(number)


def test_each_edge_is_there_with_its_ends_its_kind_and_its_statements() -> None:
    data = page_data(SAMPLE)
    words = data["words"]
    numbers = iter(data["columnEdges"])
    rows = list(zip(numbers, numbers, numbers, numbers, strict=True))

    assert [(column_of(data, source), column_of(data, target)) for source, target, *_ in rows] == [
        (
            (str(edge.source.table), edge.source.column),
            (str(edge.target.table), edge.target.column),
        )
        for edge in SAMPLE.column_lineage
    ]
    certainties = words["certainties"]
    assert [
        (words["subtypes"][how // len(certainties)], certainties[how % len(certainties)])
        for _, _, how, _ in rows
    ] == [(edge.subtype, edge.certainty) for edge in SAMPLE.column_lineage]
    assert [
        (data["names"][source], data["names"][target], words["types"][kind])
        for source, target, kind, _ in data["tableEdges"]
    ] == [(str(row.source), str(row.target), row.type) for row in SAMPLE.table_lineage]
    carriers = [[*data["carriers"][row[3]]] for row in data["tableEdges"]]
    assert [[data["statements"][number][1] for number in row] for row in carriers] == [[2], [12, 2]]


def test_a_gap_stands_in_its_module_or_between_modules() -> None:
    between = Diagnostic("SLP101", "no statement", Span(21, 1, 21, 2), "etl/load.sql")
    rows = page_data(dataclasses.replace(SAMPLE, diagnostics=(*SAMPLE.diagnostics, between)))[
        "diagnostics"
    ]

    assert [(row[2], row[5], row[6]) for row in rows] == [("syntax", 19, 0), ("syntax", 21, -1)]


def test_a_table_is_one_node_however_a_statement_spells_it() -> None:
    graph = tables_graph("dbo.A -> dbo.B")
    spelled = replace(statement(1), reads=(parse_name("DBO.a"),), writes=(parse_name("dbo.[b]"),))
    data = page_data(dataclasses.replace(graph, statements=(spelled,)))

    assert data["names"] == ["dbo.A", "dbo.B"]
    assert data["statements"][0][5:7] == [[0], [1]]


def test_a_column_that_no_definition_tells_is_there_behind_those_that_are() -> None:
    graph = columns_graph("dbo.a.x -> dbo.b.y IDENTITY", "dbo.a.* -> dbo.b. FILTER PARTIAL")
    known = Table(parse_name("dbo.a"), TableKind.TABLE, ("k", "x"), None)
    [a, b] = page_data(dataclasses.replace(graph, tables=(known, graph.tables[1])))["nodes"]

    assert a[5:] == [2, ["k", "x", "*"]]
    assert b[5:] == [-1, ["y"]]


def test_statements_that_fill_a_table_with_constants_are_one_row_with_their_number() -> None:
    def insert(number: int) -> Statement:
        return replace(statement(number, line=number), writes=(parse_name("dbo.t"),))

    graph = tables_graph("dbo.s -> dbo.t")
    rows = page_data(dataclasses.replace(graph, statements=tuple(map(insert, range(1, 6)))))[
        "statements"
    ]

    # the first carries the edge
    assert [(row[1], row[2], row[9]) for row in rows] == [(1, 2, 1), (2, 6, 4)]


def test_modules_have_their_columns_and_whom_they_call() -> None:
    called = parse_name("dbo.usp_Log")
    module = replace(SAMPLE.modules[0], calls=(called,))
    log = Module(called, ModuleKind.PROCEDURE, "log.sql", 1, 2, (), (), (), ())
    data = page_data(dataclasses.replace(SAMPLE, modules=(module, log)))
    first, second = data["modules"]

    assert [column_of(data, number) for number in first[8]] == [("stg.Sales", "Amount")]
    assert first[7] == [second[0]]


def test_a_statement_is_part_of_the_module_that_it_names() -> None:
    """A string of usp_Load may define a trigger: the lines of its statements are those of both."""
    trigger = replace(SAMPLE.modules[0], name=parse_name("dbo.tr"), line=5, end_line=5)
    fires = replace(statement(9, line=5), module=trigger.name)
    graph = dataclasses.replace(
        SAMPLE, modules=(*SAMPLE.modules, trigger), statements=(*SAMPLE.statements, fires)
    )

    assert [row[4] for row in page_data(graph)["statements"]] == [-1, 0, 1]


def test_what_people_declare_is_there() -> None:
    source, target = parse_name("dbo.s"), parse_name("dbo.t")
    row = Declaration(target, source, (("a", "b"),), "load.sql", 7)
    data = page_data(LineageGraph(declared=(row,)))
    [[first, second, [[a, b]], path, line, stale]] = data["declared"]

    assert (data["names"][first], data["names"][second]) == ("dbo.s", "dbo.t")
    assert (column_of(data, a), column_of(data, b)) == (("dbo.s", "a"), ("dbo.t", "b"))
    assert (data["paths"][path], line, stale) == ("load.sql", 7, "")


def test_no_text_of_a_statement_is_on_the_page() -> None:
    shown = Diagnostic("SLP101", "no", Span(1, 1, 1, 2), "a.sql", statement="FROB THE_TEXT")

    assert "THE_TEXT" not in render_page(dataclasses.replace(SAMPLE, diagnostics=(shown,)))


def test_a_name_is_never_markup() -> None:
    page = render_page(graph_of(HOSTILE))

    assert page.lower().count("</script") == render_page(SAMPLE).lower().count("</script") == 2
    assert "<img" not in page
    assert "<!-- &" not in page
    assert "\u2028" not in page
    assert "\u202e" not in page
    shown = HOSTILE.replace("\u2028", r"\u2028").replace("\u202e", r"\u202e")
    assert embedded_data(page)["names"][1] == f"dbo.[{shown}]"


@pytest.mark.parametrize("graph", [SAMPLE, LineageGraph()], ids=["sample", "empty"])
def test_the_policy_allows_this_script_and_this_style_alone(graph: LineageGraph) -> None:
    page = render_page(graph)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        [text] = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_the_script_makes_no_markup_of_text() -> None:
    page = render_page(SAMPLE)

    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in page
    assert set(re.findall(r"https?://[^\s\"'`]+", page)) <= {
        "http://www.w3.org/2000/svg",
        str(SAMPLE.tables[1].name),
    }


def test_equal_graphs_have_equal_pages() -> None:
    assert render_page(SAMPLE) == render_page(dataclasses.replace(SAMPLE))


def test_a_large_lineage_is_a_few_bytes_for_each_edge() -> None:
    sources = [Name(("Staging", "load", f"CustomerOrder{number}")) for number in range(100)]
    edges = columns_graph("dbo.s.a -> dbo.t.a IDENTITY").column_lineage
    rows = tuple(
        replace(edges[0], source=Column(source, f"c{column}"), target=Column(sources[0], "x"))
        for source in sources[1:]
        for column in range(20)
    )
    tables = tuple(
        Table(name, TableKind.TABLE, tuple(f"c{n}" for n in range(20)), None) for name in sources
    )
    graph = LineageGraph(tables=tables, column_lineage=rows)

    assert len(render_page(graph)) - len(render_page(LineageGraph(tables=tables))) < 25 * len(rows)


def test_each_kind_of_statement_has_its_word() -> None:
    assert page_data(SAMPLE)["words"]["statements"] == list(StatementKind)
