"""##global temporary tables, which all sessions of a server see.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables
"""

from __future__ import annotations

from msgspec import Struct, field

from ...model.naming import Naming
from ..state.temporary import Temporary


class GlobalTables(Struct):
    """The ##global tables by key.

    They are first as the modules that have run leave them, then as all modules together
    do (`complete`).
    """

    naming: Naming
    tables: dict[str, Temporary] = field(default_factory=dict)
    complete: bool = False
    _created: dict[str, list[Temporary]] = field(default_factory=dict)

    def forget(self) -> None:
        """There are none for who comes next."""
        self.tables.clear()

    def create(self, key: str, table: Temporary) -> None:
        """A ##global table has been made."""
        if not self.complete:
            self.tables[key] = table
            self._created.setdefault(key, []).append(table)

    def hold(self, key: str, content: Temporary) -> None:
        """Let a ##global table hold what a call would leave in it.

        The table holds it from here on; the call itself is not followed anew.
        """
        if key in self.tables:
            self.tables[key].hold(content)
        else:
            self.create(key, content.copied())

    def join_all(self) -> None:
        """Let each table hold from here on what any module has put into it.

        Nothing says which module runs first.
        """
        self.complete = True
        for key, tables in self._created.items():
            content = tables[0].copied()
            for table in tables[1:]:
                content.take_in(table, self.naming)
            self.tables[key] = content
