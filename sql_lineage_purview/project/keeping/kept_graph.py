"""A graph of which only those members are read that somebody asks for."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ...model.graph import LineageGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEMBERS = tuple(member.name for member in fields(LineageGraph))


class KeptGraph(LineageGraph):
    """A graph whose members are read when they are asked for first; all else is as of others."""

    __slots__ = ("_counts", "_digest", "_text_of")

    _counts: Mapping[str, int]
    _text_of: Callable[[str], str]
    _digest: str

    @classmethod
    def of(cls, counts: Mapping[str, int], text_of: Callable[[str], str], digest: str) -> KeptGraph:
        """A graph by the numbers of rows of its members, and what gives their texts.

        `digest`: that of the texts of all members.
        """
        graph = cls.__new__(cls)
        object.__setattr__(graph, "_digest", digest)
        object.__setattr__(graph, "_counts", counts)
        object.__setattr__(graph, "_text_of", text_of)
        return graph

    def count(self, member: str) -> int:
        """How many rows a member has; none is read for that."""
        return self._counts[member]

    # called for what has no value: the slots of the members, which nobody has filled
    def __getattr__(self, name: str) -> Any:
        """A member that was not asked for yet."""
        if name not in MEMBERS:
            raise AttributeError(name)
        rows = rows_of_text(name, self._text_of(name)) if self._counts[name] else ()
        object.__setattr__(self, name, rows)
        return rows

    def __eq__(self, graph: object) -> bool:
        """Does another graph, kept or not, have the same members?"""
        if not isinstance(graph, LineageGraph):
            return NotImplemented
        if is_same_text(self, graph):
            return True
        return all(getattr(self, name) == getattr(graph, name) for name in MEMBERS)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in MEMBERS))

    def __reduce__(self) -> tuple[type[LineageGraph], tuple[Any, ...]]:
        return LineageGraph, tuple(getattr(self, name) for name in MEMBERS)


def is_same_text(graph: LineageGraph, other: LineageGraph) -> bool:
    """Are two graphs kept as the same texts, and so the same? Nothing is read for that."""
    return (
        isinstance(graph, KeptGraph)
        and isinstance(other, KeptGraph)
        and graph._digest == other._digest  # noqa: SLF001 - of its own class
    )


def text_of_rows(graph: LineageGraph, member: str) -> str:
    """The rows of a member as text."""
    from ..reading.codec import encode  # noqa: PLC0415 - for graphs of which something is read
    from ..reading.row_text import row_text  # noqa: PLC0415 - the same

    rows = encode(LineageGraph(**{member: getattr(graph, member)}))
    return row_text(rows)


def rows_of_text(member: str, text: str) -> tuple[Any, ...]:
    """The rows that `text_of_rows` wrote.

    Raises:
        ValueError: the text is none of this version.
    """
    from ..reading.codec import decode_as  # noqa: PLC0415 - the same
    from ..reading.row_text import row_values  # noqa: PLC0415 - the same

    rows: tuple[Any, ...] = getattr(decode_as(LineageGraph, row_values(text)), member)
    return rows
