"""The seam to the network: one method that sends a request, and what is put around it.

Nothing else of this room knows how bytes travel. A stand-in that lives in the same process is a
`LocalTransport`.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from ...model.opening import open_file
from ..purview_errors import BadEndpointError, BadSettingError, PurviewError, UnreachableError
from .receiving import ENCODINGS, TooLateError, content_of, within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import requests

_log = logging.getLogger(__name__)
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # as requests itself reads them


class Reply(Struct, frozen=True):
    """An answer of the service. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""


class Transport(Protocol):
    """Sends a request and returns the answer, whatever its status."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send one request; an empty `body` is no body.

        Raises:
            UnreachableError: no answer came.

        Args:
            method: of HTTP, in capitals.
            url: the whole address, with its query.
            headers: by their names, in any case.
            body: the bytes to send.
        """


class TokenSource(Protocol):
    """Where bearer tokens come from.

    Asked before each request, so it must keep a token as long as it is valid.
    """

    def token(self) -> str:
        """A valid token.

        Raises:
            SignInError: none can be had.
        """


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A token that is always the same, for stand-ins of the service, which only ask for one."""

    value: str = field(default="local", repr=False)

    def token(self) -> str:
        """The token."""
        return self.value


class AuthorizedTransport:
    """Puts a bearer token on each request."""

    def __init__(self, inner: Transport, tokens: TokenSource) -> None:
        self._inner = inner
        self._tokens = tokens

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send with a token; see `Transport`.

        Args:
            method: of HTTP.
            url: the whole address.
            headers: those beside Authorization.
            body: the bytes to send.
        """
        return self._inner.send(
            method, url, {**headers, "Authorization": f"Bearer {self._tokens.token()}"}, body
        )


class LocalReply(Protocol):
    """What a stand-in in this process answers."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""

    @property
    def body(self) -> bytes:
        """The content."""


class LocalService(Protocol):
    """A stand-in for the service that lives in this process."""

    def handle(
        self, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes, /
    ) -> LocalReply:
        """Answer one request.

        Args:
            method: of HTTP.
            path_and_query: the address behind the host.
            headers: as they were sent.
            body: as it was sent; empty for none.
        """


class LocalTransport:
    """Hands requests to a stand-in in this process, without any network."""

    def __init__(self, service: LocalService) -> None:
        self._service = service

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Let the stand-in answer; see `Transport`.

        Raises:
            UnreachableError: it cut the connection.

        Args:
            method: of HTTP.
            url: the whole address, of which the host is ignored.
            headers: are passed on.
            body: is passed on.
        """
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            answer = self._service.handle(method, path, headers, body)
        except ConnectionError:
            what, remedy, transient = _REASONS["ConnectionError"]
            raise UnreachableError(
                what, where=f"{method} {place(url)}", remedy=remedy, transient=transient
            ) from None
        return Reply(answer.status, _lower(answer.headers), answer.body)


