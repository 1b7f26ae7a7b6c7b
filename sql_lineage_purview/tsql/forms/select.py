"""SELECT: to the client, into a table, into variables.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/select-into-clause-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, CommonTable, Result, Write
from ...model.vocabulary import StatementKind
from ..expressions import AGGREGATES
from ..queries import read_query
from ..reader import Reader
from ..words import assigns_variable, find, name_at, select_list_at, skip_group, split
from .base import Form, Tokens, assigned_variables, with_common, word


def select(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """SELECT in all its uses."""
    into = _into(tokens)
    name, end = name_at(tokens, into + 1)
    if into < len(tokens) and name:
        name = reader.there(name)
        reader.write(name)
        span = reader.span(tokens[into + 1 : end])
        if word(tokens, end) == "ON":  # a filegroup
            end += 2
        query = with_common(read_query(reader, tokens[:into] + tokens[end:]), common)
        return Form(StatementKind.SELECT_INTO, (Write(name, None, query, span, creates=True),))
    query = with_common(read_query(reader, tokens), common)
    if not assigns_variable(tokens, select_list_at(tokens)):
        return Form(StatementKind.SELECT, (Result(query),))
    return Form(StatementKind.SELECT, (Assign(assigned_variables(query), query, keeps=_may_find_no_row(tokens)),))


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
        if word(item, at + 1) == "(" and token.upper in AGGREGATES:
            end = skip_group(item, at + 1)
            end = skip_group(item, end + 2) if word(item, end) == "WITHIN" else end
            return word(item, end) != "OVER"
        if token.upper == "(" and word(item, at + 1) == "SELECT":
            return _is_aggregated(item[skip_group(item, at) :])
    return False


def _into(tokens: Tokens) -> int:
    """The index of INTO, also of a SELECT in parentheses; the length where there is none."""
    depth = 0
    while word(tokens, depth) == "(":
        depth += 1
    inside = tokens[depth:]
    at = depth + find(inside, {"INTO", ")"} if depth else {"INTO"})
    return at if word(tokens, at) == "INTO" else len(tokens)
