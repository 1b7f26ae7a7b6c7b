"""What a snapshot of an account holds, also where the account is hard to read."""

from __future__ import annotations

import pytest

from sql_lineage_purview.emulator import AssetColumn, Emulator, seed
from sql_lineage_purview.emulator import SeedAsset as Registered
from sql_lineage_purview.emulator.behaviour import Behaviour, Switches
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Database,
    DatabaseMap,
    LocalTransport,
    Pin,
    PlannedAction,
    PlanOptions,
    Pruning,
    PurviewTarget,
    connect,
    make_plan,
    plan_text,
    push,
    read_asset_snapshot,
    snapshot_lines,
)
from sql_lineage_purview.purview.planning.asset_dump import dump_account
from tests.planned import rows_of

HOST = "s.database.windows.net"
ROOT = f"mssql://{HOST}/Dw/dbo"
DATABASES = DatabaseMap((Database("Dw", HOST),))
LAKE = "https://lake.dfs.core.windows.net/raw"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["soft", "hard"])
def emulator(request: pytest.FixtureRequest, clock: Clock):
    behaviour = Behaviour(search_delay=60, switches=Switches(deletes=request.param))
    with Emulator(":memory:", behaviour=behaviour, clock=clock) as running:
        columns = (AssetColumn("Id", "int"),)
        seed(
            running,
            [
                Registered("azure_sql_table", f"{ROOT}/{name}", columns=columns)
                for name in ("A", "T", "Gone")
            ],
        )
        seed(running, [Registered("azure_datalake_gen2_path", f"{LAKE}/x.csv", columns=columns)])
        clock.now += 100
        yield running


@pytest.fixture
def client(emulator):
    return connect(PurviewTarget("https://acct.purview.azure.com"), LocalTransport(emulator))


@pytest.fixture
def graph(graph_text):
    text = graph_text().edge("dbo.A", "dbo.T").edge(f"{LAKE}/x.csv", "dbo.T", line=5)
    return text.edge("dbo.A", "dbo.Gone", module="dbo.Old", path="old.sql")


def planned(graph, account, databases: DatabaseMap = DATABASES) -> str:
    options = PlanOptions(pruning=Pruning.ON)
    return plan_text(
        make_plan(
            graph, CatalogueResolver(account, databases), account, owner="prod", options=options
        )
    )


def dumped(client, databases: DatabaseMap = DATABASES):
    snapshot, notes = dump_account(
        client, databases, owner="prod", taken="2026-01-01T00:00:00+00:00"
    )
    assert notes == ()
    copy = read_asset_snapshot("".join(snapshot_lines(snapshot)))
    assert list(snapshot_lines(copy)) == list(snapshot_lines(snapshot))
    return copy


def test_processes_that_the_search_does_not_know_yet_are_found_at_their_assets(
    client, graph
) -> None:
    push(
        make_plan(graph.graph(), CatalogueResolver(client, DATABASES), client, owner="prod"), client
    )

    snapshot = dumped(client)

    assert [
        row.guid for row in client.search("sql_lineage_process", "sql-lineage-purview://prod/")
    ] == []
    assert sum(row["typeName"] == "sql_lineage_process" for row in snapshot.entities) == 2
    offline = planned(graph.graph(), snapshot)
    assert offline == planned(graph.graph(), client)
    assert {row["action"] for row in rows_of(offline, "process")} == {PlannedAction.UNCHANGED}


def test_what_is_deleted_is_not_in_it(client, clock, graph) -> None:
    push(
        make_plan(graph.graph(), CatalogueResolver(client, DATABASES), client, owner="prod"), client
    )
    (gone,) = client.get_entities("azure_sql_table", [f"{ROOT}/Gone"]).entities
    client.delete_entity(gone["guid"])
    clock.now += 100

    snapshot = dumped(client)

    assert snapshot.get_entities("azure_sql_table", [f"{ROOT}/Gone"]).entities == ()
    assert planned(graph.graph(), snapshot) == planned(graph.graph(), client)


@pytest.mark.parametrize("source", ["dbo.A", f"{LAKE}/x.csv"])
def test_columns_of_tables_and_files_are_dumped(client, graph_text, source: str) -> None:
    graph = (
        graph_text()
        .edge(source, "dbo.T", ("ID", "id", Subtype.IDENTITY), ("Other", "id", Subtype.IDENTITY))
        .graph()
    )

    offline = planned(graph, dumped(client))

    assert offline == planned(graph, client)
    assert (
        '{"Source":"Id","Sink":"Id"}' in rows_of(offline, "process")[0]["process"]["column_mapping"]
    )
    assert [row["text"].split(" is not in ")[0] for row in rows_of(offline, "note")] == [
        f"{source}: column Other"
    ]


def test_pinned_assets_are_in_it_wherever_they_stand(emulator, client, graph_text) -> None:
    seed(emulator, [Registered("azure_sql_table", "mssql://other.database.windows.net/X/dbo/Y")])
    pin = Pin(parse_name("dbo.P"), "azure_sql_table", "mssql://other.database.windows.net/X/dbo/Y")
    databases = DatabaseMap(DATABASES.databases, pins=(pin,))
    graph = graph_text().edge("dbo.A", "dbo.P").graph()

    assert planned(graph, dumped(client, databases), databases) == planned(graph, client, databases)


def test_of_a_great_lake_the_first_files_are_in_it_and_it_is_said(
    client, monkeypatch: pytest.MonkeyPatch, emulator, clock
) -> None:
    monkeypatch.setattr("sql_lineage_purview.purview.planning.asset_dump.MOST_FILES", 2)
    seed(
        emulator,
        [Registered("azure_datalake_gen2_path", f"{LAKE}/{number}.csv") for number in range(3)],
    )
    clock.now += 100

    snapshot, notes = dump_account(client, DATABASES, owner="prod", taken="")

    assert notes == ("of azure_datalake_gen2_path only the first 2 are in it",)
    assert sum(row["typeName"] == "azure_datalake_gen2_path" for row in snapshot.entities) == 2
