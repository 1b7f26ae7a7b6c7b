"""Selectors: what a person types, and the one node that it means."""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.selection import (
    AmbiguousSelector,
    Node,
    SelectedNodes,
    UnknownSelector,
    select,
)
from sql_lineage_purview.model.graph import Column, LineageGraph, Table
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import TableKind

FILE = Name(("https://acct.dfs.core.windows.net/landing/sales.csv",), address=True)


def _table(name: str | Name, *columns: str) -> Table:
    return Table(
        parse_name(name) if isinstance(name, str) else name, TableKind.TABLE, columns or None, None
    )


GRAPH = LineageGraph(
    tables=(
        _table("Dw.dbo.FactSales", "Amount", "Day Key"),
        _table("stg.Sales", "Amount"),
        _table("dbo.Sales", "amount"),
        _table("dbo.[Stock Item]", "Name"),
        _table("dbo.[a.b]"),
        _table(FILE, "Id"),
    )
)


def node_of(graph: LineageGraph, selector: str) -> Node:
    selection = select(graph, selector)
    assert isinstance(selection, SelectedNodes), selection
    (node,) = selection.nodes
    return node


@pytest.mark.parametrize(
    ("selector", "table", "column"),
    [
        ("Dw.dbo.FactSales", "Dw.dbo.FactSales", None),
        ("factsales", "Dw.dbo.FactSales", None),
        ("DBO.FACTSALES", "Dw.dbo.FactSales", None),
        ("stg.Sales", "stg.Sales", None),
        ("FactSales.amount", "Dw.dbo.FactSales", "Amount"),
        ("dbo.FactSales.[day key]", "Dw.dbo.FactSales", "Day Key"),
        ("stg.sales.Amount", "stg.Sales", "Amount"),
        ("[stock item]", "dbo.[Stock Item]", None),
        ('dbo."a.b"', "dbo.[a.b]", None),
    ],
)
def test_a_name_finds_its_node(selector: str, table: str, column: str | None) -> None:
    assert node_of(GRAPH, selector) == Column(parse_name(table), column)


@pytest.mark.parametrize(
    ("selector", "column"),
    [
        ("https://acct.dfs.core.windows.net/landing/sales.csv", None),
        ("landing/Sales.csv", None),
        ("sales.csv", None),
        ("landing/sales.csv#id", "Id"),
    ],
)
def test_the_end_of_an_address_finds_the_file(selector: str, column: str | None) -> None:
    assert node_of(GRAPH, selector) == Column(FILE, column)


def test_a_name_that_fits_several_gives_all_of_them() -> None:
    assert select(GRAPH, "Sales") == AmbiguousSelector(
        (Column(parse_name("dbo.Sales"), None), Column(parse_name("stg.Sales"), None))
    )


def test_a_name_that_fits_none_gives_what_looks_alike() -> None:
    assert select(GRAPH, "dbo.FactSale") == UnknownSelector(("Dw.dbo.FactSales", "dbo.Sales"))


def test_of_two_spellings_the_very_one_is_meant() -> None:
    graph = LineageGraph(tables=(_table("dbo.t"), _table("dbo.T")))

    assert node_of(graph, "dbo.T") == Column(parse_name("dbo.T"), None)


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="is no name"):
        select(GRAPH, "dbo.")
