"""Requests of any kind: planes, routes, bodies, lengths, and the shape of errors."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

PLANES = ("/datamap/api", "/catalog/api")


@pytest.mark.parametrize("plane", PLANES)
def test_both_planes_answer(catalogue, plane, make):
    body = {"entities": [make.dataset("t")]}
    assert (
        catalogue.call("POST", "/atlas/v2/entity/bulk", body, plane=plane, api__version="x").status
        == 200
    )
    assert catalogue.call("POST", "/search/query", {}, plane=plane).payload["@search.count"] == 1


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/"),
        ("GET", "/atlas/v2/types/typedefs"),
        ("GET", "/datamap/atlas/v2/types/typedefs"),
        ("GET", "/datamap/api/atlas/v2/nothing"),
        ("PATCH", "/datamap/api/atlas/v2/types/typedefs"),
        ("GET", "/datamap/api/atlas/v2/types/otherdef/name/x"),
        ("POST", "/datamap/api/atlas/v2/entity/guid/x"),
        ("GET", "/datamap/api/search/query"),
        ("GET", "//[/datamap/api"),
    ],
)
def test_unknown_routes(catalogue, method, address):
    response = catalogue.emulator.handle(method, address, {}, b"")
    payload = json.loads(response.body)
    assert response.status == 404
    assert payload.pop("requestId")
    assert payload == {
        "errorCode": "RequestInvalid",
        "errorMessage": "Request is not recognized. Please verify the HTTP method, header or URL",
    }


def test_an_error_has_three_members_and_names_the_request(catalogue):
    response = catalogue.emulator.handle("GET", "/datamap/api/atlas/v2/entity/guid/x", {}, b"")
    payload = json.loads(response.body)
    assert payload.keys() == {"requestId", "errorCode", "errorMessage"}
    assert UUID(payload["requestId"])
    assert response.headers["x-ms-correlation-request-id"] == payload["requestId"]
    assert response.headers["Content-Type"].startswith("application/json")


def test_a_slash_at_the_end_means_nothing(catalogue):
    assert catalogue.get("/types/typedefs/headers/").status == 200


def test_values_are_percent_encoded(catalogue, make):
    guid = catalogue.guid_of(catalogue.create(make.dataset("Größe {N} & 50%+#x")))
    answer = catalogue.get(
        "/entity/uniqueAttribute/type/DataSet",
        attr__qualifiedName=make.server + "Größe {N} & 50%+#x",
    )
    assert answer.payload["entity"]["guid"] == guid
    catalogue.define({"name": "my type", "superTypes": ["DataSet"]})
    assert catalogue.get("/types/typedef/name/my%20type").status == 200


@pytest.mark.parametrize(("length", "status"), [(8 * 1024, 200), (8 * 1024 + 1, 414)])
def test_addresses_of_8_kilobytes(catalogue, length, status):
    start = "/datamap/api/atlas/v2/types/typedefs/headers?"
    pieces = "&".join(f"x{index}={'y' * 1000}" for index in range(9))
    response = catalogue.emulator.handle("GET", (start + pieces)[:length], {}, b"")
    assert response.status == status
    if status == 414:
        assert response.headers["Content-Type"].startswith("text/html")
        assert not response.body.startswith(b"{")


@pytest.mark.parametrize(("length", "status"), [(4096, 404), (4097, 400)])
@pytest.mark.parametrize("where", ["path", "query"])
def test_values_of_4096_characters(catalogue, length, status, where):
    value = "x" * length
    if where == "path":
        answer = catalogue.get(f"/entity/guid/{value}")
    else:
        answer = catalogue.get("/entity/uniqueAttribute/type/DataSet", attr__qualifiedName=value)
    assert answer.status == status
    if status == 400:
        name = {"path": "guid", "query": "attr:qualifiedName"}[where]
        assert answer.error[1:] == (
            "ATLAS-400-00-057",
            f"Length of query param {name} exceeds the limit",
        )


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"entities": NaN}',
        b"[1]",
        b'"text"',
        b'{"entities": {}}',
        b'{"entities": [1]}',
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("path", ["/entity/bulk", "/types/typedefs", "/relationship"])
def test_bodies_that_are_not_what_is_expected(catalogue, body, path):
    response = catalogue.emulator.handle("POST", "/datamap/api/atlas/v2" + path, {}, body)
    if path == "/entity/bulk":
        assert json.loads(response.body)["errorCode"] in ("ATLAS-400-00-029", "ATLAS-400-00-01A")
    # A document with other members than those looked for is an empty document of types.
    assert response.status == (
        200 if path == "/types/typedefs" and b"entities" in body and b"NaN" not in body else 400
    )


def test_text_that_is_no_unicode(catalogue, make):
    entity = (
        json.dumps({"entities": [make.dataset("t", description="X")]})
        .replace("X", r"\ud800")
        .encode()
    )
    response = catalogue.emulator.handle("POST", "/datamap/api/atlas/v2/entity/bulk", {}, entity)
    assert (response.status, json.loads(response.body)["errorCode"]) == (400, "ATLAS-400-00-029")
    assert catalogue.search().payload["@search.count"] == 0


@pytest.mark.parametrize(
    ("media_type", "status"), [("application/json; charset=utf-8", 400), ("text/plain", 415)]
)
def test_only_json_is_read(catalogue, media_type, status):
    headers = {"Content-Type": media_type}
    assert (
        catalogue.emulator.handle(
            "POST", "/datamap/api/atlas/v2/entity/bulk", headers, b"{}"
        ).status
        == status
    )


def test_a_fault_of_the_emulator_is_an_answer_and_a_log_record(catalogue, monkeypatch, caplog):
    def broken(*_: object, **__: object) -> None:
        raise KeyError("out of order")

    monkeypatch.setattr(catalogue.emulator, "run", broken)
    answer = catalogue.get("/types/typedefs")
    assert answer.error[:2] == (500, "ATLAS-500-00-001")
    assert "GET /datamap/api/atlas/v2/types/typedefs" in caplog.text
