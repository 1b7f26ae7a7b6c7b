"""Classified data is followed to every column that it reaches.

The walk is tried by itself, and with classifications of an account.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.emulator import AssetColumn, Emulator, SeedAsset, seed
from sql_lineage_purview.model.graph import Column, ColumnEdge, Declaration, LineageGraph
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import Certainty, Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    LocalTransport,
    PurviewTarget,
    connect,
)
from sql_lineage_purview.purview.checking.classification_trace import Trace, trace
from sql_lineage_purview.purview.checking.reach import reached_from

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "mssql://s.database.windows.net/Dw"
FILE = "https://lake.dfs.core.windows.net/raw/people.csv"
EMAIL = "MICROSOFT.PERSONAL.EMAIL"


def column(text: str) -> Column:
    table, _, name = text.rpartition(".")
    return Column(parse_name(table), name)


def graph(*edges: tuple[str, str], subtype: Subtype = Subtype.IDENTITY) -> LineageGraph:
    rows = (
        ColumnEdge(column(start), column(end), subtype, Certainty.EXACT, ()) for start, end in edges
    )
    return LineageGraph(column_lineage=tuple(rows))


def reached(graph: LineageGraph, *origins: str) -> dict[str, bool]:
    """The columns that are reached, each with whether for certain."""
    rows = reached_from(graph, map(column, origins))
    return {f"{row.column.table}.{row.column.column}": row.certain for row in rows}


class TestReach:
    def test_values_are_followed_over_several_steps_by_the_shortest_path(self) -> None:
        lineage = graph(
            ("a.x", "b.x"), ("b.x", "c.x"), ("c.x", "d.x"), ("b.x", "d.x"), ("a.y", "b.y")
        )

        [*_, last] = reached_from(lineage, [column("a.x")])

        assert reached(lineage, "a.x") == {"b.x": True, "c.x": True, "d.x": True}
        assert last.column in (column("c.x"), column("d.x"))
        ways = {
            row.column: [edge.source for edge in row.path]
            for row in reached_from(lineage, [column("a.x")])
        }
        assert ways[column("d.x")] == [column("a.x"), column("b.x")]

    def test_a_cycle_ends(self) -> None:
        assert reached(graph(("a.x", "b.x"), ("b.x", "a.x")), "a.x") == {"b.x": True}

    @pytest.mark.parametrize(
        "subtype",
        [Subtype.FILTER, Subtype.JOIN, Subtype.CONDITIONAL, Subtype.GROUP_BY, Subtype.SORT],
    )
    def test_what_only_decides_shows_no_value(self, subtype: Subtype) -> None:
        assert reached(graph(("a.x", "b.x"), subtype=subtype), "a.x") == {}

    @pytest.mark.parametrize(
        ("edges", "origin", "expected"),
        [
            ([("a.*", "b.*"), ("b.y", "c.y")], "a.x", {"b.*": False, "c.y": False}),
            ([("a.x", "b.*"), ("b.*", "c.y")], "a.x", {"b.*": False, "c.y": False}),
            ([("a.x", "b.x"), ("a.y", "b.y")], "a.*", {"b.x": False, "b.y": False}),
            ([("a.*", "c.z"), ("a.x", "b.x"), ("b.x", "c.z")], "a.x", {"b.x": True, "c.z": True}),
        ],
    )
    def test_columns_that_are_not_known_make_it_uncertain(
        self, edges: list[tuple[str, str]], origin: str, expected: dict[str, bool]
    ) -> None:
        assert reached(graph(*edges), origin) == expected

    def test_a_partial_edge_is_not_certain(self) -> None:
        edge = ColumnEdge(column("a.x"), column("b.x"), Subtype.IDENTITY, Certainty.PARTIAL, ())

        assert reached(LineageGraph(column_lineage=(edge,)), "a.x") == {"b.x": False}


COLUMNS = st.builds(
    Column, st.sampled_from([Name((name,)) for name in "abcd"]), st.sampled_from(["x", "y", "*"])
)
EDGES = st.builds(
    ColumnEdge,
    COLUMNS,
    COLUMNS,
    st.sampled_from([Subtype.IDENTITY, Subtype.JOIN]),
    st.sampled_from(Certainty),
    st.just(()),
)


@given(st.lists(EDGES, max_size=12), st.lists(COLUMNS, min_size=1, max_size=2))
def test_each_path_is_a_chain_from_an_origin_and_more_edges_reach_no_less(
    edges: list[ColumnEdge], origins: list[Column]
) -> None:
    rows = reached_from(LineageGraph(column_lineage=tuple(edges)), origins)

    for row in rows:
        assert row.origin in origins
        assert row.path[0].source.table == row.origin.table
        assert row.path[-1].target == row.column
        assert all(
            step.target.table == next_.source.table
            for step, next_ in zip(row.path, row.path[1:], strict=False)
        )
        assert not row.certain or all(
            "*" not in (edge.source.column, edge.target.column) for edge in row.path
        )
    fewer = reached_from(LineageGraph(column_lineage=tuple(edges[1:])), origins)
    assert {row.column for row in fewer} <= {row.column for row in rows}


class Account:
    """An emulator with assets, some of which bear a classification."""

    def __init__(self, emulator: Emulator, databases: DatabaseMap, lineage: LineageGraph) -> None:
        self.emulator = emulator
        self.client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        self.databases = databases
        self.lineage = lineage

    def classify(self, type_name: str, qualified_name: str) -> None:
        [entity] = self.client.get_entities(type_name, [qualified_name]).entities
        self.client.classify(EMAIL, [entity["guid"]])

    def trace(self) -> Trace:
        return trace(
            self.lineage, CatalogueResolver(self.client, self.databases), self.client, EMAIL
        )


def table(name: str, *columns: str) -> SeedAsset:
    return SeedAsset(
        "azure_sql_table",
        f"{ROOT}/dbo/{name}",
        columns=tuple(AssetColumn(column, "int") for column in columns),
    )


@pytest.fixture
def account(databases: DatabaseMap, graph_text: Any) -> Iterator[Account]:
    text = graph_text()
    for name in ("dbo.Raw", "dbo.Clean", "dbo.Mart", FILE):
        text.table(name)
    text.edge(
        "dbo.Raw",
        "dbo.Clean",
        ("Mail", "EMail", Subtype.TRANSFORMATION),
        ("Id", "Id", Subtype.IDENTITY),
    )
    text.edge("dbo.Clean", "dbo.Mart", ("EMail", "Contact", Subtype.IDENTITY), line=4)
    text.edge("dbo.Clean", "dbo.Nowhere", ("EMail", "EMail", Subtype.IDENTITY), line=6)
    text.edge(FILE, "dbo.Mart", ("mail", "Other", Subtype.IDENTITY), line=9)
    with Emulator(":memory:") as emulator:
        tables = [
            table("RAW", "MAIL", "ID"),
            table("Clean", "Email", "Id"),
            table("Mart", "Contact", "Other"),
            table("Far", "Mail"),
        ]
        seed(
            emulator,
            [
                *tables,
                SeedAsset(
                    "azure_datalake_gen2_path", FILE, columns=(AssetColumn("mail", "string"),)
                ),
            ],
        )
        yield Account(emulator, databases, text.graph())


def test_a_classified_column_is_followed_and_matched_in_any_case(account: Account) -> None:
    account.classify("azure_sql_column", f"{ROOT}/dbo/RAW#MAIL")
    account.classify("azure_sql_column", f"{ROOT}/dbo/Clean#Email")
    account.classify("azure_sql_column", f"{ROOT}/dbo/Far#Mail")

    traced = account.trace()

    assert set(traced.origins) == {column("dbo.Raw.Mail"), column("dbo.Clean.EMail")}
    assert {row.reached.column for row in traced.columns} == {
        column("dbo.Mart.Contact"),
        column("dbo.Nowhere.EMail"),
    }
    assert [row.entity.name for row in traced.proposed if row.entity] == ["Contact"]
    assert traced.other_entities == 1


def test_a_column_that_only_a_declaration_names_is_followed_in_any_case(account: Account) -> None:
    declaration = Declaration(
        parse_name("dbo.Out"), parse_name("dbo.Raw"), (("iD", "Key"),), "load.sql", 3
    )
    account.lineage = replace(account.lineage, column_lineage=(), declared=(declaration,))
    account.classify("azure_sql_column", f"{ROOT}/dbo/RAW#ID")

    assert [row.reached.column for row in account.trace().columns] == [column("dbo.Out.Key")]


def test_what_is_reached_shows_whether_it_bears_it(account: Account) -> None:
    account.classify("azure_sql_column", f"{ROOT}/dbo/RAW#MAIL")

    before = account.trace()
    account.client.classify(EMAIL, [row.entity.guid for row in before.proposed if row.entity])
    after = account.trace()

    assert [row.reached.column for row in before.proposed] == [
        column("dbo.Clean.EMail"),
        column("dbo.Mart.Contact"),
    ]
    assert after.proposed == ()
    assert set(after.origins) == {
        column("dbo.Raw.Mail"),
        column("dbo.Clean.EMail"),
        column("dbo.Mart.Contact"),
    }


def test_a_table_that_bears_it_as_a_whole_makes_no_proposal(account: Account) -> None:
    account.classify("azure_sql_table", f"{ROOT}/dbo/RAW")

    traced = account.trace()

    assert traced.origins == (column("dbo.Raw.*"),)
    assert column("dbo.Clean.Id") in {row.reached.column for row in traced.columns}
    assert traced.proposed == ()


def test_columns_of_files_count(account: Account) -> None:
    [entity] = account.client.get_entities("azure_datalake_gen2_path", [FILE]).entities
    schema = account.client.get_entity(entity["relationshipAttributes"]["tabular_schema"]["guid"])
    account.client.classify(
        EMAIL, [schema.entities[0]["relationshipAttributes"]["columns"][0]["guid"]]
    )

    traced = account.trace()

    assert [row.reached.column for row in traced.proposed] == [column("dbo.Mart.Other")]
    assert traced.other_entities == 0


def test_an_index_that_lags_behind_hides_nothing(account: Account) -> None:
    account.classify("azure_sql_column", f"{ROOT}/dbo/RAW#MAIL")

    class Lagging:
        def send(self, method: str, url: str, headers: Any, body: bytes) -> Any:
            answer = LocalTransport(account.emulator).send(method, url, headers, body)
            if b'"classification"' not in body:
                return answer
            empty = json.dumps({"value": [], "@search.count": 0}).encode()
            return type(answer)(200, {}, empty)

    client = connect(PurviewTarget("emulator"), Lagging())
    traced = trace(account.lineage, CatalogueResolver(client, account.databases), client, EMAIL)

    assert traced.origins == (column("dbo.Raw.Mail"),)


def test_nothing_bears_it(account: Account) -> None:
    assert account.trace() == Trace(EMAIL, (), ())


class Counting:
    """The line to an emulator, which counts requests."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = LocalTransport(emulator)
        self.requests = 0

    def send(self, method: str, url: str, headers: Any, body: bytes) -> Any:
        self.requests += 1
        return self._inner.send(method, url, headers, body)


