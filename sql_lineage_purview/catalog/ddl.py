"""Definitions from the scripts themselves: CREATE TABLE, ALTER TABLE, table types, synonyms, external objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..model.catalogue import Catalogue, TableEntry
from ..model.facts import ChangeFact, ColumnFact, DataSourceFact, SourceFile, SynonymFact, TableFact, TypeFact
from ..model.graph import Location
from ..model.naming import Naming, address_name


def read_definitions(files: Sequence[SourceFile], naming: Naming) -> Catalogue:
    """The catalogue of what the files define, in their order: a later definition of a name replaces the earlier."""
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
                types[naming.key(naming.canonical(fact.name, fact.database or file.database))] = fact.columns
            elif isinstance(fact, SynonymFact):
                database = fact.database or file.database
                synonyms[naming.key(naming.canonical(fact.name, database))] = naming.canonical(fact.base, database)
            elif isinstance(fact, ChangeFact):
                changes.append((fact, file))
    for change, file in changes:
        key = naming.key(naming.canonical(change.name, change.database or file.database))
        for found in (tables, local.get(file.path, {})):
            _apply(found, change, key, naming)
    return Catalogue(tables, local, types, synonyms, sources)


def _apply(tables: dict[str, TableEntry], change: ChangeFact, key: str, naming: Naming) -> None:
    """ALTER TABLE, wherever it stands: a column added is there, a column dropped is kept, since older scripts still use it."""
    entry = tables.get(key)
    if entry is None or entry.columns is None:
        return
    known = {naming.fold(column.name) for column in entry.columns}
    added = tuple(column for column in change.added if naming.fold(column.name) not in known)
    tables[key] = replace(entry, columns=entry.columns + added)
