"""Findings of the linker as text and back, each part apart.

A part stands in the text of another by the key of its own text, so what many files share is kept
once, and what has not changed is not written again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

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
from ...model.graph import Column
from ...model.names import Name
from ...model.vocabulary import Certainty, EdgeType, Subtype
from ..reading.row_text import row_bytes, typed_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

Item = TypeVar("Item")


class _Part(Struct, frozen=True, array_like=True, tag=True):
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
# A place among the names, columns or carriers.
_Number: TypeAlias = int


class StoredFindings(Struct, frozen=True, array_like=True):
    """Findings as values alone; see `Findings`.

    Names, columns and sets of statements (`carriers`) stand once, and elsewhere by their numbers,
    since most edges have the same few.
    """

    names: list[Name]
    columns: list[tuple[_Number, str | None]]
    carriers: list[list[str]]
    asked: list[str]
    spelled: list[tuple[str, Name]]
    tables: list[tuple[_Number, _Number, EdgeType, _Number]]
    edges: list[tuple[_Number, _Number, Subtype, Certainty, _Number]]
    references: list[tuple[str, int, _Number, list[_Number]]]
    settled: list[str]
    present: list[TablePlace]
    events: list[_StoredEvent]


_DECODER = Decoder(list[StoredFindings])


def text_of(findings: Findings, keys: Mapping[Findings, str]) -> bytes:
    """The text of findings; `keys` are those of the texts of all that is part of them."""
    return row_bytes(_stored(findings, keys))


def key_of(text: bytes) -> str:
    """What a text is found by."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def joined(texts: list[bytes]) -> bytes:
    """Several texts as one."""
    return b"[" + b",".join(texts) + b"]"


def stored_in(text: bytes) -> list[StoredFindings]:
    """The findings of several texts.

    Raises:
        ValueError: the text is none of this version.
    """
    return typed_values(text, _DECODER)


def findings_of(stored: StoredFindings, part: Callable[[str], Findings]) -> Findings:
    """The findings that a text tells; `part` gives those of a key."""
    names = stored.names
    columns = [Column(names[table], column) for table, column in stored.columns]
    carriers = [frozenset(statements) for statements in stored.carriers]
    references = References(
        {
            (path, line, names[module]): dict.fromkeys([columns[number] for number in numbers])
            for path, line, module, numbers in stored.references
        }
    )
    events: dict[Event | Findings, None] = dict.fromkeys(
        [part(event.key) if isinstance(event, _Part) else event for event in stored.events]
    )
    edges = Edges(
        {
            (names[source], names[target]): (kind, carriers[number])
            for source, target, kind, number in stored.tables
        },
        {
            (columns[source], columns[target], subtype): (certainty, carriers[number])
            for source, target, subtype, certainty, number in stored.edges
        },
    )
    return Findings(
        Dependencies(set(stored.asked), dict(stored.spelled)),
        edges,
        references,
        set(stored.settled),
        set(stored.present),
        events,
    )


def _stored(findings: Findings, keys: Mapping[Findings, str]) -> StoredFindings:
    dependencies, edges = findings.dependencies, findings.edges
    names: dict[Name, int] = {}
    columns: dict[Column, int] = {}
    carriers: dict[tuple[str, ...], int] = {}

    def column(named: Column) -> int:
        _number(named.table, names)
        return _number(named, columns)

    tables = [
        (_number(source, names), _number(target, names), kind, _number(_sorted(by), carriers))
        for (source, target), (kind, by) in edges.tables.items()
    ]
    column_edges = [
        (column(source), column(target), subtype, certainty, _number(_sorted(by), carriers))
        for (source, target, subtype), (certainty, by) in edges.columns.items()
    ]
    references = [
        (path, line, _number(module, names), [column(named) for named in columns_named])
        for (path, line, module), columns_named in findings.references.by_module()
    ]
    return StoredFindings(
        list(names),
        [(names[named.table], named.column) for named in columns],
        [list(statements) for statements in carriers],
        sorted(dependencies.asked),
        list(dependencies.spelled.items()),
        tables,
        column_edges,
        references,
        sorted(findings.settled),
        sorted(findings.present, key=repr),
        [_Part(keys[event]) if isinstance(event, Findings) else event for event in findings.events],
    )


def _sorted(statements: AbstractSet[str]) -> tuple[str, ...]:
    return tuple(sorted(statements))


def _number(item: Item, numbers: dict[Item, int]) -> int:
    return numbers.setdefault(item, len(numbers))
