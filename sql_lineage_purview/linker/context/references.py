"""References: the columns of persistent tables that the texts of modules name.

The `impact` command and the document list them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct, field

from ...model.graph import Column
from ...model.names import Name, NameTexts

# A module, by its path, its line and its name.
ModuleKey: TypeAlias = tuple[str, int, Name]


class References(Struct):
    """The columns by module, in the order in which they are named.

    Those of a part that has ended stand in tuples, which take a fifth of the memory.
    """

    _columns: dict[ModuleKey, dict[Column, None] | tuple[Column, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Is there any?"""
        return bool(self._columns)

    def add(self, module: ModuleKey, column: Column) -> None:
        """Note that a module names a column."""
        if not column.table.address and not column.table.temporary:
            columns = self._columns.get(module)
            if not isinstance(columns, dict):
                columns = self._columns[module] = dict.fromkeys(columns or ())
            columns[column] = None

    def end(self) -> None:
        """No more are named."""
        for module, columns in self._columns.items():
            self._columns[module] = tuple(columns)

    def take_in(self, others: References) -> None:
        """Add those of another part of the linking."""
        for module, columns in others._columns.items():
            mine = self._columns.get(module)
            # neither is changed, since another part may have it
            self._columns[module] = dict.fromkeys((*mine, *columns)) if mine else tuple(columns)

    def by_module(self) -> Iterator[tuple[ModuleKey, tuple[Column, ...]]]:
        """The columns that each module names, in the order in which it does."""
        return ((module, tuple(columns)) for module, columns in self._columns.items())

    def of(self, module: ModuleKey, texts: NameTexts) -> tuple[Column, ...]:
        """The columns that a module names, sorted; `texts` are names as they are shown."""
        columns = self._columns.get(module)
        if not columns:
            return ()
        return tuple(sorted(columns, key=lambda column: (texts[column.table], column.column or "")))
