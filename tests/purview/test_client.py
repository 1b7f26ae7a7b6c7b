from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from sql_lineage_purview.purview import DataMapClient
from sql_lineage_purview.purview.account.processes import process_type
from sql_lineage_purview.purview.purview_errors import (
    MalformedAnswerError,
    NotFoundError,
    RefusedError,
    ServiceError,
    TypeConflictError,
)
from sql_lineage_purview.purview.transport.http import Reply

ENDPOINT = "https://acct.purview.azure.com"


def reply(status: int, document: object) -> Reply:
    return Reply(status, {}, json.dumps(document).encode())


def refusal(status: int, code: str) -> Reply:
    return reply(status, {"errorCode": code, "errorMessage": "no"})


class Recorder:
    """Answers by a function of the method and the address."""

    def __init__(self, answer) -> None:
        self.answer = answer
        self.calls: list[tuple[str, str, dict]] = []

    def send(self, method: str, url: str, headers: object, body: bytes) -> Reply:
        self.calls.append((method, url, json.loads(body) if body else {}))
        return self.answer(method, url)


def asked(url: str) -> list[str]:
    return [value for values in parse_qs(urlsplit(url).query).values() for value in values]


def entity(name: str) -> dict:
    return {
        "guid": name,
        "typeName": "t",
        "attributes": {"qualifiedName": name},
        "relationshipAttributes": {},
    }


def test_names_are_asked_in_numbered_parameters_with_their_values_encoded() -> None:
    transport = Recorder(lambda *_: reply(200, {"entities": []}))
    DataMapClient(ENDPOINT, transport).get_entities("t", ["mssql://s/d/a b#c&d", "x", "x"])
    path = "/datamap/api/atlas/v2/entity/bulk/uniqueAttribute/type/t"
    query = "attr_1:qualifiedName=mssql%3A%2F%2Fs%2Fd%2Fa%20b%23c%26d&attr_2:qualifiedName=x"
    assert [url for _, url, _ in transport.calls] == [f"{ENDPOINT}{path}?{query}"]


def test_no_address_is_longer_than_the_service_takes() -> None:
    names = [
        f"mssql://server.database.windows.net/Database/schema/Table number {number}"
        for number in range(300)
    ]
    transport = Recorder(
        lambda _, url: reply(200, {"entities": [entity(name) for name in asked(url)]})
    )
    entities = DataMapClient(ENDPOINT, transport).get_entities("t", names)
    assert [row["guid"] for row in entities.entities] == names
    assert 1 < len(transport.calls) < 12
    assert all(len(url) < 8192 for _, url, _ in transport.calls)


@pytest.mark.parametrize(
    "bad",
    [
        refusal(404, "ATLAS-404-00-009"),
        refusal(400, "RequestInvalid"),
        Reply(200, {}, b"<html>"),
        Reply(414),
    ],
)
def test_where_a_bulk_read_is_refused_names_are_read_alone(bad: Reply) -> None:
    def answer(_: str, url: str) -> Reply:
        names = asked(url)
        if "/bulk/" in url:
            return (
                bad if "b" in names else reply(200, {"entities": [entity(name) for name in names]})
            )
        return refusal(404, "ATLAS-404-00-009")

    entities = DataMapClient(ENDPOINT, Recorder(answer)).get_entities("t", ["a", "b", "c", "d"])
    assert [row["guid"] for row in entities.entities] == ["a", "c", "d"]


def test_a_type_that_does_not_exist_has_no_entities() -> None:
    for code in ("ATLAS-400-00-014", "ATLAS-404-00-001"):
        transport = Recorder(lambda *_, code=code: refusal(400, code))
        client = DataMapClient(ENDPOINT, transport)
        assert client.get_entities("t", ["a", "b"]).entities == ()
        assert list(client.search("t", "a")) == []
        assert len(transport.calls) == 2


def test_a_wrong_prefix_is_an_error_and_not_an_empty_catalogue() -> None:
    client = DataMapClient(ENDPOINT, Recorder(lambda *_: Reply(404, {}, b"<html>")))
    with pytest.raises(ServiceError, match="path_prefix"):
        client.get_entities("t", ["a", "b", "c"])
    with pytest.raises(ServiceError, match="path_prefix"):
        client.ensure_types([process_type()])


def test_a_refused_token_ends_a_read_at_once() -> None:
    transport = Recorder(lambda *_: Reply(401))
    with pytest.raises(RefusedError, match="az login"):
        DataMapClient(ENDPOINT, transport).get_entities("t", ["a", "b"])
    assert len(transport.calls) == 1


