"""Estates of many databases: patterns and placeholders, and keys that match nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.connecting.catalogues import map_of_scan, map_of_servers
from sql_lineage_purview.project.project_errors import ConfigurationError
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.purview import Database
from tests.project.solutions import old

if TYPE_CHECKING:
    from pathlib import Path

    from sql_lineage_purview.project.configuring.settings import Settings
    from sql_lineage_purview.purview import DatabaseMap

TABLES = "CREATE TABLE dbo.a (x int)\nGO\nCREATE TABLE dbo.b (x int)\nGO\n"
LOAD = f"{TABLES}INSERT dbo.b (x) SELECT x FROM dbo.a\n"

ESTATE = """
[purview]
owner = "estate"
endpoint = "https://contoso-dev.purview.azure.com"

[folders]
"databases/*" = "{folder}"

[databases."Sales_*"]
server = "sales-dev.database.windows.net"
[databases."Hr_*"]
server = "hr-dev.database.windows.net"
platform = "azure_sql"
[databases."Dw_*"]
server = "{database}-dev.sql.azuresynapse.net"
[databases.Sales_Archive]
server = "archive.database.windows.net"

[profiles.test.databases]
"Sales_*" = { server = "sales-test.database.windows.net", database = "{database}_Test" }
"Hr_*" = { server = "hr-test.database.windows.net" }
"Dw_*" = { server = "{database}-test.sql.azuresynapse.net" }

[profiles.prod]
endpoint = "https://contoso.purview.azure.com"

