"""Where temporary tables last the session: by the setting, else by the databases' platform."""

from __future__ import annotations

import pytest

from sql_lineage_purview.project.configuring.database_settings import DatabaseSettings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.configuring.temporary_tables import session_databases

POOL = DatabaseSettings("Pool", server="contoso.sql.azuresynapse.net")
SERVERLESS = DatabaseSettings("Lake", server="contoso-ondemand.sql.azuresynapse.net")
PLATFORM = DatabaseSettings("Dw", server="contoso.database.windows.net", platform="azure_sql_dw")
SQL_SERVER = DatabaseSettings("Erp", server="erp01", platform="sql_server")

CASES = [
    (Settings(), frozenset()),
    (Settings(temporary_tables="session"), None),
    (Settings(databases=(POOL,)), None),
    (Settings(databases=(POOL,), temporary_tables="procedure"), frozenset()),
    (Settings(databases=(SERVERLESS,)), frozenset()),
    (Settings(databases=(POOL, SERVERLESS, PLATFORM, SQL_SERVER)), frozenset({"pool", "dw"})),
    (Settings(databases=(POOL, SQL_SERVER), database="Pool"), frozenset({"pool", ""})),
    (Settings(databases=(POOL, SQL_SERVER), database="Erp"), frozenset({"pool"})),
]


@pytest.mark.parametrize(("settings", "databases"), CASES)
def test_dedicated_pools_keep_temporary_tables_for_the_session(
    settings: Settings, databases: frozenset[str] | None
) -> None:
    assert session_databases(settings) == databases
