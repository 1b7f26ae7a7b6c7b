"""`verify` finds each of a list of drifts planted in an account: the emulator, after a push."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from sql_lineage_purview.emulator import AssetColumn, Behaviour, Emulator, SeedAsset, Switches, seed
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    LocalTransport,
    Plan,
    PlannedAction,
    PurviewTarget,
    PushOptions,
    connect,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.assets import AssetRef
from sql_lineage_purview.purview.account.entities import PARENT_TYPE, PROCESS_TYPE
from sql_lineage_purview.purview.checking.drift import Drift, DriftKind, verify
from sql_lineage_purview.purview.checking.mapping_lint import hidden
from sql_lineage_purview.purview.planning.mapping import LIMIT
from sql_lineage_purview.purview.planning.plan_document import PlannedRelation
from sql_lineage_purview.purview.transport.http import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = "mssql://s.database.windows.net/Dw"
FILE = "https://lake.dfs.core.windows.net/raw/orders.csv"
LOAD = "sql-lineage-purview://team/dbo.usp_load#dbo.fact"
MAIL = "sql-lineage-purview://team/dbo.usp_mail#dbo.mail"


class Account:
    """An emulator, what was pushed to it, and ways to spoil that."""

    def __init__(self, emulator: Emulator, databases: DatabaseMap, graph_text: Any) -> None:
        self.emulator = emulator
        self.databases = databases
        self.client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        text = graph_text()
        text.edge("dbo.A", "dbo.Fact", ("x", "y", Subtype.IDENTITY), ("z", "w", Subtype.IDENTITY))
        text.edge("dbo.B", "dbo.Fact", ("x", "w", Subtype.IDENTITY), line=4)
        text.edge(
            FILE,
            "dbo.Mail",
            ("address", "address", Subtype.IDENTITY),
            module="dbo.usp_Mail",
            line=9,
        )
        self.graph = text.graph()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.emulator.handle(method, f"/datamap/api/atlas/v2{path}", {}, raw)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def plan(self) -> Plan:
        return make_plan(
            self.graph, CatalogueResolver(self.client, self.databases), self.client, owner="team"
        )

    def drifts(self) -> tuple[Drift, ...]:
        return verify(self.plan(), self.client)

    def guid(self, qualified_name: str, type_name: str = PROCESS_TYPE) -> str:
        [entity] = self.client.get_entities(type_name, [qualified_name]).entities
        return str(entity["guid"])

    def write(self, qualified_name: str, **attributes: object) -> None:
        """Create or change a process behind the tool's back."""
        attributes = {"qualifiedName": qualified_name, "name": "x"} | attributes
        self.call(
            "POST",
            "/entity",
            {"entity": {"typeName": PROCESS_TYPE, "guid": "-1", "attributes": attributes}},
        )

    def set(self, qualified_name: str, attribute: str, value: str) -> None:
        self.call("PUT", f"/entity/guid/{self.guid(qualified_name)}?name={attribute}", value)

    def delete(self, qualified_name: str, type_name: str = PROCESS_TYPE) -> None:
        self.call("DELETE", f"/entity/guid/{self.guid(qualified_name, type_name)}")


def table(name: str, *columns: str) -> SeedAsset:
    return SeedAsset(
        "azure_sql_table",
        f"{ROOT}/dbo/{name}",
        columns=tuple(AssetColumn(column, "int") for column in columns),
    )


@pytest.fixture(params=["soft", "hard"])
def account(
    databases: DatabaseMap, graph_text: Any, request: pytest.FixtureRequest
) -> Iterator[Account]:
    with Emulator(
        ":memory:", behaviour=Behaviour(switches=Switches(deletes=request.param))
    ) as emulator:
        tables = [
            table("A", "x", "z"),
            table("B", "x"),
            table("Fact", "y", "w"),
            table("Mail", "address"),
        ]
        seed(
            emulator,
            [
                *tables,
                SeedAsset(
                    "azure_datalake_gen2_path", FILE, columns=(AssetColumn("address", "string"),)
                ),
            ],
        )
        account = Account(emulator, databases, graph_text)
        assert not push(account.plan(), account.client).failed
        yield account


def test_what_was_just_pushed_has_no_drift(account: Account) -> None:
    assert account.drifts() == ()


