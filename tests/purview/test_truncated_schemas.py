"""Assets whose columns the catalogue lists in part, and columns that it does not list at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.emulator import AssetColumn, Emulator, SeedAsset, seed
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    Plan,
    PurviewTarget,
    connect,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE, assets_of
from sql_lineage_purview.purview.checking.drift import Drift, DriftKind, verify
from sql_lineage_purview.purview.planning.asset_dump import dump_account
from sql_lineage_purview.purview.planning.unlisted import read_unlisted

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "mssql://s.database.windows.net/Dw/dbo"
FILE = "https://lake.dfs.core.windows.net/raw/wide.csv"
MARK = "Additional-Columns-Truncated"


class Account:
    """An emulator, and the plan of a graph for it."""

    def __init__(self, emulator: Emulator, databases: DatabaseMap, graph_text: Any) -> None:
        self.emulator = emulator
        self.client: DataMapClient = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        self._databases = databases
        self.text = graph_text()

    def plan(self) -> Plan:
        return make_plan(
            self.text.graph(),
            CatalogueResolver(self.client, self._databases),
            self.client,
            owner="team",
        )

    def pushed(self) -> Plan:
        plan = self.plan()
        assert not push(plan, self.client).failed
        return plan

    def drifts(self) -> tuple[Drift, ...]:
        return verify(self.plan(), self.client)

    def delete(self, type_name: str, qualified_name: str) -> None:
        (entity,) = self.client.get_entities(type_name, [qualified_name]).entities
        self.client.delete_entity(entity["guid"])

    def mapped(self) -> set[tuple[str, str]]:
        (hit,) = self.client.search(PROCESS_TYPE, "sql-lineage-purview://team/")
        (process,) = self.client.get_entities(PROCESS_TYPE, [hit.qualified_name]).entities
        blocks = json.loads(process["attributes"]["columnMapping"])
        return {
            (pair["Source"], pair["Sink"]) for block in blocks for pair in block["ColumnMapping"]
        }


@pytest.fixture
def account(databases: DatabaseMap, graph_text: Any) -> Iterator[Account]:
    with Emulator(":memory:") as emulator:
        yield Account(emulator, databases, graph_text)


def table(name: str, *columns: str, type_name: str = "azure_sql_table") -> SeedAsset:
    where = name if "://" in name else f"{ROOT}/{name}"
    return SeedAsset(
        type_name, where, columns=tuple(AssetColumn(column, "int") for column in columns)
    )


WIDE = [
    ("dbo.Wide", table("Wide", "C1", "C2", MARK), "azure_sql_column", f"{ROOT}/Wide#C1"),
    ("dbo.Wide", table("Wide", "C1", "C2", MARK.upper()), "azure_sql_column", f"{ROOT}/Wide#C1"),
    (
        FILE,
        table(FILE, "C1", "C2", MARK, type_name="azure_datalake_gen2_path"),
        "column",
        f"{FILE}#tabular_schema//C1",
    ),
]


@pytest.mark.parametrize(
    ("source", "asset", "column_type", "column"), WIDE, ids=["table", "in capitals", "file"]
)
def test_nothing_is_gone_from_an_asset_whose_list_was_cut(
    account: Account, source: str, asset: SeedAsset, column_type: str, column: str
) -> None:
    seed(account.emulator, [asset, table("Fact", "a", "b", "c")])
    for name, target in (("c1", "a"), ("c301", "b"), ("c302", "c")):
        account.text.edge(source, "dbo.Fact", (name, target, Subtype.IDENTITY))

    plan = account.pushed()

    (note,) = plan.notes
    assert "lists only 2 of the columns" in note
    assert account.mapped() == {("C1", "a"), ("c301", "b"), ("c302", "c")}
    assert account.drifts() == ()
    account.delete(column_type, column)
    assert DriftKind.COLUMN_GONE not in {row.kind for row in account.drifts()}


def test_the_mark_is_no_column(account: Account) -> None:
    seed(account.emulator, [table("Wide", "C1", MARK), table("Narrow", "C1")])
    names = [f"{ROOT}/Wide", f"{ROOT}/Narrow"]
    wide, narrow = assets_of(account.client.get_entities("azure_sql_table", names))
    assert (wide.columns, wide.truncated) == (("C1",), True)
    assert (narrow.columns, narrow.truncated) == (("C1",), False)
    assert (wide.lacks("c9"), narrow.lacks("c9"), narrow.lacks("C1")) == (False, True, False)


def test_a_snapshot_of_the_account_keeps_that_the_list_was_cut(
    account: Account, databases: DatabaseMap
) -> None:
    seed(account.emulator, [table("Wide", "C1", MARK)])
    snapshot, _ = dump_account(account.client, databases, owner="team", taken="now")
    (asset,) = assets_of(snapshot.get_entities("azure_sql_table", [f"{ROOT}/Wide"]))
    assert (asset.columns, asset.truncated) == (("C1",), True)


class TestColumnsThatTheCatalogueLacks:
    @pytest.fixture
    def pushed(self, account: Account) -> Account:
        seed(account.emulator, [table("A", "x", "z"), table("Fact", "y", "w")])
        account.text.edge(
            "dbo.A", "dbo.Fact", ("x", "y", Subtype.IDENTITY), ("late", "w", Subtype.IDENTITY)
        )
        plan = account.pushed()
        assert any("column late is not in the catalogue's" in note for note in plan.notes)
        return account

    def test_they_are_no_drift_behind_a_push(self, pushed: Account) -> None:
        assert pushed.drifts() == ()
        assert pushed.plan().counts().changes == 0

    def test_one_that_goes_later_is(self, pushed: Account) -> None:
        pushed.delete("azure_sql_column", f"{ROOT}/A#x")
        assert [(row.kind, row.detail) for row in pushed.drifts()] == [
            (DriftKind.COLUMN_GONE, f"{ROOT}/A has no column x")
        ]

    def test_a_push_acknowledges_it(self, pushed: Account) -> None:
        pushed.delete("azure_sql_column", f"{ROOT}/A#x")
        assert pushed.pushed().counts().update == 1
        assert pushed.drifts() == ()

    def test_one_that_a_scan_brings_is_none(self, pushed: Account) -> None:
        seed(pushed.emulator, [table("A", "x", "z", "late")])
        assert pushed.drifts() == ()
        assert pushed.pushed().counts().update == 1
        pushed.delete("azure_sql_column", f"{ROOT}/A#late")
        assert [row.kind for row in pushed.drifts()] == [DriftKind.COLUMN_GONE]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", '{"a": 1}', "[" * 100_000])
def test_what_others_wrote_there_names_no_columns(text: str) -> None:
    assert read_unlisted(text) == {}
