"""Third stage: lineage is led over tables that have no asset.

In: resolved flows. Out: flows between tables that have assets, and where lineage is cut.

    stage.A  ->  work.B  ->  dbo.C

Where the catalogue has no `work.B`, no process can begin or end there. Then the process of what
fills `dbo.C` reads `stage.A`, through `work.B`: a flow is given what flows into such tables, up to
the next ones that have an asset, with their columns composed as those of a temporary table are. An
*ambiguous* table has assets, so that leading over it would be a guess: what comes to it ends there,
and is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sql_lineage_purview.model.graph import Column, ColumnEdge
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, Subtype, compose

from ..flows import Transfer, with_transfers, without, writer_of
from ..process_names import display_name
from ..stage_values import BridgedFlows, Cut
from .upstream import Influence, Upstream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sql_lineage_purview.model.graph import Statement
    from sql_lineage_purview.model.names import Name

    from ..flows import Flow
    from ..plan_options import BridgeLimits, FlowOptions
    from ..stage_values import ResolvedFlows


def bridge(resolved: ResolvedFlows, options: FlowOptions) -> BridgedFlows:
    """Lead flows over the tables that have no asset, where the options want that.

    A table that is not looked up, since it is excluded, has no asset either.
    """
    if not options.through:
        return BridgedFlows(resolved.publishable, resolved.outcomes)
    limits, log = options.limits, _Log()
    upstream = Upstream(resolved.flows, resolved.outcomes, limits.tables)
    bridged = tuple(_bridged(flow, upstream, limits, log) for flow in resolved.flows)
    flows = without(bridged, frozenset(options.excluded))
    used = {
        name for flow in (*resolved.publishable, *flows) for name in (*flow.targets, *flow.sources)
    }
    outcomes = {name: row for name, row in resolved.outcomes.items() if name in used}
    return BridgedFlows(
        flows, outcomes, log.cuts(), {table: tuple(rows) for table, rows in log.reached.items()}
    )


class _Log:
    """What is to be told beside the flows."""

    def __init__(self) -> None:
        self._cuts: dict[tuple[Name, str], tuple[dict[Name, None], dict[str, None]]] = {}
        self.reached: dict[Name, dict[Name, None]] = {}

    def cut(self, table: Name, reason: str, sources: Collection[Name], flow: Flow) -> None:
        """Note that data of some tables ends at one of them, for a flow.

        Of no tables nothing is lost.
        """
        if sources:
            cut_sources, processes = self._cuts.setdefault((table, reason), ({}, {}))
            cut_sources |= dict.fromkeys(sources)
            processes[display_name(flow)] = None

    def cuts(self) -> tuple[Cut, ...]:
        """What is cut, in the order of the tables' names."""
        rows = (
            Cut(*key, tuple(sources), tuple(processes))
            for key, (sources, processes) in self._cuts.items()
        )
        return tuple(sorted(rows, key=lambda row: (str(row.table), row.reason)))


def _bridged(flow: Flow, upstream: Upstream, limits: BridgeLimits, log: _Log) -> Flow:
    for target in flow.targets:
        if upstream.has_asset(target):
            flow = _BridgedTarget(flow, target, upstream).led(limits, log)
    return flow


