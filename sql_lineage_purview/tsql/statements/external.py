"""COPY INTO and BULK INSERT: files into tables.

Source: https://learn.microsoft.com/sql/t-sql/statements/copy-into-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql
"""

from __future__ import annotations

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import CommonTable, FileSource, Query, Select, Source, Star, Write
from ...model.names import Name
from ...model.vocabulary import StatementKind
from ..queries.file_addresses import addresses
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import split
from .base import LoweredStatement, Tokens


class _Load(Struct, frozen=True):
    """Files on their way into a table."""

    kind: StatementKind
    target: Name
    columns: tuple[str, ...] | None
    addresses: list[str]
    data_source: str | None
    span: Span


def copy_into(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """COPY INTO table (columns) FROM 'address', … WITH (options).

    Source: https://learn.microsoft.com/sql/t-sql/statements/copy-into-transact-sql
    """
    cursor = Cursor(tokens, 2)
    target = cursor.name()
    if target is None:
        return None
    span = context.span(cursor.since(2))
    columns = None
    if cursor.word == "(":
        # `(a DEFAULT 'x' 3, b)`: behind the name a default and the number of the field may stand
        columns = tuple(piece[0].value for piece in split(cursor.group()) if piece)
    files = addresses(cursor.until("WITH", "OPTION"))
    if not files:
        return _unknown(context, tokens, target)
    return _files(context, _Load(StatementKind.COPY_INTO, target, columns, files, None, span))


def bulk_insert(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """BULK INSERT table FROM 'address' WITH (options).

    Source: https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql
    """
    cursor = Cursor(tokens, 2)
    target = cursor.name()
    if target is None:
        return None
    span = context.span(cursor.since(2))
    files = addresses(cursor.until("WITH"))
    source = None
    # inside the parentheses of WITH ( … )
    for piece in split(cursor.rest()[2:-1]):
        if piece and piece[0].upper == "DATA_SOURCE" and len(piece) > 2:
            source = piece[2].value
    if not files:
        return _unknown(context, tokens, target)
    return _files(context, _Load(StatementKind.BULK_INSERT, target, None, files, source, span))


def insert_bulk(context: StatementContext, tokens: Tokens) -> LoweredStatement | None:
    """INSERT BULK table (columns) WITH (options), as traces of bulk copies show it.

    A program sends the rows.

    Source: https://learn.microsoft.com/openspecs/windows_protocols/ms-tds
    """
    target = Cursor(tokens, 2).name()
    if target is None:
        return None
    context.accessed.write(context.on_linked_server(target))
    return LoweredStatement(StatementKind.BULK_INSERT)


def _unknown(context: StatementContext, tokens: Tokens, target: Name) -> LoweredStatement:
    context.accessed.write(context.on_linked_server(target))
    context.report("SLP103", "the address of the file is not a constant", tokens)
    return LoweredStatement(
        StatementKind.COPY_INTO if tokens[0].upper == "COPY" else StatementKind.BULK_INSERT
    )


def _files(context: StatementContext, load: _Load) -> LoweredStatement:
    target = context.on_linked_server(load.target)
    context.accessed.write(target)
    writes = []
    for address in load.addresses:
        context.accessed.read(Name((address, load.data_source or ""), address=True))
        # which columns a file has no statement says, so they go over by position
        source = Source(FileSource(address, load.data_source, None, load.span))
        query = Query(Select((Star((), load.span),), (source,)))
        writes.append(Write(target, load.columns, query, load.span))
    return LoweredStatement(load.kind, tuple(writes))
