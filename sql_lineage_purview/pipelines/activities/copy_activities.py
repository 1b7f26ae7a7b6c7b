"""Copy activities: what a pipeline says of the two ends of a copy, and of how columns are mapped.

Source: https://learn.microsoft.com/azure/data-factory/copy-activity-overview,
https://learn.microsoft.com/azure/data-factory/copy-activity-schema-and-type-mapping
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model.regex import regex
from ..artefacts.embedded_scripts import CopyEnd, Pairs
from ..artefacts.json_members import Properties
from ..expressions.dynamic_content import known_text

UNKNOWN_MAPPING: Pairs = (("*", "*"),)
_STEP = regex(r"\['([^']*)'\]|\.?([^.\[\]$]+)")
_COLUMN = "$$COLUMN:"


def copy_end(activity: Properties, end: str) -> CopyEnd | None:
    """An end (`inputs` or `outputs`) of an activity; None where it names no dataset."""
    references = activity.get(end)
    first = references[0] if isinstance(references, list) and references else None
    properties = activity.get("typeProperties")
    settings = (
        properties.get("source" if end == "inputs" else "sink")
        if isinstance(properties, dict)
        else None
    )
    inline = settings.get("datasetSettings") if isinstance(settings, dict) else None
    # Fabric has no files of datasets: each stands in the activity that uses it
    if isinstance(settings, dict) and isinstance(inline, dict):
        return CopyEnd(str(inline.get("type", "")), {}, settings, inline=inline)
    if not isinstance(first, dict) or not isinstance(first.get("referenceName"), str):
        return None
    arguments = first.get("parameters")
    return CopyEnd(
        first["referenceName"],
        arguments if isinstance(arguments, dict) else {},
        settings if isinstance(settings, dict) else {},
    )


def mapping_of(properties: Properties) -> Pairs | None:
    """The mapping of a Copy's columns.

    It is empty where they go by their names, and None where only the run knows it.

    Columns that the activity adds itself come from nowhere; one that repeats another column comes
    from that.
    """
    translator = properties.get("translator")
    if not isinstance(translator, dict):
        # a translator that is text is an expression
        return None if translator else ()
    if translator.get("type") == "Expression":
        return None
    source = properties.get("source")
    added = dict(_added(source)) if isinstance(source, dict) else {}
    pairs = tuple(
        (added.get(first, first), second)
        for first, second in _pairs(translator)
        if second and added.get(first, first)
    )
    return tuple(dict.fromkeys(pairs))


def _pairs(translator: Properties) -> Iterator[tuple[str, str]]:
    mappings = translator.get("mappings")
    if isinstance(mappings, list):
        for row in mappings:
            if isinstance(row, dict):
                yield _column(row.get("source")) or "*", _column(row.get("sink")) or "*"
        return
    # before `mappings` there were `a: x, b: y`, and for hierarchical sources an object of paths
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
    """A column by its name or, in a hierarchical file, by its path.

    One that goes by its number alone has no name.
    """
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


def _added(source: Properties) -> Iterator[tuple[str, str]]:
    """The columns that the copy adds to the source's: what each repeats; nothing for all others."""
    # $$COLUMN:name repeats a column of the source, $$FILEPATH and constants are of no column
    columns = source.get("additionalColumns")
    for row in columns if isinstance(columns, list) else []:
        if isinstance(row, dict) and isinstance(row.get("name"), str):
            value = known_text(row.get("value"))
            yield (
                row["name"],
                value[len(_COLUMN) :]
                if isinstance(value, str) and value.startswith(_COLUMN)
                else "",
            )
