"""Strings that are put together.

A string stands for a pattern: what is not known in it is `${@name}` or `${…}`.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.facts import Piece
from sql_lineage_purview.tsql.cutting.cutter import Leaf, cut
from sql_lineage_purview.tsql.reading.lexer import SourceText, tokens_of
from sql_lineage_purview.tsql.strings.constants import Constants
from sql_lineage_purview.tsql.strings.folding import fold
from sql_lineage_purview.tsql.strings.patterns import MAX_MARKS, Patterns, chosen, literal, unknown
from tests.linking import lineage_of


def shown(patterns: Patterns) -> list[str]:
    return ["".join(piece.text for piece in pattern) for pattern in patterns]


def folded(expression: str, **known: str) -> list[str]:
    return shown(
        fold(
            tokens_of(expression), {f"@{name}": ((Piece(value),),) for name, value in known.items()}
        )
    )


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("'a'", ["a"]),
        ("N'it''s'", ["it's"]),
        ("'a' + N'b' + @x", ["abX"]),
        ("'a' || @x", ["aX"]),
        ("('a' + (@X))", ["aX"]),
        ("CAST(@x AS nvarchar(10)) + CONVERT(varchar(max), 'b')", ["Xb"]),
        ("CONCAT('a', @x, 'b')", ["aXb"]),
        ("CONCAT_WS('.', 'a', @x, 'b')", ["a.X.b"]),
        ("QUOTENAME('a]b')", ["[a]]b]"]),
        ("QUOTENAME('it''s', '''')", ["'it''s'"]),
        ("REPLACE('a~b~', '~', @x)", ["aXbX"]),
        ("FORMATMESSAGE('SELECT %s FROM %s', 'a', @x)", ["SELECT a FROM X"]),
        ("FORMATMESSAGE('%s has %d %%', @x, 5)", ["X has 5 %"]),
        ("CONCAT('y', 2020) + CAST(7 AS char(1))", ["y20207"]),
        ("STUFF(',a,b', 1, 1, '') + LEFT('c,', LEN('c,') - 1)", ["a,bc"]),
        ("(SELECT 'a' AS n)", ["a"]),
        ("(SELECT STRING_AGG(QUOTENAME(v), ',') FROM (VALUES ('a'), ('b')) AS x(v))", ["[a],[b]"]),
        (
            "(SELECT STRING_AGG(v, ',') WITHIN GROUP (ORDER BY v DESC) FROM (VALUES ('a'), ('b')) "
            "x(v))",
            ["b,a"],
        ),
        ("(SELECT 'x.' + STRING_AGG(value, '+') FROM STRING_SPLIT('a;b', ';'))", ["x.a+b"]),
        (
            "STUFF((SELECT ',' + t.n FROM (SELECT 'a' AS n UNION ALL SELECT 'b') t FOR XML "
            "PATH('')), 1, 1, '')",
            ["a,b"],
        ),
        ("LTRIM('  a ') + RTRIM(' b ') + TRIM(' c ')", ["a  bc"]),
        ("UPPER('a') + LOWER('B')", ["Ab"]),
        ("'a' + CHAR(13) + NCHAR(10) + 'b'", ["a\r\nb"]),
        ("ISNULL('a', @x)", ["a"]),
        ("IIF(1 = 2, 'a', @x) + 'b'", ["ab", "Xb"]),
        (
            "'t_' + CASE WHEN @n = 1 THEN 'a' WHEN @n = 2 THEN 'b' ELSE 'c' END",
            ["t_a", "t_b", "t_c"],
        ),
        ("CASE @n WHEN 1 THEN 'a' END", ["a"]),
    ],
)
def test_constants_are_put_together(expression: str, texts: list[str]) -> None:
    assert folded(expression, x="X") == texts
    assert all(
        literal(pattern) is not None
        for pattern in fold(tokens_of(expression), {"@x": ((Piece("X"),),)})
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("@y", "${@y}"),
        ("'a' + @y", "a${@y}"),
        ("'a' + b", "a${…}"),
        ("'a' + QUOTENAME(@y) + 'b'", "a${@y}b"),
        ("QUOTENAME('a' + @y)", "[a${@y}]"),
        ("QUOTENAME('a', 'x')", "${…}"),
        ("REPLACE('a{t}b', '{t}', @y)", "a${@y}b"),
        ("REPLACE(@y, 'a', 'b')", "${@y}"),
        ("FORMATMESSAGE('%08x rows', 1)", "${…}"),
        ("(SELECT a FROM t)", "${…}"),
        ("1", "${…}"),
        ("", "${…}"),
        ("'a' 'b'", "${…}"),
        ("('a'", "${…}"),
        ("STUFF(@y, 1, 1, '')", "${…}"),
    ],
)
def test_what_is_not_known_stays_open(expression: str, text: str) -> None:
    (pattern,) = fold(tokens_of(expression), {})
    assert shown((pattern,)) == [text]
    assert literal(pattern) is None
    assert unknown(pattern) == all(
        part == "" for part in text.replace("${@y}", "").replace("${…}", "").split("\0")
    )


def test_too_many_alternatives_are_given_up() -> None:
    choices = [f"IIF(@x = {number}, 'a', 'b')" for number in range(5)]
    assert len(folded(" + ".join(choices[:4]))) == 16
    assert folded(" + ".join(choices)) == ["${…}"]


def test_one_condition_has_one_answer_in_an_expression() -> None:
    assert folded("IIF(@x = 1, 'a', 'b') + IIF(@x = 1, 'c', 'd')") == ["ac", "bd"]
    assert folded(
        "CASE WHEN @x = 1 THEN 'a' ELSE 'b' END + CASE WHEN @y = 1 THEN 'c' ELSE 'd' END"
    ) == ["ac", "ad", "bc", "bd"]
    assert folded("IIF(RAND() < 1, 'a', 'b') + IIF(RAND() < 1, 'c', 'd')") == [
        "ac",
        "ad",
        "bc",
        "bd",
    ]


def known(
    script: str, *, branching: bool = False, looping: bool = False, parameters: tuple[str, ...] = ()
) -> dict[str, list[str]]:
    constants = Constants.of(parameters)
    for node in [node for batch in SourceText(script).batches() for node in cut(batch)]:
        assert isinstance(node, Leaf)
        constants.follow(node.tokens, branching=branching, looping=looping)
    return {name: shown(patterns) for name, patterns in constants.values.items()}


@pytest.mark.parametrize(
    ("script", "values"),
    [
        (
            "DECLARE @a varchar(9) = 'x', @b int, @c nvarchar(max) = N'y'",
            {"@a": ["x"], "@b": [], "@c": ["y"]},
        ),
        ("SET @a = 'x' SET @A += 'y'", {"@a": ["xy"]}),
        ("SELECT @a = 'x', @b = @a + 'y'", {"@a": ["x"], "@b": ["${@a}y"]}),
        ("SET @a = 'x' SELECT @b = @a + 'y'", {"@a": ["x"], "@b": ["xy"]}),
        ("SET @a = 'x' SELECT @a = b FROM t", {"@a": ["${@a}"]}),
        ("SET @a = 'x' SET @a = f(1)", {"@a": ["${@a}"]}),
        (
            "SET @a = CASE WHEN @b = 1 THEN f(1) WHEN @b = 2 THEN NULL ELSE g(@c) END",
            {"@a": ["${@a}"]},
        ),
        ("SET @a = 'x' + CASE WHEN @b = 1 THEN f(1) ELSE g(2) END", {"@a": ["x${…}"]}),
        ("SELECT @a = STRING_AGG(n, '+') FROM (VALUES ('x'), ('y')) v(n)", {"@a": ["x+y"]}),
        (
            "DECLARE @a varchar(9) SELECT @a = ISNULL(@a + ',', '') + n FROM (VALUES ('x'), ('y')) "
            "v(n)",
            {"@a": ["x,y"]},
        ),
        ("SET @a = '' SELECT @a += n FROM (VALUES ('y'), ('x')) v(n) ORDER BY n", {"@a": ["xy"]}),
        ("SET @a = 'x' SELECT @a = 'y' + b FROM t", {"@a": ["x", "y${…}"]}),
        ("SELECT TOP 1 @a = 'y' WHERE 1 = @k", {"@a": ["y"]}),
        ("SELECT @a = STRING_AGG(n, '+') FROM t", {"@a": ["${@a}"]}),
        ("SET @a = 'x' FETCH NEXT FROM c INTO @a", {"@a": ["${@a}"]}),
        ("SET @a = 'x' EXEC p @a OUTPUT", {"@a": ["${@a}"]}),
        ("SET @a = 'x' EXEC p @a", {"@a": ["x"]}),
        ("SET @a = 'x' UPDATE t SET @a = b = 1", {"@a": ["${@a}"]}),
    ],
)
def test_assignments_are_followed(script: str, values: dict[str, list[str]]) -> None:
    assert known(script) == values


def test_what_a_branch_assigns_is_an_alternative() -> None:
    assert known("SET @a = 'x' SET @a = 'y' SET @b = @a + 'z'", branching=True) == {
        "@a": ["x", "y"],
        "@b": ["xz", "yz"],
    }


def test_what_a_loop_adds_is_not_known() -> None:
    assert known("SET @a = 'x' SET @a = @a + 'y'", branching=True, looping=True) == {
        "@a": ["x", "x${…}"]
    }


def test_a_parameter_is_what_the_caller_passes() -> None:
    assert known("SET @s = 'FROM ' + @T", parameters=("@T",)) == {
        "@t": ["${@T}"],
        "@s": ["FROM ${@T}"],
    }


def test_a_string_that_keeps_doubling_is_given_up() -> None:
    assert known("SET @a = 'aaaaaaaaaa' " + "SET @a = @a + @a " * 64) == {"@a": ["${…}"]}


@given(
    st.lists(
        st.text(
            st.characters(blacklist_categories=["Cs"], blacklist_characters="$<{\\\\"), max_size=20
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_sum_of_literals_is_their_text(texts: list[str]) -> None:
    assert folded(" + ".join("'" + text.replace("'", "''") + "'" for text in texts)) == [
        "".join(texts)
    ]


def test_a_string_within_more_arms_than_are_kept_is_not_known() -> None:
    """A chain of a thousand ELSE IFs would else give each string a thousand marks."""
    patterns: Patterns = ((Piece("SELECT 1"),),)
    for choice in range(MAX_MARKS):
        patterns = chosen(patterns, choice, 0)
    assert len(patterns[0]) == MAX_MARKS + 1
    assert literal(patterns[0]) == "SELECT 1"
    assert unknown(chosen(patterns, MAX_MARKS, 0)[0])


@pytest.mark.parametrize("arms", [30, MAX_MARKS - 5])
def test_what_far_arms_leave_is_not_put_together(arms: int) -> None:
    sets = {0, arms - 1}
    chain = "\nELSE ".join(
        f"IF @k = {arm} BEGIN SET @t = 'dbo.s{arm}'; SET @c = 'c{arm}'; END"
        if arm in sets
        else f"IF @k = {arm} SET @x = {arm};"
        for arm in range(arms)
    )
    lineage = lineage_of(
        "CREATE PROCEDURE dbo.p @k int AS DECLARE @t varchar(9), @c varchar(9), @x int;\n"
        f"{chain}\nEXEC ('INSERT dbo.t (a) SELECT ' + @c + ' FROM ' + @t);"
    )
    sources = {edge.source.column for edge in lineage.column_lineage}
    assert sources == {"c0", f"c{arms - 1}"}
    assert len(lineage.column_lineage) == len(sources)
