"""What an account goes on listing although it is deleted is gone.

That is relations of all kinds, and entities behind relations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sql_lineage_purview.emulator import AssetColumn, Behaviour, Emulator, SeedAsset, Switches, seed
from sql_lineage_purview.model.graph import LineageGraph, Module
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind, Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    LocalTransport,
    Plan,
    PlannedAction,
    PlanOptions,
    Pruning,
    PurviewTarget,
    connect,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import DIRECT_LINEAGE, PARENT_TYPE, PROCESS_TYPE
from sql_lineage_purview.purview.checking.classification_trace import trace
from sql_lineage_purview.purview.checking.drift import Drift, DriftKind, verify
from sql_lineage_purview.purview.planning.asset_dump import dump_account
from sql_lineage_purview.purview.planning.stages.procedure_relations import Parents

ROOT = "mssql://s.database.windows.net/Dw"
FILE = "https://lake.dfs.core.windows.net/raw/orders.csv"
LOAD = "sql-lineage-purview://team/dbo.usp_load#dbo.fact"
EMAIL = "MICROSOFT.PERSONAL.EMAIL"
PROCEDURE = "azure_sql_stored_procedure"
TABLE = "azure_sql_table"


class Account:
    """An emulator that lists what is deleted, or omits it, and a procedure published to it."""

    def __init__(self, emulator: Emulator, databases: DatabaseMap, graph_text: Any) -> None:
        self.emulator = emulator
        self.databases = databases
        self.client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        self._graph_text = graph_text
        self.options = PlanOptions(pruning=Pruning.ON, parents=Parents(self.client, databases))

    def graph(self, *sources: str, columns: int = 1) -> LineageGraph:
        """`dbo.usp_Load` reads tables and fills one, and a view reads one of them."""
        text = self._graph_text()
        for name in (*sources, "dbo.Fact", "dbo.v"):
            text.table(name)
        for line, source in enumerate(sources, 1):
            pairs = [(f"c{number}", f"c{number}", Subtype.IDENTITY) for number in range(columns)]
            text.edge(source, "dbo.Fact", *pairs, line=line)
        text.edge("dbo.A", "dbo.v", ("c0", "c0", Subtype.IDENTITY), module="dbo.v", path="v.sql")
        modules = (
            Module(parse_name("dbo.usp_Load"), ModuleKind.PROCEDURE, "p.sql", 1, 2, (), (), (), ()),
            Module(parse_name("dbo.v"), ModuleKind.VIEW, "v.sql", 1, 2, (), (), (), ()),
        )
        graph = text.graph()
        return LineageGraph(
            tables=graph.tables,
            statements=graph.statements,
            modules=modules,
            table_lineage=graph.table_lineage,
            column_lineage=graph.column_lineage,
        )

    def plan(self, graph: LineageGraph, **changed: Any) -> Plan:
        options = PlanOptions(
            pruning=Pruning.ON, parents=self.options.parents, direct_views=True, **changed
        )
        return make_plan(
            graph,
            CatalogueResolver(self.client, self.databases),
            self.client,
            owner="team",
            options=options,
        )

    def push(self, graph: LineageGraph, **changed: Any) -> None:
        """Push; then there is nothing to tell and nothing to do."""
        result = push(self.plan(graph, **changed), self.client)
        assert (result.failed, result.stopped) == ((), "")
        second_plan = self.plan(graph, **changed)
        assert verify(second_plan, self.client) == ()
        assert second_plan.counts().changes == 0

    def drifts(self, graph: LineageGraph) -> tuple[Drift, ...]:
        return verify(self.plan(graph), self.client)

    def entity(self, type_name: str, qualified_name: str) -> dict[str, Any]:
        (entity,) = self.client.get_entities(type_name, [qualified_name]).entities
        return dict(entity)

    def related(self, type_name: str, qualified_name: str, relation: str) -> list[dict[str, Any]]:
        """What an entity is related to by a type, deleted relations included."""
        ends = self.entity(type_name, qualified_name)["relationshipAttributes"].values()
        rows = [row for end in ends for row in (end if isinstance(end, list) else [end]) if row]
        return [row for row in rows if row["relationshipType"] == relation]

    def unrelate(self, type_name: str, qualified_name: str, relation: str) -> None:
        (row,) = self.related(type_name, qualified_name, relation)
        self.call("DELETE", f"/relationship/guid/{row['relationshipGuid']}")

    def call(self, method: str, path: str, body: Any = None) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.emulator.handle(method, f"/datamap/api/atlas/v2{path}", {}, raw)
        assert answer.status in (200, 204), answer.body


def table(name: str, columns: int = 1, type_name: str = TABLE) -> SeedAsset:
    return SeedAsset(
        type_name,
        f"{ROOT}/dbo/{name}",
        columns=tuple(AssetColumn(f"c{number}", "int") for number in range(columns)),
    )


@pytest.fixture(params=["list", "omit"])
def account(
    databases: DatabaseMap, graph_text: Any, request: pytest.FixtureRequest
) -> Iterator[Account]:
    switches = Switches(deleted_relations=request.param)
    with Emulator(":memory:", behaviour=Behaviour(switches=switches)) as emulator:
        seed(
            emulator,
            [table("A", 60), table("B", 60), table("Fact", 60), table("v", 1, "azure_sql_view")],
        )
        account = Account(emulator, databases, graph_text)
        procedure = {"qualifiedName": f"{ROOT}/dbo/usp_Load", "name": "usp_Load"}
        account.client.upsert_entities(
            [{"typeName": PROCEDURE, "guid": "-1", "attributes": procedure}]
        )
        yield account


def listed(account: Account) -> bool:
    return account.emulator.behaviour.switches.deleted_relations == "list"


def test_an_input_that_is_no_longer_read_is_none(account: Account) -> None:
    account.push(account.graph("dbo.A", "dbo.B"))
    account.push(account.graph("dbo.A"))

    statuses = [
        row["relationshipStatus"]
        for row in account.related(PROCESS_TYPE, LOAD, "dataset_process_inputs")
    ]
    assert sorted(statuses) == (["ACTIVE", "DELETED"] if listed(account) else ["ACTIVE"])
    account.push(account.graph("dbo.A", "dbo.B"))


def test_parts_that_were_deleted_are_none_of_the_table_that_they_wrote(account: Account) -> None:
    for columns in (60, 1, 30, 60, 1):
        account.push(account.graph("dbo.A", columns=columns), mapping_limit=1_000)

    writers = account.related(TABLE, f"{ROOT}/dbo/Fact", "process_dataset_outputs")
    assert sum(row["relationshipStatus"] == "ACTIVE" for row in writers) == 1
    assert (len(writers) > 1) == listed(account)


def test_lineage_of_a_view_that_was_deleted_is_made_again(account: Account) -> None:
    graph = account.graph("dbo.A")
    account.push(graph)
    account.unrelate("azure_sql_view", f"{ROOT}/dbo/v", DIRECT_LINEAGE)

    assert [row.kind for row in account.drifts(graph)] == [DriftKind.MISSING]
    assert [
        row.action for row in account.plan(graph).relations if row.type_name == DIRECT_LINEAGE
    ] == [PlannedAction.CREATE]
    account.push(graph)
    statuses = {
        row["relationshipStatus"]
        for row in account.related("azure_sql_view", f"{ROOT}/dbo/v", DIRECT_LINEAGE)
    }
    assert statuses == ({"ACTIVE", "DELETED"} if listed(account) else {"ACTIVE"})


def test_a_process_that_was_taken_from_its_procedure_is_put_below_it_again(
    account: Account,
) -> None:
    graph = account.graph("dbo.A")
    account.push(graph)
    account.unrelate(PROCEDURE, f"{ROOT}/dbo/usp_Load", PARENT_TYPE)

    assert [
        row.action for row in account.plan(graph).relations if row.type_name == PARENT_TYPE
    ] == [PlannedAction.CREATE]
    account.push(graph)


def test_a_deleted_asset_behind_a_relation_that_is_not_is_reported_and_left_by_a_push(
    account: Account,
) -> None:
    graph = account.graph("dbo.A")
    account.push(graph)
    gone = account.entity(TABLE, f"{ROOT}/dbo/B")["guid"]
    account.client.delete_entity(gone)
    inputs = [{"guid": account.entity(TABLE, f"{ROOT}/dbo/A")["guid"]}, {"guid": gone}]
    attributes = {"qualifiedName": LOAD, "name": "dbo.usp_Load", "inputs": inputs}
    account.call(
        "POST",
        "/entity",
        {"entity": {"typeName": PROCESS_TYPE, "guid": "-1", "attributes": attributes}},
    )
    ends = account.related(PROCESS_TYPE, LOAD, "dataset_process_inputs")
    assert ("DELETED", "ACTIVE") in {
        (row["entityStatus"], row["relationshipStatus"]) for row in ends
    }

    drifts = account.drifts(graph)

    assert "B, one of its inputs, is deleted" in {
        row.detail for row in drifts if row.kind is DriftKind.END_GONE
    }
    account.push(graph)


def test_a_deleted_column_bears_nothing(account: Account) -> None:
    graph = account.graph("dbo.A")
    column = account.entity("azure_sql_column", f"{ROOT}/dbo/A#c0")["guid"]
    account.client.classify(EMAIL, [column])
    resolver = CatalogueResolver(account.client, account.databases)
    assert len(trace(graph, resolver, account.client, EMAIL).origins) == 1
    account.client.delete_entity(column)

    traced = trace(
        graph, CatalogueResolver(account.client, account.databases), account.client, EMAIL
    )

    assert (traced.origins, traced.columns) == ((), ())


def test_a_schema_that_was_replaced_is_not_the_file_s(account: Account) -> None:
    seed(
        account.emulator,
        [SeedAsset("azure_datalake_gen2_path", FILE, columns=(AssetColumn("c0", "int"),))],
    )
    file = account.entity("azure_datalake_gen2_path", FILE)
    account.client.delete_entity(file["relationshipAttributes"]["tabular_schema"]["guid"])
    seed(
        account.emulator,
        [SeedAsset("azure_datalake_gen2_path", FILE, columns=(AssetColumn("C0", "int"),))],
    )

    account.push(account.graph(FILE))

    assert '"Source":"C0"' in account.entity(PROCESS_TYPE, LOAD)["attributes"]["columnMapping"]


def test_a_dump_holds_no_relation_that_is_deleted(account: Account) -> None:
    graph = account.graph("dbo.A")
    account.push(account.graph("dbo.A", "dbo.B"))
    account.push(graph)
    account.unrelate("azure_sql_view", f"{ROOT}/dbo/v", DIRECT_LINEAGE)

    snapshot, _ = dump_account(account.client, account.databases, owner="team", taken="")

    options = PlanOptions(
        pruning=Pruning.ON, parents=Parents(snapshot, account.databases), direct_views=True
    )
    offline = make_plan(
        graph,
        CatalogueResolver(snapshot, account.databases),
        snapshot,
        owner="team",
        options=options,
    )
    assert offline == account.plan(graph)
    assert [row.action for row in offline.processes] == [PlannedAction.UNCHANGED]