[profiles.prod.databases]
"Sales_*" = { server = "sales.database.windows.net" }
"Hr_*" = { server = "hr.database.windows.net" }
"Dw_*" = { server = "{database}.sql.azuresynapse.net" }
"""
NAMES = [f"{kind}_{number}" for kind in ("Sales", "Hr", "Dw") for number in range(1, 11)]
NAMES[9] = "Sales_Archive"


def write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def settings_of(folder: Path, profile: str = "", **arguments: object) -> Settings:
    chosen = {"profile": profile, **arguments} if profile else arguments
    return load_settings(folder, arguments=chosen, environment={})


def map_for(folder: Path, profile: str = "") -> DatabaseMap:
    settings = settings_of(folder, profile)
    return map_of_scan(scan([folder], settings, use_cache=False), settings)


def told(folder: Path, *parts: str, **arguments: object) -> list[str]:
    """What a scan says of the configuration, with its place."""
    settings = settings_of(folder, **arguments)
    graph = scan([folder / part for part in parts or ("",)], settings, use_cache=False).graph
    return [
        f"{row.code} {row.path}:{row.span.line} {row.message}"
        for row in graph.diagnostics
        if row.code.startswith("SLP7")
    ]


def configured(folder: Path, text: str, **files: str) -> Path:
    return write(folder, {"sql-lineage-purview.toml": text, **files})


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {f"databases/{name}/load.sql": LOAD for name in NAMES}
    return configured(tmp_path_factory.mktemp("estate"), ESTATE, **files)


class TestThirtyDatabases:
    def test_three_environments_take_fewer_than_forty_lines(self) -> None:
        assert len(NAMES) == 30
        assert len(ESTATE.strip().splitlines()) < 40

    @pytest.mark.parametrize(
        ("profile", "endpoint", "places"),
        [
            (
                "",
                "https://contoso-dev.purview.azure.com",
                {
                    "Sales_3": "mssql://sales-dev.database.windows.net/Sales_3/dbo/b",
                    "Hr_10": "mssql://hr-dev.database.windows.net/Hr_10/dbo/b",
                    "Dw_7": "mssql://dw_7-dev.sql.azuresynapse.net/Dw_7/dbo/b",
                    "Sales_Archive": "mssql://archive.database.windows.net/Sales_Archive/dbo/b",
                },
            ),
            (
                "test",
                "https://contoso-dev.purview.azure.com",
                {
                    "Sales_3": "mssql://sales-test.database.windows.net/Sales_3_Test/dbo/b",
                    "Dw_7": "mssql://dw_7-test.sql.azuresynapse.net/Dw_7/dbo/b",
                    "Sales_Archive": "mssql://archive.database.windows.net/Sales_Archive/dbo/b",
                },
            ),
            (
                "prod",
                "https://contoso.purview.azure.com",
                {
                    "Sales_3": "mssql://sales.database.windows.net/Sales_3/dbo/b",
                    "Hr_1": "mssql://hr.database.windows.net/Hr_1/dbo/b",
                },
            ),
        ],
    )
    def test_each_table_is_on_its_server(
        self, estate: Path, profile: str, endpoint: str, places: dict[str, str]
    ) -> None:
        settings = settings_of(estate, profile)
        result = scan([estate], settings, use_cache=False)
        databases = map_of_scan(result, settings)
        found = {
            table.name.database_path: row.qualified_names("dbo", "b")[0]
            for table in result.graph.tables
            if isinstance(row := databases.database_of(table.name), Database)
        }

        assert sorted(found) == sorted(NAMES)
        assert {name: found[name] for name in places} == places
        assert settings.purview.endpoint == endpoint
        assert not [row for row in result.graph.diagnostics if row.code.startswith("SLP7")]

    def test_folders_say_the_databases_where_nothing_is_scanned(self, estate: Path) -> None:
        rows = map_of_servers(settings_of(estate)).databases

        assert {row.name for row in rows} == {*NAMES, "Sales_*", "Hr_*"}


class TestPrecedence:
    def test_an_exact_name_goes_before_the_longest_pattern(self, tmp_path: Path) -> None:
        text = "\n".join(
            f"[databases.'{name}']\nserver = '{host}.database.windows.net'"
            for name, host in [
                ("*", "any"),
                ("Sales_*", "sales"),
                ("Sales_EU_*", "eu"),
                ("sales_eu_1", "one"),
            ]
        )
        names = ["Other", "Sales_US", "Sales_EU_2", "Sales_EU_1"]
        load = "".join(f"INSERT {name}.dbo.b (x) SELECT x FROM {name}.dbo.a\n" for name in names)
        databases = map_for(configured(tmp_path, text, **{"load.sql": load}))

        assert {row.name: row.server for row in databases.databases} == {
            "Other": "any.database.windows.net",
            "Sales_US": "sales.database.windows.net",
            "Sales_EU_2": "eu.database.windows.net",
            "sales_eu_1": "one.database.windows.net",
        }

    def test_no_wildcard_stands_for_a_linked_server(self, tmp_path: Path) -> None:
        text = "[databases.'*']\nserver = 'any.database.windows.net'"
        load = "INSERT Dw.dbo.b (x) SELECT x FROM SRV.Erp.dbo.a"
        folder = configured(tmp_path, text, **{"load.sql": load})

        assert [row.name for row in map_for(folder).databases] == ["Dw"]

        linked = f"{text}\n[databases.'SRV.*']\nserver = '{{database}}.database.windows.net'"
        rows = map_for(configured(tmp_path, linked)).databases
        assert {row.name: row.server for row in rows}["SRV.Erp"] == "Erp.database.windows.net"

    def test_what_is_filled_in_later_is_no_database_of_a_pattern(self, tmp_path: Path) -> None:
        text = "[databases.'*']\nserver = 'any.database.windows.net'"
        load = "INSERT $(Target).dbo.b (x) SELECT x FROM Erp.dbo.a"

        databases = map_for(configured(tmp_path, text, **{"load.sql": load}))

        assert [row.name for row in databases.databases] == ["Erp"]

    def test_a_pattern_alone_is_no_default_of_names_without_a_database(
        self, tmp_path: Path
    ) -> None:
        text = "[databases.'*']\nserver = 'any.database.windows.net'"
        load = "CREATE TABLE dbo.b (x int)\nGO\nINSERT dbo.b (x) SELECT x FROM Erp.dbo.a"
        folder = configured(tmp_path, text, **{"load.sql": load})
        settings = settings_of(folder)
        result = scan([folder], settings, use_cache=False)
        databases = map_of_scan(result, settings)

        [loose] = [table.name for table in result.graph.tables if not table.name.database_path]
        assert not isinstance(databases.database_of(loose), Database)

    def test_two_equal_patterns_are_an_error(self, tmp_path: Path) -> None:
        text = "[databases.'Sales_*']\nserver = 'a.x'\n[databases.'*_Sales']\nserver = 'b.x'\n"
        load = "INSERT Sales_Sales.dbo.b (x) SELECT 1"
        folder = configured(tmp_path, text, **{"load.sql": load})

        with pytest.raises(ConfigurationError, match="both match Sales_Sales, and neither is"):
            map_for(folder)

    def test_one_pattern_in_two_spellings_is_an_error(self, tmp_path: Path) -> None:
        text = "[databases.'Sales_*']\nserver = 'a.x'\n[databases.'sales_*']\nserver = 'b.x'\n"

        with pytest.raises(ConfigurationError, match=r"\.toml:3: .* stands there twice"):
            settings_of(configured(tmp_path, text))

    def test_a_dedicated_pool_may_be_a_pattern(self, tmp_path: Path) -> None:
        """There `#t` of a procedure lives on behind it, and so does its lineage."""
        script = (
            "CREATE TABLE dbo.a (x int)\nGO\nCREATE TABLE dbo.b (x int)\nGO\n"
            "CREATE PROCEDURE dbo.make AS SELECT x INTO #t FROM dbo.a\nGO\n"
            "CREATE PROCEDURE dbo.load AS BEGIN EXEC dbo.make; INSERT dbo.b SELECT x FROM #t END\n"
        )
        text = (
            "[folders]\n'*' = '{folder}'\n"
            "[databases.'Dw*']\nserver = '{database}.sql.azuresynapse.net'\n"
            "[databases.'Az*']\nserver = '{database}.database.windows.net'\n"
        )
        files = {"Dw1/all.sql": script, "Az1/all.sql": script}
        folder = configured(tmp_path, text, **files)
        graph = scan([folder], settings_of(folder), use_cache=False).graph

        ends = {(str(edge.source), str(edge.target)) for edge in graph.table_lineage}
        assert ends == {("Dw1.dbo.a", "Dw1.dbo.b")}


class TestFolders:
    def databases(self, folder: Path, text: str, *places: str) -> list[str | None]:
        settings = settings_of(configured(folder, text))
        return [settings.script_databases.of(folder.resolve() / place) for place in places]

    def test_the_deepest_counts_then_the_one_without_wildcards_then_the_longest(
        self, tmp_path: Path
    ) -> None:
        text = """database = "Rest"
