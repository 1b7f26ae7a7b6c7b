"""Which assets the tables of a scan are, and how much lineage hangs on each of those that are none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..account.assets import Found
from .build import Builder, Built, shown
from .flows import Granularity, flows_of, tables_of
from .plan import unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import Resolution
    from ..resolving.resolve import Resolver
    from .build import DroppedProcess
    from .flows import Flow
    from .plan_document import UnresolvedTable


@dataclass(frozen=True, slots=True)
class Hanging:
    """A table without an asset, and what cannot be published for it.

    Args:
        table: Which, why, and what comes close.
        table_edges: Edges of the table lineage that it is an end of.
        column_edges: Edges of the column lineage that it is an end of.
        processes_lost: Processes that are not published, as it is one of the tables that they lack.
        processes_reduced: Processes that are published without it.
    """

    table: UnresolvedTable
    table_edges: int
    column_edges: int
    processes_lost: int
    processes_reduced: int

    @property
    def edges(self) -> int:
        """Edges of both kinds."""
        return self.table_edges + self.column_edges


@dataclass(frozen=True, slots=True)
class ResolveReport:
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


def resolve_report(graph: LineageGraph, resolver: Resolver, granularity: Granularity = Granularity.TABLE) -> ResolveReport:
    """Resolve all tables of a scan, and rank those without an asset by the lineage that hangs on them.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    flows = flows_of(graph, granularity)
    resolutions = resolver.resolve(tables_of(graph, flows))
    tables, columns = _edges(graph)
    built = [(flow, Builder("", resolutions).build(flow, "")) for flow in flows]
    lost, reduced = _processes(built, resolutions)
    rows = [
        Hanging(unresolved(name, row), tables[name], columns[name], lost[name], reduced[name])
        for name, row in resolutions.items()
        if not isinstance(row, Found)
    ]
    return ResolveReport(
        tuple((shown(name), row) for name, row in resolutions.items() if isinstance(row, Found)),
        tuple(sorted(rows, key=lambda row: (-row.edges, -row.processes_lost, -row.processes_reduced))),
        len(graph.table_lineage),
        len(graph.column_lineage),
        tuple(dict.fromkeys(note for _, row in built if isinstance(row, Built) for note in row.lacking)),
    )


def _edges(graph: LineageGraph) -> tuple[Counter[Name], Counter[Name]]:
    """How many edges of the table and of the column lineage each table is an end of; one to itself counts once."""
    tables = Counter(name for edge in graph.table_lineage for name in {edge.source, edge.target})
    columns = Counter(name for edge in graph.column_lineage for name in {edge.source.table, edge.target.table})
    return tables, columns


def _processes(
    built: Iterable[tuple[Flow, Built | DroppedProcess]], resolutions: Mapping[Name, Resolution]
) -> tuple[Counter[Name], Counter[Name]]:
    """How many processes are lost, and how many are reduced, for want of each table."""
    lost: Counter[Name] = Counter()
    reduced: Counter[Name] = Counter()
    for flow, row in built:
        lacking = [name for name in {*flow.targets, *flow.sources} if not isinstance(resolutions[name], Found)]
        (reduced if isinstance(row, Built) else lost).update(lacking)
    return lost, reduced
