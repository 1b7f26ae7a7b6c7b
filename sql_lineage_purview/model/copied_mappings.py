"""Copied mappings: what two copies of one mapping no longer have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress, count, islice
from operator import is_not
from typing import TypeVar

T = TypeVar("T")


def differing(first: Mapping[str, T], second: Mapping[str, T]) -> Iterator[str]:
    """The keys under which two mappings hold different objects: the second's, then the first's.

    The arms of an IF begin with copies of one state, which may hold thousands of variables, of
    which each arm sets a few. So the keys that both have had from the start, in one order, are
    compared by Python's own loops.
    """
    shortest = min(len(first), len(second))
    shared = next(compress(count(), map(is_not, first, second)), shortest)
    unequal = map(is_not, first.values(), second.values())
    yield from compress(islice(first, shared), unequal)
    for key in islice(second, shared, None):
        if key not in first or first[key] is not second[key]:
            yield key
    for key in islice(first, shared, None):
        if key not in second:
            yield key