def test_a_search_goes_through_all_pages() -> None:
    pages = iter(
        [
            reply(
                200,
                {
                    "value": [{"id": "1", "entityType": "t", "qualifiedName": "a"}],
                    "continuationToken": "next",
                },
            ),
            reply(200, {"value": [{"id": "2", "entityType": "t", "qualifiedName": "b"}]}),
        ]
    )
    transport = Recorder(lambda *_: next(pages))
    assert [hit.qualified_name for hit in DataMapClient(ENDPOINT, transport).search("t", "x")] == [
        "a",
        "b",
    ]
    (_, url, first), (_, _, second) = transport.calls
    assert url == f"{ENDPOINT}/datamap/api/search/query?api-version=2023-09-01"
    assert first["filter"]["and"] == [
        {"entityType": "t", "includeSubTypes": True},
        {"attributeName": "qualifiedName", "operator": "contains", "attributeValue": "x"},
    ]
    assert second["continuationToken"] == "next"


def test_a_search_that_never_moves_on_is_an_error() -> None:
    page = reply(
        200,
        {
            "value": [{"id": "1", "entityType": "t", "qualifiedName": "a"}],
            "continuationToken": "same",
        },
    )
    with pytest.raises(MalformedAnswerError, match="circle"):
        list(DataMapClient(ENDPOINT, Recorder(lambda *_: page)).search("t", "x"))


def test_getting_what_does_not_exist_raises_and_deleting_it_does_not() -> None:
    client = DataMapClient(ENDPOINT, Recorder(lambda *_: refusal(404, "ATLAS-404-00-005")))
    with pytest.raises(NotFoundError):
        client.get_entity("g")
    client.delete_entity("g")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff"])
def test_an_answer_that_is_no_json_object_is_an_error(body: bytes) -> None:
    with pytest.raises(ServiceError, match="not JSON"):
        DataMapClient(ENDPOINT, Recorder(lambda *_: Reply(200, {}, body))).get_entity("g")


def test_a_type_is_created_once(account, client: DataMapClient) -> None:
    assert client.ensure_types([process_type()]) == ("sql_lineage_process",)
    assert client.ensure_types([process_type()]) == ()
    assert account.types["sql_lineage_process"] == process_type()


def test_a_type_that_lacks_an_attribute_is_extended_and_keeps_its_own(
    account, client: DataMapClient
) -> None:
    old = process_type()
    their_attribute = {"name": "theirs", "typeName": "int", "isOptional": True}
    account.types[old["name"]] = {
        **old,
        "guid": "1",
        "attributeDefs": [their_attribute, *old["attributeDefs"][1:]],
        "subTypes": [],
    }
    assert client.ensure_types([process_type()]) == (old["name"],)
    names = [row["name"] for row in account.types[old["name"]]["attributeDefs"]]
    assert "subTypes" not in account.types[old["name"]], (
        "what the service works out is not sent back"
    )
    assert names == ["theirs", *(row["name"] for row in old["attributeDefs"][1:]), "columnMapping"]


@pytest.mark.parametrize(
    "change",
    [
        {"superTypes": ["DataSet"]},
        {"attributeDefs": [{"name": "columnMapping", "typeName": "int"}]},
    ],
)
def test_a_type_that_does_not_fit_is_left_alone(
    account, client: DataMapClient, change: dict
) -> None:
    account.types["sql_lineage_process"] = process_type() | change
    with pytest.raises(TypeConflictError, match="sql_lineage_process"):
        client.ensure_types([process_type()])
    assert account.writes() == []


def test_a_type_that_another_client_creates_meanwhile_is_taken(script) -> None:
    transport = script(
        refusal(404, "ATLAS-404-00-001"),
        refusal(409, "ATLAS-409-00-001"),
        reply(200, process_type()),
    )
    assert DataMapClient(ENDPOINT, transport).ensure_types([process_type()]) == ()


def test_a_single_read_brings_the_entity_where_the_bulk_read_is_not_served() -> None:
    def answer(_: str, url: str) -> Reply:
        return (
            Reply(405)
            if "/bulk/" in url
            else reply(200, {"entity": entity(asked(url)[0]), "referredEntities": {"r": {}}})
        )

    entities = DataMapClient(ENDPOINT, Recorder(answer)).get_entities("t", ["a", "b"])
    assert [row["guid"] for row in entities.entities] == ["a", "b"]
    assert entities.referred == {"r": {}}


def test_a_write_that_is_answered_with_nothing_is_no_write() -> None:
    with pytest.raises(MalformedAnswerError, match="empty"):
        DataMapClient(ENDPOINT, Recorder(lambda *_: Reply(204))).upsert_entities([entity("-1")])


