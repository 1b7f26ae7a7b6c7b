"""COPY INTO and BULK INSERT: files into tables.

Source: https://learn.microsoft.com/sql/t-sql/statements/copy-into-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql
"""

from __future__ import annotations

from dataclasses import dataclass

from ...model.diagnostics import Span
from ...model.facts import CommonTable, FileSource, Query, Select, Source, Star, Write
from ...model.names import Name
from ...model.vocabulary import StatementKind
from ..addresses import addresses
from ..reader import Reader
from ..words import find, name_at, skip_group, split
from .base import Form, Tokens, word


@dataclass(frozen=True, slots=True)
class _Load:
    """Files on their way into a table."""

    kind: StatementKind
    target: Name
    columns: tuple[str, ...] | None
    addresses: list[str]
    data_source: str | None
    span: Span


def copy_into(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """COPY INTO table (columns) FROM 'address', … WITH (options)."""
    target, at = name_at(tokens, 2)
    if target is None:
        return None
    span = reader.span(tokens[2:at])
    columns = None
    if word(tokens, at) == "(":
        end = skip_group(tokens, at)
        columns = tuple(piece[0].value for piece in split(tokens[at + 1 : end - 1]) if piece)
        at = end
    stop = find(tokens, {"WITH", "OPTION"}, at)
    files = addresses(tokens[at:stop])
    if not files:
        return _unknown(reader, tokens, target)
    return _files(reader, _Load(StatementKind.COPY_INTO, target, columns, files, None, span))


def bulk_insert(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """BULK INSERT table FROM 'address' WITH (options)."""
    target, at = name_at(tokens, 2)
    if target is None:
        return None
    options = find(tokens, {"WITH"}, at)
    files = addresses(tokens[at:options])
    source = None
    for piece in split(tokens[options + 2 : -1]):
        if word(piece, 0) == "DATA_SOURCE" and len(piece) > 2:
            source = piece[2].value
    if not files:
        return _unknown(reader, tokens, target)
    return _files(reader, _Load(StatementKind.BULK_INSERT, target, None, files, source, reader.span(tokens[2:at])))


def insert_bulk(reader: Reader, tokens: Tokens) -> Form | None:
    """INSERT BULK table (columns) WITH (options), as traces of bulk copies show it: a program sends the rows.

    Source: https://learn.microsoft.com/openspecs/windows_protocols/ms-tds
    """
    target, _ = name_at(tokens, 2)
    if target is None:
        return None
    reader.write(reader.there(target))
    return Form(StatementKind.BULK_INSERT)


def _unknown(reader: Reader, tokens: Tokens, target: Name) -> Form:
    reader.write(reader.there(target))
    reader.report("SLP103", "the address of the file is not a constant", tokens)
    return Form(StatementKind.COPY_INTO if word(tokens, 0) == "COPY" else StatementKind.BULK_INSERT)


def _files(reader: Reader, load: _Load) -> Form:
    target = reader.there(load.target)
    reader.write(target)
    writes = []
    for address in load.addresses:
        reader.read(Name((address, load.data_source or ""), address=True))
        source = Source(FileSource(address, load.data_source, None, load.span))
        query = Query(Select((Star((), load.span),), (source,)))
        writes.append(Write(target, load.columns, query, load.span))
    return Form(load.kind, tuple(writes))
