"""RECEIVE from a queue, SEND, WAITFOR, and the old statements that write large text.

Source: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, ColumnRef, CommonTable, Effect, Inspect, Output, Query, Result, Select, Use, Write
from ...model.names import Name
from ...model.vocabulary import Action, StatementKind, Subtype
from ..queries.query_reader import read_expression, read_outputs
from ..queries.statement_context import StatementContext
from ..reading.words import assigns_variable, find, name_at, skip_group, word_at
from .base import LoweredStatement, Tokens, assigned_variables, read_top, select_of, table_source


def receive(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """RECEIVE columns FROM queue [INTO @table]; also into variables."""
    source = find(tokens, {"FROM"})
    queue, end = name_at(tokens, source + 1)
    if queue is None:
        return LoweredStatement(StatementKind.RECEIVE)
    context.read(queue)
    span = context.span(tokens[source + 1 : end])
    first = read_top(context, tokens, 1)
    outputs = read_outputs(context, tokens[first:source])
    query = Query(Select(outputs, (table_source(queue, span),)))
    effect: Effect = Assign(assigned_variables(query), query) if assigns_variable(tokens, first) else Result(query)
    if word_at(tokens, end) == "INTO":
        target, _ = name_at(tokens, end + 1)
        if target:
            context.write(target)
            effect = Write(target, None, query, span)
    return LoweredStatement(StatementKind.RECEIVE, (effect,))


def send(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """SEND ON CONVERSATION handle [MESSAGE TYPE name] (message): the message is looked at; its queue is not in the text.

    Source: https://learn.microsoft.com/sql/t-sql/statements/send-transact-sql
    """
    at = find(tokens, {"("}, 3)
    if word_at(tokens, 3) == "(":  # (@handle, …): several conversations
        at = find(tokens, {"("}, skip_group(tokens, 3))
    message = tokens[at:]
    uses = read_expression(context, message) if message else ()
    return LoweredStatement(StatementKind.SEND, (Inspect(select_of((Output(None, uses, context.span(message)),), (), ())),))


def wait_for(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """WAITFOR (RECEIVE …); waiting for a time has no lineage."""
    inside = tokens[2 : skip_group(tokens, 1) - 1] if word_at(tokens, 1) == "(" else []
    return receive(context, inside, common) if word_at(inside, 0) == "RECEIVE" else None


def write_text(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """WRITETEXT table.column pointer value; UPDATETEXT, which keeps a part of the old value, or takes another table's text.

    Source: https://learn.microsoft.com/sql/t-sql/queries/updatetext-transact-sql
    """
    start = 2 if word_at(tokens, 1) == "BULK" else 1
    table, column, at = _text_column(tokens, start)
    if table is None:
        return LoweredStatement(StatementKind.UPDATETEXT)
    table = context.on_linked_server(table)
    context.write(table)
    span = context.span(tokens[start:at])
    partly = word_at(tokens, 0) == "UPDATETEXT"
    sources = [table_source(table, span, "target")]
    value = [Use(ColumnRef(("target", column), span), Subtype.TRANSFORMATION)] if partly else []
    at = _behind_places(tokens, at, partly=partly)
    origin, text, behind = _text_column(tokens, at + (word_at(tokens, at) == "."))
    if origin and partly and behind < len(tokens):  # table.column pointer
        context.read(origin)
        sources.append(table_source(origin, span, "origin"))
        value.append(Use(ColumnRef(("origin", text), span), Subtype.TRANSFORMATION))
    elif at < len(tokens):
        value += read_expression(context, tokens[at:], Subtype.TRANSFORMATION if partly else Subtype.IDENTITY)
    query = select_of((Output(column, tuple(value), span),), tuple(sources), ())
    return LoweredStatement(StatementKind.UPDATETEXT, (Write(table, (column,), query, span, action=Action.UPDATE),))


def _behind_places(tokens: Tokens, at: int, *, partly: bool) -> int:
    """The index behind the pointer, its time stamp, the offset and length of what is replaced, and WITH LOG."""
    at += 1
    if word_at(tokens, at) == "TIMESTAMP":
        at += 3
    for _ in range(2 if partly else 0):
        at += 2 if word_at(tokens, at) in ("-", "+") else 1
    return at + 2 if word_at(tokens, at) == "WITH" else at


def _text_column(tokens: Tokens, at: int) -> tuple[Name | None, str, int]:
    """`table.column`: the table, the column, and the index behind."""
    name, end = name_at(tokens, at)
    if name is None or len(name.parts) < 2:
        return None, "", at
    return Name(name.parts[:-1]), name.last, end
