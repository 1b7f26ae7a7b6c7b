"""What a person means by a name.

`dbo.Fact` is a table, `dbo.Fact.Amount` a column, and `Fact` will do where it is clear.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ...model.graph import Column, LineageGraph
from ...model.names import Name, parse_name
from ...render.labels import label


@dataclass(frozen=True, slots=True)
class SelectedObject:
    """The one table or column that is meant; `column.column` is None for a table."""

    column: Column


@dataclass(frozen=True, slots=True)
class AmbiguousSelector:
    """Several tables or columns fit."""

    candidates: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class UnknownSelector:
    """Nothing fits; `near` are names that look alike."""

    near: tuple[str, ...]


Selection: TypeAlias = SelectedObject | AmbiguousSelector | UnknownSelector
_Fit: TypeAlias = Callable[[Name, str], bool]


def select(graph: LineageGraph, selector: str) -> Selection:
    """Find the table or column that a selector names.

    Case does not matter and leading parts may be left out, of a file's address too; a column of a
    file stands behind a `#`. The very spelling goes before another case, a whole name before the
    end of one, a table before a column.

    Raises:
        ValueError: the selector is no name.
    """
    # only so that what is no name is refused before anything is compared with it
    parse_name(selector)
    tables, columns = _nodes(graph)
    for fits in (_literally, _exactly, _at_end):
        matches = [Column(table, None) for table in tables if fits(table, selector)]
        matches = matches or _fitting(columns, selector, fits)
        if len(matches) == 1:
            return SelectedObject(matches[0])
        if matches:
            return AmbiguousSelector(tuple(sorted(matches, key=label)))
    return UnknownSelector(_near(selector, tables))


def _nodes(graph: LineageGraph) -> tuple[list[Name], list[Column]]:
    """All tables and all named columns of the graph."""
    tables = dict.fromkeys(table.name for table in graph.tables)
    columns = dict.fromkeys(
        Column(table.name, column) for table in graph.tables for column in table.columns or ()
    )
    for table_edge in graph.table_lineage:
        tables |= dict.fromkeys((table_edge.source, table_edge.target))
    for edge in graph.column_lineage:
        columns |= dict.fromkeys(end for end in (edge.source, edge.target) if end.column)
    return list(tables), list(columns)


def _literally(name: Name, selector: str) -> bool:
    return name == _read(selector, name)


def _exactly(name: Name, selector: str) -> bool:
    return name.key == _read(selector, name).key


def _at_end(name: Name, selector: str) -> bool:
    key = name.key.replace("/", "\0").replace("\\", "\0") if name.address else name.key
    end = _read(selector, name).key
    # by whole parts: `Fact` is not the end of `dbo.OldFact`
    return key.endswith(
        "\0" + (end.replace("/", "\0").replace("\\", "\0") if name.address else end)
    )


def _read(text: str, like: Name) -> Name:
    """A text as a name of the sort of another: an address as it stands, else a name in parts."""
    return Name((text.strip(),), address=True) if like.address else parse_name(text)


def _fitting(columns: Iterable[Column], selector: str, fits: _Fit) -> list[Column]:
    name = parse_name(selector)
    of_table = (str(Name(name.parts[:-1])), name.object) if any(name.parts[:-1]) else None
    file, _, last = selector.rpartition("#")
    of_file = (file, last) if file else None
    matches = []
    for column in columns:
        ends = of_file if column.table.address else of_table
        if (
            ends
            and column.column
            and column.column.casefold() == ends[1].casefold()
            and fits(column.table, ends[0])
        ):
            matches.append(column)
    return matches


def _near(selector: str, tables: Iterable[Name]) -> tuple[str, ...]:
    by_name = {str(table).casefold(): str(table) for table in tables}
    by_last = {table.object.casefold(): str(table) for table in tables}
    close = [by_name[key] for key in difflib.get_close_matches(selector.casefold(), by_name, n=3)]
    also = [
        by_last[key]
        for key in difflib.get_close_matches(parse_name(selector).object.casefold(), by_last, n=3)
    ]
    return tuple(dict.fromkeys(close + also))[:3]
