"""INSERT.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
"""

from __future__ import annotations

from dataclasses import replace

from ...model.facts import CommonTable, Effect, Execute, ExecuteString, Expression, Query, Rows, Write
from ...model.names import Name, is_left_open
from ...model.vocabulary import StatementKind
from ..lexer import Kind
from ..queries import read_expression, read_query
from ..reader import Reader
from ..words import find, skip_group, split
from .base import Form, Tokens, column_list, read_top, skip_hints, target_at, target_source, with_common, without_option, word
from .execute import read_execute
from .output import Changed, read_output
from .targets import beneath_source, unknown_target

_BODY = frozenset({"VALUES", "SELECT", "EXEC", "EXECUTE", "DEFAULT", "WITH", "("})
_CONSTANT = {Kind.STRING: "'", Kind.NUMBER: "0"}


def insert(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """INSERT, with VALUES, a query, EXEC or DEFAULT VALUES."""
    tokens = without_option(tokens)
    at = read_top(reader, tokens, 1)
    at += word(tokens, at) in ("INTO", "OVER")
    start = at
    target, at = target_at(reader, tokens, at)
    behind, span = at, reader.span(tokens[start:at])
    at = skip_hints(tokens, at)
    columns = None
    if word(tokens, at) == "(" and word(tokens, at + 1) not in ("SELECT", "WITH", "("):
        end = skip_group(tokens, at)
        columns, at = column_list(tokens[at + 1 : end - 1]), end
        columns = tuple("*" if is_left_open(column) else column for column in columns)  # ${@columns}: any columns
    if target is None:
        return _elsewhere(reader, tokens, at, common)
    underlying_table = beneath_source(
        target_source(reader, target, tokens[start:behind]), common, columns[0] if columns else None
    )
    if underlying_table is None:
        return unknown_target(reader, StatementKind.INSERT, target, tokens[start : start + 1])
    target, columns = underlying_table.written(reader), underlying_table.below(columns)
    body = _body_start(tokens, at)
    outputs, source = tokens[at:body], tokens[body:]
    if word(source, 0) in ("EXEC", "EXECUTE"):
        effects = read_execute(reader, source)
        reader.strings = [
            string if string.own_session else replace(string, into=target, columns=columns) for string in reader.strings
        ]
        changed = Changed(target, Query(Rows(())), ())  # what the procedure gives is not known here
        return Form(
            StatementKind.INSERT,
            (*(_into(effect, target, columns) for effect in effects), *read_output(reader, outputs, changed)),
        )
    query = _insert_rows(reader, source, common)
    effects = (Write(target, columns, query, span),)
    return Form(StatementKind.INSERT, effects + read_output(reader, outputs, Changed(target, query, columns, common=common)))


def _elsewhere(reader: Reader, tokens: Tokens, at: int, common: tuple[CommonTable, ...]) -> Form:
    """Rows for a target that is not followed: what supplies them is still read and called."""
    source = tokens[_body_start(tokens, at) :]
    if word(source, 0) in ("EXEC", "EXECUTE"):
        return Form(StatementKind.INSERT, read_execute(reader, source))
    _insert_rows(reader, source, common)
    return Form(StatementKind.INSERT)


def _body_start(tokens: Tokens, at: int) -> int:
    """Where the rows of an INSERT begin, behind its OUTPUT clause."""
    if word(tokens, at) != "OUTPUT":
        return at
    at = find(tokens, _BODY, at)
    while word(tokens, at) == "(" and word(tokens, at + 1) not in ("SELECT", "WITH", "("):  # INTO t (columns)
        at = find(tokens, _BODY, skip_group(tokens, at))
    return at


def _into(effect: Effect, target: Name, columns: tuple[str, ...] | None) -> Effect:
    if isinstance(effect, (Execute, ExecuteString)):
        return replace(effect, into=target, columns=columns)
    return effect


def _insert_rows(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Query:
    if word(tokens, 0) == "VALUES":
        return Query(Rows(value_rows(reader, tokens[1:])), common)
    if word(tokens, 0) == "DEFAULT" or not tokens:
        return Query(Rows(()), common)
    return with_common(read_query(reader, tokens), common)


def value_rows(reader: Reader, tokens: Tokens) -> tuple[tuple[Expression, ...], ...]:
    """`(a, b), (c, d)`: of rows that differ only by constants one, since a megabyte of constants says nothing."""
    rows: dict[tuple[Expression, ...], None] = {}
    shapes: set[tuple[str, ...]] = set()
    spliced = reader.source.spliced if reader.source.splices else None
    at = 0
    while at < len(tokens):
        if word(tokens, at) != "(":
            at += 1
            continue
        end = skip_group(tokens, at)
        shape = tuple(
            token.value if spliced and spliced(token) else _CONSTANT.get(token.kind, token.value) for token in tokens[at:end]
        )
        if shape not in shapes:
            shapes.add(shape)
            rows[tuple(_cell(reader, piece) for piece in split(tokens[at + 1 : end - 1]))] = None
        at = end
    return tuple(rows)


def _cell(reader: Reader, tokens: Tokens) -> Expression:
    constant = all(t.kind in _CONSTANT or t.upper in ("-", "+", "NULL", "DEFAULT") for t in tokens)
    if len(tokens) <= 2 and constant and not any(map(reader.source.spliced, tokens)):
        return ()
    return read_expression(reader, tokens)
