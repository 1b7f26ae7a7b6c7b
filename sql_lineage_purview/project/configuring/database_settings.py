"""Where databases stand, and which assets a person has pinned.

The tables are `[databases.NAME]` and `[pins."NAME"]`.
"""

from __future__ import annotations

from .kinds import NAMES, TEXT
from .setting_rows import SettingsTable, required, setting


class DatabaseSettings(SettingsTable, frozen=True):
    """`[databases.NAME]`: where the database that scripts call `name` stands.

    `name` may be a pattern, which stands for several; see `database_patterns`.
    """

    name: str
    server: str = setting(
        TEXT,
        "the host as in a connection string: `contoso.database.windows.net`, `tcp:host,1444`, "
        "`host:1444`, `HOST\\INSTANCE`; another port than 1433 is another server, unless an "
        "instance is named",
        default="",
        shown="needed",
    )
    platform: str = setting(
        TEXT,
        "`azure_sql`, `azure_sql_dw`, `azure_synapse_dedicated`, `azure_synapse_serverless`, "
        "`azure_sql_mi`, `sql_server`, `fabric_lakehouse` or `fabric_warehouse`",
        default="",
        shown="by the host",
    )
    database: str = setting(TEXT, "the database as Purview spells it", default="", shown="NAME")
    instance: str = setting(
        TEXT, "of a SQL Server, where `server` does not say it", default="", shown="`MSSQLSERVER`"
    )
    workspace: str = setting(
        TEXT,
        "the first GUID in the address of the lakehouse or warehouse, "
        "`https://app.fabric.microsoft.com/groups/WORKSPACE/lakehouses/ITEM`",
        default="",
        shown="needed for Fabric, in place of `server`",
    )
    item: str = setting(TEXT, "the second one", default="", shown="needed for Fabric")
    collection: str = setting(
        TEXT,
        "the system name of the collection that new processes which fill its tables, and "
        "placeholders of it, land in",
        default="",
        shown="that of `[purview]`",
    )
    types: tuple[str, ...] = setting(
        NAMES,
        "a list: the types that its tables (first) and views have in Purview, where these are "
        "others",
        default=(),
        shown="by the platform",
    )

    @property
    def purview_name(self) -> str:
        """The database as Purview spells it."""
        return self.database or self.name


class PinSettings(SettingsTable, frozen=True):
    """A pin, as in `[pins."dbo.FactSales"]`.

    It is a person's word that a table or file is this asset of the catalogue.
    """

    name: str
    type: str = required(TEXT, "the asset's type in Purview")
    qualified_name: str = required(TEXT, "its qualified name, exactly as Purview spells it")
