"""Gaps of files: counted in one pass over the diagnostics, however many files there are."""

from __future__ import annotations

from collections.abc import Iterator

from sql_lineage_purview.linker.assembly.graph_assembly import gaps_by_file
from sql_lineage_purview.model.diagnostics import Diagnostic, Gap, Span
from tests.linking import lineage_of

DIAGNOSTICS = [
    Diagnostic(code, "", Span(), path)
    for path, codes in (("a.sql", ("SLP101", "SLP301", "SLP301")), ("b.sql", ("SLP201",)))
    for code in codes
]


def test_each_diagnostic_is_looked_at_once() -> None:
    looked_at = 0

    def each() -> Iterator[Diagnostic]:
        nonlocal looked_at
        for diagnostic in DIAGNOSTICS:
            looked_at += 1
            yield diagnostic

    counted = gaps_by_file(each())

    assert looked_at == len(DIAGNOSTICS)
    assert counted["a.sql"] == {Gap.SYNTAX: 1, Gap.DYNAMIC: 2}
    assert counted["b.sql"] == {Gap.NAME: 1}


def test_a_file_has_the_gaps_of_its_own_diagnostics() -> None:
    graph = lineage_of({"a.sql": "EXEC (@a); EXEC (@b)", "b.sql": "SELECT 1", "c.sql": "EXEC (@c)"})

    assert [file.gaps.dynamic for file in graph.files] == [2, 0, 1]
