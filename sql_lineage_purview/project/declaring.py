"""Declared lineage: what people say, compared with what the scan knows.

Declared lineage stands in the configuration or in comments.

It stays apart from what is derived. A declaration is stale where the scan derives the same by now,
or where an end of it is gone.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..catalog.ddl import read_definitions
from ..model.diagnostics import Diagnostic, Span
from ..model.graph import Column, Declaration, LineageGraph, Table
from ..model.names import Name
from ..model.naming import Naming
from ..model.vocabulary import EdgeType, Stale, TableKind

if TYPE_CHECKING:
    from pathlib import Path

    from ..model.facts import SourceFile
    from .configuring.settings import LineageSettings


class _Said(Struct, frozen=True):
    """A declaration as somebody wrote it."""

    source: Name
    target: Name
    columns: tuple[tuple[str, str], ...]
    path: str
    span: Span
    database: str | None


def with_declared(
    graph: LineageGraph,
    sources: Sequence[SourceFile],
    declarations: Sequence[LineageSettings],
    root: Path,
    naming: Naming,
    database: str | None = None,
) -> LineageGraph:
    """A graph with what is declared, its ends as nodes, and findings on stale declarations.

    Args:
        graph: what the scan derives.
        sources: the files of the scan, and those of catalogs.
        declarations: those of the configuration.
        root: what paths are relative to.
        naming: how names are read.
        database: the one of names in the configuration that say none.
    """
    statements = [*_in_comments(sources), *_in_settings(declarations, root, database)]
    if not statements:
        return graph
    context = _Known(naming, _tables(graph, sources, naming), graph, _edge_columns(graph))
    rows = [context.settled(declaration) for declaration in statements]
    # of one table twice in a file, the first comes first
    unique = dict.fromkeys(row for row, _ in rows)
    declared = tuple(sorted(unique, key=lambda row: (str(row.target), str(row.source), row.path)))
    ends = {naming.key(name): name for row in declared for name in (row.source, row.target)}
    present = {naming.key(table.name) for table in graph.tables}
    added = [context.node(name) for key, name in ends.items() if key not in present]
    findings = dict.fromkeys(finding for _, diagnostics in rows for finding in diagnostics)
    return dataclasses.replace(
        graph,
        declared=declared,
        tables=tuple(sorted((*graph.tables, *added), key=lambda table: str(table.name))),
        diagnostics=tuple(
            sorted((*graph.diagnostics, *findings), key=lambda diagnostic: diagnostic.order)
        ),
    )


def _in_comments(sources: Iterable[SourceFile]) -> Iterator[_Said]:
    for file in sources:
        if file.reference:
            continue
        for declaration in file.facts.declarations:
            yield _Said(
                declaration.source,
                declaration.target,
                declaration.columns,
                file.path,
                declaration.span,
                declaration.database or file.database,
            )


def _in_settings(
    entries: Iterable[LineageSettings], root: Path, database: str | None
) -> Iterator[_Said]:
    for entry in entries:
        yield _Said(
            entry.source,
            entry.target,
            entry.columns,
            _shown(entry, root),
            Span(entry.line, 1, entry.line, 1),
            database,
        )


def _shown(entry: LineageSettings, root: Path) -> str:
    """The configuration file as paths of the scan are shown.

    Where it lies on another drive, its whole path.
    """
    try:
        return os.path.relpath(entry.path, root).replace(os.sep, "/")
    except ValueError:
        return entry.path.as_posix()


def _tables(
    graph: LineageGraph, sources: Sequence[SourceFile], naming: Naming
) -> Mapping[str, Table]:
    """All that the scan and its catalogs know, by key."""
    catalogue = read_definitions(sources, naming)
    tables = {
        key: Table(
            entry.name,
            entry.kind,
            None if entry.columns is None else tuple(c.name for c in entry.columns),
            None,
        )
        for key, entry in catalogue.tables.items()
    }
    return tables | {naming.key(table.name): table for table in graph.tables}


def _edge_columns(graph: LineageGraph) -> Mapping[Name, Collection[str]]:
    """The columns that edges name, by their tables."""
    columns: dict[Name, dict[str, None]] = {}
    for edge in graph.column_lineage:
        for end in (edge.source, edge.target):
            if end.column is not None:
                columns.setdefault(end.table, {})[end.column] = None
    return columns


class _Known(Struct, frozen=True):
    """What the scan knows, to hold declarations against."""

    naming: Naming
    tables: Mapping[str, Table]
    graph: LineageGraph
    edge_columns: Mapping[Name, Collection[str]]

    def settled(self, declaration: _Said) -> tuple[Declaration, list[Diagnostic]]:
        """A declaration with its names as the scan spells them, and what is wrong with it."""
        source, target = (
            self.naming.canonical(declaration.source, declaration.database),
            self.naming.canonical(declaration.target, declaration.database),
        )
        columns = declaration.columns
        ends = None if columns else self._as_columns(declaration)
        if ends:
            source, target = ends[0].table, ends[1].table
            columns = ((ends[0].column or "*", ends[1].column or "*"),)
        source, target = self._spelled(source), self._spelled(target)
        columns = tuple(
            (self._column(source, first), self._column(target, second)) for first, second in columns
        )
        row = Declaration(target, source, columns, declaration.path, declaration.span.line)
        gone = list(self._gone(row))
        if gone:
            message = f"{source} -> {target} is declared, but {' and '.join(gone)}"
            return replace(row, stale=Stale.MISSING), [
                Diagnostic("SLP602", message, declaration.span, declaration.path)
            ]
        if self._derived(row):
            message = f"{source} -> {target} is declared, and the scan derives it"
            return replace(row, stale=Stale.DERIVED), [
                Diagnostic("SLP603", message, declaration.span, declaration.path)
            ]
        return row, []

    def _as_columns(self, declaration: _Said) -> tuple[Column, Column] | None:
        """Both ends of `dbo.A.x -> dbo.B.y` as columns, where they can be read so.

        They are columns where one is a column of a known table, and neither is a table
        itself.
        """
        names = (declaration.source, declaration.target)
        if any(
            name.address or len(name.parts) == 1 or self._find(name, declaration) for name in names
        ):
            return None
        first, second = (Name(name.parts[:-1]) for name in names)
        if not (self._find(first, declaration) or self._find(second, declaration)):
            return None
        return (
            Column(self.naming.canonical(first, declaration.database), names[0].object),
            Column(self.naming.canonical(second, declaration.database), names[1].object),
        )

    def _find(self, name: Name, declaration: _Said) -> Table | None:
        return self.tables.get(self.naming.key(self.naming.canonical(name, declaration.database)))

    def _spelled(self, name: Name) -> Name:
        table = self.tables.get(self.naming.key(name))
        return table.name if table else name

    def _column(self, table: Name, column: str) -> str:
        node = self.tables.get(self.naming.key(table))
        fold = self.naming.fold
        # what nothing defines has the columns that edges name: a path that comes to a declaration,
        # or goes on behind one, is one path only where both spell its columns alike
        spellings = (node.columns if node else None) or self.edge_columns.get(table, ())
        return next((name for name in spellings if fold(name) == fold(column)), column)

    def _gone(self, row: Declaration) -> Iterator[str]:
        """The ends that are not there, as far as that can be told.

        Of a database of which nothing is defined, all may be there.
        """
        for name, columns in (
            (row.source, [pair[0] for pair in row.columns]),
            (row.target, [pair[1] for pair in row.columns]),
        ):
            table = self.tables.get(self.naming.key(name))
            if table is None and not name.address and self._knows_others(name):
                yield f"neither the scan nor a catalog has {name}"
            for column in (
                columns if table and table.columns is not None and not name.address else ()
            ):
                if column != "*" and column not in (table.columns or () if table else ()):
                    yield f"{name} has no column {column}"

    def _knows_others(self, name: Name) -> bool:
        """Does the scan, or a catalog, define other tables of the same database?

        What is only named somewhere says nothing.
        """
        place = self.naming.key(Name(name.parts[:-2])) if len(name.parts) > 2 else ""
        defined = (
            table for table in self.tables.values() if table.defined_at or table.columns is not None
        )
        others = (table.name for table in defined if not table.name.address)
        return any(
            (self.naming.key(Name(table_name.parts[:-2])) if len(table_name.parts) > 2 else "")
            == place
            for table_name in others
        )

    def _derived(self, row: Declaration) -> bool:
        """Does the scan derive all that is declared?"""
        if not row.columns:
            edges = self.graph.table_lineage
            return any(
                (edge.source, edge.target, edge.type) == (row.source, row.target, EdgeType.DIRECT)
                for edge in edges
            )
        ends = {
            (edge.source, edge.target)
            for edge in self.graph.column_lineage
            if edge.type is EdgeType.DIRECT
        }
        return all((edge.source, edge.target) in ends for edge in row.edges)

    def node(self, name: Name) -> Table:
        """The node of an end that the scan derives nothing of."""
        table = self.tables.get(self.naming.key(name))
        return table or Table(
            name, TableKind.FILE if name.address else TableKind.UNKNOWN, None, None
        )
