"""The statement rows of the document: one per statement that reads, writes or calls anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ...model.facts import Compute, StatementFact
from ...model.graph import Statement
from ...model.names import Name
from ...model.vocabulary import ModuleKind, StatementKind
from ..definitions.scan_definitions import Definitions
from .file_columns import FileColumns


@dataclass(slots=True)
class StatementRows:
    """Rows by file, numbered in the order in which they come.

    `ids` finds the row of a fact by its identity.
    """

    definitions: Definitions
    files: FileColumns
    ids: dict[int, str] = field(default_factory=dict)
    _rows: dict[str, list[Statement]] = field(default_factory=dict)
    # tables written through views, by id
    _reached: dict[str, dict[Name, None]] = field(default_factory=dict)

    def add(
        self, fact: StatementFact, path: str, module: Name | None, database: str | None
    ) -> None:
        """Give a statement its row, if it is to have one.

        Args:
            fact: the statement.
            path: its file.
            module: the module in whose text it stands, if any.
            database: what its names are completed with.
        """
        computes = any(isinstance(effect, Compute) for effect in fact.effects)
        if not (fact.reads or fact.writes or fact.calls or computes) or self._renames_a_module(
            fact, database
        ):
            return
        rows = self._rows.setdefault(path, [])
        row = Statement(
            f"{path}#{len(rows) + 1}",
            path,
            fact.span.line,
            fact.span.end_line,
            fact.kind,
            module,
            self._shown(fact.reads, database),
            self._shown(fact.writes, database),
            self._shown(fact.calls, database),
            fact.dynamic,
        )
        rows.append(row)
        self.ids[id(fact)] = row.id

    def _renames_a_module(self, fact: StatementFact, database: str | None) -> bool:
        """Is it the new name of a procedure, function or trigger?

        These have no rows that were read or written.
        """
        if fact.kind is not StatementKind.RENAME:
            return False
        entries = (
            self.definitions.module(self.definitions.naming.canonical(name, database))
            for name in fact.reads
        )
        return any(
            entry is not None and entry.fact.kind is not ModuleKind.VIEW for entry in entries
        )

    def all(self) -> tuple[Statement, ...]:
        """All rows, in the order of paths, with the tables that they reach through views."""
        reached = self._reached
        rows = (row for path in sorted(self._rows) for row in self._rows[path])
        return tuple(
            replace(row, reached=tuple(reached[row.id])) if row.id in reached else row
            for row in rows
        )

    def reach(self, statement: str, table: Name) -> None:
        """A statement, given by its id, writes a table through a view."""
        self._reached.setdefault(statement, {})[table] = None

    def _shown(self, names: Iterable[Name], database: str | None) -> tuple[Name, ...]:
        """Names as the document shows them: completed, each once, sorted."""
        naming = self.definitions.naming
        full_names = {}
        for name in names:
            full = (
                self.files.address(*name.parts)
                if name.address
                else self.definitions.canonical_spelling(naming.canonical(name, database))
            )
            full_names[naming.key(full)] = full
        return tuple(sorted(full_names.values(), key=str))
