"""Tables of datasets, and the servers and databases of linked services.

Source: https://learn.microsoft.com/azure/data-factory/connector-azure-sql-database
"""

from __future__ import annotations

from ...model.names import Name, parse_name
from ...model.regex import regex
from ..artefacts.embedded_scripts import CopyEnd
from ..artefacts.json_members import Properties
from ..expressions.dynamic_content import pieces_of
from ..expressions.evaluation import Hole
from .store_properties import PropertyReader, UnknownPlaceError

CONNECTION_SETTING = regex(r"\s*([\w ]+?)\s*=\s*(\"[^\"]*\"|'[^']*'|[^;]*)\s*(?:;|\Z)")
SQL_DATASETS = (
    "AzureSql",
    "SqlServer",
    "SqlPool",
    "AmazonRdsForSqlServer",
    "Warehouse",
    "DataWarehouse",
    "FabricSqlDatabase",
)
"""What the types of datasets begin with that are tables of T-SQL."""

_DATABASE = ("initial catalog", "database")
_SERVER = ("data source", "server", "addr", "address")


def table_name(side: CopyEnd, properties: Properties, reader: PropertyReader) -> Name:
    """The table of a dataset.

    Raises:
        UnknownPlaceError: it names none, or only the run knows it.
    """
    schema, table = reader.text(properties.get("schema")), reader.text(properties.get("table"))
    full_name = reader.text(properties.get("tableName"))
    # a schema that only the run knows makes the table one that is not known
    if table is not None and (schema is not None or "schema" not in properties):
        return Name((schema, table)) if schema else Name((table,))
    if full_name is None:
        message = f"the dataset {side.dataset} names no table"
        if not any(properties.get(key) for key in ("table", "tableName")):
            raise UnknownPlaceError(message)
        raise UnknownPlaceError(
            f"the table of the dataset {side.dataset} is only known when the pipeline runs",
            dynamic=True,
        )
    try:
        return parse_name(full_name)
    except ValueError:
        raise UnknownPlaceError(f"the dataset {side.dataset}: what it names is no table") from None


def server_and_database(
    settings: Properties, reader: PropertyReader
) -> tuple[str | None, str | None]:
    """Server and database: properties of their own, or parts of a connection string."""
    pieces = pieces_of(settings.get("connectionString"), reader.values) or ()
    # a mark that no connection string holds, so that a part with a hole is told from one without
    text = "".join("\0" if isinstance(piece, Hole) else piece for piece in pieces)
    parts = {key.lower(): value.strip("\"'") for key, value in CONNECTION_SETTING.findall(text)}
    server = reader.text(settings.get("server")) or next(
        (parts[key] for key in _SERVER if parts.get(key)), None
    )
    database = reader.text(settings.get("database")) or next(
        (parts[key] for key in _DATABASE if parts.get(key)), None
    )
    return _stated(server), _stated(database)


def _stated(text: str | None) -> str | None:
    return None if text is None or "\0" in text or not text.strip() else text.strip()
