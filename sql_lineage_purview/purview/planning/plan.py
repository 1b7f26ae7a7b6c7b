"""Making a plan: flows of the graph, their assets, and a comparison with what the account has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sql_lineage_purview.model.vocabulary import ModuleKind

from ..account.assets import Ambiguous, Found, Missing, Placeholder
from ..account.entities import PROCESS_TYPE, by_qualified_name
from ..account.processes import differences, state_of
from .bridge import BridgeLimits
from .build import Builder, Built, DroppedProcess, Provenance, TextOf, no_text, qualified_name, shown
from .direct import direct_relations
from .flows import Granularity
from .mapping import LIMIT
from .part_names import whole_name
from .parts import surplus_parts
from .placeholders import MissingPolicy, superseded
from .plan_document import (
    Action,
    CutLineage,
    Plan,
    PlannedProcess,
    Pruning,
    ResolvedTable,
    Unresolved,
    UnresolvedTable,
)
from .prune import Gone, gone_processes
from .resolved_flows import FlowOptions, resolved_flows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import Resolution
    from ..resolving.resolve import Resolver
    from .bridge import Cut
    from .flows import Flow
    from .parents import Parents
    from .plan_document import PlannedRelation
    from .prune import Account

# What `ScannedFile.encoding` says of a file that is no text, or could not be opened.
_NO_TEXT = frozenset({"unknown", "binary"})

__all__ = [
    "Action",
    "DroppedProcess",
    "Plan",
    "PlanOptions",
    "PlannedProcess",
    "ResolvedTable",
    "Unresolved",
    "UnresolvedTable",
    "make_plan",
]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is planned.

    Args:
        granularity: What makes a process.
        direct_views: Are views lineage between their tables and them, without a process between?
        pruning: Are processes deleted that the scripts no longer hold?
        provenance: Noted in processes that are written.
        mapping_limit: The largest column mapping in bytes; larger ones are shared out over several processes.
        text_of: The text of statements, which the processes then tell.
        missing: What is done about tables without an asset.
        parents: Finds the procedures that processes belong to; None for none.
        folder: What stands in front of the paths of scripts (`sales`), so that a script has one path whichever folder is scanned.
        unseen: Why a script may hold more than the scan saw, by its path with that folder; empty where there is no reason.
        through: Is lineage led over tables without an asset?
        excluded: Tables that are kept out of the catalogue.
        bridge_limits: How far lineage is led.
    """

    granularity: Granularity = Granularity.TABLE
    direct_views: bool = False
    pruning: Pruning = Pruning.OFF
    provenance: Provenance = field(default_factory=Provenance)
    mapping_limit: int = LIMIT
    text_of: TextOf = no_text
    missing: MissingPolicy = MissingPolicy.SKIP
    parents: Parents | None = None
    folder: str = ""
    unseen: Callable[[str], str] = lambda _path: ""
    through: bool = True
    excluded: Collection[Name] = ()
    bridge_limits: BridgeLimits = field(default_factory=BridgeLimits)

    @property
    def flow_options(self) -> FlowOptions:
        """Those of them that say which flows there are."""
        return FlowOptions(self.granularity, self.missing, self.through, self.excluded, self.bridge_limits)


