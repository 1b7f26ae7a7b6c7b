from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from sql_lineage_purview.purview import PurviewTarget, connect
from sql_lineage_purview.purview.purview_errors import (
    BadEndpointError,
    SignInError,
    UnreachableError,
)
from sql_lineage_purview.purview.transport.http import (
    AuthorizedTransport,
    FixedToken,
    LocalTransport,
    Reply,
    RequestsTransport,
    plain_endpoint,
    require_secure,
)
from tests.tls import Authority, TlsServer, served

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://acct.purview.azure.com/datamap/api/x"


@responses.activate
def test_a_request_reaches_the_service_and_its_answer_comes_back() -> None:
    responses.post(URL, body=b"{}", status=202, headers={"Retry-After": "3"})
    reply = AuthorizedTransport(RequestsTransport(), FixedToken("t0ken")).send(
        "POST", f"{URL}?a=1", {"Accept": "x"}, b"body"
    )
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (202, b"{}", "3")
    sent = responses.calls[0].request
    assert (sent.body, sent.headers["Authorization"], sent.headers["Accept"]) == (
        b"body",
        "Bearer t0ken",
        "x",
    )


@responses.activate
def test_certificates_are_verified_and_each_request_has_a_time_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    responses.get(URL)
    RequestsTransport(connect_timeout=3, read_timeout=4).send("GET", URL, {}, b"")
    options = responses.calls[0].request.req_kwargs
    assert options["verify"] is True
    assert options["timeout"] == (3, 4)


@responses.activate
def test_a_redirect_is_not_followed_with_the_token() -> None:
    responses.get(URL, status=302, headers={"Location": "https://elsewhere.example/"})
    assert RequestsTransport().send("GET", URL, {}, b"").status == 302
    assert len(responses.calls) == 1


@responses.activate
def test_a_password_file_does_not_replace_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acct.purview.azure.com login u password p\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    responses.get(URL)
    RequestsTransport().send("GET", URL, {"Authorization": "Bearer t"}, b"")
    assert responses.calls[0].request.headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize(
    ("error", "words", "transient"),
    [
        (requests.ConnectTimeout(), "time limit", True),
        (requests.ReadTimeout(), "bulk size", True),
        (requests.exceptions.SSLError("bad"), "certificate", False),
        (requests.exceptions.ProxyError(), "proxy", False),
        (
            requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "x"))),
            "refused",
            False,
        ),
        (
            requests.ConnectionError(
                MaxRetryError(None, "/", NameResolutionError("h", None, OSError()))
            ),
            "host name is not known",
            False,
        ),
        (requests.ConnectionError("reset"), "broke off", True),
        (requests.exceptions.InvalidURL("x"), "could not be sent", False),
    ],
)
def test_no_answer_is_explained(error: Exception, words: str, transient: bool) -> None:
    with responses.RequestsMock() as mock:
        mock.get(URL, body=error)
        with pytest.raises(UnreachableError, match=words) as caught:
            RequestsTransport().send(
                "GET", f"{URL}?secret=1", {"Authorization": "Bearer t0ken"}, b""
            )
    assert caught.value.transient is transient
    assert "acct.purview.azure.com" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None, (
        "the library's exception holds the request with its token"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://acct.purview.azure.com",
        "http://10.0.0.1:80",
        "http://localhost.evil.example",
        "ftp://x",
        "acct",
        "",
        "https://u:p@x.example",
        "https://[x",
    ],
)
def test_an_endpoint_that_may_not_see_a_token_is_refused(url: str) -> None:
    with pytest.raises(BadEndpointError):
        require_secure(url)
    with pytest.raises(BadEndpointError):
        RequestsTransport().send("GET", url, {}, b"")


@pytest.mark.parametrize(
    "url",
    [
        "https://acct.purview.azure.com",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://[::1]:80/x",
    ],
)
def test_https_and_this_machine_are_allowed(url: str) -> None:
    assert require_secure(url)


def test_a_stand_in_of_this_process_gets_path_and_query() -> None:
    class StandIn:
        def handle(self, method: str, path_and_query: str, headers: object, body: bytes) -> Reply:
            return Reply(200, {"X-Seen": "yes"}, f"{method} {path_and_query} {body!r}".encode())

    reply = LocalTransport(StandIn()).send(
        "GET", "http://emulator/datamap/api/x?attr:q=a%20b", {}, b""
    )
    assert reply == Reply(200, {"x-seen": "yes"}, b"GET /datamap/api/x?attr:q=a%20b b''")


def test_nothing_is_sent_without_a_token() -> None:
    class NoToken:
        def token(self) -> str:
            raise SignInError("none")

    with pytest.raises(SignInError):
        AuthorizedTransport(RequestsTransport(), NoToken()).send("GET", URL, {}, b"")


def test_a_token_is_not_shown() -> None:
    assert "t0ken" not in repr(FixedToken("t0ken"))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://acct.purview.azure.com",
        "HTTPS://Acct.Purview.azure.com/",
        " https://acct.purview.azure.com// ",
    ],
)
def test_an_endpoint_has_one_spelling(endpoint: str) -> None:
    assert plain_endpoint(endpoint) == "https://acct.purview.azure.com"


def test_a_path_of_an_endpoint_keeps_its_case() -> None:
    assert plain_endpoint("https://Gate.example/Purview/") == "https://gate.example/Purview"
    assert plain_endpoint("emulator") == "emulator"


@pytest.mark.parametrize("tail", ["/?a=b", "#x", "?"])
def test_an_endpoint_with_a_query_is_refused_before_anything_is_sent(tail: str) -> None:
    with pytest.raises(BadEndpointError, match="more than a host"):
        connect(PurviewTarget(f"https://acct.purview.azure.com{tail}"))


def test_a_login_in_what_is_no_address_is_not_repeated() -> None:
    with pytest.raises(BadEndpointError) as error:
        require_secure("https://user:hush@acct.example:99999")
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_this_machine_too_is_verified_against_the_bundle_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(other, raising=False)
    authority = Authority(tmp_path)
    with served(TlsServer(lambda _: (200, {})), authority.context()) as server:
        with pytest.raises(UnreachableError, match="certificate"):
            RequestsTransport().send("GET", server.url, {}, b"")
        monkeypatch.setenv(variable, str(authority.file))
        assert RequestsTransport().send("GET", server.url, {}, b"").status == 200
