"""Altered tables: the columns that ALTER TABLE adds, drops and renames, wherever it stands.

Source: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.catalogue import TableEntry
from ..model.facts import ChangeFact, ColumnFact
from ..model.naming import Naming


class AlteredColumns(Struct):
    """The columns of one table, found by name, so that a change costs what it changes.

    An added column is there from then on. A dropped one stays, but only for older scripts that
    name it. `slots`: the columns in their order; where a column has got another name, the dropped
    one stands behind it in its slot.
    """

    naming: Naming
    slots: list[list[ColumnFact]] = field(default_factory=list)
    # the slots in which columns of a name stand
    _by_name: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Iterable[ColumnFact], naming: Naming) -> AlteredColumns:
        """The columns of a definition that nothing has changed yet."""
        altered = cls(naming)
        for column in columns:
            altered._append(column)
        return altered

    def columns(self) -> tuple[ColumnFact, ...]:
        """All columns as they are now."""
        return tuple(column for slot in self.slots for column in slot)

    def apply(self, change: ChangeFact) -> None:
        """Apply an ALTER TABLE; one that both drops and adds gives a column another name."""
        added = [column for column in change.added if not self._is_present(column.name)]
        for column in added:
            self._forget(self.naming.fold(column.name))
        if change.dropped:
            self._drop({self.naming.fold(name) for name in change.dropped}, added)
        else:
            for column in added:
                self._append(replace(column, added=True))

    def _is_present(self, name: str) -> bool:
        return any(not column.dropped for column in self._named(self.naming.fold(name)))

    def _named(self, key: str) -> list[ColumnFact]:
        return [
            column
            for slot in self._by_name.get(key, ())
            for column in self.slots[slot]
            if self.naming.fold(column.name) == key
        ]

    def _forget(self, key: str) -> None:
        """A dropped column is of no use where one of its name is added again."""
        for slot in self._by_name.pop(key, ()):
            self.slots[slot] = [
                column for column in self.slots[slot] if self.naming.fold(column.name) != key
            ]

    def _append(self, column: ColumnFact) -> None:
        self._by_name.setdefault(self.naming.fold(column.name), []).append(len(self.slots))
        self.slots.append([column])

    def _drop(self, dropped: set[str], added: list[ColumnFact]) -> None:
        """Drop columns; the first gets the name of the only one that is added, in its place."""
        slots = {slot for key in dropped for slot in self._by_name.get(key, ())}
        renamed = added if len(added) == 1 else []
        for slot in sorted(slots):
            columns: list[ColumnFact] = []
            for column in self.slots[slot]:
                gone = self.naming.fold(column.name) in dropped and not column.dropped
                if gone and renamed:
                    name = renamed.pop().name
                    columns.append(replace(column, name=name))
                    self._by_name.setdefault(self.naming.fold(name), []).append(slot)
                columns.append(
                    replace(column, dropped=True, hidden=True, generated=True) if gone else column
                )
            self.slots[slot] = columns


class AlteredTables(Struct):
    """The tables that changes have altered, in each of the collections that have them."""

    naming: Naming
    # by the identity of the collection and the key of the table
    _altered: dict[tuple[int, str], tuple[dict[str, TableEntry], AlteredColumns]] = field(
        default_factory=dict
    )

    def apply(self, tables: dict[str, TableEntry], key: str, change: ChangeFact) -> None:
        """Apply a change to the table of this key, if its columns are known."""
        place = (id(tables), key)
        if place not in self._altered:
            entry = tables.get(key)
            if entry is None or entry.columns is None:
                return
            self._altered[place] = (tables, AlteredColumns.of(entry.columns, self.naming))
        self._altered[place][1].apply(change)

    def store(self) -> None:
        """Give all these tables the columns that they have now."""
        for (_, key), (tables, altered) in self._altered.items():
            tables[key] = replace(tables[key], columns=altered.columns())