def make_plan(
    graph: LineageGraph, resolver: Resolver, account: Account, *, owner: str, options: PlanOptions | None = None
) -> Plan:
    """Say what a push of this graph would change; nothing is written.

    Lineage is led over tables that have no asset to those that have. What else is not resolved is left out of its process, and a
    process whose output, or every input, is not resolved is dropped; both are listed with the reason.

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
        raise ValueError("owner is empty; it names whose processes these are, for example the repository")
    resolved = resolved_flows(graph, resolver, options.flow_options)
    resolutions = resolved.outcomes
    flows = tuple(_placed_flow(options.folder, flow) for flow in resolved.flows)
    views = _views(graph) if options.direct_views else frozenset()
    direct = [flow for flow in flows if flow.targets == (flow.module,) and flow.module in views]
    flows = tuple(flow for flow in flows if flow not in direct) if direct else flows
    builder = Builder(owner, resolutions, options.provenance, options.mapping_limit, options.text_of, resolved.reached)
    names = _qualified_names(owner, flows)
    built = [builder.build(flow, name) for flow, name in zip(flows, names, strict=True)]
    publishable = [row for row in built if isinstance(row, Built)]
    dropped = {name for name, row in zip(names, built, strict=True) if isinstance(row, DroppedProcess)}
    processes = _compared(publishable, account)
    processes = (*processes, *surplus_parts(account, owner, processes))
    doubtful = _doubtful(graph, options)
    gone = _gone(account, owner, processes, dropped, resolutions, doubtful) if options.pruning is Pruning.ON else Gone((), ())
    lineage, more = direct_relations([(flow, builder.build(flow, "")) for flow in direct], account)
    belonging = options.parents.relations(_procedures(graph), processes) if options.parents else ()
    notes = (note for row in publishable for note in row.notes)
    return Plan(
        endpoint=account.endpoint,
        owner=owner,
        path_prefix=account.path_prefix,
        granularity=options.granularity,
        pruning=options.pruning,
        placeholders=_placeholders(resolutions, processes, lineage),
        processes=(*processes, *gone.processes),
        relations=(*lineage, *belonging),
        resolved=tuple(_resolved(name, row) for name, row in resolutions.items() if isinstance(row, Found)),
        unresolved=tuple(unresolved(name, row) for name, row in resolutions.items() if not isinstance(row, Found)),
        dropped=tuple(row for row in built if isinstance(row, DroppedProcess)),
        cuts=tuple(map(_cut, resolved.cuts)),
        excluded=tuple(map(shown, options.excluded)),
        notes=tuple(dict.fromkeys((*superseded(resolutions), *_cautions(resolutions), *notes, *more, *gone.notes))),
    )


def _views(graph: LineageGraph) -> frozenset[Name]:
    return frozenset(module.name for module in graph.modules if module.kind is ModuleKind.VIEW)


def _procedures(graph: LineageGraph) -> dict[str, Name]:
    return {str(module.name): module.name for module in graph.modules if module.kind is ModuleKind.PROCEDURE}


def _qualified_names(owner: str, flows: Iterable[Flow]) -> list[str]:
    folded = [(flow, qualified_name(owner, flow)) for flow in flows]
    counts = Counter(name for _, name in folded)
    return [name if counts[name] == 1 else qualified_name(owner, flow, as_spelled=True) for flow, name in folded]


def _compared(built: Iterable[Built], account: Account) -> tuple[PlannedProcess, ...]:
    """The processes with what is to be done, in the order of their qualified names."""
    rows = {process.qualified_name: (process, row) for row in built for process in row.processes}
    planned = {
        name: PlannedProcess(
            Action.CREATE,
            process,
            left_out=row.left_out,
            through=row.through,
            reason="the account has no such process",
            collection=row.collection,
        )
        for name, (process, row) in sorted(rows.items(), key=lambda pair: pair[0])
    }
    # Only what comes of the comparison is kept: of a large account the entities themselves would fill the memory.
    for part in account.read_entities(PROCESS_TYPE, planned):
        for name, entity in by_qualified_name(part).items():
            if name not in rows:
                continue
            process, row = rows[name]
            changes = differences(process, entity)
            action = Action.UPDATE if changes else Action.UNCHANGED
            reason = f"it differs in {', '.join(change.attribute for change in changes)}" if changes else ""
            planned[name] = PlannedProcess(
                action, process, changes, row.left_out, row.through, reason, entity.get("guid") or "", state_of(entity)
            )
    return tuple(planned.values())


def _placed(folder: str, path: str) -> str:
    """The path of a script below the folder; what a live database holds has an address, which stays."""
    return f"{folder}/{path}" if folder and "://" not in path else path


def _placed_flow(folder: str, flow: Flow) -> Flow:
    through = (
        replace(row, carriers=tuple(replace(carrier, path=_placed(folder, carrier.path)) for carrier in row.carriers))
        for row in flow.through
    )
    return replace(flow, path=_placed(folder, flow.path), through=tuple(through))


def _gone(
    account: Account,
    owner: str,
    processes: Sequence[PlannedProcess],
    dropped: set[str],
    resolutions: Mapping[Name, Resolution],
    doubtful: Callable[[str], str],
) -> Gone:
    """What the scripts no longer hold. What they hold, and only cannot be resolved at the moment, stays."""
    names = {row.process.qualified_name for row in processes}
    assets = (row.asset.ref.guid for row in resolutions.values() if isinstance(row, Found) and row.asset.ref.guid)
    return gone_processes(
        account,
        owner,
        assets=assets,
        planned=lambda name: name in names or whole_name(name) in dropped,
        wholes=names,
        doubtful=doubtful,
    )


def _doubtful(graph: LineageGraph, options: PlanOptions) -> Callable[[str], str]:
    """A script that was not read, or not understood in all parts, may hold more than the scan saw."""
    reasons = {file.path: f"parts of {file.path} were not understood" for file in graph.files if file.gaps.syntax}
    diagnostics = [row for row in graph.diagnostics if row.rule.unseen]
    reasons |= {row.path: row.rule.unseen.format(row.path) for row in diagnostics}
    unread = (file.path for file in graph.files if not file.statements and file.encoding in _NO_TEXT)
    reasons |= {path: f"{path} could not be read" for path in unread}
    placed = {_placed(options.folder, path): reason for path, reason in reasons.items()}
    scanned_paths = {_placed(options.folder, file.path) for file in graph.files}
    # What is not included may be the very script that the process comes from.
    include_reason = next((row.rule.unseen.format(row.path) for row in diagnostics if row.rule.unseen_script), "")
    return lambda path: placed.get(path) or options.unseen(path) or ("" if path in scanned_paths else include_reason)


def _placeholders(
    resolutions: Mapping[Name, Resolution], processes: Iterable[PlannedProcess], relations: Iterable[PlannedRelation]
) -> tuple[Placeholder, ...]:
    """The assets that do not exist yet (they have no guid), those of them that anything refers to."""
    refs = {ref for row in processes for ref in (*row.process.inputs, *row.process.outputs) if not ref.guid}
    refs |= {ref for row in relations for ref in (row.source, row.target) if not ref.guid}
    collections = {row.asset.ref: row.collection for row in resolutions.values() if isinstance(row, Found)}
    return tuple(Placeholder(ref, collections.get(ref, "")) for ref in sorted(refs))


def _cautions(resolutions: Mapping[Name, Resolution]) -> Iterator[str]:
    return (f"{shown(name)}: {row.caution}" for name, row in resolutions.items() if isinstance(row, Found) and row.caution)


def _resolved(name: Name, resolution: Found) -> ResolvedTable:
    return ResolvedTable(shown(name), resolution.evidence, resolution.asset.ref)


def _cut(cut: Cut) -> CutLineage:
    return CutLineage(shown(cut.table), cut.reason, tuple(map(shown, cut.sources)), cut.processes)


def unresolved(name: Name, outcome: Ambiguous | Missing) -> UnresolvedTable:
    """The row of a plan for a table without an asset."""
    match outcome:
        case Ambiguous(candidates, advice):
            return UnresolvedTable(shown(name), Unresolved.AMBIGUOUS, advice, candidates)
        case Missing(reason, close, holdable=holdable):
            return UnresolvedTable(shown(name), Unresolved.MISSING if holdable else Unresolved.NO_ASSET, reason, close)
