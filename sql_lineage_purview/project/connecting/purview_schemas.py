"""Columns that Microsoft Purview knows.

Purview is asked last, and only for the tables of which nothing else tells the columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...catalog.schema import ColumnSchema, DatabaseSchema, TableSchema
from ...model.names import Name
from ...model.vocabulary import TableKind
from ...purview import CatalogueResolver, PurviewError
from ...purview.account.assets import Found
from ..project_errors import DatabaseError
from .asset_snapshots import open_account
from .catalogues import database_map
from .stand_in import no_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model.graph import LineageGraph, Table
    from ..configuring.settings import Settings
    from .stand_in import StandIn

_ASKED = (TableKind.UNKNOWN, TableKind.TABLE, TableKind.EXTERNAL_TABLE, TableKind.VIEW)


def purview_schemas(
    graph: LineageGraph,
    settings: Settings,
    alone: str | None = None,
    stand_in: StandIn = no_stand_in,
) -> list[DatabaseSchema]:
    """The tables of a graph without columns, as the configured account knows them.

    Nothing of those it does not know for sure.

    Names without a database belong to the configured one, else to `alone`.

    Args:
        graph: The scan.
        settings: See `load_settings`.
        alone: The database of names without one, where the configuration has none.
        stand_in: What stands in for the account, where one does.

    Raises:
        ConfigurationError: no endpoint is configured, or the database map is unusable.
        DatabaseError: the account does not answer.
    """
    tables = [table for table in graph.tables if _is_unknown(table)]
    if not tables:
        return []
    try:
        with open_account(settings, stand_in) as account:
            outcomes = CatalogueResolver(
                account, database_map(settings, alone, (table.name for table in tables))
            ).resolve(tables)
    except PurviewError as error:
        raise DatabaseError(str(error)) from None
    by_name = {table.name: outcomes[table.name] for table in tables}
    listed = ((name, row.asset) for name, row in by_name.items() if isinstance(row, Found))
    # Of a list that was cut nobody could tell a column that is missing from one that is not listed.
    return list(
        _schemas((name, asset.columns or ()) for name, asset in listed if not asset.truncated)
    )


def _is_unknown(table: Table) -> bool:
    return (
        table.columns is None
        and table.kind in _ASKED
        and not (table.name.address or table.name.left_open)
    )


def _schemas(tables: Iterable[tuple[Name, tuple[str, ...]]]) -> Iterator[DatabaseSchema]:
    """The tables by their databases, as the scripts name them."""
    databases: dict[str | None, list[TableSchema]] = {}
    for name, columns in tables:
        if columns:
            schema = TableSchema(
                Name(name.parts[-2:]), tuple(ColumnSchema(column) for column in columns)
            )
            databases.setdefault(".".join(name.parts[:-2]) or None, []).append(schema)
    return (DatabaseSchema(database, tuple(listed)) for database, listed in databases.items())
