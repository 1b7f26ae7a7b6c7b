"""Certificates of an authority that nobody knows, and servers that bear them.

The servers are on this machine, and a proxy leads to them.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PEM = serialization.Encoding.PEM
_NOW = datetime.datetime.now(datetime.UTC)


class Authority:
    """An authority of its own; `file` holds its certificate."""

    def __init__(self, folder: Path, name: str = "A test authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        certificate = _certificate(self._name, self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(_PEM))

    def context(self, *names: str) -> ssl.SSLContext:
        """What a server needs that bears a certificate for some names."""
        key = ec.generate_private_key(ec.SECP256R1())
        hosts = [x509.DNSName(name) for name in ("localhost", *names)]
        addresses = x509.SubjectAlternativeName(
            [*hosts, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        built = _certificate(self._name, _named("server"), key.public_key()).add_extension(
            addresses, critical=False
        )
        place = self._folder / "server.pem"
        place.write_bytes(_private(key) + built.sign(self._key, hashes.SHA256()).public_bytes(_PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place)
        return context


def client_certificate(place: Path) -> Path:
    """A certificate of a service principal with its key, as one file in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    built = _certificate(_named("app"), _named("app"), key.public_key())
    place.write_bytes(_private(key) + built.sign(key, hashes.SHA256()).public_bytes(_PEM))
    return place


@dataclass(frozen=True)
class Asked:
    """A request that a server has got."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


class TlsServer:
    """A server on this machine that answers JSON; `asked` is what it was asked."""

    def __init__(
        self, answer: Callable[[Asked], tuple[int, Any] | tuple[int, Any, dict[str, str]]]
    ) -> None:
        self.asked: list[Asked] = []
        self.answer = answer
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


@contextlib.contextmanager
def served(server: TlsServer, context: ssl.SSLContext) -> Iterator[TlsServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query))
            is_form = headers.get("content-type", "").startswith(
                "application/x-www-form-urlencoded"
            )
            form = dict(parse_qsl(body.decode())) if is_form else {}
            request = Asked(self.command, headers["host"], parts.path, query, form, headers, body)
            server.asked.append(request)
            status, document, *more = server.answer(request)
            content = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                **(more[0] if more else {}),
            }.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class names them so

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that does not trust the certificate hangs up."""

        def finish_request(self, request: Any, client_address: Any) -> None:
            request.settimeout(10)
            with context.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)

    with Quiet(("127.0.0.1", 0), Handler) as http:
        server.port = http.server_address[1]
        thread = Thread(target=http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        http.shutdown()
        thread.join()


@dataclass
class Proxy:
    """A proxy that leads each host to one port of this machine.

    `hosts` are those it was asked for.
    """

    url: str
    hosts: list[str]


@contextlib.contextmanager
def proxied(to_port: int) -> Iterator[Proxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}", [])

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            Thread(target=tunnel, args=(connection,), daemon=True).start()

    def tunnel(near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(4096)
        verb, target, _ = head.decode("ascii", "replace").split(" ", 2)
        if verb != "CONNECT":
            near.close()
            return
        proxy.hosts.append(target.partition(":")[0])
        far = socket.create_connection(("127.0.0.1", to_port))
        near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = Thread(target=pump, args=(far, near), daemon=True)
        back.start()
        pump(near, far)
        back.join()
        near.close()
        far.close()

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    thread = Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(issuer: x509.Name, subject: x509.Name, key: Any) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW - datetime.timedelta(days=1))
        .not_valid_after(_NOW + datetime.timedelta(days=2))
    )


def _private(key: Any) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
