"""What leaves the scripts leaves the account: the owner's alone, and not too much at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from sql_lineage_purview.emulator import Emulator, SeedAsset, seed
from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.graph import Gaps, ScannedFile
from sql_lineage_purview.model.vocabulary import Subtype
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
from sql_lineage_purview.purview.purview_errors import PruneError, RefusedError

ROOT = "mssql://s.database.windows.net/Dw/dbo"
ALL = PushOptions(prune_threshold=1)


@pytest.fixture
def client() -> Iterator[DataMapClient]:
    with Emulator(":memory:") as emulator:
        seed(
            emulator,
            [
                SeedAsset("azure_sql_table", f"{ROOT}/{name}")
                for name in ("A", *(f"T{number}" for number in range(10)))
            ],
        )
        yield DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))


Planner = Callable[..., Plan]


@pytest.fixture
def plan(client: DataMapClient, databases: DatabaseMap, graph_text) -> Planner:
    """A plan of a procedure for each of the tables that are named."""

    def _plan(
        *tables: str,
        owner: str = "prod",
        pruning: Pruning = Pruning.ON,
        files: tuple[ScannedFile, ...] = (),
    ) -> Plan:
        text = graph_text()
        for table in tables:
            text.edge("dbo.A", f"dbo.{table}", module=f"dbo.usp_{table}", path=f"{table}.sql")
        graph = dataclasses.replace(text.graph(), files=files)
        options = PlanOptions(pruning=pruning)
        return make_plan(
            graph, CatalogueResolver(client, databases), client, owner=owner, options=options
        )

    return _plan


def deleted(plan: Plan) -> list[str]:
    return [row.process.name for row in plan.having(PlannedAction.DELETE)]


def present(client: DataMapClient) -> set[str]:
    return {
        hit.qualified_name.rpartition("/")[2]
        for hit in client.search(PROCESS_TYPE, "sql-lineage-purview://")
    }


def test_what_the_plan_no_longer_holds_is_deleted(client: DataMapClient, plan: Planner) -> None:
    push(plan("T1", "T2", "T3"), client)
    new_plan = plan("T1", "T2")
    assert deleted(new_plan) == ["dbo.usp_T3 -> dbo.T3"]
    assert [row.reason for row in new_plan.having(PlannedAction.DELETE)] == [
        "it is no longer in the scripts"
    ]
    result = push(new_plan, client, ALL)
    assert result.deleted == ("sql-lineage-purview://prod/dbo.usp_t3#dbo.t3",)
    assert present(client) == {"dbo.usp_t1#dbo.t1", "dbo.usp_t2#dbo.t2"}
    assert plan("T1", "T2").counts().changes == 0


def test_nothing_is_deleted_unless_it_is_wanted(client: DataMapClient, plan: Planner) -> None:
    push(plan("T1", "T2"), client)
    assert deleted(plan("T1", pruning=Pruning.OFF)) == []


@pytest.mark.parametrize("owner", ["pro", "prod2", "prod/sub", "other"])
def test_no_owner_touches_anothers(client: DataMapClient, plan: Planner, owner: str) -> None:
    push(plan("T1", "T2"), client)
    push(plan("T3", owner=owner), client)
    assert deleted(plan(owner=owner)) == ["dbo.usp_T3 -> dbo.T3"]
    assert sorted(deleted(plan())) == ["dbo.usp_T1 -> dbo.T1", "dbo.usp_T2 -> dbo.T2"]


def test_an_owner_is_the_same_in_other_case(client: DataMapClient, plan: Planner) -> None:
    push(plan("T1"), client)
    assert deleted(plan(owner="PROD")) == ["dbo.usp_T1 -> dbo.T1"]


@pytest.mark.parametrize(("mark", "kept"), [("", True), ("other", True), ("Prod", False)])
def test_what_does_not_carry_the_mark_is_kept_and_said(
    client: DataMapClient, plan: Planner, mark: str, *, kept: bool
) -> None:
    push(plan("T1"), client)
    name = "sql-lineage-purview://prod/dbo.usp_t9#dbo.t9"
    attributes = {"qualifiedName": name, "name": "foreign", "lineageOwner": mark}
    client.upsert_entities([{"typeName": PROCESS_TYPE, "guid": "-1", "attributes": attributes}])
    new_plan = plan("T1")
    assert ("foreign" not in deleted(new_plan)) is kept
    assert (
        any("foreign: kept" in note and "mark of prod" in note for note in new_plan.notes) is kept
    )


def test_a_process_that_search_does_not_know_yet_is_found_by_what_it_writes(
    client: DataMapClient,
    databases: DatabaseMap,
    plan: Planner,
    graph_text,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    push(plan("T1"), client)
    search = client.search
    monkeypatch.setattr(
        client,
        "search",
        lambda name, text: iter(()) if name == PROCESS_TYPE else search(name, text),
    )
    text = graph_text().edge("dbo.A", "dbo.T1", module="dbo.usp_New")
    options = PlanOptions(pruning=Pruning.ON)
    new_plan = make_plan(
        text.graph(), CatalogueResolver(client, databases), client, owner="prod", options=options
    )
    assert deleted(new_plan) == ["dbo.usp_T1 -> dbo.T1"]


def test_a_table_that_cannot_be_resolved_at_the_moment_costs_no_process(
    client: DataMapClient, plan: Planner
) -> None:
    push(plan("T1", "T2"), client)
    (entity,) = client.get_entities("azure_sql_table", [f"{ROOT}/T2"]).entities
    client.delete_entity(entity["guid"])
    new_plan = plan("T1", "T2")
    assert [row.table for row in new_plan.dropped] == ["dbo.T2"]
    assert deleted(new_plan) == []


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (
            ScannedFile("T2.sql", "utf-8", 1, 3, Gaps(syntax=1)),
            "parts of T2.sql were not understood",
        ),
        (ScannedFile("T2.sql", "unknown", 0, 0, Gaps()), "T2.sql could not be read"),
        (ScannedFile("T2.sql", "utf-8", 1, 3, Gaps(dynamic=1)), ""),
        (ScannedFile("T1.sql", "utf-8", 1, 3, Gaps(syntax=1)), ""),
    ],
)
def test_of_a_script_that_was_not_understood_nothing_is_deleted(
    client: DataMapClient, plan: Planner, file: ScannedFile, reason: str
) -> None:
    push(plan("T1", "T2"), client)
    new_plan = plan("T1", files=(file,))
    assert (deleted(new_plan) == []) is bool(reason)
    assert any(reason in note for note in new_plan.notes) is bool(reason)


def test_above_the_threshold_nothing_is_written(client: DataMapClient, plan: Planner) -> None:
    push(plan(*(f"T{number}" for number in range(5))), client)
    push(plan("T0", "T1", "T2", "T3"), client, PushOptions(prune_threshold=0.2))  # one of five
    with pytest.raises(
        PruneError,
        match=r"delete 1 of the 4 processes of prod, more than "
        r"20%",
    ) as error:
        push(plan("T0", "T1", "T2", "T8"), client, PushOptions(prune_threshold=0.2))
    assert "--prune-threshold" in str(error.value)
    assert present(client) == {f"dbo.usp_t{number}#dbo.t{number}" for number in range(4)}


def test_parts_of_a_mapping_that_shrank_are_gone_too(
    client: DataMapClient, databases: DatabaseMap, graph_text
) -> None:
    def made(columns: int) -> Plan:
        edges = [(f"c{number}", f"d{number}", Subtype.IDENTITY) for number in range(columns)]
        options = PlanOptions(pruning=Pruning.ON, mapping_limit=600)
        graph = graph_text().edge("dbo.A", "dbo.T1", *edges).graph()
        return make_plan(
            graph, CatalogueResolver(client, databases), client, owner="prod", options=options
        )

    push(made(40), client)
    assert len(present(client)) > 2
    push(made(3), client, ALL)
    assert present(client) == {"dbo.usp_load#dbo.t1"}


@pytest.mark.parametrize(
    ("code", "path", "reason"),
    [
        ("SLP403", "all.sql", "all.sql includes a script that is missing"),
        ("SLP402", "all.sql", "all.sql includes a script from outside"),
        ("SLP003", "T2.sql", "not all of T2.sql is valid text"),
        ("SLP003", "all.sql", ""),
        ("SLP101", "T2.sql", ""),
    ],
)
def test_what_a_script_did_not_show_is_not_gone(
    client: DataMapClient, databases: DatabaseMap, graph_text, code: str, path: str, reason: str
) -> None:
    text = graph_text().edge("dbo.A", "dbo.T1", module="dbo.p1", path="T1.sql")
    both = graph_text().edge("dbo.A", "dbo.T1", module="dbo.p1", path="T1.sql", line=1)
    both.edge("dbo.A", "dbo.T2", module="dbo.p2", path="T2.sql")
    options = PlanOptions(pruning=Pruning.ON)
    resolver = CatalogueResolver(client, databases)
    push(make_plan(both.graph(), resolver, client, owner="prod"), client)
    graph = dataclasses.replace(text.graph(), diagnostics=(Diagnostic(code, "…", Span(), path),))
    new_plan = make_plan(graph, resolver, client, owner="prod", options=options)
    assert (deleted(new_plan) == []) is bool(reason)
    assert any(reason in note for note in new_plan.notes) is bool(reason)


def test_what_was_not_looked_at_is_not_gone_and_is_said_once(
    client: DataMapClient, databases: DatabaseMap, graph_text
) -> None:
    def made(*tables: str, **options: object) -> Plan:
        text = graph_text()
        for table in tables:
            text.edge("dbo.A", f"dbo.{table}", module=f"dbo.p{table}", path=f"{table}.sql")
        chosen = PlanOptions(pruning=Pruning.ON, folder="sales", **options)
        return make_plan(
            text.graph(), CatalogueResolver(client, databases), client, owner="prod", options=chosen
        )

    push(made("T1", "T2", "T3", "T4", "T5", "T6"), client)
    second_plan = made("T1", unseen=lambda path: "" if path == "sales/T6.sql" else "it was skipped")
    assert deleted(second_plan) == ["dbo.pT6 -> dbo.T6"]
    assert second_plan.notes == (
        "dbo.pT2 -> dbo.T2, dbo.pT3 -> dbo.T3, dbo.pT4 -> dbo.T4 and 1 more: kept, although the "
        "scan has no such process: "
        "it was skipped",
    )


def test_a_delete_that_is_denied_holds_up_no_other(
    client: DataMapClient, plan: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(plan("T1", "T2", "T3"), client)
    new_plan = plan()
    deletion = new_plan.having(PlannedAction.DELETE)[1].guid
    delete, delete_one = client.delete_entities, client.delete_entity

    def refuse(guids: list[str]) -> None:
        if deletion in guids:
            raise RefusedError("The service answered 403", status=403)

    monkeypatch.setattr(client, "delete_entities", lambda guids: refuse(guids) or delete(guids))
    monkeypatch.setattr(client, "delete_entity", lambda guid: refuse([guid]) or delete_one(guid))
    result = push(new_plan, client, ALL)
    assert (len(result.deleted), len(result.failed), result.stopped) == (2, 1, "")
    assert present(client) == {"dbo.usp_t2#dbo.t2"}
