"""Statements held against the grammar.

What the server refuses is reported in its place, what it takes is not.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.diagnostics import Gap
from sql_lineage_purview.model.facts import FileFacts
from sql_lineage_purview.tsql import CompileOptions, compile_file

STATEMENTS = Path(__file__).parent / "statements"  # one a line
SOUND = (STATEMENTS / "sound.sql").read_text(encoding="utf-8").splitlines()
BROKEN = (STATEMENTS / "broken.sql").read_text(encoding="utf-8").splitlines()


def compiled(text: str) -> FileFacts:
    return compile_file(text.encode(), CompileOptions(), no_file)


def no_file(path: str, stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def gaps(text: str) -> list[str]:
    return [
        diagnostic.message
        for diagnostic in compiled(text).diagnostics
        if diagnostic.rule.gap is Gap.SYNTAX
    ]


@pytest.mark.parametrize("text", SOUND)
def test_what_the_server_takes_is_not_reported(text: str) -> None:
    assert gaps(text) == []


@pytest.mark.parametrize("text", BROKEN)
def test_what_the_server_refuses_is_reported(text: str) -> None:
    assert gaps(text) != []


@given(st.sampled_from(SOUND), st.data())
def test_layout_makes_no_statement_unsound(text: str, data: st.DataObject) -> None:
    words = text.split(" ")
    gap = st.sampled_from([" ", "\n", "\t/* x */ ", " -- y\n"])
    assert gaps("".join(word + data.draw(gap) for word in words)) == []


def test_the_place_is_that_of_the_first_word_that_cannot_stand_there() -> None:
    (diagnostic,) = compiled("SELECT a\nFROM dbo.t JOIN dbo.u\n  WHERE a = 1").diagnostics

    assert diagnostic.code == "SLP101"
    assert (diagnostic.span.line, diagnostic.span.column) == (3, 3)
    assert diagnostic.message == "not understood near 'WHERE': it cannot stand there"


@pytest.mark.parametrize("hole", ["{{ x }}", "${x}", "$(x)"])
def test_what_a_template_fills_in_is_not_held_against_the_grammar(hole: str) -> None:
    assert gaps("SELECT a FROM dbo.t HOLE WHERE a = 1 AND HOLE".replace("HOLE", hole)) == []


def test_a_deep_expression_is_no_finding() -> None:
    assert gaps(f"SELECT {'(' * 200}1{')' * 200} AS a") == []


def test_rows_are_checked_each_by_its_words() -> None:
    right = "(1, 'a', f(2)), (2, 'b', f(3)), (DEFAULT, x.y, -1), (3, 'c', f(4)),"
    insert = "INSERT INTO t (a, b, c) VALUES ~ (4, 'd', f(5))".replace("~", right)
    assert gaps(insert) == []
    diagnostics = compiled(insert.replace("'d'", "'d' 'd'")).diagnostics
    assert [diagnostic.code for diagnostic in diagnostics] == ["SLP101"]
