"""Modules: their headers, and those that are one query.

A header has a name, parameters, what a function returns, and what a trigger hangs on.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
"""

from __future__ import annotations

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import Declare, ModuleFact, Parameter, Query, Write
from ...model.names import Name
from ...model.vocabulary import Action, ModuleKind, StatementKind
from ..cutting.cutter import ModuleNode
from ..queries.query_reader import read_query
from ..queries.statement_context import StatementContext
from ..reading.cursor import VARIABLE, Cursor
from ..reading.lexer import Kind
from ..reading.templates import without_templates
from ..reading.words import declared_at, split, word_at
from ..statements.base import Tokens, column_definitions, column_list
from ..statements.mentions import note_mentions, note_type
from .checking import check_behind_query, check_query
from .unit import BlockContext, CompilationUnit

_MODULE_WORDS = frozenset({"PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER"})


class Header(Struct, frozen=True):
    """The header of a module.

    `inline`: its body is one query. `declares`: the table variable that a function returns.
    """

    name: Name
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[str, ...] | None = None
    on: Name | None = None
    inline: bool = False
    declares: Declare | None = None
    instead_of: tuple[Action, ...] = ()
    materialized: bool = False


def read_header(context: StatementContext, node: ModuleNode) -> Header | None:
    """Read a header; None where it has no name."""
    tokens = node.header
    at = next((i for i, t in enumerate(tokens) if t.upper in _MODULE_WORDS), 0) + 1
    cursor = Cursor(tokens, at)
    name = cursor.numbered_name()
    if name is None:
        return None
    # CREATE PROC p WITH ENCRYPTION AS: what scripting tools leave of such a module
    if not node.body and any(token.upper == "ENCRYPTION" for token in tokens):
        context.report(
            "SLP103",
            f"{name}: its text is encrypted, so what it reads and writes is not known",
            tokens,
        )
    if node.kind == "VIEW":
        columns = column_list(cursor.group()) if cursor.word == "(" else None
        return Header(
            name,
            columns=columns,
            inline=True,
            materialized=word_at(tokens, at - 2) == "MATERIALIZED",
        )
    if node.kind == "TRIGGER":
        return _trigger(cursor, name)
    if node.kind == "FUNCTION":
        return _function(context, cursor, name)
    return Header(
        name, _parameters(context, cursor.group() if cursor.word == "(" else _before_body(cursor))
    )


def _trigger(cursor: Cursor, name: Name) -> Header:
    """`ON table {FOR | AFTER | INSTEAD OF} action, …`.

    One on the database or the server has no table.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
    """
    cursor.advance()
    table = cursor.name()
    # ON DATABASE, ON ALL SERVER: `inserted` of such a trigger does not exist
    on = None if table and table.object.upper() in ("DATABASE", "ALL") else table
    return Header(name, on=on, instead_of=_instead_of(cursor))


def _instead_of(cursor: Cursor) -> tuple[Action, ...]:
    """The actions that a trigger takes the place of: `INSTEAD OF INSERT, UPDATE`."""
    cursor.until("INSTEAD")
    if not cursor.accept_phrase("INSTEAD", "OF"):
        return ()
    words = {token.upper for token in cursor.until("AS")}
    return tuple(action for action in Action if action.value in words)


def _before_body(cursor: Cursor) -> Tokens:
    """The parameters of a procedure.

    They end at WITH or FOR, or at the AS that no variable stands before.
    """
    start = cursor.index
    while cursor.word:
        cursor.until("WITH", "FOR", "AS")
        if cursor.word != "AS" or not declared_at(cursor.tokens, cursor.index - 1):
            break
        cursor.advance()
    return cursor.since(start)


def _parameters(context: StatementContext, tokens: Tokens) -> tuple[Parameter, ...]:
    parameters: list[Parameter] = []
    for piece in split(tokens):
        if not piece or piece[0].kind is not Kind.VARIABLE:
            continue
        cursor = Cursor(piece, 1)
        cursor.accept("AS")
        note_type(context, Cursor(piece, cursor.index))
        type_name = cursor.name()
        output = any(t.upper in ("OUT", "OUTPUT") for t in piece[1:])
        cursor.until("=")
        cursor.accept("=")
        default = cursor.rest()[:1]
        is_string = default and default[0].kind is Kind.STRING
        text = default[0].value if is_string else None
        parameters.append(Parameter(piece[0].value, type_name, output, text))
    return tuple(parameters)


def _function(context: StatementContext, cursor: Cursor, name: Name) -> Header:
    """`(parameters) RETURNS {TABLE | @variable TABLE (columns) | type}`.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql
    """
    parameters = _parameters(context, cursor.group())
    cursor.until("RETURNS")
    cursor.accept("RETURNS")
    if cursor.word == "TABLE":
        # RETURNS TABLE (a int) AS EXTERNAL NAME is a function of an assembly, without RETURN
        return Header(name, parameters, inline=cursor.tokens[-1].upper == "RETURN")
    variable = cursor.token()
    if variable and cursor.accept_phrase(VARIABLE, "TABLE"):
        columns = column_definitions(context, cursor.group())
        return Header(name, parameters, declares=Declare(Name((variable.value,)), columns))
    note_type(context, cursor)
    return Header(name, parameters)


def inline_module(
    unit: CompilationUnit, node: ModuleNode, header: Header, span: Span
) -> ModuleFact:
    """A view or an inline function: one statement, which writes the module itself.

    Args:
        unit: the file.
        node: the module, cut from its file.
        header: what stands before the body.
        span: of the whole statement.
    """
    context = unit.context(BlockContext())
    body = _query_tokens(node.body)
    body = without_templates(body) if unit.source.template else body
    query = unit.guarded(context, body, lambda: _read(context, node, body))
    view = node.kind == "VIEW"
    kind = StatementKind.VIEW if view else StatementKind.INLINE_FUNCTION
    context.accessed.write(header.name)
    effects = (
        (Write(header.name, header.columns, query, span, creates=True),) if view and query else ()
    )
    return ModuleFact(
        header.name,
        ModuleKind(node.kind),
        span,
        (unit.fact(context, kind, span, effects, BlockContext()),),
        header.parameters,
        columns=header.columns,
        query=query,
        materialized=header.materialized,
        database=unit.placement.database,
    )


def _read(context: StatementContext, node: ModuleNode, body: Tokens) -> Query:
    query = read_query(context, body)
    note_mentions(context, body)
    check_query(context, node.header, body)
    check_behind_query(context, body, node.behind)
    return query


def _query_tokens(tokens: Tokens) -> Tokens:
    """The query of a view or inline function.

    It comes without WITH CHECK OPTION, semicolons, and parentheses around all of it.
    """
    while tokens and tokens[-1].upper == ";":
        tokens = tokens[:-1]
    if [t.upper for t in tokens[-3:]] == ["WITH", "CHECK", "OPTION"]:
        tokens = tokens[:-3]
    return tokens
