"""The emulator: a request in, a response out, the state in a SQLite file."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from .access import Caller
from .behaviour import Behaviour
from .builtin import built_in_types
from .error_codes import (
    BAD_REQUEST,
    INTERNAL_ERROR,
    REQUEST_UNRECOGNIZED,
    STATE_NOT_KEPT,
    AtlasError,
    EmulatorError,
    GatewayError,
)
from .exchange import Address, ApiCall, Response, failure, read_json, success
from .gateway import Gateway, gateway_failure
from .routes import find_route
from .session import Session
from .store import Store
from .store_database import open_database, transaction, usable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from .registry import Registry

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


class Emulator:
    """A local stand-in for the Data Map, strict where the real service is strict.

    It has the Atlas 2.2 API and the search of the Data Map.

    It may be used from several threads, and its file by several processes; requests are answered
    one at a time.

    Args:
        file: The SQLite file that keeps the state; created with the built-in types where it does
            not exist. `":memory:"` keeps nothing.
        behaviour: Limits, faults on demand, and choices where the real service's behaviour is not
            certain.
        clock: The time, in seconds since 1970.

    Raises:
        EmulatorError: The file cannot be opened, or is not an emulator's.
    """

    def __init__(
        self,
        file: Path | str,
        *,
        behaviour: Behaviour | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._lock = Lock()
        self.behave(behaviour or Behaviour())
        self._file = file
        self._connection = open_database(file)
        self._store = Store(self._connection)
        self._registry: Registry | None = None
        self._version = -1
        self._preload()

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves now."""
        return self._behaviour

    def behave(self, behaviour: Behaviour) -> None:
        """Behave so from now on; faults count their requests anew."""
        self._behaviour = behaviour
        self._gateway = Gateway(behaviour, now=self._clock())

    def handle(
        self, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes
    ) -> Response:
        """Answer a request; every failure is a response.

        Args:
            method: The HTTP method, such as `GET`.
            path_and_query: The path with the plane (`/datamap/api` or `/catalog/api`), and the
                query, percent-encoded.
            headers: The request's headers. A bearer token that can be read (JWT) tells who asks;
                without one everything is allowed.
            body: The request's body: JSON in UTF-8, or nothing.

        Raises:
            ConnectionCutError: A fault on demand; nothing else raises.
        """
        gateway, request_id, now = self._gateway, str(uuid4()), self._clock()
        refused = gateway.check_size(path_and_query, headers, body)
        if refused is not None:
            return refused
        try:
            caller = gateway.caller(headers, now=now)
        except GatewayError as error:
            return gateway_failure(error, request_id)
        fault = gateway.fault(method.upper(), path_and_query)
        if fault is not None and not fault.applied:
            return fault.answer(None, request_id)
        response = gateway.throttle(request_id, now=now) or self._respond(
            method.upper(), path_and_query, body, caller, request_id
        )
        return response if fault is None else fault.answer(response, request_id)

    def run(
        self, operation: Callable[[Session], _T], *, writes: bool, caller: Caller | None = None
    ) -> _T:
        """Run an operation in one transaction: whatever it raises rolls all of it back.

        Args:
            operation: What to do with the catalogue.
            writes: Whether it may change anything.
            caller: Who asks; None for one who may do all.

        Raises:
            EmulatorError: The file cannot be read or written.
        """
        with self._lock:
            with usable(self._file), transaction(self._connection, writes=writes):
                session = Session(
                    self._store, self._types(), self._behaviour, self._now(), caller or Caller()
                )
                result = operation(session)
            # behind the transaction: what was rolled back has defined no type
            self._registry = session.registry
            return result

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _preload(self) -> None:
        with usable(self._file), transaction(self._connection, writes=True):
            # a file of an older version lacks the types that have come since
            typedefs = self._store.registry().typedefs
            self._store.put_types(
                [each for each in built_in_types(now=self._now()) if each.name not in typedefs]
            )

    def _respond(
        self, method: str, path_and_query: str, body: bytes, caller: Caller, request_id: str
    ) -> Response:
        try:
            return success(self._answer(method, path_and_query, body, caller), request_id)
        except AtlasError as error:
            return failure(error, request_id)
        except GatewayError as error:
            return gateway_failure(error, request_id)
        except EmulatorError as error:
            return failure(AtlasError(STATE_NOT_KEPT, error), request_id)
        except UnicodeEncodeError:
            return failure(
                AtlasError(BAD_REQUEST, "a text of the request is not valid Unicode"), request_id
            )
        except Exception as error:
            _LOG.exception("The emulator failed on %s %s", method, path_and_query)
            return failure(AtlasError(INTERNAL_ERROR, error), request_id)

    def _answer(self, method: str, path_and_query: str, body: bytes, caller: Caller) -> object:
        address = Address.read(path_and_query)
        route_match = find_route(method, address.segments)
        if route_match is None:
            raise AtlasError(REQUEST_UNRECOGNIZED)
        route, places = route_match
        call = ApiCall(places, address.query, read_json(body))
        call.check_lengths(self._behaviour.limits)
        self._gateway.charge(call.operations())
        answer = self.run(
            lambda session: route.operation(session, call), writes=route.writes, caller=caller
        )
        # What an operation could do in part stays, and the error is its answer.
        if isinstance(answer, AtlasError):
            raise answer
        return answer

    def _types(self) -> Registry:
        """The types, read again where another process changed the file."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if self._registry is None or version != self._version:
            self._registry = self._store.registry()
            self._version = version
        return self._registry

    def _now(self) -> int:
        return int(self._clock() * 1000)
