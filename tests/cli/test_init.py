"""`init`: looks at a folder, and writes a configuration with which a scan works at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sql_lineage_purview.cli import main
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.scanning import scan
from tests.catalog.packages import package, table
from tests.project.solutions import new, old, properties, solution

NAME = "sql-lineage-purview.toml"
ORDERS = "CREATE TABLE dbo.Orders (id int, total int)"
COPY = "CREATE TABLE dbo.Copy (id int)"
LOAD = "CREATE PROCEDURE dbo.Load AS INSERT dbo.Copy (id) SELECT id FROM dbo.Orders"
PASSWORD = "Pa55-of-the-service"
SERVICE = {
    "name": "Pool",
    "properties": {
        "type": "AzureSqlDW",
        "typeProperties": {
            "connectionString": "Data Source=tcp:ws.sql.azuresynapse.net,1433;Initial "
            f"Catalog=pool;User ID=loader;Password={PASSWORD}"
        },
    },
}
SQL_SCRIPT = {
    "name": "load",
    "properties": {
        "content": {
            "query": "INSERT dbo.Copy (id) SELECT id FROM dbo.Orders",
            "currentConnection": {"databaseName": "pool", "poolName": "pool"},
        }
    },
}
DIALECT_OF_PROJECT = properties(
    Name="Crm", DSP="Microsoft.Data.Tools.Schema.Sql.SqlAzureV12DatabaseSchemaProvider"
)


def database(name: str, extra: str = "") -> dict[str, str]:
    """A database as tools script it."""
    return {
        f"{name}/Tables/Orders.sql": ORDERS,
        f"{name}/Tables/Copy.sql": COPY,
        f"{name}/Stored Procedures/Load.sql": LOAD + extra,
    }


FOLDERS: dict[str, dict[str, str]] = {
    "empty": {},
    "plain": {"a.sql": ORDERS, "b.sql": COPY, "c.sql": f"{LOAD} WHERE id > $(Least)"},
    "projects": {
        "src/Sales/Sales.sqlproj": old(),
        **{f"src/Sales/{path}": text for path, text in database("dbo").items()},
        "src/Sales/bin/Debug/Sales_Create.sql": ORDERS,
        "src/Crm/Crm.sqlproj": new(DIALECT_OF_PROJECT),
        "src/Crm/c.sql": COPY,
    },
    "side by side": {**database("db/Sales"), **database("db/Crm"), **database("db/Hr")},
    "differing": {
        f"{name}/{number}.sql": f"CREATE TABLE dbo.T{number} ({name}_a int, {name}_b int)"
        for name in ("one", "two")
        for number in range(5)
    },
    "schemas": {
        "app/dbo/Tables/Orders.sql": ORDERS,
        "app/dbo/Stored Procedures/Load.sql": LOAD,
        "app/crm/Tables/a.sql": "CREATE TABLE crm.a (id int)",
    },
    "modules": {
        "billing/Tables/Orders.sql": ORDERS,
        "shop/Tables/Copy.sql": COPY,
        "shop/Procedures/Load.sql": LOAD,
    },
    "workspace": {
        "ws/sqlscript/load.json": json.dumps(SQL_SCRIPT),
        "ws/linkedService/Pool.json": json.dumps(SERVICE),
    },
}
if os.name != "nt":  # such names are none there
    FOLDERS["hostile"] = {
        f'x"\n[purview]\nowner = 1 #/{name}/Tables/T.sql': ORDERS for name in "ab"
    }


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    top = tmp_path / request.param
    top.mkdir()
    return solution(top, FOLDERS[request.param])


def init(folder: Path, *options: str) -> int:
    return main(["init", str(folder), *options])


def settings_of(folder: Path) -> Settings:
    return load_settings(folder, arguments={}, environment={})


def made(tmp_path: Path, name: str) -> tuple[Path, Settings, str]:
    """A folder with its first configuration: its settings, and its text."""
    folder = solution(tmp_path / "top", FOLDERS[name])
    assert init(folder) == 0
    return folder, settings_of(folder), (folder / NAME).read_text(encoding="utf-8")


def uncommented(text: str) -> str:
    """The file as if a person took all suggestions."""
    suggestions = (
        line.removeprefix("# ")
        for line in text.splitlines()
        if not line.startswith("# ")
        or line.removeprefix("# ").startswith(("[", '"'))
        or " = " in line
    )
    lines = (line for line in suggestions if not line.startswith("#"))
    return "\n".join(lines).replace('endpoint = "emulator"', "")


def test_a_scan_with_it_works_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(folder) == 0
    said = capsys.readouterr().err

    settings = settings_of(folder)
    assert settings.base == folder.resolve()
    graph = scan([folder], settings, use_cache=False).graph
    # nothing of what it wrote matches nothing
    assert not [row for row in graph.diagnostics if row.code.startswith("SLP7")]
    assert main(["scan", str(folder)]) == 0
    assert "Seen: " in said
    assert f"Written to {folder / NAME}. Next: sql-lineage-purview scan {folder}" in said


def test_it_is_found_by_those_who_follow_the_suggestions(folder: Path) -> None:
    assert init(folder) == 0
    place = folder / NAME
    place.write_text(uncommented(place.read_text(encoding="utf-8")), encoding="utf-8")

    assert settings_of(folder).purview.endpoint == "https://ACCOUNT.purview.azure.com"


def test_projects_need_their_servers_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, settings, text = made(tmp_path, "projects")

    assert settings.exclude == ("bin/",)
    assert settings.folders == ()
    assert '# [databases."Sales"]\n# server = ' in text
    assert '# [databases."Crm"]\n' in text
    assert '# platform = "azure_sql"\n' in text
    said = capsys.readouterr().err
    assert "Seen: database project src/Sales/Sales.sqlproj: database Sales." in said
    assert "Left to you: the server of Crm, Sales ([databases])." in said
    assert "bin" not in {row.path for row in scan([folder], settings).graph.files}


def test_a_serverless_database_is_one_whatever_its_project_says(tmp_path: Path) -> None:
    pool = {"databaseName": "lake", "poolName": "Built-in"}
    script = {"properties": {"content": {"query": "SELECT 1", "currentConnection": pool}}}
    project = properties(
        Name="lake", DSP="Microsoft.Data.Tools.Schema.Sql.SqlDwDatabaseSchemaProvider"
    )
    files = {"sqlscript/a.json": json.dumps(script), "lake/lake.sqlproj": new(project)}
    folder = solution(tmp_path / "top", files)
    assert init(folder) == 0
    lines = (folder / NAME).read_text("utf-8").splitlines()

    at = lines.index('# [databases."lake"]')
    assert lines[at + 1 : at + 3] == [
        '# server = "WORKSPACE-ondemand.sql.azuresynapse.net"',
        '# platform = "azure_synapse_serverless"',
    ]


def test_databases_side_by_side_are_a_pattern(tmp_path: Path) -> None:
    folder, settings, text = made(tmp_path, "side by side")

    assert '[folders]\n"db/*" = "{folder}"\n' in text
    graph = scan([folder], settings, use_cache=False).graph
    assert {table.name.database_path for table in graph.tables} == {"Sales", "Crm", "Hr"}


def test_folders_that_define_tables_otherwise_are_databases(tmp_path: Path) -> None:
    folder, settings, _ = made(tmp_path, "differing")

    assert dict(settings.folders) == {
        folder.resolve() / "one": "one",
        folder.resolve() / "two": "two",
    }


@pytest.mark.parametrize("name", ["schemas", "plain"])
def test_schemas_of_one_database_are_none(tmp_path: Path, name: str) -> None:
    _, settings, text = made(tmp_path, name)

    assert settings.folders == ()
    assert "[folders]" not in text
    assert '# database = "NAME"' in text


def test_parts_that_use_each_other_are_one_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As databases of their own they would lose the lineage between them."""
    folder, settings, text = made(tmp_path, "modules")

    assert settings.folders == ()
    assert '# [folders]\n# "billing" = "billing"\n# "shop" = "shop"\n' in text
    assert "shop uses dbo.Orders of billing, so they are read as one" in capsys.readouterr().err
    edges = scan([folder], settings, use_cache=False).graph.table_lineage
    assert [(str(edge.source), str(edge.target)) for edge in edges] == [("dbo.Orders", "dbo.Copy")]


