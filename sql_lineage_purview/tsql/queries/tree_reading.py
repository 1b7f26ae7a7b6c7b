"""Tokens to the library's tree of a query or expression, and to what lowers it.

Scripts without any load neither the library nor what knows its trees.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

from sqlglot import exp

from ...model.facts import Query
from ..reading.cursor import Cursor
from ..reading.lexer import Token
from .not_understood import NotUnderstoodError
from .parser import parse
from .query_lowering import Queries
from .repeated_rows import without_repeated_rows
from .rewrite import rewrite
from .statement_context import StatementContext

Node: TypeAlias = exp.Expr
RowsetReader: TypeAlias = Callable[[StatementContext, Cursor], str | None]
"""Passes the table source that begins at a cursor, and gives the name that stands for it."""

_MAX_JOINS_WITHOUT_ON = 4  # in one query that is given to the library


def read_select(
    context: StatementContext, tokens: list[Token], prefix: str, read_rowset: RowsetReader
) -> tuple[exp.Select, Queries]:
    """The tree of what is no query alone, behind what makes it one (`SELECT `).

    Args:
        context: the statement.
        tokens: an expression, a condition, sources, or a select list.
        prefix: stands before them.
        read_rowset: reads table sources that the library does not know.

    Raises:
        NotUnderstoodError: the library does not understand it.
    """
    tree, lowering = _understood(context, tokens, prefix, read_rowset)
    # the library also reads `SELECT` alone, without a select list
    if not isinstance(tree, exp.Select) or not tree.expressions:
        raise NotUnderstoodError("no expression")
    return tree, lowering


def lowered_query(
    context: StatementContext, tokens: list[Token], read_rowset: RowsetReader
) -> Query:
    """The facts of a query; see `read_select`.

    Raises:
        NotUnderstoodError: the library does not understand it.
    """
    tree, lowering = _understood(context, tokens, "", read_rowset)
    if not isinstance(tree, (exp.Query, exp.Values, exp.Table)):
        raise NotUnderstoodError("not a query")
    return lowering.query(tree)


def _understood(
    context: StatementContext, tokens: list[Token], prefix: str, read_rowset: RowsetReader
) -> tuple[Node, Queries]:
    """The library's tree of some tokens behind a prefix, and what lowers it."""
    words = {token.upper for token in tokens}
    if "JOIN" in words and _joins_without_on(tokens) > _MAX_JOINS_WITHOUT_ON:
        raise NotUnderstoodError("JOINs without their ON")
    # in an executed string a constant may be the value of a variable
    if "VALUES" in words and not context.source.splices:
        tokens = without_repeated_rows(tokens)
    rendered = rewrite(
        tokens,
        lambda cursor: read_rowset(context, cursor),
        context.deadline.check,
        context.source.spliced,
        prefix,
    )
    try:
        return parse(rendered.text), Queries(context, rendered)
    except NotUnderstoodError as error:
        if error.offset is not None and rendered.pieces:
            error.token = rendered.token_at(error.offset)
        raise


def _joins_without_on(tokens: list[Token]) -> int:
    """How many JOINs have no ON.

    The server refuses them, and the library looks for it twice as long for each one more.
    """
    missing, open_joins = 0, [0]
    for before, token in pairwise(tokens):
        match token.upper:
            case "(":
                open_joins.append(0)
            case ")" if len(open_joins) > 1:
                missing += open_joins.pop()
            case "JOIN" if before.upper != "CROSS":
                open_joins[-1] += 1
            case "ON" if open_joins[-1]:
                open_joins[-1] -= 1
    return missing + sum(open_joins)
