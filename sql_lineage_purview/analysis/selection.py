"""What a person means by a selector: tables, columns and modules of a graph.

`dbo.Fact` is a table, `dbo.Fact.Amount` a column, and `Fact` will do where it is clear.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from ..model.graph import Column, LineageGraph
from ..model.names import Name, parse_name
from .selector import (
    Selector,
    SelectorError,
    SelectorMethod,
    fits,
    glob,
    parse_selector,
    pattern_of,
)


class SelectedModule(Struct, frozen=True):
    """What is no node of the lineage: a procedure, trigger or function, a type or sequence."""

    name: Name


Node: TypeAlias = Column | SelectedModule


class SelectedNodes(Struct, frozen=True):
    """What is meant: one node, or all that a selector with a wildcard or a method fits."""

    selector: Selector
    nodes: tuple[Node, ...]


class AmbiguousSelector(Struct, frozen=True):
    """Several nodes fit a name that is to mean one."""

    candidates: tuple[Node, ...]


class UnknownSelector(Struct, frozen=True):
    """Nothing fits; `near` are names that look alike."""

    near: tuple[str, ...]


class UnknownColumn(Struct, frozen=True):
    """A table fits, which has no such column; of a table whose columns nobody told, it has none."""

    table: Name
    columns: tuple[str, ...]


Selection: TypeAlias = SelectedNodes | AmbiguousSelector | UnknownSelector | UnknownColumn
_NEEDS_ACCOUNT = (
    "tag: selects by a classification, which the account knows. Name a snapshot of its assets: "
    "--assets FILE, made by catalog dump --from purview."
)
# The columns that bear a classification, by its name.
TaggedColumns: TypeAlias = Callable[[str], Iterable[Column]]
_Fit: TypeAlias = Callable[[Name, str], bool]


def select(graph: LineageGraph, text: str, tagged: TaggedColumns | None = None) -> Selection:
    """Find what a selector selects, without what `+` adds.

    Case does not matter and leading parts may be left out, of a file's address too; a column of a
    file stands behind a `#`. The very spelling goes before another case, a whole name before the
    end of one, a table before a module, and that before a column.

    Args:
        graph: the scan.
        text: the selector.
        tagged: who knows classifications; None where nobody does.

    Raises:
        SelectorError: the text is no selector.
    """
    selector = parse_selector(text)
    nodes = _Nodes(graph)
    if selector.has_wildcard:
        matches = tuple(dict.fromkeys(_matching(graph, nodes, selector, tagged)))
        return SelectedNodes(selector, matches) if matches else UnknownSelector(())
    candidates = nodes.named(selector.value)
    if len(candidates) == 1:
        return SelectedNodes(selector, tuple(candidates))
    if candidates:
        return AmbiguousSelector(tuple(sorted(candidates, key=node_key)))
    return nodes.unknown(selector.value)


def node_key(node: Node) -> tuple[str, str]:
    """What nodes are sorted by."""
    if isinstance(node, SelectedModule):
        return (str(node.name), "")
    return (str(node.table), node.column or "")


class _Nodes:
    """All nodes of a graph."""

    def __init__(self, graph: LineageGraph) -> None:
        tables = dict.fromkeys(table.name for table in graph.tables)
        for table_edge in graph.table_lineage:
            tables |= dict.fromkeys((table_edge.source, table_edge.target))
        self._graph = graph
        self.tables = list(tables)
        names = (*(row.name for row in graph.modules), *(row.name for row in graph.objects))
        self.modules = list(dict.fromkeys(name for name in names if name not in tables))

    @cached_property
    def columns(self) -> Sequence[Column]:
        """All columns that are told or named; few selectors need them."""
        graph = self._graph
        columns = dict.fromkeys(
            Column(table.name, column) for table in graph.tables for column in table.columns or ()
        )
        for edge in graph.column_lineage:
            columns |= dict.fromkeys(end for end in (edge.source, edge.target) if end.column)
        for module in graph.modules:
            columns |= dict.fromkeys(column for column in module.columns if column.column)
        return list(columns)

    def named(self, value: str) -> Sequence[Node]:
        """What a name without wildcards fits best."""
        for fit in (_literally, _exactly, _at_end):
            matches: list[Node] = [
                Column(table, None) for table in self.tables if fit(table, value)
            ]
            matches = matches or [SelectedModule(name) for name in self.modules if fit(name, value)]
            matches = matches or list(_fitting(self.columns, value, fit))
            if matches:
                return _complete(matches) or matches
        return ()

    def unknown(self, value: str) -> UnknownSelector | UnknownColumn:
        """What is said of a name that fits nothing."""
        owner, _, _ = value.rpartition("#") if "#" in value else _split(value)
        tables = [node for node in (self.named(owner) if owner else ()) if isinstance(node, Column)]
        if len(tables) == 1 and tables[0].column is None:
            table = tables[0].table
            names = (column.column for column in self.columns if column.table == table)
            return UnknownColumn(table, tuple(name for name in names if name and name != "*"))
        return UnknownSelector(_near(value, [*self.tables, *self.modules]))


def _complete(nodes: Sequence[Node]) -> Sequence[Node]:
    """Those whose names hold nothing that is filled in later, as `$(Db)`: these are meant."""
    return [
        node
        for node in nodes
        if not (node.name if isinstance(node, SelectedModule) else node.table).template
    ]


def _split(value: str) -> tuple[str, str, str]:
    """A name without its last part, and that part."""
    name = parse_name(value)
    owner = str(Name(name.parts[:-1])) if any(name.parts[:-1]) else ""
    return owner, ".", name.object


def _matching(
    graph: LineageGraph, nodes: _Nodes, selector: Selector, tagged: TaggedColumns | None
) -> Iterator[Node]:
    """All that a selector with a wildcard or a method fits, by name."""
    matches: Iterator[Node]
    match selector.method:
        case SelectorMethod.FILE:
            matches = _of_files(graph, glob(selector.value), set(nodes.tables))
        case SelectorMethod.KIND:
            matches = _of_kind(graph, selector.value, set(nodes.tables))
        case SelectorMethod.TAG:
            if tagged is None:
                raise SelectorError(_NEEDS_ACCOUNT)
            matches = iter(tagged(selector.value))
        case SelectorMethod.NAME:
            matches = _by_pattern(nodes, selector.value)
    yield from sorted(matches, key=node_key)


def _by_pattern(nodes: _Nodes, value: str) -> Iterator[Node]:
    """Tables and modules that a pattern fits, else columns."""
    if parse_name(value).address:
        pattern = glob(value)
        yield from (
            Column(name, None)
            for name in nodes.tables
            if name.address and pattern.fullmatch(name.object.casefold())
        )
        return
    parts = pattern_of(value)
    matches: list[Node] = [
        Column(name, None) for name in nodes.tables if not name.address and fits(name, parts)
    ]
    matches += [SelectedModule(name) for name in nodes.modules if fits(name, parts)]
    yield from matches or (
        column
        for column in nodes.columns
        if not column.table.address
        and fits(Name((*column.table.parts, column.column or "")), parts)
    )


def _of_files(graph: LineageGraph, pattern: re.Pattern[str], tables: set[Name]) -> Iterator[Node]:
    """What files define, and what their scripts outside of modules write."""
    for table in graph.tables:
        if table.defined_at and pattern.fullmatch(table.defined_at.path.casefold()):
            yield Column(table.name, None)
    for module in graph.modules:
        if module.name not in tables and pattern.fullmatch(module.path.casefold()):
            yield SelectedModule(module.name)
    for row in graph.statements:
        if row.module is None and row.writes and pattern.fullmatch(row.path.casefold()):
            yield from (Column(name, None) for name in row.writes if name in tables)


def _of_kind(graph: LineageGraph, kind: str, tables: set[Name]) -> Iterator[Node]:
    for table in graph.tables:
        if table.kind.value == kind:
            yield Column(table.name, None)
    for module in graph.modules:
        if module.kind.value == kind and module.name not in tables:
            yield SelectedModule(module.name)


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


def _fitting(columns: Iterable[Column], selector: str, fit: _Fit) -> Iterator[Column]:
    owner, _, last_part = _split(selector)
    file, _, last = selector.rpartition("#")
    for column in columns:
        end, name = (file, last) if column.table.address else (owner, last_part)
        is_named = column.column and column.column.casefold() == name.casefold()
        if end and is_named and fit(column.table, end):
            yield column


def _near(selector: str, tables: Iterable[Name]) -> tuple[str, ...]:
    by_name = {str(table).casefold(): str(table) for table in tables}
    by_last = {table.object.casefold(): str(table) for table in tables}
    close = [by_name[key] for key in difflib.get_close_matches(selector.casefold(), by_name, n=3)]
    also = [
        by_last[key]
        for key in difflib.get_close_matches(parse_name(selector).object.casefold(), by_last, n=3)
    ]
    return tuple(dict.fromkeys(close + also))[:3]
