"""What all kinds of statements share: their result, and the small pieces of grammar that several statements have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

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
from ..queries.query_reader import read_condition, read_expression, remote_relation
from ..queries.remote import REMOTE_WORDS, remote_at
from ..queries.statement_context import StatementContext
from ..reading.keywords import TABLE_HINTS
from ..reading.lexer import Kind, Token
from ..reading.words import find, name_at, skip_group, split, word_at

Tokens: TypeAlias = list[Token]


@dataclass(frozen=True, slots=True)
class LoweredStatement:
    """What a statement is and does. What it reads, writes and calls stands in its context."""

    kind: StatementKind
    effects: tuple[Effect, ...] = ()


Lowering: TypeAlias = Callable[[StatementContext, Tokens, tuple[CommonTable, ...]], LoweredStatement | None]

_CONSTRAINT_WORDS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "DEFAULT"})


def read_top(context: StatementContext, tokens: Tokens, index: int) -> int:
    """The index behind `TOP (n) PERCENT`. A query that tells the number is read, though no value flows."""
    if word_at(tokens, index) != "TOP":
        return index
    end = skip_group(tokens, index + 1) if word_at(tokens, index + 1) == "(" else index + 2
    if end > index + 4:
        read_expression(context, tokens[index + 1 : end])
    return end + (word_at(tokens, end) == "PERCENT")


def find_clause(tokens: Tokens, words: set[str], start: int) -> int:
    """The first of some clauses outside parentheses; OUTPUT may also be the name of a column: `SET output = 1`."""
    at = find(tokens, words, start)
    while word_at(tokens, at) == "OUTPUT" and not _begins_output(tokens, at):
        at = find(tokens, words, at + 1)
    return at


def _begins_output(tokens: Tokens, at: int) -> bool:
    before, behind = tokens[at - 1] if at else None, tokens[at + 1] if at + 1 < len(tokens) else None
    if behind is None or (behind.kind is Kind.OPERATOR and behind.upper not in ("(", "-", "+", "~")):
        return False
    return before is None or before.kind is not Kind.OPERATOR or before.upper == ")"


def skip_hints(tokens: Tokens, index: int) -> int:
    """The index behind `WITH (hints)`."""
    if word_at(tokens, index) == "WITH" and word_at(tokens, index + 1) == "(":
        return skip_group(tokens, index + 1)
    return index


def column_list(tokens: Tokens) -> tuple[str, ...]:
    """The names of `(a, t.b, c)`, the tokens standing inside the parentheses."""
    return tuple(piece[-1].value for piece in split(tokens) if piece and piece[-1].name)


def without_option(tokens: Tokens) -> Tokens:
    """The tokens before OPTION (…) at the end of a statement."""
    end = find(tokens, {"OPTION"})
    return tokens[:end] if word_at(tokens, end + 1) == "(" else tokens


def with_common(query: Query, common: tuple[CommonTable, ...]) -> Query:
    """A query that also sees the statement's common table expressions."""
    return replace(query, common=common + query.common) if common else query


def select_of(
    outputs: tuple[Output | Star, ...],
    sources: tuple[Source, ...],
    conditions: tuple[Condition, ...],
    common: tuple[CommonTable, ...] = (),
) -> Query:
    """A query made of its parts; conditions without a use that let rows come are left out."""
    return Query(Select(outputs, sources, tuple(c for c in conditions if c.expression or c.contradiction)), common)


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
    return tuple(getattr(output, "name", None) or "" for output in body.outputs) if isinstance(body, Select) else ()


def column_of(name: str, table: str, span: Span) -> Expression:
    """The plain use of a column of a source."""
    return (Use(ColumnRef((table, name), span), Subtype.IDENTITY),)


def table_source(name: Name, span: Span, alias: str | None = None) -> Source:
    """A table as an item of FROM."""
    return Source(TableSource(name, span), alias)


