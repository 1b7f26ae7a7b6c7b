"""Messages: RECEIVE, SEND, WAITFOR, conversations; and the old statements that write large text.

Source: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
"""

from __future__ import annotations

from ...model.facts import (
    Assign,
    ColumnRef,
    CommonTable,
    Effect,
    EvaluateOnly,
    Expression,
    Output,
    Query,
    Result,
    Select,
    Source,
    Use,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import Action, StatementKind, Subtype
from ..queries.query_reader import read_expression, read_outputs
from ..queries.statement_context import StatementContext
from ..reading.cursor import VARIABLE, Cursor
from ..reading.lexer import Token
from ..reading.words import assigns_variable
from .base import LoweredStatement, Tokens, assigned_variables, read_top, select_of, table_source


def receive(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """RECEIVE columns FROM queue [INTO @table]; also into variables.

    Source: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
    """
    cursor = Cursor(tokens, 1)
    read_top(context, cursor)
    columns = cursor.until("FROM")
    cursor.accept("FROM")
    start = cursor.index
    queue = cursor.name()
    if queue is None:
        return LoweredStatement(StatementKind.RECEIVE)
    context.accessed.read(queue)
    span = context.span(cursor.since(start))
    query = Query(Select(read_outputs(context, columns), (table_source(queue, span),)))
    effect: Effect = (
        # the queue may be empty, and stays so until the time of WAITFOR is over
        Assign(assigned_variables(query), query, keeps=True)
        if assigns_variable(columns)
        else Result(query)
    )
    target = cursor.name() if cursor.accept("INTO") else None
    if target:
        context.accessed.write(target)
        effect = Write(target, None, query, span)
    return LoweredStatement(StatementKind.RECEIVE, (effect,))


def send(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """SEND ON CONVERSATION handle [MESSAGE TYPE name] (message): the message is looked at.

    Its queue is not in the text.

    Source: https://learn.microsoft.com/sql/t-sql/statements/send-transact-sql
    """
    cursor = Cursor(tokens)
    cursor.skip(3)
    cursor.group()  # (@handle, …): several conversations
    cursor.until("(")
    message = cursor.rest()
    uses = read_expression(context, message) if message else ()
    looked_at = select_of((Output(None, uses, context.span(message)),), (), ())
    return LoweredStatement(StatementKind.SEND, (EvaluateOnly(looked_at),))


def wait_for(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """WAITFOR (RECEIVE …) and WAITFOR (GET …); waiting for a time has no lineage.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/waitfor-transact-sql
    """
    inside = Cursor(tokens, 1).group()
    lowering = _WAITED_FOR.get(inside[0].upper) if inside else None
    return lowering(context, inside, ctes) if lowering else None


def get_conversation_group(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """GET CONVERSATION GROUP @group FROM queue: the group of the next message.

    Source: https://learn.microsoft.com/sql/t-sql/statements/get-conversation-group-transact-sql
    """
    cursor = Cursor(tokens, 3)
    variable = cursor.token()
    cursor.advance()
    cursor.accept("FROM")
    start = cursor.index
    queue = cursor.name()
    if variable is None or queue is None:
        return LoweredStatement(StatementKind.GET_CONVERSATION_GROUP)
    context.accessed.read(queue)
    span = context.span(cursor.since(start))
    group = (Use(ColumnRef(("conversation_group_id",), span), Subtype.IDENTITY),)
    # of an empty queue it is NULL, so that the variable never keeps what it held
    assigned = _assigned(context, variable, group, (table_source(queue, span),))
    return LoweredStatement(StatementKind.GET_CONVERSATION_GROUP, (assigned,))


_WAITED_FOR = {"RECEIVE": receive, "GET": get_conversation_group}


def begin(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """BEGIN DIALOG [CONVERSATION] @handle …: the variable has a new handle, which is no table's.

    All else that begins with the word moves no data.

    Source: https://learn.microsoft.com/sql/t-sql/statements/begin-dialog-conversation-transact-sql
    """
    cursor = Cursor(tokens, 1)
    if not cursor.accept("DIALOG"):
        return None
    cursor.accept("CONVERSATION")
    variable = cursor.token()
    if variable is None or cursor.word != VARIABLE:
        return None
    return LoweredStatement(StatementKind.OTHER, (_assigned(context, variable, (), ()),))


def _assigned(
    context: StatementContext, variable: Token, value: Expression, sources: tuple[Source, ...]
) -> Assign:
    output = Output(variable.value, value, context.span([variable]))
    return Assign((variable.value,), select_of((output,), sources, ()))


def write_text(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """WRITETEXT table.column pointer value.

    UPDATETEXT, which keeps a part of the old value, or takes another table's text.

    Source: https://learn.microsoft.com/sql/t-sql/queries/updatetext-transact-sql
    """
    cursor = Cursor(tokens)
    partly = cursor.word == "UPDATETEXT"
    cursor.advance()
    cursor.accept("BULK")
    start = cursor.index
    table, column = _text_column(cursor)
    if table is None:
        return LoweredStatement(StatementKind.UPDATETEXT)
    table = context.on_linked_server(table)
    context.accessed.write(table)
    span = context.span(cursor.since(start))
    sources = [table_source(table, span, "target")]
    value = [Use(ColumnRef(("target", column), span), Subtype.TRANSFORMATION)] if partly else []
    _skip_places(cursor, partly=partly)
    start = cursor.index
    cursor.accept(".")
    origin, text = _text_column(cursor)
    if origin and partly and cursor.word:  # table.column pointer
        context.accessed.read(origin)
        sources.append(table_source(origin, span, "origin"))
        value.append(Use(ColumnRef(("origin", text), span), Subtype.TRANSFORMATION))
    elif tokens[start:]:
        value += read_expression(
            context, tokens[start:], Subtype.TRANSFORMATION if partly else Subtype.IDENTITY
        )
    query = select_of((Output(column, tuple(value), span),), tuple(sources), ())
    return LoweredStatement(
        StatementKind.UPDATETEXT, (Write(table, (column,), query, span, action=Action.UPDATE),)
    )


def _skip_places(cursor: Cursor, *, partly: bool) -> None:
    """Go past the pointer, its time stamp, the offset and length of what is replaced.

    WITH LOG may follow.
    """
    cursor.advance()
    if cursor.word == "TIMESTAMP":
        cursor.skip(3)
    for _ in range(2 if partly else 0):
        cursor.accept("-", "+")
        cursor.advance()
    if cursor.accept("WITH"):
        cursor.advance()


def _text_column(cursor: Cursor) -> tuple[Name | None, str]:
    """`table.column`, which is passed: the table and the column."""
    start = cursor.index
    name = cursor.name()
    if name is None or len(name.parts) < 2:
        cursor.go_to(start)
        return None, ""
    return Name(name.parts[:-1]), name.object