def test_a_linked_service_tells_the_server_and_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, settings, text = made(tmp_path, "workspace")
    said = capsys.readouterr()

    assert [(row.name, row.server) for row in settings.databases] == [
        ("pool", "ws.sql.azuresynapse.net")
    ]
    assert "Seen: workspace of Synapse, Data Factory or Fabric: ws." in said.err
    for output in (text, said.err, said.out):
        assert PASSWORD not in output
        assert "loader" not in output


def test_variables_without_a_value_are_listed(tmp_path: Path) -> None:
    assert '# variables = { "Least" = "" }' in made(tmp_path, "plain")[2]


def test_a_package_beside_scripts_is_a_catalog(tmp_path: Path) -> None:
    folder = solution(tmp_path, {"load.sql": "INSERT dbo.b SELECT * FROM dbo.a"})
    (folder / "Erp.dacpac").write_bytes(package(table("[dbo].[a]", "x")))

    assert init(folder) == 0

    assert [row.source for row in settings_of(folder).catalogs] == [
        str(folder.resolve() / "Erp.dacpac")
    ]
    tables = {
        str(row.name): row.columns
        for row in scan([folder], settings_of(folder), use_cache=False).graph.tables
    }
    assert tables["dbo.a"] == ("x",)


def test_packages_alone_are_scanned_by_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Erp.dacpac").write_bytes(package(table("[dbo].[a]", "x")))
    (tmp_path / "Damaged.dacpac").write_bytes(b"no package")

    assert init(tmp_path) == 0

    said = capsys.readouterr().err
    assert "Seen: packages that cannot be read: Damaged.dacpac." in said
    assert said.endswith(f"Next: sql-lineage-purview scan {tmp_path / 'Erp.dacpac'}\n")
    assert main(["scan", str(tmp_path / "Erp.dacpac")]) == 0


class TestTheFileThatIsThere:
    def test_it_is_never_written_over_unasked(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / NAME).write_text("jobs = 1\n", encoding="utf-8")

        assert init(tmp_path) == 2
        assert "exists already" in capsys.readouterr().err
        assert (tmp_path / NAME).read_text(encoding="utf-8") == "jobs = 1\n"

        assert init(tmp_path, "--force") == 0
        assert "[purview]" in (tmp_path / NAME).read_text(encoding="utf-8")

    def test_one_above_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / NAME).write_text("jobs = 1\n", encoding="utf-8")
        (tmp_path / "part").mkdir()

        assert init(tmp_path / "part") == 0
        assert f"counts in place of {tmp_path.resolve() / NAME}" in capsys.readouterr().err

    def test_a_folder_is_needed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert init(tmp_path / "nowhere") == 2
        assert "no such folder" in capsys.readouterr().err
