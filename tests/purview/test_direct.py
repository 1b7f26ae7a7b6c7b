"""Views as lineage between their tables and them; and assets that a push makes first."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator

import pytest

from sql_lineage_purview.emulator import Emulator, seed
from sql_lineage_purview.emulator import SeedAsset as Registered
from sql_lineage_purview.model.graph import Module
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind, Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    Plan,
    PlannedAction,
    PlanOptions,
    Pruning,
    PushOptions,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.assets import Asset, AssetRef, Evidence, Found

ROOT = "mssql://s.database.windows.net/Dw/dbo"
COLUMN = Subtype.IDENTITY
Planner = Callable[..., Plan]


@pytest.fixture
def client() -> Iterator[DataMapClient]:
    with Emulator(":memory:") as emulator:
        seed(
            emulator, [Registered("azure_sql_table", f"{ROOT}/{name}") for name in ("A", "B", "T")]
        )
        seed(emulator, [Registered("azure_sql_view", f"{ROOT}/V")])
        yield DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))


@pytest.fixture
def plan(client: DataMapClient, databases: DatabaseMap, graph_text) -> Planner:
    """A plan of `dbo.V`, a view on columns of `dbo.A`, and of a procedure that fills `dbo.T`."""

    def _plan(
        *columns: str,
        direct: bool = True,
        more: tuple[str, ...] = (),
        pruning: Pruning = Pruning.OFF,
    ) -> Plan:
        text = graph_text().edge("dbo.B", "dbo.T", line=1)
        text.edge(
            "dbo.A",
            "dbo.V",
            *((name, name, COLUMN) for name in columns),
            module="dbo.V",
            path="v.sql",
        )
        for number, source in enumerate(more):
            text.edge(source, "dbo.V", module="dbo.V", path="v.sql", line=number + 10)
        view = Module(parse_name("dbo.V"), ModuleKind.VIEW, "v.sql", 1, 2, (), (), (), ())
        options = PlanOptions(direct_views=direct, pruning=pruning)
        graph = dataclasses.replace(text.graph(), modules=(view,))
        return make_plan(
            graph, CatalogueResolver(client, databases), client, owner="prod", options=options
        )

    return _plan


def relations(client: DataMapClient) -> dict[str, list]:
    (entity,) = client.get_entities("azure_sql_view", [f"{ROOT}/V"]).entities
    return {
        row["displayText"]: json.loads(row["relationshipAttributes"]["attributes"]["columnMapping"])
        for row in entity["relationshipAttributes"]["sources"]
    }


def test_a_view_is_related_to_its_tables(client: DataMapClient, plan: Planner) -> None:
    new_plan = plan("x", more=("dbo.B",))
    assert [row.process.name for row in new_plan.processes] == ["dbo.usp_Load -> dbo.T"]
    assert push(new_plan, client).related == 2
    assert relations(client) == {
        "A": [{"Source": "x", "Sink": "x"}],
        "B": [{"Source": "*", "Sink": "*"}],
    }


def test_a_second_push_leaves_it_alone_and_a_change_changes_it(
    client: DataMapClient, plan: Planner
) -> None:
    push(plan("x"), client)
    assert plan("x").counts().changes == 0
    new_plan = plan("x", "y")
    assert [(row.action, row.reason) for row in new_plan.relations] == [
        (PlannedAction.UPDATE, "it differs in columnMapping")
    ]
    push(new_plan, client)
    assert relations(client) == {"A": [{"Source": "x", "Sink": "x"}, {"Source": "y", "Sink": "y"}]}


def test_the_processes_that_views_had_before_can_be_pruned(
    client: DataMapClient, plan: Planner
) -> None:
    push(plan("x", direct=False), client)
    new_plan = plan("x", pruning=Pruning.ON)
    assert [row.process.name for row in new_plan.having(PlannedAction.DELETE)] == ["dbo.V"]
    result = push(new_plan, client, PushOptions(prune_threshold=1))
    assert (result.related, len(result.deleted), result.unchanged) == (1, 1, 1)


def test_what_is_not_resolved_is_noted(client: DataMapClient, plan: Planner) -> None:
    new_plan = plan("x", more=("dbo.Nowhere",))
    assert any("dbo.V: dbo.Nowhere is left out" in note for note in new_plan.notes)
    assert [row.source.qualified_name for row in new_plan.relations] == [f"{ROOT}/A"]


def test_a_view_of_too_many_columns_is_related_as_a_whole(
    client: DataMapClient, plan: Planner
) -> None:
    new_plan = plan(*(f"column_{number:060d}" for number in range(300)))
    push(new_plan, client)
    assert relations(client) == {"A": [{"Source": "*", "Sink": "*"}]}
    assert any("too many columns" in note for note in new_plan.notes)
    assert len(new_plan.notes) == 1


class TestPlaceholders:
    @pytest.fixture
    def new_plan(self, client: DataMapClient, graph_text) -> Plan:
        """`dbo.P` does not exist and is to be made."""

        class Resolver:
            def resolve(self, tables):
                guids = {f"{ROOT}/{name}": self.guid(f"{ROOT}/{name}") for name in ("A", "P")}
                return {
                    table.name: Found(
                        Asset(AssetRef(name, "azure_sql_table", guids[name])), Evidence.EXACT
                    )
                    for table in tables
                    for name in [f"{ROOT}/{table.name.object}"]
                }

            def guid(self, name: str) -> str:
                entities = client.get_entities("azure_sql_table", [name]).entities
                return entities[0]["guid"] if entities else ""

        graph = graph_text().edge("dbo.A", "dbo.P").graph()
        self.again = lambda: make_plan(graph, Resolver(), client, owner="prod")
        return self.again()

    def test_are_made_before_the_processes_that_refer_to_them(
        self, client: DataMapClient, new_plan: Plan
    ) -> None:
        assert [row.asset.qualified_name for row in new_plan.placeholders] == [f"{ROOT}/P"]
        result = push(new_plan, client)
        assert (result.placeholders, len(result.created), result.failed) == ((f"{ROOT}/P",), 1, ())
        (entity,) = client.get_entities("azure_sql_table", [f"{ROOT}/P"]).entities
        assert entity["attributes"]["name"] == "P"
        assert (
            "Placeholder made by sql-lineage-purview for prod"
            in entity["attributes"]["description"]
        )
        assert self.again().counts().changes == 0

    def test_never_write_over_an_asset_that_a_scan_has_made_since(
        self, client: DataMapClient, new_plan: Plan
    ) -> None:
        attributes = {"qualifiedName": f"{ROOT}/P", "name": "P", "description": "the real one"}
        client.upsert_entities(
            [{"typeName": "azure_sql_table", "guid": "-1", "attributes": attributes}]
        )
        result = push(new_plan, client)
        assert (result.placeholders, len(result.created)) == ((), 1)
        (entity,) = client.get_entities("azure_sql_table", [f"{ROOT}/P"]).entities
        assert entity["attributes"]["description"] == "the real one"
