"""The databases that pipelines name by their servers, as scripts call them.

And facts put into a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ...model.connection_strings import server_of
from ...model.diagnostics import Span
from ...model.facts import Query
from ...model.names import Name
from ...model.record_fields import changed, field_names, is_record
from ..copies.store_properties import DataStore


class ServerDatabase(Struct, frozen=True):
    """The database that scripts call `name`: its server, and its name there."""

    name: str
    server: str
    database: str


class DatabaseNames(Struct, frozen=True):
    """What scripts call databases.

    `stated`: the scan says what its databases are called, so that others can be told apart.
    """

    databases: Sequence[ServerDatabase] = ()
    stated: bool = False

    def of(self, store: DataStore) -> str | None:
        """What scripts call the database of a store.

        The configuration may know it by its server and its name there.
        """
        for row in self.databases:
            name_matches = row.database.casefold() == (store.database or "").casefold()
            if (
                name_matches
                and store.server
                and server_of(row.server).casefold() == server_of(store.server).casefold()
            ):
                return row.name
        return store.database


def in_database(thing: Any, database: str, ctes: frozenset[str]) -> Any:
    """A fact with all names of objects in a database, but for those of common table expressions."""
    if isinstance(thing, Name):
        return placed_name(thing, database, ctes)
    if isinstance(thing, tuple):
        return tuple(in_database(element, database, ctes) for element in thing)
    kind: type = type(thing)
    if not is_record(kind) or isinstance(thing, Span):
        return thing
    # its common table expressions are names of no database, and hide tables of the same name
    if isinstance(thing, Query):
        ctes = ctes | {table.name.casefold() for table in thing.ctes}
    values = {name: getattr(thing, name) for name in field_names(kind)}
    return changed(
        thing, {name: in_database(value, database, ctes) for name, value in values.items()}
    )


def placed_name(name: Name, database: str, ctes: frozenset[str]) -> Name:
    """The name of an object in a database.

    It stays as it is where it says where it is, or is that of a common table expression.
    """
    if name.address or name.temporary or name.system or len(name.parts) > 2:
        return name
    if len(name.parts) == 1:
        return name if name.object.casefold() in ctes else Name((database, "", name.object))
    return Name((database, *name.parts))
