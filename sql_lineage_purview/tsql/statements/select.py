"""SELECT: to the client, into a table, into variables.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/select-into-clause-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, CommonTable, Result, Write
from ...model.vocabulary import StatementKind
from ..queries.expression_lowering import AGGREGATES
from ..queries.query_reader import read_query
from ..queries.statement_context import StatementContext
from ..reading.words import assigns_variable, find, name_at, select_list_at, skip_group, split, word_at
from .base import LoweredStatement, Tokens, assigned_variables, with_common


def select(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """SELECT in all its uses."""
    into = _into(tokens)
    name, end = name_at(tokens, into + 1)
    if into < len(tokens) and name:
        name = context.on_linked_server(name)
        context.write(name)
        span = context.span(tokens[into + 1 : end])
        if word_at(tokens, end) == "ON":  # a filegroup
            end += 2
        query = with_common(read_query(context, tokens[:into] + tokens[end:]), common)
        return LoweredStatement(StatementKind.SELECT_INTO, (Write(name, None, query, span, creates=True),))
    query = with_common(read_query(context, tokens), common)
    if not assigns_variable(tokens, select_list_at(tokens)):
        return LoweredStatement(StatementKind.SELECT, (Result(query),))
    return LoweredStatement(StatementKind.SELECT, (Assign(assigned_variables(query), query, keeps=_may_find_no_row(tokens)),))


def _may_find_no_row(tokens: Tokens) -> bool:
    """Can a SELECT have no row? Without FROM and WHERE it has one, and so it has with aggregates over all rows."""
    first = find(tokens, {"FROM", "WHERE"})
    if first == len(tokens):
        return False
    grouped = find(tokens, {"GROUP", "HAVING"}, first) < len(tokens)
    return grouped or not any(map(_is_aggregated, split(tokens[select_list_at(tokens) : first])))


def _is_aggregated(item: Tokens) -> bool:
    """Is there an aggregate in an item of a select list, and not only in a subquery or a window?"""
    for at, token in enumerate(item):
        if word_at(item, at + 1) == "(" and token.upper in AGGREGATES:
            end = skip_group(item, at + 1)
            end = skip_group(item, end + 2) if word_at(item, end) == "WITHIN" else end
            return word_at(item, end) != "OVER"
        if token.upper == "(" and word_at(item, at + 1) == "SELECT":
            return _is_aggregated(item[skip_group(item, at) :])
    return False


def _into(tokens: Tokens) -> int:
    """The index of INTO, also of a SELECT in parentheses; the length where there is none."""
    depth = 0
    while word_at(tokens, depth) == "(":
        depth += 1
    inside = tokens[depth:]
    at = depth + find(inside, {"INTO", ")"} if depth else {"INTO"})
    return at if word_at(tokens, at) == "INTO" else len(tokens)
