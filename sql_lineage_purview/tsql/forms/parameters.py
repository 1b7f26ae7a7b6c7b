"""Parameters that a call declares for a string or script that it runs: `N'@a int, @b dbo.Ids READONLY', @a = x, …`.

Source: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model.facts import Argument, Assign, Declare, Effect, Output, Source, Star, TableSource, Use, VariableRef, Write
from ...model.names import Name
from ...model.vocabulary import Subtype
from ..lexer import Kind, tokens_of
from ..own_variables import name_in_string
from ..patterns import Patterns, literal
from ..reader import Reader
from ..words import name_at, split
from .base import Tokens, select_of, word


def declared(patterns: Patterns) -> list[Tokens]:
    """The parameters that a string declares, each with its type; none where it is not known."""
    text = literal(patterns[0]) if len(patterns) == 1 else None
    return [piece for piece in split(tokens_of(text or "")) if piece and piece[0].kind is Kind.VARIABLE]


def passed(reader: Reader, tokens: Tokens, parameters: Sequence[Tokens], values: Sequence[Argument]) -> list[Effect]:
    """Before the string runs, its parameters take the values; behind it the variables of OUTPUT arguments take theirs."""
    effects: list[Effect] = []
    for position, argument in enumerate(values):
        declaration = parameters[position] if position < len(parameters) else []
        parameter = argument.parameter or (declaration[0].value if declaration else "")
        if not parameter:
            continue
        if word(declaration, len(declaration) - 1) == "READONLY" and argument.variable:
            effects += _table_parameter(reader, declaration, parameter, argument.variable, tokens)
            continue
        inside = name_in_string(parameter)
        effects.append(Assign((inside,), select_of((Output(None, argument.expression, reader.span(tokens)),), (), ())))
        if argument.output and argument.variable:
            reader.after.append(_copied(reader, inside, argument.variable, tokens))
    return effects


def _copied(reader: Reader, source: str, target: str, tokens: Tokens) -> Effect:
    value = Output(None, (Use(VariableRef(source), Subtype.IDENTITY),), reader.span(tokens))
    return Assign((target,), select_of((value,), (), ()))


def _table_parameter(reader: Reader, declaration: Tokens, parameter: str, variable: str, tokens: Tokens) -> list[Effect]:
    """A table-valued parameter of a string holds the rows of the variable that is passed."""
    kind, _ = name_at(declaration, 1 + (word(declaration, 1) == "AS"))
    span = reader.span(tokens)
    rows = select_of((Star((), span),), (Source(TableSource(Name((variable,)), span)),), ())
    inside = Name((name_in_string(parameter),))
    return [Declare(inside, (), kind), Write(inside, None, rows, span)]
