"""What stands in front of the Data Map.

It checks lengths, tokens and the rate of operations, and gives the answers of faults on
demand.
"""

from __future__ import annotations

import math
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from .access import Caller, caller_of
from .error_codes import GatewayError
from .exchange import Response, gateway_error, refused_by_gateway, unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .behaviour import Behaviour
    from .disturbances import Disturbance

# `/datamap/api`, `/catalog/api`
_PLANE_SEGMENTS = 2


class Gateway:
    """Lets requests through, or not.

    Args:
        behaviour: What it refuses.
        now: Seconds since 1970, when it opens.
    """

    def __init__(self, behaviour: Behaviour, *, now: float) -> None:
        self._behaviour = behaviour
        self._plan = behaviour.faults.plan() if behaviour.faults else None
        self._rate = None if behaviour.rate is None else _Rate(behaviour.rate, now=now)

    def check_size(
        self, path_and_query: str, headers: Mapping[str, str], body: bytes
    ) -> Response | None:
        """The refusal of a request by its form alone."""
        limits = self._behaviour.limits
        if len(path_and_query.encode()) > limits.url_bytes:
            status = int(self._behaviour.switches.long_urls)
            return refused_by_gateway(status, HTTPStatus(status).phrase)
        if limits.body_bytes is not None and len(body) > limits.body_bytes:
            return refused_by_gateway(413, "Request Entity Too Large")
        if body and "json" not in (header(headers, "content-type") or "application/json").lower():
            return refused_by_gateway(415, "Unsupported Media Type")
        return None

    def caller(self, headers: Mapping[str, str], *, now: float) -> Caller:
        """Who asks.

        Raises:
            GatewayError: The gateway does not let them through.
        """
        scheme, _, token = (header(headers, "authorization") or "").partition(" ")
        return caller_of(
            token.strip() if scheme.lower() == "bearer" else None, self._behaviour, now=now
        )

    def throttle(self, request_id: str, *, now: float) -> Response | None:
        """429 where more operations than the rate were done."""
        wait = self._rate.wait(now=now) if self._rate else 0
        if not wait:
            return None
        message = "The rate of operations is exceeded. Try again later."
        return gateway_error(429, "TooManyRequests", message, request_id, retry_after=wait)

    def charge(self, operations: int) -> None:
        """Count the operations of a request that was let through."""
        if self._rate:
            self._rate.charge(operations)

    def fault(self, method: str, path_and_query: str) -> Disturbance | None:
        """The fault on demand that befalls this request."""
        if self._plan is None:
            return None
        path = path_and_query.partition("?")[0].strip("/").split("/")[_PLANE_SEGMENTS:]
        return self._plan.next(method, "/" + "/".join(path))


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header; its name in lower case."""
    return next((value for key, value in headers.items() if key.lower() == name), None)


def gateway_failure(error: GatewayError, request_id: str) -> Response:
    """The answer to what the gateway refuses."""
    if error.status == HTTPStatus.UNAUTHORIZED:
        return unauthorized(str(error), request_id)
    return gateway_error(error.status, error.code, str(error), request_id)


class _Rate:
    """A bucket of operations that fills at the rate and holds those of one second.

    A large request may overdraw it.
    """

    def __init__(self, rate: float, *, now: float) -> None:
        self._rate = rate
        self._balance = rate
        self._filled = now
        self._guard = Lock()

    def wait(self, *, now: float) -> int:
        """The whole seconds until a request is let through."""
        with self._guard:
            self._balance = min(self._rate, self._balance + (now - self._filled) * self._rate)
            self._filled = now
            return 0 if self._balance > 0 else max(1, math.ceil(-self._balance / self._rate))

    def charge(self, operations: int) -> None:
        with self._guard:
            self._balance -= operations