def other_inputs(account: Account) -> None:
    account.write(LOAD, inputs=[{"guid": account.guid(f"{ROOT}/dbo/Mail", "azure_sql_table")}])


def mapping(**changed: object) -> str:
    pairs = {"Source": "x", "Sink": "y"}
    block = {
        "DatasetMapping": {"Source": f"{ROOT}/dbo/A", "Sink": f"{ROOT}/dbo/Fact"},
        "ColumnMapping": [pairs],
    }
    return json.dumps([block | changed])


def mapped(text: str) -> Callable[[Account], None]:
    return lambda account: account.set(LOAD, "columnMapping", text)


# A deleted end is still listed, and so told by its name, only where deletes are soft.
LISTED = ", one of its "
# What is done to the account, and the drifts of which process it leads to, with words of each.
PLANTED: list[tuple[str, Callable[[Account], None], set[tuple[str, DriftKind, str]]]] = [
    ("process deleted", lambda a: a.delete(LOAD), {(LOAD, DriftKind.MISSING, "no such process")}),
    (
        "process of nobody",
        lambda a: a.write(
            LOAD + "2",
            inputs=[{"guid": a.guid(f"{ROOT}/dbo/A", "azure_sql_table")}],
            outputs=[],
            columnMapping="[]",
        ),
        {
            (LOAD + "2", DriftKind.FOREIGN, "no script"),
            (LOAD + "2", DriftKind.END_GONE, "none of its outputs"),
        },
    ),
    (
        "attribute",
        lambda a: a.set(LOAD, "certainty", "PARTIAL"),
        {(LOAD, DriftKind.CHANGED, "certainty")},
    ),
    (
        "name",
        lambda a: a.set(LOAD, "name", "mine"),
        {(LOAD, DriftKind.CHANGED, "name differs: it is 'mine'")},
    ),
    (
        "other inputs",
        other_inputs,
        {
            (LOAD, DriftKind.CHANGED, "inputs"),
            (LOAD, DriftKind.CHANGED, "name"),
            (LOAD, DriftKind.HIDDEN, "dbo/A as a source"),
            (LOAD, DriftKind.HIDDEN, "dbo/B as a source"),
        },
    ),
    (
        "input deleted",
        lambda a: a.delete(f"{ROOT}/dbo/B", "azure_sql_table"),
        {
            (LOAD, DriftKind.CHANGED, "columnMapping"),
            (LOAD, DriftKind.END_GONE, f"B{LISTED}inputs, is deleted"),
            (LOAD, DriftKind.HIDDEN, "dbo/B as a source"),
        },
    ),
    (
        "output deleted",
        lambda a: a.delete(f"{ROOT}/dbo/Mail", "azure_sql_table"),
        {
            (MAIL, DriftKind.FOREIGN, "not resolved any more"),
            (MAIL, DriftKind.END_GONE, f"Mail{LISTED}outputs, is deleted"),
            (MAIL, DriftKind.END_GONE, "none of its outputs is left"),
            (MAIL, DriftKind.HIDDEN, "dbo/Mail as a sink"),
        },
    ),
    (
        "column of an input deleted",
        lambda a: a.delete(f"{ROOT}/dbo/A#z", "azure_sql_column"),
        {(LOAD, DriftKind.COLUMN_GONE, "dbo/A has no column z")},
    ),
    (
        "column of the output deleted",
        lambda a: a.delete(f"{ROOT}/dbo/Fact#w", "azure_sql_column"),
        {(LOAD, DriftKind.COLUMN_GONE, "dbo/Fact has no column w")},
    ),
    (
        "mapping of others",
        mapped(mapping(ColumnMapping=[{"Source": "gone", "Sink": "y"}])),
        {
            (LOAD, DriftKind.CHANGED, "columnMapping"),
            (LOAD, DriftKind.COLUMN_GONE, "dbo/A has no column gone"),
        },
    ),
    (
        "mapping in another case",
        mapped(mapping(DatasetMapping={"Source": f"{ROOT}/dbo/a", "Sink": f"{ROOT}/dbo/Fact"})),
        {(LOAD, DriftKind.CHANGED, "columnMapping"), (LOAD, DriftKind.HIDDEN, "dbo/a as a source")},
    ),
    (
        "mapping that is no JSON",
        mapped("{"),
        {(LOAD, DriftKind.CHANGED, "columnMapping"), (LOAD, DriftKind.HIDDEN, "no JSON")},
    ),
    (
        "mapping gone",
        mapped(""),
        {(LOAD, DriftKind.CHANGED, "columnMapping"), (LOAD, DriftKind.HIDDEN, "no mapping")},
    ),
]


