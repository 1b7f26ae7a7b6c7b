"""A plan as tables to be looked through: CSV and Markdown. Neither can be pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..csv_text import csv_text
from ..markdown_table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...purview import Plan

PLAN_HEADER = ("row", "state", "name", "of", "reason")


def render_plan_csv(plan: Plan) -> str:
    """One row for each process, relation and table, and for what is left out."""
    return csv_text((PLAN_HEADER, *_rows(plan)))


def render_plan_markdown(plan: Plan) -> str:
    """The same, one line for each."""
    return markdown_table(PLAN_HEADER, _rows(plan))


def _rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    for process in plan.processes:
        names = (process.process.name, process.process.qualified_name)
        yield ("process", process.action.value, *names, process.reason)
    for relation in plan.relations:
        ends = (relation.source.qualified_name, relation.target.qualified_name)
        yield ("relation", relation.action.value, *ends, relation.type_name)
    for table in plan.resolved:
        yield ("table", table.evidence, table.table, table.asset.qualified_name, "")
    for missing in plan.unresolved:
        yield ("table", missing.outcome.value, missing.table, "", missing.reason)
    for dropped in plan.dropped:
        yield ("process", "not published", dropped.writer, dropped.table, dropped.reason)
    for end in plan.cuts:
        yield ("table", "lineage ends", end.table, "", end.reason)
    for name in plan.excluded:
        yield ("table", "excluded", name, "", "")
