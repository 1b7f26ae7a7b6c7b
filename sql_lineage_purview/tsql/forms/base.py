"""What all forms share: their result, and the small pieces of grammar that several statements have."""

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
    Output,
    Query,
    Select,
    Source,
    Star,
    Subquery,
    TableSource,
    Use,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind, Subtype
from ..lexer import Kind, Token
from ..queries import read_expression
from ..reader import Reader
from ..rewrite import TABLE_HINTS
from ..words import find, name_at, skip_group, split

Tokens: TypeAlias = list[Token]


@dataclass(frozen=True, slots=True)
class Form:
    """What a statement is and does. What it reads, writes and calls stands in the reader."""

    kind: StatementKind
    effects: tuple[Effect, ...] = ()


Lower: TypeAlias = Callable[[Reader, Tokens, tuple[CommonTable, ...]], Form | None]

CONSTRAINT_WORDS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "PERIOD", "CONNECTION"})


def word(tokens: Tokens, index: int) -> str:
    """The keyword or operator at an index, "" where none stands."""
    return tokens[index].upper if 0 <= index < len(tokens) else ""


def read_top(reader: Reader, tokens: Tokens, index: int) -> int:
    """The index behind `TOP (n) PERCENT`. A query that tells the number is read, though no value flows."""
    if word(tokens, index) != "TOP":
        return index
    end = skip_group(tokens, index + 1) if word(tokens, index + 1) == "(" else index + 2
    if end > index + 4:
        read_expression(reader, tokens[index + 1 : end])
    return end + (word(tokens, end) == "PERCENT")


def skip_hints(tokens: Tokens, index: int) -> int:
    """The index behind `WITH (hints)`."""
    if word(tokens, index) == "WITH" and word(tokens, index + 1) == "(":
        return skip_group(tokens, index + 1)
    return index


def column_list(tokens: Tokens) -> tuple[str, ...]:
    """The names of `(a, t.b, c)`, the tokens standing inside the parentheses."""
    return tuple(piece[-1].value for piece in split(tokens) if piece and piece[-1].name)


def without_option(tokens: Tokens) -> Tokens:
    """The tokens before OPTION (…) at the end of a statement."""
    end = find(tokens, {"OPTION"})
    return tokens[:end] if word(tokens, end + 1) == "(" else tokens


def with_common(query: Query, common: tuple[CommonTable, ...]) -> Query:
    """A query that also sees the statement's common table expressions."""
    return replace(query, common=common + query.common) if common else query


def select_of(
    outputs: tuple[Output | Star, ...],
    sources: tuple[Source, ...],
    conditions: tuple[Condition, ...],
    common: tuple[CommonTable, ...] = (),
) -> Query:
    """A query made of its parts; conditions without a use are left out."""
    return Query(Select(outputs, sources, tuple(c for c in conditions if c.expression)), common)


def apart(sources: tuple[Source, ...], conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Conditions that see other sources than the query they decide the rows of."""
    if not conditions:
        return ()
    decided = Subquery(select_of((), sources, conditions), exists=True)
    return (Condition(Subtype.FILTER, (Use(decided, Subtype.FILTER),)),)


def column_of(name: str, table: str, span: Span) -> Expression:
    """The plain use of a column of a source."""
    return (Use(ColumnRef((table, name), span), Subtype.IDENTITY),)


def table_source(name: Name, span: Span, alias: str | None = None) -> Source:
    """A table as an item of FROM."""
    return Source(TableSource(name, span), alias)


def column_definitions(reader: Reader, tokens: Tokens) -> tuple[ColumnFact, ...]:
    """The columns of a table definition, the tokens standing inside its parentheses."""
    columns: list[ColumnFact] = []
    for piece in split(tokens):
        if not piece or not piece[0].name:
            continue
        if piece[0].kind is Kind.WORD and piece[0].upper in CONSTRAINT_WORDS and len(piece) > 1 and piece[1].upper != "AS":
            continue
        if word(piece, 1) == "AS" and len(piece) > 2:
            end = find(piece, {"PERSISTED", "CONSTRAINT", "PRIMARY", "UNIQUE", "NOT"}, 2)
            columns.append(ColumnFact(piece[0].value, _computed(reader, piece[2:end]), generated=True))
        else:
            words = {token.upper for token in piece[1:]}
            hidden = "HIDDEN" in words
            columns.append(ColumnFact(piece[0].value, generated=hidden or "IDENTITY" in words, hidden=hidden))
    return tuple(columns)


def _computed(reader: Reader, tokens: Tokens) -> Expression:
    """A computed column's expression. A function that it calls is no call of the CREATE TABLE."""
    aside = Reader(reader.source, deadline=reader.deadline)
    uses = read_expression(aside, tokens)
    reader.diagnostics += aside.diagnostics
    return uses


_REMOTE = frozenset({"OPENROWSET", "OPENQUERY", "OPENDATASOURCE"})
_OF_A_LIST = frozenset({",", ".", "(", ")"})


def target_at(reader: Reader, tokens: Tokens, index: int) -> tuple[Name | None, int]:
    """The target of a change: a name or a table variable. A remote one, or a function's rows, is reported and passed over."""
    name, end = name_at(tokens, index)
    if name is None or word(tokens, end) != "(":
        return name, end
    behind = skip_group(tokens, end)
    if word(tokens, index) in _REMOTE:
        reader.report("SLP103", f"{name}: a target on another server is not followed", tokens[index:end])
        while word(tokens, behind) == ".":
            behind += 1
            behind += word(tokens, behind) != "."
        return None, behind
    if not _arguments(tokens[end + 1 : behind - 1], listed=word(tokens, 0) == "INSERT"):
        return name, end
    reader.call(name)
    reader.report("SLP103", f"{name}: the table that is changed through a function is not followed", tokens[index:end])
    return None, behind


def _arguments(tokens: Tokens, *, listed: bool) -> bool:
    """Are these the arguments of a function, rather than the columns of INSERT (`listed`) or hints?"""
    if not tokens:
        return True
    if word(tokens, 0) in ("SELECT", "WITH", "VALUES", "("):
        return False
    if listed:
        return any(not t.name and t.upper not in _OF_A_LIST for t in tokens)
    return not any(t.upper in TABLE_HINTS for t in tokens)
