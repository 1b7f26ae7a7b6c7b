"""Procedures behind ##global tables: which calls are followed once all modules have been run."""

from __future__ import annotations

from collections import Counter

import pytest

from sql_lineage_purview.linker.context.call_summaries import CallSummaries
from tests.linking import column_lines, lineage_of

SCRIPTS = {
    "log.sql": "CREATE PROCEDURE dbo.log @v int AS INSERT dbo.l (a) VALUES (@v);",
    "read.sql": "CREATE PROCEDURE dbo.readg @v int OUTPUT AS SELECT @v = a FROM ##g;",
    "load.sql": "CREATE PROCEDURE dbo.load AS DECLARE @w int; SELECT a INTO ##g FROM dbo.s;"
    " EXEC dbo.readg @w OUTPUT; EXEC dbo.log @w;",
}


def test_a_call_that_looks_up_no_global_table_is_not_followed_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    followed: Counter[str] = Counter()
    begin = CallSummaries.begin

    def noted(calls: CallSummaries, *passed: object) -> object:
        followed[passed[1].key.rpartition("\0")[2]] += 1  # type: ignore[attr-defined]
        return begin(calls, *passed)  # type: ignore[arg-type]

    monkeypatch.setattr(CallSummaries, "begin", noted)
    graph = lineage_of(SCRIPTS)

    assert column_lines(graph) == ["dbo.s.a -> dbo.l.a  IDENTITY"]
    assert followed == {"readg": 2, "log": 1}
