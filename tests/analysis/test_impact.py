"""Impact: uses directly and through views, callers, what is downstream, what could hide more."""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.expansion import expanded, tables_of
from sql_lineage_purview.analysis.impact import Impact, impact_of
from sql_lineage_purview.analysis.selection import (
    AmbiguousSelector,
    SelectedNodes,
    UnknownColumn,
    UnknownSelector,
    node_key,
    select,
)
from sql_lineage_purview.analysis.selector import SelectorError, parse_selector
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.names import parse_name
from tests.linking import lineage_of

SCRIPTS = {
    "ddl/tables.sql": """
CREATE TABLE stg.Sale (Id int, Amount money, Day_ date);
CREATE TABLE dbo.Fact (Id int, Amount money);
CREATE TABLE dbo.Total (Amount money);
CREATE TABLE dbo.[a*b] (Id int);
""",
    "views/v.sql": "CREATE VIEW dbo.V AS SELECT f.Id, f.Amount AS Money_ FROM dbo.Fact AS f",
    "views/w.sql": "CREATE VIEW dbo.W AS SELECT v.Money_ AS M FROM dbo.V AS v",
    "etl/load.sql": """CREATE PROCEDURE dbo.usp_Load AS
INSERT dbo.Fact (Id, Amount) SELECT Id, Amount FROM stg.Sale WHERE Day_ > '2026-01-01'
INSERT dbo.Total (Amount) SELECT SUM(Amount) FROM dbo.Fact""",
    "etl/night.sql": "CREATE PROCEDURE dbo.usp_Night AS EXEC dbo.usp_Load",
    "etl/run.sql": "EXEC dbo.usp_Night",
    "app/show.sql": "CREATE PROCEDURE dbo.usp_Show AS SELECT M FROM dbo.W",
    "app/count.sql": "CREATE PROCEDURE dbo.usp_Count AS SELECT Id FROM dbo.V",
}


@pytest.fixture(scope="module")
def graph() -> LineageGraph:
    return lineage_of(SCRIPTS)


def selection(graph: LineageGraph, text: str) -> SelectedNodes:
    chosen = select(graph, text)
    assert isinstance(chosen, SelectedNodes), chosen
    return chosen


def labels(graph: LineageGraph, text: str) -> list[str]:
    nodes = expanded(graph, selection(graph, text))
    return [".".join(filter(None, node_key(node))) for node in nodes]


def impact(graph: LineageGraph, text: str, depth: int | None = None) -> Impact:
    return impact_of(graph, selection(graph, text).nodes, depth)


def test_a_column_in_all_that_it_touches(graph: LineageGraph) -> None:
    answer = impact(graph, "dbo.Fact.Amount")

    assert [str(use.module) for use in answer.modules] == ["dbo.usp_Load", "dbo.V"]
    assert [(str(row.view), str(row.use.module)) for row in answer.of_views] == [
        ("dbo.V", "dbo.W"),
        ("dbo.W", "dbo.usp_Show"),
    ]
    assert [use.use.module and str(use.use.module) for use in answer.calls] == [
        "dbo.usp_Night",
        None,
    ]
    assert [f"{column.table}.{column.column}" for column in answer.columns_downstream] == [
        "dbo.Total.Amount",
        "dbo.V.Money_",
        "dbo.W.M",
    ]
    assert (answer.reads, answer.writes, bool(answer.hidden)) == (True, True, False)


def test_a_user_of_several_columns_of_a_view_is_one() -> None:
    scripts = {
        **SCRIPTS,
        "views/v.sql": "CREATE VIEW dbo.V AS SELECT Amount AS A, Amount AS B FROM dbo.Fact",
        "app/both.sql": "CREATE PROC dbo.usp_Both AS SELECT A FROM dbo.V; SELECT B FROM dbo.V",
    }
    answer = impact(lineage_of(scripts), "dbo.Fact.Amount")
    (use,) = (row.use for row in answer.of_views if str(row.use.module) == "dbo.usp_Both")

    assert use.columns == ("A", "B")


def test_a_column_of_conditions_decides_rows(graph: LineageGraph) -> None:
    answer = impact(graph, "stg.Sale.Day_")

    assert answer.columns_downstream == ()
    assert answer.rows_downstream == (parse_name("dbo.Fact"),)
    assert answer.writes is False


def test_a_depth_ends_what_is_downstream_and_no_use(graph: LineageGraph) -> None:
    answer = impact(graph, "stg.Sale.Amount", 1)

    assert answer.tables_downstream == (parse_name("dbo.Fact"),)
    assert len(answer.modules) == 1


def test_a_module_has_callers_and_what_comes_of_what_it_writes(graph: LineageGraph) -> None:
    answer = impact(graph, "dbo.usp_Load")

    assert [str(use.module) for use in answer.uses] == ["dbo.usp_Night"]
    assert [row.use.path for row in answer.calls] == ["etl/run.sql"]
    assert parse_name("dbo.V") in answer.tables_downstream


