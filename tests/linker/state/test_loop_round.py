"""Rounds of loops: one is left out only where it would find what the round before it found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker.interpreter.interpreter import Interpreter
from sql_lineage_purview.linker.state.loop_round import RoundStart
from sql_lineage_purview.model.graph import LineageGraph
from tests.linking import edge_line, lineage_of

# --- how many rounds are run ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "rounds"),
    [
        ("INSERT dbo.t (x) SELECT a FROM dbo.s;", 1),
        ("SET @i = @i + 1; INSERT dbo.t (x) VALUES (@i);", 1),
        ("SELECT @a = a FROM dbo.s; INSERT dbo.t (x) VALUES (@a);", 1),
        ("IF 1 = @i BEGIN SET @a = (SELECT a FROM dbo.s); INSERT dbo.t (x) VALUES (@a); END", 1),
        ("SELECT a INTO #t FROM dbo.s; INSERT dbo.t (x) SELECT a FROM #t; DROP TABLE #t;", 1),
        # what a round leaves the next one reads
        ("INSERT dbo.t (x) VALUES (@a); SET @a = (SELECT a FROM dbo.s);", 2),
        ("IF 1 = @i SET @a = (SELECT a FROM dbo.s); INSERT dbo.t (x) VALUES (@a);", 2),
    ],
)
def test_a_round_is_run_again_where_it_reads_what_it_leaves(
    body: str, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []
    run = Interpreter.run

    def noted(interpreter: Interpreter, frame: object, body: object, within: object = ()) -> None:
        if within:
            ran.append(within)
        run(interpreter, frame, body, within)  # type: ignore[arg-type]

    monkeypatch.setattr(Interpreter, "run", noted)
    lineage_of(f"DECLARE @i int = 0, @a int;\nWHILE @i < 9 BEGIN\n{body}\nEND\n")
    assert sum(branch == ran[0] for branch in ran) == rounds


# --- no round is left out that finds more ---------------------------------------------------------

_VARIABLES = st.sampled_from(["@a", "@b", "@c"])
_TEMPORARY = st.sampled_from(["#t", "#u", "@v"])
_TABLES = st.sampled_from(["dbo.s", "dbo.r"])


def _simple() -> st.SearchStrategy[str]:
    template = st.sampled_from(
        [
            "SET {a} = {b};",
            "SET {a} = (SELECT k FROM {s});",
            "SELECT {a} = k FROM {s};",
            "SELECT {a} = k, {b} = {a} FROM {s} WHERE l = {c};",
            "INSERT dbo.x (k) VALUES ({a});",
            "INSERT dbo.y (k) SELECT k FROM {t};",
            "INSERT {t} (k) SELECT k FROM {s};",
            "INSERT {t} (k) SELECT k FROM {u};",
            "INSERT {t} (k) VALUES ({a});",
            "SELECT {a} = k FROM {t};",
            "DELETE FROM {t} WHERE k = {a};",
            "DROP TABLE #t; SELECT k INTO #t FROM {s} WHERE l = {b};",
            "TRUNCATE TABLE #u;",
            "EXEC dbo.Fill {a};",
            "EXEC dbo.Give {a} OUTPUT;",
            "CLOSE c; DEALLOCATE c; DECLARE c CURSOR FOR SELECT k FROM {s} WHERE l = {a}; OPEN c;",
            "FETCH c INTO {a};",
            "SELECT k INTO dbo.z FROM {s};",
            "INSERT dbo.y (k) SELECT k FROM dbo.z;",
            "IF {a} = 1 BREAK;",
            "IF {a} = 1 GOTO again;",
            "EXEC ('INSERT dbo.y (k) SELECT k FROM #t');",
        ]
    )
    return st.builds(
        lambda text, a, b, c, s, t, u: text.format(a=a, b=b, c=c, s=s, t=t, u=u),
        template,
        _VARIABLES,
        _VARIABLES,
        _VARIABLES,
        _TABLES,
        _TEMPORARY,
        _TEMPORARY,
    )


def _block(statements: list[str]) -> str:
    return "BEGIN\n" + "\n".join(statements) + "\nEND"


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    blocks = st.lists(inner, min_size=1, max_size=4).map(_block)
    return st.one_of(
        st.builds("IF @a = 1 {}".format, blocks),
        st.builds("IF @b = 1 {}\nELSE {}".format, blocks, blocks),
        st.builds("WHILE @c < 9 {}".format, blocks),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda parts: (
                "BEGIN TRY\n"
                + "\n".join(parts[1:] or parts)
                + f"\nEND TRY\nBEGIN CATCH\n{parts[0]}\nEND CATCH"
            )
        ),
    )


_BODIES = st.lists(st.recursive(_simple(), _nested, max_leaves=8), min_size=1, max_size=6)

_PROCEDURES = (
    "CREATE PROCEDURE dbo.Fill @p int AS\nINSERT #t (k) VALUES (@p);\n"
    "INSERT dbo.w (k) SELECT k FROM #u;\nGO\n"
    "CREATE PROCEDURE dbo.Give @p int OUTPUT AS\nSELECT @p = k FROM dbo.g WHERE l = @p;\nGO\n"
)


def _linked(body: list[str]) -> LineageGraph:
    return lineage_of(
        f"{_PROCEDURES}CREATE PROCEDURE dbo.Run AS\n"
        "CREATE TABLE #t (k int); CREATE TABLE #u (k int); DECLARE @v TABLE (k int);\n"
        "DECLARE @a int, @b int, @c int;\n"
        "DECLARE c CURSOR FOR SELECT k FROM dbo.first; OPEN c;\n"
        f"WHILE @a < 9 BEGIN\nagain:\n" + "\n".join(body) + "\nEND\n"
        "INSERT dbo.x (k) VALUES (@a + @b + @c);\nINSERT dbo.y (k) SELECT k FROM #t;\n"
    )


@settings(max_examples=60)
@given(_BODIES)
def test_rounds_that_are_left_out_would_find_nothing(body: list[str]) -> None:
    graph = _linked(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RoundStart, "finds_the_same", lambda *_: False)
        in_full = _linked(body)
    assert [*map(edge_line, graph.column_lineage)] == [*map(edge_line, in_full.column_lineage)]
    assert graph.table_lineage == in_full.table_lineage
    assert graph.column_lineage == in_full.column_lineage
    assert graph.diagnostics == in_full.diagnostics
