"""How long a temporary table lives that a procedure makes.

It lives until the procedure ends, or as long as the session.

Source:
https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/sql-data-warehouse-tables-temporary
(in dedicated SQL pools it is seen anywhere in the session, outside of the procedure too)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database_settings import DatabaseSettings
    from .settings import Settings

_DEDICATED = ("azure_synapse_dedicated", "azure_sql_dw")


def session_databases(settings: Settings) -> frozenset[str] | None:
    """The databases, case-folded, in which they live as long as the session.

    "" for scripts of no database. None: all.
    """
    match settings.temporary_tables:
        case "session":
            return None
        case "procedure":
            return frozenset()
    dedicated = {row.name.casefold() for row in settings.databases if _is_dedicated(row)}
    # where one database alone is configured, all scripts are taken for its own
    if dedicated and len(settings.databases) == 1:
        return None
    is_default = settings.database is not None and settings.database.casefold() in dedicated
    return frozenset(dedicated | {""}) if is_default else frozenset(dedicated)


def _is_dedicated(row: DatabaseSettings) -> bool:
    if row.platform:
        return row.platform in _DEDICATED
    host = row.server.casefold()
    # NAME-ondemand.sql.azuresynapse.net is the serverless pool
    return ".sql.azuresynapse." in host and not host.partition(".")[0].endswith("-ondemand")
