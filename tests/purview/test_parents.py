"""Processes below the stored procedures that they belong to, in accounts that know such."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from sql_lineage_purview.emulator import Emulator, SeedAsset, seed
from sql_lineage_purview.model.graph import Module
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    Plan,
    PlanOptions,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.planning.stages.procedure_relations import Parents

ROOT = "mssql://s.database.windows.net/Dw/dbo"
PROCEDURE = "azure_sql_stored_procedure"
CHILD = {"type": "Process", "name": "parent", "cardinality": "SINGLE", "isContainer": False}


@pytest.fixture
def client() -> Iterator[DataMapClient]:
    with Emulator(":memory:") as emulator:
        seed(emulator, [SeedAsset("azure_sql_table", f"{ROOT}/{name}") for name in ("A", "T", "U")])
        yield DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))


def relation(parent: str, child: str) -> dict:
    """Another account's definition of what relates a process to its parent."""
    return {
        "endDef1": {"type": child, "name": "parent", "cardinality": "SINGLE", "isContainer": False},
        "endDef2": {"type": parent, "name": "parts", "cardinality": "SET", "isContainer": True},
    }


def register(client: DataMapClient, *names: str) -> None:
    attributes = [{"qualifiedName": f"{ROOT}/{name}", "name": name} for name in names]
    client.upsert_entities(
        [
            {"typeName": PROCEDURE, "guid": f"-{n}", "attributes": row}
            for n, row in enumerate(attributes, 1)
        ]
    )


Planner = Callable[[], Plan]


@pytest.fixture
def plan(client: DataMapClient, databases: DatabaseMap, graph_text) -> Planner:
    """`dbo.usp_Load` fills two tables; a script fills another."""

    def _plan() -> Plan:
        text = graph_text().edge("dbo.A", "dbo.T", line=1).edge("dbo.A", "dbo.U", line=5)
        text.edge("dbo.A", "dbo.U", module=None, path="loose.sql")
        module = Module(
            parse_name("dbo.usp_Load"), ModuleKind.PROCEDURE, "p.sql", 1, 2, (), (), (), ()
        )
        options = PlanOptions(parents=Parents(client, databases))
        graph = dataclasses.replace(text.graph(), modules=(module,))
        return make_plan(
            graph, CatalogueResolver(client, databases), client, owner="prod", options=options
        )

    return _plan


def parents(client: DataMapClient) -> dict[str, str]:
    relations = {}
    for hit in client.search(PROCESS_TYPE, "sql-lineage-purview://"):
        (entity,) = client.get_entity(hit.guid).entities
        parent = entity["relationshipAttributes"].get("parent")
        relations[hit.qualified_name.rpartition("/")[2]] = parent["displayText"] if parent else ""
    return relations


@pytest.mark.parametrize("spelling", ["usp_Load", "USP_LOAD"])
def test_processes_hang_below_their_procedure(
    client: DataMapClient, plan: Planner, spelling: str
) -> None:
    register(client, spelling)
    result = push(plan(), client)
    assert (result.related, result.failed) == (2, ())
    assert parents(client) == {
        "dbo.usp_load#dbo.t": spelling,
        "dbo.usp_load#dbo.u": spelling,
        "loose.sql#dbo.u": "",
    }
    assert plan().counts().changes == 0


def test_an_account_that_relates_no_processes_has_no_parents(
    client: DataMapClient, plan: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client, "usp_Load")
    original = client.get_relationship_type
    monkeypatch.setattr(client, "get_relationship_type", lambda name: original(f"no_{name}"))
    assert plan().relations == ()


def test_an_account_that_knows_no_procedures_has_no_parents(
    client: DataMapClient, plan: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client, "usp_Load")
    original = client.get_type
    monkeypatch.setattr(client, "get_type", lambda name: original(f"no_{name}"))
    assert plan().relations == ()


@pytest.mark.parametrize("names", [("usp_Other",), ("usp_Load", "USP_Load"), ()])
def test_a_procedure_that_is_not_registered_or_twice_is_no_parent(
    client: DataMapClient, plan: Planner, names: tuple[str, ...]
) -> None:
    if names:
        register(client, *names)
    assert plan().relations == ()


@pytest.mark.parametrize(
    ("parent", "child", "fits"),
    [
        ("Process", "Process", True),
        (PROCEDURE, "Asset", True),
        ("DataSet", "Process", False),
        ("Process", "DataSet", False),
    ],
)
def test_the_accounts_types_decide(
    client: DataMapClient,
    plan: Planner,
    monkeypatch: pytest.MonkeyPatch,
    parent: str,
    child: str,
    *,
    fits: bool,
) -> None:
    register(client, "usp_Load")
    monkeypatch.setattr(client, "get_relationship_type", lambda _: relation(parent, child))
    ends = [(row.source.type_name, row.target.type_name) for row in plan().relations]
    assert ends == [(PROCESS_TYPE, PROCEDURE)] * (2 if fits else 0)


def test_what_the_account_refuses_fails_no_push(client: DataMapClient, plan: Planner) -> None:
    register(client, "usp_Load")
    new_plan = plan()
    (entity,) = client.get_entities(PROCEDURE, [f"{ROOT}/usp_Load"]).entities
    client.delete_entity(entity["guid"])
    result = push(new_plan, client)
    assert (result.related, result.failed, len(result.created)) == (0, (), 3)
