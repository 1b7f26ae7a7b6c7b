"""Parameters that a call declares for a string or script that it runs.

An example is `N'@a int, @b dbo.Ids READONLY', @a = x, …`.

Source:
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model.facts import (
    Argument,
    Assign,
    Declare,
    Effect,
    Output,
    Source,
    Star,
    TableSource,
    Use,
    VariableRef,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import Subtype
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, tokens_of
from ..reading.words import split
from ..strings.own_variables import name_in_string
from ..strings.patterns import Patterns, literal
from .base import Tokens, select_of


def declared(patterns: Patterns) -> list[Tokens]:
    """The parameters that a string declares, each with its type; none where it is not known."""
    text = literal(patterns[0]) if len(patterns) == 1 else None
    return [
        piece for piece in split(tokens_of(text or "")) if piece and piece[0].kind is Kind.VARIABLE
    ]


def passed(
    context: StatementContext,
    tokens: Tokens,
    parameters: Sequence[Tokens],
    values: Sequence[Argument],
) -> list[Effect]:
    """Before the string runs, its parameters take the values.

    Behind it the variables of OUTPUT arguments take theirs.

    Args:
        context: of the statement that calls.
        tokens: those of the statement.
        parameters: what the string declares, each a name and its type; see `declared`.
        values: the arguments, by name or in the order of the parameters.
    """
    effects: list[Effect] = []
    for position, argument in enumerate(values):
        declaration = parameters[position] if position < len(parameters) else []
        parameter = argument.parameter or (declaration[0].value if declaration else "")
        if not parameter:
            continue
        # a table-valued parameter has to be READONLY, and nothing else may be
        if declaration and declaration[-1].upper == "READONLY" and argument.variable:
            effects += _table_parameter(context, declaration, parameter, argument.variable, tokens)
            continue
        inside = name_in_string(parameter)
        effects.append(
            Assign(
                (inside,),
                select_of((Output(None, argument.expression, context.span(tokens)),), (), ()),
            )
        )
        # OUTPUT must stand in both: the declaration alone gives nothing back
        if argument.output and argument.variable:
            context.do_afterwards(_copied(context, inside, argument.variable, tokens))
    return effects


def _copied(context: StatementContext, source: str, target: str, tokens: Tokens) -> Effect:
    value = Output(None, (Use(VariableRef(source), Subtype.IDENTITY),), context.span(tokens))
    return Assign((target,), select_of((value,), (), ()))


def _table_parameter(
    context: StatementContext, declaration: Tokens, parameter: str, variable: str, tokens: Tokens
) -> list[Effect]:
    """A table-valued parameter of a string holds the rows of the variable that is passed."""
    cursor = Cursor(declaration, 1)
    cursor.accept("AS")
    kind = cursor.name()
    span = context.span(tokens)
    rows = select_of((Star((), span),), (Source(TableSource(Name((variable,)), span)),), ())
    inside = Name((name_in_string(parameter),))
    return [Declare(inside, (), kind), Write(inside, None, rows, span)]