[folders]
"*" = "top_{folder}"
"db/*" = "{folder}"
"db/Sales*" = "S_{folder}"
"db/SalesEU" = "Exact"
"*/*/Database" = "deep"
"src/*/sql" = "{folder}"
"""
        assert self.databases(
            tmp_path,
            text,
            "a.sql",
            "x/a.sql",
            "db/a.sql",
            "db/Hr/a.sql",
            "db/SalesUS/tables/a.sql",
            "db/SalesEU/a.sql",
            "db/SalesEU/Database/a.sql",
            "src/Crm/sql/a.sql",
        ) == ["Rest", "top_x", "top_db", "Hr", "S_SalesUS", "Exact", "deep", "Crm"]

    def test_two_that_are_equal_are_an_error(self, tmp_path: Path) -> None:
        text = '[folders]\n"Sales*" = "A"\n"*Sales" = "B"\n'

        with pytest.raises(ConfigurationError, match=r'"\*Sales" both match|both match .*Sales'):
            self.databases(tmp_path, text, "Sales/a.sql")
        assert self.databases(tmp_path, text, "Sales1/a.sql") == ["A"]

    @pytest.mark.parametrize(
        "text",
        [
            '[folders]\n"db/*" = "{name}"\n',
            '[databases."Sales_*"]\nserver = "{databse}.database.windows.net"\n',
            '[databases.Sales]\nserver = "x"\ndatabase = "{folder}"\n',
        ],
    )
    def test_another_placeholder_is_an_error_with_its_place(
        self, tmp_path: Path, text: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=r"\.toml:\d.* stands for nothing here"):
            settings_of(configured(tmp_path, text))


class TestWhatMatchesNothing:
    TEXT = """
[folders]
"sales" = "Sales"
"slaes" = "Sales"
"hr/*" = "{folder}"

