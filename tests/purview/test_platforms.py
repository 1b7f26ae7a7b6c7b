from __future__ import annotations

import pytest

from sql_lineage_purview.purview.resolving.platforms import (
    OBJECT_TYPES,
    Database,
    Platform,
    object_key,
    object_types,
)

NAMES = [
    (Platform.AZURE_SQL, "s.database.windows.net", "mssql://s.database.windows.net/Dw/dbo/T"),
    (Platform.AZURE_SQL_DW, "s.database.windows.net", "mssql://s.database.windows.net/Dw/dbo/T"),
    (
        Platform.AZURE_SYNAPSE_DEDICATED,
        "ws.sql.azuresynapse.net",
        "mssql://ws.sql.azuresynapse.net/Dw/dbo/T",
    ),
    (
        Platform.AZURE_SYNAPSE_SERVERLESS,
        "ws-ondemand.sql.azuresynapse.net",
        "mssql://ws-ondemand.sql.azuresynapse.net/Dw/dbo/T",
    ),
    (
        Platform.AZURE_SQL_MI,
        "mi.public.ab12.database.windows.net,3342",
        "mssql://mi.public.ab12.database.windows.net:3342/Dw/dbo/T",
    ),
    (Platform.SQL_SERVER, "sqlhost", "mssql://sqlhost/MSSQLSERVER/Dw/dbo/T"),
    (Platform.SQL_SERVER, "sqlhost\\INST", "mssql://sqlhost/INST/Dw/dbo/T"),
    (Platform.SQL_SERVER, "sqlhost,1444", "mssql://sqlhost:1444/MSSQLSERVER/Dw/dbo/T"),
    (Platform.SQL_SERVER, "sqlhost:1444", "mssql://sqlhost:1444/MSSQLSERVER/Dw/dbo/T"),
    (
        Platform.SQL_SERVER,
        "tcp:SqlHost.corp.example, 1444",
        "mssql://sqlhost.corp.example:1444/MSSQLSERVER/Dw/dbo/T",
    ),
    (Platform.SQL_SERVER, "sqlhost\\INST,1444", "mssql://sqlhost:1444/INST/Dw/dbo/T"),
    (
        Platform.AZURE_SQL_MI,
        "mi.ab12.database.windows.net,1444",
        "mssql://mi.ab12.database.windows.net:1444/Dw/dbo/T",
    ),
]


WORKSPACE, ITEM = "3f2c1b0a-0000-4000-8000-000000000001", "3F2C1B0A-0000-4000-8000-000000000002"
GROUP = f"https://app.fabric.microsoft.com/groups/{WORKSPACE}"
LAKEHOUSE = Database("Lake", platform=Platform.FABRIC_LAKEHOUSE, workspace=WORKSPACE, item=ITEM)


