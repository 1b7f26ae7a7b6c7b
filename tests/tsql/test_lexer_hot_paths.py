"""The hot paths of the lexer take what its grammar takes, and pass over what says nothing new."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.facts import FileFacts
from sql_lineage_purview.tsql import CompileOptions, compile_file
from sql_lineage_purview.tsql.reading import lexer, repeated_inserts
from sql_lineage_purview.tsql.reading.decode import decode
from sql_lineage_purview.tsql.reading.lexer import SourceText

_NOTHING = re.compile(r"(?!)")
_SAMPLE = sorted((Path(__file__).parents[2] / "sample_sql").rglob("*.sql"))
_PIECES = st.sampled_from(
    """a N n' N' ' '' '.' 'it''s' 'a\\ 'b [ ] [a] [a]]b] [.] " "a" @ @v @@x $ $(v) 1 1. .5 1e5 0x1F
    . .. , ; = ( ) - -- /* */ # #t {{x}} ${y} #{z} < > <x,int,1> GO go VALUES Go$( é ² a$b a#b $5
    ( ) , . =""".split()
)


def read(text: str) -> tuple[object, ...]:
    source = SourceText(text)
    tokens = [
        (token.kind, token.value, token.upper, token.start, token.end)
        for batch in source.batches()
        for token in batch.whole()
    ]
    return tokens, source.diagnostics, source.unclosed, source.leading, source.template


def without(pattern: str, text: str) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexer, pattern, _NOTHING)
        return read(text)


_BLANKS = st.sampled_from((" ", "\n", "\t", "\nGO\n", "\u00a0"))


@given(st.lists(_PIECES | _BLANKS, max_size=12).map("".join))
@example("SELECT '.' + a.b")
@example("a.go")
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_plain_tokens_are_those_of_the_grammar(text: str) -> None:
    assert read(text) == without("_PLAIN", text)


@pytest.mark.parametrize("script", _SAMPLE, ids=lambda path: path.name)
def test_plain_tokens_of_a_script_are_those_of_the_grammar(script: Path) -> None:
    text = decode(script.read_bytes()).text or ""
    assert read(text) == without("_PLAIN", text)


_CELLS = st.sampled_from(
    """1 2 -1 1.5 0xAB 'a' 'it''s' N'b' xN'c' NULL DEFAULT @v f(1) [f](2) dbo.f(@v, 'x') [a 1] [a 2]
    a1 a2 (1) (SELECT MAX(a) FROM t) $(x) '$(x)' 1e5 "q" --c /*c*/ 3+4 #t""".split(" ")
)
_ROWS = st.lists(st.lists(_CELLS, min_size=1, max_size=3).map(", ".join), min_size=1, max_size=6)


def facts_of(text: str) -> FileFacts:
    def no_file(path: str, stack: tuple[str, ...]) -> bytes:
        raise FileNotFoundError(path)

    return compile_file(text.encode(), CompileOptions(is_tsql=True), no_file)


@given(_ROWS)
@example(["", "1", "1", "1"])
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_rows_that_differ_by_constants_alone_give_no_facts(rows: list[str]) -> None:
    text = "INSERT INTO dbo.t (a) VALUES " + ", ".join(f"({row})" for row in rows) + ";\nDELETE u"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexer, "_SIMPLE_ROW", _NOTHING)
        all_rows = facts_of(text)
    assert facts_of(text) == all_rows


def test_a_thousand_rows_of_one_shape_are_two() -> None:
    rows = ",\n".join(f"({n}, 'n{n}', dbo.f('{n}'), @v)" for n in range(1000))
    source = SourceText(f"INSERT INTO dbo.t VALUES {rows}")
    tokens = [token for batch in source.batches() for token in batch.whole()]
    assert [token.value for token in tokens if token.kind is lexer.Kind.NUMBER] == ["0", "999"]


_HEADS = st.sampled_from(
    (
        "INSERT INTO dbo.t (a, b) VALUES ",
        "INSERT t\n  (a) VALUES",
        "insert #t values ",
        "INSERT INTO [t VALUES ",
        "INSERT (a) VALUES ",
        "INSERT INTO t (a) OUTPUT inserted.a INTO @u VALUES ",
        "INSERT INTO {{t}} (a) VALUES ",
        "INSERT t SELECT a FROM (VALUES ",
    )
)
_REPEATS = st.tuples(
    _HEADS,
    st.sampled_from(("(1)", "(2, 'b')", "(2, 'it''s')", "(CAST(1 AS int))")),
    _CELLS,
    st.lists(st.sampled_from((";", "", ";;", " -- c", ", (1);", " OPTION (RECOMPILE);", "\nGO"))),
)
_BETWEEN = st.sampled_from(
    """|IF @a = 1 |ELSE |BEGIN |END |RETURN; |CREATE PROCEDURE p AS |USE d; |WHILE @a = 1 |EXPLAIN |
    l: |GOTO l; |MERGE t USING u ON 1 = 1 WHEN MATCHED THEN """.split("|")
)


def script(repeats: tuple[str, str, str, list[str]]) -> str:
    head, row, cell, ends = repeats
    return "\n".join([f"{head}{row}{end}" for end in ends] + [f"{head}({cell})"] * bool(ends[4:]))


@given(st.lists(st.tuples(_BETWEEN, _REPEATS.map(script)).map("".join), max_size=4).map("\n".join))
@example("INSERT t VALUES (1)\n" * 4 + "INSERT t VALUES (1), (2)\n" + "INSERT t VALUES (1)\n" * 4)
@example("IF 1 = 0 INSERT t VALUES (1)\nINSERT t VALUES (1)\nINSERT t VALUES (1)\n" * 2)
@example("INSERT INTO [t VALUES (1);\n" * 5)
@example(
    "INSERT t SELECT a FROM (VALUES (1);\n" + "INSERT t VALUES (1);\n" * 5 + "INSERT t VALUES (t))"
)
@example("RETURN; " + "INSERT INTO dbo.t (a) VALUES (1);\n" * 5)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_inserts_that_are_passed_over_give_the_facts_that_they_give_alone(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeated_inserts, "_ONLY_ROW", _NOTHING)
        all_inserts = facts_of(text)
    assert facts_of(text) == all_inserts


def test_a_thousand_inserts_of_constants_are_read_as_two() -> None:
    text = "".join(f"INSERT INTO dbo.t (a, b) VALUES ({n}, 'n{n}');\n" for n in range(1000))
    source = SourceText(text, repeats=repeated_inserts.RepeatedInserts(text))
    tokens = [token for batch in source.batches() for token in batch.whole()]
    assert [token.value for token in tokens if token.kind is lexer.Kind.NUMBER] == ["0", "1"]
    assert facts_of(text).statements == 1000
