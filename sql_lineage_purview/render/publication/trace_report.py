"""What `trace` reports: where data goes, the scan along which it goes, and what is not proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from ...analysis.hidden_uses import NOTHING_HIDDEN, HiddenUses
from ...model.printable import one_line
from ...purview.checking.classification_trace import Trace
from ...purview.checking.reach import ColumnTrace, Reached, reached_by_origin
from ..labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...model.graph import Column, ColumnEdge, LineageGraph
    from ...purview.checking.classification_trace import TracedColumn


class TraceRow(Struct, frozen=True):
    """A column that the values of one origin reach.

    Args:
        of: The classification that the origin bears, or the pattern that it matches.
        origin: Where the values come from; the row is that of the origin where nothing is reached.
        reached: The column and its path.
        traced: What the account knows of it; None where no account was asked.
    """

    of: str
    origin: Column
    reached: Reached
    traced: TracedColumn | None


@dataclass(frozen=True)
class TraceReport:
    """Traces, and the graph whose statements their steps stand in.

    Args:
        graph: The scan.
        traces: One for each classification, or each pattern of columns.
        hidden: What could hide a path.
        unknown_tables: Tables that could have a column that was asked for: theirs are not known.
        is_single: Was one classification asked for by its name?
    """

    graph: LineageGraph
    traces: tuple[Trace | ColumnTrace, ...]
    hidden: HiddenUses = NOTHING_HIDDEN
    unknown_tables: tuple[str, ...] = ()
    is_single: bool = False

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Where each statement stands, by its id."""
        return {row.id: f"{row.path}:{row.line}" for row in self.graph.statements}

    def rows(self) -> Iterator[TraceRow]:
        """One row for each origin and each column that it reaches."""
        for trace in self.traces:
            traced = (
                {row.reached.column: row for row in trace.columns}
                if isinstance(trace, Trace)
                else {}
            )
            reached = reached_by_origin(self.graph, trace.origins)
            for origin, columns in zip(dict.fromkeys(trace.origins), reached, strict=True):
                for row in columns:
                    yield TraceRow(name_of(trace), origin, row, traced.get(row.column))

    def place(self, edge: ColumnEdge) -> str:
        """The file and line of a step."""
        return next((self.places[name] for name in edge.statements if name in self.places), "")


def name_of(trace: Trace | ColumnTrace) -> str:
    """The classification or pattern of a trace."""
    return trace.classification if isinstance(trace, Trace) else trace.pattern


def state_of(row: TracedColumn) -> str:
    """What the account knows of a column that is reached."""
    if row.classified:
        return "bears it"
    if row.asset is None:
        return "no asset"
    return "does not bear it" if row.entity else "not in the catalogue"


def not_proven(report: TraceReport) -> Iterator[tuple[str, str]]:
    """What could hide a path, each with its place and why."""
    for diagnostic in report.hidden.gaps:
        place = f"{diagnostic.path}:{diagnostic.span.line}"
        yield place, one_line(f"{diagnostic.message} ({diagnostic.code})")
    for unread in report.hidden.not_read:
        for path in unread.paths:
            yield path, f"is not followed ({unread.kind})"
    for name in report.hidden.doubles:
        yield label_of(str(name)), "may be the same table as one of these"
    for table in report.unknown_tables:
        yield label_of(table), "may have such a column: its columns are not known"


def label_of(name: str) -> str:
    """A name on one line."""
    return one_line(name)


def path_text(row: Reached) -> str:
    """The columns of a path, in order."""
    return " -> ".join([label(row.origin), *(label(edge.target) for edge in row.path)])
