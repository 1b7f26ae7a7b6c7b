"""The diagnostics of one linking, each once, those in doubt held back until a run settles them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import StatementFact


@dataclass(slots=True)
class _StatementDiagnostics:
    """The running statement's diagnostics, each with whether it is reported once in its file.

    `lacking`: a temporary table is missing, which may have caused them.
    """

    entries: list[tuple[Diagnostic, bool]] = field(default_factory=list)
    lacking: bool = False


@dataclass(slots=True)
class DiagnosticLog:
    """What is wrong, as the statements that run report it.

    A procedure that fills its caller's `#t` lacks that table in its own run, and has it in the run
    of its caller:

        CREATE PROCEDURE dbo.Fill AS INSERT INTO #t (a, b) SELECT a FROM dbo.s

    So what a statement reports while a temporary table is missing waits until another run of the
    same statement has the table.

    `references`: the paths of files that only tell of objects; what is wrong in them is no
    diagnostic of the scan.
    """

    references: frozenset[str] = frozenset()
    reported: dict[Diagnostic, None] = field(default_factory=dict)
    _once: set[tuple[str, str, str]] = field(default_factory=set)
    # of the statements that run, innermost last
    _running: list[_StatementDiagnostics] = field(default_factory=list)
    # by the identity of the statement
    _doubtful: dict[int, list[tuple[Diagnostic, bool]]] = field(default_factory=dict)
    _settled: set[int] = field(default_factory=set)
    # temporary tables, with the message
    _missing: dict[tuple[str, Span, str], str] = field(default_factory=dict)
    _present: set[tuple[str, Span, str]] = field(default_factory=set)

    def report(self, code: str, message: str, path: str, span: Span, subject: str = "") -> None:
        """Note a diagnostic, once.

        Args:
            code: that of its rule.
            message: what is wrong.
            path: the file.
            span: where it stands in the file.
            subject: what the message is to begin with.
        """
        self._note(Diagnostic.of(subject, code, message, span, path), once=False)

    def report_once(
        self, code: str, message: str, path: str, span: Span, subject: str = ""
    ) -> None:
        """Note a diagnostic at the first of its places in a file.

        A load script repeats one mistake in each row.

        Args:
            code: that of its rule.
            message: what is wrong.
            path: the file.
            span: where it stands in the file.
            subject: what the message is to begin with.
        """
        self._note(Diagnostic.of(subject, code, message, span, path), once=True)

    def _note(self, diagnostic: Diagnostic, *, once: bool) -> None:
        if self._running:
            self._running[-1].entries.append((diagnostic, once))
        else:
            self._report_all([(diagnostic, once)])

    def _report_all(self, entries: list[tuple[Diagnostic, bool]]) -> None:
        for diagnostic, once in entries:
            key = (diagnostic.code, diagnostic.message, diagnostic.path)
            if diagnostic.path in self.references or (once and key in self._once):
                continue
            if once:
                self._once.add(key)
            self.reported[diagnostic] = None

    def begin_statement(self) -> None:
        """A statement is run from here on."""
        self._running.append(_StatementDiagnostics())

    def end_statement(self, statement: StatementFact) -> None:
        """A statement has been run; what a missing temporary table may have caused waits."""
        ended = self._running.pop()
        if ended.lacking:
            self._doubtful.setdefault(id(statement), []).extend(ended.entries)
        else:
            self._settled.add(id(statement))
            self._report_all(ended.entries)

    def missing_table(self, path: str, span: Span, name: str, message: str) -> None:
        """Note a temporary table that this run of a module does not have.

        Another run, by a caller, may have it.

        Args:
            path: the file.
            span: where the table is named.
            name: the table.
            message: what is said of it where no run has it; "": it has been said.
        """
        if message:
            self._missing.setdefault((path, span, name), message)
        if self._running:
            self._running[-1].lacking = True

    def found_table(self, path: str, span: Span, name: str) -> None:
        """Note that this run has a temporary table."""
        self._present.add((path, span, name))

    def report_missing_tables(self) -> None:
        """Report the temporary tables that no run had, and what waited for a run that has them."""
        for (path, span, name), message in self._missing.items():
            if (path, span, name) not in self._present:
                self.report("SLP208", message, path, span)
        for statement, entries in self._doubtful.items():
            if statement not in self._settled:
                self._report_all(entries)
