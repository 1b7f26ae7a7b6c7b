"""A lakehouse and a warehouse of Fabric, from their scripts to lineage that is verified.

This is done with an account that has their tables,
with one that has none of the warehouse, and with one that does not even have the types for these.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.emulator import Emulator, load_assets, seed, serve
from sql_lineage_purview.purview import DataMapClient, LocalTransport, PurviewTarget, connect
from sql_lineage_purview.purview.account.warehouse_types import ensure_warehouse_types

from .conftest import Run, write

if TYPE_CHECKING:
    from pathlib import Path

WORKSPACE, LAKE, WAREHOUSE = (
    f"3f2c1b0a-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)
)
GROUP = f"https://app.fabric.microsoft.com/groups/{WORKSPACE}"
TABLES = f"{GROUP}/lakehouses/{LAKE}/tables"
SCHEMA = f"{GROUP}/warehouses/{WAREHOUSE}/schemas/dbo"
CONFIGURATION = f"""
database = "Wh"
[databases.Wh]
platform = "fabric_warehouse"
workspace = "{WORKSPACE}"
item = "{WAREHOUSE}"
[databases.Lake]
platform = "fabric_lakehouse"
workspace = "{WORKSPACE}"
item = "{LAKE}"
[purview]
endpoint = "emulator"
emulator_file = "state.sqlite"
emulator_seed = "seed.json"
owner = "team"
"""
LOAD = """
CREATE PROCEDURE dbo.usp_Load AS
BEGIN
    INSERT INTO dbo.FactOrders (OrderId, Amount) SELECT o.id, o.amount FROM Lake.dbo.orders AS o;
    INSERT INTO dbo.Customers (Name) SELECT c.name FROM Lake.crm.customers AS c;
