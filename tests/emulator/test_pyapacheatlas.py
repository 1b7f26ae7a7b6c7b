"""A client that nobody here wrote works against the served emulator: pyapacheatlas."""

from __future__ import annotations

import json

import pytest

from sql_lineage_purview.emulator import serve


@pytest.fixture
def client(catalogue, monkeypatch):
    from pyapacheatlas.auth.base import AtlasAuthBase
    from pyapacheatlas.core import PurviewClient

    class AnyToken(AtlasAuthBase):
        def get_authentication_headers(self):
            return {"Authorization": "Bearer any"}

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve(catalogue.emulator, 0) as server:
        client = PurviewClient("account", AnyToken())
        client.endpoint_url = server.url + "/catalog/api/atlas/v2"
        client.discovery.endpoint_url = server.url + "/catalog/api"
        yield client


MAPPING = json.dumps(
    [
        {
            "DatasetMapping": {"Source": "mssql://s/Db/dbo/a", "Sink": "mssql://s/Db/dbo/b"},
            "ColumnMapping": [{"Source": "Id", "Sink": "Key"}],
        }
    ]
)


def uploaded(client):
    """Two tables and a process between them, the first table with a column."""
    from pyapacheatlas.core import AtlasEntity, AtlasProcess
    from pyapacheatlas.core.typedef import AtlasAttributeDef, EntityTypeDef

    mapped = EntityTypeDef(
        "mapped_process", superTypes=["Process"], attributeDefs=[AtlasAttributeDef("columnMapping")]
    )
    client.upload_typedefs(entityDefs=[mapped], force_update=True)
    client.upload_typedefs(entityDefs=[mapped], force_update=True)
    source, target = (
        AtlasEntity(name, "azure_sql_table", f"mssql://s/Db/dbo/{name}", guid=f"-{name}")
        for name in "ab"
    )
    column = AtlasEntity(
        "Id",
        "azure_sql_column",
        "mssql://s/Db/dbo/a#Id",
        guid="-c",
        attributes={"data_type": "int"},
    )
    column.addRelationship(table=source)
    process = AtlasProcess(
        "load",
        "mapped_process",
        "x://load",
        inputs=[source],
        outputs=[target],
        guid="-p",
        attributes={"columnMapping": MAPPING},
    )
    return client.upload_entities([source, target, column, process])["guidAssignments"]


def test_types_entities_and_lineage(client):
    guids = uploaded(client)
    assert client.get_typedef(name="mapped_process")["attributeDefs"][0]["name"] == "columnMapping"
    entities = client.get_entity(qualifiedName=["x://load"], typeName="mapped_process")["entities"][
        0
    ]
    assert (entities["guid"], entities["attributes"]["columnMapping"]) == (guids["-p"], MAPPING)
    tables = client.get_entity(
        qualifiedName=["mssql://s/Db/dbo/a", "mssql://s/Db/dbo/b"], typeName="azure_sql_table"
    )
    assert [each["guid"] for each in tables["entities"]] == [guids["-a"], guids["-b"]]
    assert tables["referredEntities"][guids["-c"]]["attributes"]["data_type"] == "int"
    lineage = client.get_entity_lineage(guids["-b"], direction="INPUT")
    relations = {(each["fromEntityId"], each["toEntityId"]) for each in lineage["relations"]}
    assert relations == {(guids["-a"], guids["-p"]), (guids["-p"], guids["-b"])}
    assert lineage["guidEntityMap"][guids["-p"]]["attributes"]["columnMapping"] == MAPPING
    assert client.get_entity_header(guids["-p"])["displayText"] == "load"


