"""The emulator over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import time

import pytest

from sql_lineage_purview.emulator import EmulatorError, serve

BEARER = {"Authorization": "Bearer any"}
AUTHORIZED = "Host: localhost\r\nAuthorization: Bearer any\r\n"
HEADERS = "/datamap/api/atlas/v2/types/typedefs/headers"


@pytest.fixture
def server(catalogue):
    with serve(catalogue.emulator, 0, refused_tokens=["stale"]) as served:
        yield served


@pytest.fixture
def connection(server):
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    yield connection
    connection.close()


def port_of(server) -> int:
    return int(server.url.rpartition(":")[2])


def ask(connection, method="GET", path=HEADERS, body=None, headers=BEARER):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response, response.read()


def test_it_listens_on_this_machine_alone(server):
    assert server.url.startswith("http://127.0.0.1:")


def test_one_connection_serves_many_requests(connection, make):
    body = json.dumps({"entities": [make.dataset("t")]})
    response, raw = ask(connection, "POST", "/datamap/api/atlas/v2/entity/bulk", body)
    assert response.status == 200
    mine = connection.sock
    guid = json.loads(raw)["guidAssignments"]["-t"]
    response, raw = ask(connection, path=f"/catalog/api/atlas/v2/entity/guid/{guid}")
    assert (response.version, json.loads(raw)["entity"]["guid"]) == (11, guid)
    response, raw = ask(
        connection, "DELETE", "/catalog/api/atlas/v2/types/typedef/name/mssql_view_column"
    )
    assert response.status == 409
    assert connection.sock is mine


def test_no_content_has_no_body(connection, catalogue):
    catalogue.define({"name": "mine", "superTypes": ["DataSet"]})
    response, raw = ask(connection, "DELETE", "/datamap/api/atlas/v2/types/typedef/name/mine")
    assert (response.status, raw, response.getheader("Content-Length")) == (204, b"", None)
    assert ask(connection)[0].status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic abc"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer  "},
        {"Authorization": "Bearer stale"},
    ],
)
def test_a_request_without_a_good_token(connection, make, catalogue, headers):
    body = json.dumps({"entities": [make.dataset("t")]})
    response, raw = ask(connection, "POST", "/datamap/api/atlas/v2/entity/bulk", body, headers)
    assert (response.status, response.getheader("WWW-Authenticate")) == (401, "Bearer")
    assert json.loads(raw)["error"]["code"] == "Unauthorized"
    assert catalogue.search().payload["@search.count"] == 0
    assert ask(connection)[0].status == 200


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "HEAD"])
def test_other_methods_are_not_recognized(connection, method):
    assert ask(connection, method)[0].status == 404
    assert ask(connection)[0].status == 200


def test_a_body_of_unknown_length_is_refused(connection):
    headers = {**BEARER, "Transfer-Encoding": "chunked"}
    response, raw = ask(connection, "POST", "/datamap/api/atlas/v2/entity/bulk", None, headers)
    assert response.status == 411
    assert not raw.startswith(b"{")


@pytest.mark.parametrize("length", [9_000, 100_000])
def test_a_long_address_is_answered_without_json(connection, length):
    response, raw = ask(connection, path=HEADERS + "?x=" + "y" * length)
    assert response.status == 414
    assert b"{" not in raw[:1]
    assert not response.getheader("Content-Type", "").startswith("application/json")


def test_answers_are_not_held_back(connection):
    ask(connection)
    started = time.perf_counter()
    for _ in range(50):
        ask(connection, path="/datamap/api/atlas/v2/types/typedef/name/Asset")
    # Delayed acknowledgements alone would cost 50 times 0.04 seconds.
    assert time.perf_counter() - started < 1.8


def test_closing_ends_open_connections_and_frees_the_port(catalogue):
    server = serve(catalogue.emulator, 0)
    port = port_of(server)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as idle:
        idle.sendall(f"GET {HEADERS} HTTP/1.1\r\n{AUTHORIZED}\r\n".encode())
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        started = time.perf_counter()
        server.close()
        assert time.perf_counter() - started < 5
    server.wait()
    with serve(catalogue.emulator, port) as second_server:
        assert second_server.url == server.url


@pytest.mark.parametrize("reset", [True, False])
def test_half_a_request_does_nothing_and_disturbs_nobody(catalogue, capfd, reset):
    guid = catalogue.table("t")
    head = (
        f"PUT /datamap/api/atlas/v2/entity/guid/{guid}?name=principalId "
        f"HTTP/1.1\r\n{AUTHORIZED}Content-Length: 3\r\n\r\n12"
    )
    at_once = struct.pack("ii" if os.name == "posix" else "hh", 1, 0)
    server = serve(catalogue.emulator, 0)
    with server, socket.create_connection(("127.0.0.1", port_of(server)), timeout=10) as rude:
        rude.sendall(head.encode())
        if reset:
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        rude.close()
        # Connections are taken in turn: when the next one is answered, the first was taken.
        with socket.create_connection(("127.0.0.1", port_of(server)), timeout=10) as polite:
            polite.sendall(f"GET {HEADERS} HTTP/1.1\r\n{AUTHORIZED}\r\n".encode())
            assert polite.recv(15) == b"HTTP/1.1 200 OK"
    assert catalogue.entity(guid)["attributes"]["principalId"] == 0
    assert capfd.readouterr() == ("", "")


def test_a_client_that_waits_to_be_told_to_go_on(server, make):
    body = json.dumps({"entities": [make.dataset("t")]}).encode()
    head = (
        f"POST /datamap/api/atlas/v2/entity/bulk HTTP/1.1\r\n{AUTHORIZED}Content-Length: "
        f"{len(body)}\r\n"
    )
    with socket.create_connection(("127.0.0.1", port_of(server)), timeout=10) as patient:
        patient.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert patient.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        patient.sendall(body)
        assert patient.recv(15) == b"HTTP/1.1 200 OK"


def test_a_port_in_use(server, catalogue):
    port = port_of(server)
    with pytest.raises(
        EmulatorError,
        match=rf"port {port} on 127\.0\.0\.1 cannot be used .*; "
        r"choose another, or 0",
    ):
        serve(catalogue.emulator, port)


def test_a_port_that_is_none(catalogue):
    with pytest.raises(EmulatorError, match="port 70000 on"):
        serve(catalogue.emulator, 70_000)


def raw_status(server, head: str, body: str = "") -> int:
    """The status of a request as it stands.

    Nothing may be served behind the request where it is refused.
    """
    with socket.create_connection(("127.0.0.1", port_of(server)), timeout=10) as line:
        line.sendall(f"{head}\r\n\r\n{body}".encode())
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    assert answer.count(b"HTTP/1.1 ") == 1
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8765",
        "LOCALHOST",
        "localhost:1",
        "localhost.",
        "[::1]:80",
        "[::1]",
        "127.1.2.3",
        "localhost:",
    ],
)
def test_hosts_of_this_machine_are_answered(server, host):
    assert (
        raw_status(server, f"GET {HEADERS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer x")
        == 200
    )


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:8765",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "localhost@evil.example",
        ),
        *(
            "10.0.0.1",
            "0x7f000001",
            "2130706433",
            "[::]",
            "evil.example#127.0.0.1",
            "127.0.0.1:80:80",
            "localhost evil",
            "",
        ),
    ],
)
def test_other_hosts_are_not(server, host):
    assert (
        raw_status(server, f"GET {HEADERS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer x")
        == 421
    )


@pytest.mark.parametrize(
    "hosts",
    ["", "Host: localhost\r\nHost: localhost\r\n", "Host: localhost\r\nHost: evil.example\r\n"],
)
def test_a_request_names_one_host(server, hosts):
    assert raw_status(server, f"GET {HEADERS} HTTP/1.1\r\n{hosts}Authorization: Bearer x") == 400


def test_a_target_that_names_another_host_is_refused(server):
    assert (
        raw_status(server, f"GET http://evil.example{HEADERS} HTTP/1.1\r\n{AUTHORIZED}".strip())
        == 400
    )


@pytest.mark.parametrize(
    ("lengths", "status"),
    [
        (("2", "2"), 400),
        (("2", "60"), 400),
        (("60", "2"), 400),
        (("2, 2",), 400),
        (("+2",), 400),
        (("-1",), 400),
        (("0x2",), 400),
        (("²",), 400),
        (("",), 400),
        (("9" * 5_000,), 413),
        (("999999999999",), 413),
    ],
)
def test_a_request_has_one_length(server, catalogue, make, lengths, status):
    body = json.dumps({"entities": [make.dataset("t")]})
    smuggled = (
        f"{{}}POST /datamap/api/atlas/v2/entity/bulk HTTP/1.1\r\n{AUTHORIZED}Content-Length: "
        f"{len(body)}\r\n\r\n{body}"
    )
    named = "".join(f"\r\nContent-Length: {length}" for length in lengths)
    head = f"POST /datamap/api/search/query HTTP/1.1\r\n{AUTHORIZED}".strip() + named
    assert raw_status(server, head, smuggled) == status
    assert catalogue.search().payload["@search.count"] == 0
