"""RECEIVE from a queue, SEND, WAITFOR, and the old statements that write large text.

Source: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, ColumnRef, CommonTable, Effect, Inspect, Output, Query, Result, Select, Use, Write
from ...model.names import Name
from ...model.vocabulary import Action, StatementKind, Subtype
from ..queries import read_expression, read_outputs
from ..reader import Reader
from ..words import assigns_variable, find, name_at, skip_group
from .base import Form, Tokens, assigned_variables, read_top, select_of, table_source, word


def receive(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """RECEIVE columns FROM queue [INTO @table]; also into variables."""
    source = find(tokens, {"FROM"})
    queue, end = name_at(tokens, source + 1)
    if queue is None:
        return Form(StatementKind.RECEIVE)
    reader.read(queue)
    span = reader.span(tokens[source + 1 : end])
    first = read_top(reader, tokens, 1)
    outputs = read_outputs(reader, tokens[first:source])
    query = Query(Select(outputs, (table_source(queue, span),)))
    effect: Effect = Assign(assigned_variables(query), query) if assigns_variable(tokens, first) else Result(query)
    if word(tokens, end) == "INTO":
        target, _ = name_at(tokens, end + 1)
        if target:
            reader.write(target)
            effect = Write(target, None, query, span)
    return Form(StatementKind.RECEIVE, (effect,))


def send(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """SEND ON CONVERSATION handle [MESSAGE TYPE name] (message): the message is looked at; its queue is not in the text.

    Source: https://learn.microsoft.com/sql/t-sql/statements/send-transact-sql
    """
    at = find(tokens, {"("}, 3)
    if word(tokens, 3) == "(":  # (@handle, …): several conversations
        at = find(tokens, {"("}, skip_group(tokens, 3))
    message = tokens[at:]
    uses = read_expression(reader, message) if message else ()
    return Form(StatementKind.SEND, (Inspect(select_of((Output(None, uses, reader.span(message)),), (), ())),))


def wait_for(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """WAITFOR (RECEIVE …); waiting for a time has no lineage."""
    inside = tokens[2 : skip_group(tokens, 1) - 1] if word(tokens, 1) == "(" else []
    return receive(reader, inside, common) if word(inside, 0) == "RECEIVE" else None


def write_text(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """WRITETEXT table.column pointer value; UPDATETEXT, which keeps a part of the old value, or takes another table's text.

    Source: https://learn.microsoft.com/sql/t-sql/queries/updatetext-transact-sql
    """
    start = 2 if word(tokens, 1) == "BULK" else 1
    table, column, at = _text_column(tokens, start)
    if table is None:
        return Form(StatementKind.UPDATETEXT)
    table = reader.there(table)
    reader.write(table)
    span = reader.span(tokens[start:at])
    partly = word(tokens, 0) == "UPDATETEXT"
    sources = [table_source(table, span, "target")]
    value = [Use(ColumnRef(("target", column), span), Subtype.TRANSFORMATION)] if partly else []
    at = _behind_places(tokens, at, partly=partly)
    origin, text, behind = _text_column(tokens, at + (word(tokens, at) == "."))
    if origin and partly and behind < len(tokens):  # table.column pointer
        reader.read(origin)
        sources.append(table_source(origin, span, "origin"))
        value.append(Use(ColumnRef(("origin", text), span), Subtype.TRANSFORMATION))
    elif at < len(tokens):
        value += read_expression(reader, tokens[at:], Subtype.TRANSFORMATION if partly else Subtype.IDENTITY)
    query = select_of((Output(column, tuple(value), span),), tuple(sources), ())
    return Form(StatementKind.UPDATETEXT, (Write(table, (column,), query, span, action=Action.UPDATE),))


def _behind_places(tokens: Tokens, at: int, *, partly: bool) -> int:
    """The index behind the pointer, its time stamp, the offset and length of what is replaced, and WITH LOG."""
    at += 1
    if word(tokens, at) == "TIMESTAMP":
        at += 3
    for _ in range(2 if partly else 0):
        at += 2 if word(tokens, at) in ("-", "+") else 1
    return at + 2 if word(tokens, at) == "WITH" else at


def _text_column(tokens: Tokens, at: int) -> tuple[Name | None, str, int]:
    """`table.column`: the table, the column, and the index behind."""
    name, end = name_at(tokens, at)
    if name is None or len(name.parts) < 2:
        return None, "", at
    return Name(name.parts[:-1]), name.last, end
