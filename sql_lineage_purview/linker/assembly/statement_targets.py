"""What statements write beyond the tables that their text names, by the ids of their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.graph import Column, Statement
from ...model.names import Name
from ..context.findings import AssignedColumns, ReachedTable


class StatementTargets(Struct):
    """The tables that rows reach through views, and the columns that they assign, in order."""

    _reached: defaultdict[str, dict[Name, None]] = field(default_factory=lambda: defaultdict(dict))
    # as they were found: of their columns there are objects once the rows are completed
    _assigned: defaultdict[str, dict[AssignedColumns, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, event: ReachedTable | AssignedColumns) -> None:
        """Take in what one file has found."""
        match event:
            case ReachedTable(statement, table):
                self._reached[statement][table] = None
            case AssignedColumns(statement):
                self._assigned[statement][event] = None

    def renumber(self, ids: Mapping[str, str]) -> None:
        """Rows of executed strings have got their numbers."""
        for targets in (self._reached, self._assigned):
            for statement in targets.keys() & ids.keys():
                targets[ids[statement]].update(targets.pop(statement))  # type: ignore[arg-type]  # each with its own kind

    def completed(self, row: Statement) -> Statement:
        """A row with what it is found to write."""
        if row.id not in self._reached and row.id not in self._assigned:
            return row
        assigned = {
            Column(found.table, name): None
            for found in self._assigned.get(row.id, ())
            for name in found.columns
        }
        return replace(row, reached=tuple(self._reached.get(row.id, ())), assigned=tuple(assigned))
