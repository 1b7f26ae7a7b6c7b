"""The emulator: a request in, a response out, the state in a SQLite file."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from .builtin import built_in_types
from .database import open_database, transaction
from .errors import BAD_REQUEST, INTERNAL_ERROR, REQUEST_UNRECOGNIZED, AtlasError
from .exchange import Address, Call, Response, failure, read_json, refused_by_gateway, success
from .routes import find_route
from .session import Session
from .settings import Settings
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from .registry import Registry

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


class Emulator:
    """A local stand-in for the Data Map: its Atlas 2.2 API and its search, strict where the real service is.

    It may be used from several threads, and its file by several processes; requests are answered one at a time.

    Args:
        file: The SQLite file that keeps the state; created with the built-in types where it does not exist.
            `":memory:"` keeps nothing.
        settings: Limits, and choices where the real service's behaviour is not certain.

    Raises:
        EmulatorError: The file cannot be opened, or is not an emulator's.
    """

    def __init__(self, file: Path | str, *, settings: Settings | None = None) -> None:
        self.settings = settings if settings is not None else Settings()
        self._lock = Lock()
        self._connection = open_database(file)
        self._store = Store(self._connection)
        self._registry: Registry | None = None
        self._version = -1
        self._preload()

    def handle(self, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Answer a request. It never raises: every failure is a response.

        Args:
            method: The HTTP method, such as `GET`.
            path_and_query: The path with the plane (`/datamap/api` or `/catalog/api`), and the query, percent-encoded.
            headers: The request's headers; tokens are the server's business and are not looked at.
            body: The request's body: JSON in UTF-8, or nothing.
        """
        if len(path_and_query.encode()) > self.settings.limits.url_bytes:
            return refused_by_gateway(414, "Request-URI Too Long")
        media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "application/json")
        if body and "json" not in media_type.lower():
            return refused_by_gateway(415, "Unsupported Media Type")
        request_id = str(uuid4())
        try:
            return success(self._answer(method.upper(), path_and_query, body), request_id)
        except AtlasError as error:
            return failure(error, request_id)
        except UnicodeEncodeError:
            return failure(AtlasError(BAD_REQUEST, "a text of the request is not valid Unicode"), request_id)
        except Exception as error:
            _LOG.exception("The emulator failed on %s %s", method, path_and_query)
            return failure(AtlasError(INTERNAL_ERROR, error), request_id)

    def run(self, operation: Callable[[Session], _T], *, writes: bool) -> _T:
        """Run an operation in one transaction: whatever it raises rolls all of it back.

        Args:
            operation: What to do with the catalogue.
            writes: Whether it may change anything.
        """
        with self._lock:
            with transaction(self._connection, writes=writes):
                session = Session(self._store, self._types(), self.settings, _now())
                result = operation(session)
            self._registry = session.registry
            return result

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def _preload(self) -> None:
        with transaction(self._connection, writes=True):
            if not self._store.registry().typedefs:
                self._store.put_types(built_in_types(now=_now()))

    def _answer(self, method: str, path_and_query: str, body: bytes) -> object:
        address = Address.read(path_and_query)
        found = find_route(method, address.segments)
        if found is None:
            raise AtlasError(REQUEST_UNRECOGNIZED)
        route, places = found
        call = Call(places, address.query, read_json(body))
        call.check_lengths(self.settings.limits)
        return self.run(lambda session: route.operation(session, call), writes=route.writes)

    def _types(self) -> Registry:
        """The types, read again where another process changed the file."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if self._registry is None or version != self._version:
            self._registry = self._store.registry()
            self._version = version
        return self._registry


def _now() -> int:
    return time.time_ns() // 1_000_000
