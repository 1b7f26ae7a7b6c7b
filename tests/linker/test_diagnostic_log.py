"""The log of diagnostics has each of them once.

What a missing temporary table may have caused is in it only where no run has the table.
"""

from __future__ import annotations

from sql_lineage_purview.linker.assembly.scan_findings import ScanFindings
from sql_lineage_purview.linker.context.diagnostic_log import DiagnosticLog
from sql_lineage_purview.linker.context.recorder import Recorder
from sql_lineage_purview.linker.definitions.scan_definitions import Definitions
from sql_lineage_purview.model.catalogue import Catalogue
from sql_lineage_purview.model.diagnostics import Span
from sql_lineage_purview.model.naming import Naming

PLACE, LATER = Span(1, 1, 1, 9), Span(2, 1, 2, 9)


def new_log(references: frozenset[str] = frozenset()) -> DiagnosticLog:
    recorder = Recorder(Definitions(Naming(), Catalogue(), references=references))
    recorder.begin()
    return DiagnosticLog(recorder)


def reported(log: DiagnosticLog) -> list[tuple[str, int]]:
    findings = ScanFindings.of(log.recorder.definitions, {}, [log.recorder.now])
    return [(diagnostic.code, diagnostic.span.line) for diagnostic in findings.diagnostics.reported]


def test_a_diagnostic_is_reported_once_at_each_place() -> None:
    log = new_log()
    for span in (PLACE, PLACE, LATER):
        log.report("SLP201", "no such column", "a.sql", span)

    assert reported(log) == [("SLP201", 1), ("SLP201", 2)]


def test_a_mistake_that_repeats_is_reported_at_its_first_place() -> None:
    log = new_log()
    for span in (PLACE, LATER):
        log.report_once("SLP201", "no such column", "a.sql", span)
    log.report_once("SLP201", "no such column", "b.sql", LATER)

    assert reported(log) == [("SLP201", 1), ("SLP201", 2)]


def test_nothing_is_reported_of_a_file_that_only_tells_of_objects() -> None:
    log = new_log(frozenset({"package.sql"}))
    log.report("SLP201", "no such column", "package.sql", PLACE)

    assert not reported(log)


class TestMissingTables:
    def run(self, log: DiagnosticLog, *, has_table: bool) -> None:
        log.begin_statement()
        if has_table:
            log.found_table("a.sql", PLACE, "#t")
        else:
            log.missing_table("a.sql", PLACE, "#t", "#t: nothing here or in a caller creates it")
            log.report("SLP201", "no such column", "a.sql", LATER)
        log.end_statement("a.sql@1")

    def test_what_no_run_has_is_reported_with_what_it_caused(self) -> None:
        log = new_log()
        self.run(log, has_table=False)

        assert reported(log) == [("SLP208", 1), ("SLP201", 2)]

    def test_what_a_caller_has_is_no_fault(self) -> None:
        log = new_log()
        self.run(log, has_table=False)
        self.run(log, has_table=True)

        assert not reported(log)