class _BridgedTarget:
    """What comes to one table of a flow over tables without an asset."""

    def __init__(self, flow: Flow, target: Name, upstream: Upstream) -> None:
        self._flow = flow
        self._target = target
        self._upstream = upstream
        self._into = [transfer for transfer in flow.transfers if transfer.target == target]
        self._route = upstream.route(
            [
                (row.source, Influence.of(row))
                for row in self._into
                if upstream.is_passable(row.source)
            ]
        )

    def led(self, limits: BridgeLimits, log: _Log) -> Flow:
        """The flow with it; what is cut is logged."""
        self._log_ends(limits, log)
        columns = self._columns()
        sources = self._sources(columns)
        if further := sources[limits.inputs :]:
            reason = f"more than {limits.inputs} tables come to it over tables without an asset"
            log.cut(self._target, reason, further, self._flow)
        inputs = dict.fromkeys(sources[: limits.inputs])
        fed = self._upstream.fed(self._route.passed, inputs)
        for table in fed:
            log.reached.setdefault(table, {})[self._target] = None
        return (
            self._joined(inputs, fed, [edge for edge in columns if edge.source.table in inputs])
            if fed
            else self._flow
        )

    def _log_ends(self, limits: BridgeLimits, log: _Log) -> None:
        ambiguous = [row.source for row in self._into if self._upstream.is_ambiguous(row.source)]
        ends = dict.fromkeys([*ambiguous, *self._route.ambiguous], "it is ambiguous")
        ends |= dict.fromkeys(
            self._route.too_far,
            f"it stands behind {limits.tables} tables in a row that have no asset",
        )
        for table, reason in ends.items():
            log.cut(table, reason, self._upstream.beyond(table), self._flow)

    def _sources(self, columns: Iterable[ColumnEdge]) -> list[Name]:
        """The tables that it comes from, nearest first.

        A table feeds itself only where a value of it comes back.
        """
        values = any(edge.source.table == self._target and _is_value(edge) for edge in columns)
        names = (name for name in self._route.sources if name != self._target or values)
        return sorted(names, key=lambda name: (self._route.sources[name][0], name))

    def _columns(self) -> tuple[ColumnEdge, ...]:
        """The composed edges of columns.

        What decides which rows a table on the way has decides which the target has.
        """
        edges: dict[tuple[Column, Column, Subtype], ColumnEdge] = {}
        for edge in self._edges():
            # one edge more for each column that the last table's column comes from, however far
            # away
            for (source, subtype), certainty in self._upstream.origins(edge.source).items():
                key = (source, edge.target, compose(edge.subtype, subtype))
                sure = edge.certainty & certainty
                edges[key] = ColumnEdge(
                    *key, edges[key].certainty | sure if key in edges else sure, edge.statements
                )
        return tuple(edges.values())

    def _edges(self) -> Iterator[ColumnEdge]:
        """The last steps: the flow's edges from tables without an asset, and their rows."""
        passed = self._route.passed
        yield from (
            edge
            for edge in self._flow.columns
            if edge.target.table == self._target and edge.source.table in passed
        )
        for row in self._into:
            if row.source in passed:
                rows = (Column(row.source, None), Column(self._target, None))
                yield ColumnEdge(
                    *rows,
                    Subtype.IDENTITY,
                    Certainty.EXACT,
                    tuple(each.id for each in row.statements),
                )

    def _joined(
        self, inputs: Collection[Name], fed: Collection[Name], columns: Sequence[ColumnEdge]
    ) -> Flow:
        """The flow, its transfers from tables that data comes through replaced by others."""
        remaining = [
            edge
            for edge in self._flow.columns
            if edge.target.table != self._target or edge.source.table not in fed
        ]
        nearest = sorted(fed, key=lambda name: (self._route.passed[name], name))
        through = dict.fromkeys([*self._flow.through, *map(self._upstream.passage, nearest)])
        flow = replace(self._flow, columns=(*remaining, *columns), through=tuple(through))
        return with_transfers(flow, tuple(self._transfers(inputs, fed, columns)))

    def _transfers(
        self, inputs: Iterable[Name], fed: Collection[Name], columns: Iterable[ColumnEdge]
    ) -> Iterator[Transfer]:
        """The flow's transfers that stay, and the new ones.

        The new ones come from the inputs, and from what is met on the way and leads to no
        asset.
        """
        mapped = {edge.source.table for edge in columns if _is_value(edge)}
        transfers = {row.source: row for row in self._into if row.source not in fed}
        statements = self._statements(fed)
        # what goes into the flow's other tables is led by their own turn
        yield from (row for row in self._flow.transfers if row.target != self._target)
        yield from (row for name, row in transfers.items() if name not in inputs)
        for name in inputs:
            reaches = self._route.sources[name][1]
            # a step in which nobody knows the columns hides those of all steps before it
            columns_known = name in mapped or Influence.UNMAPPED not in reaches
            type_ = EdgeType.INDIRECT if reaches == {Influence.INDIRECT} else EdgeType.DIRECT
            led = Transfer(name, self._target, type_, statements, columns_known)
            yield _merged(transfers[name], led) if name in transfers else led
        dead = (name for name in self._dead_ends(fed) if name not in transfers)
        yield from (Transfer(name, self._target, EdgeType.INDIRECT, statements) for name in dead)

    def _dead_ends(self, fed: Iterable[Name]) -> Iterator[Name]:
        """What else fills the tables on the way, has no asset, and gets nothing of one."""
        sources = {name: None for table in fed for name in self._upstream.sources(table)}
        return (
            name
            for name in sorted(sources)
            if name not in fed and not self._upstream.has_asset(name)
        )

    def _statements(self, fed: Collection[Name]) -> tuple[Statement, ...]:
        """What carries it, of the flow's own writer."""
        last = (
            statement for row in self._into if row.source in fed for statement in row.statements
        )
        writer = writer_of(self._flow)
        before = (
            statement for table in fed for statement in self._upstream.statements(table, writer)
        )
        return tuple({statement.id: statement for statement in (*last, *before)}.values())


def _merged(transfer: Transfer, led: Transfer) -> Transfer:
    """What comes both by a statement of the flow's own and over tables without an asset."""
    type_ = EdgeType.DIRECT if EdgeType.DIRECT in (transfer.type, led.type) else EdgeType.INDIRECT
    columns_known = transfer.columns_known and led.columns_known
    return Transfer(
        transfer.source,
        transfer.target,
        type_,
        (*transfer.statements, *led.statements),
        columns_known,
    )


def _is_value(edge: ColumnEdge) -> bool:
    return edge.type is EdgeType.DIRECT and edge.target.column is not None
