"""The statement rows of the document: one for each statement that reads, writes or calls anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..model.facts import Compute, StatementFact
from ..model.graph import Statement
from ..model.names import Name
from ..model.vocabulary import ModuleKind, StatementKind
from .objects import Objects

Address = Callable[..., Name]


@dataclass(slots=True)
class StatementRows:
    """Rows by file, numbered in the order in which they come; `ids` finds the row of a fact by its identity."""

    objects: Objects
    ids: dict[int, str] = field(default_factory=dict)
    _rows: dict[str, list[Statement]] = field(default_factory=dict)

    def add(self, fact: StatementFact, path: str, module: Name | None, database: str | None, address: Address) -> None:
        """Give a statement its row, if it is to have one. `address` completes the name of a file."""
        computes = any(isinstance(effect, Compute) for effect in fact.effects)
        if not (fact.reads or fact.writes or fact.calls or computes) or self._renames_a_module(fact, database):
            return
        rows = self._rows.setdefault(path, [])
        row = Statement(
            f"{path}#{len(rows) + 1}",
            path,
            fact.span.line,
            fact.span.end_line,
            fact.kind,
            module,
            self._shown(fact.reads, database, address),
            self._shown(fact.writes, database, address),
            self._shown(fact.calls, database, address),
            fact.dynamic,
        )
        rows.append(row)
        self.ids[id(fact)] = row.id

    def _renames_a_module(self, fact: StatementFact, database: str | None) -> bool:
        """Is it the new name of a procedure, function or trigger? These have no rows that were read or written."""
        if fact.kind is not StatementKind.RENAME:
            return False
        entries = (self.objects.module(self.objects.naming.canonical(name, database)) for name in fact.reads)
        return any(entry is not None and entry.fact.kind is not ModuleKind.VIEW for entry in entries)

    def all(self) -> tuple[Statement, ...]:
        """All rows, in the order of paths."""
        return tuple(row for path in sorted(self._rows) for row in self._rows[path])

    def _shown(self, names: Iterable[Name], database: str | None, address: Address) -> tuple[Name, ...]:
        """Names as the document shows them: completed, each once, sorted."""
        naming = self.objects.naming
        full_names = {}
        for name in names:
            full = address(*name.parts) if name.address else self.objects.spelled(naming.canonical(name, database))
            full_names[naming.key(full)] = full
        return tuple(sorted(full_names.values(), key=str))
