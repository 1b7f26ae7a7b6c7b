"""What a page knows of a lineage, as plain values for JSON.

A page of thousands of tables should stay small, so that names, paths and groups stand once, and all
rows refer to them by number. `lineage.js` reads it, and names the positions in the rows.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ...model.diagnostics import RULES
from ...model.printable import one_line
from ...model.vocabulary import (
    Certainty,
    EdgeType,
    ModuleKind,
    StatementKind,
    Subtype,
    TableKind,
)
from ...version import __version__
from ..module_places import ModulePlaces
from .page_numbers import ColumnNumbers, NameNumbers, Numbers, group_of, short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ...model.diagnostics import Diagnostic
    from ...model.graph import (
        ColumnEdge,
        Declaration,
        LineageGraph,
        Module,
        Statement,
        Table,
        TableEdge,
    )
    from ...model.names import Name

_SUBTYPES = {subtype: number for number, subtype in enumerate(Subtype)}
_CERTAINTIES = {certainty: number for number, certainty in enumerate(Certainty)}
_TYPES = {kind: number for number, kind in enumerate(EdgeType)}
_TABLE_KINDS = {kind: number for number, kind in enumerate(TableKind)}
_MODULE_KINDS = {kind: number for number, kind in enumerate(ModuleKind)}
_STATEMENT_KINDS = {kind: number for number, kind in enumerate(StatementKind)}
_NONE = -1


def page_data(graph: LineageGraph) -> Mapping[str, Any]:
    """The lineage of a scan for its page. No text of SQL is part of it."""
    return _PageData(graph).members()


class _PageData:
    """The rows of a page, and the numbers by which they refer to each other."""

    def __init__(self, graph: LineageGraph) -> None:
        self.graph = graph
        self.names = NameNumbers(_nodes(graph))
        self.columns = ColumnNumbers(self.names.all(), graph)
        self.groups: Numbers[tuple[str, str]] = Numbers()
        self.paths: Numbers[str] = Numbers()
        self.carriers: Numbers[tuple[int, ...]] = Numbers()
        self.runs = _runs_of_statements(graph)
        self.statements = {run[0].id: number for number, run in enumerate(self.runs)}
        self.modules = ModulePlaces(graph.modules)
        self.modules_by_name: defaultdict[Name, list[int]] = defaultdict(list)
        for number, module in enumerate(graph.modules):
            self.modules_by_name[module.name].append(number)

    def members(self) -> dict[str, Any]:
        """All of it, with the words that numbers stand for."""
        graph = self.graph
        tables = {table.name: table for table in graph.tables}
        rows = {
            "nodes": [self._node(name, tables.get(name)) for name in self.names.all()],
            "modules": [self._module(row) for row in graph.modules],
            "statements": [self._statements_row(run) for run in self.runs],
            "tableEdges": [self._table_edge(row) for row in graph.table_lineage],
            "columnEdges": [
                number for row in graph.column_lineage for number in self._column_edge(row)
            ],
            "declared": [self._declaration(row) for row in graph.declared],
            "diagnostics": [self._diagnostic(row) for row in graph.diagnostics],
        }
        return {
            "generator": f"sql-lineage-purview {__version__}",
            "words": _words(),
            **rows,
            "files": [
                [file.path, file.statements, file.gaps.syntax, file.gaps.name, file.gaps.dynamic]
                for file in graph.files
            ],
            "notRead": [
                [row.kind.value, row.count, [one_line(path) for path in row.paths]]
                for row in graph.not_read
            ],
            "names": [one_line(name) for name in self.names.all()],
            "groups": [[one_line(part) for part in group] for group in self.groups.all()],
            "paths": [one_line(path) for path in self.paths.all()],
            "carriers": [list(row) for row in self.carriers.all()],
        }

    def _node(self, name: Name, table: Table | None) -> list[Any]:
        place = table.defined_at if table else None
        columns = table.columns if table else None
        return [
            one_line(short_name(name)),
            self.groups.number(group_of(name)),
            _TABLE_KINDS[table.kind if table else TableKind.UNKNOWN],
            self.paths.number(place.path) if place else _NONE,
            place.line if place else 0,
            _NONE if columns is None else len(columns),
            [one_line(column) for column in self.columns.of_table(name)],
        ]

    def _module(self, module: Module) -> list[Any]:
        return [
            self.names.number(module.name),
            _MODULE_KINDS[module.kind],
            self.paths.number(module.path),
            module.line,
            module.end_line,
            *map(self._names, (module.reads, module.writes, module.calls)),
            sorted(self.columns.number(column) for column in module.columns),
            self.groups.number(group_of(module.name)),
            one_line(short_name(module.name)),
        ]

    def _statements_row(self, run: Sequence[Statement]) -> list[Any]:
        row = run[0]
        return [
            self.paths.number(row.path),
            row.line,
            run[-1].end_line,
            _STATEMENT_KINDS[row.kind],
            self._module_of(row),
            # what it reaches through a view is written too
            *map(self._names, (row.reads, (*row.writes, *row.reached), row.calls)),
            int(row.dynamic),
            len(run),
        ]

    def _table_edge(self, edge: TableEdge) -> list[int]:
        ends = (self.names.number(edge.source), self.names.number(edge.target))
        return [*ends, _TYPES[edge.type], self._carrier(edge.statements)]

    def _column_edge(self, edge: ColumnEdge) -> tuple[int, ...]:
        how = _SUBTYPES[edge.subtype] * len(_CERTAINTIES) + _CERTAINTIES[edge.certainty]
        ends = (self.columns.number(edge.source), self.columns.number(edge.target))
        return (*ends, how, self._carrier(edge.statements))

    def _declaration(self, row: Declaration) -> list[Any]:
        pairs = [
            [self.columns.number(edge.source), self.columns.number(edge.target)]
            for edge in row.edges
        ]
        ends = (self.names.number(row.source), self.names.number(row.target))
        stale = row.stale.value if row.stale else ""
        return [*ends, pairs, self.paths.number(row.path), row.line, stale]

    def _diagnostic(self, row: Diagnostic) -> list[Any]:
        rule = RULES[row.code]
        return [
            row.code,
            rule.severity.value,
            rule.gap.value if rule.gap else "",
            one_line(row.message),
            self.paths.number(row.path),
            row.span.line,
            self._module_at(row.path, row.span.line),
        ]

    def _module_of(self, row: Statement) -> int:
        """That of a statement, which its line does not tell where a string defines the module."""
        named = self.modules_by_name.get(row.module, ()) if row.module else ()
        at = self._module_at(row.path, row.line)
        if row.module is None or at in named:
            return at if row.module else _NONE
        return next(iter(named), at)

    def _module_at(self, path: str, line: int) -> int:
        module = self.modules.at(path, line)
        return _NONE if module is None else module

    def _carrier(self, ids: Iterable[str]) -> int:
        numbers = (self.statements[row] for row in ids if row in self.statements)
        return self.carriers.number(tuple(numbers))

    def _names(self, names: Iterable[Name]) -> list[int]:
        return sorted({self.names.number(name) for name in names})


def _runs_of_statements(graph: LineageGraph) -> Sequence[Sequence[Statement]]:
    """The statements, in a row those that do the same one after the other and carry nothing.

    A script that fills a table has tens of thousands: `INSERT dbo.Country VALUES (…)`.
    """
    carriers = {
        row
        for edges in (graph.table_lineage, graph.column_lineage)
        for edge in edges
        for row in edge.statements
    }

    def kind(row: Statement) -> object:
        ends = (row.reads, row.writes, row.reached, row.calls)
        does = (row.path, row.kind, row.module, row.dynamic, ends)
        return row.id if row.id in carriers else does

    return [list(run) for _, run in groupby(graph.statements, kind)]


def _nodes(graph: LineageGraph) -> Iterator[Name]:
    """The ends of all lineage: the tables of the graph, then what else an edge names."""
    yield from (table.name for table in graph.tables)
    for edge in graph.table_lineage:
        yield from (edge.source, edge.target)
    for flow in graph.column_lineage:
        yield from (flow.source.table, flow.target.table)
    for row in graph.declared:
        yield from (row.source, row.target)
    for module in graph.modules:
        yield from (column.table for column in module.columns)


def _words() -> dict[str, list[str]]:
    """What the numbers of kinds stand for."""
    return {
        "types": list(EdgeType),
        "subtypes": list(Subtype),
        "direct": [subtype for subtype in Subtype if subtype.type is EdgeType.DIRECT],
        "certainties": list(Certainty),
        "kinds": list(TableKind),
        "modules": list(ModuleKind),
        "statements": list(StatementKind),
    }