def test_updates_relationships_search_and_deletion(client):
    from pyapacheatlas.core.util import AtlasException

    guids = uploaded(client)
    client.partial_update_entity(
        typeName="mapped_process", qualifiedName="x://load", attributes={"description": "by name"}
    )
    client.partial_update_entity(guid=guids["-p"], attributes={"owner": "by guid"})
    shown = client.get_single_entity(guids["-p"])["entity"]
    assert (shown["attributes"]["description"], shown["attributes"]["owner"]) == (
        "by name",
        "by guid",
    )
    assert len(shown["relationshipAttributes"]["inputs"]) == 1
    ends = {"end1": {"guid": guids["-a"]}, "end2": {"guid": guids["-b"]}}
    created = client.upload_relationship(
        {"typeName": "direct_lineage_dataset_dataset", "attributes": {}, **ends}
    )
    client.delete_relationship(created["guid"])
    assert {hit["id"] for hit in client.discovery.query("load")["value"]} == {guids["-p"]}
    client.delete_entity(guid=[guids["-a"], guids["-b"]])
    client.delete_entity(qualifiedName="x://load", typeName="mapped_process")
    assert client.get_entity(qualifiedName="x://load", typeName="mapped_process")["entities"] == []
    with pytest.raises(AtlasException, match="ATLAS-409-00-002"):
        client.delete_type("mapped_process")


def test_bulks_of_entities_that_refer_to_each_other(client):
    from pyapacheatlas.core import AtlasEntity

    tables = [
        AtlasEntity(
            f"t{number}", "azure_sql_table", f"mssql://s/Db/dbo/t{number}", guid=f"-{number}"
        )
        for number in (1, 2, 3)
    ]
    answers = client.upload_entities(tables, batch_size=2)
    guids = {name: guid for answer in answers for name, guid in answer["guidAssignments"].items()}
    entities = client.get_entity(guid=list(guids.values()))["entities"]
    # The client puts its batches together in no certain order.
    assert sorted(each["attributes"]["name"] for each in entities) == ["t1", "t2", "t3"]
    assert client.upload_entities(tables)["guidAssignments"] == guids


def test_search_page_by_page(client):
    guids = uploaded(client)
    tree = {"and": [{"entityType": "DataSet", "includeSubTypes": True}]}
    hits = list(client.discovery.search_entities("*", search_filter=tree, limit=1))
    assert {hit["id"] for hit in hits} == {guids["-a"], guids["-b"], guids["-c"]}


@pytest.mark.filterwarnings("ignore:You're using a feature that Purview does not implement fully")
def test_classifications(client):
    from pyapacheatlas.core.typedef import ClassificationTypeDef

    guids = uploaded(client)
    client.upload_typedefs(classificationDefs=[ClassificationTypeDef("PERSONAL")])
    client.classify_entity(guid=guids["-c"], classifications=[{"typeName": "PERSONAL"}])
    client.classify_bulk_entities([guids["-a"], guids["-b"]], {"typeName": "PERSONAL"})
    assert [
        each["typeName"] for each in client.get_entity_classifications(guids["-c"])["list"]
    ] == ["PERSONAL"]
    client.declassify_entity(guids["-c"], "PERSONAL")
    assert client.get_entity_classifications(guids["-c"])["list"] == []


def test_lineage_downstream(client):
    guids = uploaded(client)
    lineage = client.get_entity_lineage(guids["-a"], depth=1, direction="OUTPUT")
    assert set(lineage["guidEntityMap"]) == {guids["-a"], guids["-p"], guids["-b"]}
    assert lineage["lineageDirection"] == "OUTPUT"


def test_collections(client):
    guids = uploaded(client)
    account = client.endpoint_url.removesuffix("catalog/api/atlas/v2")
    client.collections.endpoint_url = account
    moved = client.collections.move_entities([guids["-p"]], "abcdef")
    assert [each["guid"] for each in moved["mutatedEntities"]["UPDATE"]] == [guids["-p"]]
    assert client.get_single_entity(guids["-p"])["entity"]["collectionId"] == "abcdef"
    client.collections.endpoint_url = account + "account/"
    assert [each["name"] for each in client.collections.list_collections()] == [
        "emulator",
        "abcdef",
    ]
