"""The jobs of a lineage: each module, and each script outside of modules, with what it moves."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from ...model.diagnostics import RULES
from ..module_places import ModulePlaces
from ..places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...model.graph import ColumnEdge, LineageGraph, Statement
    from ...model.names import Name

JobKey: TypeAlias = "Name | str"


class EventJob(Struct):
    """What a module or a script moves.

    Args:
        key: the name of the module, or the path of the script.
        flows: the sources of each table that it writes.
        columns: the column edges of each.
        gaps: how many statements, names and strings in it are not known.
    """

    key: JobKey
    flows: defaultdict[Name, set[Name]] = field(default_factory=lambda: defaultdict(set))
    columns: defaultdict[Name, list[ColumnEdge]] = field(default_factory=lambda: defaultdict(list))
    gaps: int = 0


def jobs_of(graph: LineageGraph) -> Sequence[EventJob]:
    """All modules and scripts that anything flows through, in the order of their names.

    An edge belongs to those whose statements write its target; what only fills a temporary table on
    the way belongs to whoever it is handed to.
    """
    carriers = _EdgeJobs(graph)
    jobs: dict[JobKey, EventJob] = {}
    for edge in graph.table_lineage:
        for key in carriers.of(edge.statements, edge.target):
            jobs.setdefault(key, EventJob(key)).flows[edge.target].add(edge.source)
    for flow in graph.column_lineage:
        for key in carriers.of(flow.statements, flow.target.table):
            job = jobs.setdefault(key, EventJob(key))
            job.flows[flow.target.table].add(flow.source.table)
            job.columns[flow.target.table].append(flow)
    for row in graph.declared:
        job = jobs.setdefault(row.path, EventJob(row.path))
        job.flows[row.target].add(row.source)
        job.columns[row.target].extend(row.edges)
    for key, number in _gaps(graph).items():
        if key in jobs:
            jobs[key].gaps = number
    return [jobs[key] for key in sorted(jobs, key=lambda key: (isinstance(key, str), str(key)))]


class _EdgeJobs:
    """The modules and scripts whose statements carry an edge."""

    def __init__(self, graph: LineageGraph) -> None:
        self._statements = {row.id: row for row in graph.statements}
        self._places = Places(graph)

    def of(self, ids: Sequence[str], target: Name) -> Iterable[JobKey]:
        """Each once, in the order of the statements."""
        rows = [self._statements[row] for row in ids if row in self._statements]
        writing = [row for row in rows if _writes(row, target)]
        first = self._places.first(ids)
        return dict.fromkeys(map(_key, writing or ([first] if first else [])))


def _writes(row: Statement, target: Name) -> bool:
    return any(name.key == target.key for name in (*row.writes, *row.reached))


def _key(row: Statement) -> JobKey:
    return row.module or row.path


def _gaps(graph: LineageGraph) -> Mapping[JobKey, int]:
    """How many gaps each module has, and each file outside of its modules."""
    places = ModulePlaces(graph.modules)
    counts: defaultdict[JobKey, int] = defaultdict(int)
    for row in graph.diagnostics:
        if RULES[row.code].gap:
            module = places.at(row.path, row.span.line)
            counts[row.path if module is None else graph.modules[module].name] += 1
    return counts
