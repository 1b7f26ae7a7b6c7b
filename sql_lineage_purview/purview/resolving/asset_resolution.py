"""From the tables of a lineage graph to assets of the catalogue.

Never by guess: what is not certain is said to be so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sql_lineage_purview.model.vocabulary import TableKind

from ..account.assets import Evidence, Found, Missing, Resolution
from .asset_discovery import Assets, Discovery
from .file_resolution import resolve_files
from .objects import resolve_objects
from .platforms import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.graph import Table
    from sql_lineage_purview.model.names import Name

    from ..account.assets import Asset
    from .database_map import DatabaseMap, Pin

_NO_ASSETS = {
    TableKind.FUNCTION: "it is a function; the Data Map holds tables, views and files",
    TableKind.QUEUE: "it is a queue; the Data Map holds tables, views and files",
    TableKind.TEMPORARY: "it is a temporary table, which no catalogue holds; plan without "
    "--keep-temporary",
}


class Resolver(Protocol):
    """Says which asset each table is."""

    def resolve(self, tables: Iterable[Table]) -> Mapping[Name, Resolution]:
        """One outcome for each table."""


class CatalogueResolver:
    """The resolver of an account's tables: by pin, by exact name, then by other spellings.

    The other spellings are those that the search index knows.
    """

    def __init__(self, client: Assets, databases: DatabaseMap) -> None:
        self._discovery = Discovery(client)
        self._databases = databases

    def resolve(self, tables: Iterable[Table]) -> dict[Name, Resolution]:
        """One outcome for each table, in the order given.

        Raises:
            PurviewError: the account does not answer, or refuses.
        """
        rows = tuple(tables)
        outcomes: dict[Name, Resolution] = {}
        pins = {table.name: pin for table in rows if (pin := self._databases.pin_of(table.name))}
        self._discovery.read((pin.type_name, pin.qualified_name) for pin in pins.values())
        pinned = {asset.ref.qualified_name: asset for asset in self._discovery.assets}
        remaining: list[Table] = []
        for table in rows:
            pin = pins.get(table.name)
            if pin:
                # A pin may name a supertype: the account then answers with the asset under its
                # own type.
                asset = self._discovery.named(pin.type_name, pin.qualified_name) or pinned.get(
                    pin.qualified_name
                )
                outcomes[table.name] = self._pinned(pin, table.name, asset)
            elif table.kind in _NO_ASSETS or table.name.temporary:
                reason = _NO_ASSETS.get(table.kind, _NO_ASSETS[TableKind.TEMPORARY])
                outcomes[table.name] = Missing(reason, holdable=False)
            else:
                remaining.append(table)
        files = [table.name for table in remaining if table.name.address]
        outcomes |= resolve_files(files, self._discovery)
        outcomes |= resolve_objects(
            [table for table in remaining if not table.name.address],
            self._databases,
            self._discovery,
        )
        return {table.name: outcomes[table.name] for table in rows}

    def _pinned(self, pin: Pin, name: Name, asset: Asset | None) -> Resolution:
        if asset is None:
            return Missing(
                f"it is pinned to {pin.qualified_name}, and the catalogue has no "
                f"{pin.type_name} of that name"
            )
        row = None if name.address else self._databases.database_of(name)
        return Found(asset, Evidence.PIN, row.collection if isinstance(row, Database) else "")
