"""A saved plan is applied exactly as it is, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from sql_lineage_purview.emulator import Emulator, SeedAsset, seed
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
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.account.processes import state_of
from sql_lineage_purview.purview.planning.plan_document import PlannedRelation
from sql_lineage_purview.purview.purview_errors import BadPlanError, StalePlanError

ROOT = "mssql://s.database.windows.net/Dw/dbo"
SAVED = PushOptions(prune_threshold=1, saved=True)
Names = list[str]


@pytest.fixture
def client() -> Iterator[DataMapClient]:
    with Emulator(":memory:") as emulator:
        seed(
            emulator,
            [
                SeedAsset("azure_sql_table", f"{ROOT}/{name}")
                for name in ("A", "B", "T1", "T2", "T3", "T4")
            ],
        )
        yield DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))


@pytest.fixture
def plan(client: DataMapClient, databases: DatabaseMap, graph_text) -> Callable[..., Plan]:
    def _plan(**sources: str) -> Plan:
        text = graph_text()
        for target, source in sources.items():
            text.edge(
                f"dbo.{source}", f"dbo.{target}", module=f"dbo.p{target}", path=f"{target}.sql"
            )
        options = PlanOptions(pruning=Pruning.ON)
        return make_plan(
            text.graph(),
            CatalogueResolver(client, databases),
            client,
            owner="prod",
            options=options,
        )

    return _plan


@pytest.fixture
def saved(client: DataMapClient, plan: Callable[..., Plan]) -> Plan:
    """T1 is unchanged, T2 an update, T3 deleted, T4 created."""
    push(plan(T1="A", T2="A", T3="A"), client)
    new_plan = plan(T1="A", T2="B", T4="A")
    counts = new_plan.counts()
    assert (counts.unchanged, counts.update, counts.delete, counts.create) == (1, 1, 1, 1)
    return new_plan


def name(table: str) -> str:
    return f"sql-lineage-purview://prod/dbo.p{table}#dbo.{table}"


def edit(client: DataMapClient, table: str, **attributes: str) -> None:
    entity = {
        "typeName": PROCESS_TYPE,
        "guid": "-1",
        "attributes": {"qualifiedName": name(table), "name": "x", **attributes},
    }
    client.upsert_entities([entity])


def test_a_plan_that_is_still_true_is_applied(
    client: DataMapClient, plan: Callable[..., Plan], saved: Plan
) -> None:
    result = push(saved, client, SAVED)
    assert (len(result.created), len(result.updated), len(result.deleted)) == (1, 1, 1)
    assert plan(T1="A", T2="B", T4="A").counts().changes == 0


def test_a_plan_that_was_applied_has_nothing_left_to_do(client: DataMapClient, saved: Plan) -> None:
    push(saved, client, SAVED)
    result = push(saved, client, SAVED)
    assert (result.written, len(result.deleted), result.resumed) == (0, 0, 3)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("t1", "says something else"),
        ("t2", "says something else"),
        ("t3", "says something else"),
        ("t4", "exists now"),
    ],
)
def test_a_process_that_others_changed_makes_the_whole_plan_stale(
    client: DataMapClient, saved: Plan, table: str, change: str
) -> None:
    edit(client, table)
    before = dict(client.get_entities(PROCESS_TYPE, [name("t2")]).entities[0]["attributes"])
    with pytest.raises(StalePlanError, match="stale: 1 of its processes") as error:
        push(saved, client, SAVED)
    (line,) = error.value.changes
    assert change in line
    assert client.get_entities(PROCESS_TYPE, [name("t2")]).entities[0]["attributes"] == before


@pytest.mark.parametrize("table", ["t1", "t2"])
def test_a_process_that_is_gone_makes_the_plan_stale(
    client: DataMapClient, saved: Plan, table: str
) -> None:
    (entity,) = client.get_entities(PROCESS_TYPE, [name(table)]).entities
    client.delete_entity(entity["guid"])
    with pytest.raises(StalePlanError) as error:
        push(saved, client, SAVED)
    assert error.value.changes[0].endswith("it is gone")


def test_what_others_add_to_a_process_is_no_change(client: DataMapClient, saved: Plan) -> None:
    (entity,) = client.get_entities(PROCESS_TYPE, [name("t2")]).entities
    attributes = {
        "qualifiedName": name("t2"),
        "name": entity["attributes"]["name"],
        "userDescription": "words",
    }
    client.upsert_entities([{"typeName": PROCESS_TYPE, "guid": "-1", "attributes": attributes}])
    assert push(saved, client, SAVED).written == 2


def test_a_delete_is_of_the_process_that_it_names_and_of_nothing_else(
    client: DataMapClient, saved: Plan
) -> None:
    (table,) = client.get_entities("azure_sql_table", [f"{ROOT}/A"]).entities
    rows = [
        replace(row, guid=table["guid"]) if row.action is PlannedAction.DELETE else row
        for row in saved.processes
    ]
    with pytest.raises(StalePlanError) as error:
        push(replace(saved, processes=rows), client, SAVED)
    assert error.value.changes == ("dbo.pT3 -> dbo.T3: another process has its name now",)
    assert client.get_entity(table["guid"]).entities[0]["status"] == "ACTIVE"


def test_a_process_that_lost_the_mark_since_is_not_deleted(
    client: DataMapClient, saved: Plan
) -> None:
    attributes = {"qualifiedName": name("t3"), "name": "dbo.pT3 -> dbo.T3", "lineageOwner": "other"}
    client.upsert_entities([{"typeName": PROCESS_TYPE, "guid": "-1", "attributes": attributes}])
    (entity,) = client.get_entities(PROCESS_TYPE, [name("t3")]).entities
    rows = [
        replace(row, state=state_of(entity)) if row.action is PlannedAction.DELETE else row
        for row in saved.processes
    ]
    with pytest.raises(StalePlanError) as error:
        push(replace(saved, processes=rows), client, SAVED)
    assert error.value.changes == ("dbo.pT3 -> dbo.T3: it does not carry the mark of prod",)


@pytest.mark.parametrize(
    "changed", [{"owner": "pro"}, {"qualified_name": "sql-lineage-purview://prod2/dbo.p#dbo.t"}]
)
def test_a_plan_that_writes_what_is_not_its_owners_is_refused(
    client: DataMapClient, saved: Plan, changed: dict[str, str]
) -> None:
    first, *others = saved.processes
    edited = replace(
        saved, processes=(replace(first, process=replace(first.process, **changed)), *others)
    )
    with pytest.raises(BadPlanError, match="is no process of prod"):
        push(edited, client, SAVED)
    with pytest.raises(BadPlanError, match="is no process of prod2"):
        push(replace(saved, owner="prod2"), client, SAVED)


def test_a_plan_relates_assets_in_its_own_ways_alone(client: DataMapClient, saved: Plan) -> None:
    table = saved.resolved[0].asset
    relation = PlannedRelation(
        PlannedAction.CREATE, table, table, "", type_name="azure_sql_table_columns"
    )
    with pytest.raises(BadPlanError, match="relates assets by azure_sql_table_columns"):
        push(replace(saved, relations=(relation,)), client, SAVED)
