"""How much of what a scan writes is known: the share of written tables without a gap on the way.

docs/lineage-document.md says what is counted, in the words of the document.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ..model.diagnostics import Severity
from ..model.vocabulary import Certainty, EdgeType, StatementKind, TableKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.graph import LineageGraph, Module, Statement
    from ..model.names import Name

# A module of a file by its first line, or all that stands outside of modules.
Body: TypeAlias = tuple[str, int]
OUTSIDE = 0

_TABLE_KINDS = frozenset(
    (TableKind.TABLE, TableKind.EXTERNAL_TABLE, TableKind.QUEUE, TableKind.UNKNOWN)
)
# They define what they write, or empty it: no rows come.
_WITHOUT_ROWS = frozenset(
    (
        StatementKind.VIEW,
        StatementKind.INLINE_FUNCTION,
        StatementKind.CREATE_EXTERNAL_TABLE,
        StatementKind.TRUNCATE_TABLE,
        StatementKind.OTHER,
    )
)


class Coverage(Struct, frozen=True):
    """How much of what is written has sources that are known.

    Args:
        tables: How many tables are written.
        tables_in_full: How many of them by modules and scripts without any gap.
        columns: How many columns the written tables have, as far as these are known.
        columns_fed: How many of them have a source that is known by its name.
        open_names: How many written tables have a name that only a run tells; they are counted
            nowhere else.
        partly_known: The other tables, those first that most modules and scripts with a gap write.
    """

    tables: int
    tables_in_full: int
    columns: int
    columns_fed: int
    open_names: int
    partly_known: tuple[Name, ...] = ()


def coverage_of(graph: LineageGraph) -> Coverage:
    """Count what is written, and what of it is known in full."""
    writers = _writers(graph)
    named = {table: ids for table, ids in writers.items() if not table.left_open}
    bodies = BodyIndex(graph.modules)
    doubtful = _with_gaps(graph, bodies)
    columns = {table.name: table.columns or () for table in graph.tables if table.name in named}
    fed = {
        (edge.target.table, edge.target.column)
        for edge in graph.column_lineage
        if edge.type is EdgeType.DIRECT
        and edge.certainty is not Certainty.PARTIAL
        and not edge.source.table.left_open
    }
    open_sources = {edge.target for edge in graph.table_lineage if edge.source.left_open}
    doubts = {
        table: len(doubtful.intersection(map(bodies.of_statement, rows))) + (table in open_sources)
        for table, rows in named.items()
    }
    partly = sorted(filter(doubts.get, doubts), key=lambda table: (-doubts[table], table.key))
    return Coverage(
        tables=len(named),
        tables_in_full=len(named) - len(partly),
        columns=sum(map(len, columns.values())),
        columns_fed=sum(
            (name, column) in fed for name, names in columns.items() for column in names
        ),
        open_names=len(writers) - len(named),
        partly_known=tuple(partly),
    )


def _writers(graph: LineageGraph) -> dict[Name, list[Statement]]:
    """The tables that rows are written to or taken from, each with all that takes part in it."""
    kinds = {table.name: table.kind for table in graph.tables}
    statements = {row.id: row for row in graph.statements}
    writers: defaultdict[Name, list[Statement]] = defaultdict(list)
    for row in graph.statements:
        if row.kind not in _WITHOUT_ROWS:
            for name in {*row.writes, *row.reached} & kinds.keys():
                writers[name].append(row)
    for edge in graph.table_lineage:
        rows = [statements[name] for name in edge.statements if name in statements]
        if not all(row.kind in _WITHOUT_ROWS for row in rows):
            writers[edge.target] += rows
    return {
        name: rows
        for name, rows in writers.items()
        if kinds.get(name, TableKind.UNKNOWN) in _TABLE_KINDS and not name.temporary
    }


class BodyIndex:
    """The bodies of the modules of a graph, by where something stands."""

    def __init__(self, modules: Iterable[Module]) -> None:
        ordered = sorted(modules, key=lambda module: (module.path, module.line))
        self._by_path: defaultdict[str, list[Module]] = defaultdict(list)
        for module in ordered:
            self._by_path[module.path].append(module)
        self.by_name: defaultdict[str, list[Body]] = defaultdict(list)
        for module in ordered:
            self.by_name[module.name.key].append((module.path, module.line))

    def at(self, path: str, line: int) -> Body:
        """The body that a line stands in."""
        modules = self._by_path.get(path, [])
        index = bisect_right(modules, line, key=lambda module: module.line) - 1
        inside = index >= 0 and line <= modules[index].end_line
        return (path, modules[index].line if inside else OUTSIDE)

    def of_statement(self, statement: Statement) -> Body:
        """The body that a statement stands in."""
        return self.at(statement.path, statement.line)

    def of_file(self, path: str) -> list[Body]:
        """All bodies of a file."""
        modules = self._by_path.get(path, [])
        return [(path, OUTSIDE), *((path, module.line) for module in modules)]


def _with_gaps(graph: LineageGraph, bodies: BodyIndex) -> set[Body]:
    """The bodies that have a gap, or get rows or values from such as have one.

    What a body calls may fill its tables; who calls one may fill the temporary tables that it
    reads and does not make.
    """
    pending = list(_gaps(graph, bodies))
    reached = set(pending)
    neighbours = _exchanges(graph, bodies)
    while pending:
        new = neighbours[pending.pop()] - reached
        reached |= new
        pending += new
    return reached


def _gaps(graph: LineageGraph, bodies: BodyIndex) -> set[Body]:
    gaps: set[Body] = set()
    for row in graph.diagnostics:
        if row.rule.gap and row.severity is Severity.ERROR:
            # what is opened and never closed may hide the end of any module
            gaps.update(bodies.of_file(row.path))
        elif row.rule.gap:
            gaps.add(bodies.at(row.path, row.span.line))
    return gaps


def _exchanges(graph: LineageGraph, bodies: BodyIndex) -> defaultdict[Body, set[Body]]:
    """To whom the rows of each body may go on: to its callers, and to callees that share tables."""
    lent = _lent_tables(graph, bodies)
    exchanges: defaultdict[Body, set[Body]] = defaultdict(set)
    for row in graph.statements:
        caller = bodies.of_statement(row)
        for name in row.calls:
            for callee in bodies.by_name.get(name.key, ()):
                exchanges[callee].add(caller)
                if callee in lent:
                    exchanges[caller].add(callee)
    return exchanges


def _lent_tables(graph: LineageGraph, bodies: BodyIndex) -> set[Body]:
    """The bodies that read a temporary table which none of their statements writes."""
    reads: defaultdict[Body, set[str]] = defaultdict(set)
    writes: defaultdict[Body, set[str]] = defaultdict(set)
    for row in graph.statements:
        body = bodies.of_statement(row)
        reads[body].update(name.key for name in row.reads if name.temporary)
        writes[body].update(name.key for name in row.writes if name.temporary)
    return {body for body, names in reads.items() if names - writes[body]}
