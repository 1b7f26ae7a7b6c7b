"""Temporary tables from statement to statement, for tools that answer for one statement at a time.

An adapter says in the order of the statements what each of them writes; here it is followed through
temporary tables and table variables to what they were filled from. So such a tool needs not know
that a temporary table is used twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from exchange import TEMPORARY, Answer, Feature

End = tuple[str, str]
_MARKED = re.compile(r"[#@]+(\w+)")


class Flow:
    """The answer to a feature while its statements are read."""

    def __init__(self, feature: Feature) -> None:
        self.answer = Answer()
        self._columns: dict[str, dict[str, set[End]]] = {}
        self._tables: dict[str, set[str]] = {}
        permanent = {table.lower().rpartition(".")[2] for table in feature.columns}
        self._unmarked = {
            name.lower() for batch in feature.batches for name in _MARKED.findall(batch)
        } - permanent

    def is_temporary(self, table: str) -> bool:
        """Is it a temporary table or table variable? Some tools name them without their mark."""
        last = _last(table)
        return last.startswith(TEMPORARY) or last in self._unmarked

    def renew(self, table: str) -> None:
        """The table is dropped, or made anew."""
        self._columns.pop(_bare(table), None)
        self._tables.pop(_bare(table), None)

    def write(self, target: str, columns: Iterable[tuple[End, str]], tables: Iterable[str]) -> None:
        """A statement passes columns on to columns of the target, reading these tables."""
        pairs = [(base, column) for source, column in columns for base in self._bases(source)]
        origins = {base for table in tables for base in self._origins(table)}
        if not self.is_temporary(target):
            self.answer.columns |= {(*base, target, column) for base, column in pairs}
            self.answer.tables |= {(origin, target) for origin in origins}
            return
        filled = self._columns.setdefault(_bare(target), {})
        for base, column in pairs:
            filled.setdefault(column.lower(), set()).add(base)
        self._tables.setdefault(_bare(target), set()).update(origins)

    def _bases(self, end: End) -> set[End]:
        table, column = end
        return (
            set(self._columns.get(_bare(table), {}).get(column.lower(), ()))
            if self.is_temporary(table)
            else {end}
        )

    def _origins(self, table: str) -> set[str]:
        return set(self._tables.get(_bare(table), ())) if self.is_temporary(table) else {table}


def _last(table: str) -> str:
    return table.rpartition(".")[2].lower()


def _bare(table: str) -> str:
    return _last(table).lstrip("#@")