class TestLargeAccounts:
    def lineage(self, text: Any, number: int) -> LineageGraph:
        """A load from each of some files and a table."""
        text.table("dbo.Raw").table("dbo.Clean")
        for place in range(number):
            text.table(f"{FILE[:-4]}{place}.csv")
            text.edge(
                f"{FILE[:-4]}{place}.csv",
                "dbo.Raw",
                ("mail", "Mail", Subtype.IDENTITY),
                line=place + 1,
            )
        text.edge(
            "dbo.Raw",
            "dbo.Clean",
            ("Mail", "EMail", Subtype.IDENTITY),
            module="dbo.usp_Clean",
            line=900,
        )
        return text.graph()

    def traced(
        self, databases: DatabaseMap, lineage: LineageGraph, others: int, files: int = 0
    ) -> tuple[Trace, int]:
        """A trace of a table's classified column, and the requests that it takes.

        Beside it there are other tables with such columns.
        """
        with Emulator(":memory:") as emulator:
            mail = AssetColumn("Mail", "int", classifications=(EMAIL,))
            tables = [
                SeedAsset("azure_sql_table", f"{ROOT}/other/T{number}", columns=(mail,))
                for number in range(others)
            ]
            lake = [
                SeedAsset(
                    "azure_datalake_gen2_path",
                    f"{FILE[:-4]}{number}.csv",
                    columns=(AssetColumn("mail", "string"),),
                )
                for number in range(files)
            ]
            raw = SeedAsset("azure_sql_table", f"{ROOT}/dbo/Raw", columns=(mail,))
            seed(emulator, [*tables, *lake, raw, table("Clean", "Email")])
            line = Counting(emulator)
            client = connect(PurviewTarget("emulator"), line)
            return trace(
                lineage, CatalogueResolver(client, databases), client, EMAIL
            ), line.requests

    def test_what_bears_it_elsewhere_costs_no_more_than_a_page(
        self, databases: DatabaseMap, graph_text: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sql_lineage_purview.purview.checking.classified._FEW", 10)
        lineage = self.lineage(graph_text(), 0)

        few, fewer_requests = self.traced(databases, lineage, 5)
        many, requests = self.traced(databases, lineage, 40)

        assert (few.other_entities, few.more_entities) == (5, False)
        assert (many.more_entities, many.unsearched) == (True, ())
        assert 9 <= many.other_entities <= 10
        assert (many.origins, many.columns[0].entity is None) == (
            few.origins,
            few.columns[0].entity is None,
        )
        assert requests == fewer_requests + 1

    def test_more_in_one_schema_than_can_be_looked_at_is_said(
        self, databases: DatabaseMap, graph_text: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sql_lineage_purview.purview.checking.classified._FEW", 1)
        monkeypatch.setattr("sql_lineage_purview.purview.checking.classified.MOST_HITS", 1)

        traced_lineage, _ = self.traced(databases, self.lineage(graph_text(), 0), 5)

        assert traced_lineage.unsearched == (f"{ROOT}/dbo/",)
        assert traced_lineage.origins == (column("dbo.Raw.Mail"),)

    def test_the_columns_of_many_files_are_read_in_few_requests(
        self, databases: DatabaseMap, graph_text: Any
    ) -> None:
        traced_lineage, requests = self.traced(
            databases, self.lineage(graph_text(), 60), 0, files=60
        )

        assert traced_lineage.origins == (column("dbo.Raw.Mail"),)
        assert requests < 20
