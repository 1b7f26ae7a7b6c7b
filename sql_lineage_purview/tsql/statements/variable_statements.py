"""DECLARE, SET, cursors, RETURN, and the statements that only look at a value.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql
"""

from __future__ import annotations

from sys import intern

from ...model.facts import (
    Assign,
    ColumnRef,
    CommonTable,
    Declare,
    Effect,
    EvaluateOnly,
    Expression,
    Fetch,
    OpenCursor,
    Output,
    Return,
    Subquery,
    Use,
    VariableRef,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind, Subtype
from ..queries.query_reader import read_condition, read_expression, read_query
from ..queries.statement_context import StatementContext
from ..queries.xquery import values_in_xquery
from ..reading.cursor import VARIABLE, Cursor
from ..reading.lexer import Kind, Token
from ..reading.words import split
from .base import (
    LoweredStatement,
    Lowering,
    Tokens,
    column_definitions,
    select_of,
    table_source,
    with_ctes,
)
from .change import assignment
from .mentions import BUILT_IN_TYPES, note_type


def _value(expression: Expression, tokens: Tokens, context: StatementContext) -> Output:
    return Output(None, expression, context.span(tokens))


def declare(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """DECLARE of variables, table variables and cursors.

    Source:
    https://learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql
    """
    # DECLARE c CURSOR, DECLARE c INSENSITIVE CURSOR: only a cursor may be without an @
    if len(tokens) > 1 and tokens[1].name:
        return _cursor(context, tokens, tokens[1].value, ctes)
    effects: list[Effect] = []
    for piece in split(tokens[1:]):
        if len(piece) < 2 or piece[0].kind is not Kind.VARIABLE:
            continue
        effects += _declared(context, piece)
    return LoweredStatement(StatementKind.DECLARE, tuple(effects))


def _declared(context: StatementContext, piece: list[Token]) -> list[Effect]:
    name = piece[0].value
    cursor = Cursor(piece, 1)
    cursor.accept("AS")
    if cursor.accept("TABLE"):
        return [Declare(Name((name,)), column_definitions(context, cursor.group()))]
    start = cursor.index
    note_type(context, cursor)
    cursor.go_to(start)
    cursor.until("=")
    if cursor.accept("="):
        value = _value(read_expression(context, cursor.rest()), piece, context)
        return [Assign((name,), select_of((value,), (), ()))]
    cursor.go_to(start)
    kind = cursor.name()
    # `DECLARE @ids dbo.Ids`: a table, if CREATE TYPE says so, perhaps in another file
    if kind and (len(kind.parts) > 1 or kind.object.lower() not in BUILT_IN_TYPES):
        return [Declare(Name((name,)), (), like=kind)]
    return []


def _cursor(
    context: StatementContext, tokens: Tokens, name: str, ctes: tuple[CommonTable, ...]
) -> LoweredStatement:
    """`CURSOR … FOR query [FOR UPDATE [OF …]]`.

    Source:
    https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql
    """
    cursor = Cursor(tokens)
    cursor.until("FOR")
    cursor.accept("FOR")
    start = cursor.index
    cursor.until("FOR")
    # FOR READ ONLY; not FOR XML, FOR SYSTEM_TIME
    while cursor.word and cursor.peek() not in ("UPDATE", "READ"):
        cursor.advance()
        cursor.until("FOR")
    query = with_ctes(read_query(context, cursor.since(start)), ctes)
    context.cursors.declare(
        name,
        query,
        reads_temporary=any(table.temporary for table in context.accessed.reads),
    )
    # a cursor's query has the values that variables hold at its DECLARE: DECLARE c CURSOR FOR
    # SELECT @x; SET @x = 2; OPEN c   gives the first value
    return LoweredStatement(StatementKind.DECLARE_CURSOR, (OpenCursor(name, query),))


def open_(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """OPEN of a cursor: it finds the rows that temporary tables have by now.

    OPEN … KEY has no lineage.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/open-transact-sql
    """
    name = tokens[-1].value
    query = context.cursors.query_at_open(name)
    return LoweredStatement(StatementKind.OTHER, (OpenCursor(name, query),)) if query else None


def assign(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """SET of a variable; SET of an option has no lineage.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/set-local-variable-transact-sql
    """
    cursor = Cursor(tokens, 1)
    # SET NOCOUNT ON, SET IDENTITY_INSERT dbo.t ON
    if cursor.word != VARIABLE or not cursor.peek():
        return None
    name = tokens[1].value
    cursor.advance()
    if cursor.accept_phrase("=", "CURSOR"):
        return LoweredStatement(
            StatementKind.SET, _cursor(context, cursor.rest(), name, ctes).effects
        )
    query = context.cursors.copied(tokens[3].value, name) if len(tokens) == 4 else None
    if query is not None:
        return LoweredStatement(StatementKind.SET, (OpenCursor(name, query),))
    # SET @cursor = a_cursor: a name, since SET has no columns
    if len(tokens) == 4 and tokens[3].name:
        return LoweredStatement(StatementKind.SET)
    effects = [
        Assign((intern(variable),), select_of((_value(value, tokens, context),), (), ()))
        for _, variable, value in assignment(context, tokens[1:], "")
        if variable
    ]
    if cursor.word == ".":
        return _modified(context, tokens)
    return LoweredStatement(StatementKind.SET, tuple(effects))


def _modified(context: StatementContext, tokens: Tokens) -> LoweredStatement | None:
    """`SET @x.modify('…')`: the document keeps what it held, and takes what the XQuery names.

    Source: https://learn.microsoft.com/sql/t-sql/xml/modify-method-xml-data-type
    """
    span = context.span(tokens)
    values = values_in_xquery(
        " ".join(token.value for token in tokens), span, Subtype.TRANSFORMATION
    )
    if not values:
        return None
    name = tokens[1].value
    value = Output(None, (Use(VariableRef(name), Subtype.TRANSFORMATION), *values), span)
    return LoweredStatement(StatementKind.SET, (Assign((name,), select_of((value,), (), ())),))


def fetch(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """FETCH … FROM cursor INTO variables.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/fetch-transact-sql
    """
    cursor = Cursor(tokens)
    cursor.until("INTO")
    name = cursor.token(-1)
    # without INTO the row goes to the client
    if not name or cursor.index < 2 or not cursor.accept("INTO"):
        return None
    variables = tuple(token.value for token in cursor.rest() if token.kind is Kind.VARIABLE)
    return LoweredStatement(
        StatementKind.FETCH, (Fetch(name.value, variables, context.span(tokens)),)
    )


def return_(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """RETURN, with the value of a scalar function.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/return-transact-sql
    """
    if len(tokens) < 2:
        return LoweredStatement(StatementKind.RETURN, (Return(select_of((), (), ())),))
    value = _value(read_expression(context, tokens[1:]), tokens, context)
    return LoweredStatement(StatementKind.RETURN, (Return(select_of((value,), (), ())),))


def look(kind: StatementKind) -> Lowering:
    """PRINT, RAISERROR, THROW: their arguments are looked at, no data flows.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/print-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/raiserror-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/throw-transact-sql
    """

    def lower(
        context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
    ) -> LoweredStatement | None:
        cursor = Cursor(tokens, 1)
        inside = (
            cursor.group()
            if cursor.word == "(" and kind is StatementKind.RAISERROR
            else cursor.rest()
        )
        pieces = split(inside)
        looked_at = [
            piece
            for piece in pieces
            # a parenthesis may hold a call, which is what is of interest in a constant message
            if any(t.kind is Kind.VARIABLE or t.upper == "(" for t in piece)
        ]
        effects = [
            EvaluateOnly(
                select_of((_value(read_expression(context, piece), piece, context),), (), ())
            )
            for piece in looked_at
            if piece[0].upper != "WITH"
        ]
        return LoweredStatement(kind, tuple(effects))

    return lower


def condition(context: StatementContext, tokens: Tokens) -> Effect:
    """The condition of IF or WHILE.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/if-else-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/while-transact-sql
    """
    uses = read_condition(context, tokens, Subtype.FILTER) if tokens else ()
    uses += _columns_asked_for(context, tokens)
    return EvaluateOnly(select_of((Output(None, uses, context.span(tokens)),), (), ()))


def _columns_asked_for(context: StatementContext, tokens: Tokens) -> Expression:
    """IF UPDATE(column), of a trigger: it refers to a column of the table, and reads nothing of it.

    Source: https://learn.microsoft.com/sql/t-sql/functions/update-trigger-functions-transact-sql
    """
    columns = []
    for at, token in enumerate(tokens[:-2]):
        call = tokens[at + 1 : at + 3]
        if token.upper == "UPDATE" and call[0].upper == "(" and call[1].name:
            columns.append(call[1])
    if context.on is None or not columns:
        return ()
    spans = [context.span([column]) for column in columns]
    outputs = tuple(
        Output(None, (Use(ColumnRef((column.value,), span), Subtype.IDENTITY),), span)
        for column, span in zip(columns, spans, strict=True)
    )
    query = select_of(outputs, (table_source(context.on, spans[0]),), ())
    return (Use(Subquery(query, exists=True), Subtype.FILTER),)
