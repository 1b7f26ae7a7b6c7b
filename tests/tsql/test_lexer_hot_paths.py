"""The hot paths of the lexer take what its grammar takes, and pass over what says nothing new."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.facts import FileFacts
from sql_lineage_purview.tsql import CompileOptions, compile_file
from sql_lineage_purview.tsql.reading import lexer
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
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
