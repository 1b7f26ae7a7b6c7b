"""Tables without an asset: left out, a reason to stop, or made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sql_lineage_purview.emulator import Emulator, seed
from sql_lineage_purview.emulator import SeedAsset as Registered
from sql_lineage_purview.emulator.behaviour import Behaviour, Collection, Switches
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import TableKind
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    MissingPolicy,
    Plan,
    PlanOptions,
    Platform,
    PurviewTarget,
    PushOptions,
    connect,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.assets import (
    Asset,
    AssetRef,
    Evidence,
    Found,
    Missing,
    Placeholder,
)
from sql_lineage_purview.purview.planning.plan_document import Unresolved
from sql_lineage_purview.purview.planning.stages.table_resolution import with_placeholders
from sql_lineage_purview.purview.purview_errors import PlaceholderError, UnresolvedError

HOST = "s.database.windows.net"
ROOT = f"mssql://{HOST}/Dw/dbo"
AZURE = Database("Dw", HOST, Platform.AZURE_SQL)


@pytest.fixture
def emulator():
    with Emulator(
        ":memory:", behaviour=Behaviour(collections=(Collection("stage"), Collection("sales")))
    ) as running:
        yield running


@pytest.fixture
def client(emulator) -> DataMapClient:
    new_client = connect(PurviewTarget("https://acct.purview.azure.com"), LocalTransport(emulator))
    for name in ("A", "T"):
        new_client.upsert_entities(
            [
                {
                    "typeName": "azure_sql_table",
                    "guid": "-1",
                    "attributes": {"qualifiedName": f"{ROOT}/{name}", "name": name},
                }
            ]
        )
    return new_client


@pytest.fixture
def plan(client: DataMapClient):
    def _plan(
        graph: LineageGraph,
        missing: MissingPolicy = MissingPolicy.CREATE,
        database: Database = AZURE,
    ) -> Plan:
        resolver = CatalogueResolver(client, DatabaseMap((database,)))
        return make_plan(
            graph, resolver, client, owner="prod", options=PlanOptions(missing=missing)
        )

    return _plan


def entity(client: DataMapClient, name: str, type_name: str = "azure_sql_table") -> dict:
    (new_entity,) = client.get_entities(type_name, [name]).entities
    return new_entity


def test_a_placeholder_is_made_once_and_found_from_then_on(client, plan, graph_text) -> None:
    graph = graph_text().edge("dbo.A", "dbo.New").table("dbo.New", TableKind.TABLE).graph()
    first = plan(graph)
    assert [row.asset for row in first.placeholders] == [
        AssetRef(f"{ROOT}/New", "azure_sql_table", "")
    ]
    assert [row.evidence for row in first.resolved] == ["exact", "placeholder"]
    result = push(first, client)
    assert (result.placeholders, len(result.created), result.failed) == ((f"{ROOT}/New",), 1, ())
    assert entity(client, f"{ROOT}/New")["attributes"]["description"].startswith(
        "Placeholder made by sql-lineage-purview for prod"
    )
    second = plan(graph)
    assert (second.placeholders, second.counts().changes) == ((), 0)


def test_a_view_becomes_a_view(plan, graph_text) -> None:
    graph = graph_text().edge("dbo.A", "dbo.V").table("dbo.V", TableKind.VIEW).graph()
    assert [row.asset.type_name for row in plan(graph).placeholders] == ["azure_sql_view"]


def test_nothing_is_made_unless_it_is_asked_for(plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.New").graph(), MissingPolicy.SKIP)
    assert (new_plan.placeholders, len(new_plan.dropped)) == ((), 1)


def test_two_spellings_share_a_placeholder(plan, graph_text) -> None:
    new_plan = plan(
        graph_text().edge("dbo.A", "dbo.New").edge("DW.dbo.NEW", "dbo.T", line=9).graph()
    )
    assert len(new_plan.placeholders) == 1
    assert len(new_plan.resolved) == 4


def test_where_it_is_not_certain_what_runs_the_database_nothing_is_made(plan, graph_text) -> None:
    graph = graph_text().edge("dbo.A", "dbo.New").graph()
    open_ = Database("Dw", HOST)
    assert len(plan(graph, database=open_).placeholders) == 1, (
        "the other tables of the database say it"
    )
    nothing = plan(
        graph_text().edge("dbo.A", "dbo.New").graph(), database=replace(open_, database="Other")
    )
    assert (nothing.placeholders, [row.outcome for row in nothing.unresolved]) == (
        (),
        [Unresolved.MISSING] * 2,
    )


def test_an_asset_that_a_scan_registers_later_in_another_spelling_goes_before_the_placeholder(
    client, plan, graph_text
) -> None:
    graph = graph_text().edge("dbo.A", "dbo.New").graph()
    push(plan(graph), client)
    real = {"qualifiedName": f"{ROOT}/NEW", "name": "NEW"}
    client.upsert_entities([{"typeName": "azure_sql_table", "guid": "-1", "attributes": real}])
    new_plan = plan(graph)
    assert [row.asset.qualified_name for row in new_plan.resolved] == [f"{ROOT}/A", f"{ROOT}/NEW"]
    assert new_plan.counts().update == 1
    assert new_plan.notes == (
        f"dbo.New: the placeholder {ROOT}/New (azure_sql_table) is no longer "
        "needed and can be deleted",
    )


def test_more_than_the_cap_are_refused_before_anything_is_written(client, plan, graph_text) -> None:
    text = graph_text()
    for number in range(4):
        text.edge("dbo.A", f"dbo.New{number}", line=number + 1)
    new_plan = plan(text.graph())
    with pytest.raises(
        PlaceholderError,
        match=r"4 placeholder assets, more than 3\. "
        r".*placeholder_cap",
    ):
        push(new_plan, client, PushOptions(placeholder_cap=3))
    assert client.get_entities("azure_sql_table", [f"{ROOT}/New0"]).entities == ()
    assert len(push(new_plan, client, PushOptions(placeholder_cap=4)).placeholders) == 4


def test_what_is_new_lands_in_the_collection_of_its_database(client, plan, graph_text) -> None:
    graph = graph_text().edge("dbo.A", "dbo.New").graph()
    new_plan = plan(graph, database=replace(AZURE, collection="stage"))
    push(new_plan, client, PushOptions(collection="sales"))
    (row,) = new_plan.processes
    assert entity(client, f"{ROOT}/New")["collectionId"] == "stage"
    assert (
        entity(client, row.process.qualified_name, "sql_lineage_process")["collectionId"] == "stage"
    )


def test_without_one_in_the_collection_of_the_push(client, plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.New").graph())
    push(new_plan, client, PushOptions(collection="sales"))
    assert entity(client, f"{ROOT}/New")["collectionId"] == "sales"
    assert (
        entity(client, new_plan.processes[0].process.qualified_name, "sql_lineage_process")[
            "collectionId"
        ]
        == "sales"
    )


def test_to_fail_is_to_write_nothing(client, plan, graph_text) -> None:
    text = graph_text().edge("dbo.A", "dbo.T").edge("dbo.Gone", "dbo.T", line=5)
    new_plan = plan(text.graph(), MissingPolicy.FAIL)
    with pytest.raises(UnresolvedError, match=r"1 table is not resolved \(dbo\.Gone\)"):
        push(new_plan, client, PushOptions(missing=MissingPolicy.FAIL))
    assert (
        client.get_entities(
            "sql_lineage_process", [new_plan.processes[0].process.qualified_name]
        ).entities
        == ()
    )


def test_what_no_catalogue_holds_is_no_reason_to_fail(client, plan, graph_text) -> None:
    text = (
        graph_text()
        .edge("dbo.A", "dbo.T")
        .edge("dbo.f", "dbo.T", line=5)
        .table("dbo.f", TableKind.FUNCTION)
    )
    new_plan = plan(text.graph(), MissingPolicy.FAIL)
    assert [row.outcome for row in new_plan.unresolved] == [Unresolved.NO_ASSET]
    assert len(push(new_plan, client, PushOptions(missing=MissingPolicy.FAIL)).created) == 1


def test_of_files_a_single_path_is_made_and_no_wildcard(plan, graph_text) -> None:
    lake = "https://lake.dfs.core.windows.net/raw"
    graph = (
        graph_text().edge(f"{lake}/x.csv", "dbo.T").edge(f"{lake}/*.csv", "dbo.A", line=5).graph()
    )
    assert [row.asset for row in plan(graph).placeholders] == [
        AssetRef(f"{lake}/x.csv", "azure_datalake_gen2_path", "")
    ]


def test_only_what_is_missing_gets_a_placeholder() -> None:
    outcome = Found(Asset(AssetRef("q", "t", "1")), Evidence.EXACT)
    place = Placeholder(AssetRef("p", "t", ""), "stage")
    rows = {
        parse_name("a"): outcome,
        parse_name("b"): Missing("", place=place),
        Name(("c",)): Missing(""),
    }
    assert list(with_placeholders(rows).values()) == [
        outcome,
        Found(Asset(place.asset), Evidence.PLACEHOLDER, "stage"),
        Missing(""),
    ]


@pytest.mark.parametrize("parents", ["optional", "mandatory"])
def test_a_placeholder_belongs_to_its_schema_where_the_account_has_it(
    emulator, graph_text, parents
) -> None:
    emulator.behave(Behaviour(switches=Switches(parents=parents)))
    seed(
        emulator,
        [Registered("azure_sql_table", f"{ROOT}/A"), Registered("azure_sql_table", f"{ROOT}/T")],
    )
    client = connect(PurviewTarget("https://acct.purview.azure.com"), LocalTransport(emulator))
    resolver = CatalogueResolver(client, DatabaseMap((AZURE,)))
    text = graph_text().edge("dbo.A", "dbo.New").edge("dbo.A", "other.New", line=9)
    options = PlanOptions(missing=MissingPolicy.CREATE)
    new_plan = make_plan(text.graph(), resolver, client, owner="prod", options=options)

    result = push(new_plan, client)

    related = entity(client, f"{ROOT}/New")["relationshipAttributes"]
    assert related["dbSchema"]["displayText"] == "dbo"
    unrelated = f"mssql://{HOST}/Dw/other/New"
    if parents == "optional":
        assert (result.failed, len(result.created)) == ((), 2)
        assert entity(client, unrelated)["relationshipAttributes"].get("dbSchema") is None
    else:
        assert [row.qualified_name for row in result.failed] == [
            unrelated,
            new_plan.processes[1].process.qualified_name,
        ]
