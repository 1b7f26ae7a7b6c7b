from __future__ import annotations

import json

import pytest

from sql_lineage_purview.purview.purview_errors import (
    NotFoundError,
    PurviewError,
    RefusedError,
    ServiceError,
    UnknownTypeError,
    error_from,
    not_json,
    parse_error,
)

WHERE = "GET https://acct.purview.azure.com/datamap/api/x"


def atlas(code: str, message: str) -> bytes:
    return json.dumps({"requestId": "r", "errorCode": code, "errorMessage": message}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            404,
            atlas("ATLAS-404-00-009", "Instance t does not exist"),
            NotFoundError,
            ["does not exist"],
        ),
        (
            404,
            atlas("ATLAS-404-00-005", "Given instance guid g is invalid"),
            NotFoundError,
            ["guid g"],
        ),
        (
            404,
            atlas("ATLAS-404-00-00A", "Referenced entity g is not found"),
            ServiceError,
            ["make the plan again"],
        ),
        (
            404,
            atlas("ATLAS-404-00-007", "t.data_type: mandatory"),
            ServiceError,
            ["data_type", "type demands"],
        ),
        (
            400,
            atlas("ATLAS-400-00-014", "Type ENTITY with name x does not exist"),
            UnknownTypeError,
            ["name x"],
        ),
        (
            400,
            atlas("ATLAS-400-00-036", "invalid relationshipDef"),
            ServiceError,
            ["Only data sets"],
        ),
        (400, atlas("RequestInvalid", "Request is not recognized"), ServiceError, ["path_prefix"]),
        (404, b"<html>404</html>", ServiceError, ["path_prefix", "/catalog/api"]),
        (
            403,
            b'{"error":{"code":"Unauthorized","message":"Not authorized to access account"}}',
            RefusedError,
            ["Data Curator", "account"],
        ),
        (302, b"", ServiceError, ["Redirects are not followed", "endpoint"]),
        (401, b"", RefusedError, ["az login", "scope"]),
        (429, b"{}", ServiceError, ["throttled"]),
        (503, b"oops", ServiceError, ["503", "oops", "again later"]),
    ],
)
def test_an_answer_becomes_an_error_that_says_what_where_and_the_remedy(
    status: int, body: bytes, kind: type[PurviewError], words: list[str]
) -> None:
    error = error_from(status, body, WHERE)
    assert type(error) is kind
    for word in [*words, WHERE]:
        assert word in str(error)
    assert "\n" not in str(error)


def test_a_missing_reference_is_not_a_missing_entity() -> None:
    assert not isinstance(error_from(404, atlas("ATLAS-404-00-00A", "x"), WHERE), NotFoundError)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff\xfe", b'"text"', b"{", b"[" * 100_000, b'{"error":{}}', b'{"errorCode":1}'],
)
def test_any_body_gives_code_and_message(body: bytes) -> None:
    code, message = parse_error(body)
    assert code == ""
    assert len(message) <= 301


def test_a_token_that_an_answer_echoes_is_masked() -> None:
    error = error_from(
        400, b"bad header: Authorization: Bearer eyJhbGciOi.J9.abc and eyJ0eXAiOiJKV1Qi.x.y", WHERE
    )
    assert "eyJ" not in str(error)


def test_an_answer_that_is_not_json_quotes_its_beginning() -> None:
    error = not_json(200, b"<html>" + b"x" * 5000, WHERE)
    assert "<html>" in str(error)
    assert len(str(error)) < 700