END
GO
CREATE TABLE dbo.Totals AS SELECT SUM(Amount) AS Amount FROM dbo.FactOrders
"""
WAREHOUSE_TYPES = (
    "fabric_warehouse_table_column",
    "fabric_warehouse_table",
    "fabric_warehouse_schema",
)
RELATIONS = (
    "fabric_warehouse_table_columns",
    "fabric_warehouse_table_schemas",
    "fabric_warehouse_schema_warehouses",
)


def asset(type_name: str, qualified_name: str, *columns: str) -> dict[str, Any]:
    rows = [{"name": column, "type": "int"} for column in columns]
    return {"type": type_name, "qualifiedName": qualified_name, "columns": rows}


LAKE_ASSETS = [
    asset("fabric_lakehouse_table", f"{TABLES}/Orders", "Id", "Amount"),
    asset("fabric_lakehouse_table", f"{TABLES}/crm%252Fcustomers", "Name"),
]
WAREHOUSE_ASSETS = [
    asset("fabric_warehouse_table", f"{SCHEMA}/tables/FactOrders", "OrderId", "Amount"),
    asset("fabric_warehouse_table", f"{SCHEMA}/tables/Customers", "Name"),
    asset("fabric_warehouse_table", f"{SCHEMA}/tables/Totals", "Amount"),
]


def project_of(folder: Path, assets: list[dict[str, Any]]) -> Path:
    return write(
        folder,
        {
            "sql-lineage-purview.toml": CONFIGURATION,
            "seed.json": json.dumps({"assets": assets}),
            "load.sql": LOAD,
        },
    )


def mappings(folder: Path) -> dict[str, set[tuple[str, str, str, str]]]:
    """The column mapping of each process, by its name."""
    with Emulator(folder / "state.sqlite") as emulator:
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        names = [
            hit.qualified_name
            for hit in client.search("sql_lineage_process", "sql-lineage-purview://team/")
        ]
        entities = client.get_entities("sql_lineage_process", names).entities
    return {
        row["attributes"]["name"]: {
            (
                block["DatasetMapping"]["Source"],
                pair["Source"],
                block["DatasetMapping"]["Sink"],
                pair["Sink"],
            )
            for block in json.loads(row["attributes"]["columnMapping"])
            for pair in block["ColumnMapping"]
        }
        for row in entities
    }


def test_a_lakehouse_and_a_warehouse_are_published_and_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(project_of(tmp_path, LAKE_ASSETS + WAREHOUSE_ASSETS))

    assert run("scan", ".").code == 0
    pushed = run("push", ".", "--yes")

    assert (pushed.code, "3 created" in pushed.err + pushed.out) == (0, True), pushed
    assert run("verify", ".").code == 0
    assert "0 processes to create, 0 to update, 3 unchanged." in run("plan", ".").out
    fact = f"{SCHEMA}/tables/FactOrders"
    assert mappings(tmp_path) == {
        "Wh.dbo.usp_Load -> Wh.dbo.FactOrders": {
            (f"{TABLES}/Orders", "Id", fact, "OrderId"),
            (f"{TABLES}/Orders", "Amount", fact, "Amount"),
        },
        "Wh.dbo.usp_Load -> Wh.dbo.Customers": {
            (f"{TABLES}/crm%252Fcustomers", "Name", f"{SCHEMA}/tables/Customers", "Name")
        },
        "load.sql -> Wh.dbo.Totals": {(fact, "Amount", f"{SCHEMA}/tables/Totals", "Amount")},
    }


@pytest.mark.parametrize(
    "lacking", [(), (*RELATIONS, *WAREHOUSE_TYPES)], ids=["with the types", "without"]
)
def test_tables_of_a_warehouse_that_nobody_registered_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, lacking: tuple[str, ...]
) -> None:
    monkeypatch.chdir(project_of(tmp_path, LAKE_ASSETS))
    with Emulator(tmp_path / "state.sqlite") as emulator, serve(emulator, 0) as server:
        seed(emulator, load_assets(tmp_path / "seed.json"))
        for name in lacking:
            answer = emulator.handle(
                "DELETE", f"/datamap/api/atlas/v2/types/typedef/name/{name}", {}, b""
            )
            assert answer.status == 204, answer.body
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", server.url)

        pushed = run("push", ".", "--yes", "--missing", "create")

        assert pushed.code == 0, pushed
        assert run("verify", ".", "--missing", "create").code == 0
        assert run("verify", ".").code == 0
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        assert client.get_type("fabric_warehouse_table")["superTypes"] == ["DataSet"]
        assert {
            client.get_relationship_type(name)["relationshipCategory"] for name in RELATIONS
        } == {"COMPOSITION"}
        assert ensure_warehouse_types(client) == ()
        assert columns_of_a_registered_column(client) == ["OrderId"]
    assert len(mappings(tmp_path)) == 3


def columns_of_a_registered_column(client: DataMapClient) -> list[str]:
    """What the table says of its columns once somebody has registered one, as dbt-fabric does."""
    name = f"{SCHEMA}/tables/FactOrders"
    column = {
        "typeName": "fabric_warehouse_table_column",
        "guid": "-1",
        "attributes": {
            "qualifiedName": f"{name}/columns/OrderId",
            "name": "OrderId",
            "data_type": "int",
        },
        "relationshipAttributes": {
            "table": {
                "typeName": "fabric_warehouse_table",
                "uniqueAttributes": {"qualifiedName": name},
            }
        },
    }
    client.upsert_entities([column])
    (table,) = client.get_entities("fabric_warehouse_table", [name]).entities
    return [row["displayText"] for row in table["relationshipAttributes"]["columns"]]


def test_an_account_with_tables_of_the_portal_has_those_of_warehouses_among_them() -> None:
    with Emulator(":memory:") as emulator:
        for name in (*RELATIONS, *WAREHOUSE_TYPES):
            emulator.handle("DELETE", f"/datamap/api/atlas/v2/types/typedef/name/{name}", {}, b"")
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        client.ensure_types(
            [{"name": "Purview_Table", "superTypes": ["DataSet"], "attributeDefs": []}]
        )

        assert set(ensure_warehouse_types(client)) == {*RELATIONS, *WAREHOUSE_TYPES}

        assert client.get_type("fabric_warehouse_table")["superTypes"] == [
            "DataSet",
            "Purview_Table",
        ]


def test_ddl_makes_assets_of_a_warehouse_to_start_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    folder = project_of(tmp_path, LAKE_ASSETS)
    ddl = (
        "CREATE TABLE dbo.FactOrders (OrderId int, Amount money)\nGO\nCREATE TABLE "
        "Lake.dbo.orders (Id int, Amount money)"
    )
    write(
        folder,
        {"ddl.sql": ddl, "sql-lineage-purview.toml": CONFIGURATION.replace("seed.json", ".")},
    )
    monkeypatch.chdir(folder)

    assert run("push", ".", "--yes").code == 0
    assert run("verify", ".").code == 0
    assert "Wh.dbo.usp_Load -> Wh.dbo.FactOrders" in mappings(folder)
