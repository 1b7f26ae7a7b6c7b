"""Constant conditions in the library's trees; see `truth`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from sqlglot import exp

from .truth import COMPARISONS, DEEPEST, NEGATED, Value, combined, number_of

Node: TypeAlias = exp.Expr

_SIGNS: Mapping[type, str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}


def truth(node: Node | None, depth: int = 0) -> bool | None:
    """Is a condition true whatever the data is? None where it depends on more than constants."""
    if depth > DEEPEST:
        return None
    if isinstance(node, exp.Paren):
        return truth(node.this, depth + 1)
    if isinstance(node, exp.Not):
        return NEGATED[truth(node.this, depth + 1)]
    if isinstance(node, (exp.And, exp.Or)):
        return combined(
            [truth(side, depth + 1) for side in node.flatten()], deciding=isinstance(node, exp.Or)
        )
    compare = COMPARISONS.get(_SIGNS.get(type(node), "")) if node is not None else None
    return (
        compare(_value(node.this), _value(node.expression))
        if compare and node is not None
        else None
    )


def _value(node: Node | None, depth: int = 0) -> Value:
    """The value of a constant; None of anything else."""
    if depth > DEEPEST:
        return None
    if isinstance(node, exp.Paren):
        return _value(node.this, depth + 1)
    if isinstance(node, exp.Neg):
        value = _value(node.this, depth + 1)
        return -value if isinstance(value, Decimal) else None
    if not isinstance(node, exp.Literal):
        return None
    return str(node.name) if node.is_string else number_of(node.name)


def is_zero(node: Node | None) -> bool:
    """Is it the number 0?"""
    return _value(node) == Decimal(0)