class RequestsTransport:
    """The transport over the network.

    Certificates are verified, no redirect is followed, and plain http goes to this machine
    alone.

    Args:
        connect_timeout: Seconds to wait for a connection.
        read_timeout: Seconds to wait for each part of an answer.
        deadline: Seconds from the beginning of a request to the end of its answer.
        ca_bundle: The authorities that certificates are verified against; None for those that
            REQUESTS_CA_BUNDLE names, else the usual ones.
    """

    def __init__(
        self,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 120.0,
        deadline: float = 300.0,
        ca_bundle: Path | None = None,
    ) -> None:
        self._timeout = (connect_timeout, read_timeout)
        self._deadline = deadline
        self._verify = str(ca_bundle) if ca_bundle else None
        self._session: requests.Session | None = None

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send one request; see `Transport`.

        Raises:
            BadEndpointError: the address is not https.
            UnreachableError: no answer came in time.

        Args:
            method: of HTTP.
            url: the whole address, with https.
            headers: those to send.
            body: the bytes to send.
        """
        host = require_secure(url)
        outcome = self._attempt(method, url, host, headers, body)
        # Raised here, behind the library's own handler: its exception holds the request with the
        # token.
        if isinstance(outcome, PurviewError):
            raise outcome
        _log.debug("%s %s: %d", method, place(url), outcome.status)
        return outcome

    def _attempt(
        self, method: str, url: str, host: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | UnreachableError:
        import requests  # noqa: PLC0415 - offline commands must not pay for loading it

        session = self._session = self._session or requests.Session()
        # no proxy stands between this machine and itself
        session.trust_env = not _is_loopback(host)
        named = self._verify or next(filter(None, map(os.environ.get, _BUNDLES)), None)

        def exchanged() -> Reply:
            answer = session.request(
                method,
                url,
                headers={"Accept-Encoding": ENCODINGS, **headers},
                data=body or None,
                timeout=self._timeout,
                # an account answers none, and a token must not be led elsewhere
                allow_redirects=False,
                auth=_unchanged,
                verify=named,
                # so that the size of an answer is known before it is in memory
                stream=True,
            )
            return Reply(answer.status_code, _lower(answer.headers), content_of(answer))

        try:
            return within(self._deadline, exchanged)
        except TooLateError as error:
            self._session = None  # the one that hangs keeps its connection
            return _unreachable(error, f"{method} {place(url)}")
        except (
            OSError
        ) as error:  # those of the library, and a file of authorities that is not there
            return _unreachable(error, f"{method} {place(url)}")


def require_secure(url: str) -> str:
    """Check that an address may receive a token.

    Returns:
        Its host.

    Raises:
        BadEndpointError: it is no https address; plain http is for this machine alone.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        has_login = parts.username is not None
        _ = parts.port  # raises where it is none
    except ValueError:
        parts, host, has_login = urlsplit(""), "", False
    # urlsplit takes almost anything for a host
    if not host or parts.scheme not in ("https", "http") or " " in host or ".." in host:
        subject = repr(url) if "@" not in url else "The endpoint"  # a login may stand in it
        raise BadEndpointError(
            f"{subject} is not an address",
            remedy='Write the endpoint as "https://ACCOUNT.purview.azure.com".',
        )
    if has_login:
        raise BadEndpointError(
            "The endpoint holds a user name",
            where=host,
            remedy="Remove it: sign-in goes through Azure.",
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise BadEndpointError(
            "The endpoint is plain http",
            where=host,
            remedy="Use https; http is allowed for this machine alone.",
        )
    return host


def require_bare(endpoint: str) -> None:
    """Check that an endpoint is what paths can be put behind.

    Raises:
        BadEndpointError: it has a query or a fragment, as an address that was copied from a browser
            may have.
    """
    if "?" in endpoint or "#" in endpoint:
        what = "The endpoint holds more than a host"
        raise BadEndpointError(
            what, where=place(endpoint), remedy='Write it as "https://ACCOUNT.purview.azure.com".'
        )


def require_certificates(ca_bundle: Path | None) -> None:
    """Check that a file of authorities can be used.

    Raises:
        BadSettingError: it cannot be read, or holds no certificate.
    """
    if ca_bundle is None:
        return
    try:
        open_file(ca_bundle).close()  # a pipe would be waited for
        # Not `create_default_context`, which fails without the system's own certificates.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_bundle)
    except (OSError, ValueError) as error:
        reason = (
            "it holds no certificate"
            if isinstance(error, ssl.SSLError)
            else getattr(error, "strerror", None) or str(error)
        )
        remedy = (
            "Name a file of certificates in PEM (-----BEGIN CERTIFICATE-----) in ca_bundle, or "
            "with --ca-bundle."
        )
        raise BadSettingError(
            f"The file of authorities cannot be used: {reason}", where=str(ca_bundle), remedy=remedy
        ) from None


def plain_endpoint(endpoint: str) -> str:
    """An endpoint as plans, journals and snapshots spell it.

    Scheme and host are in lower case, and there is no `/` at the end.

    What is no address stays as it is.
    """
    scheme, separator, address = endpoint.strip().partition("://")
    host, slash, path = address.partition("/")
    return (
        f"{scheme.lower()}{separator}{host.lower()}{slash}{path}".rstrip("/")
        if separator
        else endpoint.strip()
    )


def is_local(url: str) -> bool:
    """Is it an address of this machine?"""
    return _is_loopback(urlsplit(url).hostname or "")


def place(url: str) -> str:
    """An address as messages and logs show it: without query."""
    return url.partition("?")[0]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps the library from replacing the token by a password out of a .netrc file."""
    return request


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


_REASONS: dict[str, tuple[str, str, bool]] = {
    "NameResolutionError": (
        "The host name is not known",
        "Check the endpoint, and the network or VPN.",
        False,
    ),
    "NewConnectionError": (
        "The connection was refused",
        "Check the endpoint; is the service running, and no firewall between?",
        False,
    ),
    "ProxyError": ("The proxy does not answer", "Check HTTPS_PROXY and NO_PROXY.", False),
    "SSLError": (
        "The certificate cannot be verified",
        "Behind an inspecting proxy, name the company's authority with --ca-bundle FILE, "
        "ca_bundle or REQUESTS_CA_BUNDLE.",
        False,
    ),
    "ConnectTimeout": (
        "No connection within the time limit",
        "Check the network, and whether the account has a private endpoint.",
        True,
    ),
    "ReadTimeout": (
        "No answer within the time limit",
        "Try again later, or use a smaller bulk size.",
        True,
    ),
    "ConnectionError": ("The connection broke off", "Check the network, then try again.", True),
    "TooLateError": (
        "The answer took too long",
        "Check the network; is it the account that answers, or a gateway?",
        False,
    ),
    "UnusableAnswerError": (
        "The answer is larger than any real one",
        "Is it the account that answers, or a gateway?",
        False,
    ),
    "ContentDecodingError": (
        "The answer is damaged",
        "Is it the account that answers, or a gateway?",
        True,
    ),
    "ChunkedEncodingError": ("The answer broke off", "Check the network, then try again.", True),
}


def _unreachable(error: OSError, where: str) -> UnreachableError:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    for name in (type(cause).__name__, type(error).__name__):
        if name in _REASONS:
            what, remedy, transient = _REASONS[name]
            return UnreachableError(what, where=where, remedy=remedy, transient=transient)
    if type(error) is OSError:  # what requests raises for a file that is not there
        remedy = "Check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, or name the file with --ca-bundle."
        return UnreachableError(
            "The file of authorities cannot be read", where=where, remedy=remedy
        )
    return UnreachableError(
        f"The request could not be sent: {type(error).__name__}",
        where=where,
        remedy="Check the endpoint.",
    )
