"""What rows and edges of a graph name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.graph import Statement, TableEdge
from ...model.names import Name


class NamedObjects(Struct, frozen=True):
    """What rows and table edges name: `used` are read or written, `named` are called too.

    `nodes`: those that are nodes of the graph.
    """

    used: AbstractSet[Name]
    named: AbstractSet[Name]
    nodes: AbstractSet[Name]

    @classmethod
    def of(cls, rows: Iterable[Statement], edges: Iterable[TableEdge]) -> NamedObjects:
        """What these name."""
        used: set[Name] = set()
        called: set[Name] = set()
        for row in rows:
            used.update(row.reads, row.writes)
            called.update(row.calls)
        nodes = {name for name in used if not name.temporary and not name.system_source}
        nodes |= {name for edge in edges for name in (edge.source, edge.target)}
        return cls(used, used | called, nodes)


class OtherNames(Struct, frozen=True):
    """What other rows and edges name; it is looked for where somebody asks."""

    rows: Sequence[Statement]
    edges: Sequence[TableEdge]

    def nodes(self) -> AbstractSet[Name]:
        """See `NamedObjects`."""
        return NamedObjects.of(self.rows, self.edges).nodes

    def named(self) -> AbstractSet[Name]:
        """See `NamedObjects`."""
        return NamedObjects.of(self.rows, self.edges).named
