"""The rows of a saved plan: one line each, JSON from values and values from JSON.

A new kind of row is a line of `ROW_KINDS`, in the order in which a file holds them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec import Struct, to_builtins

from ..account.assets import AssetRef, Placeholder
from ..account.processes import Change, Process
from .plan_document import (
    CutLineage,
    DroppedProcess,
    PlannedAction,
    PlannedProcess,
    PlannedRelation,
    ResolvedTable,
    Unresolved,
    UnresolvedTable,
)

Json: TypeAlias = dict[str, Any]


class RowKind(Struct, frozen=True):
    """One kind of rows.

    Args:
        name: What each line of it begins with.
        field: The attribute of a plan that holds them.
        read: A row from its JSON.
        document: The JSON of a row.
    """

    name: str
    field: str
    read: Callable[[Json], Any]
    document: Callable[[Any], Json] = to_builtins


def as_text(value: object) -> str:
    """A value that is a text.

    Raises:
        TypeError: it is none.
    """
    # A record takes what it gets: a number in place of a text would show only in the middle of
    # a push.
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text should be")
    return value


def as_texts(row: Json) -> dict[str, str]:
    """The members of a row, all of which are texts.

    Raises:
        TypeError: one is none.
    """
    return {name: as_text(value) for name, value in row.items()}


def _planned(row: Json) -> PlannedProcess:
    process = dict(row["process"])
    inputs, outputs = (tuple(map(_ref, process.pop(end))) for end in ("inputs", "outputs"))
    return PlannedProcess(
        action=PlannedAction(row["action"]),
        process=Process(inputs=inputs, outputs=outputs, **as_texts(process)),
        changes=tuple(Change(**as_texts(change)) for change in row["changes"]),
        left_out=tuple(map(as_text, row["left_out"])),
        through=tuple(map(as_text, row["through"])),
        reason=as_text(row["reason"]),
        guid=as_text(row["guid"]),
        state=as_text(row["state"]),
        collection=as_text(row["collection"]),
        part_of=as_text(row["part_of"]),
    )


def _relation(row: Json) -> PlannedRelation:
    texts = {name: as_text(row[name]) for name in ("column_mapping", "guid", "reason", "type_name")}
    return PlannedRelation(
        PlannedAction(row["action"]), _ref(row["source"]), _ref(row["target"]), **texts
    )


def _resolved(row: Json) -> ResolvedTable:
    return ResolvedTable(as_text(row["table"]), as_text(row["evidence"]), _ref(row["asset"]))


def _unresolved(row: Json) -> UnresolvedTable:
    candidates = tuple(map(_ref, row["candidates"]))
    return UnresolvedTable(
        as_text(row["table"]), Unresolved(row["outcome"]), as_text(row["reason"]), candidates
    )


def _placeholder(row: Json) -> Placeholder:
    return Placeholder(_ref(row["asset"]), as_text(row["collection"]))


def _dropped(row: Json) -> DroppedProcess:
    return DroppedProcess(
        as_text(row["writer"]),
        as_text(row["table"]),
        as_text(row["reason"]),
        tuple(map(as_text, row["reaches"])),
    )


def _cut(row: Json) -> CutLineage:
    sources, processes = (tuple(map(as_text, row[name])) for name in ("sources", "processes"))
    return CutLineage(as_text(row["table"]), as_text(row["reason"]), sources, processes)


def _ref(row: Json) -> AssetRef:
    return AssetRef(as_text(row["qualified_name"]), as_text(row["type_name"]), as_text(row["guid"]))


def _text_row(name: str) -> Callable[[str], Json]:
    return lambda text: {name: text}


ROW_KINDS: tuple[RowKind, ...] = (
    RowKind("placeholder", "placeholders", _placeholder),
    RowKind("process", "processes", _planned),
    RowKind("relation", "relations", _relation),
    RowKind("resolved", "resolved", _resolved),
    RowKind("unresolved", "unresolved", _unresolved),
    RowKind("dropped", "dropped", _dropped),
    RowKind("cut", "cuts", _cut),
    RowKind("note", "notes", lambda row: as_text(row["text"]), _text_row("text")),
    RowKind("excluded", "excluded", lambda row: as_text(row["table"]), _text_row("table")),
)
