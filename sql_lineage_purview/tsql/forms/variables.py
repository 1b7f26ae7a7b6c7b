"""DECLARE, SET, cursors, RETURN, and the statements that only look at a value.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql
"""

from __future__ import annotations

from ...model.facts import (
    Assign,
    ColumnRef,
    CommonTable,
    Declare,
    Effect,
    Expression,
    Fetch,
    Inspect,
    OpenCursor,
    Output,
    Return,
    Subquery,
    Use,
    VariableRef,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind, Subtype
from ..lexer import Kind, Token
from ..queries import read_condition, read_expression, read_query
from ..reader import Reader
from ..words import find, name_at, skip_group, split
from ..xquery import values_in_xquery
from .base import Form, Lower, Tokens, column_definitions, select_of, table_source, with_common, word
from .change import assignment

# https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql
_BUILT_IN = frozenset(
    """bigint int integer smallint tinyint bit decimal dec numeric money smallmoney float real double date datetime datetime2
    datetimeoffset smalldatetime time timestamp rowversion char character varchar text nchar nvarchar ntext national binary
    varbinary image uniqueidentifier xml sql_variant hierarchyid geography geometry sysname cursor table json vector""".split()
)


def _value(expression: Expression, tokens: Tokens, reader: Reader) -> Output:
    return Output(None, expression, reader.span(tokens))


def declare(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """DECLARE of variables, table variables and cursors."""
    if len(tokens) > 1 and tokens[1].name:
        return _cursor(reader, tokens, common)
    effects: list[Effect] = []
    for piece in split(tokens[1:]):
        if len(piece) < 2 or piece[0].kind is not Kind.VARIABLE:
            continue
        effects += _declared(reader, piece)
    return Form(StatementKind.DECLARE, tuple(effects))


def _declared(reader: Reader, piece: list[Token]) -> list[Effect]:
    name = piece[0].value
    at = 1 + (word(piece, 1) == "AS")
    if word(piece, at) == "TABLE":
        columns = column_definitions(reader, piece[at + 2 : skip_group(piece, at + 1) - 1])
        return [Declare(Name((name,)), columns)]
    equals = find(piece, {"="}, at)
    if equals < len(piece):
        value = _value(read_expression(reader, piece[equals + 1 :]), piece, reader)
        return [Assign((name,), select_of((value,), (), ()))]
    kind, _ = name_at(piece, at)
    if kind and (len(kind.parts) > 1 or kind.last.lower() not in _BUILT_IN):
        return [Declare(Name((name,)), (), like=kind)]
    return []


def _cursor(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form:
    start = find(tokens, {"FOR"})
    end = start
    while end < len(tokens):  # FOR UPDATE [OF …], FOR READ ONLY; not FOR XML, FOR SYSTEM_TIME
        end = find(tokens, {"FOR"}, end + 1)
        if word(tokens, end + 1) in ("UPDATE", "READ"):
            break
    query = with_common(read_query(reader, tokens[start + 1 : end]), common)
    key = tokens[1].value.casefold()
    reader.cursors[key] = query
    if any(name.temporary for name in reader.reads):
        reader.filled.add(key)
    return Form(StatementKind.DECLARE_CURSOR, (OpenCursor(tokens[1].value, query),))


def open_(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """OPEN of a cursor: it finds the rows that temporary tables have by now; OPEN … KEY has no lineage."""
    name = tokens[-1].value
    if name.casefold() not in reader.filled:
        return None
    return Form(StatementKind.OTHER, (OpenCursor(name, reader.cursors[name.casefold()]),))


def assign(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """SET of a variable; SET of an option has no lineage."""
    if len(tokens) < 3 or tokens[1].kind is not Kind.VARIABLE:
        return None
    if word(tokens, 2) == "=" and word(tokens, 3) == "CURSOR":
        cursor = _cursor(reader, [tokens[0], *tokens[1:2], *tokens[4:]], common)
        return Form(StatementKind.SET, cursor.effects)
    if len(tokens) == 4 and tokens[3].value.casefold() in reader.cursors:
        target, source = tokens[1].value.casefold(), tokens[3].value.casefold()
        reader.cursors[target] = reader.cursors[source]
        reader.filled |= {target} if source in reader.filled else set()
        return Form(StatementKind.SET, (OpenCursor(tokens[1].value, reader.cursors[target]),))
    if len(tokens) == 4 and tokens[3].name:  # SET @cursor = a_cursor: a name, since SET has no columns
        return Form(StatementKind.SET)
    effects = [
        Assign((variable,), select_of((_value(value, tokens, reader),), (), ()))
        for _, variable, value in assignment(reader, tokens[1:], "")
        if variable
    ]
    if word(tokens, 2) == ".":
        return _modified(reader, tokens)
    return Form(StatementKind.SET, tuple(effects))


def _modified(reader: Reader, tokens: Tokens) -> Form | None:
    """`SET @x.modify('…')`: the document keeps what it held, and takes what the XQuery names."""
    span = reader.span(tokens)
    values = values_in_xquery(" ".join(token.value for token in tokens), span, Subtype.TRANSFORMATION)
    if not values:
        return None
    name = tokens[1].value
    value = Output(None, (Use(VariableRef(name), Subtype.TRANSFORMATION), *values), span)
    return Form(StatementKind.SET, (Assign((name,), select_of((value,), (), ())),))


def fetch(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """FETCH … FROM cursor INTO variables."""
    into = find(tokens, {"INTO"})
    if into == len(tokens) or into < 2:
        return None
    variables = tuple(t.value for t in tokens[into + 1 :] if t.kind is Kind.VARIABLE)
    return Form(StatementKind.FETCH, (Fetch(tokens[into - 1].value, variables, reader.span(tokens)),))


def return_(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """RETURN, with the value of a scalar function."""
    if len(tokens) < 2:
        return Form(StatementKind.RETURN, (Return(select_of((), (), ())),))
    value = _value(read_expression(reader, tokens[1:]), tokens, reader)
    return Form(StatementKind.RETURN, (Return(select_of((value,), (), ())),))


def look(kind: StatementKind) -> Lower:
    """PRINT, RAISERROR, THROW: their arguments are looked at, no data flows."""

    def lower(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
        inside = tokens[1:]
        if word(inside, 0) == "(" and kind is StatementKind.RAISERROR:
            inside = inside[1 : skip_group(inside, 0) - 1]
        looked_at = [piece for piece in split(inside) if any(t.kind is Kind.VARIABLE or t.upper == "(" for t in piece)]
        effects = [
            Inspect(select_of((_value(read_expression(reader, piece), piece, reader),), (), ()))
            for piece in looked_at
            if word(piece, 0) != "WITH"
        ]
        return Form(kind, tuple(effects))

    return lower


def condition(reader: Reader, tokens: Tokens) -> Effect:
    """The condition of IF or WHILE."""
    uses = read_condition(reader, tokens, Subtype.FILTER) if tokens else ()
    uses += _columns_asked_for(reader, tokens)
    return Inspect(select_of((Output(None, uses, reader.span(tokens)),), (), ()))


def _columns_asked_for(reader: Reader, tokens: Tokens) -> Expression:
    """IF UPDATE(column), of a trigger: it refers to a column of the table, and reads nothing of it.

    Source: https://learn.microsoft.com/sql/t-sql/functions/update-trigger-functions-transact-sql
    """
    places = [at for at, token in enumerate(tokens) if token.upper == "UPDATE" and word(tokens, at + 1) == "("]
    columns = [tokens[at + 2] for at in places if at + 2 < len(tokens) and tokens[at + 2].name]
    if reader.on is None or not columns:
        return ()
    spans = [reader.span([column]) for column in columns]
    outputs = tuple(
        Output(None, (Use(ColumnRef((column.value,), span), Subtype.IDENTITY),), span)
        for column, span in zip(columns, spans, strict=True)
    )
    query = select_of(outputs, (table_source(reader.on, spans[0]),), ())
    return (Use(Subquery(query, exists=True), Subtype.FILTER),)