@pytest.mark.parametrize(
    ("plant", "expected"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_a_planted_drift_is_found(
    account: Account, plant: Callable[[Account], None], expected: set[tuple[str, DriftKind, str]]
) -> None:
    plant(account)
    if account.emulator.behaviour.switches.deletes == "hard":
        expected = {row for row in expected if LISTED not in row[2]}

    drifts = account.drifts()

    unexpected = [row for row in drifts if not any(_is(row, drift) for drift in expected)]
    assert not unexpected
    assert not [drift for drift in expected if not any(_is(row, drift) for row in drifts)], drifts


def _is(row: Drift, expected: tuple[str, DriftKind, str]) -> bool:
    return (row.qualified_name, row.kind) == expected[:2] and expected[2] in row.detail


class TestWhatStaysListed:
    """Where deletes are soft, a process goes on listing the ends that it had.

    A push cannot change that.
    """

    def rows(self, account: Account) -> list[tuple[str, str, str]]:
        (entity,) = account.client.get_entities(PROCESS_TYPE, [LOAD]).entities
        rows = entity["relationshipAttributes"]["inputs"]
        return sorted(
            (row["displayText"], row["entityStatus"], row["relationshipStatus"]) for row in rows
        )

    def test_a_deleted_input_is_no_drift_behind_a_push(self, account: Account) -> None:
        account.delete(f"{ROOT}/dbo/B", "azure_sql_table")
        assert account.drifts()

        push(account.plan(), account.client)

        assert account.drifts() == ()
        if account.emulator.behaviour.switches.deletes == "soft":
            assert self.rows(account) == [("A", "ACTIVE", "ACTIVE"), ("B", "DELETED", "DELETED")]

    def test_an_input_that_the_scripts_drop_is_none_either(
        self, account: Account, graph_text: Any
    ) -> None:
        text = graph_text().edge(
            "dbo.A", "dbo.Fact", ("x", "y", Subtype.IDENTITY), ("z", "w", Subtype.IDENTITY)
        )
        text.edge(
            FILE,
            "dbo.Mail",
            ("address", "address", Subtype.IDENTITY),
            module="dbo.usp_Mail",
            line=9,
        )
        account.graph = text.graph()
        push(account.plan(), account.client)

        assert account.drifts() == ()
        if account.emulator.behaviour.switches.deletes == "soft":
            assert self.rows(account) == [("A", "ACTIVE", "ACTIVE"), ("B", "ACTIVE", "DELETED")]

    def test_an_input_that_a_scan_registers_anew_is_one_until_the_next_push(
        self, account: Account
    ) -> None:
        account.delete(f"{ROOT}/dbo/B", "azure_sql_table")
        seed(account.emulator, [table("B", "x")])
        assert {row.kind for row in account.drifts()} >= {DriftKind.CHANGED}

        push(account.plan(), account.client)

        assert account.drifts() == ()
        assert account.plan().counts().changes == 0

    def test_a_plan_whose_asset_was_deleted_since_is_refused(self, account: Account) -> None:
        account.delete(LOAD)
        new_plan = account.plan()
        account.delete(f"{ROOT}/dbo/B", "azure_sql_table")

        (failure,) = push(new_plan, account.client, PushOptions(saved=True)).failed

        assert "no longer in the catalogue: make the plan again" in failure.reason


def test_an_end_that_is_answered_as_deleted_is_found(account: Account) -> None:
    """The real service may keep the relation to a deleted asset, with its status."""

    class Kept:
        def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
            reply = LocalTransport(account.emulator).send(method, url, headers, body)
            document = json.loads(reply.body or b"{}")
            for entity in document.get("entities") or [] if PROCESS_TYPE in url else []:
                entity["relationshipAttributes"]["outputs"][0]["entityStatus"] = "DELETED"
            return Reply(reply.status, reply.headers, json.dumps(document).encode())

    drifts = verify(account.plan(), connect(PurviewTarget("emulator"), Kept()))

    assert "Fact, one of its outputs, is deleted" in {
        row.detail for row in drifts if row.kind is DriftKind.END_GONE
    }


def test_a_type_that_does_not_declare_the_mapping_is_found(
    account: Account, databases: DatabaseMap, graph_text: type[Any]
) -> None:
    with Emulator(":memory:") as emulator:
        second_account = Account(emulator, databases, graph_text)
        seed(emulator, [table("A"), table("Fact")])
        second_account.call(
            "POST",
            "/types/typedefs",
            {"entityDefs": [{"name": PROCESS_TYPE, "superTypes": ["Process"]}]},
        )

        drifts = second_account.drifts()

    assert {(row.qualified_name, row.kind) for row in drifts} == {
        (PROCESS_TYPE, DriftKind.HIDDEN),
        (LOAD, DriftKind.MISSING),
    }


def test_an_account_without_the_type_has_nothing(account: Account) -> None:
    with Emulator(":memory:") as emulator:
        seed(emulator, [table("A"), table("Fact")])
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        plan = make_plan(
            account.graph, CatalogueResolver(client, account.databases), client, owner="team"
        )

        assert {row.kind for row in verify(plan, client)} == {DriftKind.MISSING}


def test_processes_of_other_owners_are_no_drift(account: Account) -> None:
    for name in (
        "sql-lineage-purview://team2/dbo.usp_x#dbo.fact",
        "sql-lineage-purview://other/team/dbo.usp_x#dbo.fact",
    ):
        account.write(name, inputs=[], outputs=[])

    assert account.drifts() == ()


@pytest.mark.parametrize(
    ("action", "kind"),
    [(PlannedAction.CREATE, DriftKind.MISSING), (PlannedAction.UPDATE, DriftKind.CHANGED)],
)
def test_lineage_of_views_without_a_process_counts(
    account: Account, action: PlannedAction, kind: DriftKind
) -> None:
    start, end = AssetRef("a", "azure_sql_table", "1"), AssetRef("b", "azure_sql_view", "2")
    rows = (
        PlannedRelation(action, start, end, "[]"),
        PlannedRelation(PlannedAction.UNCHANGED, end, start, "[]"),
    )

    drifts = verify(replace(account.plan(), relations=rows), account.client)

    assert [(row.kind, row.name) for row in drifts] == [(kind, "a -> b")]


def test_a_column_of_a_file_is_held_against_its_schema(account: Account) -> None:
    changed = account.client.get_entities(PROCESS_TYPE, [MAIL]).entities[0]["attributes"][
        "columnMapping"
    ]
    account.set(MAIL, "columnMapping", changed.replace('"Source":"address"', '"Source":"street"'))

    assert (MAIL, DriftKind.COLUMN_GONE) in {
        (row.qualified_name, row.kind) for row in account.drifts()
    }


@pytest.mark.parametrize(
    "text", ["null", "[1]", '[{"DatasetMapping": {}}]', '[{"ColumnMapping": []}]', '"text"']
)
def test_json_of_another_form_is_hidden(text: str) -> None:
    assert hidden(text, (), ()) == ["the mapping is no JSON in the form that the portal reads"]


def test_a_mapping_above_the_size_of_a_property_is_hidden() -> None:
    pairs = [{"Source": "x" * 40, "Sink": str(number)} for number in range(1000)]
    text = json.dumps([{"DatasetMapping": {"Source": "*", "Sink": "b"}, "ColumnMapping": pairs}])

    [reason] = hidden(text, (), ("b",))

    assert str(LIMIT) in reason


def test_a_procedure_that_the_account_does_not_take_as_parent_is_no_drift(account: Account) -> None:
    start, end = AssetRef("a", PROCESS_TYPE, "1"), AssetRef("b", "azure_sql_stored_procedure", "2")
    refused = PlannedRelation(PlannedAction.CREATE, start, end, "", type_name=PARENT_TYPE)

    assert verify(replace(account.plan(), relations=(refused,)), account.client) == ()
