"""What a plan asks of an account depends on the scripts, and not on what else the account holds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from sql_lineage_purview.emulator import AssetColumn, Emulator, SeedAsset, seed
from sql_lineage_purview.model.graph import LineageGraph, Module, Table
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind, Subtype, TableKind
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    PlanOptions,
    make_plan,
)
from sql_lineage_purview.purview.account.assets import (
    Ambiguous,
    Evidence,
    Found,
    Missing,
    Resolution,
)
from sql_lineage_purview.purview.account.client import SearchHit
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.account.processes import process_type
from sql_lineage_purview.purview.planning.stages.procedure_relations import Parents
from sql_lineage_purview.purview.resolving import objects, spellings
from sql_lineage_purview.purview.resolving.platforms import object_key
from sql_lineage_purview.purview.resolving.spellings import spelled_alike
from sql_lineage_purview.purview.transport.http import Reply

HOST = "s.database.windows.net"
ROOT = f"mssql://{HOST}/Dw"
LAKE = "https://lake.dfs.core.windows.net/raw"
DATABASES = DatabaseMap((Database("Dw", HOST),), default="Dw")


class Counting:
    """The line to an emulator, which counts what passes."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = LocalTransport(emulator)
        self.urls: list[str] = []
        self.size = 0

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        reply = self._inner.send(method, url, headers, body)
        self.urls.append(url)
        self.size += len(url) + len(body) + len(reply.body)
        return reply


Start = Callable[..., tuple[Emulator, Counting, DataMapClient]]


@pytest.fixture
def start() -> Iterator[Start]:
    opened: list[Emulator] = []

    def _start(*names: str) -> tuple[Emulator, Counting, DataMapClient]:
        emulator = Emulator(":memory:")
        opened.append(emulator)
        columns = (AssetColumn("x", "int"), AssetColumn("y", "int"))
        seed(
            emulator,
            [
                SeedAsset("azure_sql_table", f"{ROOT}/{name}", columns=columns)
                for name in ("dbo/A", "dbo/T", *names)
            ],
        )
        line = Counting(emulator)
        return emulator, line, DataMapClient("https://acct.purview.azure.com", line)

    yield _start
    for emulator in opened:
        emulator.close()


@pytest.fixture
def module(graph_text) -> LineageGraph:
    """A procedure that reads two tables, one of which is not there, and fills one."""
    text = (
        graph_text()
        .edge("dbo.A", "dbo.T", ("x", "y", Subtype.IDENTITY))
        .edge("dbo.Nowhere", "dbo.T")
    )
    procedure = Module(
        parse_name("dbo.usp_Load"), ModuleKind.PROCEDURE, "p.sql", 1, 2, (), (), (), ()
    )
    return dataclasses.replace(text.graph(), modules=(procedure,))


def planned(graph: LineageGraph, client: DataMapClient) -> None:
    options = PlanOptions(parents=Parents(client, DATABASES))
    new_plan = make_plan(
        graph, CatalogueResolver(client, DATABASES), client, owner="prod", options=options
    )
    assert [row.action.value for row in new_plan.processes] == ["create"]


def resolved(client: DataMapClient, name: str, databases: DatabaseMap = DATABASES) -> Resolution:
    table = Table(parse_name(name), TableKind.UNKNOWN, None, None)
    return CatalogueResolver(client, databases).resolve([table])[table.name]


def test_what_else_is_on_the_server_costs_nothing(start: Start, module: LineageGraph) -> None:
    single = dataclasses.replace(module, table_lineage=module.table_lineage[:1])
    costs = []
    for others in (0, 1_500):
        _, line, client = start(*(f"other/Table{number}" for number in range(others)))
        planned(single, client)
        costs.append((len(line.urls), line.size))
    assert costs[0] == costs[1]
    assert costs[0][0] < 20
    assert costs[0][1] < 20_000


def test_a_table_that_is_missing_costs_no_more_than_a_page_or_two(
    start: Start, module: LineageGraph
) -> None:
    names = [
        *(f"other/Table{number}" for number in range(1_500)),
        *(f"dbo/Table{number}" for number in range(1_200)),
    ]
    _, line, client = start(*names)
    planned(module, client)
    assert len(line.urls) < 20
    assert line.size < 2_000_000


