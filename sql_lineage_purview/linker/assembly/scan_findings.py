"""ScanFindings: the findings of all files become those of the scan, each once, in one order."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.graph import Statement
from ...model.names import Name
from ..context.edge_collection import Edges
from ..context.file_columns import FileColumns
from ..context.findings import (
    AssignedColumns,
    ColumnsOfFile,
    Doubted,
    Event,
    Findings,
    MissingTable,
    ReachedTable,
    RenamedTable,
    Reported,
    StringRows,
    TablePlace,
)
from ..context.references import References
from ..definitions.scan_definitions import Definitions
from .statement_targets import StatementTargets


class CollectedDiagnostics(Struct):
    """The diagnostics of a scan, each once.

    `references`: the paths of files that only tell of objects; what is wrong in them is no
    diagnostic of the scan. `settled` and `present`: see `Findings`.
    """

    references: frozenset[str]
    reported: dict[Diagnostic, None] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    present: set[TablePlace] = field(default_factory=set)
    _once: set[tuple[str, str, str]] = field(default_factory=set)
    # by the key of the statement
    _doubtful: dict[str, dict[Reported, None]] = field(default_factory=dict)
    _missing: dict[TablePlace, str] = field(default_factory=dict)

    def add(self, event: Reported | Doubted | MissingTable) -> None:
        """Take in what one file has found."""
        match event:
            case Reported():
                self._report(event)
            case Doubted(statement, reported):
                self._doubtful.setdefault(statement, {})[reported] = None
            case MissingTable(place, message):
                self._missing.setdefault(place, message)

    def settle(self) -> None:
        """Report the temporary tables that no run had, and what waited for a run that has them."""
        for place, message in self._missing.items():
            if place not in self.present:
                self._report(Reported(_missing(place, message), once=False))
        for statement, entries in self._doubtful.items():
            if statement not in self.settled:
                for reported in entries:
                    self._report(reported)

    def _report(self, reported: Reported) -> None:
        diagnostic = reported.diagnostic
        key = (diagnostic.code, diagnostic.message, diagnostic.path)
        if diagnostic.path in self.references or (reported.once and key in self._once):
            return
        if reported.once:
            self._once.add(key)
        self.reported[diagnostic] = None


def _missing(place: TablePlace, message: str) -> Diagnostic:
    return Diagnostic.of("", "SLP208", message, place.span, place.path)


class ScanFindings(Struct):
    """What has come of all files. Rows of executed strings get their numbers here."""

    definitions: Definitions
    rows: dict[str, list[Statement]]  # by path
    diagnostics: CollectedDiagnostics
    files: FileColumns
    edges: Edges = field(default_factory=Edges)
    references: References = field(default_factory=References)
    # what a string renames, by the new key
    renamed: dict[str, Name] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _targets: StatementTargets = field(default_factory=StatementTargets)

    @classmethod
    def of(
        cls, definitions: Definitions, rows: dict[str, list[Statement]], files: Iterable[Findings]
    ) -> ScanFindings:
        """Put the findings of files merged, in the order of these."""
        diagnostics = CollectedDiagnostics(definitions.references)
        merged = cls(definitions, rows, diagnostics, FileColumns(definitions.naming))
        met: set[Findings] = set()
        for findings in files:
            merged._add(findings, met)
        diagnostics.settle()
        merged.edges.renumber(merged._ids)
        merged._targets.renumber(merged._ids)
        return merged

    def statements(self) -> tuple[Statement, ...]:
        """All rows, in the order of paths, with what they reach through views and assign."""
        return tuple(
            self._targets.completed(row) for path in sorted(self.rows) for row in self.rows[path]
        )

    def _add(self, findings: Findings, met: set[Findings]) -> None:
        """Add those of a file, and in its order those of parts that no file before has added."""
        waiting = self._taken(findings)
        while waiting:
            event = waiting.pop()
            if not isinstance(event, Findings):
                self._note(event)
            elif event not in met:
                met.add(event)
                waiting += self._taken(event)

    def _taken(self, findings: Findings) -> list[Findings | Event]:
        """Take in all but the events, which are given back: the first one last."""
        self.edges.take_in(findings.edges)
        self.references.take_in(findings.references)
        self.diagnostics.settled |= findings.settled
        self.diagnostics.present |= findings.present
        # a stack: strings get their numbers in the order in which files execute them
        return list(reversed(findings.events))

    def _note(self, event: Event) -> None:
        match event:
            case StringRows(path, rows):
                self._number(path, rows)
            case ReachedTable() | AssignedColumns():
                self._targets.add(event)
            case ColumnsOfFile(file, columns):
                self.files.add(file, columns)
            case RenamedTable(new, old):
                self.renamed.setdefault(self.definitions.naming.key(new), old)
            case _:
                self.diagnostics.add(event)

    def _number(self, path: str, string_rows: tuple[Statement, ...]) -> None:
        for row in string_rows:
            if row.id not in self._ids:
                rows = self.rows.setdefault(path, [])
                self._ids[row.id] = f"{path}#{len(rows) + 1}"
                rows.append(replace(row, id=self._ids[row.id]))

    def report(self, code: str, message: str, path: str, span: Span) -> None:
        """Note a diagnostic of the scan as a whole.

        Args:
            code: that of its rule.
            message: what is wrong.
            path: the file.
            span: where it stands in the file.
        """
        self.diagnostics.add(Reported(Diagnostic.of("", code, message, span, path), once=False))
