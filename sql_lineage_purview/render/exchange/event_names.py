"""How tables, files and modules are called in events of OpenLineage.

https://openlineage.io/docs/spec/naming
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct, field

from ...model.names import bracketed
from ...model.printable import one_line
from ...model.regex import regex

if TYPE_CHECKING:
    from ...model.names import Name

# Of a database for which no server is configured: events never guess one.
NO_SERVER = "mssql://server-not-configured"
SCRIPTS = "sql-scripts"

# https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-introduction-abfs-uri
_LAKE = regex(r"https://([^./]+)\.(dfs|blob)\.core\.windows\.net/([^/]+)/?(.*)\Z")
_STORES = {"dfs": "abfss", "blob": "wasbs"}
_PORT = "1433"


class EventNames(Struct, frozen=True):
    """Where databases stand.

    Args:
        servers: the server of a database (`host`, `host,port`, `tcp:host,port`), and how it is
            spelled there, by its name in lower case.
        database: that of names that leave it out.
    """

    servers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    database: str = ""

    def of(self, name: Name) -> tuple[str, str]:
        """Namespace and name of a table, view, module or file."""
        if name.address:
            return _file(one_line(name))
        *path, schema, last = ("", *name.parts) if len(name.parts) == 1 else name.parts
        database = ".".join(part for part in path if part) or self.database
        server, spelled = self.servers.get(database.lower(), ("", database))
        parts = [part for part in (spelled, schema, last) if part]
        text = ".".join(bracketed(part) if "." in part else part for part in parts)
        return (_namespace(server), one_line(text))


def _namespace(server: str) -> str:
    """`mssql://host:port`; of a named instance without a port its name stands in its place."""
    host = server.strip().lower().removeprefix("tcp:")
    if not host:
        return NO_SERVER
    host, _, port = host.replace(",", ":").partition(":")
    host, _, instance = host.partition("\\")
    return (
        f"mssql://{host}:{port.strip() or _PORT}"
        if port or not instance
        else (f"mssql://{host}/{instance}")
    )


def _file(address: str) -> tuple[str, str]:
    if lake := _LAKE.match(address):
        account, kind, container, path = lake.groups()
        return (
            f"{_STORES[kind]}://{container}@{account}.{kind}.core.windows.net",
            path or "/",
        )
    try:
        parts = urlsplit(address)
    except ValueError:
        return ("file", address)
    if not parts.netloc:
        return ("file", address)
    start = f"{parts.scheme}://{parts.netloc}"
    return (start, address.removeprefix(start).lstrip("/") or "/")
