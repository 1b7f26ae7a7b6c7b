from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.tsql.reading.lexer import Kind, SourceText, Token, Variables, tokens_of


def lexed(source: SourceText) -> list[Token]:
    return [token for batch in source.batches() for token in batch.whole()]


def words(text: str) -> list[str]:
    return [token.value for token in tokens_of(text)]


def kinds(text: str) -> list[Kind]:
    return [token.kind for token in tokens_of(text)]


def filled(text: str, **variables: str) -> list[str]:
    return [token.value for token in lexed(SourceText(text, Variables(variables)))]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("N'it''s'", "it's", Kind.STRING),
        ("'two\nlines'", "two\nlines", Kind.STRING),
        ("''", "", Kind.STRING),
        ("[a]]b]", "a]b", Kind.QUOTED),
        ('"say ""x"""', 'say "x"', Kind.QUOTED),
        ("@@ROWCOUNT", "@@ROWCOUNT", Kind.VARIABLE),
        ("@1_x", "@1_x", Kind.VARIABLE),
        ("@", "@", Kind.VARIABLE),
        ("#903", "#903", Kind.WORD),
        ("##global$1", "##global$1", Kind.WORD),
        ("größe", "größe", Kind.WORD),
        ("$action", "$action", Kind.WORD),
        ("0xFF", "0xFF", Kind.NUMBER),
        ("$12.50", "$12.50", Kind.NUMBER),
        ("$-5", "$-5", Kind.NUMBER),
        ("£ 5.2e1", "£ 5.2e1", Kind.NUMBER),
        ("€.5", "€.5", Kind.NUMBER),
        ("£a5", "£a5", Kind.WORD),
        (".5e-3", ".5e-3", Kind.NUMBER),
        ("1.", "1.", Kind.NUMBER),
        ("::", "::", Kind.OPERATOR),
        ("!<", "!<", Kind.OPERATOR),
        ("{{ schema }}", "{{ schema }}", Kind.QUOTED),
        ("${env}", "${env}", Kind.QUOTED),
        ("<name, sysname, dbo>", "<name, sysname, dbo>", Kind.QUOTED),
        ("<@p, int, @q>", "@p", Kind.VARIABLE),
        ("<size, int, 5>", "5", Kind.NUMBER),
    ],
)
def test_one_token(text: str, value: str, kind: Kind) -> None:
    (token,) = tokens_of(text)
    assert (token.value, token.kind, token.start, token.end) == (value, kind, 0, len(text))


def test_only_words_and_operators_are_keywords() -> None:
    assert [
        token.upper for token in tokens_of("select [select] 'select' @select \"select\" =")
    ] == [
        "SELECT",
        "",
        "",
        "",
        "",
        "=",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a -- b",
        "a /* b */",
        "a /* b /* c */ d */",
        "a /* it's */",
        "a --'\n",
        "/* -- */ a",
        "-- /*\na",
        "a /**/",
    ],
)
def test_comments_are_left_out(text: str) -> None:
    assert words(text) == ["a"]


