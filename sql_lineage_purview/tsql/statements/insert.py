"""INSERT.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
"""

from __future__ import annotations

from msgspec.structs import replace

from ...model.facts import (
    CommonTable,
    Effect,
    Execute,
    ExecuteString,
    Expression,
    Query,
    Rows,
    Write,
)
from ...model.names import Name, is_left_open
from ...model.vocabulary import StatementKind
from ..queries.query_reader import read_expression, read_query
from ..queries.repeated_rows import Shape, row_shape
from ..queries.statement_context import StatementContext
from ..reading.cursor import END, Cursor
from ..reading.lexer import Kind
from ..reading.words import split
from .base import (
    LoweredStatement,
    Tokens,
    column_list,
    read_top,
    skip_hints,
    target_at,
    target_source,
    with_ctes,
    without_option,
)
from .execute import read_execute
from .output_clause import Changed, read_output
from .targets import beneath_source, unknown_target

_BODY = frozenset({"VALUES", "SELECT", "EXEC", "EXECUTE", "DEFAULT", "WITH", "("})
_QUERY_STARTS = frozenset({"SELECT", "WITH", "("})
_CONSTANTS = frozenset({Kind.STRING, Kind.NUMBER})


def insert(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """INSERT, with VALUES, a query, EXEC or DEFAULT VALUES.

    Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
    """
    cursor = Cursor(without_option(tokens), 1)
    read_top(context, cursor)
    cursor.accept("INTO", "OVER")
    start = cursor.index
    target = target_at(context, cursor)
    named = cursor.since(start)
    span = context.span(named)
    skip_hints(cursor)
    columns = None
    # `INSERT dbo.t (SELECT …)`: a query in parentheses and no list of columns
    if cursor.word == "(" and cursor.peek() not in _QUERY_STARTS:
        columns = column_list(cursor.group())
        # ${@columns}: any columns
        columns = tuple("*" if is_left_open(column) else column for column in columns)
    if target is None:
        return _elsewhere(context, cursor, ctes)
    item = target_source(context, target, named)
    underlying_table = beneath_source(item, ctes, columns[0] if columns else None)
    if underlying_table is None:
        return unknown_target(context, StatementKind.INSERT, target, named[:1])
    target, columns = underlying_table.written(context), underlying_table.below(columns)
    outputs = _before_rows(cursor)
    source = cursor.rest()
    # the result sets of the call are the rows, whichever statement in it answers them
    if cursor.word in ("EXEC", "EXECUTE"):
        effects = read_execute(context, source)
        context.deliver(target, columns)
        changed = Changed(target, Query(Rows(())), ())  # what the procedure gives is not known here
        return LoweredStatement(
            StatementKind.INSERT,
            (
                *(_into(effect, target, columns) for effect in effects),
                *read_output(context, outputs, changed),
            ),
        )
    query = _insert_rows(context, source, ctes)
    effects = (Write(target, columns, query, span),)
    return LoweredStatement(
        StatementKind.INSERT,
        effects + read_output(context, outputs, Changed(target, query, columns, ctes=ctes)),
    )


def _elsewhere(
    context: StatementContext, cursor: Cursor, ctes: tuple[CommonTable, ...]
) -> LoweredStatement:
    """Rows for a target that is not followed: what supplies them is still read and called."""
    _before_rows(cursor)
    if cursor.word in ("EXEC", "EXECUTE"):
        return LoweredStatement(StatementKind.INSERT, read_execute(context, cursor.rest()))
    _insert_rows(context, cursor.rest(), ctes)
    return LoweredStatement(StatementKind.INSERT)


def _before_rows(cursor: Cursor) -> Tokens:
    """The OUTPUT clause of an INSERT, if there is one; the cursor goes to where the rows begin.

    Source: https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
    """
    start = cursor.index
    if cursor.word == "OUTPUT":
        cursor.until(*_BODY)
        while cursor.word == "(" and cursor.peek() not in _QUERY_STARTS:  # INTO t (columns)
            cursor.group()
            cursor.until(*_BODY)
    return cursor.since(start)


def _into(effect: Effect, target: Name, columns: tuple[str, ...] | None) -> Effect:
    if isinstance(effect, (Execute, ExecuteString)):
        return replace(effect, into=target, columns=columns)
    return effect


def _insert_rows(context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]) -> Query:
    cursor = Cursor(tokens)
    if cursor.accept("VALUES"):
        return Query(Rows(value_rows(context, cursor)), ctes)
    # DEFAULT VALUES: a row, though no value of any table
    if cursor.word in ("DEFAULT", END):
        return Query(Rows(()), ctes)
    return with_ctes(read_query(context, tokens), ctes)


def value_rows(context: StatementContext, cursor: Cursor) -> tuple[tuple[Expression, ...], ...]:
    """Rows like `(a, b), (c, d)`: of those that differ only by constants, one."""
    rows: dict[tuple[Expression, ...], None] = {}
    shapes: set[Shape] = set()
    spliced = context.source.spliced if context.source.splices else None
    while cursor.word:
        if cursor.word != "(":
            cursor.advance()
            continue
        row = cursor.group()
        shape = row_shape(row, spliced)
        if shape not in shapes:
            shapes.add(shape)
            rows[tuple(_cell(context, piece) for piece in split(row))] = None
    return tuple(rows)


def _cell(context: StatementContext, tokens: Tokens) -> Expression:
    # most cells are constants, and the library takes longer over one than all of this does
    constant = all(t.kind in _CONSTANTS or t.upper in ("-", "+", "NULL", "DEFAULT") for t in tokens)
    if len(tokens) <= 2 and constant and not any(map(context.source.spliced, tokens)):
        return ()
    return read_expression(context, tokens)