def test_a_service_that_fails_is_no_reason_to_read_name_by_name() -> None:
    transport = Recorder(lambda *_: Reply(503))
    with pytest.raises(ServiceError, match="again later"):
        DataMapClient(ENDPOINT, transport).get_entities("t", ["a", "b", "c"])
    assert len(transport.calls) == 1


def guids_of(url: str) -> list[str]:
    return parse_qs(urlsplit(url).query).get("guid", [])


def test_entities_are_read_by_guid_in_addresses_that_are_short_enough() -> None:
    guids = [f"{number:036d}" for number in range(500)]
    transport = Recorder(
        lambda _, url: reply(200, {"entities": [entity(guid) for guid in guids_of(url)]})
    )
    entities = [
        row["guid"]
        for part in DataMapClient(ENDPOINT, transport).read_guids(guids)
        for row in part.entities
    ]
    assert entities == guids
    assert 1 < len(transport.calls) < 5
    assert all(len(url) < 8192 for _, url, _ in transport.calls)


@pytest.mark.parametrize("status", [404, 400, 414])
def test_a_guid_that_is_gone_costs_no_other(status: int) -> None:
    def answer(_method: str, url: str) -> Reply:
        guids = guids_of(url)
        if "gone" in guids:
            return refusal(404 if len(guids) == 1 else status, "ATLAS-404-00-005")
        return reply(200, {"entities": [entity(guid) for guid in guids]})

    client = DataMapClient(ENDPOINT, Recorder(answer))
    entities = [
        row["guid"] for part in client.read_guids(["a", "b", "gone", "c"]) for row in part.entities
    ]
    assert entities == ["a", "b", "c"]


def test_a_read_that_is_refused_for_another_reason_is_an_error() -> None:
    client = DataMapClient(ENDPOINT, Recorder(lambda *_: Reply(429)))
    with pytest.raises(ServiceError):
        list(client.read_guids(["a", "b"]))


def test_deletes_go_in_batches() -> None:
    transport = Recorder(
        lambda _, url: reply(
            200, {"mutatedEntities": {"DELETE": [entity(guid) for guid in guids_of(url)]}}
        )
    )
    DataMapClient(ENDPOINT, transport).delete_entities([str(number) for number in range(120)])
    assert [(method, len(guids_of(url))) for method, url, _ in transport.calls] == [
        ("DELETE", 50),
        ("DELETE", 50),
        ("DELETE", 20),
    ]


def test_a_delete_of_what_is_gone_deletes_the_others() -> None:
    deleted: list[str] = []

    def answer(method: str, url: str) -> Reply:
        guids = guids_of(url) or [urlsplit(url).path.rpartition("/")[2]]
        if method == "GET" or "gone" in guids:
            return refusal(404, "ATLAS-404-00-005")
        deleted.extend(guids)
        return Reply(204)

    DataMapClient(ENDPOINT, Recorder(answer)).delete_entities(["a", "b", "gone", "c", "d"])
    assert sorted(deleted) == ["a", "b", "c", "d"]


def test_a_relationship_that_is_there_already_is_no_error() -> None:
    transport = Recorder(lambda *_: refusal(409, "ATLAS-409-00-004"))
    DataMapClient(ENDPOINT, transport).create_relationship(
        "r", ({"guid": "1"}, {"guid": "2"}), {"x": "y"}
    )
    ((_, url, body),) = transport.calls
    assert url == f"{ENDPOINT}/datamap/api/atlas/v2/relationship"
    assert body == {
        "typeName": "r",
        "end1": {"guid": "1"},
        "end2": {"guid": "2"},
        "attributes": {"x": "y"},
    }


def test_a_relationship_that_is_refused_is_one() -> None:
    client = DataMapClient(ENDPOINT, Recorder(lambda *_: refusal(400, "ATLAS-400-00-07D")))
    with pytest.raises(ServiceError):
        client.create_relationship("r", ({"guid": "1"}, {"guid": "2"}), {})


def test_new_entities_can_be_put_into_a_collection() -> None:
    transport = Recorder(lambda *_: reply(200, {"guidAssignments": {"-1": "g"}}))
    DataMapClient(ENDPOINT, transport).upsert_entities([entity("x")], collection="sales")
    assert parse_qs(urlsplit(transport.calls[0][1]).query)["collectionId"] == ["sales"]


@pytest.mark.parametrize(
    "body", [b'{"entity": [1]}', b'{"entity": {}}', b"{}", b'{"entity": null}']
)
def test_an_answer_of_another_shape_is_an_error(body: bytes) -> None:
    with pytest.raises(MalformedAnswerError, match="no answer to it: entity") as error:
        DataMapClient(ENDPOINT, Recorder(lambda *_: Reply(200, {}, body))).get_entity("g")
    assert "check endpoint" in str(error.value)
