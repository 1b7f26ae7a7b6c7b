"""Programs run in SQLite, again and again with one column's values changed: what changes then?"""

# ruff: noqa: S311  # SQL put together from names, and values that are no secrets

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from types import TracebackType

from .perturbation_text import Program, Reading, Relation, definition, read

_ROWS = 5
_VALUES: dict[str, tuple[object, ...]] = {
    "int": (0, 1, 2, 3, 1, 2, None),
    "varchar(20)": ("a", "b", "ab", "", "1", "a", None),
}
_MOST_STEPS = 300_000  # of SQLite's machine in one statement; a program that takes more is left out
VIEWS = -1  # the place of views among the statements: they hold at every time

Row = tuple[object, ...]


class UnfitError(Exception):
    """The engine does not run the program: too long, or not valid."""


@dataclass(frozen=True)
class Change:
    """A column of a table or view was changed before statement `start`.

    After statement `end`, `target` was another.

    `columns`: whose values, taken for themselves, are others; none where only the rows as a whole
    are. `end` VIEWS: `target` is a view, looked at at once.
    """

    table: str
    column: str
    start: int
    end: int
    target: str
    columns: frozenset[str]


class Engine:
    """A program and its data, made from a seed."""

    def __init__(self, program: Program, seed: int, *, backwards: bool = False) -> None:
        self.program = program
        self.random = Random(seed)
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.statements = [
            read(statement.text, Reading.SQLITE).split("\n") for statement in program.statements
        ]
        self.tables = {table.name: table for table in program.tables}
        self.views = {read(view.name, Reading.SQLITE): view for view in program.views}
        # Rows that a query leaves in no order come in the opposite one: what depends on their order
        # differs.
        self.connection.execute(f"PRAGMA reverse_unordered_selects = {int(backwards)}")
        self._set_up()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def _set_up(self) -> None:
        self.connection.execute("ATTACH ':memory:' AS dbo")
        for table in self.program.tables:
            self._run(definition(table, Reading.SQLITE))
            for number in range(_ROWS):
                values = [
                    number + 1 if name == table.key else self._value(table.kinds[name])
                    for name in table.writable
                ]
                marks = ", ".join("?" * len(values))
                self.connection.execute(
                    f"INSERT INTO {table.name} ({', '.join(table.writable)}) VALUES ({marks})",
                    values,
                )
        for text in self.program.view_texts:
            self._run(read(text, Reading.SQLITE))

    def _value(self, kind: str) -> object:
        return self.random.choice(_VALUES[kind])

    def _run(self, text: str) -> list[Row]:
        self.connection.set_progress_handler(lambda: 1, _MOST_STEPS)
        try:
            return self.connection.execute(text).fetchall()
        except sqlite3.Error as error:
            raise UnfitError(f"{error}: {text}") from error
        finally:
            self.connection.set_progress_handler(None, 0)

    def changes(self) -> Iterator[Change]:
        """Change each column before each statement that it may matter to.

        Then run the rest, and see what differs.
        """
        for start in range(len(self.statements) + 1):
            plain = self._outcomes(start)
            views = self._views()
            for name, relation in [*self.tables.items(), *self.views.items()]:
                if name in self.views and (relation.updatable or not self._persistent(relation)):
                    continue
                outcomes = (
                    self._outcomes(start, name) if name in self.views and start == 0 else plain
                )
                if name in self.views and start:
                    continue
                for column in relation.writable:
                    yield from self._changed(name, column, start, outcomes, views)
            if start < len(self.statements):
                self._step(start)

    def _persistent(self, view: Relation) -> bool:
        return "(" not in read(view.name, Reading.TSQL)

    def _changed(
        self,
        name: str,
        column: str,
        start: int,
        plain: list[dict[str, list[Row]]],
        views: dict[str, list[Row]],
    ) -> Iterator[Change]:
        with self._undone():
            if not self._perturb(name, column):
                return
            if start in (0, len(self.statements)):
                for view, rows in self._views().items():
                    if view != name and rows != views[view]:
                        yield Change(
                            name,
                            column,
                            start,
                            VIEWS,
                            view,
                            self._differing(view, views[view], rows),
                        )
            for end in range(start, len(self.statements)):
                for target, rows in self._step(end).items():
                    before = plain[end - start][target]
                    if rows != before:
                        yield Change(
                            name, column, start, end, target, self._differing(target, before, rows)
                        )

    @contextmanager
    def _undone(self) -> Iterator[None]:
        tables = dict(self.tables)
        self.connection.execute("SAVEPOINT before")
        yield  # an error ends the whole run, so there is nothing to undo then
        self.tables = tables
        self.connection.execute("ROLLBACK TO before")
        self.connection.execute("RELEASE before")

    def _outcomes(self, start: int, view: str | None = None) -> list[dict[str, list[Row]]]:
        """What each statement from `start` on leaves in its targets.

        Where `view` is given, with its rows held fast.
        """
        with self._undone():
            if view:
                self._hold(view)
            return [self._step(number) for number in range(start, len(self.statements))]

    def _step(self, number: int) -> dict[str, list[Row]]:
        """Run a statement and look at its targets."""
        for line in self.statements[number]:
            self._run(line)
        for target in self.program.statements[number].targets:
            if target not in self.tables:
                self.tables[target] = Relation(target, self._kinds(target))
        return {target: self._rows(target) for target in self.program.statements[number].targets}

    def _kinds(self, table: str) -> dict[str, str]:
        """Columns of a table made by a query.

        The kinds matter little, since SQLite's values have their own.
        """
        names = [
            str(row[1]) for row in self._run(f"PRAGMA dbo.table_xinfo({table.partition('.')[2]})")
        ]
        found: dict[str, str] = {}
        for name in names:
            kinds = {row[0] for row in self._run(f"SELECT DISTINCT typeof({name}) FROM {table}")}
            found[name] = "varchar(20)" if "text" in kinds else "int"
        return found

    def _rows(self, table: str) -> list[Row]:
        return sorted(self._run(f"SELECT * FROM {table}"), key=repr)

    def _views(self) -> dict[str, list[Row]]:
        return {
            name: self._rows(name) for name, view in self.views.items() if self._persistent(view)
        }

    def _differing(self, table: str, before: list[Row], after: list[Row]) -> frozenset[str]:
        names = [
            str(column[0])
            for column in self.connection.execute(f"SELECT * FROM {table} LIMIT 0").description
        ]
        return frozenset(
            name
            for place, name in enumerate(names)
            if sorted(repr(row[place]) for row in before)
            != sorted(repr(row[place]) for row in after)
        )

    def _hold(self, view: str) -> None:
        """Put a table of the same rows in the place of a view."""
        self._run(f"CREATE TEMP TABLE held AS SELECT * FROM {view}")
        self._run(f"DROP VIEW {view}")
        self._run(f"CREATE TABLE {view} AS SELECT * FROM held")
        self._run("DROP TABLE temp.held")

    def _perturb(self, name: str, column: str) -> bool:
        """Change values of a column; False where there are none, or all stay as they are."""
        relation = self.tables.get(name) or self.views[name]
        if name in self.views:
            self._hold(name)
        before = self._run(f"SELECT rowid, {column} FROM {name}")
        if not before:
            return False
        if column == relation.key:
            after = [row[1] for row in before]
            self.random.shuffle(after)
            if self.random.random() < 0.5:
                after[0] = len(before) + 5
        else:
            often = self.random.choice((0.3, 1.0))
            after = [
                self._value(relation.kinds[column]) if self.random.random() < often else row[1]
                for row in before
            ]
        for (number, _), value in zip(before, after, strict=True):
            self.connection.execute(
                f"UPDATE {name} SET {column} = ? WHERE rowid = ?", (value, number)
            )
        return [row[1] for row in before] != after
