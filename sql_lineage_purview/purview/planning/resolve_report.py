"""Which assets the tables of a scan are, and how much lineage hangs on each without one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from ..account.assets import Found
from .plan_options import FlowOptions
from .process_names import shown
from .stage_values import Built
from .stages.bridging import bridge
from .stages.flow_grouping import group
from .stages.plan_ordering import unresolved
from .stages.process_building import Builder
from .stages.table_resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import Ambiguous, Missing, Resolution
    from ..resolving.asset_resolution import Resolver
    from .flows import Flow
    from .plan_document import DroppedProcess, UnresolvedTable


class Hanging(Struct, frozen=True):
    """A table without an asset, and what cannot be published for it.

    Args:
        table: Which, why, and what comes close.
        table_edges: Edges of the table lineage that it is an end of.
        column_edges: Edges of the column lineage that it is an end of.
        processes_lost: Processes that are not published, as it is one of the tables that they lack.
        processes_reduced: Processes that are published without it.
        processes_through: Processes that are published with what comes through it.
        bridged: Does everything that reads it get what comes through it? Then it costs its own
            place in the lineage alone.
    """

    table: UnresolvedTable
    table_edges: int
    column_edges: int
    processes_lost: int
    processes_reduced: int
    processes_through: int = 0
    bridged: bool = False

    @property
    def edges(self) -> int:
        """Edges of both kinds."""
        return self.table_edges + self.column_edges


class ResolveReport(Struct, frozen=True):
    """The outcome for each table that takes part in the lineage.

    Args:
        resolved: The tables that have an asset, in the order of their names.
        hanging: Those that have none, the one on which most hangs first.
        table_edges: How many edges the table lineage has.
        column_edges: How many the column lineage has.
        notes: Columns of the lineage that their assets lack.
    """

    resolved: tuple[tuple[str, Found], ...]
    hanging: tuple[Hanging, ...]
    table_edges: int
    column_edges: int
    notes: tuple[str, ...] = ()

    @property
    def tables(self) -> int:
        """How many tables there are."""
        return len(self.resolved) + len(self.hanging)


def resolve_report(
    graph: LineageGraph, resolver: Resolver, options: FlowOptions | None = None
) -> ResolveReport:
    """Resolve all tables of a scan; rank those without an asset by the lineage hanging on them.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    options = options or FlowOptions()
    bridged = bridge(resolve(group(graph, options), resolver, options.missing), options)
    resolutions = bridged.outcomes
    excluded = frozenset(options.excluded)
    tables = [
        ends for edge in graph.table_lineage if not (ends := {edge.source, edge.target}) & excluded
    ]
    columns = [
        ends
        for edge in graph.column_lineage
        if not (ends := {edge.source.table, edge.target.table}) & excluded
    ]
    # Of no owner: only what would be built counts here, not what it would be called.
    built = [(flow, Builder("", resolutions).build(flow, "")) for flow in bridged.flows]
    hanging = _HangingTables(built, tables, columns, resolutions)
    rows = [
        hanging.row(name, row) for name, row in resolutions.items() if not isinstance(row, Found)
    ]
    return ResolveReport(
        tuple((shown(name), row) for name, row in resolutions.items() if isinstance(row, Found)),
        tuple(
            sorted(
                rows,
                key=lambda row: (
                    row.bridged,
                    -row.edges,
                    -row.processes_lost,
                    -row.processes_reduced,
                ),
            )
        ),
        len(tables),
        len(columns),
        tuple(
            dict.fromkeys(
                note for _, row in built if isinstance(row, Built) for note in row.lacking
            )
        ),
    )


class _HangingTables:
    """What hangs on each table: edges and processes.

    An edge from a table to itself counts once. The processes are lost, reduced, or come
    through the table.
    """

    def __init__(
        self,
        built: Iterable[tuple[Flow, Built | DroppedProcess]],
        tables: Iterable[set[Name]],
        columns: Iterable[set[Name]],
        resolutions: Mapping[Name, Resolution],
    ) -> None:
        self._tables = Counter(name for ends in tables for name in ends)
        self._columns = Counter(name for ends in columns for name in ends)
        self._lost: Counter[Name] = Counter()
        self._reduced: Counter[Name] = Counter()
        self._through: Counter[Name] = Counter()
        self._read: set[Name] = set()
        for flow, row in built:
            passed = [passage.table for passage in flow.through]
            lacking = {
                name
                for name in (*flow.targets, *flow.sources)
                if not isinstance(resolutions[name], Found)
            }
            (self._reduced if isinstance(row, Built) else self._lost).update(lacking - {*passed})
            self._through.update(passed)
            self._read.update(
                each.source
                for each in flow.transfers
                if isinstance(resolutions[each.target], Found)
            )

    def row(self, name: Name, outcome: Ambiguous | Missing) -> Hanging:
        """What hangs on one table without an asset."""
        return Hanging(
            unresolved(name, outcome),
            self._tables[name],
            self._columns[name],
            self._lost[name],
            self._reduced[name],
            self._through[name],
            bridged=self._through[name] > 0 and name not in self._read,
        )
