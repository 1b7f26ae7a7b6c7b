"""SELECT: to the client, into a table, into variables.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/select-into-clause-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, CommonTable, Result, Write
from ...model.vocabulary import StatementKind
from ..queries.operands import AGGREGATES
from ..queries.query_reader import read_query
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import assigns_variable, select_list_at, split
from .base import LoweredStatement, Tokens, assigned_variables, with_ctes


def select(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """SELECT in all its uses."""
    cursor = Cursor(tokens)
    before = _before_into(cursor)
    start = cursor.index
    name = cursor.name()
    if name:
        name = context.on_linked_server(name)
        context.accessed.write(name)
        span = context.span(cursor.since(start))
        if cursor.accept("ON"):  # a filegroup
            cursor.advance()
        query = with_ctes(read_query(context, before + cursor.rest()), ctes)
        return LoweredStatement(
            StatementKind.SELECT_INTO, (Write(name, None, query, span, creates=True),)
        )
    query = with_ctes(read_query(context, tokens), ctes)
    if not assigns_variable(tokens, select_list_at(tokens)):
        return LoweredStatement(StatementKind.SELECT, (Result(query),))
    # `SELECT @a = x FROM dbo.t` of no row leaves @a as it is; SET @a = (SELECT …) makes it NULL
    values = Assign(assigned_variables(query), query, keeps=_may_find_no_row(tokens))
    return LoweredStatement(StatementKind.SELECT, (values,))


def _may_find_no_row(tokens: Tokens) -> bool:
    """Can a SELECT have no row?

    Without FROM and WHERE it has one, and so it has with aggregates over all rows.
    """
    cursor = Cursor(tokens)
    before = cursor.until("FROM", "WHERE")
    if not cursor.word:
        return False
    cursor.until("GROUP", "HAVING")
    return bool(cursor.word) or not any(
        map(_is_aggregated, split(before[select_list_at(tokens) :]))
    )


def _is_aggregated(item: Tokens) -> bool:
    """Is there an aggregate in an item of a select list, and not only in a subquery or a window?"""
    cursor = Cursor(item)
    while cursor.word:
        if cursor.word == "(" and cursor.peek() == "SELECT":
            cursor.group()
        elif cursor.word in AGGREGATES and cursor.peek() == "(":
            return not _is_window(cursor)
        else:
            cursor.advance()
    return False


def _is_window(cursor: Cursor) -> bool:
    """Does OVER stand behind the call of an aggregate, and behind its WITHIN GROUP (…)?"""
    cursor.advance()
    cursor.group()
    if cursor.accept("WITHIN"):
        cursor.advance()
        cursor.group()
    return cursor.word == "OVER"


def _before_into(cursor: Cursor) -> Tokens:
    """The tokens before INTO, also of a SELECT in parentheses.

    The cursor goes behind it, or to the end where there is none.
    """
    while cursor.accept("("):
        pass
    cursor.until(*(("INTO", ")") if cursor.index else ("INTO",)))
    before = cursor.since(0)
    if not cursor.accept("INTO"):
        cursor.go_to(len(cursor.tokens))
    return before
