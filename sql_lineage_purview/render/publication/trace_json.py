"""A trace as JSON, and the proposal that a person may review and another tool carry out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ...model.printable import to_json
from ...purview.checking.classification_trace import Trace
from ..labels import label
from .trace_report import not_proven

if TYPE_CHECKING:
    from ...purview.checking.classification_trace import TracedColumn
    from ...purview.checking.reach import ColumnTrace, Reached
    from .trace_report import TraceReport

_Row: TypeAlias = dict[str, Any]


def render_trace_json(report: TraceReport) -> str:
    """What each trace starts from, one object for each column that it reaches, and the gaps.

    One classification that was asked for by its name is the document itself, several are a list.
    """
    gaps = [{"place": place, "reason": reason} for place, reason in not_proven(report)]
    traces = list(map(_trace, report.traces))
    head = traces[0] if report.is_single else {"traces": traces}
    return to_json({**head, "not_proven": gaps}, indent=2) + "\n"


def _trace(trace: Trace | ColumnTrace) -> _Row:
    if not isinstance(trace, Trace):
        return {
            "pattern": trace.pattern,
            "origins": list(map(label, trace.origins)),
            "columns": list(map(_reached, trace.columns)),
        }
    return {
        "classification": trace.classification,
        "origins": [label(origin) for origin in trace.origins],
        "elsewhere": trace.other_entities,
        "more_elsewhere": trace.more_entities,
        "unsearched": list(trace.unsearched),
        "columns": list(map(_column, trace.columns)),
    }


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
    reached = _reached(row.reached)
    return {
        "column": reached.pop("column"),
        "asset": row.asset.qualified_name if row.asset else None,
        "certain": reached.pop("certain"),
        "classified": row.classified,
        "proposed": row.proposed,
        **reached,
    }


def _reached(row: Reached) -> _Row:
    return {
        "column": label(row.column),
        "certain": row.certain,
        "origin": label(row.origin),
        "way": [[label(edge.source), edge.subtype.value, label(edge.target)] for edge in row.path],
    }
