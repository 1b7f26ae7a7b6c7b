"""Answers that never end, or become too large once they are unpacked."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sql_lineage_purview.purview.purview_errors import UnreachableError
from sql_lineage_purview.purview.transport import receiving
from sql_lineage_purview.purview.transport.http import RequestsTransport


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sent(handler: BaseHTTPRequestHandler, body: bytes, encoding: str = "gzip") -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", encoding)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def test_a_packed_answer_is_unpacked() -> None:
    with answering(lambda handler: sent(handler, gzip.compress(b"{}"))) as url:
        assert RequestsTransport().send("GET", url, {}, b"").body == b"{}"


def test_an_answer_that_unpacks_to_more_than_any_real_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receiving, "ANSWER_BYTES", 1 << 20)
    bomb = gzip.compress(bytes(50 << 20))
    with (
        answering(lambda handler: sent(handler, bomb)) as url,
        pytest.raises(UnreachableError, match="larger than any real one"),
    ):
        RequestsTransport().send("GET", url, {}, b"")


def test_an_answer_of_more_objects_than_any_real_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receiving, "ANSWER_OBJECTS", 1000)
    many = gzip.compress(b"[" + b"{}," * 1000 + b"{}]")
    with (
        answering(lambda handler: sent(handler, many)) as url,
        pytest.raises(UnreachableError, match="larger than any real one"),
    ):
        RequestsTransport().send("GET", url, {}, b"")


def test_an_answer_that_is_packed_in_a_way_that_was_not_asked_for_is_refused() -> None:
    with (
        answering(lambda handler: sent(handler, b"x", "br")) as url,
        pytest.raises(UnreachableError),
    ):
        RequestsTransport().send("GET", url, {}, b"")


@pytest.mark.parametrize("slow", ["head", "body"])
def test_a_byte_now_and_then_is_no_answer(slow: str) -> None:
    stopped = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: "
            b"1000000\r\n" + (b"\r\n" if slow == "body" else b"X: ")
        )
        while not stopped.wait(0.05):
            handler.wfile.write(b"x")

    with answering(trickle) as url:
        begun = time.monotonic()
        with pytest.raises(UnreachableError, match="took too long"):
            RequestsTransport(deadline=0.5).send("GET", url, {}, b"")
        assert time.monotonic() - begun < 10
        stopped.set()
