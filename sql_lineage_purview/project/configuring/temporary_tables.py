"""How long a temporary table lives that a procedure makes.

It lives until the procedure ends, or as long as the session.

Source:
https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/sql-data-warehouse-tables-temporary
(in dedicated SQL pools it is seen anywhere in the session, outside of the procedure too)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .database_patterns import database_rows, has_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .database_settings import DatabaseSettings
    from .settings import Settings

_DEDICATED = ("azure_synapse_dedicated", "azure_sql_dw")


def session_databases(settings: Settings, names: Iterable[str] = ()) -> frozenset[str] | None:
    """The databases, case-folded, in which they live as long as the session.

    "" for scripts of no database. None: all.

    Args:
        settings: Hold the rows of databases.
        names: The databases of the scan, which patterns may stand for.
    """
    match settings.temporary_tables:
        case "session":
            return None
        case "procedure":
            return frozenset()
    chosen = [settings.database] if settings.database else []
    rows = database_rows(settings.databases, [*chosen, *names])
    dedicated = {row.name.casefold() for row in rows if _is_dedicated(row)}
    # where one database alone is configured, all scripts are taken for its own
    if dedicated and len(rows) == 1 and not has_patterns(settings.databases):
        return None
    is_default = settings.database is not None and settings.database.casefold() in dedicated
    return frozenset(dedicated | {""}) if is_default else frozenset(dedicated)


def _is_dedicated(row: DatabaseSettings) -> bool:
    if row.platform:
        return row.platform in _DEDICATED
    host = row.server.casefold()
    # NAME-ondemand.sql.azuresynapse.net is the serverless pool
    return ".sql.azuresynapse." in host and not host.partition(".")[0].endswith("-ondemand")
