"""Findings of the linker as text and back, each part apart.

A part stands in the text of another by the key of its own text, so what many files share is kept
once, and what has not changed is not written again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ...linker.context.edge_collection import Edges
from ...linker.context.findings import (
    AssignedColumns,
    ColumnsOfFile,
    Doubted,
    Event,
    Findings,
    MissingTable,
    ReachedTable,
    RenamedTable,
    Reported,
    StringRows,
    TablePlace,
)
from ...linker.context.references import References
from ...linker.definitions.dependencies import Dependencies
from ...model.graph import Column, ColumnEdge, TableEdge
from ...model.names import Name
from ..reading.codec import decode_as, encode
from ..reading.row_text import row_text, row_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class _Spelling(Struct, frozen=True):
    key: str
    name: Name


class _ModuleReferences(Struct, frozen=True):
    path: str
    line: int
    module: Name
    columns: tuple[Column, ...]


class _Part(Struct, frozen=True):
    """Other findings, by the key of their text."""

    key: str


_StoredEvent: TypeAlias = (
    Reported
    | Doubted
    | MissingTable
    | ReachedTable
    | AssignedColumns
    | StringRows
    | ColumnsOfFile
    | RenamedTable
    | _Part
)


class _StoredFindings(Struct, frozen=True):
    """Findings as values alone; see `Findings`."""

    asked: tuple[str, ...]
    spelled: tuple[_Spelling, ...]
    tables: tuple[TableEdge, ...]
    columns: tuple[ColumnEdge, ...]
    references: tuple[_ModuleReferences, ...]
    settled: tuple[str, ...]
    present: tuple[TablePlace, ...]
    events: tuple[_StoredEvent, ...]


def text_of(findings: Findings, keys: Mapping[Findings, str]) -> str:
    """The text of findings; `keys` are those of the texts of all that is part of them."""
    return row_text(encode(_stored(findings, keys)))


def key_of(text: str) -> str:
    """What a text is found by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def findings_of(text: str, part: Callable[[str], Findings]) -> Findings:
    """The findings that a text tells.

    `part` gives the findings of a key.

    Raises:
        ValueError: the text is none of this version.
    """
    stored = decode_as(_StoredFindings, row_values(text))
    spelled = {spelling.key: spelling.name for spelling in stored.spelled}
    references = References()
    for row in stored.references:
        for column in row.columns:
            references.add((row.path, row.line, row.module), column)
    events: dict[Event | Findings, None] = dict.fromkeys(
        part(event.key) if isinstance(event, _Part) else event for event in stored.events
    )
    return Findings(
        Dependencies(set(stored.asked), spelled),
        _edges(stored),
        references,
        set(stored.settled),
        set(stored.present),
        events,
    )


def _edges(stored: _StoredFindings) -> Edges:
    # many edges have the same statements
    carriers = {edge.statements: frozenset(edge.statements) for edge in stored.columns}
    return Edges(
        {
            (edge.source, edge.target): (edge.type, frozenset(edge.statements))
            for edge in stored.tables
        },
        {
            (edge.source, edge.target, edge.subtype): (edge.certainty, carriers[edge.statements])
            for edge in stored.columns
        },
    )


def _stored(findings: Findings, keys: Mapping[Findings, str]) -> _StoredFindings:
    dependencies, edges = findings.dependencies, findings.edges
    return _StoredFindings(
        tuple(sorted(dependencies.asked)),
        tuple(_Spelling(key, name) for key, name in dependencies.spelled.items()),
        tuple(
            TableEdge(source, target, kind, tuple(sorted(statements)))
            for (source, target), (kind, statements) in edges.tables.items()
        ),
        tuple(
            ColumnEdge(source, target, subtype, certainty, tuple(sorted(statements)))
            for (source, target, subtype), (certainty, statements) in edges.columns.items()
        ),
        tuple(
            _ModuleReferences(path, line, module, columns)
            for (path, line, module), columns in findings.references.by_module()
        ),
        tuple(sorted(findings.settled)),
        tuple(sorted(findings.present, key=repr)),
        tuple(
            _Part(keys[event]) if isinstance(event, Findings) else event
            for event in findings.events
        ),
    )
