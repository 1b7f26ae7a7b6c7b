"""A made-up estate of six platforms.

It has scripts, their configuration, and what a scan of Purview would have registered of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sql_lineage_purview.emulator import AssetColumn, SeedAsset

_GROUP = "https://app.fabric.microsoft.com/groups/3f2c1b0a-0000-4000-8000-000000000001"
_WAREHOUSE = "3f2c1b0a-0000-4000-8000-000000000002"


@dataclass(frozen=True, slots=True)
class Platform:
    """A database: its row of the database map, and where its tables stand in the catalogue."""

    database: str
    row: str
    table: str
    view: str
    root: str

    def asset(self, schema: str, name: str, *columns: str, view: bool = False) -> SeedAsset:
        path = f"schemas/{schema}/tables/{name}" if "fabric" in self.table else f"{schema}/{name}"
        columns = () if "fabric" in self.table else columns
        rows = tuple(AssetColumn(column, "int") for column in columns)
        return SeedAsset(self.view if view else self.table, f"{self.root}/{path}", columns=rows)


AZURE_SQL = Platform(
    *(
        "Sales",
        'server = "contoso.database.windows.net"\nplatform = "azure_sql"',
        "azure_sql_table",
        "azure_sql_view",
    ),
    "mssql://contoso.database.windows.net/Sales",
)
DEDICATED = Platform(
    *("Pool", 'server = "contoso.sql.azuresynapse.net"'),
    *(
        "azure_synapse_dedicated_sql_table",
        "azure_synapse_dedicated_sql_view",
        "mssql://contoso.sql.azuresynapse.net/Pool",
    ),
)
SERVERLESS = Platform(
    *("Lake", 'server = "contoso-ondemand.sql.azuresynapse.net"'),
    *("azure_synapse_serverless_sql_table", "azure_synapse_serverless_sql_view"),
    "mssql://contoso-ondemand.sql.azuresynapse.net/Lake",
)
FABRIC = Platform(
    "Fab",
    f'platform = "fabric_warehouse"\nworkspace = "{_GROUP.rpartition("/")[2]}"\nitem = '
    f'"{_WAREHOUSE}"',
    *("fabric_warehouse_table", "fabric_warehouse_table", f"{_GROUP}/warehouses/{_WAREHOUSE}"),
)
SQL_SERVER = Platform(
    "Erp",
    'server = "erphost,1444"',
    "mssql_table",
    "mssql_view",
    "mssql://erphost:1444/MSSQLSERVER/Erp",
)
LINKED = Platform(
    "CRM.Crm", r"server = 'crmhost\PROD'", "mssql_table", "mssql_view", "mssql://crmhost/PROD/Crm"
)
INSTANCE = Platform(
    *("Mi", 'server = "mi.ab12.database.windows.net"', "azure_sql_mi_table", "azure_sql_mi_view"),
    "mssql://mi.ab12.database.windows.net:3342/Mi",
)
PLATFORMS = (AZURE_SQL, DEDICATED, SERVERLESS, FABRIC, SQL_SERVER, INSTANCE)

COLUMNS = tuple(f"Column{number}" for number in range(12))
LOADS = 16
WIDE = 400


def write(folder: Path, *, wide: int = WIDE, platforms: tuple[Platform, ...] = PLATFORMS) -> None:
    """The scripts of the platforms, each in a folder of its own.

    `wide`: the columns of the widest load.
    """
    for platform in platforms:
        for path, text in _scripts(platform, wide):
            place = folder / platform.database / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    folders = "".join(f'"{row.database}" = "{row.database}"\n' for row in platforms)
    databases = "".join(
        f'[databases."{row.database}"]\n{row.row}\n' for row in (*PLATFORMS, LINKED)
    )
    text = (
        f'[folders]\n{folders}\n{databases}\n[purview]\nendpoint = "emulator"\nowner = '
        '"estate"\nprune = true\n'
    )
    (folder / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")


def assets(platforms: tuple[Platform, ...] = PLATFORMS) -> Iterator[SeedAsset]:
    """What scans have registered.

    One table is spelled otherwise than in the scripts, and a work table is not there.
    """
    for platform in platforms:
        for number in range(LOADS):
            yield platform.asset("stg", f"Source{number}", *COLUMNS)
            yield platform.asset(
                "dbo", f"TARGET{number}" if number == 1 else f"Target{number}", *COLUMNS
            )
            yield platform.asset("dbo", f"Report{number}", *COLUMNS, view=True)
        for name in ("WideSource", "WideTarget"):
            yield platform.asset("dbo", name, *_wide(WIDE))
    yield LINKED.asset("dbo", "Customer", *COLUMNS)


def _scripts(platform: Platform, wide: int) -> Iterator[tuple[str, str]]:
    listed, load = ", ".join(COLUMNS), "INSERT INTO {0} ({2}) SELECT {2} FROM {1};\n"
    view = "CREATE VIEW dbo.Report{} AS SELECT {} FROM {};\n"
    declared = ", ".join(f"{column} int" for column in COLUMNS)
    for number in range(LOADS):
        source, target = f"stg.Source{number}", f"dbo.Target{number}"
        yield f"tables/Target{number}.sql", f"CREATE TABLE {target} ({declared});\n"
        steps = load.format(f"work.Step{number}", source, listed) + load.format(
            target, f"work.Step{number}", listed
        )
        if platform is SQL_SERVER and number == 0:
            steps += load.format(target, "CRM.Crm.dbo.Customer", listed)
        yield (
            f"procedures/usp_Load{number}.sql",
            (f"CREATE PROCEDURE dbo.usp_Load{number} AS\n{steps}"),
        )
        yield f"views/Report{number}.sql", view.format(number, listed, target)
    step = load.format("dbo.WideTarget", "dbo.WideSource", ", ".join(_wide(wide)))
    yield "procedures/usp_Wide.sql", f"CREATE PROCEDURE dbo.usp_Wide AS\n{step}"


def _wide(number: int) -> tuple[str, ...]:
    return tuple(
        f"AColumnOfAWideTableWhoseNameSaysAllThatThereIsToSay{number:03}"
        for number in range(number)
    )
