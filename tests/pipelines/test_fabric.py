"""Pipelines of Fabric: the same language, with the datasets inside of the activities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.scanning import scan
from tests.linking import column_lines, table_lines

if TYPE_CHECKING:
    from pathlib import Path

    from sql_lineage_purview.project.keeping.scan_result import Scan

HOUSE, LAKE, LOADED = (
    "11111111-0000-4000-8000-000000000001",
    "11111111-0000-4000-8000-000000000002",
    "11111111-0000-4000-8000-000000000003",
)
ONELAKE = "https://onelake.dfs.fabric.microsoft.com/*"


def put(root: Path, path: str, document: Any) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(document, indent=2), encoding="utf-8")


def item(root: Path, name: str, kind: str, identity: str) -> None:
    put(
        root,
        f"{name}.{kind}/.platform",
        {"metadata": {"type": kind, "displayName": name}, "config": {"logicalId": identity}},
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    item(tmp_path, "Gold", "Warehouse", HOUSE)
    item(tmp_path, "Bronze", "Lakehouse", LAKE)
    return tmp_path


def inside(kind: str, identity: str | None = None, **properties: Any) -> dict[str, Any]:
    settings = {
        "artifactId": identity,
        "workspaceId": "00000000-0000-0000-0000-000000000000",
        "rootFolder": "Files",
    }
    service = {"name": "any", "properties": {"type": kind, "typeProperties": settings}}
    return {"type": kind, "typeProperties": properties, "schema": []} | (
        {"linkedService": service} if identity else {}
    )


def copy(source: dict[str, Any], sink: dict[str, Any], **more: Any) -> dict[str, Any]:
    ends = {
        "source": {"type": "x", "datasetSettings": source} | more,
        "sink": {"type": "y", "datasetSettings": sink},
    }
    return {"name": "Copy", "type": "Copy", "typeProperties": ends}


def pipeline(root: Path, *activities: Any, name: str = "Load", **properties: Any) -> None:
    put(
        root,
        f"jobs/{name}.DataPipeline/pipeline-content.json",
        {"properties": {"activities": list(activities), **properties}},
    )


def scanned(root: Path) -> Scan:
    return scan([root], Settings(), use_cache=False)


def tables(root: Path) -> list[str]:
    return [line.removesuffix("  DIRECT") for line in table_lines(scanned(root).graph)]


SQL = inside("AzureSqlTable", schema="sales", table="Orders", database="Crm")
FILES = inside(
    "Parquet",
    LAKE,
    location={"type": "LakehouseLocation", "folderPath": "landing", "fileName": "o.parquet"},
)


def test_a_table_into_a_warehouse_of_the_repository(workspace: Path) -> None:
    pipeline(
        workspace, copy(SQL, inside("DataWarehouseTable", HOUSE, schema="dbo", table="Orders"))
    )

    assert tables(workspace) == ["Crm.sales.Orders -> Gold.dbo.Orders"]


def test_a_database_without_its_id(workspace: Path) -> None:
    database = inside(
        "FabricSqlDatabaseTable",
        schema="dbo",
        table="T",
        database="Control-78d6902e-70ea-4fb0-b51e-af3f2aaee3b7",
    )
    pipeline(workspace, copy(SQL, database))

    assert tables(workspace) == ["Crm.sales.Orders -> Control.dbo.T"]


def test_files_and_tables_of_a_lakehouse(workspace: Path) -> None:
    table = inside("LakehouseTable", LAKE, schema="sales", table="orders")
    unknown = inside("LakehouseTable", "22222222-0000-4000-8000-000000000000", table="orders")
    pipeline(workspace, copy(SQL, FILES), copy(FILES, table), copy(FILES, unknown))
    file = f"{ONELAKE}/Bronze.Lakehouse/Files/landing/o.parquet"

    assert tables(workspace) == [
        f"Crm.sales.Orders -> {file}",
        f"{file} -> Bronze.sales.orders",
        f"{file} -> {ONELAKE}/22222222-0000-4000-8000-000000000000/Files/orders",
    ]


def test_a_query_and_parameters_that_are_objects(workspace: Path) -> None:
    query = {
        "value": "@concat('SELECT Id FROM ', json(string(pipeline().parameters.Source)).table)",
        "type": "Expression",
    }
    parameters = {"Source": {"type": "string", "defaultValue": {"table": "sales.Orders"}}}
    pipeline(
        workspace,
        copy(SQL, inside("DataWarehouseTable", HOUSE, table="Orders"), sqlReaderQuery=query),
        parameters=parameters,
    )

    assert column_lines(scanned(workspace).graph) == [
        "Crm.sales.Orders.Id -> Gold.dbo.Orders.Id  IDENTITY  INFERRED"
    ]


def test_pipelines_call_each_other_by_id(workspace: Path) -> None:
    put(
        workspace,
        "jobs/One.DataPipeline/.platform",
        {"metadata": {}, "config": {"logicalId": LOADED}},
    )
    target = inside(
        "DataWarehouseTable",
        HOUSE,
        schema="dbo",
        table={"value": "@pipeline().parameters.Table", "type": "Expression"},
    )
    pipeline(workspace, copy(SQL, target), name="One", parameters={"Table": {"type": "string"}})
    calls = [
        {
            "name": "a",
            "type": "ExecutePipeline",
            "typeProperties": {"pipeline": {"referenceName": LOADED}, "parameters": {"Table": "A"}},
        },
        {
            "name": "b",
            "type": "InvokePipeline",
            "typeProperties": {"pipelineId": LOADED, "parameters": {"Table": "B"}},
        },
    ]
    pipeline(workspace, *calls, name="Main")

    assert tables(workspace) == ["Crm.sales.Orders -> Gold.dbo.A", "Crm.sales.Orders -> Gold.dbo.B"]
    assert scanned(workspace).graph.not_read == ()


def test_procedures_and_scripts_run(workspace: Path) -> None:
    body = {"scripts": [{"type": "Query", "text": "INSERT dbo.T (x) SELECT x FROM dbo.S"}]}
    pipeline(workspace, {"name": "s", "type": "Script", "typeProperties": body})

    assert tables(workspace) == ["dbo.S -> dbo.T"]


def test_a_procedure_of_a_database_of_the_repository(workspace: Path) -> None:
    put(
        workspace,
        "Control.SQLDatabase/.platform",
        {"metadata": {"type": "SQLDatabase", "displayName": "Control"}, "config": {}},
    )
    for name in ("Control", "Gold"):
        project = workspace / f"{name}.Database" / f"{name}.sqlproj"
        project.parent.mkdir(exist_ok=True)
        project.write_text('<Project Sdk="Microsoft.Build.Sql/1.0.0"></Project>', encoding="utf-8")
        body = (
            "CREATE PROC dbo.Load @to sysname AS EXEC (N'INSERT dbo.' + @to + N' (x) SELECT x "
            "FROM dbo.NAMESource')"
        )
        (project.parent / "p.sql").write_text(body.replace("NAME", name), encoding="utf-8")
    database = "Control-78d6902e-70ea-4fb0-b51e-af3f2aaee3b7"
    properties = {
        "storedProcedureName": "[dbo].[Load]",
        "storedProcedureParameters": {"to": {"value": "A"}},
    }
    connection = inside("DataWarehouse", HOUSE)["linkedService"]
    pipeline(
        workspace,
        {
            "name": "a",
            "type": "SqlServerStoredProcedure",
            "typeProperties": properties | {"database": database},
        },
        {
            "name": "b",
            "type": "SqlServerStoredProcedure",
            "typeProperties": properties,
            "linkedService": connection,
        },
    )

    assert tables(workspace) == [
        "Control.dbo.ControlSource -> Control.dbo.A",
        "Gold.dbo.GoldSource -> Gold.dbo.A",
    ]


def test_an_end_without_a_known_table_is_a_gap(workspace: Path) -> None:
    target = inside(
        "DataWarehouseTable",
        HOUSE,
        schema="dbo",
        table={"value": "@item().t", "type": "Expression"},
    )
    pipeline(workspace, copy(SQL, target))
    [gap] = scanned(workspace).graph.diagnostics

    assert (gap.code, gap.path, gap.span.line) == (
        "SLP301",
        "jobs/Load.DataPipeline/pipeline-content.json",
        4,
    )
