"""Modules: their headers (name, parameters, what a function returns, what a trigger hangs on), and those that are one query.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
"""

from __future__ import annotations

from dataclasses import dataclass

from ...model.diagnostics import Span
from ...model.facts import Declare, ModuleFact, Parameter, Query, Write
from ...model.names import Name
from ...model.vocabulary import Action, ModuleKind, StatementKind
from ..cutting.cutter import ModuleNode
from ..queries.query_reader import read_query
from ..queries.statement_context import StatementContext
from ..reading.lexer import Kind
from ..reading.templates import without_templates
from ..reading.words import declared_at, find, name_at, numbered_at, skip_group, split, word_at
from ..statements.base import Tokens, column_definitions, column_list
from .checking import check_behind_query, check_query
from .unit import BlockContext, CompilationUnit

_MODULE_WORDS = frozenset({"PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER"})


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a module. `inline`: its body is one query. `declares`: the table variable that a function returns."""

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
    name, end = numbered_at(tokens, at)
    if name is None:
        return None
    if not node.body and any(token.upper == "ENCRYPTION" for token in tokens):
        context.report("SLP103", f"{name}: its text is encrypted, so what it reads and writes is not known", tokens)
    if node.kind == "VIEW":
        columns = column_list(tokens[end + 1 : skip_group(tokens, end) - 1]) if word_at(tokens, end) == "(" else None
        materialized = word_at(tokens, at - 2) == "MATERIALIZED"
        return Header(name, columns=columns, inline=True, materialized=materialized)
    if node.kind == "TRIGGER":
        on, behind = name_at(tokens, end + 1)
        if on and on.last.upper() in ("DATABASE", "ALL"):
            on = None
        return Header(name, on=on, instead_of=_instead_of(tokens, behind))
    if node.kind == "FUNCTION":
        return _function(context, tokens, name, end)
    stop = find(tokens, {"WITH", "FOR", "AS"}, end) if word_at(tokens, end) == "(" else _parameters_end(tokens, end)
    inside = tokens[end + 1 : skip_group(tokens, end) - 1] if word_at(tokens, end) == "(" else tokens[end:stop]
    return Header(name, _parameters(inside))


def _instead_of(tokens: Tokens, at: int) -> tuple[Action, ...]:
    """The actions that a trigger takes the place of: `INSTEAD OF INSERT, UPDATE`."""
    start = find(tokens, {"INSTEAD"}, at)
    if word_at(tokens, start + 1) != "OF":
        return ()
    words = {token.upper for token in tokens[start + 2 : find(tokens, {"AS"}, start)]}
    return tuple(action for action in Action if action.value in words)


def _parameters_end(tokens: Tokens, at: int) -> int:
    """Where the parameters of a procedure end: at WITH or FOR, or at the AS that no variable stands before."""
    while at < len(tokens):
        at = find(tokens, {"WITH", "FOR", "AS"}, at)
        if word_at(tokens, at) != "AS" or not declared_at(tokens, at - 1):
            return at
        at += 1
    return at


def _parameters(tokens: Tokens) -> tuple[Parameter, ...]:
    parameters: list[Parameter] = []
    for piece in split(tokens):
        if not piece or piece[0].kind is not Kind.VARIABLE:
            continue
        type_name, _ = name_at(piece, 1 + (word_at(piece, 1) == "AS"))
        output = any(t.upper in ("OUT", "OUTPUT") for t in piece[1:])
        default = piece[find(piece, {"="}) + 1 :][:1]
        is_string = default and default[0].kind is Kind.STRING
        text = default[0].value if is_string else None
        parameters.append(Parameter(piece[0].value, type_name, output, text))
    return tuple(parameters)


def _function(context: StatementContext, tokens: Tokens, name: Name, at: int) -> Header:
    end = skip_group(tokens, at) if word_at(tokens, at) == "(" else at
    parameters = _parameters(tokens[at + 1 : end - 1])
    returns = find(tokens, {"RETURNS"}, end)
    after = returns + 1
    if word_at(tokens, after) == "TABLE":
        return Header(name, parameters, inline=word_at(tokens, len(tokens) - 1) == "RETURN")
    if after < len(tokens) and tokens[after].kind is Kind.VARIABLE and word_at(tokens, after + 1) == "TABLE":
        inside = tokens[after + 3 : skip_group(tokens, after + 2) - 1]
        return Header(name, parameters, declares=Declare(Name((tokens[after].value,)), column_definitions(context, inside)))
    return Header(name, parameters)


def inline_module(unit: CompilationUnit, node: ModuleNode, header: Header, span: Span) -> ModuleFact:
    """A view or an inline function: one statement, which writes the module itself."""
    context = unit.context(BlockContext())
    body = _query_tokens(node.body)
    body = without_templates(body) if unit.source.template else body
    query = unit.guarded(context, body, lambda: _read(context, node, body))
    view = node.kind == "VIEW"
    kind = StatementKind.VIEW if view else StatementKind.INLINE_FUNCTION
    context.write(header.name)
    effects = (Write(header.name, header.columns, query, span, creates=True),) if view and query else ()
    return ModuleFact(
        header.name,
        ModuleKind(node.kind),
        span,
        (unit.fact(context, kind, span, effects, BlockContext()),),
        header.parameters,
        columns=header.columns,
        query=query,
        materialized=header.materialized,
        database=unit.database,
    )


def _read(context: StatementContext, node: ModuleNode, body: Tokens) -> Query:
    query = read_query(context, body)
    check_query(context, node.header, body)
    check_behind_query(context, body, node.behind)
    return query


def _query_tokens(tokens: Tokens) -> Tokens:
    """The query of a view or inline function: without WITH CHECK OPTION, semicolons, and parentheses around all of it."""
    while tokens and tokens[-1].upper == ";":
        tokens = tokens[:-1]
    if [t.upper for t in tokens[-3:]] == ["WITH", "CHECK", "OPTION"]:
        tokens = tokens[:-3]
    return tokens
