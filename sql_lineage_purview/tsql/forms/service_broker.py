"""RECEIVE from a queue, WAITFOR, and the old statements that write large text.

Source: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
"""

from __future__ import annotations

from ...model.facts import CommonTable, Effect, Query, Result, Select, Write
from ...model.vocabulary import StatementKind
from ..queries import read_outputs
from ..reader import Reader
from ..words import find, name_at, skip_group
from .base import Form, Tokens, read_top, table_source, word


def receive(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """RECEIVE columns FROM queue [INTO @table]."""
    source = find(tokens, {"FROM"})
    queue, end = name_at(tokens, source + 1)
    if queue is None:
        return Form(StatementKind.RECEIVE)
    reader.read(queue)
    span = reader.span(tokens[source + 1 : end])
    outputs = read_outputs(reader, tokens[read_top(reader, tokens, 1) : source])
    query = Query(Select(outputs, (table_source(queue, span),)))
    effect: Effect = Result(query)
    if word(tokens, end) == "INTO":
        target, _ = name_at(tokens, end + 1)
        if target:
            reader.write(target)
            effect = Write(target, None, query, span)
    return Form(StatementKind.RECEIVE, (effect,))


def wait_for(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """WAITFOR (RECEIVE …); waiting for a time has no lineage."""
    inside = tokens[2 : skip_group(tokens, 1) - 1] if word(tokens, 1) == "(" else []
    return receive(reader, inside, common) if word(inside, 0) == "RECEIVE" else None


def write_text(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """UPDATETEXT, WRITETEXT table.column: a write whose value is not followed."""
    at = 2 if word(tokens, 1) == "BULK" else 1
    name, _ = name_at(tokens, at)
    if name and len(name.parts) > 1:
        reader.write(type(name)(name.parts[:-1]))
    return Form(StatementKind.UPDATETEXT)
