"""Connection strings, as scripts, pipelines and the configuration write them.

An example is `Data Source=host,1433;Initial Catalog=Sales`.

Source: https://learn.microsoft.com/sql/connect/ado-net/connection-string-syntax
"""

from __future__ import annotations

import re

from .regex import regex

_DEFAULT_PORT = "1433"
_SERVER = regex(
    r"\s*(?:(?:tcp|np|lpc|admin)\s*:)?\s*(?P<host>[^,:]*?)\s*(?:[,:]\s*(?P<port>\d+)\s*)?",
    re.IGNORECASE,
)
_SERVER_KEYS = ("server", "data source", "address", "addr", "network address")


def connection_values(connection: str) -> dict[str, str]:
    """The values of a connection string by their keys in lower case.

    None of a text that is no such string.
    """
    pairs = (part.partition("=") for part in connection.split(";"))
    return {
        key.strip().lower(): value.strip().strip("'\"") for key, _, value in pairs if value.strip()
    }


def server_of(connection: str) -> str:
    r"""The server of a connection string, without its protocol.

    A text that is none is the server's name itself.

    A port other than 1433 stays (`host,1444`, also for `host:1444`): it is another server, unless
    an instance is named.
    """
    values = connection_values(connection)
    server = next(
        (values[key] for key in _SERVER_KEYS if key in values),
        "" if "=" in connection else connection,
    )
    match = _SERVER.fullmatch(server)
    if match is None:
        return server.strip()
    host, port = match["host"], match["port"]
    return host if "\\" in host or port in (None, _DEFAULT_PORT) else f"{host},{port}"
