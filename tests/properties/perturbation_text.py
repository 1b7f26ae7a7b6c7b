"""One text of a program for its readers: the tool reads T-SQL, the engine SQLite.

Where they differ, the text holds both, and often a third reading: T-SQL that says with GROUP BY
what DISTINCT and the set operations do in silence, namely that all columns together decide which
rows there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Reading(IntEnum):
    TSQL = 0
    SQLITE = 1
    GROUPED = 2  # T-SQL in which duplicates are removed by GROUP BY


_OPEN, _BETWEEN, _CLOSE = "\1", "\2", "\3"
_INNERMOST = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


def both(tsql: str, sqlite: str, grouped: str | None = None) -> str:
    """A part of a text that is written differently."""
    return _OPEN + _BETWEEN.join((tsql, sqlite, tsql if grouped is None else grouped)) + _CLOSE


def read(text: str, reading: Reading) -> str:
    """The text as one of its readers sees it."""
    count = 1
    while count:
        text, count = _INNERMOST.subn(lambda match: match[1].split(_BETWEEN)[reading], text)
    return text


@dataclass(frozen=True)
class Relation:
    """What may stand in FROM: `kinds` says of each column whether it is an `int` or a `varchar`.

    `key`: a column whose values are unique. `origins`: the persistent tables it may hold rows of.
    `computed`: columns that nobody writes. `updatable`: a view whose rows are those of one table,
    so that they change with that alone.
    """

    name: str
    kinds: dict[str, str]
    key: str | None = None
    origins: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    updatable: bool = False

    @property
    def writable(self) -> list[str]:
        return [name for name in self.kinds if name not in self.computed]


@dataclass(frozen=True)
class Function:
    """A scalar function of one number.

    `value`: what it gives, with `PARAMETER` in it; in SQLite that stands in its place.
    """

    name: str
    kind: str
    value: str
    origins: frozenset[str]

    @property
    def definition(self) -> str:
        value = self.value.replace(PARAMETER, "@p")
        return both(
            f"CREATE FUNCTION {self.name} (@p int) RETURNS {self.kind} AS BEGIN RETURN {value} END",
            "SELECT 1",
        )

    def call(self, argument: str) -> str:
        return both(f"{self.name}({argument})", self.value.replace(PARAMETER, f"({argument})"))


PARAMETER = "\4"


@dataclass(frozen=True)
class Query:
    """The text of a query, and the columns it gives. `ordered`: it ends with ORDER BY."""

    text: str
    kinds: dict[str, str]
    ordered: bool = False


@dataclass(frozen=True)
class Statement:
    """A statement; in SQLite's reading perhaps several, one a line.

    `targets`: the persistent tables it writes.

    `decides`: a target's own columns decide which of its rows are written. The lineage document
    gives a table an edge to itself only where a value flows.
    """

    text: str
    targets: tuple[str, ...] = ()
    decides: bool = False


@dataclass(frozen=True)
class Program:
    """Tables, views over them, and the statements that run in order.

    `called`: how many of the last ones stand in a procedure.
    """

    tables: tuple[Relation, ...]
    views: tuple[Relation, ...]
    view_texts: tuple[str, ...]
    statements: tuple[Statement, ...]
    called: int = 0

    def scripts(self, reading: Reading) -> dict[str, str]:
        """The T-SQL files: in `load.sql` each statement has a line of its own."""
        views = "\nGO\n".join(read(text, reading) for text in self.view_texts)
        lines = [read(statement.text, reading) + ";" for statement in self.statements]
        split = len(lines) - self.called
        load = "\n".join(lines)
        if self.called:
            procedure = ["CREATE PROCEDURE dbo.Load AS BEGIN", *lines[split:], "END", "GO"]
            load = "\n".join([*procedure, *lines[:split], "EXEC dbo.Load;"])
        return {
            "tables.sql": ";\n".join(map(definition, self.tables)),
            "views.sql": views,
            "load.sql": load,
        }

    def statement_at(self, line: int) -> int:
        """Which statement stands on a line of `load.sql`.

        For the call of the procedure, the last.
        """
        if not self.called:
            return line - 1
        if line < self.called + 2:
            return len(self.statements) - self.called + line - 2
        return min(line - self.called - 4, len(self.statements) - 1)


def definition(table: Relation, reading: Reading = Reading.TSQL) -> str:
    """CREATE TABLE."""
    columns = []
    for name, kind in table.kinds.items():
        if name not in table.computed:
            columns.append(f"{name} {kind}")
        elif reading is Reading.SQLITE:
            columns.append(f"{name} {kind} AS (a + 1)")
        else:
            columns.append(f"{name} AS (a + 1)")
    return f"CREATE TABLE {read(table.name, reading)} ({', '.join(columns)})"
