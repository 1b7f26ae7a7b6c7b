"""Rows of a graph in their order, where some are replaced."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

Row = TypeVar("Row")


def with_rows(old: Sequence[Any], new: Iterable[Any], paths: AbstractSet[str]) -> tuple[Any, ...]:
    """Rows in the order of their paths, those of some paths replaced."""
    rows = [row for row in old if row.path not in paths]
    rows += new
    return tuple(sorted(rows, key=lambda row: row.path))


def with_sorted(
    old: Iterable[Row], new: Iterable[Row], key: Callable[[Row], Any]
) -> tuple[Row, ...]:
    """Sorted rows, with some more at their places."""
    rows = list(old)
    for row in new:
        insort(rows, row, key=key)
    return tuple(rows)
