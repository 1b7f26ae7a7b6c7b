"""Constant conditions: `1 = 0` is never true, `1 = 1` always.

Of any other condition nothing is known before it runs.

Source: https://learn.microsoft.com/sql/t-sql/queries/search-condition-transact-sql
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from ...model.regex import regex
from ..reading.lexer import Kind, Token
from ..reading.words import skip_group, split

Value: TypeAlias = Decimal | str | None  # of a constant; None: it is none

NEGATED = {True: False, False: True, None: None}
DEEPEST = 50  # parentheses and NOTs in one another; nobody writes so many around constants
_CONSTANTS = (Kind.NUMBER, Kind.STRING)
_NUMBER = regex(r"\d+(?:\.\d*)?|\.\d+")
# What may stand for another value at the next run: $(x) of SQLCMD, {{ x }}, <%= x %>, #{x}, <name,
# int, 0>.
_FILLED_IN = regex(r"\$\(|\{\{|\{%|<%|#\{|<[^<>\n,]*,[^<>\n]*,[^<>\n]*>")


def number_of(text: str) -> Decimal | None:
    """The number that a text is; None where it is none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def combined(sides: list[bool | None], *, deciding: bool) -> bool | None:
    """AND is false where a side is, OR true where one is."""
    # one side is enough: `a = 1 AND 1 = 0` is false whatever a is
    if deciding in sides:
        return deciding
    return None if None in sides else not deciding


def truth_of(tokens: list[Token]) -> bool | None:
    """Is a search condition true whatever the data is?

    None where it depends on more than constants.
    """
    before = (
        tokens[at - 1] for at, token in enumerate(tokens) if at and token.upper in COMPARISONS
    )
    return (
        _truth_of(tokens)
        if any(token.kind in _CONSTANTS or token.upper == ")" for token in before)
        else None
    )


def compares_constants(tokens: list[Token]) -> bool:
    """Is it one constant beside another, as in `WHILE 1 = 1`?"""
    return (
        len(tokens) == 3
        and tokens[1].upper in COMPARISONS
        and all(t.kind in _CONSTANTS for t in tokens[::2])
    )


def _truth_of(tokens: list[Token], depth: int = 0) -> bool | None:
    if depth > DEEPEST:
        return None
    if tokens and tokens[0].upper == "(" and skip_group(tokens, 0) == len(tokens):
        return _truth_of(tokens[1:-1], depth + 1)
    for word in ("OR", "AND"):
        sides = split(tokens, word)
        if len(sides) > 1:
            return combined([_truth_of(side, depth + 1) for side in sides], deciding=word == "OR")
    if tokens and tokens[0].upper == "NOT":
        return NEGATED[_truth_of(tokens[1:], depth + 1)]
    at = next((at for at, token in enumerate(tokens) if token.upper in COMPARISONS), len(tokens))
    return (
        COMPARISONS[tokens[at].upper](_constant(tokens[:at]), _constant(tokens[at + 1 :]))
        if at < len(tokens)
        else None
    )


def _constant(tokens: list[Token], depth: int = 0) -> Value:
    if depth > DEEPEST:
        return None
    if tokens and tokens[0].upper == "(" and skip_group(tokens, 0) == len(tokens):
        return _constant(tokens[1:-1], depth + 1)
    if len(tokens) == 2 and tokens[0].upper == "-":
        value = _constant(tokens[1:])
        return -value if isinstance(value, Decimal) else None
    if len(tokens) != 1 or tokens[0].kind not in _CONSTANTS:
        return None
    return tokens[0].value if tokens[0].kind is Kind.STRING else number_of(tokens[0].value)


# --- comparing ------------------------------------------------------------------------------------


def _comparing(compare: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool | None]:
    def compared(left: Value, right: Value) -> bool | None:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return compare(left, right)
        if not (isinstance(left, str) and isinstance(right, str)) or compare not in (
            operator.eq,
            operator.ne,
        ):
            return None
        left_text, right_text = left.casefold().rstrip(), right.casefold().rstrip()
        # the collation decides
        if left != right and (left_text == right_text or not (left_text + right_text).isascii()):
            return None
        return compare(left, right)

    return compared


COMPARISONS: Mapping[str, Callable[[Value, Value], bool | None]] = {
    "=": _comparing(operator.eq),
    "<>": _comparing(operator.ne),
    "!=": _comparing(operator.ne),
    "<": _comparing(operator.lt),
    "!>": _comparing(operator.le),
    "<=": _comparing(operator.le),
    ">": _comparing(operator.gt),
    "!<": _comparing(operator.ge),
    ">=": _comparing(operator.ge),
}


def is_filled_in(text: str) -> bool:
    """Does a text hold a template or a SQLCMD variable?

    If so, a constant in it may be another one at the next run.
    """
    return bool(_FILLED_IN.search(text))