def test_tables_of_fabric_stand_under_the_address_of_their_item() -> None:
    assert LAKEHOUSE.qualified_names("dbo", "T") == (
        f"{GROUP}/lakehouses/{ITEM}/tables/T",
        f"{GROUP}/lakehouses/{ITEM}/tables/dbo%252FT",
    )
    assert LAKEHOUSE.qualified_names("sales", "T") == (
        f"{GROUP}/lakehouses/{ITEM}/tables/sales%252FT",
    )
    warehouse = Database("Wh", platform=Platform.FABRIC_WAREHOUSE, workspace=WORKSPACE, item=ITEM)
    assert warehouse.qualified_names("sales", "T") == (
        f"{GROUP}/warehouses/{ITEM}/schemas/sales/tables/T",
    )
    assert (warehouse.roots, warehouse.object_types) == (
        (f"{GROUP}/warehouses/{ITEM}",),
        ("fabric_warehouse_table",),
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"platform": Platform.FABRIC_LAKEHOUSE},
            r"needs workspace and item: "
            r".*/groups/WORKSPACE/lakehouses/ITEM",
        ),
        (
            {"platform": Platform.FABRIC_WAREHOUSE, "workspace": WORKSPACE, "item": "Sales"},
            r"the two GUIDs .*/warehouses/ITEM",
        ),
        (
            {"platform": Platform.AZURE_SQL, "server": "s.database.windows.net", "item": ITEM},
            "only platforms",
        ),
        ({"server": "x.datawarehouse.fabric.microsoft.com"}, "set platform to"),
        ({"platform": Platform.AZURE_SQL}, "is no host name"),
    ],
)
def test_a_row_of_fabric_is_checked(row: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Database("Lake", **row)


def test_the_objects_of_a_database_have_a_common_beginning() -> None:
    assert Database("Dw", "s.database.windows.net", database="My Dw").roots == (
        "mssql://s.database.windows.net/My%20Dw",
        "mssql://s.database.windows.net/My Dw",
    )


def test_types_can_be_others_than_the_platforms() -> None:
    row = Database("Dw", "s.database.windows.net", types=("custom_table", "custom_view"))
    assert row.object_types == ("custom_table", "custom_view")


@pytest.mark.parametrize(("platform", "server", "expected"), NAMES)
def test_the_qualified_name_has_the_platforms_form(
    platform: Platform, server: str, expected: str
) -> None:
    assert Database("Dw", server, platform).qualified_names("dbo", "T")[0] == expected


@pytest.mark.parametrize(
    ("platform", "table", "view"),
    [
        (Platform.AZURE_SQL, "azure_sql_table", "azure_sql_view"),
        (Platform.AZURE_SQL_DW, "azure_sql_dw_table", "azure_sql_dw_view"),
        (
            Platform.AZURE_SYNAPSE_DEDICATED,
            "azure_synapse_dedicated_sql_table",
            "azure_synapse_dedicated_sql_view",
        ),
        (
            Platform.AZURE_SYNAPSE_SERVERLESS,
            "azure_synapse_serverless_sql_table",
            "azure_synapse_serverless_sql_view",
        ),
        (Platform.AZURE_SQL_MI, "azure_sql_mi_table", "azure_sql_mi_view"),
        (Platform.SQL_SERVER, "mssql_table", "mssql_view"),
    ],
)
def test_each_platform_has_its_types(platform: Platform, table: str, view: str) -> None:
    assert object_types((platform,)) == (table, view)
    assert all("column" in name for name in OBJECT_TYPES[platform].columns)


@pytest.mark.parametrize(
    ("server", "platforms"),
    [
        ("s.database.windows.net", (Platform.AZURE_SQL, Platform.AZURE_SQL_DW)),
        ("s.database.chinacloudapi.cn", (Platform.AZURE_SQL, Platform.AZURE_SQL_DW)),
        ("mi.ab12.database.windows.net", (Platform.AZURE_SQL_MI,)),
        ("ws.sql.azuresynapse.net", (Platform.AZURE_SYNAPSE_DEDICATED,)),
        ("ws-ondemand.sql.azuresynapse.net", (Platform.AZURE_SYNAPSE_SERVERLESS,)),
        ("sqlhost.corp.example", (Platform.SQL_SERVER,)),
    ],
)
def test_without_a_platform_the_host_says_which_come_into_question(
    server: str, platforms: tuple[Platform, ...]
) -> None:
    assert Database("Dw", server).platforms == platforms


@pytest.mark.parametrize(
    "server",
    [
        "S.Database.Windows.NET",
        "tcp:s.database.windows.net,1433",
        "mssql://s.database.windows.net/",
        " s .database.windows.net ",
    ],
)
def test_the_host_is_normalized(server: str) -> None:
    assert Database("Dw", server).qualified_names("dbo", "T") == (
        "mssql://s.database.windows.net/Dw/dbo/T",
    )


def test_the_path_keeps_its_case_and_loses_brackets() -> None:
    assert (
        Database("d", "s.database.windows.net", database="SalesDW")
        .qualified_names("Sales", "[Order]")[0]
        .endswith("/SalesDW/Sales/Order")
    )


def test_spaces_are_encoded_first_where_ingestion_encodes_them() -> None:
    azure = Database("Dw", "s.database.windows.net", Platform.AZURE_SQL).qualified_names(
        "Fact", "Stock Item"
    )
    synapse = Database(
        "Dw", "w.sql.azuresynapse.net", Platform.AZURE_SYNAPSE_DEDICATED
    ).qualified_names("Fact", "Stock Item")
    assert [name.rpartition("/")[2] for name in azure] == ["Stock%20Item", "Stock Item"]
    assert [name.rpartition("/")[2] for name in synapse] == ["Stock Item", "Stock%20Item"]
    assert len({object_key(name) for name in azure}) == 1


def test_a_sql_server_may_be_registered_in_upper_case() -> None:
    names = Database("Dw", "SQLPROD01", Platform.SQL_SERVER).qualified_names("dbo", "T")
    assert names == (
        "mssql://sqlprod01/MSSQLSERVER/Dw/dbo/T",
        "mssql://SQLPROD01/MSSQLSERVER/Dw/dbo/T",
    )


def test_a_managed_instance_is_tried_with_the_public_port_too() -> None:
    names = Database("Dw", "mi.ab12.database.windows.net").qualified_names("dbo", "T")
    assert [name.split("/")[2] for name in names] == [
        "mi.ab12.database.windows.net",
        "mi.ab12.database.windows.net:3342",
    ]


def test_a_linked_servers_database_is_named_without_the_server() -> None:
    assert "/Db/dbo/T" in Database("SRV.Db", "sqlhost").qualified_names("dbo", "T")[0]
    assert Database("SRV.Db", "sqlhost,1444").qualified_names("dbo", "T") == (
        "mssql://sqlhost:1444/MSSQLSERVER/Db/dbo/T",
    )


@pytest.mark.parametrize(
    ("server", "instance", "hosts"),
    [
        ("sqlhost", None, ["sqlhost/MSSQLSERVER"]),
        ("sqlhost,1433", None, ["sqlhost/MSSQLSERVER", "sqlhost:1433/MSSQLSERVER"]),
        ("sqlhost,1444", None, ["sqlhost:1444/MSSQLSERVER"]),
        ("sqlhost,1444", "INST", ["sqlhost:1444/INST", "sqlhost/INST"]),
        (
            "SQLHOST\\INST,1444",
            None,
            ["sqlhost:1444/INST", "SQLHOST:1444/INST", "sqlhost/INST", "SQLHOST/INST"],
        ),
    ],
)
def test_another_port_is_another_server_unless_the_instance_is_named(
    server: str, instance: str | None, hosts: list[str]
) -> None:
    names = Database("Dw", server, Platform.SQL_SERVER, instance=instance).qualified_names(
        "dbo", "T"
    )
    assert names == tuple(f"mssql://{host}/Dw/dbo/T" for host in hosts)


@pytest.mark.parametrize(
    ("name", "server", "platform", "message"),
    [
        ("", "s.database.windows.net", None, "needs a name"),
        ("Dw", "", None, "no host name"),
        ("Dw", "https://s.database.windows.net/x", None, "no host name"),
        ("Dw", "sqlhost,70000", None, "no host name"),
        ("Dw", "myserver", Platform.AZURE_SQL, "myserver.database.windows.net"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_a_remedy(
    name: str, server: str, platform: Platform | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Database(name, server, platform)
