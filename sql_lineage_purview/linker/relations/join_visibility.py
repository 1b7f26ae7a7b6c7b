"""Joins: which items of FROM the condition of a join sees.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from ...model.diagnostics import Span
from ...model.facts import (
    Call,
    ColumnRef,
    Condition,
    DocumentSource,
    OpaqueSource,
    PivotSource,
    Query,
    Rows,
    ScriptSource,
    Select,
    SetOperation,
    Subquery,
    TableExpression,
    UnpivotSource,
    VariableRef,
)
from ...model.vocabulary import Subtype
from .scope import Scope

_Place: TypeAlias = tuple[int, int]  # line and column


def places(select: Select) -> list[_Place | None]:
    """Where the items of FROM stand, for `sight`."""
    return [_place(source.relation) for source in select.sources]


def sight(standing: Sequence[_Place | None], condition: Condition, scope: Scope) -> Scope:
    """What a condition sees: ON the items that stand before it, not those that are joined later.

    Any other one all of them.
    """
    if condition.subtype is not Subtype.JOIN:
        return scope
    start = min(
        (place for use in condition.expression if (place := _place(use.operand))), default=None
    )
    if start is None:
        return scope
    items = [
        item
        for item, place in zip(scope.items, standing, strict=True)
        # what has no place, as a document, is seen: a column too many is a finding, one too few is
        # an edge that is lost
        if place is None or place <= start
    ]
    return Scope(scope.naming, items, scope.outer)


def _place(part: TableExpression | ColumnRef | VariableRef | Call | Subquery) -> _Place | None:
    """The line and column where a source or an operand stands, as far as its facts tell."""
    match part:
        case Subquery():
            return _place(part.query)
        case PivotSource() | UnpivotSource():
            return _place(part.input.relation)
        case Query():
            return _first(part)
        case DocumentSource() | ScriptSource() | OpaqueSource() | VariableRef():
            return None
        case _:
            return _known(part.span)


def _first(query: Query) -> _Place | None:
    match query.body:
        case SetOperation(left=left):
            return _first(left)
        case Select(outputs=(output, *_)):
            return _known(output.span)
        case Select() | Rows():
            return None


def _known(span: Span) -> _Place | None:
    return None if span == Span() else (span.line, span.column)
