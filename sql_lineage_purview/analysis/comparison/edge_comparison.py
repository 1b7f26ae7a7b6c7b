"""What takes part in each column, and in which rows come: before and now.

What a dropped module has carried is told with the module, what feeds a new column with that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.vocabulary import Certainty, EdgeType
from .lineage_change import ChangeKind, ImpactClass, LineageChange, LineageInput

if TYPE_CHECKING:
    from ...model.graph import Location
    from .graph_state import CarriedEdge, ColumnKey, EdgeKey, GraphState

# a star that is expanded names its columns as surely as a list of them does
_DOUBT = {
    Certainty.EXACT: 0,
    Certainty.EXPANDED: 0,
    Certainty.INFERRED: 1,
    Certainty.PARTIAL: 2,
}


# with attributes beside its fields, among which `cached_property` keeps its value
class TargetEdges(Struct, frozen=True, dict=True):
    """The edges that reach one column, or the rows of one table, in both states.

    Args:
        old: those of the base.
        new: those of the head.
        dropped: the carriers that are gone as a whole, of which somebody else tells.
    """

    old: Mapping[EdgeKey, CarriedEdge]
    new: Mapping[EdgeKey, CarriedEdge]
    dropped: Set[str]

    @cached_property
    def lost(self) -> dict[EdgeKey, CarriedEdge]:
        """What reaches it no more."""
        return {
            key: edge
            for key, edge in self.old.items()
            if key not in self.new and edge.carriers.isdisjoint(self.dropped)
        }

    @cached_property
    def gained(self) -> dict[EdgeKey, CarriedEdge]:
        """What reaches it now."""
        return {key: edge for key, edge in self.new.items() if key not in self.old}

    @cached_property
    def deserted(self) -> dict[EdgeKey, CarriedEdge]:
        """What some carriers bring there no more, and no others do for them."""
        return {
            key: edge
            for key, edge in self.old.items()
            if key in self.new
            and edge.carriers - self.new[key].carriers - self.dropped
            and not self.new[key].carriers - edge.carriers
        }

    @cached_property
    def joined(self) -> dict[EdgeKey, CarriedEdge]:
        """What more carriers bring there now."""
        return {
            key: edge
            for key, edge in self.new.items()
            if key in self.old and edge.carriers > self.old[key].carriers
        }

    @property
    def is_by_others(self) -> bool:
        """Is all that is new brought by such as brought nothing there before?"""
        carriers = {carrier for edge in self.old.values() for carrier in edge.carriers}
        return bool(self.old) and all(
            edge.carriers.isdisjoint(carriers) for edge in self.gained.values()
        )

    def has_values(self, edges: Mapping[EdgeKey, CarriedEdge]) -> bool:
        """Does a value flow along one of the edges?"""
        return any(key.subtype.type is EdgeType.DIRECT for key in edges)

    @property
    def is_recomputed(self) -> bool:
        """Do the same columns take part, whose values are computed otherwise?"""
        lost = {key.source for key in self.lost if key.subtype.type is EdgeType.DIRECT}
        gained = {key.source for key in self.gained if key.subtype.type is EdgeType.DIRECT}
        rest = [key for key in (*self.lost, *self.gained) if key.subtype.type is EdgeType.INDIRECT]
        return bool(lost) and lost == gained and not rest

    @property
    def doubt(self) -> int:
        """How much less sure the edges are that are in both states; below 0 they are surer."""
        steps = [
            _DOUBT[edge.certainty] - _DOUBT[self.old[key].certainty]
            for key, edge in self.new.items()
            if key in self.old
        ]
        return max(steps, key=abs, default=0)


class EdgeComparison:
    """The changes of lineage between two states.

    Args:
        base: the first state, with the names of the second one.
        head: the second one.
        dropped: the keys of the modules that are gone.
        told: columns and tables that are dropped or new, whose edges are told with them.
    """

    def __init__(
        self, base: GraphState, head: GraphState, dropped: Set[str], told: Set[ColumnKey]
    ) -> None:
        self._base, self._head, self._dropped, self._told = base, head, dropped, told

    def changes(self) -> Iterator[LineageChange]:
        """All of them, by their targets."""
        by_table: defaultdict[str, list[LineageChange]] = defaultdict(list)
        targets = {**self._base.edges_to, **self._head.edges_to}
        rows = [key for key in targets if key.column is None]
        for key in targets:
            if key.column is not None and not self._is_told(key):
                by_table[key.table] += filter(None, [self._of_values(key)])
        for key in rows:
            if not self._is_told(key):
                by_table[key.table] += filter(None, [self._of_rows(key, by_table[key.table])])
        for changes in by_table.values():
            yield from changes

    def inputs_of(self, key: ColumnKey) -> tuple[LineageInput, ...]:
        """What takes part in a column of the head."""
        return self._inputs(self._head.edges_to.get(key, {}), self._head)

    def _is_told(self, key: ColumnKey) -> bool:
        return key in self._told or key._replace(column=None) in self._told

    def _edges(self, key: ColumnKey) -> TargetEdges:
        old, new = self._base.edges_to.get(key, {}), self._head.edges_to.get(key, {})
        return TargetEdges(old, new, self._dropped)

    def _of_values(self, key: ColumnKey) -> LineageChange | None:
        edges = self._edges(key)
        if not (edges.lost or edges.gained):
            return self._of_carriers(key, edges)
        if edges.has_values(edges.old) and not edges.has_values(edges.new):
            return self._change(ChangeKind.LINEAGE_VANISHED, ImpactClass.RISKY, key, edges)
        if not edges.old:
            was_written = self._was_written(key, edges)
            impact = ImpactClass.RISKY if was_written else ImpactClass.HARMLESS
            kind = ChangeKind.LINEAGE_CHANGED if was_written else ChangeKind.LINEAGE_ADDED
            return self._change(kind, impact, key, edges)
        if not edges.lost and edges.is_by_others:
            return self._change(ChangeKind.LINEAGE_ADDED, ImpactClass.HARMLESS, key, edges)
        kind = ChangeKind.COMPUTATION_CHANGED if edges.is_recomputed else ChangeKind.LINEAGE_CHANGED
        return self._change(kind, ImpactClass.RISKY, key, edges)

    def _of_rows(self, key: ColumnKey, others: list[LineageChange]) -> LineageChange | None:
        edges = self._edges(key)
        if not (edges.lost or edges.gained):
            return self._of_carriers(key, edges)
        is_new = not edges.lost and (edges.is_by_others or not self._fills(key.table, edges))
        if is_new or (not edges.gained and not self._is_filled(key.table)):
            # the columns of the table tell it, if there are any
            if others:
                return None
            kind = ChangeKind.LINEAGE_ADDED if is_new else ChangeKind.LINEAGE_VANISHED
            impact = ImpactClass.HARMLESS if is_new else ImpactClass.RISKY
            return self._change(kind, impact, key, edges)
        return self._change(ChangeKind.CONDITIONS_CHANGED, ImpactClass.RISKY, key, edges)

    def _of_carriers(self, key: ColumnKey, edges: TargetEdges) -> LineageChange | None:
        if edges.deserted:
            lost = self._inputs(edges.deserted, self._base)
            return self._change(
                ChangeKind.LINEAGE_CHANGED, ImpactClass.RISKY, key, edges, lost=lost
            )
        if edges.doubt:
            impact = ImpactClass.RISKY if edges.doubt > 0 else ImpactClass.HARMLESS
            detail = "known less surely" if edges.doubt > 0 else "known more surely"
            return self._change(ChangeKind.CERTAINTY_CHANGED, impact, key, edges, detail=detail)
        if edges.joined:
            gained = self._inputs(edges.joined, self._head)
            return self._change(
                ChangeKind.LINEAGE_ADDED, ImpactClass.HARMLESS, key, edges, gained=gained
            )
        return None

    def _was_written(self, key: ColumnKey, edges: TargetEdges) -> bool:
        """Did one of the carriers write the column before, and so a constant?"""
        carriers = {carrier for edge in edges.new.values() for carrier in edge.carriers}
        return any(
            key in map(self._base.column_key, self._base.modules[carrier].columns)
            for carrier in carriers & self._base.modules.keys()
        )

    def _fills(self, table: str, edges: TargetEdges) -> bool:
        """Did one of the new carriers fill the table before?"""
        carriers = {carrier for edge in edges.gained.values() for carrier in edge.carriers}
        return not carriers.isdisjoint(self._fillers[table])

    @cached_property
    def _fillers(self) -> Mapping[str, Set[str]]:
        fillers: defaultdict[str, set[str]] = defaultdict(set)
        for key, edge in self._base.edges.items():
            fillers[key.target.table] |= edge.carriers
        return fillers

    def _is_filled(self, table: str) -> bool:
        return any(key.table == table for key in self._head.edges_to)

    def _change(
        self,
        kind: ChangeKind,
        impact: ImpactClass,
        key: ColumnKey,
        edges: TargetEdges,
        *,
        lost: tuple[LineageInput, ...] | None = None,
        gained: tuple[LineageInput, ...] | None = None,
        detail: str = "",
    ) -> LineageChange:
        edge = next(iter((edges.new or edges.old).values()))
        location, in_base = self._location(edges)
        return LineageChange(
            kind,
            impact,
            edge.target,
            location,
            in_base=in_base,
            detail=detail,
            lost=self._inputs(edges.lost, self._base) if lost is None else lost,
            gained=self._inputs(edges.gained, self._head) if gained is None else gained,
        )

    def _location(self, edges: TargetEdges) -> tuple[Location | None, bool]:
        """Where a statement stands: one of what is new, of what stays, or of what is lost."""
        for rows, in_base in ((edges.gained, False), (edges.new, False), (edges.old, True)):
            for edge in rows.values():
                if edge.location:
                    return edge.location, in_base
        return None, False

    def _inputs(
        self, edges: Mapping[EdgeKey, CarriedEdge], state: GraphState
    ) -> tuple[LineageInput, ...]:
        names = state.names
        return tuple(
            sorted(
                (
                    LineageInput(
                        edge.source,
                        edge.subtype,
                        edge.certainty,
                        tuple(sorted(names.get(carrier, carrier) for carrier in edge.carriers)),
                    )
                    for edge in edges.values()
                ),
                key=lambda entry: (
                    str(entry.source.table),
                    entry.source.column or "",
                    entry.subtype,
                ),
            )
        )