def test_many_missing_tables_are_not_each_held_against_all_of_the_server(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []
    monkeypatch.setattr(objects, "object_key", lambda name: keys.append(name) or object_key(name))
    _, line, client = start(*(f"other/Table{number}" for number in range(200)))
    tables = [
        Table(parse_name(f"dbo.Missing{number}"), TableKind.UNKNOWN, None, None)
        for number in range(200)
    ]

    outcomes = CatalogueResolver(client, DATABASES).resolve(tables)

    assert {type(outcome) for outcome in outcomes.values()} == {Missing}
    assert len(keys) < 20 * (200 + 200)
    assert len(line.urls) < 40


def test_a_table_is_read_without_the_processes_that_read_it(
    start: Start, module: LineageGraph
) -> None:
    _, line, client = start()
    client.ensure_types([process_type()])
    inputs = [
        {"typeName": "azure_sql_table", "uniqueAttributes": {"qualifiedName": f"{ROOT}/dbo/A"}}
    ]
    rows = (
        {"qualifiedName": f"other://{number}", "name": "x", "inputs": inputs}
        for number in range(1_000)
    )
    entities = [
        {"typeName": PROCESS_TYPE, "guid": f"-{number}", "attributes": row}
        for number, row in enumerate(rows, 1)
    ]
    client.upsert_entities(entities)
    line.size = 0
    planned(module, client)
    assert line.size < 30_000


@pytest.mark.parametrize("others", [0, 1_500])
def test_another_spelling_is_found_however_many_others_there_are(start: Start, others: int) -> None:
    names = [f"other/Table{number}" for number in range(others)]
    _, _, client = start(*names, "dbo/FactSales", "DBO/Orders", "dbo/orders")
    outcome = resolved(client, "DBO.factsales")
    assert isinstance(outcome, Found)
    assert (outcome.evidence, outcome.asset.columns) == (Evidence.SPELLING, ("x", "y"))
    assert isinstance(resolved(client, "dbo.Orders"), Ambiguous)
    assert isinstance(resolved(client, "dbo.orders"), Ambiguous)


def test_of_a_large_server_a_missing_table_says_what_was_not_looked_through(start: Start) -> None:
    _, _, client = start(
        *(f"other/Table{number}" for number in range(1_200)), "zzz/Customer", "zzz/Customers"
    )
    missing = resolved(client, "zzz.Custome")
    assert isinstance(missing, Missing)
    assert "of the 1000 and more others on its server not all were looked through" in missing.reason
    assert [ref.qualified_name for ref in missing.nearest] == [
        f"{ROOT}/zzz/Customer",
        f"{ROOT}/zzz/Customers",
    ]
    assert missing.place is not None
    assert missing.place.asset.type_name == "azure_sql_table"
    small = resolved(start("zzz/Customer")[2], "zzz.Custome")
    assert isinstance(small, Missing)
    assert "looked through" not in small.reason


def test_a_search_that_minds_the_case_is_made_up_for_by_looking_through_the_server(
    start: Start,
) -> None:
    """What the real service does is not documented."""
    _, _, client = start("DBO/FACT")
    search = client.search_any

    def minding(
        types: Sequence[str], texts: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        return (
            hit
            for hit in search(types, texts, most=most)
            if any(text in hit.qualified_name for text in texts)
        )

    client.search_any = minding  # type: ignore[method-assign]  # to count its calls
    assert isinstance(resolved(client, "dbo.Fact"), Found)


def test_a_name_that_very_many_begin_with_is_said_to_be_uncertain(
    start: Start, monkeypatch: pytest.MonkeyPatch, graph_text
) -> None:
    monkeypatch.setattr(spellings, "MOST_HITS", 20)
    monkeypatch.setattr(spellings, "_MOST_OF_SEVERAL", 20)
    monkeypatch.setattr(objects, "MOST_HITS", 20)
    _, _, client = start(*(f"dbo/Stage{number}" for number in range(30)), "dbo/Stage")
    outcome = resolved(client, "dbo.Stage")
    assert isinstance(outcome, Found)
    assert "20 names and more begin like it" in outcome.caution
    graph = graph_text().edge("dbo.Stage", "dbo.T").graph()
    new_plan = make_plan(graph, CatalogueResolver(client, DATABASES), client, owner="prod")
    assert [note for note in new_plan.notes if note.startswith("dbo.Stage: 20 names and more")]


class Index:
    """Has names, and remembers what was asked."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked: list[int] = []

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        self.asked.append(len(contains))
        hits = [
            name
            for name in self.names
            if any(text.casefold() in name.casefold() for text in contains)
        ]
        return iter([SearchHit(name, type_names[0], name) for name in hits][:most])


@pytest.mark.parametrize(
    ("expected", "others", "searches"),
    [(50, 0, 1), (120, 9_000, 3), (600, 100, 1), (600, 30_000, 13)],
)
def test_names_are_asked_for_in_bulks_or_the_server_is_looked_through(
    expected: int, others: int, searches: int
) -> None:
    names = [f"{ROOT}/dbo/Wanted{number:05}" for number in range(expected)]
    index = Index(
        *map(str.upper, names), *(f"{ROOT}/dbo/Other{number}" for number in range(others))
    )
    hits, cut = spelled_alike(index, ("t",), names, (f"mssql://{HOST}",))
    assert (sorted(hit.qualified_name for hit in hits), cut) == (sorted(map(str.upper, names)), [])
    assert len(index.asked) == searches


def test_a_bulk_with_too_many_hits_is_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spellings, "_MOST_OF_SEVERAL", 3)
    names = [f"{ROOT}/dbo/{letter}" for letter in "ABCD"]
    index = Index(*names, *(f"{ROOT}/dbo/a{number}" for number in range(9)), f"{ROOT}/DBO/a")
    hits, cut = spelled_alike(index, ("t",), names, (f"mssql://{HOST}",))
    assert (len(hits), cut) == (5, [])


def test_a_type_that_the_account_lacks_costs_no_hit_of_the_others(
    account, client: DataMapClient
) -> None:
    account.unknown_types = {"no_such_type"}
    for name in "AT":
        account.add("azure_sql_table", f"{ROOT}/dbo/{name}")
    hits = list(
        client.search_any(("no_such_type", "azure_sql_table"), (f"{ROOT}/dbo/a", f"{ROOT}/DBO/t"))
    )
    assert sorted(hit.qualified_name for hit in hits) == [f"{ROOT}/dbo/A", f"{ROOT}/dbo/T"]
    assert list(client.search_any(("no_such_type",), ("x",))) == []


def test_of_very_many_files_none_is_called_the_only_one(start: Start) -> None:
    emulator, _, client = start()
    files = [
        SeedAsset("azure_datalake_gen2_path", f"{LAKE}/in/{number:05}.csv")
        for number in range(1_001)
    ]
    seed(emulator, [*files, SeedAsset("azure_datalake_gen2_path", f"{LAKE}/in/00000.parquet")])
    outcome = resolved(client, f"{LAKE}/in/*.parquet")
    assert isinstance(outcome, Missing)
    assert "1000 files there and more" in outcome.reason
    assert "[pins." in outcome.reason


def test_the_emulator_leaves_out_the_relationships_that_it_is_asked_to(start: Start) -> None:
    emulator, _, client = start()
    [part] = client.locate("azure_sql_table", [f"{ROOT}/dbo/A"])
    guid = part.entities[0]["guid"]
    assert "relationshipAttributes" not in part.entities[0]
    query = (
        f"guid={guid}&excludeRelationshipTypes=dataset_process_inputs"
        "&excludeRelationshipTypes=azure_sql_table_columns"
    )
    answer = emulator.handle("GET", f"/datamap/api/atlas/v2/entity/bulk?{query}", {}, b"")
    document = json.loads(answer.body)
    assert document["referredEntities"] == {}
    assert {"inputToProcesses", "columns"}.isdisjoint(
        document["entities"][0]["relationshipAttributes"]
    )
    assert "outputFromProcesses" in document["entities"][0]["relationshipAttributes"]
