"""INSERT.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
"""

from __future__ import annotations

from dataclasses import replace

from ...model.facts import CommonTable, Effect, Execute, ExecuteString, Expression, Query, Rows, Write
from ...model.names import Name, is_left_open
from ...model.vocabulary import StatementKind
from ..queries.query_reader import read_expression, read_query
from ..queries.statement_context import StatementContext
from ..reading.lexer import Kind
from ..reading.words import find, skip_group, split, word_at
from .base import (
    LoweredStatement,
    Tokens,
    column_list,
    read_top,
    skip_hints,
    target_at,
    target_source,
    with_common,
    without_option,
)
from .execute import read_execute
from .output_clause import Changed, read_output
from .targets import beneath_source, unknown_target

_BODY = frozenset({"VALUES", "SELECT", "EXEC", "EXECUTE", "DEFAULT", "WITH", "("})
_CONSTANT = {Kind.STRING: "'", Kind.NUMBER: "0"}


def insert(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """INSERT, with VALUES, a query, EXEC or DEFAULT VALUES."""
    tokens = without_option(tokens)
    at = read_top(context, tokens, 1)
    at += word_at(tokens, at) in ("INTO", "OVER")
    start = at
    target, at = target_at(context, tokens, at)
    behind, span = at, context.span(tokens[start:at])
    at = skip_hints(tokens, at)
    columns = None
    if word_at(tokens, at) == "(" and word_at(tokens, at + 1) not in ("SELECT", "WITH", "("):
        end = skip_group(tokens, at)
        columns, at = column_list(tokens[at + 1 : end - 1]), end
        columns = tuple("*" if is_left_open(column) else column for column in columns)  # ${@columns}: any columns
    if target is None:
        return _elsewhere(context, tokens, at, common)
    underlying_table = beneath_source(
        target_source(context, target, tokens[start:behind]), common, columns[0] if columns else None
    )
    if underlying_table is None:
        return unknown_target(context, StatementKind.INSERT, target, tokens[start : start + 1])
    target, columns = underlying_table.written(context), underlying_table.below(columns)
    body = _body_start(tokens, at)
    outputs, source = tokens[at:body], tokens[body:]
    if word_at(source, 0) in ("EXEC", "EXECUTE"):
        effects = read_execute(context, source)
        context.strings = [
            string if string.own_session else replace(string, into=target, columns=columns) for string in context.strings
        ]
        changed = Changed(target, Query(Rows(())), ())  # what the procedure gives is not known here
        return LoweredStatement(
            StatementKind.INSERT,
            (*(_into(effect, target, columns) for effect in effects), *read_output(context, outputs, changed)),
        )
    query = _insert_rows(context, source, common)
    effects = (Write(target, columns, query, span),)
    return LoweredStatement(
        StatementKind.INSERT, effects + read_output(context, outputs, Changed(target, query, columns, common=common))
    )


def _elsewhere(context: StatementContext, tokens: Tokens, at: int, common: tuple[CommonTable, ...]) -> LoweredStatement:
    """Rows for a target that is not followed: what supplies them is still read and called."""
    source = tokens[_body_start(tokens, at) :]
    if word_at(source, 0) in ("EXEC", "EXECUTE"):
        return LoweredStatement(StatementKind.INSERT, read_execute(context, source))
    _insert_rows(context, source, common)
    return LoweredStatement(StatementKind.INSERT)


def _body_start(tokens: Tokens, at: int) -> int:
    """Where the rows of an INSERT begin, behind its OUTPUT clause."""
    if word_at(tokens, at) != "OUTPUT":
        return at
    at = find(tokens, _BODY, at)
    while word_at(tokens, at) == "(" and word_at(tokens, at + 1) not in ("SELECT", "WITH", "("):  # INTO t (columns)
        at = find(tokens, _BODY, skip_group(tokens, at))
    return at


def _into(effect: Effect, target: Name, columns: tuple[str, ...] | None) -> Effect:
    if isinstance(effect, (Execute, ExecuteString)):
        return replace(effect, into=target, columns=columns)
    return effect


def _insert_rows(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> Query:
    if word_at(tokens, 0) == "VALUES":
        return Query(Rows(value_rows(context, tokens[1:])), common)
    if word_at(tokens, 0) == "DEFAULT" or not tokens:
        return Query(Rows(()), common)
    return with_common(read_query(context, tokens), common)


def value_rows(context: StatementContext, tokens: Tokens) -> tuple[tuple[Expression, ...], ...]:
    """`(a, b), (c, d)`: of rows that differ only by constants one, since a megabyte of constants says nothing."""
    rows: dict[tuple[Expression, ...], None] = {}
    shapes: set[tuple[str, ...]] = set()
    spliced = context.source.spliced if context.source.splices else None
    at = 0
    while at < len(tokens):
        if word_at(tokens, at) != "(":
            at += 1
            continue
        end = skip_group(tokens, at)
        shape = tuple(
            token.value if spliced and spliced(token) else _CONSTANT.get(token.kind, token.value) for token in tokens[at:end]
        )
        if shape not in shapes:
            shapes.add(shape)
            rows[tuple(_cell(context, piece) for piece in split(tokens[at + 1 : end - 1]))] = None
        at = end
    return tuple(rows)


def _cell(context: StatementContext, tokens: Tokens) -> Expression:
    constant = all(t.kind in _CONSTANT or t.upper in ("-", "+", "NULL", "DEFAULT") for t in tokens)
    if len(tokens) <= 2 and constant and not any(map(context.source.spliced, tokens)):
        return ()
    return read_expression(context, tokens)
