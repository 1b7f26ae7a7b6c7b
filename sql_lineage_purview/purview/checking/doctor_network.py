"""The first steps of a check: the endpoint's form, its name, the connection, the token.

Sources: https://learn.microsoft.com/purview/data-gov-api-rest-data-plane (endpoints and tokens),
and for other clouds https://learn.microsoft.com/azure/private-link/private-endpoint-dns and
azure-identity's AzureAuthorityHosts.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
import socket
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from ..purview_errors import BadSettingError, SignInError, UnreachableError
from ..transport.http import (
    RequestsTransport,
    is_local,
    require_bare,
    require_certificates,
    require_secure,
)
from ..transport.tokens import AzureTokens
from .checkup import Finding, Health

if TYPE_CHECKING:
    from ..account.connection import PurviewTarget

ENDPOINT, NAME, CONNECTION, TOKEN = "endpoint", "name", "connection", "token"
_SECONDS = 30.0
# Purview's own application, which tokens may name in place of the address.
_APPLICATION = "73c2949e-da2d-457a-9607-fcc665198967"


class _Cloud(Struct, frozen=True):
    """The hosts of a cloud's accounts, what a token for them is for, and where it is signed in."""

    hosts: re.Pattern[str]
    resource: str
    authorities: tuple[str, ...]


