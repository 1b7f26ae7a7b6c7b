"""A comparison as JSON; docs/diff.md says what its members mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...analysis.comparison.lineage_change import ImpactClass, LineageChange
from ...model.printable import to_json
from .change_kind_rules import CHANGE_RULES
from .comparison_report import subject_of, user_place

if TYPE_CHECKING:
    from ...analysis.comparison.lineage_change import LineageInput
    from ...analysis.use import ObjectUse
    from ...model.graph import Column
    from .comparison_report import ComparisonReport

COMPARISON_OPENING = r'\{\s*"diff_version":'


def render_comparison_json(report: ComparisonReport) -> str:
    """The document; each change stands on a line of its own."""
    comparison = report.comparison
    head = {
        "diff_version": 1,
        "base": report.base,
        "head": report.head,
        "counts": {impact.value: len(comparison.of(impact)) for impact in ImpactClass},
        "same_edges": comparison.same_edges,
        "gaps_in_both": len(comparison.gaps),
        "not_read": sum(row.count for row in comparison.not_read),
    }
    rows = ",\n  ".join(to_json(_change(change, report)) for change in comparison.changes)
    members = "".join(f' "{name}": {to_json(value)},\n' for name, value in head.items())
    changes = f"[\n  {rows}\n ]" if rows else "[]"
    return f'{{\n{members} "changes": {changes}\n}}\n'


def _change(change: LineageChange, report: ComparisonReport) -> dict[str, Any]:
    place = change.location
    return {
        "impact": change.impact.value,
        "kind": change.kind.value,
        "code": CHANGE_RULES[change.kind].code,
        "subject": subject_of(change),
        "column": change.subject and change.subject.column,
        "table": change.subject and str(change.subject.table),
        "path": place and report.path(place.path),
        "line": place and place.line,
        "in_base": change.in_base,
        "replacement": change.replacement and _column(change.replacement),
        "detail": change.detail or None,
        "lost": [_input(row) for row in change.lost],
        "gained": [_input(row) for row in change.gained],
        "users": [_user(use, report) for use in change.users],
        "reaches": change.reach,
        "paths": [[_column(column) for column in path] for path in change.reached],
    }


def _column(column: Column) -> dict[str, str | None]:
    return {"table": str(column.table), "column": column.column}


def _input(row: LineageInput) -> dict[str, Any]:
    return {
        "source": _column(row.source),
        "type": row.subtype.type.value,
        "subtype": row.subtype.value,
        "certainty": row.certainty.value,
        "carriers": list(row.carriers),
    }


def _user(use: ObjectUse, report: ComparisonReport) -> dict[str, Any]:
    path, line = user_place(use)
    return {
        "module": use.module and str(use.module),
        "part": use.part and str(use.part),
        "kinds": sorted(use.kinds),
        "path": report.path(path),
        "line": line,
        "certain": use.is_certain,
    }