[databases.Sales]
server = "s.database.windows.net"
[databases."Hr_*"]
server = "h.database.windows.net"
[databases.Crm]
server = "c.database.windows.net"
"""
    TOLD = (
        'SLP701 sql-lineage-purview.toml:4 no script of the scan lies in "slaes"',
        'SLP701 sql-lineage-purview.toml:5 no script of the scan lies in "hr/*"',
        "SLP702 sql-lineage-purview.toml:9 no database of the scan matches Hr_* (there are: Sales)",
        "SLP702 sql-lineage-purview.toml:11 no database of the scan is Crm (there are: Sales)",
    )

    def test_each_key_is_told_at_its_place(self, tmp_path: Path) -> None:
        folder = configured(tmp_path, self.TEXT, **{"sales/load.sql": LOAD})

        assert told(folder) == list(self.TOLD)

    def test_a_scan_of_a_part_tells_only_what_it_covers(self, tmp_path: Path) -> None:
        files = {"sales/load.sql": LOAD, "hr/Hr_1/load.sql": LOAD, "crm/x.sql": "SELECT 1"}
        folder = configured(tmp_path, self.TEXT, **files)

        assert told(folder, "sales") == []
        assert told(folder, "hr") == []

    def test_what_only_a_script_names_matches(self, tmp_path: Path) -> None:
        load = f"{LOAD}INSERT dbo.b (x) SELECT x FROM Crm.dbo.c\nEXEC Hr_2.dbo.p\n"
        text = self.TEXT.replace('"slaes" = "Sales"\n', "").replace('"hr/*" = "{folder}"\n', "")
        files = {
            "sales/load.sql": load,
            "sales/hr.sql": "USE Hr_2\nGO\nCREATE VIEW v AS SELECT 1 x",
        }

        assert told(configured(tmp_path, text, **files)) == []

    def test_the_only_row_is_that_of_names_without_a_database(self, tmp_path: Path) -> None:
        text = '[databases.Sales]\nserver = "s.database.windows.net"\n'

        assert told(configured(tmp_path, text, **{"load.sql": LOAD})) == []

    def test_a_row_of_a_profile_is_told_at_its_own_place(self, tmp_path: Path) -> None:
        text = (
            '[databases.Sales]\nserver = "s.x"\n[profiles.prod.databases.Slaes]\nserver = "p.x"\n'
        )
        folder = configured(tmp_path, text, **{"load.sql": f"USE Sales\nGO\n{LOAD}"})

        assert told(folder) == []
        assert [line.split(" no ")[0] for line in told(folder, profile="prod")] == [
            "SLP702 sql-lineage-purview.toml:3"
        ]

    def test_a_database_of_no_row_is_told(self, tmp_path: Path) -> None:
        text = '[databases."Sales_*"]\nserver = "s.x"\n'
        folder = configured(tmp_path, text, **{"load.sql": LOAD})

        assert told(folder, database="Sales_EU") == []
        assert told(folder, database="Nope") == [
            "SLP703 load.sql:1 the scripts are said to be of Nope, and no row of [databases] is "
            "(there are: Sales_*) (--database)",
            "SLP702 sql-lineage-purview.toml:1 no database of the scan matches Sales_* "
            "(there are: Nope)",
        ]

    def test_a_database_in_the_file_is_told_at_its_place(self, tmp_path: Path) -> None:
        text = 'jobs = 1\ndatabase = "Nope"\n[databases.Sales]\nserver = "s.x"\n'

        assert told(configured(tmp_path, text, **{"load.sql": LOAD}))[0].startswith(
            "SLP703 sql-lineage-purview.toml:2 "
        )

    def test_a_database_that_is_no_project_is_told(self, tmp_path: Path) -> None:
        folder = write(tmp_path, {"Sales.sqlproj": old(), "load.sql": LOAD})

        assert told(folder, database="sales") == []
        assert told(folder, database="Nope") == [
            "SLP703 load.sql:1 the scripts are said to be of Nope, and no database project of the "
            "scan is (there are: Sales) (--database)"
        ]

    def test_without_rows_and_projects_the_database_is_what_is_said(self, tmp_path: Path) -> None:
        assert told(write(tmp_path, {"load.sql": LOAD}), database="Nope") == []

    def test_pins_and_patterns_of_no_table_are_told(self, tmp_path: Path) -> None:
        text = """
[publish]
exclude = ["*.log_*", "a"]
[pins."dbo.b"]
type = "azure_sql_table"
qualified_name = "mssql://s/d/dbo/b"
[pins."dbo.z"]
type = "azure_sql_table"
qualified_name = "mssql://s/d/dbo/z"
"""
        folder = configured(tmp_path, text, **{"load.sql": LOAD, "part/x.sql": "SELECT 1"})

        assert told(folder, "part") == []
        assert told(folder) == [
            "SLP704 sql-lineage-purview.toml:3 no table or file of the scan matches *.log_*, which "
            "[publish] excludes",
            "SLP704 sql-lineage-purview.toml:7 no table or file of the scan is called dbo.z, which "
            "[pins] names",
        ]