@pytest.mark.parametrize(
    "space",
    ["\x01\x08", "\x1f", "\x85", "\xa0", "\u1680", "\u200b", "\u2029", "\u3000", "\ufeff"],
    ids=ascii,
)
def test_white_space_of_every_kind_separates_words(space: str) -> None:
    assert words(f"a{space}b") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM ..t", ["FROM", "t"]),
        ("FROM . [t]", ["FROM", "t"]),
        ("= .t.a", ["=", "t", ".", "a"]),
        ("(...[t]..a)", ["(", "t", ".", ".", "a", ")"]),
        ("srv...t", ["srv", ".", ".", ".", "t"]),
        ("[select] .t", ["select", ".", "t"]),
        ("a.user .t", ["a", ".", "user", ".", "t"]),
        ("plan.t", ["plan", ".", "t"]),
        ("f().a", ["f", "(", ")", ".", "a"]),
        ("@x .nodes", ["@x", ".", "nodes"]),
        (".5", [".5"]),
    ],
)
def test_dots_before_a_name_are_left_out(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_comment_separates_words() -> None:
    assert words("SEL/* */ECT") == ["SEL", "ECT"]


def test_marks_of_comments_inside_strings_and_brackets_are_text() -> None:
    assert words("'/*' [--] \"*/\" 'x' -- '") == ["/*", "--", "*/", "x"]


@pytest.mark.parametrize(
    "text",
    [
        "a <b",
        "IIF(a<b, c, CASE WHEN d>e THEN 1 END)",
        "x <y AND COALESCE(a, b, c) > 3",
        "a <b GROUP BY c, d HAVING e> 1",
    ],
)
def test_a_comparison_is_no_template(text: str) -> None:
    assert Kind.QUOTED not in kinds(text)
    assert "<" in words(text)


def test_a_template_is_a_part_of_the_name_beside_it() -> None:
    assert words("pre_{{ x }}_post.${y}z [a]{{ b }}") == [
        "pre_{{ x }}_post",
        ".",
        "${y}z",
        "a",
        "{{ b }}",
    ]


def test_the_default_of_a_template_parameter_may_be_sql() -> None:
    assert words("AS <select_statement, , SELECT a FROM t>") == ["AS", "SELECT", "a", "FROM", "t"]


def test_sqlcmd_variables_are_filled_in() -> None:
    assert filled("$(Db).dbo.[t_$(n)] 'x $(n)' @$(n) $(none)", db="Sales", n="1") == [
        "Sales", ".", "dbo", ".", "t_1", "x 1", "@1", "$(none)",
    ]  # fmt: skip


def test_the_value_of_a_variable_may_be_several_tokens() -> None:
    assert filled("$(name)", name="[a b].c") == ["a b", ".", "c"]


def test_a_variable_has_the_value_that_was_set_last() -> None:
    variables = Variables({"x": "one"})
    variables.set("X", "two", 5)
    variables.set("x", None, 10)
    assert [variables.value("x", offset) for offset in (0, 5, 9, 10)] == ["one", "two", "two", None]


@pytest.mark.parametrize(
    ("text", "what"),
    [("'abc", "string"), ("[abc", "bracket"), ('"abc', "quotation mark"), ("/* abc", "comment")],
)
def test_what_is_never_closed_costs_its_batch_only(text: str, what: str) -> None:
    source = SourceText(f"SELECT 1\nGO\nSELECT {text}\nGO\nSELECT 2")
    tokens = lexed(source)
    (diagnostic,) = source.diagnostics
    assert (diagnostic.code, diagnostic.span.line) == ("SLP102", 3)
    assert what in diagnostic.message
    assert [t.value for t in tokens if t.kind is Kind.NUMBER] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\nGO\nb", [["a"], ["b"]]),
        ("a\r\n  go 5 \r\nb", [["a"], ["b"]]),
        ("a\nGO -- done\nb", [["a"], ["b"]]),
        ("a\nGO;\nb", [["a"], ["b"]]),
        ("GO\nGO\na\nGO", [["a"]]),
        ("a GO\nb", [["a", "GO", "b"]]),
        ("a\nGO b\nc", [["a", "GO", "b", "c"]]),
        ("'\nGO\n'", [["\nGO\n"]]),
        ("a /*\nGO\n*/ b", [["a", "b"]]),
        ("[GO]\n", [["GO"]]),
        ("", []),
    ],
)
def test_batches_end_at_lines_of_go(text: str, found: list[list[str]]) -> None:
    assert [
        [token.value for token in batch.whole()] for batch in SourceText(text).batches()
    ] == found


def test_places_count_lines_and_code_points_from_one() -> None:
    source = SourceText("a\r\n \N{MATHEMATICAL BOLD SMALL B}c\n'x\ny'")
    spans = [source.span(token.start, token.end) for token in lexed(source)]
    assert [(s.line, s.column, s.end_line, s.end_column) for s in spans] == [
        (1, 1, 1, 2),
        (2, 2, 2, 4),
        (3, 1, 4, 3),
    ]


@given(st.text(alphabet="aG$O@#'[]\"{}<>,/*-:;.=0x1eE()\n\t é\0", max_size=60))
def test_any_text_gives_tokens_in_order(text: str) -> None:
    source = SourceText(text)
    position = 0
    for token in lexed(source):
        assert position <= token.start < token.end <= len(text)
        # a template parameter may be several tokens in one place
        position = token.start if "<" in text else token.end
