"""Requests and responses: take the address apart, read the JSON, give every error its body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl, unquote

from msgspec import Struct, field
from msgspec.structs import replace

from .error_codes import BAD_REQUEST, QUERY_VALUE_TOO_LONG, REQUEST_MALFORMED, AtlasError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .behaviour import Limits

_JSON = "application/json; charset=utf-8"
_GUID_GARBAGE = frozenset(" ,;[]{}()\"'")


class Response(Struct, frozen=True):
    """An answer: HTTP status, headers, and the body as bytes.

    The body is UTF-8 JSON, or HTML where a gateway speaks.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Address(Struct, frozen=True):
    """A path as its decoded segments, and the query as pairs in their order."""

    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, path_and_query: str) -> Address:
        """Take an address apart; a slash at the end of the path means nothing."""
        path, _, query = path_and_query.partition("?")
        segments = tuple(unquote(segment) for segment in path.strip("/").split("/"))
        return cls(segments, tuple(parse_qsl(query, keep_blank_values=True)))


class ApiCall(Struct, frozen=True):
    """What an operation gets: the values in the path's places, the query, and the body's JSON.

    The JSON is None where there is no body.
    """

    places: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    body: Any = field(default=None)

    def value(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def values(self, name: str) -> list[str]:
        """All values of a query parameter."""
        return [value for key, value in self.query if key == name]

    def flag(self, name: str) -> bool:
        """Is a query parameter `true`?"""
        return self.value(name).lower() == "true"

    def guids(self) -> list[str]:
        """The values of `guid`, each once.

        Raises:
            AtlasError: One holds what no guid does: several were joined into one value.
        """
        guids = list(dict.fromkeys(value for key, value in self.query if key == "guid" and value))
        if any(_GUID_GARBAGE & set(guid) for guid in guids):
            raise AtlasError(REQUEST_MALFORMED)
        return guids

    def unique_attributes(self) -> dict[str, str]:
        """The attributes of `attr:name=value`."""
        return {
            key.removeprefix("attr:"): value for key, value in self.query if key.startswith("attr:")
        }

    def unique_attributes_list(self) -> list[dict[str, str]]:
        """The groups of `attr_1:name=value`, in the order of their first mention."""
        groups: dict[str, dict[str, str]] = {}
        for key, value in self.query:
            index, colon, name = key.removeprefix("attr_").partition(":")
            if key.startswith("attr_") and colon:
                groups.setdefault(index, {})[name] = value
        return list(groups.values())

    def operations(self) -> int:
        """How many operations the quota counts for this call.

        It counts one for each entity that the call writes or reads by name or guid.
        """
        entities = self.body.get("entities") if isinstance(self.body, dict) else None
        named = sum(key == "guid" or key.startswith("attr_") for key, _ in self.query)
        return max(1, named, len(entities) if isinstance(entities, list) else 0)

    def check_lengths(self, limits: Limits) -> None:
        """Is no value of path or query too long?

        Raises:
            AtlasError: a value has more characters than the limits allow.
        """
        for key, value in (*self.places.items(), *self.query):
            if len(value) > limits.query_value:
                raise AtlasError(QUERY_VALUE_TOO_LONG, key)


def read_json(body: bytes) -> Any:
    """The JSON of a body; None for an empty one.

    Raises:
        AtlasError: It is not JSON in UTF-8.
    """
    if not body.strip():
        return None
    try:
        # Python reads NaN and Infinity, which are no JSON
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise AtlasError(BAD_REQUEST, f"the request body is not valid JSON: {error}") from error


def success(payload: Any, request_id: str) -> Response:
    """200 with the JSON of the payload; 204 for None."""
    if payload is None:
        return Response(204, _headers(request_id), b"")
    return _json_response(200, payload, request_id)


def failure(error: AtlasError, request_id: str) -> Response:
    """An error as Purview's Data Map shows it."""
    payload = {"requestId": request_id, "errorCode": error.kind.code, "errorMessage": str(error)}
    return _json_response(error.kind.status, payload, request_id)


def unauthorized(message: str, request_id: str) -> Response:
    """401 as a gateway shows it."""
    response = gateway_error(401, "Unauthorized", message, request_id)
    return replace(response, headers={**response.headers, "WWW-Authenticate": "Bearer"})


def gateway_error(
    status: int, code: str, message: str, request_id: str, *, retry_after: int | None = None
) -> Response:
    """An error in the shape of Purview's gateway, which is not that of its Data Map.

    Args:
        status: of HTTP.
        code: a word for the error.
        message: one for a person.
        request_id: identifies the request, in a header.
        retry_after: in seconds; None: the answer does not say when to try again.
    """
    response = _json_response(status, {"error": {"code": code, "message": message}}, request_id)
    return (
        response
        if retry_after is None
        else replace(response, headers={**response.headers, "Retry-After": str(retry_after)})
    )


def refused_by_gateway(status: int, reason: str) -> Response:
    """An answer that is not JSON, from something in front of the service."""
    page = (
        f"<html><head><title>{reason}</title></head><body><h2>{reason}</h2><hr><p>HTTP Error "
        f"{status}.</p></body></html>\r\n"
    )
    return Response(status, {"Content-Type": "text/html; charset=us-ascii"}, page.encode("ascii"))


def _json_response(status: int, payload: Any, request_id: str) -> Response:
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8")
    return Response(status, {"Content-Type": _JSON, **_headers(request_id)}, body)


def _headers(request_id: str) -> dict[str, str]:
    return {"x-ms-correlation-request-id": request_id}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