def column_definitions(context: StatementContext, tokens: Tokens) -> tuple[ColumnFact, ...]:
    """The columns of a table definition, the tokens standing inside its parentheses."""
    columns: list[ColumnFact] = []
    sparse = "SPARSE" if any(token.upper == "COLUMN_SET" for token in tokens) else None  # the set stands for them
    for piece in split(tokens):
        constraint_calls(context, piece)
        if not piece or not piece[0].name:
            continue
        if is_constraint(piece):
            continue
        if word_at(piece, 1) == "AS" and len(piece) > 2:
            end = find(piece, {"PERSISTED", "CONSTRAINT", "PRIMARY", "UNIQUE", "NOT"}, 2)
            columns.append(ColumnFact(piece[0].value, _computed(context, piece[2:end]), generated=True))
        else:
            words = {token.upper for token in piece[1:]}
            hidden = "HIDDEN" in words or sparse in words
            kind = next((kind for kind in ("IDENTITY", "ROWGUIDCOL") if kind in words), None)
            columns.append(ColumnFact(piece[0].value, generated=hidden or kind == "IDENTITY", hidden=hidden, property=kind))
    return tuple(columns)


def is_constraint(piece: Tokens) -> bool:
    """Is a piece of a table's definition no column? `period int` and `connection int` are: the words are not reserved.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
    """
    first, following = word_at(piece, 0), word_at(piece, 1)
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
    context.calls |= aside.calls
    return uses


def constraint_calls(context: StatementContext, piece: Tokens) -> None:
    """The functions that DEFAULT and CHECK of a column or table call.

    Source: https://learn.microsoft.com/sql/t-sql/statements/alter-table-column-constraint-transact-sql
    """
    for at, token in enumerate(piece):
        if token.upper not in ("DEFAULT", "CHECK"):
            continue
        start = find(piece, {"("}, at + 1) if token.upper == "CHECK" else at + 1
        _, end = name_at(piece, start)  # DEFAULT dbo.f()
        end = skip_group(piece, end) if word_at(piece, end) == "(" else end
        if any(part.upper == "." for part in piece[start:end]):  # only a name with a schema is a function of the user's
            read_condition(StatementContext(context.source, calls=context.calls, deadline=context.deadline), piece[start:end])


_OF_A_LIST = frozenset({",", ".", "(", ")"})


def target_at(context: StatementContext, tokens: Tokens, index: int) -> tuple[Name | None, int]:
    """The target of a change: a name, a table variable, or the call of a function. A remote one is reported and passed over."""
    name, end = name_at(tokens, index)
    if name is None or word_at(tokens, end) != "(":
        return name, end
    behind = skip_group(tokens, end)
    if word_at(tokens, index) in REMOTE_WORDS:
        return _remote_target(context, tokens, index, behind)
    if not _arguments(tokens[end + 1 : behind - 1], listed=word_at(tokens, 0) == "INSERT"):
        return name, end
    return name, behind


def target_source(context: StatementContext, name: Name, tokens: Tokens, alias: str | None = None) -> Source:
    """The target of a change, which stands at `tokens`, as an item of FROM: a table, or the rows of an inline function.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql (inline functions that can be updated)
    """
    span = context.span(tokens)
    _, end = name_at(tokens, 0)
    if word_at(tokens, end) != "(" or word_at(tokens, 0) in REMOTE_WORDS:
        return table_source(name, span, alias)
    context.call(name)
    pieces = split(tokens[end + 1 : -1])
    return Source(FunctionSource(name, tuple(read_expression(context, piece) for piece in pieces if piece), span), alias)


def _remote_target(context: StatementContext, tokens: Tokens, index: int, behind: int) -> tuple[Name | None, int]:
    """A table of another server, by its name or as the only one of a query that is passed there."""
    remote = remote_at(tokens, index)
    if remote is not None:
        relation = None if remote.name or remote.file else remote_relation(context, tokens, index, remote)
        body = relation.body if isinstance(relation, Query) else None
        sources = body.sources if isinstance(body, Select) else ()
        only = sources[0].relation if len(sources) == 1 else None
        name = only.name if isinstance(only, TableSource) else remote.name
        if name is not None:
            return name, remote.end
    context.report("SLP103", f"{word_at(tokens, index)}: a target on another server is not followed", tokens[index : index + 1])
    while word_at(tokens, behind) == ".":
        behind += 1
        behind += word_at(tokens, behind) != "."
    return None, behind


def _arguments(tokens: Tokens, *, listed: bool) -> bool:
    """Are these the arguments of a function, rather than the columns of INSERT (`listed`) or hints?"""
    if not tokens:
        return True
    if word_at(tokens, 0) in ("SELECT", "WITH", "VALUES", "("):
        return False
    if listed:
        return any(not t.name and t.upper not in _OF_A_LIST for t in tokens)
    return not any(t.upper in TABLE_HINTS for t in tokens)
