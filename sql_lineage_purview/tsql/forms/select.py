"""SELECT: to the client, into a table, into variables.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/select-into-clause-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, CommonTable, Result, Write
from ...model.vocabulary import StatementKind
from ..queries import read_query
from ..reader import Reader
from ..words import assigns_variable, find, name_at, select_list_at
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
    assigns = assigns_variable(tokens, select_list_at(tokens))
    return Form(StatementKind.SELECT, (Assign(assigned_variables(query), query),) if assigns else (Result(query),))


def _into(tokens: Tokens) -> int:
    """The index of INTO, also of a SELECT in parentheses; the length where there is none."""
    depth = 0
    while word(tokens, depth) == "(":
        depth += 1
    inside = tokens[depth:]
    at = depth + find(inside, {"INTO", ")"} if depth else {"INTO"})
    return at if word(tokens, at) == "INTO" else len(tokens)
