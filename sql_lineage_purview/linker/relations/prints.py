"""Prints: what a value or relation holds, as something that can be compared and hashed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

from .provenance import Flows, Tables
from .relation import Relation, Value

Print: TypeAlias = Hashable


def print_of_value(value: Value) -> Print:
    """What a variable holds."""
    return (
        _print_of(value.flows),
        _print_of(value.rows),
        _print_of(value.tables),
        print_of_rows(value.relation),
    )


def print_of_rows(bound: Relation | None) -> Print:
    """What a relation holds; None of none."""
    if bound is None:
        return None
    columns = tuple(
        (
            column.name,
            _print_of(column.flows),
            column.hidden,
            column.property,
            column.generated,
            column.origin,
        )
        for column in bound.columns
    )
    marks = (bound.opaque, bound.base, bound.partial, bound.empty, bound.extension, bound.transient)
    return (columns, tuple(bound.open), _print_of(bound.rows), _print_of(bound.tables), marks)


def _print_of(content: Flows | Tables) -> Print:
    return frozenset(content.items())
