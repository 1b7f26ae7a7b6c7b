"""What we pushed is read, found and deleted by clients that nobody here wrote.

They are pyapacheatlas and azure-purview-datamap.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.emulator import AssetColumn, Emulator, SeedAsset, Server, seed, serve
from sql_lineage_purview.emulator.tls import LoopbackAuthority
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    Plan,
    PurviewTarget,
    SignIn,
    connect,
    make_plan,
    push,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = "mssql://s.database.windows.net/Dw/dbo"
LOAD = "sql-lineage-purview://team/dbo.usp_load#dbo.fact"
TYPE = "sql_lineage_process"
MAPPING = [
    {
        "DatasetMapping": {"Source": f"{ROOT}/SALES", "Sink": f"{ROOT}/Fact"},
        "ColumnMapping": [{"Source": "Id", "Sink": "Key"}],
    }
]


class Pushed:
    """A catalogue served over TLS, to which our own client has pushed through the network."""

    def __init__(self, server: Server, authority: Path, databases: DatabaseMap, graph: Any) -> None:
        self.server = server
        self.authority = authority
        self._databases = databases
        self._graph = graph
        self._target = PurviewTarget(server.url, sign_in=SignIn(ca_bundle=authority))

    def plan(self) -> Plan:
        client = connect(self._target)
        return make_plan(
            self._graph, CatalogueResolver(client, self._databases), client, owner="team"
        )

    def push(self) -> None:
        assert not push(self.plan(), connect(self._target)).failed


@pytest.fixture
def pushed(
    tmp_path: Path, databases: DatabaseMap, graph_text: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pushed]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    authority = LoopbackAuthority()
    authority.write(tmp_path / "authority.pem")
    graph = graph_text().edge("dbo.Sales", "dbo.Fact", ("id", "key", Subtype.IDENTITY)).graph()
    with Emulator(":memory:") as emulator:
        tables = {"SALES": "Id", "Fact": "Key"}
        seed(
            emulator,
            [
                SeedAsset(
                    "azure_sql_table", f"{ROOT}/{name}", columns=(AssetColumn(tables[name], "int"),)
                )
                for name in tables
            ],
        )
        with serve(emulator, 0, authority=authority) as server:
            catalogue = Pushed(server, tmp_path / "authority.pem", databases, graph)
            catalogue.push()
            yield catalogue


@pytest.fixture
def sdk(pushed: Pushed) -> Iterator[Any]:
    """Microsoft's client."""
    from azure.core.credentials import AccessToken
    from azure.purview.datamap import DataMapClient

    class AnyToken:
        def get_token(self, *_: str, **__: Any) -> AccessToken:
            return AccessToken("any", int(time.time()) + 3600)

    with DataMapClient(
        pushed.server.url, AnyToken(), connection_verify=str(pushed.authority)
    ) as client:
        yield client


@pytest.fixture
def atlas(pushed: Pushed) -> Any:
    """The community's client, on the older plane."""
    from pyapacheatlas.auth.base import AtlasAuthBase
    from pyapacheatlas.core import PurviewClient

    class AnyToken(AtlasAuthBase):
        def get_authentication_headers(self) -> dict[str, str]:
            return {"Authorization": "Bearer any"}

    client = PurviewClient("account", AnyToken(), requests_verify=str(pushed.authority))
    client.endpoint_url = f"{pushed.server.url}/catalog/api/atlas/v2"
    client.discovery.endpoint_url = f"{pushed.server.url}/catalog/api"
    return client


def test_microsofts_client_reads_the_process_and_its_columns(sdk: Any) -> None:
    entity = sdk.entity.get_by_unique_attribute(TYPE, attribute=LOAD)

    assert json.loads(entity.entity.attributes["columnMapping"]) == MAPPING
    ends = {
        end: [row["displayText"] for row in entity.entity.relationship_attributes[end]]
        for end in ("inputs", "outputs")
    }
    assert ends == {"inputs": ["SALES"], "outputs": ["Fact"]}
    declared = {each.name for each in sdk.type_definition.get_entity_by_name(TYPE).attribute_defs}
    assert {"columnMapping", "filePath", "moduleName"} <= declared


def test_microsofts_client_walks_the_lineage_and_finds_the_process(sdk: Any) -> None:
    lineage = sdk.lineage.get_by_unique_attribute(
        "azure_sql_table", direction="INPUT", attribute=f"{ROOT}/Fact"
    )
    query = {
        "filter": {
            "and": [
                {"entityType": TYPE},
                {"attributeName": "moduleName", "operator": "eq", "attributeValue": "dbo.usp_Load"},
            ]
        }
    }

    shown = {each.display_text for each in lineage.guid_entity_map.values()}
    assert shown == {"SALES", "dbo.usp_Load -> dbo.Fact", "Fact"}
    assert [each.qualified_name for each in sdk.discovery.query(query).value] == [LOAD]


def test_what_microsofts_client_deletes_the_next_push_writes_again(
    sdk: Any, pushed: Pushed
) -> None:
    sdk.entity.delete_by_unique_attribute(TYPE, attribute=LOAD)
    assert len(pushed.plan().changes) == 1

    pushed.push()

    assert sdk.entity.get_by_unique_attribute(TYPE, attribute=LOAD).entity.status == "ACTIVE"
    assert not pushed.plan().changes


def test_pyapacheatlas_reads_the_process_and_its_lineage(atlas: Any) -> None:
    [process] = atlas.get_entity(qualifiedName=[LOAD], typeName=TYPE)["entities"]
    lineage = atlas.get_entity_lineage(process["guid"], direction="BOTH")

    assert json.loads(process["attributes"]["columnMapping"]) == MAPPING
    assert [len(process["relationshipAttributes"][end]) for end in ("inputs", "outputs")] == [1, 1]
    assert (
        lineage["guidEntityMap"][process["guid"]]["attributes"]["columnMapping"]
        == process["attributes"]["columnMapping"]
    )
    assert len(lineage["relations"]) == 2
    assert atlas.get_typedef(name=TYPE)["superTypes"] == ["Process"]


def test_pyapacheatlas_finds_changes_and_deletes_it(atlas: Any, pushed: Pushed) -> None:
    [hit] = atlas.discovery.search_entities("usp_Load", search_filter={"entityType": TYPE})
    atlas.partial_update_entity(guid=hit["id"], attributes={"description": "a steward's words"})
    assert not pushed.plan().changes, "what others say of a process is theirs"

    atlas.partial_update_entity(guid=hit["id"], attributes={"certainty": "GUESSED"})
    assert [row.process.qualified_name for row in pushed.plan().changes] == [LOAD]
    pushed.push()
    assert (
        atlas.get_single_entity(hit["id"])["entity"]["attributes"]["description"]
        == "a steward's words"
    )

    atlas.delete_entity(guid=hit["id"])
    assert len(pushed.plan().changes) == 1


def test_a_process_of_pyapacheatlas_is_none_of_ours(atlas: Any, pushed: Pushed) -> None:
    from pyapacheatlas.core import AtlasEntity, AtlasProcess

    table = AtlasEntity("SALES", "azure_sql_table", f"{ROOT}/SALES", guid="-1")
    foreign = AtlasProcess(
        "theirs", "Process", "theirs://load", inputs=[table], outputs=[], guid="-2"
    )
    atlas.upload_entities([table, foreign])

    assert not pushed.plan().changes
