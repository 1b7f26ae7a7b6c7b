"""What is known of the objects of the databases, whoever tells it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from .facts import ChangeFact, ColumnFact
from .graph import Location
from .names import Name
from .vocabulary import TableKind


class TableEntry(Struct, frozen=True):
    """A table as a catalogue knows it.

    `columns` None: not known. `address`: the file beneath an external table.

    `defined_at` None: no script of the scan defines it; `source` is then the file that tells of it.
    """

    name: Name
    kind: TableKind
    columns: tuple[ColumnFact, ...] | None
    defined_at: Location | None = None
    address: Name | None = None
    source: str | None = None


class Catalogue(Struct, frozen=True):
    """Definitions by the key of their canonical name (`Naming.key`): tables, table types, synonyms.

    Data sources by folded name.

    `local`: where several files define one table, each file's own definition, by the file's path;
    it counts in that file. `changes`: the ALTER TABLE statements of a file, by its path and the key
    of the table, in their order.
    """

    tables: Mapping[str, TableEntry] = field(default_factory=dict)
    local: Mapping[str, Mapping[str, TableEntry]] = field(default_factory=dict)
    types: Mapping[str, tuple[ColumnFact, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, Name] = field(default_factory=dict)
    data_sources: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[tuple[str, str], tuple[ChangeFact, ...]] = field(default_factory=dict)
