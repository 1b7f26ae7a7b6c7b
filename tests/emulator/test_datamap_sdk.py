"""Microsoft's own client works against the emulator, served over TLS.

The client is azure-purview-datamap, as published.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.emulator import serve
from sql_lineage_purview.emulator.tls import LoopbackAuthority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = "mssql://s/Db/dbo"
MAPPED = {
    "name": "mapped_process",
    "category": "ENTITY",
    "superTypes": ["Process"],
    "attributeDefs": [
        {"name": "columnMapping", "typeName": "string", "isOptional": True, "cardinality": "SINGLE"}
    ],
}
MAPPING = json.dumps(
    [{"DatasetMapping": {"Source": f"{SERVER}/a", "Sink": f"{SERVER}/b"}, "ColumnMapping": []}]
)


class AnyToken:
    """A credential of Azure's libraries that needs no Azure."""

    def get_token(self, *_: str, **__: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("any", int(time.time()) + 3600)


@pytest.fixture
def client(catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from azure.purview.datamap import DataMapClient

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    authority = LoopbackAuthority()
    authority.write(tmp_path / "authority.pem")
    with (
        serve(catalogue.emulator, 0, authority=authority) as server,
        DataMapClient(
            server.url, AnyToken(), connection_verify=str(tmp_path / "authority.pem")
        ) as client,
    ):
        yield client


def entity(type_name: str, name: str, guid: str, **attributes: Any) -> dict[str, Any]:
    return {
        "typeName": type_name,
        "guid": guid,
        "attributes": {"qualifiedName": name, "name": name[-1], **attributes},
    }


def uploaded(client: Any) -> dict[str, str]:
    """Two tables, the first with a column, and a process between: their guids by placeholder."""
    client.type_definition.batch_create({"entityDefs": [MAPPED]})
    column = entity("azure_sql_column", f"{SERVER}/a#I", "-c", data_type="int")
    column["relationshipAttributes"] = {"table": {"guid": "-a"}}
    ends = {"inputs": [{"guid": "-a"}], "outputs": [{"guid": "-b"}]}
    rows = [
        entity("azure_sql_table", f"{SERVER}/a", "-a"),
        entity("azure_sql_table", f"{SERVER}/b", "-b"),
        column,
        entity("mapped_process", "x://p", "-p", columnMapping=MAPPING, **ends),
    ]
    return dict(client.entity.batch_create_or_update({"entities": rows})["guidAssignments"])


def test_types(client: Any) -> None:
    created = client.type_definition.batch_create({"entityDefs": [MAPPED]})
    more = MAPPED | {
        "attributeDefs": [
            *MAPPED["attributeDefs"],
            {"name": "sqlText", "typeName": "string", "isOptional": True},
        ]
    }
    client.type_definition.batch_update({"entityDefs": [more]})
    shown = client.type_definition.get_entity_by_name("mapped_process")

    assert created.entity_defs[0].name == "mapped_process"
    assert [each.name for each in shown.attribute_defs] == ["columnMapping", "sqlText"]
    assert shown.super_types == ["Process"]
    assert client.type_definition.get_by_name("mapped_process").guid == shown.guid
    assert "azure_sql_table" in {each.name for each in client.type_definition.get().entity_defs}
    assert "mapped_process" in {each.name for each in client.type_definition.get_headers()}
    client.type_definition.delete("mapped_process")
    with pytest.raises(Exception, match="ATLAS-404-00-001"):
        client.type_definition.get_entity_by_name("mapped_process")


def test_entities_by_guid_and_by_name(client: Any) -> None:
    guids = uploaded(client)

    entity = client.entity.get(guids["-a"])
    assert entity.entity.attributes["qualifiedName"] == f"{SERVER}/a"
    assert entity.referred_entities[guids["-c"]].attributes["data_type"] == "int"
    several = client.entity.get_by_ids(guid=[guids["-a"], guids["-b"]])
    assert [each.guid for each in several.entities] == [guids["-a"], guids["-b"]]
    partial = client.entity.get_by_unique_attribute("mapped_process", attribute="x://p")
    assert (partial.entity.guid, partial.entity.attributes["columnMapping"]) == (
        guids["-p"],
        MAPPING,
    )
    assert client.entity.get_header(guids["-p"]).display_text == "p"
    # Its address says `attr_N:qualifiedName` to the letter, so that it can name one alone.
    named = client.entity.batch_get_by_unique_attributes(
        "azure_sql_table", attr_n_qualified_name=f"{SERVER}/b"
    )
    assert [each.guid for each in named.entities] == [guids["-b"]]


def test_updates_and_deletion(client: Any) -> None:
    from azure.core.exceptions import ResourceNotFoundError

    guids = uploaded(client)
    client.entity.update_attribute_by_id(guids["-p"], body="by guid", name="description")
    changed = {
        "entity": {
            "typeName": "mapped_process",
            "attributes": {"qualifiedName": "x://p", "name": "renamed"},
        }
    }
    client.entity.update_by_unique_attribute("mapped_process", changed, attribute="x://p")
    shown = client.entity.get(guids["-p"]).entity
    assert (shown.attributes["description"], shown.attributes["name"]) == ("by guid", "renamed")

    client.entity.batch_delete(guid=[guids["-a"], guids["-b"]])
    client.entity.delete_by_unique_attribute("mapped_process", attribute="x://p")
    with pytest.raises(ResourceNotFoundError, match="ATLAS-404-00-009"):
        client.entity.get_by_unique_attribute("mapped_process", attribute="x://p")


def test_a_single_entity_with_those_that_it_refers_to(client: Any) -> None:
    table = entity("azure_sql_table", f"{SERVER}/t", "-1")
    process = entity("Process", "x://q", "-2", inputs=[{"guid": "-1"}], outputs=[])
    answer = client.entity.create_or_update({"entity": process, "referredEntities": {"-1": table}})

    assert set(answer.guid_assignments) == {"-1", "-2"}
    client.entity.delete(answer.guid_assignments["-2"])


def test_lineage(client: Any) -> None:
    guids = uploaded(client)
    ends = {(guids["-a"], guids["-p"]), (guids["-p"], guids["-b"])}

    lineage = client.lineage.get(guids["-b"], direction="INPUT", depth=2)
    assert {(each.from_entity_id, each.to_entity_id) for each in lineage.relations} == ends
    assert lineage.guid_entity_map[guids["-p"]].attributes["columnMapping"] == MAPPING
    named = client.lineage.get_by_unique_attribute(
        "azure_sql_table", direction="OUTPUT", attribute=f"{SERVER}/a"
    )
    assert {(each.from_entity_id, each.to_entity_id) for each in named.relations} == ends


def test_relationships(client: Any) -> None:
    guids = uploaded(client)
    body = {
        "typeName": "direct_lineage_dataset_dataset",
        "end1": {"guid": guids["-a"], "typeName": "azure_sql_table"},
        "end2": {"guid": guids["-b"], "typeName": "azure_sql_table"},
        "attributes": {"columnMapping": "[]"},
    }
    relationship = client.relationship.create(body)
    assert client.relationship.get(relationship.guid).relationship.end2.guid == guids["-b"]
    changed = client.relationship.update(
        {
            "guid": relationship.guid,
            "typeName": body["typeName"],
            "attributes": {"columnMapping": "[1]"},
        }
    )
    assert changed.attributes["columnMapping"] == "[1]"
    client.relationship.delete(relationship.guid)


def test_search_page_by_page(client: Any) -> None:
    guids = uploaded(client)
    conditions = [
        {"entityType": "DataSet", "includeSubTypes": True},
        {"attributeName": "qualifiedName", "operator": "contains", "attributeValue": SERVER},
    ]
    query: dict[str, Any] = {
        "limit": 1,
        "filter": {"and": conditions},
        "orderby": [{"name": "ASC"}],
    }
    found: list[str] = []
    while True:
        page = client.discovery.query(query)
        found += [each.id for each in page.value]
        if not page.continuation_token:
            break
        query["continuationToken"] = page.continuation_token

    assert page.search_count == 3
    assert sorted(found) == sorted(guids[each] for each in ("-a", "-b", "-c"))


def test_classifications(client: Any) -> None:
    guids = uploaded(client)
    client.type_definition.batch_create(
        {"classificationDefs": [{"name": "PERSONAL", "category": "CLASSIFICATION"}]}
    )
    client.entity.add_classification(
        {"classification": {"typeName": "PERSONAL"}, "entityGuids": [guids["-a"], guids["-c"]]}
    )
    client.entity.add_classifications(guids["-b"], [{"typeName": "PERSONAL"}])

    answer = client.discovery.query(
        {"filter": {"classification": "PERSONAL", "includeSubClassifications": True}}
    )
    assert {each.id for each in answer.value} == {guids["-a"], guids["-b"], guids["-c"]}
    assert [each.type_name for each in client.entity.get(guids["-c"]).entity.classifications] == [
        "PERSONAL"
    ]
    client.entity.remove_classification(guids["-c"], "PERSONAL")
    assert not client.entity.get(guids["-c"]).entity.classifications
