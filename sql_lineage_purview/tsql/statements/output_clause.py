"""The OUTPUT clause of INSERT, UPDATE, DELETE and MERGE.

Source: https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
"""

from __future__ import annotations

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import (
    AssignedSource,
    CommonTable,
    Condition,
    Effect,
    Query,
    Result,
    Source,
    Write,
)
from ...model.names import Name
from ..queries.query_reader import read_outputs
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from .base import Tokens, apart, column_list, select_of, table_source, until_clause


class Changed(Struct, frozen=True):
    """What OUTPUT can see.

    That is the target, what was just assigned to it (None: nothing, as in DELETE), and the
    statement's sources.

    `conditions` decide which rows the statement changes, and so which rows OUTPUT has.
    `by_position`: see `AssignedSource`.
    """

    target: Name
    assigned: Query | None
    columns: tuple[str, ...] | None
    sources: tuple[Source, ...] = ()
    conditions: tuple[Condition, ...] = ()
    ctes: tuple[CommonTable, ...] = ()
    by_position: Query | None = None


def read_output(context: StatementContext, tokens: Tokens, changed: Changed) -> tuple[Effect, ...]:
    """All OUTPUT clauses of a statement: rows into a table, or to the client."""
    effects: list[Effect] = []
    cursor = Cursor(tokens)
    # one clause may go INTO a table and a second one to the client
    while cursor.accept("OUTPUT"):
        effects.append(_one(context, until_clause(cursor, "OUTPUT"), changed))
    return tuple(effects)


def _one(context: StatementContext, tokens: Tokens, changed: Changed) -> Effect:
    cursor = Cursor(tokens)
    span = context.span(tokens)
    outputs = read_outputs(context, cursor.until("INTO"))
    query = select_of(
        outputs,
        (*_pseudo_tables(changed, span), *changed.sources),
        apart(changed.sources, changed.conditions),
        changed.ctes,
    )
    cursor.accept("INTO")
    target = cursor.name()
    if target is None:
        return Result(query)
    target = context.on_linked_server(target)
    context.accessed.write(target)
    # OUTPUT inserted.a INTO dbo.log (b)
    columns = column_list(cursor.group()) if cursor.word == "(" else None
    return Write(target, columns, query, span)


def _pseudo_tables(changed: Changed, span: Span) -> list[Source]:
    """`inserted` with the values just assigned, `deleted` with those before.

    Each only where the statement has it.
    """
    deleted = table_source(changed.target, span, "deleted")
    if changed.assigned is None:
        return [deleted]
    return [
        Source(
            AssignedSource(
                changed.target, changed.columns, changed.assigned, span, changed.by_position
            ),
            "inserted",
        ),
        deleted,
    ]
