"""What is downstream of an object, drawn by tables: the next ones, and those behind them."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum, auto
from typing import TYPE_CHECKING

from .drawing import Branch, Fragment
from .labels import label
from .places import statement_place
from .scan_tree import declared_pieces, flow, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..analysis.walks import WalkStep
    from ..model.graph import Column
    from ..model.names import Name
    from .impact_report import ImpactReport

# of columns, on a screen
_NAMES = 8


class Distance(Enum):
    """Where something downstream stands: behind one edge, or behind others."""

    NEXT = auto()
    FURTHER = auto()


def downstream(report: ImpactReport, distance: Distance) -> Iterator[Branch]:
    """A line for each table that is reached, with its columns by how they are; then the path."""
    tables: defaultdict[Name, list[Column]] = defaultdict(list)
    for column in report.reached:
        tables[column.table].append(column)
    for columns in tables.values():
        nearest = min(columns, key=report.distance)
        is_next = report.distance(nearest) == 1
        if is_next is (distance is Distance.NEXT):
            yield _table(report, nearest, columns)


def _table(report: ImpactReport, nearest: Column, columns: Sequence[Column]) -> Branch:
    step = report.step(nearest)
    place = _carrier(report, step, nearest.table)
    if len(columns) == 1:
        row = Branch((named(label(nearest), nearest.table), _how(report, nearest), *place))
    else:
        row = Branch((named(str(nearest.table), nearest.table), *place))
        row.add(*_by_kind(report, columns))
    row.guided, row.indent, row.hanging = False, 4, 6
    if report.distance(nearest) > 1:
        row.add(Fragment(report.path(nearest)))
    return row


def _by_kind(report: ImpactReport, columns: Sequence[Column]) -> Iterator[Fragment]:
    """`IDENTITY a, b  JOIN its rows`: columns by how the last step reaches them."""
    groups: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for column in columns:
        step = report.step(column)
        groups[step.kind, step.is_direct].append(column.column or "its rows")
    for (kind, is_direct), names in groups.items():
        yield flow(kind, direct=is_direct)
        shown = names[: None if report.most is None else _NAMES]
        more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
        yield Fragment(", ".join(shown) + more, joint=" ")


def _how(report: ImpactReport, column: Column) -> Fragment:
    step = report.step(column)
    rows = " of its rows" if column.column is None and report.is_by_column(column) else ""
    return flow(f"{step.kind}{rows}", direct=step.is_direct)


def _carrier(report: ImpactReport, step: WalkStep, target: Name) -> tuple[Fragment, ...]:
    if step.declaration:
        return declared_pieces(step.declaration)
    ids = list(dict.fromkeys(step.statements))
    row = report.places.first(ids)
    if row is None:
        return ()
    module = None if row.module == target else row.module
    return statement_place(row, len(ids) - 1, module=module)
