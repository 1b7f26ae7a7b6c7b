"""Last stage: all that was made is put in order to a plan.

In: what the stages before gave. Out: the plan, in which a push reads from the top: assets to make
first, processes by their names, those to delete last, then relations; and what cannot be published,
in the order of the tables' names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...account.assets import Ambiguous, Found, Missing, Placeholder
from ..plan_document import CutLineage, Plan, ResolvedTable, Unresolved, UnresolvedTable
from ..process_names import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sql_lineage_purview.model.names import Name

    from ...account.assets import Resolution
    from ..account_protocols import Account
    from ..plan_document import PlannedProcess, PlannedRelation
    from ..plan_options import PlanOptions
    from ..stage_values import BridgedFlows, BuiltFlows, Changes, Cut


def order(
    account: Account,
    owner: str,
    options: PlanOptions,
    bridged: BridgedFlows,
    built: BuiltFlows,
    changes: Changes,
) -> Plan:
    """Put a plan together.

    Args:
        account: Whose plan it is.
        owner: Whose processes.
        options: What was asked for.
        bridged: The outcome for each table, and where lineage is cut.
        built: What cannot be published.
        changes: What is to be done.
    """
    outcomes, processes = bridged.outcomes, changes.processes
    gone, relations = changes.gone, changes.relations
    notes = (
        *_superseded(outcomes),
        *_cautions(outcomes),
        *built.notes,
        *relations.notes,
        *gone.notes,
    )
    return Plan(
        endpoint=account.endpoint,
        owner=owner,
        path_prefix=account.path_prefix,
        granularity=options.granularity,
        pruning=options.pruning,
        scan=options.provenance,
        placeholders=_placeholders(outcomes, processes, relations.lineage),
        processes=(*processes, *gone.processes),
        relations=(*relations.lineage, *relations.belonging),
        resolved=tuple(
            _resolved(name, row) for name, row in outcomes.items() if isinstance(row, Found)
        ),
        unresolved=tuple(
            unresolved(name, row) for name, row in outcomes.items() if not isinstance(row, Found)
        ),
        dropped=tuple(row for _, row in built.dropped),
        cuts=tuple(map(_cut, bridged.cuts)),
        excluded=tuple(map(shown, options.excluded)),
        notes=tuple(dict.fromkeys(notes)),
    )


def _placeholders(
    resolutions: Mapping[Name, Resolution],
    processes: Iterable[PlannedProcess],
    relations: Iterable[PlannedRelation],
) -> tuple[Placeholder, ...]:
    """The assets without a guid (they do not exist yet) that anything refers to."""
    refs = {
        ref
        for row in processes
        for ref in (*row.process.inputs, *row.process.outputs)
        if not ref.guid
    }
    refs |= {ref for row in relations for ref in (row.source, row.target) if not ref.guid}
    collections = {
        row.asset.ref: row.collection for row in resolutions.values() if isinstance(row, Found)
    }
    # sorted, so that the same scripts give the same plan
    return tuple(Placeholder(ref, collections.get(ref, "")) for ref in sorted(refs))


def _superseded(resolutions: Mapping[Name, Resolution]) -> Iterator[str]:
    """Notes on placeholders in the place of which a scan has registered another asset."""
    for name, row in resolutions.items():
        for ref in row.superseded if isinstance(row, Found) else ():
            yield (
                f"{name}: the placeholder {ref.qualified_name} ({ref.type_name}) is no longer "
                "needed and can be deleted"
            )


def _cautions(resolutions: Mapping[Name, Resolution]) -> Iterator[str]:
    return (
        f"{shown(name)}: {row.caution}"
        for name, row in resolutions.items()
        if isinstance(row, Found) and row.caution
    )


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
            return UnresolvedTable(
                shown(name), Unresolved.MISSING if holdable else Unresolved.NO_ASSET, reason, close
            )
