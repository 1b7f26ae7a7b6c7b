"""The lineage as events of OpenLineage 2-0-2, one job to a line.

They are events of jobs, which tell what a job does by its text, and not of runs, which tell what
one did: https://openlineage.io/docs/spec/object-model. No SQL is part of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from ...model.printable import one_line, to_json
from ...model.vocabulary import Certainty, TableKind
from ...version import __version__
from ..counting import counted
from .event_jobs import EventJob, jobs_of
from .event_names import SCRIPTS, EventNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...model.graph import ColumnEdge, LineageGraph, Table
    from ...model.names import Name

PRODUCER = f"pkg:generic/sql-lineage-purview@{__version__}"
_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent"
_FACETS = {
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "schema": "1-2-0/SchemaDatasetFacet",
    "datasetType": "1-0-1/DatasetTypeDatasetFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "documentation": "1-1-0/DocumentationJobFacet",
}
_TYPES = {
    TableKind.VIEW: "VIEW",
    TableKind.MATERIALIZED_VIEW: "VIEW",
    TableKind.FILE: "FILE",
    TableKind.QUEUE: "TOPIC",
}


class EventContext(Struct, frozen=True):
    """What events say that no script does.

    Args:
        time: when the lineage was known, in the form of RFC 3339.
        names: where databases stand.
    """

    time: str = "1970-01-01T00:00:00Z"
    names: EventNames = field(default_factory=EventNames)


def render_openlineage(graph: LineageGraph, context: EventContext | None = None) -> Iterator[str]:
    """The events, each a line of JSON; an empty line where nothing flows."""
    jobs = jobs_of(graph)
    writer = _EventWriter(graph, context or EventContext())
    for job in jobs:
        yield to_json(writer.event(job)) + "\n"
    if not jobs:
        yield "\n"


class _EventWriter:
    """Makes the events of one graph."""

    def __init__(self, graph: LineageGraph, context: EventContext) -> None:
        self._context = context
        self._tables = {table.name: table for table in graph.tables}
        self._kinds = {module.name: module.kind.value for module in graph.modules}

    def event(self, job: EventJob) -> Mapping[str, Any]:
        """The event of a job."""
        sources = sorted({source for ends in job.flows.values() for source in ends})
        return {
            "eventTime": self._context.time,
            "producer": PRODUCER,
            "schemaURL": _EVENT,
            "job": self._job(job),
            "inputs": [self._dataset(name) for name in sources],
            "outputs": [self._dataset(name, job.columns[name]) for name in sorted(job.flows)],
        }

    def _job(self, job: EventJob) -> Mapping[str, Any]:
        if isinstance(job.key, str):
            namespace, name, kind = SCRIPTS, one_line(job.key), "SCRIPT"
        else:
            namespace, name = self._context.names.of(job.key)
            kind = self._kinds.get(job.key, "SCRIPT")
        facets = {
            "jobType": _facet("jobType", processingType="BATCH", integration="TSQL", jobType=kind)
        }
        if job.gaps:
            text = f"{counted(job.gaps, 'gap')}: lineage of it may be missing."
            facets["documentation"] = _facet("documentation", description=text)
        return {"namespace": namespace, "name": name, "facets": facets}

    def _dataset(self, name: Name, flows: Iterable[ColumnEdge] = ()) -> Mapping[str, Any]:
        namespace, text = self._context.names.of(name)
        table = self._tables.get(name)
        facets = _described(table) if table else {}
        if lineage := self._column_lineage(flows):
            facets["columnLineage"] = lineage
        return {"namespace": namespace, "name": text, "facets": facets}

    def _column_lineage(self, flows: Iterable[ColumnEdge]) -> Mapping[str, Any] | None:
        """What columns come from.

        A column that is not known by name (`*`) is in no field: that its table takes part stands in
        the inputs.
        """
        named = [edge for edge in flows if "*" not in (edge.source.column, edge.target.column)]
        fields: defaultdict[str, list[ColumnEdge]] = defaultdict(list)
        for edge in named:
            if edge.target.column is not None:
                fields[one_line(edge.target.column)].append(edge)
        rows = self._inputs(edge for edge in named if edge.target.column is None)
        if not named:
            return None
        columns = {name: {"inputFields": self._inputs(edges)} for name, edges in fields.items()}
        return _facet("columnLineage", fields=columns, **({"dataset": rows} if rows else {}))

    def _inputs(self, edges: Iterable[ColumnEdge]) -> list[Mapping[str, Any]]:
        """The sources of a column, or of the rows, each with all that it does."""
        sources: defaultdict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for edge in edges:
            key = (*self._context.names.of(edge.source.table), one_line(edge.source.column))
            sources[key].append(_transformation(edge))
        return [
            {"namespace": namespace, "name": name, "field": column, "transformations": how}
            for (namespace, name, column), how in sources.items()
        ]


def _transformation(edge: ColumnEdge) -> Mapping[str, Any]:
    """How a source takes part. Whether a value is masked is not known, so that it is not said."""
    doubt = "" if edge.certainty is Certainty.EXACT else f"certainty: {edge.certainty.value}"
    how = {"type": edge.type.value, "subtype": edge.subtype.value}
    return how | {"description": doubt} if doubt else how


def _described(table: Table) -> dict[str, Any]:
    """What is known of a dataset: its kind, and its columns in their order."""
    facets = {"datasetType": _facet("datasetType", datasetType=_TYPES.get(table.kind, "TABLE"))}
    if table.columns:
        columns = [
            {"name": one_line(name), "ordinal_position": position}
            for position, name in enumerate(table.columns, 1)
        ]
        facets["schema"] = _facet("schema", fields=columns)
    return facets


def _facet(name: str, **members: Any) -> dict[str, Any]:
    schema = _FACETS[name]
    kind = schema.partition("/")[2]
    return {
        "_producer": PRODUCER,
        "_schemaURL": f"{_SPEC}/facets/{schema}.json#/$defs/{kind}",
        **members,
    }
