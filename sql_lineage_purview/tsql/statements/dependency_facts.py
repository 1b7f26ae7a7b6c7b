"""What a statement names without moving data, noted; and the columns that an expression names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec.structs import replace

from ...model.facts import Call, ColumnRef, DependencyFact, Expression, Use
from ..queries.query_reader import read_condition
from ..queries.statement_context import StatementContext
from .base import Tokens


def note_dependency(context: StatementContext, tokens: Tokens, fact: DependencyFact) -> None:
    """Note that a table, and columns of it, are named.

    Args:
        context: of the statement.
        tokens: what names them.
        fact: by what, without its place.
    """
    if not fact.target.temporary:
        columns = tuple(dict.fromkeys(fact.columns))
        span = context.span(tokens)
        context.define(replace(fact, columns=columns, span=span, database=context.database))


def columns_of_condition(context: StatementContext, tokens: Tokens) -> tuple[str, ...]:
    """The columns that a search condition names, as of CHECK and of a filtered index."""
    apart = StatementContext(context.source, deadline=context.deadline)
    return columns_in(read_condition(apart, tokens))


def columns_in(expression: Expression) -> tuple[str, ...]:
    """The columns that an expression of one table names."""
    return tuple(dict.fromkeys(_columns(expression)))


def _columns(expression: Expression) -> Iterator[str]:
    pending: deque[Use] = deque(expression)
    while pending:
        operand = pending.popleft().operand
        if isinstance(operand, ColumnRef):
            yield operand.parts[-1]
        elif isinstance(operand, Call):
            pending += [use for argument in operand.arguments for use in argument]
            pending += operand.method or ()
