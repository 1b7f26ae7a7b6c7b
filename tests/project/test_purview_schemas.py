"""The account as a catalog: asked last, for what nothing else tells.

It is reached through the built-in stand-in.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sql_lineage_purview.library.emulator_stand_in import open_stand_in
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.project_errors import ConfigurationError, DatabaseError
from sql_lineage_purview.project.scanning import scan
from tests.linking import column_lines

ACCOUNT = "mssql://contoso.database.windows.net/SalesDb/dbo/"
CONFIGURATION = """
database = "Sales"
catalogs = ["purview"]

[databases.Sales]
server = "contoso.database.windows.net"
platform = "azure_sql"
database = "SalesDb"

[purview]
endpoint = "emulator"
emulator_seed = "assets.json"
"""


def asset(name: str, *columns: str) -> dict[str, object]:
    listed = [{"name": column, "type": "int"} for column in columns]
    return {"type": "azure_sql_table", "qualifiedName": ACCOUNT + name, "columns": listed}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sql-lineage-purview.toml").write_text(CONFIGURATION, encoding="utf-8")
    assets = [
        asset("ORDERS", "Id", "Amount"),
        asset("Local", "Other"),
        asset("Fact", "Id", "Amount"),
    ]
    (tmp_path / "assets.json").write_text(json.dumps({"assets": assets}), encoding="utf-8")
    return tmp_path


def lines(folder: Path, sql: str) -> list[str]:
    (folder / "load.sql").write_text(sql, encoding="utf-8")
    settings = load_settings(folder, arguments={}, environment={})
    return column_lines(
        scan([folder / "load.sql"], settings, use_cache=False, stand_in=open_stand_in).graph
    )


def test_it_tells_the_columns_of_what_no_script_defines(folder: Path) -> None:
    assert lines(folder, "INSERT INTO dbo.Fact SELECT * FROM dbo.Orders") == [
        "Sales.dbo.Orders.Amount -> Sales.dbo.Fact.Amount  IDENTITY  EXPANDED",
        "Sales.dbo.Orders.Id -> Sales.dbo.Fact.Id  IDENTITY  EXPANDED",
    ]


def test_a_script_goes_before_it(folder: Path) -> None:
    sql = (
        "CREATE TABLE dbo.Local (Mine int);\nGO\nINSERT INTO dbo.Fact (Id) SELECT Mine FROM "
        "(SELECT * FROM dbo.Local) AS q"
    )
    assert lines(folder, sql) == ["Sales.dbo.Local.Mine -> Sales.dbo.Fact.Id  IDENTITY  EXPANDED"]


def test_what_it_does_not_know_stays_unknown(folder: Path) -> None:
    assert lines(folder, "INSERT INTO dbo.Fact (Id) SELECT * FROM dbo.Nowhere") == [
        "Sales.dbo.Nowhere.* -> Sales.dbo.Fact.Id  IDENTITY  PARTIAL"
    ]


def test_of_a_list_that_was_cut_it_tells_nothing(folder: Path) -> None:
    assets = [asset("Orders", "Id", "Additional-Columns-Truncated"), asset("Fact", "Id")]
    (folder / "assets.json").write_text(json.dumps({"assets": assets}), encoding="utf-8")
    assert lines(
        folder, "INSERT INTO dbo.Fact (Id) SELECT q.Late FROM (SELECT * FROM dbo.Orders) AS q"
    ) == ["Sales.dbo.Orders.Late -> Sales.dbo.Fact.Id  IDENTITY  EXPANDED"]


def test_without_an_endpoint_it_is_an_error(folder: Path) -> None:
    (folder / "sql-lineage-purview.toml").write_text('catalogs = ["purview"]', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="endpoint"):
        lines(folder, "SELECT * FROM dbo.Orders")


def test_an_account_that_does_not_answer_is_an_error_of_the_network(folder: Path) -> None:
    text = CONFIGURATION.replace('"emulator"', '"http://127.0.0.1:9"')
    (folder / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DatabaseError):
        lines(folder, "SELECT * FROM dbo.Orders")


def test_a_seed_of_scripts_is_not_asked_of_itself(folder: Path) -> None:
    (folder / "ddl").mkdir()
    (folder / "ddl" / "orders.sql").write_text(
        "CREATE TABLE dbo.Orders (Id int, Amount int);", encoding="utf-8"
    )
    text = CONFIGURATION.replace('"assets.json"', '"ddl"')
    (folder / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")
    assert lines(folder, "SELECT * INTO dbo.Copy FROM dbo.Orders") == [
        "Sales.dbo.Orders.Amount -> Sales.dbo.Copy.Amount  IDENTITY  EXPANDED",
        "Sales.dbo.Orders.Id -> Sales.dbo.Copy.Id  IDENTITY  EXPANDED",
    ]
