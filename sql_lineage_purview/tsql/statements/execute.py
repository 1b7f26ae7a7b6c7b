"""EXECUTE of procedures and strings.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

import re
from functools import partial

from ...model.facts import (
    Argument,
    Assign,
    CommonTable,
    Effect,
    Execute,
    ExecuteString,
    Expression,
    Output,
    Pattern,
    Piece,
)
from ...model.names import Name, bracketed
from ...model.regex import regex
from ...model.vocabulary import StatementKind
from ..queries.query_reader import read_expression
from ..queries.remote import read_remote
from ..queries.statement_context import StatementContext
from ..reading.cursor import END, NUMBER, VARIABLE, Cursor
from ..reading.lexer import Kind, tokens_of
from ..reading.splices import cut_at_marks
from ..reading.words import split
from ..strings.budget import could_execute, may_execute
from ..strings.folding import FoldedString, fold
from ..strings.patterns import Patterns, characters_in, literal, merged, unknown
from .base import LoweredStatement, Tokens, select_of
from .parameters import declared, passed
from .prepared import RUNS_A_STRING, SP_EXECUTESQL, Shape, read_prepared
from .procedures_with_sql import system_procedure
from .rename import sp_rename
from .system_call import follow_call

# What they are given is no lineage: some projects describe each of their columns.
_OF_PROPERTIES = frozenset(f"sp_{verb}extendedproperty" for verb in ("add", "update", "drop"))
_RUNS_SQL = regex(r"\.?\[?(?:sys|dbo)?\]?\.?\[?sp_executesql\]?\s*\Z", re.IGNORECASE)


def execute(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """EXEC, or the bare name of a procedure at the start of a batch."""
    name = _procedure(tokens)
    # a swap of tables by name is what loads end with, so it is a kind of statement of its own
    if name and name.object.lower() == "sp_rename":
        return sp_rename(context, tokens, name)
    return LoweredStatement(StatementKind.EXECUTE, read_execute(context, tokens))


def takes_arguments(cursor: Cursor) -> bool:
    """Is what stands behind a name a list of arguments?

    It tells a procedure's bare name from a misspelt statement.
    """
    cursor.accept_phrase(";", NUMBER)  # the number of a procedure
    return all(map(_is_argument, split(cursor.until("WITH"))))


def _is_argument(piece: Tokens) -> bool:
    cursor = Cursor(piece)
    cursor.accept_phrase(VARIABLE, "=")
    if cursor.word in ("-", "+"):
        cursor.advance()
    value = cursor.token()
    cursor.advance()
    cursor.accept("OUTPUT", "OUT")
    return value is not None and value.kind is not Kind.OPERATOR and not cursor.word


def read_execute(context: StatementContext, tokens: Tokens) -> tuple[Effect, ...]:
    """The effects of EXEC, also behind INSERT.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
    """
    cursor = Cursor(tokens)
    cursor.accept("EXEC", "EXECUTE")
    if cursor.word in ("AS", END):
        return ()  # EXECUTE AS: a change of user
    if cursor.word == "(":
        return _character_string(context, cursor)
    returned = None
    if cursor.word == VARIABLE and cursor.peek() == "=":
        # EXEC @r = dbo.p: what RETURN gives, an int, and no result set
        returned = tokens[cursor.index].value
        cursor.skip(2)
    if cursor.word == VARIABLE:  # the name of a procedure
        return _named_by_variable(context, tokens, cursor.index, returned)
    start = cursor.index
    name = _called_procedure(context, cursor)
    if name is None:
        return ()
    end = cursor.index
    name = context.same_parts.once(context.on_linked_server(name))
    context.accessed.call(name)
    if name.object.lower() in _OF_PROPERTIES:
        return (Execute(name, (), context.span(tokens[start:end])),)
    arguments = _arguments(context, cursor.until("WITH"))
    if name.object.lower() == "sp_xml_preparedocument":
        return _prepared(context, tokens, arguments)
    shape = RUNS_A_STRING.get(name.object.lower())
    if shape is not None:
        # Db.sys.sp_executesql runs the string in Db, and server.Db.sys.sp_executesql there
        database, server = (
            ("", "", *name.parts)[-3],
            name.parts[0] if len(name.parts) == 4 else None,
        )
        pattern = (Piece(bracketed(database)),) if database else ()
        return _execute_sql(context, tokens, end, arguments, shape, pattern, server)
    procedure = system_procedure(name)
    if procedure is not None:
        return follow_call(context, tokens, end, name, procedure, arguments)
    if returned:
        arguments = (*arguments, Argument("", (), returned, output=True))
    return (Execute(name, arguments, context.span(tokens[start:end])),)


def _character_string(context: StatementContext, cursor: Cursor) -> tuple[Effect, ...]:
    """`EXEC ('string' [, …]) [AS USER = 'name'] [AT [DATA_SOURCE] server]`."""
    # behind a comma stand values for the ? of a string that goes to a linked server
    expressions = split(cursor.group())
    if cursor.word == "AS":
        # AS USER = 'name'
        cursor.skip(4)
    server = None
    if cursor.accept("AT"):
        if cursor.word == "DATA_SOURCE" and cursor.peek():
            cursor.advance()
        named = cursor.token()
        server = named.value if named and named.name else None
    strings = fold(expressions[0] if expressions else [], context.constants.values)
    return _string(context, cursor.tokens, strings, server)


def _called_procedure(context: StatementContext, cursor: Cursor) -> Name | None:
    """The name of a procedure, which is passed.

    On another server `OPENDATASOURCE(…).database.schema.procedure` is one.
    """
    if not cursor.stands("OPENDATASOURCE", "("):
        return cursor.numbered_name()
    function = cursor.tokens[cursor.index]
    remote = read_remote(cursor)
    if remote is None or remote.name is None:
        context.report(
            "SLP103", "OPENDATASOURCE: a procedure of another server that is not told", [function]
        )
        return None
    return remote.name


def _procedure(tokens: Tokens) -> Name | None:
    cursor = Cursor(tokens)
    cursor.accept("EXEC", "EXECUTE")
    cursor.accept_phrase(VARIABLE, "=")
    return cursor.name()


def _arguments(context: StatementContext, tokens: Tokens) -> tuple[Argument, ...]:
    arguments: list[Argument] = []
    for piece in split(tokens):
        output = bool(piece) and piece[-1].upper in ("OUTPUT", "OUT")
        value = piece[:-1] if output else piece
        parameter = None
        if len(value) > 2 and value[0].kind is Kind.VARIABLE and value[1].upper == "=":
            parameter, value = value[0].value, value[2:]
        variable = value[0].value if len(value) == 1 and value[0].kind is Kind.VARIABLE else None
        strings = _strings(context, value)
        if not may_execute(sum(map(characters_in, strings))):
            strings = ()
        make = partial(_argument, context, parameter, value, variable, strings, output=output)
        is_told = _is_told(context, value)
        said = (parameter, variable, output, strings)
        arguments.append(context.same_parts.made(said, make) if is_told else make())
    return tuple(arguments)


def _argument(
    context: StatementContext,
    parameter: str | None,
    value: Tokens,
    variable: str | None,
    strings: tuple[Pattern, ...],
    *,
    output: bool,
) -> Argument:
    return Argument(parameter, _value(context, value), variable, output, strings)


def _is_told(context: StatementContext, value: Tokens) -> bool:
    """Is an argument told by its variable and its strings?

    Scripts of data pass the same ones in hundreds of thousands of calls.
    """
    plain = (Kind.VARIABLE, Kind.STRING, Kind.NUMBER)
    return len(value) == 1 and value[0].kind in plain and not context.source.splices


def _strings(context: StatementContext, tokens: Tokens) -> tuple[Pattern, ...]:
    """The strings that an argument may be, as far as something is known of them.

    A bare word is one: EXEC p Sales.
    """
    if len(tokens) == 1 and tokens[0].name and tokens[0].upper not in ("NULL", "DEFAULT"):
        return ((Piece(tokens[0].value),),)
    return tuple(
        pattern for pattern in fold(tokens, context.constants.values) if not unknown(pattern)
    )


def _value(context: StatementContext, tokens: Tokens) -> Expression:
    """An argument is a constant, a variable, DEFAULT, or a bare word, which is a string."""
    # `EXEC dbo.p @a + 1` is refused by the server, so no expression stands here
    if len(tokens) == 1 and (tokens[0].kind is Kind.VARIABLE or context.source.spliced(tokens[0])):
        return read_expression(context, tokens)
    return ()


def odbc_call(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """A call as ODBC has it: `{call p(…)}`, `{? = call p}`.

    Source: https://learn.microsoft.com/sql/odbc/reference/develop-app/procedure-calls
    """
    cursor = Cursor(tokens)
    cursor.until("CALL")
    cursor.accept("CALL")
    start = cursor.index
    name = cursor.name()
    if name is None:
        context.report("SLP101", "no statement begins with '{'", tokens)
        return None
    call = [*cursor.since(start), *cursor.group()]
    return LoweredStatement(StatementKind.EXECUTE, read_execute(context, call))


def _named_by_variable(
    context: StatementContext, tokens: Tokens, at: int, returned: str | None
) -> tuple[Effect, ...]:
    """`EXEC @procedure @a, 1`, as if the string `EXEC name @a, 1` were executed.

    That string sees the same variables.
    """
    names = fold(tokens[at : at + 1], context.constants.values)
    running = [_database_before(pattern) for pattern in names]
    # EXEC @execute @sql, where it is Db.sys.sp_executesql
    if names and all(database is not None for database in running):
        arguments = _arguments(context, Cursor(tokens, at + 1).until("WITH"))
        calls = [
            _execute_sql(context, tokens, at + 1, arguments, database=database or ())
            for database in running
        ]
        return tuple(effect for call in calls for effect in call)
    text = context.source.text[tokens[at].end : tokens[-1].end] if len(tokens) > at + 1 else ""
    start = f"EXEC {returned} = " if returned else "EXEC "
    return _executed(
        context, tokens, names, None, (Piece(start),), (Piece(text),) if text else (), shares=True
    )


def _database_before(procedure: Pattern) -> Pattern | None:
    """The pattern of the database in `db.sys.sp_executesql`.

    None where another procedure is called.
    """
    if not procedure or not procedure[-1].known:
        return None
    match = _RUNS_SQL.search(procedure[-1].text)
    if match is None:
        return None
    text = procedure[-1].text[: match.start()]
    return (*procedure[:-1], Piece(text)) if text else procedure[:-1]


def _string(
    context: StatementContext,
    tokens: Tokens,
    patterns: Patterns,
    server: str | None = None,
    database: Pattern = (),
) -> tuple[Effect, ...]:
    """Execute a string: its content is compiled where the text alone tells it, else reported."""
    # a USE in an executed string ends with it
    before: Pattern = (Piece("USE "), *database, Piece("; ")) if database else ()
    return _executed(context, tokens, patterns, server, before)


def _executed(
    context: StatementContext,
    tokens: Tokens,
    patterns: Patterns,
    server: str | None,
    before: Pattern,
    behind: Pattern = (),
    *,
    shares: bool = False,
) -> tuple[Effect, ...]:
    effects: list[Effect] = []
    if not could_execute(max(map(characters_in, patterns), default=0)):
        return (ExecuteString((), context.span(tokens)),)
    for pattern in [candidate for candidate in patterns if not _nameless(candidate)] or patterns:
        batch = cut_at_marks(merged((*before, *pattern, *behind)))
        text = literal(batch)
        if text is not None:
            certain = len(patterns) == 1
            context.execute(
                FoldedString(text, server=server or context.server, certain=certain, shares=shares)
            )
        elif unknown(pattern):
            context.report("SLP301", "the SQL that this string holds is not known", tokens)
            effects.append(ExecuteString((), context.span(tokens)))
        elif may_execute(characters_in(batch)):
            effects.append(
                ExecuteString(
                    batch, context.span(tokens), server=server or context.server, shares=shares
                )
            )
    return tuple(effects)


def _nameless(pattern: Pattern) -> bool:
    """Does a string hold `[]`, as QUOTENAME('') gives it?

    It cannot be run, so where there is another, that is the one.
    """
    texts = [piece.text for piece in pattern if piece.known]
    return "[]" in "".join(texts) and any(
        t.kind is Kind.QUOTED and not t.value for t in tokens_of(" ".join(texts))
    )


def _execute_sql(
    context: StatementContext,
    tokens: Tokens,
    end: int,
    arguments: tuple[Argument, ...],
    shape: Shape = SP_EXECUTESQL,
    database: Pattern = (),
    server: str | None = None,
) -> tuple[Effect, ...]:
    """`sp_executesql @sql, N'@a int, …', @a = x, …`: the parameters are variables of the string."""
    prepared = read_prepared(context, Cursor(tokens, end).until("WITH"), shape)
    if prepared is None:
        context.report("SLP301", "the SQL that was prepared under this handle is not known", tokens)
        return ()
    strings = _string(context, tokens, prepared.statement, server, database) if shape.runs else ()
    values = arguments[shape.values :] if shape.runs and shape.values is not None else ()
    return (*passed(context, tokens, declared(prepared.parameters), values), *strings)


def _prepared(
    context: StatementContext, tokens: Tokens, arguments: tuple[Argument, ...]
) -> tuple[Effect, ...]:
    """`sp_xml_preparedocument @handle OUTPUT, @document`, which gives a document a handle.

    What OPENXML reads through the handle is the document.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-xml-preparedocument-transact-sql
    """
    if len(arguments) < 2 or not arguments[0].variable:
        return ()
    document = Output(None, arguments[1].expression, context.span(tokens))
    return (Assign((arguments[0].variable,), select_of((document,), (), ())),)