def test_several_are_one_answer(graph: LineageGraph) -> None:
    answer = impact(graph, "dbo.*")
    load = next(use for use in answer.uses if str(use.module) == "dbo.usp_Load")

    assert {"reads", "writes"} <= load.kinds
    assert len([use for use in answer.uses if str(use.module) == "dbo.usp_Load"]) == 1


def test_what_nothing_uses(graph: LineageGraph) -> None:
    answer = impact(graph, "dbo.[a*b]")

    assert not answer.is_used
    assert not answer.hidden


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dbo.Fact", ["dbo.Fact"]),
        ("usp_load", ["dbo.usp_Load"]),
        ("fact.amount", ["dbo.Fact.Amount"]),
        ("dbo.T*", ["dbo.Total"]),
        ("*.Amount", ["dbo.Fact.Amount", "dbo.Total.Amount", "stg.Sale.Amount"]),
        ("dbo.Fact.*", ["dbo.Fact.Amount", "dbo.Fact.Id"]),
        ("[a*b]", ["dbo.[a*b]"]),
        ("dbo.usp_*", ["dbo.usp_Count", "dbo.usp_Load", "dbo.usp_Night", "dbo.usp_Show"]),
        ("kind:view", ["dbo.V", "dbo.W"]),
        ("KIND:Procedure", ["dbo.usp_Count", "dbo.usp_Load", "dbo.usp_Night", "dbo.usp_Show"]),
        ("file:views/*", ["dbo.V", "dbo.W"]),
        ("file:load.sql", ["dbo.usp_Load"]),
        ("+dbo.Fact", ["dbo.Fact", "stg.Sale"]),
        ("dbo.Fact+", ["dbo.Fact", "dbo.Total", "dbo.V", "dbo.W"]),
        ("dbo.Fact+1", ["dbo.Fact", "dbo.Total", "dbo.V"]),
        ("1+dbo.W+", ["dbo.W", "dbo.V"]),
        ("2+dbo.W.M", ["dbo.W.M", "dbo.V.Money_", "dbo.Fact.Amount"]),
        ("dbo.usp_Load+1", ["dbo.usp_Load", "dbo.Fact", "dbo.Total"]),
    ],
)
def test_what_a_selector_selects(graph: LineageGraph, text: str, expected: list[str]) -> None:
    assert labels(graph, text) == expected


def test_the_tables_of_a_module_are_those_that_it_names(graph: LineageGraph) -> None:
    nodes = selection(graph, "dbo.usp_Load").nodes

    assert sorted(map(str, tables_of(graph, nodes))) == ["dbo.Fact", "dbo.Total", "stg.Sale"]


def test_an_unknown_column_lists_the_columns_of_its_table(graph: LineageGraph) -> None:
    assert select(graph, "dbo.Fact.Nope") == UnknownColumn(parse_name("dbo.Fact"), ("Id", "Amount"))


def test_an_unknown_name_has_near_ones(graph: LineageGraph) -> None:
    assert select(graph, "dbo.usp_Lod") == UnknownSelector(
        ("dbo.usp_Load", "dbo.usp_Show", "dbo.usp_Count")
    )
    assert select(graph, "none.*") == UnknownSelector(())


def test_a_name_in_two_schemas_is_not_guessed() -> None:
    graph = lineage_of("CREATE TABLE a.T (x int); CREATE TABLE b.T (x int)")

    chosen = select(graph, "T")
    assert isinstance(chosen, AmbiguousSelector)
    assert len(chosen.candidates) == 2


def test_a_name_that_is_filled_in_later_gives_way() -> None:
    graph = lineage_of("CREATE TABLE dbo.T (x int);\nGO\nSELECT x FROM [$(Db)].dbo.T")

    assert labels(graph, "dbo.T") == ["dbo.T"]
    assert [str(name) for name in impact(graph, "dbo.T").hidden.doubles] == ["$(Db).dbo.T"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names nothing"),
        ("+", "names nothing"),
        ("dbo.", "is no name"),
        ("kind:vieww", "Kinds are table, view"),
        ("file:", "names no file"),
    ],
)
def test_what_is_no_selector_is_refused(text: str, message: str) -> None:
    with pytest.raises(SelectorError, match=message):
        parse_selector(text)


def test_a_classification_needs_the_account(graph: LineageGraph) -> None:
    assert parse_selector("tag:MICROSOFT.PERSONAL.EMAIL").value == "MICROSOFT.PERSONAL.EMAIL"
    with pytest.raises(SelectorError, match="which the account knows"):
        select(graph, "tag:MICROSOFT.PERSONAL.EMAIL")
