"""Live databases: SQL Server, Azure SQL, Synapse and Fabric, asked for their tables and modules.

Nothing but SELECT of catalogue views is sent, on a connection that says it only reads. Azure
databases are signed in to with tokens of Microsoft Entra, servers elsewhere with the account that
runs the tool (Windows authentication, Kerberos).

Source: https://learn.microsoft.com/sql/connect/python/mssql-python/python-sql-driver-mssql-python,
https://learn.microsoft.com/sql/connect/odbc/using-azure-active-directory (access tokens)
"""

from __future__ import annotations

import contextlib
import importlib
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ...catalog.database import QuestionRefused, read_database
from ...catalog.schema import DatabaseSchema
from ...model.secrets import redact
from ...purview.purview_errors import SignInError
from ...purview.transport.tokens import AzureTokens
from ..configuring.addresses import DatabaseAddress
from ..project_errors import ConfigurationError, DatabaseError

if TYPE_CHECKING:
    from ...purview.transport.sign_in import SignIn

_SECONDS_TO_SIGN_IN = 30
_SECONDS_TO_ANSWER = 300
_ACCESS_TOKEN = 1256  # SQL_COPT_SS_ACCESS_TOKEN
# The hosts that take tokens of Microsoft Entra (Azure SQL, Managed Instance, Synapse, Fabric), and
# what a token for them is for.
# https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview
_PUBLIC, _CHINA, _US = (
    f"https://database.{cloud}/.default"
    for cloud in ("windows.net", "chinacloudapi.cn", "usgovcloudapi.net")
)
_SCOPES = {
    ".database.windows.net": _PUBLIC,
    ".sql.azuresynapse.net": _PUBLIC,
    ".database.fabric.microsoft.com": _PUBLIC,
    ".datawarehouse.fabric.microsoft.com": _PUBLIC,
    ".datawarehouse.pbidedicated.windows.net": _PUBLIC,
    ".database.chinacloudapi.cn": _CHINA,
    ".sql.azuresynapse.azure.cn": _CHINA,
    ".database.usgovcloudapi.net": _US,
    ".sql.azuresynapse.usgovcloudapi.net": _US,
}
_LOOPBACK = ("localhost", "127.0.0.1", ".", "(local)")
_REMEDY = (
    "Check server, database and network, and that your account is a user of the database; for "
    "Azure sign in with az login."
)


def read_live(address: DatabaseAddress, sign_in: SignIn | None = None) -> DatabaseSchema:
    """Everything that a live database tells of its tables and modules.

    Args:
        address: where it is.
        sign_in: who signs in to Azure, and where; None for whatever the environment offers.

    Raises:
        ConfigurationError: the driver is not installed.
        DatabaseError: the sign-in fails, or the database cannot be reached or does not answer.
    """
    driver = _driver()
    token = _token(address, sign_in)
    try:
        connection = driver.connect(
            _connection_string(address),
            autocommit=True,
            attrs_before=token,
            timeout=_SECONDS_TO_SIGN_IN,
        )
    except (
        Exception
    ) as error:  # the driver's own errors have no one base, and its libraries raise others
        raise DatabaseError(f"{address} cannot be reached: {_said(error)} {_REMEDY}") from None
    try:
        connection.timeout = _SECONDS_TO_ANSWER
        return read_database(_Questions(connection, driver))
    except QuestionRefused as error:
        raise DatabaseError(
            f"{address} does not tell its tables: {error} VIEW DEFINITION is what it takes."
        ) from None
    except driver.Error as error:
        raise DatabaseError(f"{address} does not answer: {_said(error)}") from None
    finally:
        with contextlib.suppress(driver.Error):
            connection.close()


def _driver() -> Any:
    try:
        return importlib.import_module("mssql_python")
    except ImportError:
        raise ConfigurationError(
            'Reading a database needs its driver: pip install ".[mssql]" in the checkout of '
            "sql-lineage-purview. Without it, use a snapshot file."
        ) from None


def _scope(address: DatabaseAddress) -> str | None:
    """What a token for a server is asked for.

    None: it is none of Azure or Fabric, and takes no tokens.
    """
    return next(
        (scope for suffix, scope in _SCOPES.items() if address.host.lower().endswith(suffix)), None
    )


def _token(address: DatabaseAddress, sign_in: SignIn | None) -> dict[int, bytes] | None:
    """The connection attribute that carries a token: its length in bytes, its text in UTF-16."""
    scope = _scope(address)
    if scope is None:
        return None
    try:
        text = AzureTokens(scope, sign_in).token().encode("utf-16-le")
    except SignInError as error:
        raise DatabaseError(f"{address}: {error}") from None
    return {_ACCESS_TOKEN: struct.pack("<I", len(text)) + text}


def _connection_string(address: DatabaseAddress) -> str:
    """Values stand in braces, so that nothing in them can end them.

    Source: https://learn.microsoft.com/sql/odbc/reference/syntax/sqldriverconnect-function
    """
    values = {
        "Server": address.server,
        "Database": address.database,
        "Encrypt": "yes",
        "ApplicationIntent": "ReadOnly",
    }
    if _scope(address) is None:
        values["Trusted_Connection"] = "yes"
    # what never leaves the machine may have a certificate that nobody signed
    if address.host.lower() in _LOOPBACK:
        values["TrustServerCertificate"] = "yes"
    return "".join(f"{name}={{{value.replace('}', '}}')}}};" for name, value in values.items())


class _Questions(Struct, frozen=True):
    """A connection that only answers SELECTs."""

    connection: Any
    driver: Any

    def __call__(self, question: str) -> Sequence[Sequence[Any]]:
        cursor = self.connection.cursor()
        try:
            cursor.execute(question)
            return [tuple(row) for row in cursor.fetchall()]
        except self.driver.ProgrammingError as error:  # no such view or column, or no right to it
            raise QuestionRefused(_said(error)) from None
        finally:
            cursor.close()


def _said(error: Exception) -> str:
    """The first line of what an error says."""
    message = redact(str(error)).strip().partition("\n")[0]
    return message if message.endswith(".") else f"{message or type(error).__name__}."
