from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sql_lineage_purview.purview import (
    BulkLimits,
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    Journal,
    Plan,
    PlannedAction,
    PushOptions,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.purview_errors import BadPlanError, RefusedError
from sql_lineage_purview.purview.transport.http import Reply

ROOT = "mssql://s.database.windows.net/Dw"


@pytest.fixture
def plan(account, client: DataMapClient, databases: DatabaseMap, graph_text):
    """A plan with one process for each of the tables T0, T1, …"""

    def _plan(count: int) -> Plan:
        text = graph_text()
        for name in ("A", *(f"T{number}" for number in range(count))):
            if not account.named(f"{ROOT}/dbo/{name}"):
                account.add("azure_sql_table", f"{ROOT}/dbo/{name}", ["x"])
        for number in range(count):
            text.edge("dbo.A", f"dbo.T{number}", line=number * 5 + 1)
        return make_plan(text.graph(), CatalogueResolver(client, databases), client, owner="prod")

    return _plan


def names(plan: Plan) -> list[str]:
    return [row.process.qualified_name for row in plan.processes]


def sent(account) -> dict:
    """The attributes of the first process that was written."""
    calls = (
        body
        for method, path, body in account.calls
        if method == "POST" and path.endswith("/entity/bulk")
    )
    return next(calls)["entities"][0]["attributes"]


def bulks(account) -> list[int]:
    return [
        len(body["entities"])
        for method, path, body in account.calls
        if method == "POST" and path.endswith("/entity/bulk")
    ]


def test_a_push_creates_the_type_and_the_processes(account, client: DataMapClient, plan) -> None:
    new_plan = plan(1)
    result = push(new_plan, client)
    assert (list(result.created), result.updated, result.unchanged, result.failed) == (
        names(new_plan),
        (),
        0,
        (),
    )
    assert PROCESS_TYPE in account.types
    (entity,) = account.named(names(new_plan)[0])
    assert entity["typeName"] == PROCESS_TYPE
    assert entity["attributes"]["columnMapping"] == new_plan.processes[0].process.column_mapping
    assert entity["attributes"]["name"] == "dbo.usp_Load -> dbo.T0"
    assert set(entity["attributes"]) == {
        "qualifiedName",
        "name",
        "columnMapping",
        "sqlText",
        "moduleName",
        "filePath",
        "lineRange",
        "transformations",
        "certainty",
        "throughTables",
        "unlistedColumns",
        "lineageOwner",
        "repository",
        "commitId",
        "toolVersion",
    }
    references = sent(account)["inputs"]
    assert references == [
        {"typeName": "azure_sql_table", "uniqueAttributes": {"qualifiedName": f"{ROOT}/dbo/A"}}
    ]


def test_all_attributes_that_are_sent_are_declared_by_the_type(
    account, client: DataMapClient, plan
) -> None:
    push(plan(1), client)
    declared = {row["name"] for row in account.types[PROCESS_TYPE]["attributeDefs"]}
    inherited = {"qualifiedName", "name", "inputs", "outputs"}
    attributes = sent(account)
    assert set(attributes) <= declared | inherited


def test_a_second_push_sends_nothing(account, client: DataMapClient, plan) -> None:
    push(plan(3), client)
    second_plan = plan(3)
    before = len(account.calls)
    result = push(second_plan, client)
    assert (result.written, result.unchanged) == (0, 3)
    assert len(account.calls) == before


def test_processes_go_in_bulks(account, client: DataMapClient, plan) -> None:
    assert push(plan(7), client, PushOptions(limits=BulkLimits(3))).written == 7
    assert bulks(account) == [3, 3, 1]


def test_a_process_that_the_service_refuses_does_not_hold_up_the_others(
    account, client: DataMapClient, plan
) -> None:
    new_plan = plan(8)
    account.refused = {names(new_plan)[2], names(new_plan)[7]}
    result = push(new_plan, client)
    assert [row.qualified_name for row in result.failed] == [names(new_plan)[2], names(new_plan)[7]]
    assert "mandatory attribute value missing" in result.failed[0].reason
    assert sorted((*result.created, *account.refused)) == sorted(names(new_plan))


def test_an_asset_that_vanished_since_the_plan_fails_with_the_remedy(
    account, client: DataMapClient, plan
) -> None:
    new_plan = plan(2)
    del account.entities[new_plan.processes[0].process.outputs[0].guid]
    result = push(new_plan, client)
    assert len(result.created) == 1
    assert "make the plan again" in result.failed[0].reason


class Interrupted:
    """An account that answers writes of entities with something else after the first `after`."""

    def __init__(self, account, after: int, answer: Reply) -> None:
        self.account, self.left, self.answer = account, after, answer
        self.sizes: list[int] = []

    def send(self, method, url, headers, body) -> Reply:
        if method == "POST" and "/entity/bulk" in url:
            self.sizes.append(body.count(b'"typeName":"sql_lineage_process"'))
            self.left -= 1
            if self.left < 0:
                return self.answer
        return self.account.send(method, url, headers, body)


def test_a_push_that_breaks_off_tells_what_was_written(
    account, client: DataMapClient, plan
) -> None:
    new_plan = plan(5)
    broken = Interrupted(account, 1, Reply(401))
    result = push(
        new_plan, DataMapClient(client.endpoint, broken), PushOptions(limits=BulkLimits(2))
    )
    assert list(result.created) == names(new_plan)[:2]
    assert (result.failed, result.untried) == ((), 3)
    assert "az login" in result.stopped
    assert broken.sizes == [2, 2]


def test_bulks_that_are_too_slow_are_halved_but_not_for_ever(
    account, client: DataMapClient, plan
) -> None:
    new_plan = plan(8)
    slow = Interrupted(account, 0, Reply(408))
    result = push(new_plan, DataMapClient(client.endpoint, slow))
    assert (len(result.failed), result.untried) == (2, 6)
    assert "408" in result.stopped
    assert slow.sizes == [8, 4, 2, 1, 1, 1]


def test_a_write_without_a_guid_is_not_counted(account, client: DataMapClient, plan) -> None:
    new_plan = plan(2)
    lossy = Interrupted(account, 0, Reply(200, {}, b'{"guidAssignments":{"-2":"real"}}'))
    result = push(new_plan, DataMapClient(client.endpoint, lossy))
    assert list(result.created) == names(new_plan)[1:]
    assert "assigned no guid" in result.failed[0].reason


def test_a_type_that_may_not_be_created_ends_the_push_before_anything_is_written(
    account, client: DataMapClient, plan
) -> None:
    new_plan = plan(1)

    class ReadOnly:
        def send(self, method, url, headers, body) -> Reply:
            return Reply(403) if method == "POST" else account.send(method, url, headers, body)

    with pytest.raises(RefusedError, match="root collection"):
        push(new_plan, DataMapClient(client.endpoint, ReadOnly()))
    assert account.named(names(new_plan)[0]) == []


def test_a_plan_for_another_account_is_refused(account, plan) -> None:
    with pytest.raises(BadPlanError, match="was made for"):
        push(plan(1), DataMapClient("https://other.purview.azure.com", account))
    assert account.writes() == []


class Denied:
    """An account whose identity cannot reach some collections and processes of some names."""

    def __init__(
        self, account, collections: tuple[str, ...] = (), names: tuple[str, ...] = ()
    ) -> None:
        self.account, self.collections, self.names = account, collections, names
        self.posts = 0

    def send(self, method, url, headers, body) -> Reply:
        if method == "POST" and "/entity/bulk" in url:
            self.posts += 1
            if any(f"collectionId={name}" in url for name in self.collections) or any(
                name.encode() in body for name in self.names
            ):
                return Reply(403)
        return self.account.send(method, url, headers, body)


def test_a_collection_that_is_denied_holds_up_no_other(
    account, client: DataMapClient, plan
) -> None:
    new_plan = plan(40)
    rows = [
        replace(row, collection="alpha" if number < 20 else "beta")
        for number, row in enumerate(new_plan.processes)
    ]
    denied = Denied(account, collections=("alpha",))
    result = push(replace(new_plan, processes=rows), DataMapClient(client.endpoint, denied))
    assert sorted(result.created) == sorted(row.process.qualified_name for row in rows[20:])
    assert result.stopped.startswith("alpha: The service answered 403")
    assert "Data Curator" in result.stopped
    assert len(result.created) + len(result.failed) + result.untried == 40
    assert denied.posts < 12


def test_a_known_process_that_is_denied_holds_up_no_other(
    account, client: DataMapClient, plan
) -> None:
    push(plan(10), client)
    new_plan = plan(10)
    rows = [replace(row, action=PlannedAction.UPDATE) for row in new_plan.processes]
    result = push(
        replace(new_plan, processes=rows),
        DataMapClient(client.endpoint, Denied(account, names=("#dbo.t3", "#dbo.t7"))),
    )
    assert len(result.updated) == 8
    assert [row.qualified_name[-2:] for row in result.failed] == ["t3", "t7"]
    assert result.stopped == ""


def test_a_push_that_is_denied_keeps_its_journal(
    account, client: DataMapClient, plan, tmp_path: Path
) -> None:
    new_plan = plan(10)
    rows = [
        replace(row, collection="alpha" if number < 5 else "beta")
        for number, row in enumerate(new_plan.processes)
    ]
    new_plan = replace(new_plan, processes=rows)
    path = tmp_path / "j.jsonl"
    push(
        new_plan,
        DataMapClient(client.endpoint, Denied(account, collections=("alpha",))),
        journal=Journal(path),
    )
    result = push(new_plan, client, journal=Journal(path))
    assert (len(result.created), result.resumed, result.stopped) == (5, 5, "")


def test_nothing_is_deleted_where_what_is_new_is_refused(
    account, client: DataMapClient, plan
) -> None:
    push(plan(4), client)
    *old, gone = plan(4).processes
    guid = account.named(gone.process.qualified_name)[0]["guid"]
    new = replace(
        gone,
        action=PlannedAction.CREATE,
        process=replace(gone.process, qualified_name=f"{gone.process.qualified_name}@1"),
    )
    edited = replace(
        plan(4), processes=[*old, new, replace(gone, action=PlannedAction.DELETE, guid=guid)]
    )
    account.refused = {new.process.qualified_name}
    result = push(edited, client, PushOptions(prune_threshold=1))
    assert (result.deleted, result.held_back, [row.qualified_name for row in result.failed]) == (
        (),
        1,
        [*account.refused],
    )
    account.refused = set()
    result = push(edited, client, PushOptions(prune_threshold=1))
    assert (result.created, result.deleted) == (
        (new.process.qualified_name,),
        (gone.process.qualified_name,),
    )
    assert (result.held_back, account.named(gone.process.qualified_name)) == (0, [])


def test_nothing_is_deleted_where_what_is_new_is_denied(
    account, client: DataMapClient, plan
) -> None:
    push(plan(4), client)
    *old, gone = plan(4).processes
    new = replace(
        gone,
        process=replace(gone.process, qualified_name=f"{gone.process.qualified_name}@1"),
        collection="alpha",
    )
    new = [
        replace(
            new, process=replace(new.process, qualified_name=f"{new.process.qualified_name}{n}")
        )
        for n in range(4)
    ]
    rows = [
        *old,
        *(replace(row, action=PlannedAction.CREATE) for row in new),
        replace(gone, action=PlannedAction.DELETE),
    ]
    edited = replace(plan(4), processes=rows)
    denied = DataMapClient(client.endpoint, Denied(account, collections=("alpha",)))
    result = push(edited, denied, PushOptions(prune_threshold=1))
    assert (result.deleted, len(result.failed) + result.untried) == ((), 5)
    assert "alpha: " in result.stopped
