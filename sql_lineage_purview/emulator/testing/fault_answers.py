"""What requests that fail on demand are answered."""

from __future__ import annotations

from http import HTTPStatus
from http.client import responses
from typing import TYPE_CHECKING

from ..error_codes import INTERNAL_ERROR, AtlasError, ConnectionCutError
from ..exchange import Response, failure, gateway_error, refused_by_gateway

if TYPE_CHECKING:
    from .faults import Fault, Spoiling

# Proxies and load balancers answer these themselves, with a page.
_PAGES = (502, 503, 504)


def spoilt_answer(spoiling: Spoiling, response: Response) -> Response:
    """An answer of 200 that is none; an error stays as it is."""
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        return response
    page = refused_by_gateway(HTTPStatus.OK, "Sign in to the network")
    bodies = {
        "empty": b"",
        "page": page.body,
        "cropped": response.body[: len(response.body) // 2],
        "object": b"{}",
    }
    headers = page.headers if spoiling == "page" else response.headers
    return Response(HTTPStatus.OK, headers, bodies[spoiling])


def fault_answer(fault: Fault, request_id: str) -> Response:
    """What a request that fails on demand is answered.

    Raises:
        ConnectionCutError: Nothing is.
    """
    status = fault.status
    if status is None:
        raise ConnectionCutError("the connection was cut, as asked for by a fault")
    phrase = responses.get(status, f"Error {status}")
    if status in _PAGES:
        response = refused_by_gateway(status, phrase)
    elif status == HTTPStatus.INTERNAL_SERVER_ERROR:
        response = failure(AtlasError(INTERNAL_ERROR, "a fault on demand"), request_id)
    else:
        response = gateway_error(
            status, phrase.replace(" ", ""), f"{phrase}: a fault on demand", request_id
        )
    extra = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Response(response.status, {**response.headers, **extra}, response.body)
