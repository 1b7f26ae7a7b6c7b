from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.tsql.folding import Constants, fold
from sql_lineage_purview.tsql.lexer import Source, tokens_of
from sql_lineage_purview.tsql.statements import Leaf, cut


def folded(expression: str, **known: str) -> str | None:
    return fold(tokens_of(expression), {f"@{name}": value for name, value in known.items()})


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'a'", "a"),
        ("N'it''s'", "it's"),
        ("'a' + N'b' + @x", "abX"),
        ("('a' + (@X))", "aX"),
        ("CAST(@x AS nvarchar(10)) + CONVERT(varchar(max), 'b')", "Xb"),
        ("CONCAT('a', @x, 'b')", "aXb"),
        ("QUOTENAME('a]b')", "[a]]b]"),
        ("REPLACE('a~b~', '~', @x)", "aXbX"),
        ("LTRIM('  a ') + RTRIM(' b ') + TRIM(' c ')", "a  bc"),
    ],
)
def test_constants_are_put_together(expression: str, text: str) -> None:
    assert folded(expression, x="X") == text


@pytest.mark.parametrize(
    "expression",
    [
        "@y",
        "'a' + @y",
        "'a' + b",
        "(SELECT 'a')",
        "1",
        "CASE WHEN 1 = 1 THEN 'a' END",
        "UPPER('a')",
        "QUOTENAME('a', '(')",
        "",
        "'a' 'b'",
        "('a'",
    ],
)
def test_what_is_not_constant_is_not_known(expression: str) -> None:
    assert folded(expression) is None


def known(script: str, *, branching: bool = False) -> dict[str, str]:
    constants = Constants()
    for node in [node for batch in Source(script).batches() for node in cut(batch)]:
        assert isinstance(node, Leaf)
        constants.follow(node.tokens, branching=branching)
    return constants.values


@pytest.mark.parametrize(
    ("script", "values"),
    [
        ("DECLARE @a varchar(9) = 'x', @b int, @c nvarchar(max) = N'y'", {"@a": "x", "@c": "y"}),
        ("SET @a = 'x' SET @A += 'y'", {"@a": "xy"}),
        ("SELECT @a = 'x', @b = @a + 'y'", {"@a": "x"}),
        ("SET @a = 'x' SELECT @b = @a + 'y'", {"@a": "x", "@b": "xy"}),
        ("SET @a = 'x' SELECT @a = b FROM t", {}),
        ("SET @a = 'x' SET @a = f(1)", {}),
        ("SET @b += 'y'", {}),
        ("SET @a = 'x' FETCH NEXT FROM c INTO @a", {}),
        ("SET @a = 'x' EXEC p @a OUTPUT", {}),
        ("SET @a = 'x' EXEC p @a", {"@a": "x"}),
        ("SET @a = 'x' UPDATE t SET @a = b = 1", {}),
    ],
)
def test_assignments_are_followed(script: str, values: dict[str, str]) -> None:
    assert known(script) == values


def test_what_a_branch_assigns_is_not_known_behind_it() -> None:
    assert known("SET @a = 'x'", branching=True) == {}


def test_a_string_that_keeps_doubling_is_given_up() -> None:
    assert known("SET @a = 'aaaaaaaaaa' " + "SET @a = @a + @a " * 64) == {}


@given(
    st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="$<{"), max_size=20), min_size=1, max_size=5)
)
def test_a_sum_of_literals_is_their_text(texts: list[str]) -> None:
    assert folded(" + ".join("'" + text.replace("'", "''") + "'" for text in texts)) == "".join(texts)
