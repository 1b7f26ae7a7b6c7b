"""Definitions from the scripts themselves.

They come from CREATE TABLE, ALTER TABLE, table types, synonyms and external objects.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.catalogue import Catalogue, TableEntry
from ..model.facts import (
    ChangeFact,
    ColumnFact,
    DataSourceFact,
    HistoryFact,
    SourceFile,
    SynonymFact,
    TableFact,
    TypeFact,
)
from ..model.graph import Location
from ..model.naming import Naming, address_name
from .altered_tables import AlteredTables


def read_definitions(files: Sequence[SourceFile], naming: Naming) -> Catalogue:
    """The catalogue of what the files define, read in their order.

    A later definition of a name replaces the earlier one.
    """
    tables: dict[str, TableEntry] = {}
    local: dict[str, dict[str, TableEntry]] = {}
    types: dict[str, tuple[ColumnFact, ...]] = {}
    synonyms = {}
    sources = {
        fact.name.casefold(): fact.location
        for file in files
        for fact in file.facts.definitions
        if isinstance(fact, DataSourceFact)
    }
    changes: list[tuple[ChangeFact, SourceFile]] = []
    histories: list[tuple[HistoryFact, SourceFile]] = []
    for file in files:
        for fact in file.facts.definitions:
            if isinstance(fact, TableFact):
                name = naming.canonical(fact.name, fact.database or file.database)
                location = sources.get((fact.data_source or "").casefold())
                address = address_name(fact.address, location) if fact.address else None
                where = None if file.reference else Location(file.path, fact.span.line)
                entry = TableEntry(name, fact.kind, fact.columns, where, address, file.path)
                tables[naming.key(name)] = entry
                local.setdefault(file.path, {})[naming.key(name)] = entry
            elif isinstance(fact, TypeFact):
                types[naming.key(naming.canonical(fact.name, fact.database or file.database))] = (
                    fact.columns
                )
            elif isinstance(fact, SynonymFact):
                database = fact.database or file.database
                synonyms[naming.key(naming.canonical(fact.name, database))] = naming.canonical(
                    fact.base, database
                )
            elif isinstance(fact, ChangeFact):
                changes.append((fact, file))
            elif isinstance(fact, HistoryFact):
                histories.append((fact, file))
    definers: dict[str, list[dict[str, TableEntry]]] = {}
    for defined in local.values():
        for key in defined:
            definers.setdefault(key, []).append(defined)
    altered = AlteredTables(naming)
    # behind all CREATEs, since the file of an ALTER may be read before that of its table
    for change, file in changes:
        key = naming.key(naming.canonical(change.name, change.database or file.database))
        file_tables = local.get(file.path, {})
        # what one script creates and alters is its own; an ALTER alone is for whoever creates it
        for target in (tables, *([file_tables] if key in file_tables else definers.get(key, ()))):
            altered.apply(target, key, change)
    altered.store()
    for history, file in histories:
        _keep_history(tables, history, file, naming)
    return Catalogue(tables, local, types, synonyms, sources, _by_table(changes, naming))


def _by_table(
    changes: Sequence[tuple[ChangeFact, SourceFile]], naming: Naming
) -> dict[tuple[str, str], tuple[ChangeFact, ...]]:
    ordered: dict[tuple[str, str], list[ChangeFact]] = {}
    for change, file in changes:
        key = naming.key(naming.canonical(change.name, change.database or file.database))
        ordered.setdefault((file.path, key), []).append(change)
    return {place: tuple(facts) for place, facts in ordered.items()}


def _keep_history(
    tables: dict[str, TableEntry], history: HistoryFact, file: SourceFile, naming: Naming
) -> None:
    """The history table of a temporal one, which the server makes unless a script does."""
    database = history.database or file.database
    name, base = (
        naming.canonical(history.name, database),
        tables.get(naming.key(naming.canonical(history.base, database))),
    )
    if base is None or base.columns is None or naming.key(name) in tables:
        return
    # plain columns: the history has neither identity nor computed values of its own
    columns = tuple(ColumnFact(column.name) for column in base.columns if not column.dropped)
    where = None if file.reference else Location(file.path, history.span.line)
    tables[naming.key(name)] = TableEntry(name, base.kind, columns, where, None, file.path)
