"""Requests that are refused by their headers alone.

They are meant for another host, or of a length that two readers may read differently.

A page in a browser can make a name of its own lead to this machine (DNS rebinding); its requests
bear that name as their Host. Two lengths are how one request is smuggled inside another. Sources:
RFC 9110, 7.2 and 15.5.20, and RFC 9112, 6.3.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from .exchange import refused_by_gateway

if TYPE_CHECKING:
    from email.message import Message

    from .exchange import Response

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/]+)(?::\d{0,5})?", re.IGNORECASE | re.ASCII)
_LARGEST = 256 * 1024 * 1024


def framing_refusal(target: str, headers: Message) -> Response | None:
    """Why a request is not read: its answer, or None where it is."""
    hosts, lengths = headers.get_all("Host", []), headers.get_all("Content-Length", ["0"])
    if len(hosts) != 1 or not target.startswith("/"):
        return refused_by_gateway(400, "Bad Request")
    if not is_loopback(hosts[0]):
        return refused_by_gateway(421, "Misdirected Request")
    if "Transfer-Encoding" in headers:
        return refused_by_gateway(411, "Length Required")
    if len(lengths) != 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        return refused_by_gateway(400, "Bad Request")
    # by its digits first: Python refuses to read a number of thousands of them
    if len(lengths[0]) > len(str(_LARGEST)) or int(lengths[0]) > _LARGEST:
        return refused_by_gateway(413, "Request Entity Too Large")
    return None


def is_loopback(host: str) -> bool:
    """Does a Host, with or without a port, name this machine?"""
    match = _HOST.fullmatch(host.strip())
    name = match[1].strip("[]").lower().removesuffix(".") if match else ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
