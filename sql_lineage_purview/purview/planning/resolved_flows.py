"""Flows and the assets of their tables: what a plan is made of, and what `resolve` reports on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .bridge import BridgeLimits, bridge
from .flows import Granularity, flows_of, tables_of, without
from .placeholders import MissingPolicy, with_placeholders

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import Resolution
    from ..resolving.resolve import Resolver
    from .bridge import Cut
    from .flows import Flow


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """Which flows there are.

    Args:
        granularity: What makes a process.
        missing: What is done about tables without an asset.
        through: Is lineage led over tables without an asset?
        excluded: Tables that are kept out of the catalogue, whatever assets it has.
        limits: How far lineage is led.
    """

    granularity: Granularity = Granularity.TABLE
    missing: MissingPolicy = MissingPolicy.SKIP
    through: bool = True
    excluded: Collection[Name] = ()
    limits: BridgeLimits = field(default_factory=BridgeLimits)


@dataclass(frozen=True, slots=True)
class ResolvedFlows:
    """The flows of a scan, and the outcome for each of their tables.

    Args:
        flows: Without the excluded tables.
        outcomes: The asset of each table, or why there is none.
        cuts: Where lineage ends that should go on.
        reached: The tables that data of a table without an asset reaches through it.
    """

    flows: tuple[Flow, ...]
    outcomes: Mapping[Name, Resolution]
    cuts: tuple[Cut, ...] = ()
    reached: Mapping[Name, tuple[Name, ...]] = field(default_factory=dict)


def resolved_flows(graph: LineageGraph, resolver: Resolver, options: FlowOptions) -> ResolvedFlows:
    """Group the edges of a graph to flows, resolve their tables, and lead the flows over those that have no asset.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    excluded = frozenset(options.excluded)
    every = flows_of(graph, options.granularity)
    shown = without(every, excluded)
    # What lies behind an excluded table is looked up only where lineage is led over it.
    tables = tables_of(graph, every if options.through else shown)
    outcomes = resolver.resolve([table for table in tables if table.name not in excluded])
    if options.missing is MissingPolicy.CREATE:
        outcomes = with_placeholders(outcomes)
    if not options.through:
        return ResolvedFlows(shown, outcomes)
    bridged = bridge(every, outcomes, options.limits)
    flows = without(bridged.flows, excluded)
    used = {name for flow in (*shown, *flows) for name in (*flow.targets, *flow.sources)}
    outcomes = {name: row for name, row in outcomes.items() if name in used}
    return ResolvedFlows(flows, outcomes, bridged.cuts, bridged.reached)
