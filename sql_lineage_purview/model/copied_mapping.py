"""Copied mappings: each copy is made at once, and has in common with others what none has changed.

The arms of an IF begin with copies of one state, which may hold thousands of variables, of which
each arm sets a few. Neither copying nor comparing them goes over the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, TypeVar, overload

T = TypeVar("T")
D = TypeVar("D")

_GONE: Any = object()  # in place of a value that is deleted


class CopiedMapping(MutableMapping[str, T]):
    """A mapping in two layers: what it has in common with its copies, and the changes of its own.

    The lower layer is never changed, but made anew of both as soon as the changes are many.
    """

    __slots__ = ("_changes", "_common")

    def __init__(self, content: Mapping[str, T] | None = None) -> None:
        self._common: dict[str, T] = dict(content or {})
        self._changes: dict[str, T] = {}

    def copied(self) -> CopiedMapping[T]:
        """A copy that may be changed without changing this one."""
        # As many changes as the root of all: then both layers cost each copy little.
        if len(self._changes) ** 2 > len(self._common):
            self._common, self._changes = dict(self.items()), {}
        copy = CopiedMapping[T]()
        copy._common, copy._changes = self._common, dict(self._changes)
        return copy

    def differing(self, other: CopiedMapping[T]) -> Iterator[str]:
        """The keys under which this one holds an object that the other does not hold there."""
        is_copy = self._common is other._common
        for key in dict.fromkeys((*self._changes, *other._changes)) if is_copy else self:
            value = self.get(key, _GONE)
            if value is not _GONE and value is not other.get(key, _GONE):
                yield key

    @overload
    def get(self, key: str, /) -> T | None: ...
    @overload
    def get(self, key: str, /, default: T | D) -> T | D: ...
    def get(self, key: str, /, default: T | D | None = None) -> T | D | None:
        """What it holds under a key; the default where there is nothing."""
        if key not in self._changes:
            return self._common.get(key, default)
        value = self._changes[key]
        return default if value is _GONE else value

    def clear(self) -> None:
        """From here on it holds nothing."""
        self._common, self._changes = {}, {}

    def __getitem__(self, key: str) -> T:
        value = self.get(key, _GONE)
        if value is _GONE:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: T) -> None:
        self._changes[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._changes[key] = _GONE

    def __contains__(self, key: object) -> bool:
        if key in self._changes:
            return self._changes[str(key)] is not _GONE
        return key in self._common

    def __iter__(self) -> Iterator[str]:
        changes = self._changes
        for key in self._common:
            if changes.get(key) is not _GONE:
                yield key
        for key, value in changes.items():
            if key not in self._common and value is not _GONE:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)
