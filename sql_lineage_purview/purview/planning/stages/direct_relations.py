"""Lineage of views without a process: a relation from each table that a view reads to the view.

In: views, with what a process of each would be. Out: relations, compared with those that the
account has, and notes.

Source: https://learn.microsoft.com/purview/data-gov-api-create-lineage-relationships, where the
mapping of such a relation is a flat list of pairs of columns.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...account.entities import DIRECT_LINEAGE, PROCESS_INPUTS, PROCESS_OUTPUTS, direct_lineage
from ..mapping import LIMIT, sent_size
from ..plan_document import PlannedAction, PlannedRelation
from ..stage_values import Built

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...account.assets import AssetRef
    from ...account.processes import Process
    from ..account_protocols import Account
    from ..flows import Flow
    from ..plan_document import DroppedProcess


def direct_relations(
    flows: Sequence[tuple[Flow, Built | DroppedProcess]], account: Account
) -> tuple[tuple[PlannedRelation, ...], tuple[str, ...]]:
    """The relations that stand for the processes of views, compared with those in the account.

    Returns:
        The relations, in the order of their assets, and notes on what could not be related.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    mappings: dict[tuple[AssetRef, AssetRef], str] = {}
    notes: list[str] = []
    for flow, built in flows:
        if not isinstance(built, Built):
            notes.append(f"{flow.writer}: no lineage published: {built.reason}")
            continue
        notes += [
            f"{flow.writer}: {name} is left out, as it is not resolved" for name in built.left_out
        ]
        notes += [
            f"{flow.writer}: what it reads comes through {name}, which has no asset"
            for name in built.through
        ]
        notes += built.lacking
        for source, target, pairs in _pairs(built.processes):
            mapping = _encoded(pairs)
            if sent_size(mapping) > LIMIT:
                notes.append(
                    f"{flow.writer}: too many columns come from {source.qualified_name} "
                    "to name them"
                )
                # a relation is one entity and cannot be shared out, as processes are
                mapping = _encoded([{"Source": "*", "Sink": "*"}])
            mappings[source, target] = mapping
    present = _present(account, {target.guid for _, target in mappings if target.guid})
    return tuple(_planned(ends, mappings[ends], present) for ends in sorted(mappings)), tuple(notes)


def _encoded(pairs: list[dict[str, str]]) -> str:
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def _pairs(
    processes: Iterable[Process],
) -> Iterator[tuple[AssetRef, AssetRef, list[dict[str, str]]]]:
    """Each input with the view, and the pairs of columns between them."""
    processes = list(processes)
    blocks = [block for process in processes for block in json.loads(process.column_mapping)]
    for source in sorted({source for process in processes for source in process.inputs}):
        source_blocks = [
            block for block in blocks if block["DatasetMapping"]["Source"] == source.qualified_name
        ]
        yield (
            source,
            processes[0].outputs[0],
            [pair for block in source_blocks for pair in block["ColumnMapping"]],
        )


def _present(account: Account, views: Iterable[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """The account's relations to these views: guid and mapping, by the guids of both ends."""
    return {
        (source, entity.get("guid") or ""): (guid, mapping)
        for part in account.read_guids(sorted(views), exclude=(PROCESS_INPUTS, PROCESS_OUTPUTS))
        for entity in part.entities
        for source, guid, mapping in direct_lineage(entity, DIRECT_LINEAGE)
    }


def _planned(
    ends: tuple[AssetRef, AssetRef], mapping: str, present: dict[tuple[str, str], tuple[str, str]]
) -> PlannedRelation:
    relation = present.get((ends[0].guid, ends[1].guid))
    if relation is None:
        return PlannedRelation(
            PlannedAction.CREATE, *ends, mapping, reason="the account has no such relation"
        )
    guid, before = relation
    if before == mapping:
        return PlannedRelation(PlannedAction.UNCHANGED, *ends, mapping, guid)
    return PlannedRelation(
        PlannedAction.UPDATE, *ends, mapping, guid, "it differs in columnMapping"
    )
