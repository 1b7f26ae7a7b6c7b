"""Conditions that ask nothing but whether an object exists, as stand before a DROP or a swap.

Source: https://learn.microsoft.com/sql/t-sql/functions/object-id-transact-sql,
https://learn.microsoft.com/sql/relational-databases/system-catalog-views/object-catalog-views-transact-sql
"""

from __future__ import annotations

from ...model.facts import IfExists
from ...model.names import Name, parse_name
from ..reading.cursor import Cursor
from ..reading.lexer import Kind
from ..reading.words import without_parentheses
from .base import Tokens

_CATALOGS = frozenset({"sys", "information_schema", "sysobjects", "object_id"})


def if_exists(condition: Tokens) -> IfExists | None:
    """`OBJECT_ID('dbo.t') IS NOT NULL`, `EXISTS (SELECT * FROM sys.tables WHERE name = 't')`.

    None where more is asked.
    """
    cursor = Cursor(without_parentheses(condition))
    negated = cursor.accept("NOT")
    function = cursor.word
    cursor.advance()
    if cursor.word != "(":
        return None
    inside = cursor.group()
    behind = [token.upper for token in cursor.rest()]
    if function == "OBJECT_ID" and behind == (["IS", "NULL"] if negated else ["IS", "NOT", "NULL"]):
        return _asked(inside)
    if function == "EXISTS" and not (negated or behind) and _asks_a_catalog(inside):
        return _asked(inside)
    return None


def _asks_a_catalog(tokens: Tokens) -> bool:
    return any(token.value.casefold() in _CATALOGS for token in tokens)


def _asked(tokens: Tokens) -> IfExists:
    if any(token.kind is Kind.VARIABLE for token in tokens):
        return IfExists()
    names = (_name(token.value) for token in tokens if token.kind is Kind.STRING)
    return IfExists(tuple(name for name in names if name))


def _name(text: str) -> Name | None:
    try:
        return parse_name(text)
    except ValueError:
        return None
