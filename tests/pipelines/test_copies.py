"""Copy activities: the chain from source to landing table, as a scan of the folder tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.project.configuring.database_settings import DatabaseSettings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.reading.source_lines import SourceLines
from sql_lineage_purview.project.reading.statement_text import StatementText
from sql_lineage_purview.project.scanning import scan
from tests.linking import column_lines, statement_lines, table_lines

from .factory import Factory, copy, expression, mapped

if TYPE_CHECKING:
    from pathlib import Path

    from sql_lineage_purview.project.keeping.scan_result import Scan

FILE = "https://lake.dfs.core.windows.net/raw/orders/orders.csv"
ORDERS, LANDING = "Crm.sales.Orders", "RetailDW.stg.Orders"


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory(tmp_path)


def scanned(factory: Factory, **settings: Any) -> Scan:
    return scan([factory.root], Settings(**settings), use_cache=False)


def tables(factory: Factory, **settings: Any) -> list[str]:
    return plain(scanned(factory, **settings))


def plain(result: Scan) -> list[str]:
    """Table edges that are all direct."""
    return [line.removesuffix("  DIRECT") for line in table_lines(result.graph)]


def columns(factory: Factory, **settings: Any) -> list[str]:
    return column_lines(scanned(factory, **settings).graph)


def diagnostics(factory: Factory, **settings: Any) -> list[tuple[str, str]]:
    return [
        (diagnostic.code, diagnostic.message)
        for diagnostic in scanned(factory, **settings).graph.diagnostics
    ]


class TestEnds:
    def test_a_table_into_a_table_of_another_server(self, factory: Factory) -> None:
        factory.pipeline(copy("Orders", "Landing"))

        assert tables(factory) == [f"{ORDERS} -> {LANDING}"]

    def test_a_file_into_a_table_and_a_table_into_a_file(self, factory: Factory) -> None:
        factory.pipeline(copy("OrdersFile", "Landing"), copy("Orders", "OrdersFile"))

        assert tables(factory) == [f"{ORDERS} -> {FILE}", f"{FILE} -> {LANDING}"]

    def test_a_statement_is_the_copy_in_the_lines_of_the_json(self, factory: Factory) -> None:
        factory.pipeline(copy("OrdersFile", "Landing"))

        [row] = scanned(factory).graph.statements
        lines = (factory.root / "pipeline/load.json").read_text(encoding="utf-8").splitlines()
        assert str(row.kind) == "COPY_INTO"
        assert lines[row.line - 1].strip() == "{"
        assert lines[row.line].strip() == '"name": "Copy orders",'
        assert lines[row.end_line - 1].strip() == "}"
        assert StatementText(factory.root)([row]) == "\n".join(lines[row.line - 1 : row.end_line])

    def test_a_chain_goes_on_where_scripts_read_the_landing_table(self, factory: Factory) -> None:
        factory.pipeline(copy("OrdersFile", "Landing"))
        factory.put("load.sql", "USE RetailDW\nGO\nINSERT dbo.Fact (Id) SELECT Id FROM stg.Orders")

        assert tables(factory) == [f"{LANDING} -> RetailDW.dbo.Fact", f"{FILE} -> {LANDING}"]

    def test_the_database_goes_by_the_name_that_the_configuration_gives_it(
        self, factory: Factory
    ) -> None:
        factory.pipeline(copy("OrdersFile", "Landing"))
        database = DatabaseSettings("Warehouse", "dw.example.net", database="retaildw")

        assert tables(factory, databases=(database,)) == [f"{FILE} -> Warehouse.stg.Orders"]

    def test_a_server_on_another_port_is_another_server(self, factory: Factory) -> None:
        factory.pipeline(copy("OrdersFile", "Landing"))
        factory.service("Dw", "SqlServer", server="dw.example.net,1444", database="RetailDW")
        first, second = (
            DatabaseSettings("First", "tcp:dw.example.net,1433", database="RetailDW"),
            DatabaseSettings("Second", "dw.example.net:1444", database="RetailDW"),
        )

        assert tables(factory, databases=(first, second)) == [f"{FILE} -> Second.stg.Orders"]

    def test_a_linked_service_that_keeps_its_database_elsewhere(self, factory: Factory) -> None:
        factory.service(
            "Dw", "AzureSqlDW", connectionString={"type": "AzureKeyVaultSecret", "secretName": "dw"}
        )
        factory.pipeline(copy("Orders", "Landing"))

        assert tables(factory) == [f"{ORDERS} -> stg.Orders"]
        assert tables(factory, database="Db") == [f"{ORDERS} -> Db.stg.Orders"]
        assert tables(factory, linked_services=(("dw", "RetailDW"),)) == [f"{ORDERS} -> {LANDING}"]

    @pytest.mark.parametrize(
        ("location", "settings", "address"),
        [
            ({"fileSystem": "raw", "folderPath": "a/b"}, {}, "raw/a/b/"),
            (
                {"fileSystem": "raw"},
                {"wildcardFolderPath": "a/*", "wildcardFileName": "*.csv"},
                "raw/a/*/*.csv",
            ),
            ({"fileSystem": "raw", "folderPath": "x"}, {"prefix": "a/b"}, "raw/a/b*"),
            (
                {
                    "fileSystem": "raw",
                    "folderPath": expression("@{pipeline().RunId}/x"),
                    "fileName": "f.csv",
                },
                {},
                "raw/*/x/f.csv",
            ),
        ],
    )
    def test_paths(self, factory: Factory, location: Any, settings: Any, address: str) -> None:
        factory.file("Files", "Lake", **location)
        factory.pipeline(copy("Files", "Landing", source={"storeSettings": settings}))

        assert tables(factory) == [f"https://lake.dfs.core.windows.net/{address} -> {LANDING}"]

    @pytest.mark.parametrize(
        ("kind", "properties", "address"),
        [
            (
                "AzureBlobStorage",
                {"serviceEndpoint": "https://a.blob.core.windows.net"},
                "https://a.blob.core.windows.net/raw/f.csv",
            ),
            (
                "AzureBlobStorage",
                {
                    "connectionString": "DefaultEndpointsProtocol=https;AccountName=a;"
                    "EndpointSuffix=core.windows.net;"
                },
                "https://a.blob.core.windows.net/raw/f.csv",
            ),
            (
                "AzureBlobStorage",
                {
                    "sasUri": {
                        "type": "SecureString",
                        "value": "https://a.blob.core.windows.net/?sig=hush",
                    }
                },
                "https://a.blob.core.windows.net/raw/f.csv",
            ),
            ("AmazonS3", {"serviceUrl": "https://s3.amazonaws.com"}, "s3://raw/f.csv"),
            ("Sftp", {"host": "files.example.net"}, "sftp://files.example.net/raw/f.csv"),
        ],
    )
    def test_stores(self, factory: Factory, kind: str, properties: Any, address: str) -> None:
        factory.service("Lake", kind, **properties)
        factory.file("Files", "Lake", container="raw", fileName="f.csv")
        factory.pipeline(copy("Files", "Landing"))

        assert tables(factory) == [f"{address} -> {LANDING}"]

    def test_what_is_neither_is_an_address_of_its_linked_service(self, factory: Factory) -> None:
        factory.service("Ora", "Oracle", connectionString="host=ora;sid=x")
        factory.dataset(
            "Employees", "Ora", type="OracleTable", typeProperties={"schema": "HR", "table": "EMP"}
        )
        factory.pipeline(copy("Employees", "Landing"))

        assert tables(factory) == [f"oracle://Ora/HR.EMP -> {LANDING}"]

    def test_one_that_is_switched_off_copies_nothing(self, factory: Factory) -> None:
        factory.pipeline({**copy("Orders", "Landing"), "state": "Inactive"})

        assert tables(factory) == []


class TestColumns:
    def test_a_mapping(self, factory: Factory) -> None:
        factory.pipeline(
            copy("OrdersFile", "Landing", translator=mapped(("OrderNo", "Id"), ("Total", "Amount")))
        )

        assert columns(factory) == [
            f"{FILE}.OrderNo -> {LANDING}.Id  IDENTITY",
            f"{FILE}.Total -> {LANDING}.Amount  IDENTITY",
        ]

    def test_names_are_spelled_as_defined_and_unknown_ones_are_reported(
        self, factory: Factory
    ) -> None:
        factory.put("tables.sql", "USE RetailDW\nGO\nCREATE TABLE stg.Orders (ID int)")
        factory.pipeline(
            copy("OrdersFile", "Landing", translator=mapped(("OrderNo", "Id"), ("Total", "Amount")))
        )

        assert f"{FILE}.OrderNo -> {LANDING}.ID  IDENTITY" in columns(factory)
        assert diagnostics(factory) == [("SLP201", f"Amount: {LANDING} has no such column")]

    def test_without_a_mapping_columns_go_by_their_names_and_not_by_their_order(
        self, factory: Factory
    ) -> None:
        factory.put("crm.sql", "USE Crm\nGO\nCREATE TABLE sales.Orders (Id int, Total money)")
        factory.put(
            "dw.sql",
            "USE RetailDW\nGO\nCREATE TABLE stg.Orders (LoadDate date, total money, id int)",
        )
        factory.pipeline(copy("Orders", "Landing"))

        assert columns(factory) == [
            f"{ORDERS}.Id -> {LANDING}.id  IDENTITY  EXPANDED",
            f"{ORDERS}.Total -> {LANDING}.total  IDENTITY  EXPANDED",
        ]
        assert diagnostics(factory) == []

    def test_without_anything_known_they_are_the_columns_as_a_whole(self, factory: Factory) -> None:
        factory.pipeline(copy("OrdersFile", "Landing"))

        assert columns(factory) == [f"{FILE}.* -> {LANDING}.*  IDENTITY  PARTIAL"]

    def test_a_file_has_the_columns_of_its_dataset(self, factory: Factory) -> None:
        factory.file(
            "Described",
            "Lake",
            schema=[{"name": "Id"}, {"name": "Total"}],
            fileSystem="raw",
            fileName="f.csv",
        )
        factory.pipeline(copy("Described", "Landing"))

        assert [line.split(" -> ")[1] for line in columns(factory)] == [
            f"{LANDING}.Id  IDENTITY  EXPANDED",
            f"{LANDING}.Total  IDENTITY  EXPANDED",
        ]

    @pytest.mark.parametrize(
        ("translator", "pairs"),
        [
            ({"columnMappings": "OrderNo: Id, Total: Amount"}, ["OrderNo Id", "Total Amount"]),
            ({"columnMappings": {"OrderNo": "Id"}}, ["OrderNo Id"]),
            ({"schemaMapping": {"$.a.b": "Id"}}, ["a.b Id"]),
            (
                {"mappings": [{"source": {"path": "$['a']['b']"}, "sink": {"name": "Id"}}]},
                ["a.b Id"],
            ),
            ({"mappings": [{"source": {"ordinal": 1}, "sink": {"name": "Id"}}]}, ["* Id"]),
            ({"type": "TabularTranslator", "typeConversion": True}, ["* *"]),
            (expression("@json(pipeline().parameters.mapping)"), ["* *"]),
        ],
    )
    def test_ways_to_write_a_mapping(
        self, factory: Factory, translator: Any, pairs: list[str]
    ) -> None:
        factory.pipeline(copy("OrdersFile", "Landing", translator=translator))

        edges = scanned(factory).graph.column_lineage
        assert sorted(f"{edge.source.column} {edge.target.column}" for edge in edges) == sorted(
            pairs
        )

    def test_columns_that_the_copy_adds_come_from_nowhere(self, factory: Factory) -> None:
        added = [
            {"name": "LoadedAt", "value": expression("@utcnow()")},
            {"name": "Again", "value": "$$COLUMN:Total"},
        ]
        translator = mapped(("Total", "Amount"), ("LoadedAt", "LoadedAt"), ("Again", "Copy"))
        factory.pipeline(
            copy(
                "OrdersFile", "Landing", source={"additionalColumns": added}, translator=translator
            )
        )

        assert [line.split("csv.")[1] for line in columns(factory)] == [
            f"Total -> {LANDING}.Amount  IDENTITY",
            f"Total -> {LANDING}.Copy  IDENTITY",
        ]

    def test_a_target_that_the_copy_makes_has_the_columns_of_the_source(
        self, factory: Factory
    ) -> None:
        factory.put("crm.sql", "USE Crm\nGO\nCREATE TABLE sales.Orders (Id int, Total money)")
        factory.put(
            "later.sql",
            "USE RetailDW\nGO\nINSERT dbo.Fact (A) SELECT Total FROM stg.Orders, dbo.Other",
        )
        factory.pipeline(copy("Orders", "Landing", sink={"tableOption": "autoCreate"}))

        [table] = [table for table in scanned(factory).graph.tables if str(table.name) == LANDING]
        assert table.columns == ("Id", "Total")


class TestSql:
    def test_a_query_supplies_the_rows(self, factory: Factory) -> None:
        query = (
            "SELECT o.Id, SUM(l.Price) AS Total FROM sales.Orders AS o JOIN Lines AS l ON l.Id "
            "= o.Id GROUP BY o.Id"
        )
        factory.pipeline(copy("Orders", "Landing", source={"sqlReaderQuery": query}))
        result = scanned(factory)

        assert plain(result) == [f"Crm.dbo.Lines -> {LANDING}", f"{ORDERS} -> {LANDING}"]
        assert (f"Crm.dbo.Lines.Price -> {LANDING}.Total  AGGREGATION  EXPANDED") in column_lines(
            result.graph
        )
        assert statement_lines(result.graph) == [
            f"COPY_INTO  reads Crm.dbo.Lines, {ORDERS}  writes {LANDING}"
        ]

    def test_names_of_common_table_expressions_are_no_tables(self, factory: Factory) -> None:
        query = "WITH o AS (SELECT Id FROM sales.Orders) SELECT Id FROM o"
        factory.pipeline(
            copy(
                "Orders",
                "Landing",
                source={"sqlReaderQuery": query},
                translator=mapped(("Id", "OrderId")),
            )
        )

        assert columns(factory) == [f"{ORDERS}.Id -> {LANDING}.OrderId  IDENTITY"]

    def test_a_procedure_supplies_the_rows(self, factory: Factory) -> None:
        body = "USE Crm\nGO\nCREATE PROC sales.GetOrders AS SELECT Total, Id FROM sales.Orders"
        factory.put("crm.sql", body)
        source = {"sqlReaderStoredProcedureName": "[sales].[GetOrders]"}
        factory.pipeline(
            copy("Orders", "Landing", source=source, translator=mapped(("Id", "OrderId")))
        )

        assert columns(factory) == [f"{ORDERS}.Id -> {LANDING}.OrderId  IDENTITY"]

    def test_a_procedure_takes_the_rows(self, factory: Factory) -> None:
        body = """USE RetailDW
