"""The emulator over HTTP, on this machine alone."""

from __future__ import annotations

import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from .error_codes import ConnectionCutError, EmulatorError
from .exchange import Response, unauthorized
from .framing import framing_refusal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable
    from types import TracebackType

    from .embedded import Emulator
    from .tls import LoopbackAuthority

HOST = "127.0.0.1"
_POLL_SECONDS = 0.05


class Server:
    """A served emulator. It runs on threads of its own until it is closed; the emulator stays open.

    Attributes:
        url: The endpoint, such as `http://127.0.0.1:8765`; `/datamap/api` and `/catalog/api` follow
            it.
    """

    def __init__(
        self,
        emulator: Emulator,
        port: int,
        refused_tokens: frozenset[str],
        tls: ssl.SSLContext | None,
    ) -> None:
        self._http = _HttpServer(port, emulator, refused_tokens, tls)
        self.url = f"{'https' if tls else 'http'}://{HOST}:{self._http.server_address[1]}"
        self._thread = Thread(
            target=self._http.serve_forever, args=(_POLL_SECONDS,), name="emulator", daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        """Return when the server is closed; an interrupt from the keyboard comes through."""
        while self._thread.is_alive():
            self._thread.join(timeout=1)

    def close(self) -> None:
        """Stop listening, end open connections, and wait for the threads that serve them."""
        self._http.shutdown()
        self._http.end_connections()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def serve(
    emulator: Emulator,
    port: int,
    *,
    refused_tokens: Iterable[str] = (),
    authority: LoopbackAuthority | None = None,
) -> Server:
    """Serve an emulator on 127.0.0.1.

    Any request must carry `Authorization: Bearer` with a token; what a token must fulfil is the
    emulator's behaviour.

    Args:
        emulator: What answers.
        port: The port, or 0 for any that is free.
        refused_tokens: Tokens that are answered 401 nevertheless.
        authority: Who vouches for this machine: with one it is HTTPS, without one plain HTTP.

    Raises:
        EmulatorError: The port cannot be used.
    """
    try:
        return Server(
            emulator,
            port,
            frozenset(refused_tokens),
            authority.server_context() if authority else None,
        )
    except (OSError, OverflowError) as error:
        raise EmulatorError(
            f"port {port} on {HOST} cannot be used ({error}); choose another, or 0 for any free one"
        ) from error


class _HttpServer(ThreadingHTTPServer):
    # On Windows this option would let two servers share a port.
    allow_reuse_address = os.name == "posix"
    daemon_threads = False

    def __init__(
        self,
        port: int,
        emulator: Emulator,
        refused_tokens: frozenset[str],
        tls: ssl.SSLContext | None,
    ) -> None:
        self.emulator = emulator
        self.refused_tokens = refused_tokens
        self._connections: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__((HOST, port), _Handler)
        if tls is not None:
            # The handshake is the business of each connection's own thread, with its first read.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Tell kept-alive connections that nothing more will come.

        On Windows only a full shutdown wakes a waiting read.
        """
        how = socket.SHUT_RD if os.name == "posix" else socket.SHUT_RDWR
        with self._guard:
            for connection in self._connections:
                try:
                    # That of the plain socket: that of TLS would pull the session away from under a
                    # waiting read.
                    socket.socket.shutdown(connection, how)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is no event here."""


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "sql-lineage-purview-emulator"
    # One write for headers and body, sent at once: else each answer waits for the client's delayed
    # acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Say nothing: only the console room prints."""

    def handle_expect_100(self) -> bool:
        """Tell a client that waits for it to go on, at once."""
        answer = super().handle_expect_100()
        self.wfile.flush()
        return answer

    def _exchange(self) -> None:
        unread = framing_refusal(self.path, self.headers)
        if unread is not None:
            self.close_connection = True
            self._send(unread)
            return
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if len(body) < length:
            # The client hung up: half a request must not be taken for a whole one.
            self.close_connection = True
            return
        refusal = self._refusal()
        try:
            self._send(
                refusal
                or self.server.emulator.handle(
                    self.command, self.path, dict(self.headers.items()), body
                )
            )
        except ConnectionCutError:
            self.close_connection = True

    def __getattr__(self, name: str) -> Any:
        """Every method comes in the same way: the base class looks for `do_GET` and its like."""
        if name.startswith("do_"):
            return self._exchange
        raise AttributeError(name)

    def _refusal(self) -> Response | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return unauthorized("The request has no bearer token.", str(uuid4()))
        if token.strip() in self.server.refused_tokens:
            return unauthorized(
                "The token is expired, or is not meant for this service.", str(uuid4())
            )
        return None

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
