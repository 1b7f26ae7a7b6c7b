"""HTTPS with an authority that was made on the spot."""

from __future__ import annotations

import http.client
import socket
import ssl
import tempfile

import pytest

from sql_lineage_purview.emulator import ConnectionCutError, EmulatorError, serve
from sql_lineage_purview.emulator.testing import Faults
from sql_lineage_purview.emulator.tls import LoopbackAuthority

PATH = "/datamap/api/atlas/v2/types/typedef/name/Asset"


@pytest.fixture(scope="module")
def authority():
    return LoopbackAuthority()


@pytest.fixture
def server(catalogue, authority):
    with serve(catalogue.emulator, 0, authority=authority) as served:
        yield served


@pytest.fixture
def ask(server, authority):
    """Ask by a name of this machine, trusting an authority."""

    def asked(host="127.0.0.1", trusted=authority.certificate, times=1):
        context = ssl.create_default_context(cadata=trusted.decode())
        # What later versions of Python ask of each certificate.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        port = int(server.url.rpartition(":")[2])
        connection = http.client.HTTPSConnection(host, port, timeout=10, context=context)
        try:
            for _ in range(times):
                connection.request("GET", PATH, headers={"Authorization": "Bearer any"})
                response = connection.getresponse()
                response.read()
            return response.status
        finally:
            connection.close()

    return asked


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_who_trusts_the_authority_is_served(server, ask, host):
    assert server.url.startswith("https://127.0.0.1:")
    assert ask(host, times=3) == 200


def test_who_trusts_another_is_not(ask):
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(trusted=LoopbackAuthority().certificate)


def test_plain_http_is_not_answered(server, ask):
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(server.url.rpartition(":")[2]), timeout=10
    )
    connection.request("GET", PATH, headers={"Authorization": "Bearer any"})
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse()
    connection.close()
    assert ask() == 200


def test_a_connection_that_says_nothing_holds_nobody_up(server, ask):
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10):
        assert ask() == 200


def test_a_cut_connection(catalogue, ask):
    catalogue.behave(faults=Faults.read(["cut:at=2"]))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
        ask(times=2)
    assert ask() == 200


def test_the_file_holds_no_key_and_none_stays_behind(authority, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    authority.write(tmp_path / "ca.pem")
    authority.server_context()
    text = (tmp_path / "ca.pem").read_text(encoding="ascii")
    assert text.startswith("-----BEGIN CERTIFICATE-----\n")
    assert "KEY" not in text
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_file_that_cannot_be_written(authority, tmp_path):
    with pytest.raises(EmulatorError, match=r"the authority's certificate cannot be written"):
        authority.write(tmp_path / "missing" / "ca.pem")


def test_over_plain_http_a_cut_connection_ends_without_an_answer(catalogue, make):
    catalogue.behave(faults=Faults.read(["lost@POST:at=1"]))
    with serve(catalogue.emulator, 0) as server:
        connection = http.client.HTTPConnection(
            "127.0.0.1", int(server.url.rpartition(":")[2]), timeout=10
        )
        connection.request(
            "POST", "/datamap/api/search/query", b"{}", {"Authorization": "Bearer any"}
        )
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.close()


def test_in_the_same_process_a_cut_connection_is_an_exception(catalogue):
    catalogue.behave(faults=Faults.read(["cut"]))
    with pytest.raises(ConnectionCutError):
        catalogue.search()
