"""Which columns persistent tables and views have, as a file sees them at one of its places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ...model.diagnostics import Span
from ...model.facts import ChangeFact, ColumnFact, Query
from ...model.names import Name
from ..definitions.alterations import altered, columns_before
from ..definitions.scan_definitions import Definitions
from ..relations.provenance import DIRECT
from ..relations.relation import Relation
from ..relations.table_relations import TableRelations
from .findings import Findings, RenamedTable
from .recorder import Recorder


class QueryDescriber(Protocol):
    """A binder used only to learn what the columns of a query are called.

    The query is that of a view, SELECT INTO or CREATE TABLE AS SELECT.
    """

    def describe(
        self, query: Query, path: str, module: Name | None, database: str | None
    ) -> Relation:
        """The outline of a query: its columns, without what flows into them.

        Args:
            query: what is bound.
            path: the file in which it stands.
            module: the module in which it stands, if any.
            database: what its names are completed with.
        """
        ...


class TableColumns:
    """The columns of tables, from definitions and from queries.

    What depends on a query is bound when it is first asked for, and is the same for all who ask.
    What the statements of a run make and rename is so for that run alone; `made` counts what each
    of them has made anew, or otherwise than before.
    """

    # set by what binds queries, which asks for columns itself
    describer: QueryDescriber

    def __init__(self, definitions: Definitions, recorder: Recorder) -> None:
        self.definitions, self.recorder = definitions, recorder
        self.made = 0
        # by the statements of the run, by key and path
        self._created: dict[tuple[str, str], tuple[tuple[str, ...], Span]] = {}
        # by the statements of the run, by key
        self._renamed: dict[str, tuple[str, ...]] = {}
        # by key and path; None: nothing came of asking for them, as of most tables
        self._columns: dict[tuple[str, str], tuple[tuple[str, ...] | None, Findings | None]] = {}
        self._tables = TableRelations()
        self._describing: list[tuple[str, str]] = []
        # the place among these of the outermost on which what is described depends
        self._outermost = 0

    def begin_run(self) -> None:
        """A file is run from here on: nothing is made or renamed yet."""
        self._created, self._renamed = {}, {}

    def described(self) -> Iterator[tuple[tuple[str, str], tuple[str, ...] | None, Findings]]:
        """The columns that do not depend on a definition alone, and what came of asking for them.

        By the key of a view or table, and the file that sees it so.
        """
        for (key, path), (columns, findings) in self._columns.items():
            if findings and (findings.events or not findings.dependencies.asked <= {key}):
                yield (key, path), columns, findings

    def take_over(
        self, place: tuple[str, str], columns: tuple[str, ...] | None, findings: Findings
    ) -> None:
        """What an earlier linking was given by a query holds.

        Args:
            place: as of `described`.
            columns: those of the query.
            findings: what came of asking for them.
        """
        self._columns[place] = columns, findings

    def relation(self, name: Name, path: str, at: Span | None = None) -> Relation:
        """A persistent table or view, as the file `path` sees it.

        At a place of it, where what it changes is done in order.
        """
        columns = self.names(name, path, at)
        if columns is None:
            return Relation(open=[name], base=name, tables={name: DIRECT})
        facts = self.facts(name, path, at) or ()
        if at and self.altered_in(name, path):
            columns = tuple(fact.name for fact in facts if not fact.dropped) or columns
        return self._tables.relation(name, columns, facts)

    def facts(self, name: Name, path: str, at: Span | None) -> tuple[ColumnFact, ...] | None:
        """The columns of a definition as they are at a place of the file `path`.

        Without one, as the whole file leaves them.
        """
        facts = self.definitions.columns(name, path)
        return (
            columns_before(facts, self._changes(name, path), at, self.definitions.naming)
            if facts and at
            else facts
        )

    def altered_in(self, name: Name, path: str) -> bool:
        """Does the file `path` add, drop or rename columns of a table?"""
        return bool(self._changes(name, path))

    def _changes(self, name: Name, path: str) -> tuple[ChangeFact, ...]:
        return self.definitions.changes(name, path)

    def names(self, name: Name, path: str = "", at: Span | None = None) -> tuple[str, ...] | None:
        """The columns of a table or view, in order, as the file `path` sees it.

        None where they are not known.
        """
        key = self.definitions.naming.key(name)
        if (key, path) in self._created:
            created, created_at = self._created[key, path]
            return altered(
                created, self._changes(name, path), created_at, at, self.definitions.naming
            )
        if key in self._renamed:
            return self._renamed[key]
        place = (key, path if self.definitions.is_local(name, path) else "")
        if place in self._columns:
            columns, findings = self._columns[place]
            if findings:
                self.recorder.include(findings)
            return columns
        return self._described(place, name)

    def _described(self, place: tuple[str, str], name: Name) -> tuple[str, ...] | None:
        """The columns that definitions and queries tell, whatever has been run.

        A view that refers to itself has none. What is found on the way of such a view is found
        anew where it is asked for by itself.
        """
        if place in self._describing:
            self._outermost = min(self._outermost, self._describing.index(place))
            return None
        depth, around = len(self._describing), self._outermost
        run, (self._created, self._renamed) = (self._created, self._renamed), ({}, {})
        self._describing.append(place)
        self._outermost = depth
        try:
            with self.recorder.part() as findings:
                columns = self._find(name, place[1])
        finally:
            self._describing.pop()
            self._created, self._renamed = run
            outermost, self._outermost = self._outermost, min(around, self._outermost)
        if outermost == depth:
            came = None if findings.only_asks_for(place[0]) else findings
            self._columns[place], self._outermost = (columns, came), around
        return columns

    def _find(self, name: Name, path: str) -> tuple[str, ...] | None:
        entry = self.definitions.table(name, path)
        columns = (
            None
            if entry is None or entry.columns is None
            else tuple(fact.name for fact in entry.columns if not fact.dropped)
        )
        if columns is not None and entry is not None and entry.defined_at:
            return columns
        old = self.definitions.renamed(name)
        return self.of_query(name) or columns or (self.names(old, path) if old else None)

    def of_query(self, name: Name) -> tuple[str, ...] | None:
        """The columns of a view, or of a table that SELECT INTO or CTAS creates.

        They are the columns of its query.
        """
        view = self.definitions.view(name)
        if view is not None and view.fact.query is not None:
            return view.fact.columns or _names(
                self.describer.describe(view.fact.query, view.path, view.name, view.database)
            )
        creation = self.definitions.creation(name)
        if creation is None:
            return None
        write = creation.write
        return write.columns or _names(
            self.describer.describe(write.query, creation.where.path, None, creation.database)
        )

    def create(self, name: Name, path: str, columns: tuple[str, ...], at: Span) -> None:
        """Note that a statement at a place of the file `path` has made a table from a query.

        The next ones see these columns.

        Args:
            name: the table.
            path: the file.
            columns: those of the query.
            at: where the statement stands.
        """
        key = self.definitions.naming.key(name)
        entry = self.definitions.table(name, path)
        if self.definitions.module(name) is None and not (
            entry and entry.defined_at and entry.columns is not None
        ):
            creation = (columns, at)
            self.made += self._created.get((key, path)) != creation
            self._created[key, path] = creation

    def rename(self, old: Name, new: Name, path: str) -> None:
        """What was `old` is from now on `new`: its columns are known under that name too."""
        columns = self.names(old, path)
        if columns is not None and self.names(new, path) is None:
            self.made += 1
            self._renamed[self.definitions.naming.key(new)] = columns
            self.recorder.note(RenamedTable(new, old))


def _names(bound: Relation) -> tuple[str, ...] | None:
    """The columns of a query; None where they are not all known by name."""
    if (
        not bound.closed
        or bound.partial
        or not bound.columns
        or not all(column.name for column in bound.columns)
    ):
        return None
    return tuple(column.name or "" for column in bound.columns)
