"""Parts of the SQL that asks the store, with their values apart.

What a client sends therefore never stands in the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class SearchCondition(Struct, frozen=True):
    """A part of a WHERE or ORDER BY, with its values."""

    text: str
    values: tuple[Any, ...] = ()

    @classmethod
    def joined(cls, word: str, parts: Iterable[SearchCondition]) -> SearchCondition:
        """The conditions joined by AND, or by OR."""
        conditions = list(parts)
        text = f" {word} ".join(f"({part.text})" for part in conditions)
        return cls(
            # all of nothing is true, and any of nothing is false
            text or ("1" if word == "AND" else "0"),
            tuple(value for part in conditions for value in part.values),
        )
