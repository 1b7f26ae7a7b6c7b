"""Making a plan, from a lineage graph to what a push would do. Read this first.

Each stage is a function from value to value, in a file of its own in `stages`; what flows between
them is in `stage_values`. A stage may ask the account, and none writes to it.

    group     edges of the graph -> flows: who fills which tables from which
    resolve   tables of the flows -> assets of the account
    bridge    flows over tables that have no asset -> flows between such as have one
    build     flows -> processes
    compare   processes -> what is to be done: create, update, nothing
    prune     processes of the account -> those to delete
    relate    views and procedures -> relations without a process
    order     all of it -> the plan
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .choices import Pruning
from .plan_options import PlanOptions
from .scanned_scripts import doubtful_scripts, procedures_of, views_of
from .stage_values import Changes, Gone, Relations
from .stages.bridging import bridge
from .stages.comparison import compare
from .stages.direct_relations import direct_relations
from .stages.flow_grouping import group
from .stages.plan_ordering import order
from .stages.process_building import build
from .stages.pruning import prune
from .stages.surplus_parts import surplus_parts
from .stages.table_resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sql_lineage_purview.model.graph import LineageGraph

    from ..resolving.asset_resolution import Resolver
    from .account_protocols import Account
    from .plan_document import Plan, PlannedProcess
    from .stage_values import BuiltFlows


def make_plan(
    graph: LineageGraph,
    resolver: Resolver,
    account: Account,
    *,
    owner: str,
    options: PlanOptions | None = None,
) -> Plan:
    """Say what a push of this graph would change; nothing is written.

    Lineage is led over tables that have no asset to those that have. What else is not resolved is
    left out of its process, and a process whose output, or every input, is not resolved is dropped;
    both are listed with the reason.

    Args:
        graph: The scan.
        resolver: Finds the assets.
        account: Tells the processes that the account has.
        owner: Whose processes these are; begins their qualified names.
        options: What is planned.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ValueError: the owner is empty.
    """
    owner, options = owner.strip(), options or PlanOptions()
    if not owner:
        raise ValueError(
            "owner is empty; it names whose processes these are, for example the repository"
        )
    grouped = group(graph, options.flow_options)
    resolved = resolve(grouped, resolver, options.missing)
    bridged = bridge(resolved, options.flow_options)
    built = build(bridged, owner, options, views_of(graph) if options.direct_views else ())
    compared = compare(built.built, account)
    # Not a matter of pruning: parts that a shorter mapping leaves over would show columns that
    # the process itself no longer names.
    processes = (*compared, *surplus_parts(account, owner, compared))
    gone = Gone((), ())
    if options.pruning is Pruning.ON:
        gone = prune(processes, built, bridged, account, owner, doubtful_scripts(graph, options))
    relations = _relate(graph, built, processes, account, options)
    return order(account, owner, options, bridged, built, Changes(processes, gone, relations))


def _relate(
    graph: LineageGraph,
    built: BuiltFlows,
    processes: Iterable[PlannedProcess],
    account: Account,
    options: PlanOptions,
) -> Relations:
    """Relations of views to what they read, and of processes to their procedures."""
    lineage, notes = direct_relations(built.direct, account)
    belonging = (
        options.parents.relations(procedures_of(graph), processes) if options.parents else ()
    )
    return Relations(lineage, belonging, notes)
