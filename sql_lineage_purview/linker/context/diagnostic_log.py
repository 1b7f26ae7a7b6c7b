"""Diagnostics as the statements that run report them; those in doubt are held apart."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.diagnostics import Diagnostic, Span
from .findings import Doubted, MissingTable, Reported, TablePlace
from .recorder import Recorder


class _StatementDiagnostics(Struct):
    """The running statement's diagnostics.

    `lacking`: a temporary table is missing, which may have caused them.
    """

    entries: list[Reported] = field(default_factory=list)
    lacking: bool = False


class DiagnosticLog(Struct):
    """What is wrong, as the statements that run report it.

    A procedure that fills its caller's `#t` lacks that table in its own run, and has it in the run
    of its caller:

        CREATE PROCEDURE dbo.Fill AS INSERT INTO #t (a, b) SELECT a FROM dbo.s

    So what a statement reports while a temporary table is missing is in doubt: it counts where no
    other run of the same statement has the table.
    """

    recorder: Recorder
    # of the statements that run, innermost last
    _running: list[_StatementDiagnostics] = field(default_factory=list)

    def report(self, code: str, message: str, path: str, span: Span, subject: str = "") -> None:
        """Note a diagnostic, once.

        Args:
            code: that of its rule.
            message: what is wrong.
            path: the file.
            span: where it stands in the file.
            subject: what the message is to begin with.
        """
        self._note(Reported(Diagnostic.of(subject, code, message, span, path), once=False))

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
        self._note(Reported(Diagnostic.of(subject, code, message, span, path), once=True))

    def _note(self, reported: Reported) -> None:
        if self._running:
            self._running[-1].entries.append(reported)
        else:
            self.recorder.note(reported)

    def begin_statement(self) -> None:
        """A statement is run from here on."""
        self._running.append(_StatementDiagnostics())

    def end_statement(self, statement: str) -> None:
        """A statement, given by its key, has been run."""
        ended = self._running.pop()
        if not ended.lacking:
            self.recorder.now.settled.add(statement)
        for reported in ended.entries:
            self.recorder.note(Doubted(statement, reported) if ended.lacking else reported)

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
            self.recorder.note(MissingTable(TablePlace(path, span, name), message))
        if self._running:
            self._running[-1].lacking = True

    def found_table(self, path: str, span: Span, name: str) -> None:
        """Note that this run has a temporary table."""
        self.recorder.now.present.add(TablePlace(path, span, name))
