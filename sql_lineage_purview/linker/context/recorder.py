"""The recorder: it knows which part of a linking runs, and so whose findings are noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from ..definitions.dependencies import Dependencies
from ..definitions.scan_definitions import Definitions
from .edge_collection import Edges
from .findings import Doubted, Event, Findings, Reported
from .references import References


class Recorder(Struct):
    """The parts that run, innermost last. `definitions`: note what these ask for."""

    definitions: Definitions
    running: list[Findings] = field(default_factory=list)
    _ended_edges: int = 0

    @property
    def column_edges(self) -> int:
        """How many column edges all parts have found, those that run and those that have ended."""
        return self._ended_edges + sum(len(findings.edges.columns) for findings in self.running)

    @property
    def size(self) -> int:
        """How many different column edges the run that the part belongs to has found."""
        return len(self.now.edges.met or ())

    @property
    def now(self) -> Findings:
        """The findings of the part that runs."""
        return self.running[-1]

    @property
    def edges(self) -> Edges:
        """The edges that the part that runs has found."""
        return self.running[-1].edges

    @property
    def references(self) -> References:
        """The columns that the part that runs has named."""
        return self.running[-1].references

    def note(self, event: Event) -> None:
        """Something has come of the part that runs."""
        now = self.running[-1]
        now.events[event] = None
        if isinstance(event, Reported | Doubted) and event.may_succeed_later:
            # Kept findings would say it in each later scan, where it may go well.
            now.lasting = False

    def include(self, findings: Findings) -> None:
        """The findings of another part are part of those of the one that runs."""
        now = self.running[-1]
        if findings.only_asks:
            now.absorb(findings)
        elif findings is not now:
            now.events[findings] = None
            now.lasting = now.lasting and findings.lasting

    def begin(self) -> Findings:
        """A part is run from here on."""
        # One set for all parts of a run: they share its budget, and an edge of several is one.
        met = self.now.edges.met if self.running else set()
        findings = Findings(edges=Edges(met=met))
        self.running.append(findings)
        self.definitions.dependencies = findings.dependencies
        return findings

    def end(self, *, shared: bool = True) -> None:
        """The part has come to its end; the one around it runs on, and has its findings.

        `shared`: may others include them too?
        """
        ended = self.running.pop()
        ended.references.end()
        ended.edges.end()
        if ended.dependencies.borrowed:
            ended.lasting = False  # without the part that has given the spelling it is another one
        self.definitions.dependencies = (
            self.running[-1].dependencies if self.running else Dependencies()
        )
        if self.running and not shared:
            self.now.absorb(ended)
            return
        if not self.running and ended.edges.met:
            ended.edges.met.clear()
        # Those that were absorbed count with the part around them.
        self._ended_edges += len(ended.edges.columns)
        if self.running:
            self.include(ended)

    @contextmanager
    def part(self) -> Iterator[Findings]:
        """A part of the one that runs, whose findings others may include too."""
        findings = self.begin()
        try:
            yield findings
        finally:
            self.end()
