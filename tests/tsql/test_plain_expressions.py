"""Expressions that are read from their tokens are read as the parser library's tree says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.facts import Expression
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.tsql.queries import query_reader
from sql_lineage_purview.tsql.queries.plain_expressions import plain_uses
from sql_lineage_purview.tsql.queries.query_reader import read_condition, read_expression
from sql_lineage_purview.tsql.queries.statement_context import StatementContext
from sql_lineage_purview.tsql.reading.lexer import SourceText, tokens_of

_OPERANDS = st.sampled_from(
    """@x @@ROWCOUNT a t.a [t].[a b] s.t.[a]]b] #t.a "a" $action t.$IDENTITY t.Order {{x}} ${y}
    $(v) 1 1.5 .5 1. 'x' N'it''s' NULL GETDATE() NEWID() a.b.c.d @t.a 1e5 0x1F $5 [] dbo.f(a)
    COUNT(*) @x.value('(/a)[1]','int') DEFAULT user""".split()
)
_FUNCTIONS = st.sampled_from("ISNULL COALESCE LEFT upper SUM IIF [f] CONVERT DATEADD nodes".split())
_OPERATORS = st.sampled_from("+ - * / % & | = <> != < > <= >= AND OR".split())


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(smaller, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(smaller, _OPERATORS, smaller).map(" ".join),
        smaller.map("({})".format),
        smaller.map("- {}".format),
        smaller.map("NOT {}".format),
        st.tuples(smaller, st.sampled_from(("IS NULL", "IS NOT NULL"))).map(" ".join),
        st.tuples(_FUNCTIONS, lists).map(lambda call: f"{call[0]}({call[1]})"),
    )


_EXPRESSIONS = st.recursive(_OPERANDS, _larger, max_leaves=6)
# what no server takes, most of it
_PIECES = st.sampled_from("a . ( ) @x 1 'x' , - + = NOT IS NULL AND f( t.a AS CASE IN []".split())
_TEXTS = _EXPRESSIONS | st.lists(_PIECES, max_size=7).map(" ".join)


def _context(text: str) -> StatementContext:
    return StatementContext(SourceText(text))


def _of_library(text: str, *, condition: bool) -> tuple[Expression, StatementContext]:
    context = _context(text)
    read, subtype = (
        (read_condition, Subtype.FILTER) if condition else (read_expression, Subtype.IDENTITY)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query_reader, "plain_uses", lambda *_, **__: None)
        return read(context, tokens_of(text), subtype), context


@given(_TEXTS, st.booleans())
@example("a - - b", False)
@example("(a) IS NULL AND NOT (b = - c OR @x IS NOT NULL)", True)
@example("ISNULL(t.a, '') + LEFT(s.t.b, 2)", False)
@example("(a = b) IS NULL", True)
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_plain_uses_are_those_of_the_tree(text: str, condition: bool) -> None:
    subtype = Subtype.FILTER if condition else Subtype.IDENTITY
    uses = plain_uses(_context(text), tokens_of(text), subtype, condition=condition)
    if uses is not None:
        found, context = _of_library(text, condition=condition)
        assert (uses, []) == (found, context.diagnostics)
        assert not context.accessed


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("@x", False),
        ("t.a", False),
        ("ISNULL(t.a, '')", False),
        ("(a + b) * 2", False),
        ("a = b AND (@c IS NOT NULL OR NOT d > - 1)", True),
    ],
)
def test_common_expressions_are_plain(text: str, condition: bool) -> None:
    assert plain_uses(_context(text), tokens_of(text), Subtype.FILTER, condition=condition)


@pytest.mark.parametrize(
    "text", ["dbo.f(a)", "a b", "a = b", "SUM(a)", "CASE WHEN a THEN b END", "a.b.c.d", "(a", "a)"]
)
def test_what_is_doubtful_is_read_by_the_library(text: str) -> None:
    assert plain_uses(_context(text), tokens_of(text), Subtype.IDENTITY) is None
