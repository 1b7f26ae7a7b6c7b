"""Modules: their headers (name, parameters, what a function returns, what a trigger hangs on), and those that are one query.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model.diagnostics import Span
from ..model.facts import Declare, ModuleFact, Parameter, Query, Write
from ..model.names import Name
from ..model.vocabulary import Action, ModuleKind, StatementKind
from .checking import check_behind_query, check_query
from .forms.base import Tokens, column_definitions, column_list, word
from .lexer import Kind
from .queries import read_query
from .reader import Reader
from .statements import ModuleNode
from .templates import without_templates
from .unit import Scope, Unit
from .words import declared_at, find, name_at, numbered_at, skip_group, split

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


def read_header(reader: Reader, node: ModuleNode) -> Header | None:
    """Read a header; None where it has no name."""
    tokens = node.header
    at = next((i for i, t in enumerate(tokens) if t.upper in _MODULE_WORDS), 0) + 1
    name, end = numbered_at(tokens, at)
    if name is None:
        return None
    if not node.body and any(token.upper == "ENCRYPTION" for token in tokens):
        reader.report("SLP103", f"{name}: its text is encrypted, so what it reads and writes is not known", tokens)
    if node.kind == "VIEW":
        columns = column_list(tokens[end + 1 : skip_group(tokens, end) - 1]) if word(tokens, end) == "(" else None
        materialized = word(tokens, at - 2) == "MATERIALIZED"
        return Header(name, columns=columns, inline=True, materialized=materialized)
    if node.kind == "TRIGGER":
        on, behind = name_at(tokens, end + 1)
        if on and on.last.upper() in ("DATABASE", "ALL"):
            on = None
        return Header(name, on=on, instead_of=_instead_of(tokens, behind))
    if node.kind == "FUNCTION":
        return _function(reader, tokens, name, end)
    stop = find(tokens, {"WITH", "FOR", "AS"}, end) if word(tokens, end) == "(" else _parameters_end(tokens, end)
    inside = tokens[end + 1 : skip_group(tokens, end) - 1] if word(tokens, end) == "(" else tokens[end:stop]
    return Header(name, _parameters(inside))


def _instead_of(tokens: Tokens, at: int) -> tuple[Action, ...]:
    """The actions that a trigger takes the place of: `INSTEAD OF INSERT, UPDATE`."""
    start = find(tokens, {"INSTEAD"}, at)
    if word(tokens, start + 1) != "OF":
        return ()
    words = {token.upper for token in tokens[start + 2 : find(tokens, {"AS"}, start)]}
    return tuple(action for action in Action if action.value in words)


def _parameters_end(tokens: Tokens, at: int) -> int:
    """Where the parameters of a procedure end: at WITH or FOR, or at the AS that no variable stands before."""
    while at < len(tokens):
        at = find(tokens, {"WITH", "FOR", "AS"}, at)
        if word(tokens, at) != "AS" or not declared_at(tokens, at - 1):
            return at
        at += 1
    return at


def _parameters(tokens: Tokens) -> tuple[Parameter, ...]:
    parameters: list[Parameter] = []
    for piece in split(tokens):
        if not piece or piece[0].kind is not Kind.VARIABLE:
            continue
        type_name, _ = name_at(piece, 1 + (word(piece, 1) == "AS"))
        output = any(t.upper in ("OUT", "OUTPUT") for t in piece[1:])
        default = piece[find(piece, {"="}) + 1 :][:1]
        is_string = default and default[0].kind is Kind.STRING
        text = default[0].value if is_string else None
        parameters.append(Parameter(piece[0].value, type_name, output, text))
    return tuple(parameters)


def _function(reader: Reader, tokens: Tokens, name: Name, at: int) -> Header:
    end = skip_group(tokens, at) if word(tokens, at) == "(" else at
    parameters = _parameters(tokens[at + 1 : end - 1])
    returns = find(tokens, {"RETURNS"}, end)
    after = returns + 1
    if word(tokens, after) == "TABLE":
        return Header(name, parameters, inline=word(tokens, len(tokens) - 1) == "RETURN")
    if after < len(tokens) and tokens[after].kind is Kind.VARIABLE and word(tokens, after + 1) == "TABLE":
        inside = tokens[after + 3 : skip_group(tokens, after + 2) - 1]
        return Header(name, parameters, declares=Declare(Name((tokens[after].value,)), column_definitions(reader, inside)))
    return Header(name, parameters)


def inline_module(unit: Unit, node: ModuleNode, header: Header, span: Span) -> ModuleFact:
    """A view or an inline function: one statement, which writes the module itself."""
    reader = unit.reader(Scope())
    body = _query_tokens(node.body)
    body = without_templates(body) if unit.source.template else body
    query = unit.guarded(reader, body, lambda: _read(reader, node, body))
    view = node.kind == "VIEW"
    kind = StatementKind.VIEW if view else StatementKind.INLINE_FUNCTION
    reader.write(header.name)
    effects = (Write(header.name, header.columns, query, span, creates=True),) if view and query else ()
    return ModuleFact(
        header.name,
        ModuleKind(node.kind),
        span,
        (unit.fact(reader, kind, span, effects, Scope()),),
        header.parameters,
        columns=header.columns,
        query=query,
        materialized=header.materialized,
        database=unit.database,
    )


def _read(reader: Reader, node: ModuleNode, body: Tokens) -> Query:
    query = read_query(reader, body)
    check_query(reader, node.header, body)
    check_behind_query(reader, body, node.behind)
    return query


def _query_tokens(tokens: Tokens) -> Tokens:
    """The query of a view or inline function: without WITH CHECK OPTION, semicolons, and parentheses around all of it."""
    while tokens and tokens[-1].upper == ";":
        tokens = tokens[:-1]
    if [t.upper for t in tokens[-3:]] == ["WITH", "CHECK", "OPTION"]:
        tokens = tokens[:-3]
    return tokens
