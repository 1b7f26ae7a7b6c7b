"""What becomes of a result set on its way from an executed string to who takes it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.facts import (
    Assign,
    Effect,
    Output,
    Query,
    Result,
    Rows,
    ScriptSource,
    Select,
    Source,
    Star,
    Use,
    VariableRef,
)
from ...model.vocabulary import Subtype


def with_column(name: str) -> Callable[[Result], tuple[Effect, ...]]:
    """Rows that get one more column at their end, which carries no data of theirs."""
    return lambda result: (Result(_widened(result.query, name)),)


def _widened(query: Query, name: str) -> Query:
    match query.body:
        case Select() as select:
            return dataclasses.replace(
                query, body=replace(select, outputs=(*select.outputs, Output(name, (), Span())))
            )
        case Rows(rows=rows):
            return dataclasses.replace(query, body=Rows(tuple((*row, ()) for row in rows)))
        case operation:
            left, right = _widened(operation.left, name), _widened(operation.right, name)
            return dataclasses.replace(
                query, body=dataclasses.replace(operation, left=left, right=right)
            )


def through_script(
    inputs: tuple[str, ...], outputs: tuple[str, ...], columns: tuple[str, ...] | None
) -> Callable[[Result | None], tuple[Effect, ...]]:
    """Rows, and variables, that a script in another language makes of rows and of variables."""
    uses = tuple(Use(VariableRef(name), Subtype.TRANSFORMATION) for name in inputs)

    def deliver(result: Result | None) -> tuple[Effect, ...]:
        query = result.query if result else None
        rows, value = (_all_of(ScriptSource(query, uses, names)) for names in (columns, ("value",)))
        return (Result(rows), *(Assign((name,), value) for name in outputs))

    return deliver


def _all_of(source: ScriptSource) -> Query:
    return Query(Select((Star((), Span()),), (Source(source),)))
