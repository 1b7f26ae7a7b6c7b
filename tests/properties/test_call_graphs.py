"""Calls are followed once for what they see.

No lineage is lost by it, and a call graph costs what its procedures cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker.context.call_summaries import CallSummaries
from tests.linking import edge_line, lineage_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sql_lineage_purview.linker.context.call_summaries import Activation
    from sql_lineage_purview.model.graph import LineageGraph

PROCEDURES = 4
TABLES = "CREATE TABLE dbo.s1 (a int, b int);\nCREATE TABLE dbo.s2 (a int, b int);\n" + "".join(
    f"CREATE TABLE dbo.t{number} (a int, b int);\n" for number in range(PROCEDURES)
)


def body(number: int) -> st.SearchStrategy[str]:
    """The statements of a procedure.

    They are what it does to its caller's tables, its parameter and its own tables, and its
    calls.
    """
    target, last = f"dbo.t{number}", PROCEDURES - 1
    called = st.integers(min(number + 1, last), last)  # the last one calls itself
    simple = st.sampled_from(
        [
            f"INSERT {target} (a, b) SELECT a, b FROM #w",
            f"INSERT {target} (a) VALUES (@x)",
            f"INSERT #w (a, b) SELECT b, a FROM {target}",
            "INSERT #w (a) SELECT a FROM dbo.s1",
            "UPDATE #w SET b = a",
            "TRUNCATE TABLE #w",
            "DROP TABLE #w",
            "CREATE TABLE #w (a int, b int)",
            "SELECT a, b INTO #v FROM dbo.s2",
            f"INSERT {target} (b) SELECT a FROM #v",
            "ALTER TABLE #w ADD c int",
            "SELECT @x = b FROM dbo.s2",
            "SET @x = 0",
            "SELECT a, b FROM #w",
            "RETURN @x",
            "DECLARE c CURSOR FOR SELECT a FROM #w; OPEN c",
            "FETCH NEXT FROM c INTO @x",
            "EXEC dbo.elsewhere @x OUTPUT",
            "SELECT a, b INTO ##g FROM dbo.s1",
            "INSERT ##g (a) SELECT b FROM #w",
            f"INSERT {target} (a) SELECT b FROM ##g",
            "DROP TABLE ##g",
            "IF 1 = 0 DROP TABLE #w",
            "IF 1 = 0 CREATE TABLE #w (a int, b int)",
            "SELECT b AS a, a AS b INTO #w FROM dbo.s2",
        ]
    )
    calls = st.one_of(
        called.map(lambda number: f"EXEC dbo.p{number} @x"),
        called.map(lambda number: f"EXEC dbo.p{number} @x OUTPUT"),
        called.map(lambda number: f"EXEC @x = dbo.p{number} 1"),
        called.map(lambda number: f"INSERT #w (a, b) EXEC dbo.p{number} @x"),
    )
    statement = st.one_of(simple, calls)
    block = st.lists(statement, min_size=1, max_size=2).map("; ".join)
    inside = st.one_of(
        statement,
        block.map(lambda text: f"IF @x = 1 BEGIN {text} END"),
        block.map(lambda text: f"WHILE @x < 9 BEGIN {text} END"),
        block.map(lambda text: f"BEGIN TRY {text} END TRY BEGIN CATCH {text} END CATCH"),
    )
    lines = st.lists(inside, min_size=1, max_size=5)
    return lines.map(
        lambda texts: f"CREATE PROCEDURE dbo.p{number} @x int AS\n" + ";\n".join(texts) + ";\nGO\n"
    )


PROGRAMS = st.tuples(*map(body, range(PROCEDURES))).map(
    lambda bodies: TABLES + "GO\n" + "".join(bodies)
)


@given(PROGRAMS)
@settings(max_examples=60)
def test_a_summary_does_what_the_procedure_does(program: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(CallSummaries, "of", lambda *_: ())
        anew = lineage_of(program)
    if "SLP209" in codes(anew):  # too many calls to follow each
        return
    expected = lineage_of(program)
    assert lines(expected) == lines(anew)
    assert codes(expected) == codes(anew)


def lines(graph: LineageGraph) -> list[str]:
    return list(map(edge_line, graph.column_lineage))


def codes(graph: LineageGraph) -> set[str]:
    return {diagnostic.code for diagnostic in graph.diagnostics}


# --- graphs in which each procedure calls three others --------------------------------------------

ACYCLIC, RING = 24, 10


def on_a_callers_table(number: int, calls: str) -> str:
    return (
        f"AS INSERT dbo.t{number} SELECT a FROM #w; INSERT #w SELECT a FROM dbo.t{number}; "
        f"{calls.format('')}"
    )


def on_an_argument(number: int, calls: str) -> str:
    return f"@x int AS INSERT dbo.t{number} VALUES (@x); {calls.format('@x')}"


def by_output(number: int, calls: str) -> str:
    return (
        f"@x int OUTPUT AS {calls.format('@x OUTPUT')} INSERT dbo.t{number} VALUES (@x); "
        f"SELECT @x = a FROM dbo.t{number}"
    )


def by_name(number: int, calls: str) -> str:
    return f"@x sysname AS EXEC ('INSERT dbo.t{number} SELECT a FROM ' + @x); {calls.format('@x')}"


def on_tables_of_its_own(number: int, calls: str) -> str:
    return (
        f"AS SELECT a INTO #w{number} FROM dbo.s; {calls.format('')} INSERT dbo.t{number} "
        f"SELECT a FROM #w{number}"
    )


def on_a_table_of_all(number: int, calls: str) -> str:
    return (
        f"AS INSERT dbo.t{number} SELECT a FROM ##w; INSERT ##w SELECT a FROM dbo.t{number}; "
        f"{calls.format('')}"
    )


@pytest.mark.parametrize(
    "does",
    [
        on_a_callers_table,
        on_a_table_of_all,
        on_an_argument,
        by_output,
        by_name,
        on_tables_of_its_own,
    ],
)
@pytest.mark.parametrize("closed", [False, True], ids=["acyclic", "ring"])
def test_no_lineage_is_cut(does: Callable[[int, str], str], closed: bool) -> None:
    """Followed anew on each path, 24 procedures are run some 100 million times."""
    start = {
        on_a_callers_table: "CREATE TABLE #w (a int); INSERT #w SELECT a FROM dbo.s; EXEC dbo.p0",
        on_a_table_of_all: "CREATE TABLE ##w (a int); INSERT ##w SELECT a FROM dbo.s; EXEC dbo.p0",
        on_an_argument: "DECLARE @v int; SELECT @v = a FROM dbo.s; EXEC dbo.p0 @v",
        by_output: "DECLARE @v int; SELECT @v = a FROM dbo.s; EXEC dbo.p0 @v OUTPUT",
        by_name: "EXEC dbo.p0 'dbo.s'",
        on_tables_of_its_own: "EXEC dbo.p0",
    }[does]
    size = RING if closed else ACYCLIC
    script = "CREATE TABLE dbo.s (a int);\n" + "".join(
        f"CREATE TABLE dbo.t{number} (a int);\n" for number in range(size)
    )
    for number in range(size):
        others = [(number + step) % size for step in (1, 2, 3) if closed or number + step < size]
        calls = " ".join(f"EXEC dbo.p{number} {{0}};" for number in others)
        script += f"GO\nCREATE PROCEDURE dbo.p{number} {does(number, calls)};\n"
    graph = lineage_of(f"{script}GO\nCREATE PROCEDURE dbo.start AS {start};")
    assert codes(graph) <= {"SLP207"}
    fed = {
        str(edge.target.table) for edge in graph.column_lineage if str(edge.source.table) == "dbo.s"
    }
    assert fed == {f"dbo.t{number}" for number in range(size)}


def test_a_graph_that_is_deep_is_run_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each procedure calls the next three, so what is found first is a chain of all of them."""
    size, runs = 150, 0
    begin = CallSummaries.begin

    def counted(*args: Any) -> Activation:
        nonlocal runs
        runs += 1
        return begin(*args)

    monkeypatch.setattr(CallSummaries, "begin", counted)
    script = "CREATE TABLE dbo.s (a int);\n"
    for number in range(size):
        others = range(number + 1, min(number + 4, size))
        calls = " ".join(f"EXEC dbo.p{other} @x;" for other in others)
        script += f"CREATE TABLE dbo.t{number} (a int);\nGO\n"
        script += f"CREATE PROCEDURE dbo.p{number} {on_an_argument(number, calls)};\nGO\n"
    start = "DECLARE @v int; SELECT @v = a FROM dbo.s; EXEC dbo.p0 @v"
    graph = lineage_of(f"{script}CREATE PROCEDURE dbo.start AS {start};")

    assert not graph.diagnostics
    assert {str(edge.target.table) for edge in graph.column_lineage} == {
        f"dbo.t{number}" for number in range(size)
    }
    assert runs == 2 * size - 1, "for its own callers, and for what begins with a value"


