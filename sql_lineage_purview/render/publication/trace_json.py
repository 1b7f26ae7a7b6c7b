"""A trace as JSON, and the proposal that a person may review and another tool carry out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ...model.printable import to_json
from ..labels import label

if TYPE_CHECKING:
    from ...purview.checking.classification_trace import Trace, TracedColumn
    from .trace_report import TraceReport

_Row: TypeAlias = dict[str, Any]


def render_trace_json(report: TraceReport) -> str:
    """The classification, where it starts from, and one object for each column that it reaches."""
    trace = report.trace
    document = {
        "classification": trace.classification,
        "origins": [label(origin) for origin in trace.origins],
        "elsewhere": trace.other_entities,
        "more_elsewhere": trace.more_entities,
        "unsearched": list(trace.unsearched),
        "columns": list(map(_column, trace.columns)),
    }
    return to_json(document, indent=2) + "\n"


def render_proposal_json(trace: Trace) -> str:
    """The columns that should bear the classification, each with its asset and guid."""
    columns = [
        {
            "guid": row.entity.guid,
            "asset": row.asset.qualified_name,
            "column": row.entity.name,
        }
        for row in trace.proposed
        if row.entity and row.asset
    ]
    document = {"classification": trace.classification, "columns": columns}
    return to_json(document, indent=2) + "\n"


def _column(row: TracedColumn) -> _Row:
    reached = row.reached
    return {
        "column": label(reached.column),
        "asset": row.asset.qualified_name if row.asset else None,
        "certain": reached.certain,
        "classified": row.classified,
        "proposed": row.proposed,
        "way": [
            [label(edge.source), edge.subtype.value, label(edge.target)] for edge in reached.path
        ],
    }
