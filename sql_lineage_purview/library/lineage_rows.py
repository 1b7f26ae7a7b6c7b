"""Lineage as flat rows, for tables of pandas and polars and for loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..render.places import Places

if TYPE_CHECKING:
    from ..model.graph import ColumnEdge, LineageGraph, Module, Table


class ColumnRow(NamedTuple):
    """One column edge.

    `target_column` None: the source decides which rows come (a JOIN, a WHERE). `path`, `line` and
    `module` are those of the first statement that writes the target; `statements` are the ids of
    all. `declared`: a person's word at `path` and `line`, which no statement tells. The other words
    are those of the lineage document.
    """

    source_table: str
    source_column: str | None
    target_table: str
    target_column: str | None
    type: str
    subtype: str
    certainty: str
    path: str | None
    line: int | None
    module: str | None
    statements: tuple[str, ...]
    declared: bool


class TableRow(NamedTuple):
    """One table, view or file. `columns` None: nobody told them. `path` None: no script defines it.

    `sources` and `targets` count the tables that it gets data from, and gives data to.
    """

    name: str
    kind: str
    columns: tuple[str, ...] | None
    path: str | None
    line: int | None
    sources: int
    targets: int


class ModuleRow(NamedTuple):
    """One procedure, view, function or trigger, with the names that its statements refer to."""

    name: str
    kind: str
    path: str
    line: int
    end_line: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    calls: tuple[str, ...]


def column_rows(graph: LineageGraph) -> list[ColumnRow]:
    """The column edges in their order, and behind them those that people declare."""
    places = Places(graph)
    return [
        *(_column_row(edge, *_first_place(edge, places)) for edge in graph.column_lineage),
        *(
            _column_row(edge, row.path, row.line, None, declared=True)
            for row in graph.declared
            for edge in row.edges
        ),
    ]


def table_rows(graph: LineageGraph) -> list[TableRow]:
    """The tables in their order."""
    edges = {(edge.source, edge.target) for edge in graph.table_lineage}
    sources: dict[object, int] = {}
    targets: dict[object, int] = {}
    for source, target in edges:
        sources[target] = sources.get(target, 0) + 1
        targets[source] = targets.get(source, 0) + 1
    return [
        _table_row(table, sources.get(table.name, 0), targets.get(table.name, 0))
        for table in graph.tables
    ]


def module_rows(graph: LineageGraph) -> list[ModuleRow]:
    """The modules in their order."""
    return [_module_row(module) for module in graph.modules]


def _first_place(edge: ColumnEdge, places: Places) -> tuple[str | None, int | None, str | None]:
    first = places.first(edge.statements)
    if first is None:
        return None, None, None
    return first.path, first.line, str(first.module) if first.module else None


def _column_row(
    edge: ColumnEdge,
    path: str | None,
    line: int | None,
    module: str | None,
    *,
    declared: bool = False,
) -> ColumnRow:
    return ColumnRow(
        str(edge.source.table),
        edge.source.column,
        str(edge.target.table),
        edge.target.column,
        edge.type.value,
        edge.subtype.value,
        edge.certainty.value,
        path,
        line,
        module,
        edge.statements,
        declared,
    )


def _table_row(table: Table, sources: int, targets: int) -> TableRow:
    place = table.defined_at
    return TableRow(
        str(table.name),
        table.kind.value,
        table.columns,
        place.path if place else None,
        place.line if place else None,
        sources,
        targets,
    )


def _module_row(module: Module) -> ModuleRow:
    return ModuleRow(
        str(module.name),
        module.kind.value,
        module.path,
        module.line,
        module.end_line,
        *(_texts(names) for names in (module.reads, module.writes, module.calls)),
    )


def _texts(names: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, names))
