"""The page in a real browser: searched, clicked, walked by keyboard, with hostile names."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.graph import Column, LineageGraph, Table
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import TableKind
from sql_lineage_purview.render.page.html_page import render_page

from .browser import PROGRAM, Browser
from .graphs import SAMPLE, columns_graph, statement, tables_graph
from .subjects import graph_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed")
HOSTILE = "</script><img src=x onerror=\"document.title='attacked'\"><b>"
CHAIN = columns_graph(
    "dbo.a.x -> dbo.b.y IDENTITY",
    "dbo.b.y -> dbo.c.z TRANSFORMATION INFERRED",
    "dbo.b.w -> dbo.c. FILTER",
    "dbo.d.v -> dbo.c.u AGGREGATION",
)
STAR = tables_graph(*(f"dbo.s{number} -> dbo.hub" for number in range(40)))


def with_table_edges(graph: LineageGraph) -> LineageGraph:
    pairs = sorted({f"{edge.source.table} -> {edge.target.table}" for edge in graph.column_lineage})
    return dataclasses.replace(graph, table_lineage=tables_graph(*pairs).table_lineage)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """Opens the page of a graph; at the end of the test nothing has failed or been fetched."""

    def show(graph: LineageGraph, address: str = "") -> Browser:
        path = tmp_path / "page.html"
        path.write_text(render_page(graph), encoding="utf-8")
        browser.open(path)
        if address:
            visit(browser, address)
        return browser

    yield show
    assert not browser.errors
    assert all(url.startswith(("file://", "about:")) for url in browser.requests)


def visit(browser: Browser, address: str) -> None:
    browser.ask(f"location.hash = {address!r}")
    # the event of the address comes later than this answer
    browser.wait("document.title !== 'Lineage'")


def boxes(browser: Browser) -> list[str]:
    titles = "[...document.querySelectorAll('.box .title')].map(e => e.textContent)"
    return sorted(browser.ask(titles))


def columns_of_table(browser: Browser) -> list[str]:
    links = "[...document.querySelectorAll('main td:first-child a')].map(e => e.textContent)"
    columns: list[str] = browser.ask(links)
    return columns


def test_it_opens_at_an_overview(show: Callable[..., Browser]) -> None:
    browser = show(SAMPLE)

    assert "3 tables" in browser.text(".facts")
    assert "1 gap" in browser.text(".warning")
    assert boxes(browser) == ["Sales", "[Fact Sales]", "landing/sales.csv"]


def test_a_search_goes_to_a_column_by_keyboard(show: Callable[..., Browser]) -> None:
    browser = show(with_table_edges(CHAIN))
    browser.press("/")
    browser.type("dbo.b")
    results = "[...document.querySelectorAll('#results [role=option] span')].map(e => e.innerText)"
    assert browser.ask(results) == ["dbo.b", "dbo.b.w", "dbo.b.y"]
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.wait("document.querySelector('h1').textContent.startsWith('dbo.b · y')")


def test_a_search_without_a_result_says_so(show: Callable[..., Browser]) -> None:
    browser = show(SAMPLE)
    browser.press("/")
    browser.type("frobnicate")

    assert "nothing in this scan is called so" in browser.text("#results")


def test_the_path_of_a_column_is_lit_on_a_click(show: Callable[..., Browser]) -> None:
    browser = show(with_table_edges(CHAIN), "#table/dbo.b")
    [y] = [n for n, text in enumerate(columns_of_table(browser)) if text == "y"]
    browser.click("main td:first-child a", y)
    browser.wait("document.querySelector('.row.lit')")

    assert browser.text("h1").startswith("dbo.b · y")
    assert boxes(browser) == ["a", "b", "c"]
    rows = "[...document.querySelectorAll('.row text')].map(e => e.textContent).sort()"
    assert browser.ask(rows) == ["x", "y", "z"]
    assert browser.ask("document.querySelectorAll('.arrow.path').length") == 2
    assert "1 column of 1 table upstream" in browser.text(".facts")
    assert "etl/load.sql:10" in browser.text()


def test_a_table_has_its_impact_its_columns_and_its_sources(show: Callable[..., Browser]) -> None:
    facts = show(with_table_edges(CHAIN), "#table/dbo.b").text(".facts")

    assert "1 table upstream, 1 column" in facts
    assert "1 table downstream, 1 column" in facts


def test_what_only_stands_on_the_way_writes_nothing(show: Callable[..., Browser]) -> None:
    """A function hands a value on; a synonym is another name of what is written."""
    a, b = parse_name("dbo.a"), parse_name("dbo.b")
    names = [parse_name(f"dbo.{name}") for name in ("usp_Load", "ufn_Value", "usp_Synonym")]
    modules = tuple(
        replace(SAMPLE.modules[0], name=name, line=line, end_line=line, reads=(), writes=())
        for line, name in enumerate(names, 1)
    )
    ends = [((a,), (b,)), ((), ()), ((a,), (parse_name("dbo.synonym"),))]
    rows = tuple(
        replace(statement(line), line=line, module=name, reads=reads, writes=writes)
        for line, (name, (reads, writes)) in enumerate(zip(names, ends, strict=True), 1)
    )
    graph = tables_graph("dbo.a -> dbo.b", "dbo.a -> dbo.c")
    first, second = graph.table_lineage
    flows = (
        replace(first, statements=(rows[1].id, rows[0].id)),
        replace(second, statements=(rows[2].id,)),
    )
    edges = dataclasses.replace(graph, modules=modules, statements=rows, table_lineage=flows)

    uses = "[...document.querySelectorAll('section:nth-of-type(2) tr')].map(e => e.innerText)"
    browser = show(edges, "#table/dbo.b")
    assert "1 module writing" in browser.text(".facts")
    assert [row for row in browser.ask(uses) if "ufn_Value" in row] == []
    visit(browser, "#table/dbo.c")
    browser.wait("document.querySelector('h1').textContent.startsWith('dbo.c')")
    assert "writes by another name" in "".join(browser.ask(uses))


def test_a_module_that_carries_a_flow_uses_the_column(show: Callable[..., Browser]) -> None:
    """Its list of columns leaves out what strings refer to."""
    graph = with_table_edges(CHAIN)
    module = replace(SAMPLE.modules[0], columns=(), end_line=60)
    rows = tuple(replace(row, module=module.name) for row in graph.statements)
    browser = show(dataclasses.replace(graph, modules=(module,), statements=rows), "#table/dbo.b/1")

    assert "1 module using it" in browser.text(".facts")


def test_a_filter_hides_flows_and_says_so(show: Callable[..., Browser]) -> None:
    browser = show(with_table_edges(CHAIN), "#table/dbo.b")
    browser.click(".filters summary")
    browser.wait("document.querySelector('.filters').open")
    # INFERRED
    browser.click(".filters fieldset:nth-of-type(2) label", 2)
    browser.click(".filters fieldset:nth-of-type(1) label", 6)
    browser.wait("document.querySelectorAll('main .box').length === 2")
    assert boxes(browser) == ["a", "b"]
    assert "some flows are hidden" in browser.text(".filters summary")


def test_a_neighbourhood_is_limited_and_grows_on_demand(show: Callable[..., Browser]) -> None:
    browser = show(STAR, "#table/dbo.hub")
    assert len(boxes(browser)) == 13
    assert browser.ask("document.querySelector('.more text').textContent") == "+28"
    browser.click(".more")
    browser.wait("document.querySelectorAll('.box').length === 25")
    assert "40 tables upstream" in browser.text(".facts")


def test_boxes_are_walked_by_arrow_keys(show: Callable[..., Browser]) -> None:
    browser = show(with_table_edges(CHAIN), "#table/dbo.b")
    browser.ask("document.querySelector('.focus .head').focus()")
    browser.press("ArrowRight")
    browser.press("Enter")
    browser.wait("document.querySelector('h1').textContent.startsWith('dbo.c')")
    browser.press("o")
    browser.wait("document.querySelector('h1').textContent === 'Lineage'")


def test_a_click_on_an_arrow_shows_what_carries_it(show: Callable[..., Browser]) -> None:
    copy, merge = SAMPLE.statements
    merges = replace(merge, writes=(parse_name("dbo.v"),), reached=(SAMPLE.tables[0].name,))
    browser = show(dataclasses.replace(SAMPLE, statements=(copy, merges)))
    browser.ask("document.querySelector('.arrow[aria-label^=\"stg.Sales\"]').focus()")
    browser.press("Enter")
    browser.wait("!document.getElementById('details').hidden")

    panel = browser.text("#details")
    assert "dbo.usp_Load" in panel
    assert "etl/load.sql:12" in panel
    assert panel.index("MERGE in dbo.usp_Load") < panel.index("COPY_INTO")
    assert "AGGREGATION, EXACT" in panel
    assert "FILTER, EXPANDED" in panel
    browser.press("Escape")
    browser.wait("document.getElementById('details').hidden")


def test_a_module_has_its_tables_statements_and_gaps(show: Callable[..., Browser]) -> None:
    browser = show(SAMPLE, "#module/dbo.usp_Load")

    text = browser.text()
    assert "etl/load.sql:1\u201320" in text
    assert "no statement begins with 'FROB'" in text
    assert "MERGE" in text
    assert boxes(browser) == ["Sales", "[Fact Sales]", "usp_Load"]


def test_gaps_stand_where_they_are(show: Callable[..., Browser]) -> None:
    browser = show(SAMPLE, "#table/stg.Sales")

    assert browser.ask("document.querySelectorAll('.focus .mark.gap').length") == 1
    assert "1 gap in the modules on the way could hide more" in browser.text(".warning")
    visit(browser, "#gaps")
    browser.wait("document.querySelector('h1').textContent === 'Gaps'")
    assert "etl/load.sql:19" in browser.text()


def test_a_name_that_is_an_attack_is_text(show: Callable[..., Browser]) -> None:
    graph = graph_of(HOSTILE)
    finding = Diagnostic("SLP101", HOSTILE, Span(1, 1, 1, 2), f"etl/{HOSTILE}.sql")
    browser = show(dataclasses.replace(graph, diagnostics=(finding,)))
    seen = [browser.text()]
    browser.press("/")
    browser.type("onerror")
    browser.press("Enter")
    browser.wait("document.title !== 'Lineage'")
    seen.append(browser.text())
    visit(browser, "#gaps")
    browser.wait("document.querySelector('h1').textContent === 'Gaps'")
    seen.append(browser.text())

    assert all(HOSTILE in text for text in seen)
    assert not browser.ask("document.querySelectorAll('img, b:not(.gapsign):empty').length")
    assert browser.ask("document.title") != "attacked"


def test_an_address_of_nothing_says_so(show: Callable[..., Browser]) -> None:
    browser = show(SAMPLE, "#table/dbo.Gone")

    assert "dbo.Gone is not in this scan" in browser.text()


def test_an_empty_scan_is_a_page_too(show: Callable[..., Browser]) -> None:
    assert "Nothing flows between tables" in show(LineageGraph()).text()


def test_a_cycle_and_a_flow_into_itself_are_drawn(show: Callable[..., Browser]) -> None:
    browser = show(tables_graph("dbo.a -> dbo.b", "dbo.b -> dbo.a", "dbo.a -> dbo.a"))

    assert browser.ask("document.querySelectorAll('.arrows .arrow').length") == 2
    assert browser.ask("document.querySelectorAll('.mark.loop').length") == 1


def test_it_is_dark_where_people_want_it(show: Callable[..., Browser]) -> None:
    browser = show(SAMPLE)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = browser.ask(colour)
    browser.media("dark")
    dark = browser.ask(colour)
    browser.media("light", "print")
    hidden = browser.ask("getComputedStyle(document.getElementById('bar')).display")
    browser.media()

    assert (light, dark, hidden) == ("rgb(255, 255, 255)", "rgb(20, 23, 28)", "none")


def test_two_thousand_tables_open_at_schemas(show: Callable[..., Browser]) -> None:
    names = [Name(("Dw", f"schema{number % 9}", f"t{number}")) for number in range(2000)]
    flows = tables_graph(*(f"{a} -> {b}" for a, b in pairwise(names)))
    columns = tuple(f"c{number}" for number in range(10))
    graph = dataclasses.replace(
        flows,
        tables=tuple(Table(name, TableKind.TABLE, columns, None) for name in names),
        column_lineage=tuple(
            replace(CHAIN.column_lineage[0], source=Column(a, column), target=Column(b, column))
            for a, b in pairwise(names)
            for column in columns
        ),
    )
    browser = show(graph)

    assert len(boxes(browser)) == 9
    # what is drawn and listed does not grow with the scan
    assert browser.ask("document.querySelectorAll('*').length") < 1500
    visit(browser, "#table/Dw.schema1.t1000")
    assert "1,000 tables upstream" in browser.text(".facts")
    assert len(boxes(browser)) == 3


def test_a_table_in_no_script_says_so(show: Callable[..., Browser]) -> None:
    graph = LineageGraph(tables=(Table(parse_name("dbo.t"), TableKind.UNKNOWN, None, None),))

    text = show(graph, "#table/dbo.t").text()
    assert "no script of the scan defines it" in text
    assert "Its columns are not known." in text
