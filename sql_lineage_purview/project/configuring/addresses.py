"""Where live databases are: `mssql://SERVER/DATABASE`."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from msgspec import Struct

from ...model.regex import regex
from ...model.secrets import redact
from ..project_errors import ConfigurationError

SCHEME = "mssql://"
# no character that would begin something else in a connection string, into which all of it goes
_ADDRESS = regex(
    r"mssql://(?P<host>[^\s/@:?#,;\\%]+)(?::(?P<port>[1-9]\d{0,4}))?(?:/(?P<instance>[^/?#;]+))?"
    r"/(?P<database>[^/?#;]+)/?",
    re.IGNORECASE,
)


def is_address(source: str) -> bool:
    """Is it meant as the address of a database, and not as a path?"""
    return source.strip().lower().startswith(SCHEME)


class DatabaseAddress(Struct, frozen=True):
    """`mssql://HOST[:PORT][/INSTANCE]/DATABASE`: a database on a server."""

    host: str
    database: str
    port: int | None = None
    instance: str | None = None

    @classmethod
    def of(cls, text: str) -> DatabaseAddress:
        """Read an address.

        Characters of a name that mean something in an address are written as `%20` and the like.

        Raises:
            ConfigurationError: it is none, or holds a user or password, which belong nowhere in
                settings or arguments.
        """
        # before the pattern, whose message quotes the text
        if "@" in text:
            raise ConfigurationError(
                f"The address of a database holds no user or password: {SCHEME}SERVER/DATABASE. "
                "Azure databases are signed in to "
                "with Microsoft Entra, others with your own account."
            )
        match = _ADDRESS.fullmatch(text.strip())
        if not match:
            raise ConfigurationError(
                f"{redact(text)!r} is no address of a database. Write it {SCHEME}SERVER/DATABASE, "
                f"{SCHEME}SERVER:PORT/DATABASE "
                f"or {SCHEME}SERVER/INSTANCE/DATABASE."
            )
        port, instance = match["port"], match["instance"]
        return cls(
            match["host"],
            unquote(match["database"]),
            int(port) if port else None,
            unquote(instance) if instance else None,
        )

    @property
    def server(self) -> str:
        """The server as connection strings have it.

        It is the host, a backslash and the instance, a comma and the port.
        """
        instance = f"\\{self.instance}" if self.instance else ""
        return f"{self.host}{instance}" + (f",{self.port}" if self.port else "")

    @property
    def url(self) -> str:
        """The address in its one spelling."""
        port = f":{self.port}" if self.port else ""
        return SCHEME + "/".join(
            (
                f"{self.host}{port}",
                *(quote(part, safe="") for part in (self.instance, self.database) if part),
            )
        )

    def __str__(self) -> str:
        return f"{self.server}/{self.database}"
