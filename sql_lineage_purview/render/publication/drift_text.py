"""Drifts as text: below each process in what it differs, and what repairs it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ...model.printable import one_line
from ..counting import counted
from .plan_text import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...purview import Plan
    from ...purview.checking.drift import Drift
    from .drift_report import DriftReport


def render_drift_text(report: DriftReport) -> str:
    """All drifts by process, or one line that there are none."""
    lines = _lines(report.drifts) if report.drifts else [_without_drift(report.plan)]
    return "".join(f"{line}\n" for line in lines)


def _without_drift(plan: Plan) -> str:
    dropped = counted(len(plan.dropped), "process", "processes")
    left_out = f", but for {dropped} not published" if plan.dropped else ""
    return f"{place_of(plan)}, owner {plan.owner}, holds what the scripts say{left_out}."


def _lines(drifts: Sequence[Drift]) -> Iterator[str]:
    processes = groupby(drifts, key=lambda row: (row.name, row.qualified_name))
    for (name, qualified_name), rows in processes:
        aside = f"  ({one_line(qualified_name)})" if name != qualified_name else ""
        yield f"{one_line(name)}{aside}"
        yield from (f"  {row.kind.value}: {one_line(row.detail)}" for row in rows)
    number = len({row.qualified_name for row in drifts})
    yield (
        f"{counted(len(drifts), 'drift')} in {counted(number, 'process', 'processes')}. "
        "A push repairs what is missing or changed, push --prune deletes what is foreign."
    )
