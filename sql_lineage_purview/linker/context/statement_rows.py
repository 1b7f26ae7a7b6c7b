"""The statement rows of the document: one per statement that reads, writes or calls anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.facts import Compute, ModuleFact, SourceFile, StatementFact
from ...model.graph import Statement
from ...model.names import Name
from ...model.vocabulary import ModuleKind, StatementKind
from ..definitions.scan_definitions import Definitions, module_name
from .execution_context import ExecutionContext


class StatementRows(Struct):
    """Rows by file, numbered in the order in which they come.

    `ids` finds the row of a fact by its identity, `keys` what tells a statement from all others of
    the scan, whether it has a row or not. Those of an executed string have no numbers until all
    files have run: another file may execute it first.
    """

    definitions: Definitions
    ids: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    by_path: dict[str, list[Statement]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(
        self, fact: StatementFact, path: str, module: Name | None, database: str | None
    ) -> None:
        """Give a statement of a text its row, if it is to have one.

        Args:
            fact: the statement.
            path: its file.
            module: the module in whose text it stands, if any.
            database: what its names are completed with.
        """
        self.number(fact, path)
        rows = self.by_path.setdefault(path, [])
        row = self._row(fact, f"{path}#{len(rows) + 1}", ExecutionContext(path, module, database))
        if row:
            rows.append(row)

    def add_file(self, file: SourceFile) -> None:
        """Give the statements of a file their rows; what only tells of objects has none."""
        definitions = self.definitions
        for item in file.facts.items:
            module = None
            if isinstance(item, ModuleFact):
                name = module_name(item, file, definitions.naming)
                module = definitions.canonical_spelling(name)
            for fact in item.body if isinstance(item, ModuleFact) else (item,):
                if file.reference:
                    self.number(fact, file.path)
                else:
                    database = fact.database or item.database or file.database
                    self.add(fact, file.path, module, database)

    def number(self, fact: StatementFact, path: str) -> None:
        """Give a statement of a text its key."""
        self._counts[path] += 1
        self.keys[id(fact)] = f"{path}@{self._counts[path]}"

    def add_string(
        self, facts: Sequence[StatementFact], execution: str, place: ExecutionContext
    ) -> tuple[Statement, ...]:
        """Give the statements of an executed string their rows, those that are to have one.

        What only tells of objects has none.

        Args:
            facts: the statements.
            execution: tells the string at its place from all others.
            place: where it is executed.
        """
        rows = []
        for number, fact in enumerate(facts, 1):
            key = self.keys[id(fact)] = f"{execution}@{number}"
            context = replace(place, database=fact.database or place.database)
            # A package or catalog that is only referred to tells of objects; what it executes is
            # no part of this scan.
            if place.path not in self.definitions.references:
                row = self._row(fact, key, context)
                rows += [row] if row else []
        return tuple(rows)

    def _row(self, fact: StatementFact, id_: str, place: ExecutionContext) -> Statement | None:
        names_any = bool(fact.reads or fact.writes or fact.calls)
        computes = not names_any and any(isinstance(effect, Compute) for effect in fact.effects)
        if not (names_any or computes) or self._renames_a_module(fact, place.database):
            return None
        self.ids[id(fact)] = id_
        return Statement(
            id_,
            place.path,
            fact.span.line,
            fact.span.end_line,
            fact.kind,
            place.module,
            self._shown(fact.reads, place.database),
            self._shown(fact.writes, place.database),
            self._shown(fact.calls, place.database),
            fact.dynamic,
        )

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
        # A view under its new name has columns, which lineage goes through.
        return any(
            entry is not None and entry.fact.kind is not ModuleKind.VIEW for entry in entries
        )

    def _shown(self, names: Sequence[Name], database: str | None) -> tuple[Name, ...]:
        """Names as the document shows them: completed, each once, sorted."""
        shown = [self._spelled(name, database) for name in names]
        if len(shown) < 2:
            return tuple(shown)
        naming = self.definitions.naming
        unique = {naming.key(name): name for name in shown}
        return tuple(sorted(unique.values(), key=naming.texts.__getitem__))

    def _spelled(self, name: Name, database: str | None) -> Name:
        definitions = self.definitions
        if name.address:
            return definitions.address(*name.parts)
        return definitions.canonical_spelling(definitions.naming.canonical(name, database))
