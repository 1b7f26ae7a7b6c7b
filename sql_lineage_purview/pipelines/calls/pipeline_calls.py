"""Pipelines that call one another: what each is run with, by its callers and its triggers.

A pipeline that others call is followed once for each set of values that they pass; one that nobody
calls, with its own defaults.

Source: https://learn.microsoft.com/azure/data-factory/control-flow-execute-pipeline-activity,
https://learn.microsoft.com/azure/data-factory/concepts-pipeline-execution-triggers,
https://learn.microsoft.com/fabric/data-factory/invoke-pipeline-activity
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, field

from ...model.opening import matching_files
from ...model.unread import UnreadKind
from ..activities.activity_sql import pipeline_script
from ..activities.rounds import MOST_ROUNDS, ActivityStep, run_values, steps_of
from ..activities.unfollowed_activities import unread_activities
from ..artefacts.embedded_scripts import StudioDocument
from ..artefacts.fabric_items import FabricItems, pipeline_id
from ..artefacts.json_members import Properties, list_at, object_at, text_at
from ..artefacts.pipeline_files import Pipeline, PipelineKey
from ..artefacts.workspace import SQL_SERVICES, Workspace, workspace_folder
from ..artefacts.workspace_files import WorkspaceFiles
from ..expressions.dynamic_content import value_of
from ..expressions.evaluation import BoundValue, Hole, Values

_CALLS = frozenset({"ExecutePipeline", "InvokePipeline"})
_LARGEST = 10_000  # the members of a value that is passed on
_TRIGGERS = ("trigger", "triggers")


class Pipelines(Struct):
    """All pipelines of a scan, and the files beside them."""

    files: WorkspaceFiles
    _by_location: dict[Path, Pipeline] = field(default_factory=dict)
    _by_key: dict[PipelineKey, Pipeline] = field(default_factory=dict)
    _runs: dict[Path, tuple[Values, ...]] = field(default_factory=dict)
    _calls: dict[Path, list[tuple[Pipeline, ActivityStep]]] | None = None
    _factories: dict[tuple[Path, tuple[str, ...]], list[Properties]] = field(default_factory=dict)

    def add(self, pipeline: Pipeline) -> None:
        """One more pipeline; all are there before anything is asked."""
        self._by_location[pipeline.location] = pipeline
        item = pipeline_id(pipeline.location, self.files)
        for key in (*pipeline.keys, *([(None, item)] if item else [])):
            self._by_key.setdefault(key, pipeline)

    def document(self, pipeline: Pipeline) -> StudioDocument:
        """The SQL of a pipeline in all that it is run with, and what of it is not followed."""
        is_foreign = partial(self._is_foreign, pipeline)
        script = pipeline_script(
            pipeline.activities,
            pipeline.properties,
            pipeline.document.span,
            self.runs(pipeline),
            is_foreign=is_foreign,
        )
        steps = list(steps_of(pipeline.activities, (Values(),)))
        missing_calls = sum(
            step.kind in _CALLS and self._callee(pipeline, step) is None for step in steps
        )
        foreign = sum(is_foreign(step.json) for step in steps)
        added = Counter(
            {UnreadKind.PIPELINE_ACTIVITY: missing_calls, UnreadKind.SCRIPT_ACTIVITY: foreign}
        )
        return StudioDocument(script, unread_activities(pipeline.activities) + added)

    def _is_foreign(self, pipeline: Pipeline, activity: Properties) -> bool:
        """Does a Script activity run in a store whose SQL is not T-SQL?"""
        name = text_at(activity.get("linkedServiceName"), "referenceName")
        if activity.get("type") != "Script" or name is None:
            return False
        workspace = Workspace(
            workspace_folder(pipeline.location), self.files, FabricItems(self.files)
        )
        service = workspace.linked_service(name)
        return service is not None and str(service.get("type")) not in SQL_SERVICES

    def runs(self, pipeline: Pipeline) -> tuple[Values, ...]:
        """What a pipeline is run with.

        Pipelines that call each other in a circle have their defaults there.
        """
        place = pipeline.location
        if place not in self._runs:
            # before its callers are asked: in a circle they ask for this one again
            self._runs[place] = (self._values(pipeline, {}),)
            argument_sets = list(self._given(pipeline))
            runs: list[Values] = []
            for arguments in argument_sets:
                values = self._values(pipeline, arguments)
                if values not in runs and len(runs) < MOST_ROUNDS:
                    runs.append(values)
            self._runs[place] = tuple(runs) or self._runs[place]
        return self._runs[place]

    def _values(self, pipeline: Pipeline, arguments: Mapping[str, BoundValue]) -> Values:
        shared = self._shared(pipeline)
        return run_values(pipeline.properties, pipeline.activities, {**shared, **arguments})

    def _shared(self, pipeline: Pipeline) -> Mapping[str, BoundValue]:
        """The parameters of the factory that all its pipelines share.

        Each environment may have other values.
        """
        bound: dict[str, BoundValue] = {}
        for properties in self._beside(pipeline, ("factory",)):
            for name, parameter in object_at(properties, "globalParameters").items():
                if isinstance(parameter, dict) and parameter.get("value") is not None:
                    bound[f"pipeline().globalparameters.{name.lower()}"] = BoundValue(
                        parameter["value"], assumed=True
                    )
        return bound

    def _given(self, pipeline: Pipeline) -> Iterator[Mapping[str, BoundValue]]:
        """The parameters of each call and each trigger."""
        for caller, step in self._calls_of(pipeline):
            for values in self._rounds(caller, step):
                yield _passed(step.properties.get("parameters"), values)
        for properties in self._beside(pipeline, _TRIGGERS):
            for row in list_at(properties, "pipelines"):
                name = object_at(row, "pipelineReference").get("referenceName")
                if (
                    isinstance(row, dict)
                    and (workspace_folder(pipeline.location), str(name).casefold()) in pipeline.keys
                ):
                    yield _passed(row.get("parameters"), Values())

    def _rounds(self, caller: Pipeline, call: ActivityStep) -> Sequence[Values]:
        steps = steps_of(caller.activities, self.runs(caller))
        return next((step.rounds for step in steps if step.json is call.json), ())

    def _calls_of(self, pipeline: Pipeline) -> list[tuple[Pipeline, ActivityStep]]:
        if self._calls is None:
            self._calls = {}
            for caller in sorted(self._by_location.values(), key=lambda entry: entry.location):
                for step in steps_of(caller.activities, (Values(),)):
                    callee = self._callee(caller, step) if step.kind in _CALLS else None
                    if callee:
                        self._calls.setdefault(callee.location, []).append((caller, step))
        return self._calls.get(pipeline.location, [])

    def _callee(self, caller: Pipeline, step: ActivityStep) -> Pipeline | None:
        reference = step.properties.get("pipeline")
        name = (
            reference.get("referenceName")
            if isinstance(reference, dict)
            else step.properties.get("pipelineId")
        )
        keys = [
            (workspace_folder(caller.location), str(name).casefold()),
            (None, str(name).casefold()),
        ]
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def _beside(self, pipeline: Pipeline, folders: tuple[str, ...]) -> list[Properties]:
        """The properties of all files in a folder beside that of the pipelines."""
        key = (workspace_folder(pipeline.location), folders)
        if key not in self._factories:
            places = [
                place for folder in folders for place in matching_files(key[0] / folder, "*.json")
            ]
            resources = (object_at(self.files.json_object(place), "properties") for place in places)
            self._factories[key] = [properties for properties in resources if properties]
        return self._factories[key]


def _passed(parameters: object, values: Values) -> Mapping[str, BoundValue]:
    """What a call passes, by reference."""
    arguments = {}
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        bound = value_of(value, values)
        # values that callers pass on to callers double with each call
        small = _size(bound.value) <= _LARGEST
        arguments[f"pipeline().parameters.{str(name).lower()}"] = (
            bound if small else BoundValue(Hole(f"pipeline().parameters.{name}"))
        )
    return arguments


def _size(value: object) -> int:
    """How many values a value holds, counted no further than it matters."""
    count, pending = 0, [value]
    while pending and count <= _LARGEST:
        element = pending.pop()
        count += 1
        pending += (
            element.values()
            if isinstance(element, dict)
            else element
            if isinstance(element, list)
            else ()
        )
    return count
