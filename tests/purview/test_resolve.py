from __future__ import annotations

import pytest

from sql_lineage_purview.model.graph import Table
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import TableKind
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    Pin,
    Platform,
)
from sql_lineage_purview.purview.account.assets import (
    Ambiguous,
    Evidence,
    Found,
    Missing,
    Resolution,
)
from sql_lineage_purview.purview.account.client import SearchHit
from sql_lineage_purview.purview.resolving.nearest import Nearby

ROOT = "mssql://s.database.windows.net/Dw"
LAKE = "https://lake.dfs.core.windows.net/raw"


@pytest.fixture
def resolve(client: DataMapClient, databases: DatabaseMap):
    def _resolve(
        name: str, kind: TableKind = TableKind.UNKNOWN, rows: DatabaseMap = databases
    ) -> Resolution:
        table = Table(parse_name(name), kind, None, None)
        return CatalogueResolver(client, rows).resolve([table])[table.name]

    return _resolve


def test_a_table_is_found_with_its_columns(account, resolve) -> None:
    guid = account.add("azure_sql_table", f"{ROOT}/dbo/Fact", ["Id", "Amount"])
    outcome = resolve("dbo.Fact")
    assert isinstance(outcome, Found)
    assert (outcome.asset.ref.guid, outcome.asset.ref.qualified_name) == (guid, f"{ROOT}/dbo/Fact")
    assert outcome.asset.columns == ("Id", "Amount")
    assert outcome.evidence is Evidence.EXACT


def test_the_catalogues_spelling_is_taken(account, resolve) -> None:
    account.add("azure_sql_table", "mssql://s.database.windows.net/DW/dbo/FactSales")
    outcome = resolve("DBO.factsales")
    assert isinstance(outcome, Found)
    assert outcome.asset.ref.qualified_name == "mssql://s.database.windows.net/DW/dbo/FactSales"
    assert outcome.evidence is Evidence.SPELLING


@pytest.mark.parametrize("spelled", ["Stock%20Item", "Stock Item", "stock item"])
def test_spaces_are_found_encoded_or_not(account, resolve, spelled: str) -> None:
    account.add("azure_sql_table", f"{ROOT}/Fact/{spelled}")
    assert isinstance(resolve("Fact.[Stock Item]"), Found)