_PUBLIC = _Cloud(
    re.compile(r"[^.]+\.purview\.azure\.com|([0-9a-f-]{36}-)?api\.purview-service\.microsoft\.com"),
    "https://purview.azure.net",
    ("login.microsoftonline.com",),
)
_CLOUDS = (
    _PUBLIC,
    _Cloud(
        re.compile(r"[^.]+\.purview\.azure\.cn"),
        "https://purview.azure.cn",
        ("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
    ),
    _Cloud(
        re.compile(r"[^.]+\.purview\.azure\.us"),
        "https://purview.azure.us",
        ("login.microsoftonline.us",),
    ),
)
_OBSOLETE = re.compile(r"([^.]+)\.(?:catalog|scan|guardian)\.purview\.azure\.(?:com|cn|us)")


def endpoint_form(target: PurviewTarget) -> Finding:
    """Is the endpoint an address of the Data Map, and do scope and authority fit its cloud?"""
    try:
        host = require_secure(target.endpoint)
        require_bare(target.endpoint)
        require_certificates(target.sign_in.ca_bundle)
    except BadSettingError as error:
        return Finding(ENDPOINT, Health.FAILED, error.what, error.remedy)
    if is_local(target.endpoint):
        return Finding(ENDPOINT, Health.OK, f"{target.endpoint} is this machine")
    path = urlsplit(target.endpoint).path.strip("/")
    if path:
        remedy = "Leave the path out of endpoint, and set path_prefix."
        return Finding(
            ENDPOINT,
            Health.WARNING,
            f"{target.endpoint} has a path, /{path}, in front of {target.path_prefix}",
            remedy,
        )
    old = _OBSOLETE.fullmatch(host)
    if old:
        remedy = f'Write endpoint = "https://{old[1]}.purview.azure.com".'
        return Finding(ENDPOINT, Health.WARNING, f"{host} is a host of the first preview", remedy)
    cloud = next((cloud for cloud in _CLOUDS if cloud.hosts.fullmatch(host)), None)
    if cloud is None:
        remedy = "Check it, unless your network gives the account a name of its own."
        return Finding(
            ENDPOINT, Health.WARNING, f"{host} is no host that Purview is known to have", remedy
        )
    return _of_cloud(target, cloud) or Finding(ENDPOINT, Health.OK, target.endpoint)


def host_name(target: PurviewTarget) -> Finding:
    """Does the host have an address? Behind a proxy, the proxy looks it up."""
    host = urlsplit(target.endpoint).hostname or ""
    proxy = _proxy(target.endpoint)
    if proxy:
        return Finding(NAME, Health.OK, f"{host} is looked up by the proxy {proxy}")
    try:
        addresses = {
            str(row[4][0]) for row in socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
        }
    except OSError as error:
        remedy = (
            "Check endpoint for a typing error, and the network or VPN; with a private "
            "endpoint, its DNS zone."
        )
        return Finding(
            NAME,
            Health.FAILED,
            f"{host} has no address: {error.strerror or error}",
            remedy,
            network=True,
        )
    private = (
        " (private)"
        if all(ipaddress.ip_address(address.partition("%")[0]).is_private for address in addresses)
        else ""
    )
    return Finding(NAME, Health.OK, f"{host} is {', '.join(sorted(addresses))}{private}")


def connection(target: PurviewTarget) -> Finding:
    """Does the host answer, with a certificate that can be verified?

    Nothing is sent but a request without a token.
    """
    plane = f"{target.endpoint.rstrip('/')}/{target.path_prefix.strip('/')}"
    url = f"{plane}/atlas/v2/types/typedefs/headers"
    transport = RequestsTransport(read_timeout=_SECONDS, ca_bundle=target.sign_in.ca_bundle)
    try:
        reply = transport.send("GET", url, {}, b"")
    except UnreachableError as error:
        return Finding(CONNECTION, Health.FAILED, error.what, error.remedy, network=True)
    trusted = (
        "its certificate is trusted"
        if url.startswith("https://")
        else ("plain http, on this machine")
    )
    return Finding(CONNECTION, Health.OK, f"it answers ({reply.status} without a token); {trusted}")


def token(target: PurviewTarget, tokens: AzureTokens) -> Finding:
    """Can a token be had, whose is it, and is it meant for the account?

    The token itself is never shown.
    """
    try:
        text = tokens.token()
    except SignInError as error:
        return Finding(
            TOKEN, Health.FAILED, error.what, error.remedy, network=True, details=error.attempts
        )
    claims = _claims(text)
    if not claims:
        return Finding(TOKEN, Health.OK, "there is one; it does not say whose it is")
    owner = _owner(claims)
    resource, audience = (
        target.scope.removesuffix("/.default").rstrip("/"),
        str(claims.get("aud", "")).rstrip("/"),
    )
    if audience not in (resource, _APPLICATION):
        remedy = (
            f"Check scope: for this cloud it is {resource}/.default, or another that its "
            "documentation names."
        )
        return Finding(TOKEN, Health.WARNING, f"{owner}; it is meant for {audience}", remedy)
    return Finding(TOKEN, Health.OK, owner)


def _of_cloud(target: PurviewTarget, cloud: _Cloud) -> Finding | None:
    """What does not belong to the cloud of the endpoint."""
    if not target.scope.startswith(cloud.resource):
        remedy = f'Set scope = "{cloud.resource}/.default", unless you know better.'
        return Finding(
            ENDPOINT,
            Health.WARNING,
            f"{target.endpoint} is of another cloud than the scope {target.scope}",
            remedy,
        )
    authority = (
        target.sign_in.authority or os.environ.get("AZURE_AUTHORITY_HOST") or _PUBLIC.authorities[0]
    )
    host = (
        urlsplit(authority if "://" in authority else f"https://{authority}").hostname or ""
    ).lower()
    if host not in cloud.authorities:
        remedy = f'Set authority = "{cloud.authorities[0]}", unless you know better.'
        return Finding(
            ENDPOINT,
            Health.WARNING,
            f"{target.endpoint} is of another cloud than the authority {host}",
            remedy,
        )
    return None


def _proxy(url: str) -> str:
    """The proxy that stands before an address, without any login; empty where there is none."""
    import requests  # noqa: PLC0415 - offline commands must not pay for loading it

    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) or ""
    return proxy.rpartition("@")[2] if "@" in proxy else proxy


def _claims(text: str) -> dict[str, Any]:
    """What a token says of itself; it is not verified, which is the service's business.

    Empty where it cannot be read.
    """
    try:
        # A JWT is three parts in base64url without its padding; the middle one holds the claims.
        payload = text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _owner(claims: dict[str, Any]) -> str:
    who = next(
        (
            str(claims[key])
            for key in ("upn", "unique_name", "app_displayname", "appid", "azp")
            if claims.get(key)
        ),
        "?",
    )
    ends = claims.get("exp")
    remaining = (
        (f", for {max(0, int((ends - time.time()) // 60))} minutes more")
        if isinstance(ends, int | float)
        else ""
    )
    return f"{who}, object {claims.get('oid', '?')}, tenant {claims.get('tid', '?')}{remaining}"
