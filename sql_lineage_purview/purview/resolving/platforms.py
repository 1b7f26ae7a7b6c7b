"""Where a database's objects stand in the Data Map: platforms, their types, qualified names.

Sources: https://learn.microsoft.com/purview/concept-asset-normalization (normalization), and the
assets that Microsoft's own scanners register (`mssql://<host>/<database>/<schema>/<object>`, one
family of types per platform). Objects of Fabric stand under the address of their item, see
`fabric`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from . import fabric

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
    FABRIC_LAKEHOUSE = "fabric_lakehouse"
    FABRIC_WAREHOUSE = "fabric_warehouse"


class ObjectTypes(Struct, frozen=True):
    """The types of the Data Map that one platform's objects have."""

    table: str
    view: str
    columns: tuple[str, ...]

    @property
    def procedure(self) -> str:
        """The type of stored procedures, which not all platforms have."""
        return self.table.replace("_table", "_stored_procedure")


OBJECT_TYPES = {
    Platform.AZURE_SQL: ObjectTypes(
        "azure_sql_table", "azure_sql_view", ("azure_sql_column", "azure_sql_view_column")
    ),
    Platform.AZURE_SQL_DW: ObjectTypes(
        "azure_sql_dw_table", "azure_sql_dw_view", ("azure_sql_dw_column",)
    ),
    Platform.AZURE_SYNAPSE_DEDICATED: ObjectTypes(
        "azure_synapse_dedicated_sql_table",
        "azure_synapse_dedicated_sql_view",
        ("azure_synapse_dedicated_sql_column",),
    ),
    Platform.AZURE_SYNAPSE_SERVERLESS: ObjectTypes(
        "azure_synapse_serverless_sql_table",
        "azure_synapse_serverless_sql_view",
        ("azure_synapse_serverless_sql_column", "azure_synapse_serverless_sql_view_column"),
    ),
    Platform.AZURE_SQL_MI: ObjectTypes(
        "azure_sql_mi_table", "azure_sql_mi_view", ("azure_sql_mi_column",)
    ),
    Platform.SQL_SERVER: ObjectTypes("mssql_table", "mssql_view", ("mssql_column",)),
    # Its SQL endpoint's views are registered by no scan known, so that one type stands for both.
    Platform.FABRIC_LAKEHOUSE: ObjectTypes(
        "fabric_lakehouse_table", "fabric_lakehouse_table", ("fabric_lakehouse_table_column",)
    ),
    Platform.FABRIC_WAREHOUSE: ObjectTypes(
        "fabric_warehouse_table", "fabric_warehouse_table", ("fabric_warehouse_table_column",)
    ),
}
_ITEM_KINDS = {
    Platform.FABRIC_LAKEHOUSE: fabric.ItemKind.LAKEHOUSE,
    Platform.FABRIC_WAREHOUSE: fabric.ItemKind.WAREHOUSE,
}

# Ingestion drops brackets and writes the space between them as %20 for the tables of these
# platforms, not for the others.
_ENCODES_SPACES = frozenset({Platform.AZURE_SQL, Platform.AZURE_SQL_DW, Platform.AZURE_SQL_MI})