def test_names_that_differ_by_case_are_ambiguous_even_if_one_is_exact(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/Fact")
    account.add("azure_sql_table", f"{ROOT}/dbo/FACT")
    outcome = resolve("dbo.Fact")
    assert isinstance(outcome, Ambiguous)
    assert [ref.qualified_name for ref in outcome.candidates] == [
        f"{ROOT}/dbo/FACT",
        f"{ROOT}/dbo/Fact",
    ]
    assert '[pins."dbo.Fact"]' in outcome.advice


def test_assets_of_two_platforms_are_ambiguous_until_the_platform_is_configured(
    account, resolve
) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/T")
    account.add("azure_sql_dw_table", f"{ROOT}/dbo/T")
    outcome = resolve("dbo.T")
    assert isinstance(outcome, Ambiguous)
    assert 'set platform = "azure_sql" or "azure_sql_dw" for database Dw' in outcome.advice
    configured = DatabaseMap((Database("Dw", "s.database.windows.net", Platform.AZURE_SQL_DW),))
    resolution = resolve("dbo.T", rows=configured)
    assert isinstance(resolution, Found)
    assert resolution.asset.ref.type_name == "azure_sql_dw_table"


def test_a_table_and_a_view_of_one_name_are_told_apart_by_the_definition(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/V")
    account.add("azure_sql_view", f"{ROOT}/dbo/V")
    unknown, view, table = (
        resolve("dbo.V"),
        resolve("dbo.V", TableKind.VIEW),
        resolve("dbo.V", TableKind.TABLE),
    )
    assert isinstance(unknown, Ambiguous)
    assert "add its definition to the scan" in unknown.advice
    assert isinstance(view, Found)
    assert view.asset.ref.type_name == "azure_sql_view"
    assert isinstance(table, Found)
    assert table.asset.ref.type_name == "azure_sql_table"


def test_a_spelling_in_another_type_counts_too(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/Fact")
    account.add("azure_sql_view", "mssql://s.database.windows.net/DW/dbo/FACT")
    assert isinstance(resolve("dbo.Fact"), Ambiguous)


def test_a_view_that_is_registered_as_a_table_is_found(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/V")
    assert isinstance(resolve("dbo.V", TableKind.VIEW), Found)


def test_a_missing_table_names_the_nearest(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/stg/Customer")
    account.add("azure_sql_table", f"{ROOT}/dbo/FactSale")
    account.add("azure_sql_table", "mssql://s2.database.windows.net/Dw/dbo/FactSales")
    missing = resolve("dbo.FactSales")
    assert isinstance(missing, Missing)
    assert f"named {ROOT}/dbo/FactSales" in missing.reason
    assert [ref.qualified_name for ref in missing.nearest] == [f"{ROOT}/dbo/FactSale"]
    other_schema = resolve("dbo.Customer")
    assert isinstance(other_schema, Missing)
    assert [ref.qualified_name for ref in other_schema.nearest] == [f"{ROOT}/stg/Customer"]


def test_what_the_index_still_has_but_the_store_no_longer_is_missing(account, resolve) -> None:
    guid = account.add("azure_sql_table", f"{ROOT}/dbo/FACT")
    account.named = lambda name: []  # the store knows nothing, the index still does
    outcome = resolve("dbo.Fact")
    assert isinstance(outcome, Missing)
    assert [ref.guid for ref in outcome.nearest] == [guid]


def test_a_deleted_asset_is_missing(account, resolve) -> None:
    guid = account.add("azure_sql_table", f"{ROOT}/dbo/Fact")
    account.entities[guid]["status"] = "DELETED"
    assert isinstance(resolve("dbo.Fact"), Missing)


def test_an_account_without_some_of_the_types_answers_for_the_others(account, resolve) -> None:
    account.unknown_types = {"azure_sql_dw_table", "azure_sql_dw_view"}
    account.add("azure_sql_table", f"{ROOT}/dbo/T")
    assert isinstance(resolve("dbo.T"), Found)


def test_a_database_outside_the_map_is_missing_with_what_to_add(resolve) -> None:
    assert resolve("Other.dbo.T") == Missing(
        "database Other is not in the database map; add [databases.Other]"
    )
    assert resolve("SRV.Other.dbo.T") == Missing(
        'database SRV.Other is not in the database map; add [databases."SRV.Other"]'
    )


def test_a_database_part_is_looked_up_in_any_case(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/T")
    assert isinstance(resolve("dw.dbo.T"), Found)
    assert isinstance(resolve("DW..T"), Found)


def test_without_a_default_a_table_of_no_database_is_missing(resolve) -> None:
    two = DatabaseMap(
        (Database("A", "a.database.windows.net"), Database("B", "b.database.windows.net"))
    )
    outcome = resolve("dbo.T", rows=two)
    assert isinstance(outcome, Missing)
    assert "no default is configured; name one of: A, B" in outcome.reason
    empty = resolve("dbo.T", rows=DatabaseMap())
    assert isinstance(empty, Missing)
    assert "[databases.NAME]" in empty.reason


def test_a_map_is_checked_when_it_is_made() -> None:
    row = Database("A", "a.database.windows.net")
    with pytest.raises(ValueError, match="stands twice"):
        DatabaseMap((row, Database("a", "b.database.windows.net")))
    with pytest.raises(ValueError, match="it has: A"):
        DatabaseMap((row,), default="C")


@pytest.mark.parametrize("kind", [TableKind.FUNCTION, TableKind.QUEUE])
def test_what_no_catalogue_holds_is_not_asked_for(account, resolve, kind: TableKind) -> None:
    assert isinstance(resolve("dbo.f", kind), Missing)
    assert isinstance(resolve("#t"), Missing)
    assert account.calls == []


def fabric(**more: object) -> DatabaseMap:
    ids = ("3f2c1b0a-0000-4000-8000-000000000001", "3f2c1b0a-0000-4000-8000-000000000002")
    row = Database(
        "Lake", platform=Platform.FABRIC_LAKEHOUSE, workspace=ids[0], item=ids[1], **more
    )
    return DatabaseMap((row,))


@pytest.mark.parametrize(
    ("registered", "requested"),
    [
        ("tables/Sales", "dbo.sales"),
        ("tables/dbo%252FSales", "Sales"),
        ("tables/crm%252fSales", "Lake.CRM.sales"),
    ],
)
def test_a_table_of_a_lakehouse_is_found_with_and_without_schemas(
    account, resolve, registered: str, requested: str
) -> None:
    (root,) = fabric().databases[0].roots
    guid = account.add(
        "fabric_lakehouse_table", f"{root.upper().replace('HTTPS', 'https')}/{registered}"
    )
    second_root = root.replace("000000000002", "000000000003")
    account.add("fabric_lakehouse_table", f"{second_root}/{registered}")
    outcome = resolve(requested, rows=fabric())
    assert isinstance(outcome, Found)
    assert outcome.asset.ref.guid == guid


def test_a_view_of_a_lakehouse_may_be_registered_as_a_table(account, resolve) -> None:
    (root,) = fabric().databases[0].roots
    account.add("fabric_lakehouse_table", f"{root}/tables/V")
    assert isinstance(resolve("dbo.V", TableKind.VIEW, rows=fabric()), Found)


def test_configured_types_are_looked_up_in_place_of_the_platforms(account, resolve) -> None:
    (root,) = fabric().databases[0].roots
    account.add("fabric_lakehouse_table", f"{root}/tables/T")
    guid = account.add("microsoft_fabric_lakehouse_table", f"{root}/tables/T")
    outcome = resolve("dbo.T", rows=fabric(types=("microsoft_fabric_lakehouse_table",)))
    assert isinstance(outcome, Found)
    assert outcome.asset.ref.guid == guid


def test_several_types_and_spellings_are_all_reported(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/T")
    account.add("azure_sql_dw_table", f"{ROOT}/DBO/t")
    outcome = resolve("dbo.T")
    assert isinstance(outcome, Ambiguous)
    assert [(ref.type_name, ref.qualified_name) for ref in outcome.candidates] == [
        ("azure_sql_dw_table", f"{ROOT}/DBO/t"),
        ("azure_sql_table", f"{ROOT}/dbo/T"),
    ]


def test_a_pin_decides(account, client: DataMapClient) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/Fact")
    guid = account.add("azure_sql_table", f"{ROOT}/dbo/FACT")
    name = parse_name("dbo.fact")
    table = Table(name, TableKind.TABLE, None, None)
    rows = DatabaseMap(
        (Database("Dw", "s.database.windows.net"),),
        pins=(Pin(parse_name("dbo.Fact"), "azure_sql_table", f"{ROOT}/dbo/FACT"),),
    )
    outcome = CatalogueResolver(client, rows).resolve([table])[name]
    assert isinstance(outcome, Found)
    assert (outcome.asset.ref.guid, outcome.evidence) == (guid, Evidence.PIN)


def test_a_pin_to_nothing_is_missing(resolve) -> None:
    outcome = resolve(
        "dbo.T", rows=DatabaseMap(pins=(Pin(parse_name("dbo.T"), "mssql_table", "mssql://x/y"),))
    )
    assert outcome == Missing(
        "it is pinned to mssql://x/y, and the catalogue has no mssql_table of that name"
    )


def test_all_tables_of_a_server_cost_a_few_requests(
    account, client: DataMapClient, databases: DatabaseMap
) -> None:
    account.page = 1000
    tables = [
        Table(parse_name(f"dbo.T{number}"), TableKind.TABLE, None, None) for number in range(60)
    ]
    for table in tables[:50]:
        account.add("azure_sql_table", f"{ROOT}/dbo/{table.name.object}")
    outcomes = CatalogueResolver(client, databases).resolve(tables)
    assert list(outcomes) == [table.name for table in tables]
    assert sum(isinstance(row, Found) for row in outcomes.values()) == 50
    assert len(account.calls) < 15


def test_a_file_is_found_by_its_path_before_any_resource_set(account, resolve) -> None:
    account.add("azure_datalake_gen2_resource_set", f"{LAKE}/sales/{{N}}.csv")
    guid = account.add_file("azure_datalake_gen2_path", f"{LAKE}/sales/7.csv", ["Id"])
    outcome = resolve("abfss://raw@LAKE.dfs.core.windows.net/sales/7.CSV")
    assert isinstance(outcome, Found)
    assert (outcome.asset.ref.guid, outcome.asset.columns, outcome.evidence) == (
        guid,
        ("Id",),
        Evidence.EXACT,
    )


@pytest.mark.parametrize(
    "address", ["sales/2026/f_7.csv", "sales/*/*.csv", "sales/**", "sales/", "sales"]
)
def test_files_belong_to_their_resource_set(account, resolve, address: str) -> None:
    account.add_file(
        "azure_datalake_gen2_resource_set", f"{LAKE}/sales/{{Year}}/f_{{N}}.csv", ["Id"]
    )
    account.add("azure_datalake_gen2_resource_set", f"{LAKE}/other/{{Year}}/f_{{N}}.csv")
    outcome = resolve(f"{LAKE}/{address}")
    assert isinstance(outcome, Found)
    assert outcome.asset.ref.qualified_name == f"{LAKE}/sales/{{Year}}/f_{{N}}.csv"
    assert (outcome.asset.columns, outcome.evidence) == (("Id",), Evidence.RESOURCE_SET)


def test_an_address_over_several_resource_sets_is_ambiguous(account, resolve) -> None:
    account.add("azure_datalake_gen2_resource_set", f"{LAKE}/sales/a_{{N}}.csv")
    account.add("azure_datalake_gen2_resource_set", f"{LAKE}/sales/b_{{N}}.csv")
    outcome = resolve(f"{LAKE}/sales/*.csv")
    assert isinstance(outcome, Ambiguous)
    assert len(outcome.candidates) == 2
    assert isinstance(resolve(f"{LAKE}/sales/a_*.csv"), Found)


def test_a_wildcard_over_one_file_is_that_file(account, resolve) -> None:
    account.add("azure_datalake_gen2_path", f"{LAKE}/sales/only.parquet")
    outcome = resolve(f"{LAKE}/sales/*.parquet")
    assert isinstance(outcome, Found)
    assert outcome.evidence is Evidence.CONTAINED


def test_a_folder_that_is_an_asset_is_that_asset(account, resolve) -> None:
    account.add("azure_datalake_gen2_path", f"{LAKE}/sales/")
    account.add("azure_datalake_gen2_path", f"{LAKE}/sales/x.csv")
    outcome = resolve(f"{LAKE}/sales")
    assert isinstance(outcome, Found)
    assert (outcome.asset.ref.qualified_name, outcome.evidence) == (
        f"{LAKE}/sales/",
        Evidence.EXACT,
    )


def test_an_account_is_also_found_under_its_other_endpoint(account, resolve) -> None:
    account.add("azure_datalake_gen2_path", f"{LAKE}/x.csv")
    outcome = resolve("https://lake.blob.core.windows.net/raw/x.csv")
    assert isinstance(outcome, Found)
    assert outcome.evidence is Evidence.ENDPOINT


def test_paths_of_files_keep_their_case(account, resolve) -> None:
    account.add("azure_datalake_gen2_path", f"{LAKE}/Sales/x.csv")
    outcome = resolve(f"{LAKE}/sales/x.csv")
    assert isinstance(outcome, Missing)
    assert [ref.qualified_name for ref in outcome.nearest] == [f"{LAKE}/Sales/x.csv"]


def test_files_of_onelake_are_no_storage_account_to_scan(resolve) -> None:
    outcome = resolve("abfss://ws@onelake.dfs.fabric.microsoft.com/lh.Lakehouse/Files/a.csv")
    assert isinstance(outcome, Missing)
    assert "pin it to the asset of its lakehouse" in outcome.reason
    assert outcome.place is None


def test_a_file_on_a_disk_is_missing_without_a_question(account, client: DataMapClient) -> None:
    name = Name((r"C:\data\x.csv",), address=True)
    outcome = CatalogueResolver(client, DatabaseMap()).resolve(
        [Table(name, TableKind.FILE, None, None)]
    )[name]
    assert isinstance(outcome, Missing)
    assert "no address in Azure" in outcome.reason
    assert account.calls == []


def test_a_signature_in_an_address_is_nowhere_shown(resolve) -> None:
    assert "SECRET" not in repr(resolve("https://lake.blob.core.windows.net/raw/x.csv?sig=SECRET"))
    assert "SECRET" not in repr(resolve("https://example.com/raw/x.csv?sig=SECRET"))


def test_a_file_whose_schema_vanished_has_no_columns(account, resolve) -> None:
    guid = account.add_file("azure_datalake_gen2_path", f"{LAKE}/x.csv", ["Id"])
    del account.entities[account.entities[guid]["relationshipAttributes"]["tabular_schema"]["guid"]]
    outcome = resolve(f"{LAKE}/x.csv")
    assert isinstance(outcome, Found)
    assert outcome.asset.columns is None


def test_a_whole_storage_account_is_found(account, resolve) -> None:
    account.add("azure_datalake_gen2_service", "https://lake.dfs.core.windows.net")
    assert isinstance(resolve("https://lake.dfs.core.windows.net/"), Found)
    assert isinstance(resolve("https://other.dfs.core.windows.net/"), Missing)


def test_columns_are_read_in_any_case_unless_two_differ_by_it(account, resolve) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/T", ["Id", "id", "Amount"])
    outcome = resolve("dbo.T")
    assert isinstance(outcome, Found)
    assert [outcome.asset.column(name) for name in ("Id", "id", "ID", "AMOUNT", "x")] == [
        "Id",
        "id",
        None,
        "Amount",
        None,
    ]


def test_the_nearest_names_are_found_among_very_many() -> None:
    hits = [
        SearchHit(str(number), "azure_sql_table", f"{ROOT}/dbo/Stage{number:05}Load")
        for number in range(5_000)
    ]
    nearby = Nearby([*hits, SearchHit("x", "azure_sql_table", f"{ROOT}/stg/CustomerOrders")])
    assert [ref.guid for ref in nearby.nearest(f"{ROOT}/dbo/CustomerOrder")] == ["x"]
    assert [ref.guid for ref in nearby.nearest(f"{ROOT}/dbo/customerorders")] == ["x"]
    assert next(ref.guid for ref in nearby.nearest(f"{ROOT}/dbo/Stage00007Loads")) == "7"
    assert nearby.nearest(f"{ROOT}/dbo/Invoice") == ()


@pytest.mark.parametrize("server", ["SqlHost,1444", "sqlhost:1444", "tcp:sqlhost,1444"])
def test_a_server_on_a_port_is_found_and_no_other_on_its_host(
    account, resolve, server: str
) -> None:
    account.add("mssql_table", "mssql://sqlhost/MSSQLSERVER/Dw/dbo/T")
    rows = DatabaseMap((Database("Dw", server),))
    outcome = resolve("dbo.T", rows=rows)
    assert isinstance(outcome, Missing)
    assert [ref.qualified_name for ref in outcome.nearest] == [
        "mssql://sqlhost/MSSQLSERVER/Dw/dbo/T"
    ]
    account.add("mssql_table", "mssql://sqlhost:1444/MSSQLSERVER/Dw/dbo/T")
    resolution = resolve("dbo.T", rows=rows)
    assert isinstance(resolution, Found)
    assert resolution.asset.ref.qualified_name == "mssql://sqlhost:1444/MSSQLSERVER/Dw/dbo/T"
