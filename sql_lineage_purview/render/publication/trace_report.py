"""What `trace` reports: where a classification's data goes, and the scan along which it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...model.graph import LineageGraph
    from ...purview.checking.classification_trace import Trace


@dataclass(frozen=True, slots=True)
class TraceReport:
    """A trace, and the graph whose statements its steps stand in."""

    trace: Trace
    graph: LineageGraph
