"""Where a database's objects stand in the Data Map: the platforms, their types, and qualified names.

Sources: https://learn.microsoft.com/purview/concept-asset-normalization (normalization), and the assets that Microsoft's own
scanners register (`mssql://<host>/<database>/<schema>/<object>`, one family of types per platform).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_DEFAULT_INSTANCE = "MSSQLSERVER"
_DEFAULT_PORT = "1433"
# The port of the public endpoint, which stands in the names that a scan through it registers.
_MANAGED_INSTANCE_PORT = "3342"


class Platform(StrEnum):
    """What runs a database. The word is the one of the setting `platform`."""

    AZURE_SQL = "azure_sql"
    AZURE_SQL_DW = "azure_sql_dw"
    AZURE_SYNAPSE_DEDICATED = "azure_synapse_dedicated"
    AZURE_SYNAPSE_SERVERLESS = "azure_synapse_serverless"
    AZURE_SQL_MI = "azure_sql_mi"
    SQL_SERVER = "sql_server"


@dataclass(frozen=True, slots=True)
class ObjectTypes:
    """The types of the Data Map that one platform's objects have."""

    table: str
    view: str
    columns: tuple[str, ...]


OBJECT_TYPES = {
    Platform.AZURE_SQL: ObjectTypes("azure_sql_table", "azure_sql_view", ("azure_sql_column", "azure_sql_view_column")),
    Platform.AZURE_SQL_DW: ObjectTypes("azure_sql_dw_table", "azure_sql_dw_view", ("azure_sql_dw_column",)),
    Platform.AZURE_SYNAPSE_DEDICATED: ObjectTypes(
        "azure_synapse_dedicated_sql_table", "azure_synapse_dedicated_sql_view", ("azure_synapse_dedicated_sql_column",)
    ),
    Platform.AZURE_SYNAPSE_SERVERLESS: ObjectTypes(
        "azure_synapse_serverless_sql_table",
        "azure_synapse_serverless_sql_view",
        ("azure_synapse_serverless_sql_column", "azure_synapse_serverless_sql_view_column"),
    ),
    Platform.AZURE_SQL_MI: ObjectTypes("azure_sql_mi_table", "azure_sql_mi_view", ("azure_sql_mi_column",)),
    Platform.SQL_SERVER: ObjectTypes("mssql_table", "mssql_view", ("mssql_column",)),
}

# Ingestion drops brackets and writes the space between them as %20 for the tables of these platforms, not for the others.
_ENCODES_SPACES = frozenset({Platform.AZURE_SQL, Platform.AZURE_SQL_DW, Platform.AZURE_SQL_MI})

_SERVER = re.compile(
    r"(?:mssql://|tcp:)?(?P<host>[^/\\:,]+)(?:\\(?P<instance>[^/\\:,]+))?(?:[:,](?P<port>\d+))?/?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Database:
    r"""A row of the database map: where the objects that SQL calls `name` stand.

    Args:
        name: The database as the SQL says it; `SRV.Db` for one that is reached through the linked server SRV.
        server: The full host name, as in a connection string: `s.database.windows.net`, `tcp:host,1433`, `HOST\INSTANCE`.
        platform: What runs it; None where only the host is known, so that several platforms may come into question.
        database: The database as the Data Map spells it, where that differs from `name`.
        instance: The instance of a SQL Server; `MSSQLSERVER` where neither this nor the server says it.

    Raises:
        ValueError: a setting is empty, or the server is no host name.
    """

    name: str
    server: str
    platform: Platform | None = None
    database: str | None = None
    instance: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a database needs a name: [databases.NAME]")
        self._server()
        if self.platform is not Platform.SQL_SERVER and self.platform is not None and "." not in self.host:
            raise ValueError(
                f"server {self.server!r} of database {self.name} is not a full host name; a database on platform "
                f'{self.platform} stands on one such as "{self.host}.database.windows.net"'
            )

    @property
    def host(self) -> str:
        """The host, lower-cased and without spaces, as ingestion normalizes it."""
        return self._server()["host"].lower()

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platform configured, else all that the host name allows."""
        if self.platform is not None:
            return (self.platform,)
        if ".sql.azuresynapse." in self.host:
            serverless = self.host.partition(".")[0].endswith("-ondemand")
            return (Platform.AZURE_SYNAPSE_SERVERLESS if serverless else Platform.AZURE_SYNAPSE_DEDICATED,)
        if re.search(r"\.database\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)\Z", self.host):
            # A managed instance has its DNS zone as a label of its own, the two others never have.
            managed = self.host.count(".") > 3
            return (Platform.AZURE_SQL_MI,) if managed else (Platform.AZURE_SQL, Platform.AZURE_SQL_DW)
        return (Platform.SQL_SERVER,)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the qualified names on this server begin with, in the spellings that a catalogue may hold."""
        written = self._server()["host"]
        hosts = [self.host, written] if Platform.SQL_SERVER in self.platforms and written != self.host else [self.host]
        return tuple(f"mssql://{host}" for host in hosts)

    def qualified_names(self, schema: str, name: str) -> tuple[str, ...]:
        """The qualified names that an object may have, likeliest first."""
        names: dict[str, None] = {}
        for platform in self.platforms:
            for prefix in self._roots(platform):
                path = "/".join(_part(part) for part in (self.database or self.name.rpartition(".")[2], schema, name))
                spellings = (path.replace(" ", "%20"), path) if platform in _ENCODES_SPACES else (path, path.replace(" ", "%20"))
                names.update(dict.fromkeys(f"{prefix}/{spelling}" for spelling in spellings))
        return tuple(names)

    def _roots(self, platform: Platform) -> tuple[str, ...]:
        server = self._server()
        if platform is Platform.SQL_SERVER:
            instance = self.instance or server["instance"] or _DEFAULT_INSTANCE
            return tuple(f"{prefix}/{instance}" for prefix in self.prefixes)
        if platform is not Platform.AZURE_SQL_MI:
            return self.prefixes
        if server["port"] and server["port"] != _DEFAULT_PORT:
            return tuple(f"{prefix}:{server['port']}" for prefix in self.prefixes)
        return (*self.prefixes, *(f"{prefix}:{_MANAGED_INSTANCE_PORT}" for prefix in self.prefixes))

    def _server(self) -> dict[str, str]:
        match = _SERVER.fullmatch(re.sub(r"\s", "", self.server))
        if not match:
            raise ValueError(
                f"server {self.server!r} of database {self.name} is no host name; write it as in a connection string, "
                'for example server = "myserver.database.windows.net"'
            )
        return match.groupdict(default="")


def object_types(platforms: tuple[Platform, ...]) -> tuple[str, ...]:
    """The types that a table or view on one of these platforms may have."""
    rows = [OBJECT_TYPES[platform] for platform in platforms]
    return tuple(type_name for row in rows for type_name in (row.table, row.view))


def object_key(qualified_name: str) -> str:
    """What the spellings of one database object share: case folded, spaces plain, duplicate slashes collapsed."""
    scheme, separator, rest = qualified_name.strip().replace("%20", " ").casefold().partition("://")
    return scheme + separator + re.sub("/{2,}", "/", rest).rstrip("/")


def is_view_type(type_name: str) -> bool:
    """Is it one of the types that stand for views?"""
    return any(type_name == row.view for row in OBJECT_TYPES.values())


def platform_of(type_name: str) -> Platform | None:
    """The platform that a type of tables or views belongs to; None for any other type."""
    return next((platform for platform, row in OBJECT_TYPES.items() if type_name in (row.table, row.view)), None)


def _part(part: str) -> str:
    return re.sub(r"[\[\]]", "", part).strip()
