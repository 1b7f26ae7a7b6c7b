"""Queries: tokens to the facts of a query, through the library's tree (`tree_reading`).

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...model.diagnostics import Gap
from ...model.facts import (
    CommonTable,
    Condition,
    Expression,
    FileSource,
    Output,
    Query,
    Select,
    Source,
    Star,
    Subquery,
    TableExpression,
    TableSource,
    Use,
)
from ...model.names import RESERVED
from ...model.vocabulary import Subtype
from ..disclosure import shown
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token, new_token
from ..reading.words import compares
from .not_understood import NotUnderstoodError
from .passed_text import placed
from .plain_expressions import plain_uses
from .remote import Remote, read_remote
from .rowsets import read_rowset, with_columns
from .statement_context import StatementContext
from .truth import compares_constants

if TYPE_CHECKING:
    from sqlglot import exp

    from .query_lowering import Queries

_BEFORE_TARGET = frozenset({"INTO", "MERGE"})  # not UPDATE: what it names may be an alias
_BEFORE_TABLE = frozenset({"FROM", "JOIN", "APPLY", "USING"}) | _BEFORE_TARGET
_NOT_A_TABLE = frozenset(
    {"SELECT", "VALUES", "OPENROWSET", "OPENQUERY", "OPENJSON", "OPENXML", "TOP", "STATISTICS"}
)


def read_query(context: StatementContext, tokens: list[Token]) -> Query:
    """The facts of a query.

    One that cannot be understood is reported, and gives the tables that its words name.
    """
    try:
        return _parsed(context, tokens)
    except NotUnderstoodError as error:
        _report(context, error, tokens)
        return fallback_query(context, tokens)


def read_expression(
    context: StatementContext, tokens: list[Token], subtype: Subtype = Subtype.IDENTITY
) -> Expression:
    """The uses of one expression."""
    constant = len(tokens) == 1 and (
        tokens[0].upper == "DEFAULT" or tokens[0].kind in (Kind.STRING, Kind.NUMBER)
    )
    # a megabyte of constants need not go through the library, one by one
    if constant and not context.source.spliced(tokens[0]):
        return ()
    uses = plain_uses(context, tokens, subtype)
    if uses is not None:
        return uses
    try:
        tree, lowering = _select(context, tokens, "SELECT ")
        return lowering.expressions.uses(tree.expressions[0], subtype)
    except NotUnderstoodError as error:
        _report(context, error, tokens)
        return _inspected(fallback_query(context, tokens), subtype)


def read_condition(
    context: StatementContext, tokens: list[Token], subtype: Subtype = Subtype.FILTER
) -> Expression:
    """The uses of a search condition (WHERE, ON, IF)."""
    # WHILE 1 = 1, IF 1 = 1: the most frequent condition of all
    if compares_constants(tokens) and not any(context.source.spliced(token) for token in tokens):
        return ()
    uses = plain_uses(context, tokens, subtype, condition=True)
    if uses is not None:
        return uses
    try:
        tree, lowering = _select(context, tokens, "SELECT 1 WHERE ")
        return lowering.expressions.uses(tree.args["where"].this, subtype)
    except NotUnderstoodError as error:
        _report(context, error, tokens)
        return _inspected(fallback_query(context, tokens), subtype)


def read_search(
    context: StatementContext, tokens: list[Token], subtype: Subtype = Subtype.FILTER
) -> Condition:
    """A search condition as what decides which rows come."""
    return Condition(
        subtype,
        read_condition(context, tokens, subtype),
        contradiction=context.truth_of(tokens) is False,
    )


def read_sources(
    context: StatementContext, tokens: list[Token]
) -> tuple[tuple[Source, ...], tuple[Condition, ...]]:
    """The sources and join conditions of what stands behind FROM or USING."""
    try:
        tree, lowering = _select(context, tokens, "SELECT 1 FROM ")
        select = lowering.select(tree)
        return select.sources, select.conditions
    except NotUnderstoodError as error:
        _report(context, error, tokens)
        body = fallback_query(context, tokens).body
        return (body.sources if isinstance(body, Select) else ()), ()


def read_outputs(context: StatementContext, tokens: list[Token]) -> tuple[Output | Star, ...]:
    """A select list, as OUTPUT has one."""
    try:
        tree, lowering = _select(context, tokens, "SELECT ")
        return lowering.select(tree).outputs
    except NotUnderstoodError as error:
        _report(context, error, tokens)
        return ()


def read_ctes(context: StatementContext, tokens: list[Token]) -> tuple[CommonTable, ...]:
    """The common table expressions of `WITH a AS (…), b AS (…)`, from the tokens behind WITH."""
    ctes: list[CommonTable] = []
    cursor = Cursor(tokens)
    while name := cursor.token():
        cursor.advance()
        columns = (
            tuple(token.value for token in cursor.group() if token.name)
            if cursor.word == "("
            else None
        )
        cursor.advance()  # AS
        context.local_sources.add_cte(name.value)
        behind = 1 if cursor.word == "(" else 2
        ctes.append(CommonTable(name.value, columns, read_query(context, cursor.group())))
        cursor.skip(behind)
    return tuple(ctes)


def fallback_query(context: StatementContext, tokens: list[Token]) -> Query:
    """A query over the tables that the words name: what is left when a text is not understood."""
    sources: list[Source] = []
    cursor = Cursor(tokens)
    for i, token in enumerate(tokens):
        if (token.upper not in _BEFORE_TABLE and not (token.upper == "," and sources)) or compares(
            tokens, i
        ):
            continue
        cursor.go_to(i + 1)
        word = cursor.word
        name = cursor.name()
        if (
            name is None
            or word in _NOT_A_TABLE
            or word.lower() in RESERVED
            or token.upper == ","
            or context.local_sources.is_cte(name)
        ):
            continue
        if token.upper in _BEFORE_TARGET:
            context.accessed.write(name)
            continue
        # `FROM dbo.f(1)`: a function, whose rows are no table's
        if cursor.word == "(":
            continue
        name = context.table(name)
        context.accessed.read(name)
        sources.append(Source(TableSource(name, context.span(cursor.since(i + 1)))))
    return Query(Select((), tuple(sources), partial=True))


def _inspected(query: Query, subtype: Subtype) -> Expression:
    return (Use(Subquery(query, exists=True), subtype),)


def _report(context: StatementContext, error: NotUnderstoodError, tokens: list[Token]) -> None:
    at = error.token
    if at is None:
        context.report("SLP101", f"not understood: {error}", tokens)
    else:
        context.report("SLP101", f"not understood near {shown(context.source, at)}: {error}", [at])


def _select(
    context: StatementContext, tokens: list[Token], prefix: str
) -> tuple[exp.Select, Queries]:
    from .tree_reading import read_select  # noqa: PLC0415 - most definitions of tables need no library

    return read_select(context, tokens, prefix, _rowset)


def _parsed(context: StatementContext, tokens: list[Token]) -> Query:
    from .tree_reading import lowered_query  # noqa: PLC0415 - the same

    return lowered_query(context, tokens, _rowset)


def _rowset(context: StatementContext, cursor: Cursor) -> str | None:
    """The table source that begins here, which is passed, under the name that stands for it."""
    start = cursor.index
    remote = read_remote(cursor)
    relation = remote_relation(context, cursor.since(start), remote) if remote else None
    if relation is None:
        cursor.go_to(start)
        return read_rowset(context, lambda part: read_expression(context, part), cursor)
    columns = with_columns(cursor)
    if isinstance(relation, FileSource) and columns:
        relation = replace(relation, columns=columns)
    return context.local_sources.stand_in(relation)


def remote_relation(
    context: StatementContext, tokens: list[Token], remote: Remote
) -> TableExpression | None:
    """What a function of another server stands for.

    None: the text passed to it is in another language than T-SQL.
    """
    span = context.span(tokens)
    if remote.file:
        return FileSource(remote.file, None, None, span)
    if remote.name:
        context.accessed.read(remote.name)
        return TableSource(remote.name, span)
    return _passed_through(context, remote)


def _passed_through(context: StatementContext, remote: Remote) -> Query | None:
    """The query that is passed to another server, whose tables its names are."""
    text = remote.text
    if text is None:
        return None
    remote_reader = StatementContext(
        context.source,
        server=remote.server,
        server_database=remote.database,
        deadline=context.deadline,
    )
    inside = [
        new_token(token.kind, token.value, *place) for token, place in placed(text, context.source)
    ]
    while inside and inside[-1].upper == ";":
        inside.pop()
    try:
        query = _parsed(remote_reader, inside)
    except NotUnderstoodError:
        return None
    # half a query of another dialect would be a guess: the caller reports the whole as not followed
    if any(found.rule.gap is not Gap.DYNAMIC for found in remote_reader.diagnostics):
        return None
    context.diagnostics += remote_reader.diagnostics
    context.accessed.add(remote_reader.accessed)
    return query
