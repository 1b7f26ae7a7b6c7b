"""What all kinds of statements share: their result, and small pieces of grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import (
    ColumnFact,
    ColumnRef,
    CommonTable,
    Condition,
    Effect,
    Expression,
    FunctionSource,
    Output,
    Query,
    Select,
    SetOperation,
    Source,
    Star,
    Subquery,
    TableSource,
    Use,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind, Subtype
from ..queries.accessed_objects import AccessedObjects
from ..queries.query_reader import read_condition, read_expression, remote_relation
from ..queries.remote import REMOTE_WORDS, read_remote
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.keywords import TABLE_HINTS
from ..reading.lexer import Kind, Token
from ..reading.words import split, words_of

Tokens: TypeAlias = list[Token]


class LoweredStatement(Struct, frozen=True):
    """What a statement is and does. What it reads, writes and calls stands in its context."""

    kind: StatementKind
    effects: tuple[Effect, ...] = ()


Lowering: TypeAlias = Callable[
    [StatementContext, Tokens, tuple[CommonTable, ...]], LoweredStatement | None
]

_CONSTRAINT_WORDS = frozenset(
    {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "DEFAULT"}
)


def read_top(context: StatementContext, cursor: Cursor) -> None:
    """Go past `TOP (n) PERCENT`. A query that tells the number is read, though no value flows.

    Source: https://learn.microsoft.com/sql/t-sql/queries/top-transact-sql
    """
    if not cursor.accept("TOP"):
        return
    start = cursor.index
    if cursor.word != "(":
        cursor.advance()
    # (5), (@n): one token has no table in it
    elif len(cursor.group()) > 1:
        read_expression(context, cursor.since(start))
    cursor.accept("PERCENT")


def until_clause(cursor: Cursor, *words: str) -> Tokens:
    """The tokens before the first of some clauses.

    OUTPUT may also be the name of a column: `SET output = 1`.
    """
    start = cursor.index
    cursor.until(*words)
    while cursor.word == "OUTPUT" and not _begins_output(cursor):
        cursor.advance()
        cursor.until(*words)
    return cursor.since(start)


def _begins_output(cursor: Cursor) -> bool:
    before, behind = cursor.token(-1), cursor.token(1)
    if behind is None or (
        behind.kind is Kind.OPERATOR and behind.upper not in ("(", "-", "+", "~")
    ):
        return False
    return before is None or before.kind is not Kind.OPERATOR or before.upper == ")"


def skip_hints(cursor: Cursor) -> None:
    """Go past `WITH (hints)`.

    Source: https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table
    """
    if cursor.stands("WITH", "("):
        cursor.advance()
        cursor.group()


def column_list(tokens: Tokens) -> tuple[str, ...]:
    """The names of `(a, t.b, c)`, the tokens standing inside the parentheses."""
    return tuple(piece[-1].value for piece in split(tokens) if piece and piece[-1].name)


def without_option(tokens: Tokens) -> Tokens:
    """The tokens before OPTION (…) at the end of a statement.

    Source: https://learn.microsoft.com/sql/t-sql/queries/option-clause-transact-sql
    """
    cursor = Cursor(tokens)
    before = cursor.until("OPTION")
    return before if cursor.peek() == "(" else tokens


def with_ctes(query: Query, ctes: tuple[CommonTable, ...]) -> Query:
    """A query that also sees the statement's common table expressions."""
    return replace(query, ctes=ctes + query.ctes) if ctes else query


def select_of(
    outputs: tuple[Output | Star, ...],
    sources: tuple[Source, ...],
    conditions: tuple[Condition, ...],
    ctes: tuple[CommonTable, ...] = (),
) -> Query:
    """A query made of its parts; conditions without a use that let rows come are left out.

    Args:
        outputs: the columns; none for a query of which only the rows count.
        sources: what stands in FROM.
        conditions: what decides which rows come.
        ctes: what stands in WITH.
    """
    return Query(
        Select(outputs, sources, tuple(c for c in conditions if c.expression or c.contradiction)),
        ctes,
    )