GO
CREATE TYPE stg.OrderRows AS TABLE (Id int, Total money)
GO
CREATE PROC stg.TakeOrders @rows stg.OrderRows READONLY AS
INSERT dbo.Fact (OrderId, Amount) SELECT Id, Total FROM @rows"""
        factory.put("dw.sql", body)
        sink = {
            "type": "SqlDWSink",
            "sqlWriterStoredProcedureName": "stg.TakeOrders",
            "sqlWriterTableType": "stg.OrderRows",
            "storedProcedureTableTypeParameterName": "rows",
        }
        factory.pipeline(
            copy(
                "OrdersFile",
                "Landing",
                sink=sink,
                translator=mapped(("No", "Id"), ("Sum", "Total")),
            )
        )

        assert columns(factory) == [
            f"{FILE}.No -> RetailDW.dbo.Fact.OrderId  IDENTITY",
            f"{FILE}.Sum -> RetailDW.dbo.Fact.Amount  IDENTITY",
        ]

    def test_the_script_that_runs_first_runs_in_the_target(self, factory: Factory) -> None:
        factory.pipeline(
            copy(
                "OrdersFile",
                "Landing",
                sink={"type": "SqlDWSink", "preCopyScript": "TRUNCATE TABLE stg.Orders"},
            )
        )

        assert statement_lines(scanned(factory).graph) == [
            f"TRUNCATE_TABLE  writes {LANDING}",
            f"COPY_INTO  reads {FILE}  writes {LANDING}",
        ]


class TestParameters:
    @pytest.fixture
    def any_table(self, factory: Factory) -> Factory:
        parameters = {
            "schema": {"type": "string", "defaultValue": "stg"},
            "table": {"type": "string"},
        }
        factory.table(
            "AnyTable",
            "Dw",
            parameters,
            schema=expression("@dataset().schema"),
            table=expression("@dataset().table"),
        )
        return factory

    def to(self, table: object, **more: object) -> dict[str, Any]:
        return {"referenceName": "AnyTable", "parameters": {"table": table, **more}}

    def test_a_dataset_takes_constants(self, any_table: Factory) -> None:
        any_table.pipeline(copy("OrdersFile", self.to("Orders")))

        assert columns(any_table) == [f"{FILE}.* -> {LANDING}.*  IDENTITY  PARTIAL"]
        assert not scanned(any_table).graph.statements[0].dynamic

    def test_the_default_of_a_parameter_is_only_assumed(self, any_table: Factory) -> None:
        table = expression("@concat(pipeline().parameters.Name, 's')")
        parameters = {"Name": {"type": "string", "defaultValue": "Order"}}
        translator = mapped(("Id", "Id"))
        any_table.pipeline(
            copy("OrdersFile", self.to(table), translator=translator), parameters=parameters
        )

        assert columns(any_table) == [f"{FILE}.Id -> {LANDING}.Id  IDENTITY  INFERRED"]
        assert scanned(any_table).graph.statements[0].dynamic

    def test_a_loop_over_a_list_that_is_known_copies_each(self, any_table: Factory) -> None:
        loop = {
            "name": "each",
            "type": "ForEach",
            "typeProperties": {
                "items": expression("@pipeline().parameters.Tables"),
                "activities": [copy("OrdersFile", self.to(expression("@item().name")))],
            },
        }
        tables_of = {"Tables": {"type": "array", "defaultValue": [{"name": "A"}, {"name": "B"}]}}
        any_table.pipeline(loop, parameters=tables_of)

        assert tables(any_table) == [f"{FILE} -> RetailDW.stg.A", f"{FILE} -> RetailDW.stg.B"]

    def test_what_only_the_run_knows_is_a_gap(self, any_table: Factory) -> None:
        any_table.pipeline(copy("OrdersFile", self.to(expression("@activity('x').output.name"))))
        result = scanned(any_table)

        [gap] = result.graph.diagnostics
        assert (gap.code, result.graph.table_lineage) == ("SLP301", ())
        assert gap.message == (
            "activity Copy orders: the table of the dataset AnyTable is only known when the "
            "pipeline runs"
        )
        line = SourceLines(any_table.root).line_of(gap)
        assert line
        assert line.text.strip() == "{"

    def test_a_linked_service_takes_its_database(self, factory: Factory) -> None:
        text = "Server=tcp:ws.sql.azuresynapse.net,1433;Initial Catalog=@{linkedService().DBName}"
        factory.service("Pool", "AzureSqlDW", {"DBName": {"type": "String"}}, connectionString=text)
        service = {"referenceName": "Pool", "parameters": {"DBName": "RetailDW"}}
        factory.table("Landing", service, schema="stg", table="Orders")
        factory.pipeline(copy("OrdersFile", "Landing"))

        assert tables(factory) == [f"{FILE} -> {LANDING}"]


class TestGaps:
    def test_a_dataset_that_is_missing(self, factory: Factory) -> None:
        factory.pipeline(copy("Nowhere", "Landing"))

        assert diagnostics(factory) == [
            ("SLP405", "activity Copy orders: there is no dataset Nowhere in the scanned folder")
        ]
        assert statement_lines(scanned(factory).graph) == [f"COPY_INTO  writes {LANDING}"]

    def test_a_dataset_outside_the_scanned_folder_is_not_read(self, factory: Factory) -> None:
        factory.pipeline(copy("Orders", "Landing"))
        result = scan([factory.root / "pipeline"], Settings(), use_cache=False)

        assert [diagnostic.code for diagnostic in result.graph.diagnostics] == ["SLP405", "SLP405"]

    def test_nor_is_one_that_is_excluded(self, factory: Factory) -> None:
        factory.pipeline(copy("Orders", "Landing"))

        assert len(diagnostics(factory, exclude=("dataset/Orders.json",))) == 1

    @pytest.mark.parametrize(
        "document",
        ["{", "[]", '{"properties": 5}', '{"properties": {"type": 5, "typeProperties": []}}'],
    )
    def test_files_that_make_no_sense(self, factory: Factory, document: str) -> None:
        factory.put("dataset/Orders.json", document)
        factory.pipeline(copy("Orders", "Landing"))

        assert [code for code, _ in diagnostics(factory)] == ["SLP405"]