def test_result_sets_that_are_one_are_held_once() -> None:
    """Each of ten levels calls the next one four times."""
    script = "CREATE TABLE dbo.s (a int);\nCREATE TABLE dbo.t (a int);\n"
    for level in range(10):
        script += (
            f"GO\nCREATE PROCEDURE dbo.p{level} @n int AS {f'EXEC dbo.p{level + 1} @n; ' * 4}\n"
        )
    graph = lineage_of(
        f"{script}GO\nCREATE PROCEDURE dbo.p10 @n int AS SELECT a FROM "
        "dbo.s\nGO\nINSERT dbo.t (a) EXEC dbo.p0 1"
    )
    assert lines(graph) == ["dbo.s.a -> dbo.t.a  IDENTITY"]
    assert not graph.diagnostics


@pytest.mark.parametrize(
    "passage",
    [
        "GOTO over; CREATE TABLE #w (a int); over:",
        "GOTO over; SELECT b AS a INTO #w FROM dbo.u; over:",
        "IF @n = 1 SELECT b AS a INTO #w FROM dbo.u;",
        "WHILE @n = 1 BEGIN SELECT b AS a INTO #w FROM dbo.u; END;",
        "SELECT b AS a INTO #w FROM dbo.u; DROP TABLE #w;",
        "BEGIN TRY SELECT b AS a INTO #w FROM dbo.u; END TRY BEGIN CATCH PRINT 'x' END CATCH;",
        "IF @n = 1 GOTO over; SELECT b AS a INTO #w FROM dbo.u; over:",
    ],
)
def test_a_table_that_a_procedure_may_not_have_made_is_its_callers(passage: str) -> None:
    script = (
        "CREATE TABLE dbo.s (a int);\nCREATE TABLE dbo.r (a int);\nCREATE TABLE dbo.u (b "
        "int);\nCREATE TABLE dbo.t (a int);\nGO\n"
    )
    script += (
        f"CREATE PROCEDURE dbo.inner_load @n int AS {passage} INSERT dbo.t (a) SELECT a FROM "
        "#w;\nGO\n"
    )
    for source in ("s", "r"):
        script += (
            f"CREATE PROCEDURE dbo.load_{source} AS SELECT a INTO #w FROM dbo.{source}; EXEC "
            "dbo.inner_load 1;\nGO\n"
        )
    edges = {line.partition("  ")[0] for line in lines(lineage_of(script))}
    assert {"dbo.r.a -> dbo.t.a", "dbo.s.a -> dbo.t.a"} <= edges