def apart(sources: tuple[Source, ...], conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Conditions that see other sources than the query they decide the rows of."""
    if not conditions:
        return ()
    decided = Subquery(select_of((), sources, conditions), exists=True, apart=True)
    contradiction = any(condition.contradiction for condition in conditions)
    return (Condition(Subtype.FILTER, (Use(decided, Subtype.FILTER),), contradiction),)


def assigned_variables(query: Query) -> tuple[str, ...]:
    """The variables of a select list that assigns: `SELECT @a = x, @b = y`."""
    body = query.body
    if isinstance(body, SetOperation):
        return assigned_variables(body.left)
    return (
        tuple(getattr(output, "name", None) or "" for output in body.outputs)
        if isinstance(body, Select)
        else ()
    )


def column_of(name: str, table: str, span: Span) -> Expression:
    """The plain use of a column of a source."""
    return (Use(ColumnRef((table, name), span), Subtype.IDENTITY),)


def table_source(name: Name, span: Span, alias: str | None = None) -> Source:
    """A table as an item of FROM."""
    return Source(TableSource(name, span), alias)


def column_definitions(context: StatementContext, tokens: Tokens) -> tuple[ColumnFact, ...]:
    """The columns of a table definition, the tokens standing inside its parentheses.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
    """
    columns: list[ColumnFact] = []
    # the set stands for them
    sparse = "SPARSE" if any(token.upper == "COLUMN_SET" for token in tokens) else None
    for piece in split(tokens):
        constraint_calls(context, piece)
        if piece and piece[0].name and not is_constraint(piece):
            columns.append(_column(context, piece, sparse))
    return tuple(columns)


def _column(context: StatementContext, piece: Tokens, sparse: str | None) -> ColumnFact:
    name = piece[0].value
    cursor = Cursor(piece, 1)
    # `Total AS Price * Units PERSISTED NOT NULL`: an expression in the place of a type
    if cursor.accept("AS") and cursor.word:
        expression = cursor.until("PERSISTED", "CONSTRAINT", "PRIMARY", "UNIQUE", "NOT")
        return ColumnFact(name, _computed(context, expression), generated=True)
    words = {token.upper for token in piece[1:]}
    # a `*` leaves out what is HIDDEN, and sparse columns where a column set stands for them
    hidden = "HIDDEN" in words or sparse in words
    kind = next((kind for kind in ("IDENTITY", "ROWGUIDCOL") if kind in words), None)
    return ColumnFact(name, generated=hidden or kind == "IDENTITY", hidden=hidden, property=kind)


def is_constraint(piece: Tokens) -> bool:
    """Is a piece of a table's definition no column?

    `period int` and `connection int` are: the words are not reserved.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
    """
    first, following = words_of(piece)
    if first == "PERIOD":
        return following == "FOR"
    if first == "CONNECTION":
        return following == "("
    return first in _CONSTRAINT_WORDS and len(piece) > 1 and following != "AS"


def _computed(context: StatementContext, tokens: Tokens) -> Expression:
    """An expression of a definition: it may call functions, and reads nothing."""
    aside = StatementContext(context.source, deadline=context.deadline)
    uses = read_expression(aside, tokens)
    context.diagnostics += aside.diagnostics
    for name in aside.accessed.calls:
        context.accessed.call(name)
    return uses


def constraint_calls(context: StatementContext, piece: Tokens) -> None:
    """The functions that DEFAULT and CHECK of a column or table call.

    Source:
    https://learn.microsoft.com/sql/t-sql/statements/alter-table-column-constraint-transact-sql
    """
    places = [place for place, token in enumerate(piece) if token.upper in ("DEFAULT", "CHECK")]
    if not places:
        return
    cursor = Cursor(piece)
    for place in places:
        cursor.go_to(place + 1)
        if cursor.before() == "CHECK":
            cursor.until("(")
        start = cursor.index
        cursor.name()  # DEFAULT dbo.f()
        cursor.group()
        called = cursor.since(start)
        # only a name with a schema is a function of the user's
        if any(token.upper == "." for token in called):
            read_condition(
                StatementContext(
                    context.source,
                    accessed=AccessedObjects(calls=context.accessed.calls),
                    deadline=context.deadline,
                ),
                called,
            )


_OF_A_LIST = frozenset({",", ".", "(", ")"})


def target_at(context: StatementContext, cursor: Cursor) -> Name | None:
    """The target of a change, which is passed: a name, a table variable, or the call of a function.

    A remote one is reported:
    https://learn.microsoft.com/sql/t-sql/functions/openquery-transact-sql.
    """
    start, first = cursor.index, cursor.word
    name = cursor.name()
    if name is None or cursor.word != "(":
        return name
    end = cursor.index
    arguments = cursor.group()
    if first in REMOTE_WORDS:
        return _remote_target(context, cursor, start)
    if not _arguments(arguments, listed=cursor.tokens[0].upper == "INSERT"):
        cursor.go_to(end)
    return name


def target_source(
    context: StatementContext, name: Name, tokens: Tokens, alias: str | None = None
) -> Source:
    """The target of a change, which stands at `tokens`, as an item of FROM.

    It is a table, or the rows of an inline function.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql (inline
    functions that can be updated)

    Args:
        context: of the statement; notes the call of a function.
        name: of the table or function.
        tokens: from the name on, with the arguments if it is a function.
        alias: how the statement calls it; None: by its name.
    """
    span = context.span(tokens)
    cursor = Cursor(tokens)
    remote = cursor.word in REMOTE_WORDS
    cursor.name()
    if remote or cursor.word != "(":
        return table_source(name, span, alias)
    context.accessed.call(name)
    arguments = tuple(read_expression(context, piece) for piece in split(cursor.group()) if piece)
    return Source(FunctionSource(name, arguments, span), alias)


def _remote_target(context: StatementContext, cursor: Cursor, start: int) -> Name | None:
    """A table of another server, by its name or as the only one of a query that is passed there."""
    end = cursor.index
    cursor.go_to(start)
    remote = read_remote(cursor)
    if remote is not None:
        relation = (
            None
            if remote.name or remote.file
            else remote_relation(context, cursor.since(start), remote)
        )
        body = relation.body if isinstance(relation, Query) else None
        sources = body.sources if isinstance(body, Select) else ()
        only = sources[0].relation if len(sources) == 1 else None
        name = only.name if isinstance(only, TableSource) else remote.name
        if name is not None:
            return name
    function = cursor.tokens[start]
    context.report(
        "SLP103", f"{function.upper}: a target on another server is not followed", [function]
    )
    cursor.go_to(end)
    while cursor.accept("."):
        if cursor.word != ".":
            cursor.advance()
    return None


def _arguments(tokens: Tokens, *, listed: bool) -> bool:
    """Are these arguments of a function, rather than columns of INSERT (`listed`) or hints?"""
    if not tokens:
        return True
    if tokens[0].upper in ("SELECT", "WITH", "VALUES", "("):
        return False
    if listed:
        return any(not t.name and t.upper not in _OF_A_LIST for t in tokens)
    return not any(t.upper in TABLE_HINTS for t in tokens)