_SERVER = re.compile(
    r"(?:mssql://|tcp:)?(?P<host>[^/\\:,]+)(?:\\(?P<instance>[^/\\:,]+))?(?:[:,](?P<port>\d+))?/?",
    re.IGNORECASE,
)
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Database:
    r"""A row of the database map: where the objects that SQL calls `name` stand.

    Args:
        name: The database as the SQL says it; `SRV.Db` for one that is reached through the linked
            server SRV.
        server: The full host name, as in a connection string: `s.database.windows.net`,
            `tcp:host,1444`, `HOST\INSTANCE`.
        platform: What runs it; None where only the host is known, so that several platforms may
            come into question.
        database: The database as the Data Map spells it, where that differs from `name`.
        instance: The instance of a SQL Server; `MSSQLSERVER` where neither this nor the server says
            it.
        workspace: The GUID of the workspace, for Fabric, which needs no server.
        item: The GUID of the lakehouse or warehouse, for Fabric.
        collection: The system name of the collection that lineage into this database, and
            placeholders of it, land in.
        types: The types of its tables and views, where the account has others than the platform's.

    Raises:
        ValueError: a setting is empty or belongs to another platform, or the server is no host
            name.
    """

    name: str
    server: str = ""
    platform: Platform | None = None
    database: str | None = None
    instance: str | None = None
    workspace: str = ""
    item: str = ""
    collection: str = ""
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a database needs a name: [databases.NAME]")
        if self._item_kind or self.workspace or self.item:
            self._check_fabric()
            return
        self._server()
        if self.host.endswith(".fabric.microsoft.com"):
            raise ValueError(
                f"database {self.name} stands in Fabric, where Purview names no server: set "
                "platform to "
                f'"{Platform.FABRIC_LAKEHOUSE}" or "{Platform.FABRIC_WAREHOUSE}", and workspace '
                "and item"
            )
        if (
            self.platform is not Platform.SQL_SERVER
            and self.platform is not None
            and "." not in self.host
        ):
            raise ValueError(
                f"server {self.server!r} of database {self.name} is not a full host name; a "
                "database on platform "
                f'{self.platform} stands on one such as "{self.host}.database.windows.net"'
            )

    @property
    def host(self) -> str:
        """The host, lower-cased and without spaces, as ingestion normalizes it."""
        return fabric.HOST if self._item_kind else self._server()["host"].lower()

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platform configured, else all that the host name allows."""
        if self.platform is not None:
            return (self.platform,)
        if ".sql.azuresynapse." in self.host:
            # WORKSPACE-ondemand is the serverless pool of a workspace, WORKSPACE its dedicated ones
            serverless = self.host.partition(".")[0].endswith("-ondemand")
            return (
                Platform.AZURE_SYNAPSE_SERVERLESS
                if serverless
                else Platform.AZURE_SYNAPSE_DEDICATED,
            )
        if re.search(
            r"\.database\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)\Z", self.host
        ):
            # A managed instance has its DNS zone as a label of its own, the two others never have.
            managed = self.host.count(".") > 3
            # a logical server holds databases and dedicated pools (once SQL DW) under one name
            return (
                (Platform.AZURE_SQL_MI,) if managed else (Platform.AZURE_SQL, Platform.AZURE_SQL_DW)
            )
        return (Platform.SQL_SERVER,)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The beginnings of qualified names on this server, as a catalogue may spell them."""
        if self._item_kind:
            return (fabric.root(self._item_kind, self.workspace, self.item),)
        written = self._server()["host"]
        hosts = (
            [self.host, written]
            if Platform.SQL_SERVER in self.platforms and written != self.host
            else [self.host]
        )
        return tuple(f"mssql://{host}" for host in hosts)

    @property
    def roots(self) -> tuple[str, ...]:
        """What the qualified names of its objects begin with, likeliest first."""
        if self._item_kind:
            return self.prefixes
        return self._spelled(self.database or self.name.rpartition(".")[2])

    @property
    def object_types(self) -> tuple[str, ...]:
        """The types that its tables and views may have."""
        return self.types or object_types(self.platforms)

    def qualified_names(self, schema: str, name: str) -> tuple[str, ...]:
        """The qualified names that an object may have, likeliest first."""
        if self._item_kind:
            return fabric.qualified_names(self._item_kind, self.prefixes[0], schema, name)
        return self._spelled(self.database or self.name.rpartition(".")[2], schema, name)

    def _spelled(self, *parts: str) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for platform in self.platforms:
            for prefix in self._servers(platform):
                path = "/".join(map(_part, parts))
                spellings = (
                    (path.replace(" ", "%20"), path)
                    if platform in _ENCODES_SPACES
                    else (path, path.replace(" ", "%20"))
                )
                names.update(dict.fromkeys(f"{prefix}/{spelling}" for spelling in spellings))
        return tuple(names)

    @property
    def _item_kind(self) -> fabric.ItemKind | None:
        return _ITEM_KINDS.get(self.platform) if self.platform else None

    def _check_fabric(self) -> None:
        if not self._item_kind:
            raise ValueError(
                f"database {self.name} has a workspace or item, which only platforms "
                f'"{Platform.FABRIC_LAKEHOUSE}" and "{Platform.FABRIC_WAREHOUSE}" have'
            )
        if not (fabric.is_guid(self.workspace) and fabric.is_guid(self.item)):
            page = fabric.root(self._item_kind, "WORKSPACE", "ITEM")
            raise ValueError(
                f"database {self.name} needs workspace and item: the two GUIDs in "
                f"the address of its page, {page}"
            )

    def _servers(self, platform: Platform) -> tuple[str, ...]:
        """What qualified names on the server begin with.

        That is the host, the port where one may stand there, and the instance.
        """
        if platform not in (Platform.SQL_SERVER, Platform.AZURE_SQL_MI):
            return self.prefixes
        instance = self._server()["instance"]
        places = (f"{prefix}{port}" for port in self._ports(platform) for prefix in self.prefixes)
        if platform is Platform.AZURE_SQL_MI:
            return tuple(places)
        return tuple(
            f"{place}/{self.instance or instance or _DEFAULT_INSTANCE}" for place in places
        )

    def _ports(self, platform: Platform) -> tuple[str, ...]:
        """The ports that may stand behind the host, likeliest first; empty for none.

        Another port than the usual one is another server, unless an instance is named: a host has
        one of a name. Source: https://github.com/wjohnson/pyapacheatlas/issues/103.
        """
        server = self._server()
        if server["port"] in ("", _DEFAULT_PORT):
            usual = ("", f":{_DEFAULT_PORT}") if server["port"] else ("",)
            return (
                usual if platform is Platform.SQL_SERVER else (*usual, f":{_MANAGED_INSTANCE_PORT}")
            )
        port = f":{server['port']}"
        return (
            (port, "")
            if platform is Platform.SQL_SERVER and (self.instance or server["instance"])
            else (port,)
        )

    def _server(self) -> dict[str, str]:
        match = _SERVER.fullmatch(re.sub(r"\s", "", self.server))
        if not match or int(match["port"] or 0) > _LAST_PORT:
            raise ValueError(
                f"server {self.server!r} of database {self.name} is no host name; write it as in "
                "a connection string, "
                'for example server = "myserver.database.windows.net"'
            )
        return match.groupdict(default="")


def object_types(platforms: tuple[Platform, ...]) -> tuple[str, ...]:
    """The types that a table or view on one of these platforms may have."""
    rows = [OBJECT_TYPES[platform] for platform in platforms]
    return tuple(dict.fromkeys(type_name for row in rows for type_name in (row.table, row.view)))


def object_key(qualified_name: str) -> str:
    """What the spellings of one database object share.

    Case is folded, spaces are plain, and duplicate slashes are collapsed.
    """
    scheme, separator, path = qualified_name.strip().replace("%20", " ").casefold().partition("://")
    return scheme + separator + re.sub("/{2,}", "/", path).rstrip("/")


def is_view_type(type_name: str) -> bool:
    """Is it one of the types that stand for views alone?"""
    return any(type_name == row.view != row.table for row in OBJECT_TYPES.values())


def platform_of(type_name: str) -> Platform | None:
    """The platform that a type of tables or views belongs to; None for any other type."""
    return next(
        (platform for platform, row in OBJECT_TYPES.items() if type_name in (row.table, row.view)),
        None,
    )


def _part(part: str) -> str:
    return re.sub(r"[\[\]]", "", part).strip()
