"""Copy activities: what a pipeline says of the two ends of a copy, and of how columns are mapped.

Source: https://learn.microsoft.com/azure/data-factory/copy-activity-overview,
https://learn.microsoft.com/azure/data-factory/copy-activity-schema-and-type-mapping
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ....model.diagnostics import Span
from .evaluation import Bound, Values
from .expressions import known_text

Pairs: TypeAlias = tuple[tuple[str, str], ...]
_Properties: TypeAlias = Mapping[str, Any]

UNKNOWN_MAPPING: Pairs = (("*", "*"),)
_STEP = re.compile(r"\['([^']*)'\]|\.?([^.\[\]$]+)")
_COLUMN = "$$COLUMN:"


@dataclass(frozen=True, slots=True)
class Side:
    """An end of a copy: its dataset with the arguments given to that, what else is set for it, and its SQL.

    `inline` is the dataset itself where the activity holds it, as in Fabric.

    `lines` are the first and last line of the script at which the SQL stands that supplies the rows, or takes them;
    `before` those of the SQL that runs first. `dynamic`: there is SQL that only the run knows.
    """

    dataset: str
    arguments: _Properties
    settings: _Properties
    lines: tuple[int, int] | None = None
    before: tuple[int, int] | None = None
    dynamic: bool = False
    inline: _Properties | None = None


@dataclass(frozen=True, slots=True)
class CopyActivity:
    """A Copy activity as one run of it would be. `span` is where it stands in the JSON.

    `mapping` holds pairs of source and target columns; empty: each into the one of its name.
    """

    name: str
    span: Span
    source: Side
    sink: Side
    mapping: Pairs
    values: Values


@dataclass(frozen=True, slots=True)
class ActivitySql:
    """The first and last line of the SQL of an activity that says where it runs, and what its references stand for."""

    lines: tuple[int, int]
    activity: _Properties
    values: Values


def side_of(activity: _Properties, end: str) -> Side | None:
    """An end (`inputs` or `outputs`) of an activity; None where it names no dataset."""
    references = activity.get(end)
    first = references[0] if isinstance(references, list) and references else None
    properties = activity.get("typeProperties")
    settings = properties.get("source" if end == "inputs" else "sink") if isinstance(properties, dict) else None
    inline = settings.get("datasetSettings") if isinstance(settings, dict) else None
    if isinstance(settings, dict) and isinstance(inline, dict):
        return Side(str(inline.get("type", "")), {}, settings, inline=inline)
    if not isinstance(first, dict) or not isinstance(first.get("referenceName"), str):
        return None
    arguments = first.get("parameters")
    return Side(
        first["referenceName"],
        arguments if isinstance(arguments, dict) else {},
        settings if isinstance(settings, dict) else {},
    )


def mapping_of(properties: _Properties) -> Pairs | None:
    """The mapping of a Copy's columns: empty where they go by their names, None where only the run knows it.

    Columns that the activity adds itself come from nowhere; one that repeats another column comes from that.
    """
    translator = properties.get("translator")
    if not isinstance(translator, dict):
        return None if translator else ()
    if translator.get("type") == "Expression":
        return None
    source = properties.get("source")
    added = dict(_added(source)) if isinstance(source, dict) else {}
    pairs = tuple((added.get(first, first), second) for first, second in _pairs(translator) if second and added.get(first, first))
    return tuple(dict.fromkeys(pairs))


def _pairs(translator: _Properties) -> Iterator[tuple[str, str]]:
    mappings = translator.get("mappings")
    if isinstance(mappings, list):
        for row in mappings:
            if isinstance(row, dict):
                yield _column(row.get("source")) or "*", _column(row.get("sink")) or "*"
        return
    old = translator.get("columnMappings") or translator.get("schemaMapping")
    if isinstance(old, str):
        for pair in old.split(","):
            first, _, second = pair.partition(":")
            yield first.strip(), second.strip()
    elif isinstance(old, dict):
        for first, second in old.items():
            if isinstance(second, str):
                yield _path(first), _path(second)


def _column(end: object) -> str | None:
    """A column by its name or, in a hierarchical file, by its path; one that goes by its number alone has no name."""
    if not isinstance(end, dict):
        return None
    if isinstance(end.get("name"), str):
        return str(end["name"])
    return _path(end["path"]) if isinstance(end.get("path"), str) else None


def _path(text: str) -> str:
    """`$['address']['city']` is `address.city`."""
    if not text.startswith(("$", "[")):
        return text
    return ".".join(quoted or plain for quoted, plain in _STEP.findall(text)) or "*"


def _added(source: _Properties) -> Iterator[tuple[str, str]]:
    """The columns that the copy adds to the source's: what each repeats; nothing for all others."""
    columns = source.get("additionalColumns")
    for row in columns if isinstance(columns, list) else []:
        if isinstance(row, dict) and isinstance(row.get("name"), str):
            value = known_text(row.get("value"))
            yield row["name"], value[len(_COLUMN) :] if isinstance(value, str) and value.startswith(_COLUMN) else ""


def defaults_of(parameters: object, prefix: str, *, assumed: bool) -> dict[str, Bound]:
    """The defaults of parameters, by their references; an empty one that is only assumed is none: each run is given another."""
    defaults: dict[str, Bound] = {}
    for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
        default = parameter.get("defaultValue") if isinstance(parameter, dict) else None
        if default is not None and not (assumed and default in ("", [], {})):
            defaults[f"{prefix}.{name.lower()}"] = Bound(default, assumed)
    return defaults
