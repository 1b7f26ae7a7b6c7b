"""A graph of which only those members are read that somebody asks for."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, get_type_hints

from msgspec.json import Decoder

from ...model.graph import LineageGraph
from ..reading.row_text import row_pieces, typed_values
from .kept_blobs import Packing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MEMBERS = tuple(member.name for member in fields(LineageGraph))


class StoredGraph(LineageGraph):
    """A graph that is in the store; all else is as of others.

    A digest tells the text of each member from others.
    """

    __slots__ = ("_digests",)

    _digests: Mapping[str, str]

    @classmethod
    def of_graph(cls, graph: LineageGraph, digests: Mapping[str, str]) -> StoredGraph:
        """A graph, with the digests of its members."""
        stored = cls(*(getattr(graph, name) for name in MEMBERS))
        object.__setattr__(stored, "_digests", digests)
        return stored

    def same_members(self, graph: StoredGraph) -> frozenset[str]:
        """The members that have the same text in another graph, and so are the same."""
        digests = graph._digests
        return frozenset(name for name in MEMBERS if self._digests.get(name) == digests.get(name))

    def __eq__(self, graph: object) -> bool:
        """Does another graph, in the store or not, have the same members?"""
        if not isinstance(graph, LineageGraph):
            return NotImplemented
        if is_same_text(self, graph):
            return True
        return all(getattr(self, name) == getattr(graph, name) for name in MEMBERS)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in MEMBERS))

    def __reduce__(self) -> tuple[type[LineageGraph], tuple[Any, ...]]:
        return LineageGraph, tuple(getattr(self, name) for name in MEMBERS)


class KeptGraph(StoredGraph):
    """A graph whose members are read when they are asked for first."""

    __slots__ = ("_counts", "_rows_of")

    _counts: Mapping[str, int]
    _rows_of: Callable[[str], tuple[Any, ...]]

    @classmethod
    def of(
        cls,
        counts: Mapping[str, int],
        rows_of: Callable[[str], tuple[Any, ...]],
        digests: Mapping[str, str],
    ) -> KeptGraph:
        """A graph by the numbers of rows of its members, what gives these, and their digests."""
        graph = cls.__new__(cls)
        object.__setattr__(graph, "_digests", digests)
        object.__setattr__(graph, "_counts", counts)
        object.__setattr__(graph, "_rows_of", rows_of)
        return graph

    def count(self, member: str) -> int:
        """How many rows a member has; none is read for that."""
        return self._counts[member]

    def beside(self, graph: LineageGraph) -> KeptGraph:
        """The same graph; what is the same in another one is read there, and no second time."""
        same = self.same_members(graph) if isinstance(graph, StoredGraph) else frozenset()
        return KeptGraph.of(
            self._counts,
            lambda name: getattr(graph if name in same else self, name),
            self._digests,
        )

    # called for what has no value: the slots of the members, which nobody has filled
    def __getattr__(self, name: str) -> Any:
        """A member that was not asked for yet."""
        if name not in MEMBERS:
            raise AttributeError(name)
        rows = self._rows_of(name) if self._counts[name] else ()
        object.__setattr__(self, name, rows)
        return rows


def is_same_text(graph: LineageGraph, other: LineageGraph) -> bool:
    """Are two graphs in the store as the same texts, and so the same? Nothing is read for that."""
    return (
        isinstance(graph, StoredGraph)
        and isinstance(other, StoredGraph)
        and len(graph.same_members(other)) == len(MEMBERS)
    )


def rows_of_text(member: str, text: bytes) -> tuple[Any, ...]:
    """The rows of a member that `row_pieces` wrote.

    Raises:
        ValueError: the text is none of this version.
    """
    rows: tuple[Any, ...] = typed_values(text, _decoders()[member])
    return rows


def packed_rows(rows: Sequence[object]) -> tuple[Packing, str]:
    """The text of the rows of a member, packed, and what tells it from others."""
    packing, digest = Packing(), blake2b(digest_size=16)
    for piece in row_pieces(rows):
        packing.add(piece)
        digest.update(piece)
    return packing, digest.hexdigest()


@cache
def _decoders() -> Mapping[str, Decoder[Any]]:
    hints = get_type_hints(LineageGraph)
    return {name: Decoder(hints[name]) for name in MEMBERS}
