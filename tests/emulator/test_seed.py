"""The seed file, and what a seed registers."""

from __future__ import annotations

import json
import re

import pytest

from sql_lineage_purview.emulator import AssetColumn, SeedAsset, SeedResult, load_assets, seed

SQL = "mssql://server.database.windows.net/SalesDb/dbo/Orders"
FILES = "https://acct.dfs.core.windows.net/raw/sales/{Year}/{N}.csv"
DOCUMENT = {
    "assets": [
        {
            "type": "azure_sql_table",
            "qualifiedName": SQL,
            "columns": [{"name": "OrderId", "type": "int"}],
        },
        {
            "type": "azure_datalake_gen2_resource_set",
            "qualifiedName": FILES,
            "name": "sales",
            "attributes": {"partitionCount": 3},
        },
    ]
}


@pytest.fixture
def written(tmp_path):
    """Write a seed file."""

    def write(document, *, encoding="utf-8"):
        path = tmp_path / "assets.json"
        path.write_text(
            document if isinstance(document, str) else json.dumps(document), encoding=encoding
        )
        return path

    return write


class TestLoading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_all_members(self, written, encoding):
        table, files = load_assets(written(DOCUMENT, encoding=encoding))
        assert table == SeedAsset("azure_sql_table", SQL, None, (AssetColumn("OrderId", "int"),))
        assert files == SeedAsset(
            "azure_datalake_gen2_resource_set", FILES, "sales", (), {"partitionCount": 3}
        )
        assert (table.display_name, files.display_name) == ("Orders", "sales")

    def test_no_assets(self, written):
        assert load_assets(written({"assets": []})) == ()

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ("{", "line 1, column 2: not JSON: "),
            ("", "line 1, column 1: not JSON: "),
            ([], "the file: expected an object, found []"),
            ({}, "assets: expected a list, found nothing"),
            ({"assets": {}}, "assets: expected a list, found {}"),
            ({"asets": []}, "the file: unknown key 'asets'; did you mean assets?"),
            ({"assets": [1]}, "assets[0]: expected an object, found 1"),
            (
                {"assets": [{"type": "t"}]},
                "assets[0].qualifiedName: expected a text, found nothing",
            ),
            (
                {"assets": [{"type": " ", "qualifiedName": "q"}]},
                'assets[0].type: expected a text, found " "',
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "name": 1}]},
                "assets[0].name: expected a text, found 1",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "xyz": 1}]},
                "known are type, qualifiedName, name, columns, attributes, collection, "
                "classifications",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "column": []}]},
                "unknown key 'column'; did you mean columns?",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "columns": {}}]},
                "assets[0].columns: expected a list, found {}",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "columns": [{"name": "c"}]}]},
                "assets[0].columns[0].type: expected a text, found nothing",
            ),
            (
                {
                    "assets": [
                        {
                            "type": "t",
                            "qualifiedName": "q",
                            "columns": [{"name": "c", "type": "int"}] * 2,
                        }
                    ]
                },
                "assets[0].columns[1]: the column c is named twice",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "attributes": []}]},
                "assets[0].attributes: expected an object, found []",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q", "classifications": [1]}]},
                "assets[0].classifications[0]: expected a text, found 1",
            ),
            (
                {"assets": [{"type": "t", "qualifiedName": "q"}] * 2},
                "assets[1]: t q stands at assets[0] already",
            ),
        ],
    )
    def test_a_malformed_file_is_reported_with_its_place(self, written, document, message):
        path = written(document)
        with pytest.raises(ValueError, match=r"assets\.json") as caught:
            load_assets(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert message in str(caught.value)

    def test_bytes_that_are_no_text(self, tmp_path):
        path = tmp_path / "assets.json"
        path.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ValueError, match=r"assets\.json: not JSON in UTF-8"):
            load_assets(path)

    def test_a_file_that_does_not_exist(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            load_assets(tmp_path / "assets.json")


PARENTS = (
    (
        "azure_sql_table",
        SQL,
        [
            ("dbSchema", "azure_sql_schema", SQL.rsplit("/", 1)[0], "dbo"),
            ("db", "azure_sql_db", SQL.rsplit("/", 2)[0], "SalesDb"),
            ("server", "azure_sql_server", SQL.rsplit("/", 3)[0], "server.database.windows.net"),
        ],
    ),
    (
        "mssql_view",
        "mssql://host/MSSQLSERVER/Db/dbo/v",
        [
            ("dbSchema", "mssql_schema", "mssql://host/MSSQLSERVER/Db/dbo", "dbo"),
            ("db", "mssql_db", "mssql://host/MSSQLSERVER/Db", "Db"),
            ("server", "mssql_instance", "mssql://host/MSSQLSERVER", "MSSQLSERVER"),
        ],
    ),
    (
        "azure_sql_dw_table",
        "mssql://host/dw/dbo/t",
        [
            ("dbSchema", "azure_sql_dw_schema", "mssql://host/dw/dbo", "dbo"),
            ("db", "azure_sql_dw", "mssql://host/dw", "dw"),
            ("server", "azure_sql_server", "mssql://host", "host"),
        ],
    ),
    (
        "azure_datalake_gen2_resource_set",
        FILES,
        [
            (
                "filesystem",
                "azure_datalake_gen2_filesystem",
                "https://acct.dfs.core.windows.net/raw",
                "raw",
            ),
            (
                "service",
                "azure_datalake_gen2_service",
                "https://acct.dfs.core.windows.net",
                "acct.dfs.core.windows.net",
            ),
        ],
    ),
)


class TestSeeding:
    def found(self, catalogue, type_name, qualified_name):
        answer = catalogue.get(
            f"/entity/uniqueAttribute/type/{type_name}", attr__qualifiedName=qualified_name
        )
        assert answer.status == 200, answer.payload
        return answer.payload["entity"]

    @pytest.mark.parametrize(("type_name", "qualified_name", "parents"), PARENTS)
    def test_an_asset_comes_with_all_that_it_belongs_to(
        self, catalogue, type_name, qualified_name, parents
    ):
        result = seed(catalogue.emulator, [SeedAsset(type_name, qualified_name)])
        assert result == SeedResult(created=1 + len(parents), updated=0)
        entity = self.found(catalogue, type_name, qualified_name)
        for attribute, parent_type, parent_name, shown in parents:
            related = entity["relationshipAttributes"][attribute]
            entity = catalogue.entity(related["guid"])
            assert (entity["typeName"], entity["attributes"]["qualifiedName"]) == (
                parent_type,
                parent_name,
            )
            assert entity["attributes"]["name"] == shown

    @pytest.mark.parametrize(
        ("table", "column", "up"),
        [
            ("azure_sql_table", "azure_sql_column", "table"),
            (
                "azure_synapse_serverless_sql_view",
                "azure_synapse_serverless_sql_view_column",
                "view",
            ),
        ],
    )
    def test_columns(self, catalogue, table, column, up):
        seed(
            catalogue.emulator,
            [
                SeedAsset(
                    table,
                    SQL,
                    columns=(AssetColumn("Id", "int"), AssetColumn("Größe", "decimal(9,2)")),
                )
            ],
        )
        entity = self.found(catalogue, table, SQL)
        shown = [each["displayText"] for each in entity["relationshipAttributes"]["columns"]]
        assert shown == ["Id", "Größe"]
        second = self.found(catalogue, column, f"{SQL}#Größe")
        assert second["attributes"]["data_type"] == "decimal(9,2)"
        assert second["relationshipAttributes"][up]["guid"] == entity["guid"]

    def test_classifications_and_collections(self, catalogue, written):
        column = {
            "name": "Mail",
            "type": "nvarchar(9)",
            "classifications": ["MICROSOFT.PERSONAL.EMAIL"],
        }
        asset = {
            "type": "azure_sql_table",
            "qualifiedName": SQL,
            "columns": [column],
            "collection": "sales",
        }
        asset["classifications"] = ["MICROSOFT.PERSONAL.NAME"]
        seed(catalogue.emulator, load_assets(written({"assets": [asset]})))
        classifications = {
            name: [
                each["name"]
                for each in catalogue.search(filter={"classification": name}).payload["value"]
            ]
            for name in ("MICROSOFT.PERSONAL.EMAIL", "MICROSOFT.PERSONAL.NAME")
        }
        assert classifications == {
            "MICROSOFT.PERSONAL.EMAIL": ["Mail"],
            "MICROSOFT.PERSONAL.NAME": ["Orders"],
        }
        placed = catalogue.search(filter={"collectionId": "sales"}).payload["value"]
        assert {each["name"] for each in placed} == {"Mail", "Orders"}

    def test_a_classification_that_is_not_known(self, catalogue):
        with pytest.raises(ValueError, match="Given classification PII was invalid"):
            seed(catalogue.emulator, [SeedAsset("azure_sql_table", SQL, classifications=("PII",))])

    def test_columns_of_files_hang_on_a_schema(self, catalogue):
        seed(
            catalogue.emulator,
            [SeedAsset("azure_blob_path", FILES, columns=(AssetColumn("Id", "int"),))],
        )
        entity = self.found(catalogue, "azure_blob_path", FILES)
        schema = catalogue.entity(entity["relationshipAttributes"]["tabular_schema"]["guid"])
        column = catalogue.entity(schema["relationshipAttributes"]["columns"][0]["guid"])
        assert (column["attributes"]["name"], column["attributes"]["type"]) == ("Id", "int")

    def test_names_and_attributes(self, catalogue, written):
        seed(catalogue.emulator, load_assets(written(DOCUMENT)))
        entity = self.found(catalogue, "azure_datalake_gen2_resource_set", FILES)
        assert (entity["attributes"]["name"], entity["attributes"]["partitionCount"]) == (
            "sales",
            3,
        )

    def test_to_seed_again_changes_nothing(self, catalogue, written):
        assets = load_assets(written(DOCUMENT))
        seed(catalogue.emulator, assets)
        before = catalogue.search(limit=1000).payload
        assert seed(catalogue.emulator, assets) == SeedResult(created=0, updated=0)
        assert catalogue.search(limit=1000).payload == before

    def test_a_parent_may_be_an_asset_too(self, catalogue):
        schema = SeedAsset("azure_sql_schema", SQL.rsplit("/", 1)[0], name="The schema")
        for assets in (
            [schema, SeedAsset("azure_sql_table", SQL)],
            [SeedAsset("azure_sql_table", SQL), schema],
        ):
            seed(catalogue.emulator, assets)
            assert (
                self.found(catalogue, "azure_sql_schema", schema.qualified_name)["attributes"][
                    "name"
                ]
                == "The schema"
            )

    def test_one_name_of_two_types_and_in_two_cases(self, catalogue):
        assets = [
            SeedAsset("azure_sql_table", SQL),
            SeedAsset("azure_sql_dw_table", SQL),
            SeedAsset("azure_sql_table", SQL.lower()),
        ]
        seed(catalogue.emulator, assets)
        assert (
            len(
                {
                    self.found(catalogue, asset.type, asset.qualified_name)["guid"]
                    for asset in assets
                }
            )
            == 3
        )

    def test_a_type_of_ones_own(self, catalogue):
        catalogue.define({"name": "mine", "superTypes": ["DataSet"]})
        assert seed(catalogue.emulator, [SeedAsset("mine", "whatever")]) == SeedResult(
            created=1, updated=0
        )

    def test_nothing_to_seed(self, catalogue):
        assert seed(catalogue.emulator, []) == SeedResult(0, 0)

    @pytest.mark.parametrize(
        ("asset", "message"),
        [
            (
                SeedAsset("nothing", "x"),
                "the assets cannot be registered: Type ENTITY with name nothing does not exist",
            ),
            (
                SeedAsset("azure_sql_table", "mssql://host/db/t"),
                "azure_sql_table mssql://host/db/t: the qualified name must have a scheme, a host "
                "and 3 path segments",
            ),
            (
                SeedAsset("azure_sql_server", "mssql://host/"),
                "azure_sql_server mssql://host/: the qualified name must have a scheme, a host "
                "and no path segments",
            ),
            (
                SeedAsset("azure_blob_path", "acct/x"),
                "azure_blob_path acct/x: the qualified name must have a scheme, a host and one or "
                "more path segments",
            ),
            (
                SeedAsset("azure_sql_table", SQL, attributes={"principalId": "x"}),
                "azure_sql_table.principalId=x: invalid value for type int",
            ),
        ],
    )
    def test_an_asset_that_cannot_be(self, catalogue, asset, message):
        with pytest.raises(ValueError, match=re.escape(message)):
            seed(catalogue.emulator, [SeedAsset("azure_sql_table", SQL + "Good"), asset])
        assert catalogue.search().payload["@search.count"] == 0
