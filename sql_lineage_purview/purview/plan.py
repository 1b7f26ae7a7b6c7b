"""Making a plan: flows of the graph, their assets, and a comparison with what the account has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sql_lineage_purview.model.graph import Table
from sql_lineage_purview.model.vocabulary import TableKind

from .assets import Ambiguous, Found, Missing
from .build import Builder, Built, DroppedProcess, qualified_name, shown
from .entities import PROCESS_TYPE, by_qualified_name, differences
from .flows import flows_of
from .mapping import LIMIT
from .plan_document import Action, Plan, PlannedProcess, ResolvedTable, Unresolved, UnresolvedTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from .client import DataMapClient
    from .flows import Flow
    from .resolve import Resolver

__all__ = ["Action", "DroppedProcess", "Plan", "PlannedProcess", "ResolvedTable", "Unresolved", "UnresolvedTable", "make_plan"]


def make_plan(
    graph: LineageGraph,
    resolver: Resolver,
    client: DataMapClient,
    *,
    owner: str,
    tool_version: str = "",
    mapping_limit: int = LIMIT,
) -> Plan:
    """Say what a push of this graph would change; nothing is written.

    One process for each module (or loose script) and table that it writes. Inputs that are not resolved are left out, and
    a process whose output, or every input, is not resolved is dropped; both are listed with the reason.

    Args:
        graph: The scan.
        resolver: Finds the assets.
        client: Reads the processes that the account has.
        owner: Whose processes these are; begins their qualified names.
        tool_version: Noted in processes that are written.
        mapping_limit: The largest column mapping in bytes; larger ones are shared out over several processes.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ValueError: the owner is empty.
    """
    if not owner.strip():
        raise ValueError("owner is empty; it names whose processes these are, for example the repository")
    flows = flows_of(graph)
    resolutions = resolver.resolve(_tables(graph, flows))
    builder = Builder(owner.strip(), resolutions, tool_version, mapping_limit)
    names = _qualified_names(owner.strip(), flows)
    built = [builder.build(flow, name) for flow, name in zip(flows, names, strict=True)]
    made = [row for row in built if isinstance(row, Built)]
    return Plan(
        endpoint=client.endpoint,
        owner=owner.strip(),
        processes=_compared(made, client),
        resolved=tuple(_resolved(name, row) for name, row in resolutions.items() if isinstance(row, Found)),
        unresolved=tuple(_unresolved(name, row) for name, row in resolutions.items() if not isinstance(row, Found)),
        dropped=tuple(row for row in built if isinstance(row, DroppedProcess)),
        notes=tuple(dict.fromkeys(note for row in made for note in row.notes)),
    )


def _tables(graph: LineageGraph, flows: Iterable[Flow]) -> list[Table]:
    """The tables that take part in any flow, in the order of their names."""
    known = {table.name: table for table in graph.tables}
    names = {name for flow in flows for name in (flow.target, *(source.name for source in flow.sources))}
    return [known.get(name) or _unknown(name) for name in sorted(names, key=lambda name: (name.key, name))]


def _unknown(name: Name) -> Table:
    return Table(name, TableKind.FILE if name.address else TableKind.UNKNOWN, None, None)


def _qualified_names(owner: str, flows: Iterable[Flow]) -> list[str]:
    folded = [(flow, qualified_name(owner, flow)) for flow in flows]
    counts = Counter(name for _, name in folded)
    return [name if counts[name] == 1 else qualified_name(owner, flow, as_spelled=True) for flow, name in folded]


def _compared(made: Iterable[Built], client: DataMapClient) -> tuple[PlannedProcess, ...]:
    """The processes with what is to be done, in the order of their qualified names."""
    rows = sorted(((process, row.left_out) for row in made for process in row.processes), key=lambda row: row[0].qualified_name)
    present = by_qualified_name(client.get_entities(PROCESS_TYPE, (process.qualified_name for process, _ in rows)))
    planned: list[PlannedProcess] = []
    for process, left_out in rows:
        entity = present.get(process.qualified_name)
        if entity is None:
            planned.append(PlannedProcess(Action.CREATE, process, (), left_out))
            continue
        changes = differences(process, entity)
        planned.append(PlannedProcess(Action.UPDATE if changes else Action.UNCHANGED, process, changes, left_out))
    return tuple(planned)


def _resolved(name: Name, found: Found) -> ResolvedTable:
    return ResolvedTable(shown(name), found.evidence, found.asset.ref)


def _unresolved(name: Name, outcome: Ambiguous | Missing) -> UnresolvedTable:
    match outcome:
        case Ambiguous(candidates, advice):
            return UnresolvedTable(shown(name), Unresolved.AMBIGUOUS, advice, candidates)
        case Missing(reason, close):
            return UnresolvedTable(shown(name), Unresolved.MISSING, reason, close)
