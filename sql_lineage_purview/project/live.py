"""Live databases: SQL Server, Azure SQL, Synapse and Fabric, asked for their tables and modules.

Nothing but SELECT of catalogue views is sent, on a connection that says it only reads. Azure databases are signed in to with
tokens of Microsoft Entra, servers elsewhere with the account that runs the tool (Windows authentication, Kerberos).

Source: https://learn.microsoft.com/sql/connect/python/mssql-python/python-sql-driver-mssql-python
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from ..catalog import DatabaseSchema
from ..catalog.database import QuestionRefused, read_database
from .errors import ConfigurationError, ProjectError

SCHEME = "mssql://"
_SECONDS = 30  # to sign in
# The hosts of Azure SQL, Managed Instance, Synapse and Fabric, in all clouds, all take tokens of Microsoft Entra.
# https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview
_AZURE = (".windows.net", ".azuresynapse.net", ".fabric.microsoft.com", ".chinacloudapi.cn", ".usgovcloudapi.net", ".azure.cn")


class DatabaseError(ProjectError):
    """A live database cannot be reached, or does not answer."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """`mssql://SERVER[:PORT][/INSTANCE]/DATABASE`: a database on a server."""

    server: str
    database: str

    @classmethod
    def of(cls, text: str) -> DatabaseAddress:
        """Read an address.

        Raises:
            ConfigurationError: it is none, or holds a user or password, which belong nowhere in settings or arguments.
        """
        parts = urlsplit(text)
        path = [unquote(part) for part in parts.path.split("/") if part]
        if "@" in parts.netloc:
            raise ConfigurationError(
                f"A catalog's address holds no user or password: {SCHEME}SERVER/DATABASE. Azure databases are signed in to with "
                "Microsoft Entra, others with your own account."
            )
        if not text.lower().startswith(SCHEME) or not parts.hostname or len(path) not in (1, 2) or ";" in text:
            raise ConfigurationError(f"{text!r} is no address of a database. Write it {SCHEME}SERVER/DATABASE.")
        server = parts.netloc.replace(":", ",")
        return cls(f"{server}\\{path[0]}" if len(path) == 2 else server, path[-1])

    @property
    def azure(self) -> bool:
        """Is it a host of Azure or Fabric, which takes tokens?"""
        return self.server.partition(",")[0].lower().endswith(_AZURE)

    def __str__(self) -> str:
        return f"{self.server}/{self.database}"


def read_live(address: DatabaseAddress, authority: str | None = None) -> DatabaseSchema:
    """Everything that a live database tells of its tables and modules.

    Raises:
        ConfigurationError: the driver is not installed.
        DatabaseError: the database cannot be reached, or does not answer.
    """
    from ..purview.credentials import default_credential  # noqa: PLC0415 - half a second of start, for networked commands only

    try:
        driver = importlib.import_module("mssql_python")
    except ImportError:
        raise ConfigurationError(
            'Reading a database needs its driver: pip install "sql-lineage-purview[mssql]". Without it, use a snapshot file.'
        ) from None
    sign_in: dict[str, Any] = {"token_provider": default_credential(authority)} if address.azure else {}
    trusted = "" if address.azure else "Trusted_Connection=yes;"
    text = f"Server={_value(address.server)};Database={_value(address.database)};Encrypt=yes;ApplicationIntent=ReadOnly;{trusted}"
    try:
        connection = driver.connect(text, autocommit=True, timeout=_SECONDS, **sign_in)
    except Exception as error:  # the driver's own, azure-identity's, or the system's
        raise DatabaseError(f"{address} cannot be reached: {_first_line(error)} {_REMEDY}") from None
    try:
        return read_database(_Questions(connection, driver.Error))
    except QuestionRefused as error:
        raise DatabaseError(f"{address} does not tell its tables: {error} VIEW DEFINITION is what it takes.") from None
    finally:
        connection.close()


_REMEDY = "Check server, database and network; for Azure sign in with az login, and see that the account is a user there."


@dataclass(frozen=True, slots=True)
class _Questions:
    """A connection that only answers SELECTs."""

    connection: Any
    error: type[Exception]

    def __call__(self, question: str) -> Sequence[Sequence[Any]]:
        cursor = self.connection.cursor()
        try:
            cursor.execute(question)
            return [tuple(row) for row in cursor.fetchall()]
        except self.error as error:
            raise QuestionRefused(_first_line(error)) from None
        finally:
            cursor.close()


def _value(text: str) -> str:
    """A value of a connection string, in braces so that no semicolon in it can end it.

    Source: https://learn.microsoft.com/sql/odbc/reference/syntax/sqldriverconnect-function
    """
    return "{" + text.replace("}", "}}") + "}"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
