"""Parts of the facts of one text, held once: scripts of data say the same in each statement."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from msgspec import Struct, field

T = TypeVar("T")


class SharedParts(Struct):
    """The first of all equal parts, by the part itself or by what it is made of."""

    _firsts: dict[Any, Any] = field(default_factory=dict)

    def once(self, part: T) -> T:
        """The first part that is equal."""
        first: T = self._firsts.setdefault(part, part)
        return first

    def made(self, said: Hashable, make: Callable[[], T]) -> T:
        """The part that was made of the same, or else a new one."""
        first: T | None = self._firsts.get(said)
        if first is None:
            first = self._firsts[said] = make()
        return first
