"""What indexes and statistics name: key and included columns, those of a filter, of partitions.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-fulltext-index-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-statistics-transact-sql
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model.facts import DependencyFact
from ...model.names import Name
from ...model.vocabulary import DependencyKind, ObjectKind
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import split
from .base import Tokens
from .dependency_facts import columns_of_condition, note_dependency


def index(context: StatementContext, cursor: Cursor) -> None:
    """Note what CREATE INDEX names.

    Args:
        context: of the statement.
        cursor: at INDEX.
    """
    kind = DependencyKind.INDEX
    if cursor.before() == "FULLTEXT":
        kind = DependencyKind.FULLTEXT_INDEX
    cursor.accept("INDEX")
    _on_table(context, cursor, kind)


def statistics(context: StatementContext, cursor: Cursor) -> None:
    """Note what CREATE STATISTICS names.

    Args:
        context: of the statement.
        cursor: behind STATISTICS.
    """
    _on_table(context, cursor, DependencyKind.STATISTICS)


def dropped_index(context: StatementContext, cursor: Cursor) -> None:
    """Note the table of DROP INDEX: `i ON t`, or `t.i` of old.

    Args:
        context: of the statement.
        cursor: at the name.
    """
    name = cursor.name()
    if name is None:
        return
    table = cursor.name() if cursor.accept("ON") else None
    if table is None and len(name.parts) > 1:
        table = Name(name.parts[:-1])
    if table:
        fact = DependencyFact(DependencyKind.ALTERATION, table, label=name.object)
        note_dependency(context, cursor.tokens, fact)


def index_clauses(context: StatementContext, cursor: Cursor) -> tuple[str, ...]:
    """The columns of an index: `(a, b DESC) INCLUDE (c) WHERE d > 0`, to the end of its clauses.

    Args:
        context: of the statement.
        cursor: behind the table.
    """
    columns = list(_key_columns(cursor.group()))
    while cursor.accept("INCLUDE", "ORDER"):
        columns += _key_columns(cursor.group())
    if cursor.accept("WHERE"):
        columns += columns_of_condition(context, cursor.until("WITH", "ON", "FILESTREAM_ON"))
    return tuple(columns)


def table_options(context: StatementContext, tokens: Tokens, table: Name) -> None:
    """Note what stands behind the columns of a table: partitions, and indexes of a pool's table.

    Args:
        context: of the statement.
        tokens: as `ON Years (a)` or `WITH (DISTRIBUTION = HASH (a), CLUSTERED INDEX (b))`.
        table: whose options these are.
    """
    _partitioning(context, tokens, table, inline=True)
    if columns := _behind(tokens, ("INDEX", "ORDER")):
        fact = DependencyFact(DependencyKind.INDEX, table, columns, table, inline=True)
        note_dependency(context, tokens, fact)


def _partitioning(
    context: StatementContext, tokens: Tokens, table: Name, *, inline: bool = False
) -> None:
    """The columns by which rows are put into partitions or distributions.

    They stand in `ON scheme (a)`, `DISTRIBUTION = HASH (a)`, and `PARTITION (a RANGE …)`.
    """
    kind = DependencyKind.PARTITIONING
    cursor = Cursor(tokens)
    while cursor.word:
        if not cursor.accept("ON"):
            cursor.advance()
            continue
        scheme = cursor.name()
        if scheme and cursor.word == "(":
            fact = DependencyFact(kind, scheme, (), table, of=ObjectKind.PARTITION_SCHEME)
            note_dependency(context, tokens, fact)
    if columns := _behind(tokens, ("ON", "HASH", "PARTITION")):
        note_dependency(context, tokens, DependencyFact(kind, table, columns, table, "", inline))


def _behind(tokens: Tokens, words: Sequence[str]) -> tuple[str, ...]:
    """The columns in parentheses behind some words; behind ON comes a name first."""
    columns: list[str] = []
    cursor = Cursor(tokens)
    while cursor.word:
        word = cursor.word
        cursor.advance()
        if word in words and (word != "ON" or cursor.name()):
            columns += _key_columns(cursor.group())
    return tuple(columns)


def _on_table(context: StatementContext, cursor: Cursor, kind: DependencyKind) -> None:
    label = cursor.name() if cursor.word != "ON" else None
    if not cursor.accept("ON") or not (table := cursor.name()):
        return
    start = cursor.index
    columns = index_clauses(context, cursor)
    if kind is DependencyKind.FULLTEXT_INDEX:
        columns += _type_columns(Cursor(cursor.tokens, start).group())
    text = label.object if label else ""
    fact = DependencyFact(kind, table, columns, table, text)
    note_dependency(context, cursor.tokens, fact)
    _partitioning(context, cursor.rest(), table)


def _key_columns(tokens: Tokens) -> tuple[str, ...]:
    return tuple(piece[0].value for piece in split(tokens) if piece and piece[0].name)


def _type_columns(tokens: Tokens) -> tuple[str, ...]:
    """`Body TYPE COLUMN Extension`: the column that says of what type a document is."""
    columns = []
    for place, token in enumerate(tokens[2:], 2):
        if tokens[place - 1].upper == "COLUMN" and tokens[place - 2].upper == "TYPE":
            columns.append(token.value)
    return tuple(columns)
