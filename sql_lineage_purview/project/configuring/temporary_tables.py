"""How long a temporary table lives that a procedure makes: until the procedure ends, or as long as the session.

Source: https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/sql-data-warehouse-tables-temporary (in dedicated
SQL pools it is seen anywhere in the session, outside of the procedure too)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .settings import DatabaseSettings, Settings

_DEDICATED = ("azure_synapse_dedicated", "azure_sql_dw")


def session_databases(settings: Settings) -> frozenset[str] | None:
    """The databases, case-folded, in which they live as long as the session; "" for scripts of no database. None: all."""
    if settings.temporary_tables is not None:
        return None if settings.temporary_tables == "session" else frozenset()
    dedicated = {row.name.casefold() for row in settings.databases if _is_dedicated(row)}
    if dedicated and len(settings.databases) == 1:
        return None
    default = {""} if (settings.database or "").casefold() in dedicated else set()
    return frozenset(dedicated | default)


def _is_dedicated(row: DatabaseSettings) -> bool:
    if row.platform is not None:
        return row.platform in _DEDICATED
    host = row.server.casefold()
    return ".sql.azuresynapse." in host and not host.partition(".")[0].endswith("-ondemand")
