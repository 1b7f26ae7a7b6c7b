"""From the edges of a lineage graph to flows: how a module, or a loose script, fills tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from sql_lineage_purview.model.graph import Table
from sql_lineage_purview.model.vocabulary import EdgeType, Stale, TableKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sql_lineage_purview.model.graph import ColumnEdge, Declaration, LineageGraph, Statement, TableEdge
    from sql_lineage_purview.model.names import Name


Writer: TypeAlias = "tuple[Name | None, str]"
"""Who fills tables: a module, or (None) the script of a path."""


class Granularity(StrEnum):
    """What makes one process: a writer (module or script) and a table, a writer with all its tables, or each statement."""

    TABLE = "table"
    MODULE = "module"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Data of `source` reaches `target`; INDIRECT where it only decides which rows come.

    Args:
        source: Where from.
        target: Where to.
        type: DIRECT or INDIRECT.
        statements: Those of the writer that take part; none where people declare it.
        columns_known: Are there edges of columns that say more? Data that flows without any reaches nobody knows which columns.
    """

    source: Name
    target: Name
    type: EdgeType
    statements: tuple[Statement, ...] = ()
    columns_known: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Carrier:
    """Who fills a table: a module, or (empty) a loose script, in which lines of which script; or a person's word there."""

    module: str
    path: str
    first_line: int
    last_line: int
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A table that a flow's data comes through although no asset stands for it, and who fills it."""

    table: Name
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """How `module` (None: the loose script at `path`) fills `targets`, in the lines from `first_line` to `last_line`.

    `statements` are those of the writer that take part. `number` counts, from 1, the writer's statements that fill the target
    where each statement is a flow of its own; else it is 0. `declared`: people say so at that place, which derives from no text.
    `through` are the tables without an asset that some of its data comes through; see `bridge`.
    """

    module: Name | None
    path: str
    targets: tuple[Name, ...]
    first_line: int
    last_line: int
    transfers: tuple[Transfer, ...]
    columns: tuple[ColumnEdge, ...]
    statements: tuple[Statement, ...]
    number: int = 0
    per_writer: bool = False
    declared: bool = False
    through: tuple[Passage, ...] = ()

    @property
    def writer(self) -> str:
        """The module's name, else the script's path; of what people declare that word."""
        if self.declared:
            return "declared"
        return self.path if self.module is None else str(self.module)

    @property
    def sources(self) -> tuple[Name, ...]:
        """What is read, each name once."""
        return tuple(dict.fromkeys(transfer.source for transfer in self.transfers))


# The writer, the table (None: all of them) and the statement (empty: all of them) of a flow.
_Key: TypeAlias = "tuple[Writer, Name | None, str]"


@dataclass(slots=True)
class _Group:
    """What gathers for one flow. `writing` are the ids of the statements that write each of its tables."""

    types: dict[tuple[Name, Name], EdgeType] = field(default_factory=dict)
    statements: dict[tuple[Name, Name], dict[str, Statement]] = field(default_factory=dict)
    writing: dict[Name, set[str]] = field(default_factory=dict)

    def add(self, edge: TableEdge, carriers: Iterable[Statement], writing: Iterable[Statement]) -> None:
        ends = (edge.source, edge.target)
        self.types[ends] = EdgeType.DIRECT if EdgeType.DIRECT in (edge.type, self.types.get(ends)) else edge.type
        self.writing.setdefault(edge.target, set()).update(statement.id for statement in writing)
        self.statements.setdefault(ends, {}).update((statement.id, statement) for statement in carriers)


def flows_of(graph: LineageGraph, granularity: Granularity = Granularity.TABLE) -> tuple[Flow, ...]:
    """The flows of a scan, in the order of the graph's table edges.

    A name of which only a pattern is known (`dbo.${@table}`) is no asset of anybody's, so its edges are left out. An edge
    belongs to those that write its target: what else carries it, such as who fills a temporary table, writes for them.
    """
    statements = {statement.id: statement for statement in graph.statements}
    groups: dict[_Key, _Group] = {}
    for edge in graph.table_lineage:
        if edge.source.left_open or edge.target.left_open:
            continue
        carriers = [statements[name] for name in edge.statements if name in statements and not statements[name].defines]
        writing = [row for row in carriers if any(name.key == edge.target.key for name in row.writes + row.reached)] or carriers
        for writer in dict.fromkeys(map(_writer, writing)):
            writer_carriers = [row for row in carriers if _writer(row) == writer]
            _share_out(groups, granularity, edge, writer, writer_carriers, [row for row in writing if _writer(row) == writer])
    columns: dict[Name, list[ColumnEdge]] = {}
    for column_edge in graph.column_lineage:
        if not column_edge.source.table.left_open:
            columns.setdefault(column_edge.target.table, []).append(column_edge)
    places = {id_: place for place, id_ in enumerate(statements)}
    numbers = _numbers(groups, places)
    derived = (_flow(key, group, columns, places, numbers.get(key, 0)) for key, group in groups.items())
    return (*derived, *_declared_flows(graph.declared))


def tables_of(graph: LineageGraph, flows: Iterable[Flow]) -> list[Table]:
    """The tables that take part in any flow, in the order of their names."""
    tables = {table.name: table for table in graph.tables}
    names = {name for flow in flows for name in (*flow.targets, *flow.sources)}
    return [tables.get(name) or _unknown(name) for name in sorted(names, key=lambda name: (name.key, name))]


def _unknown(name: Name) -> Table:
    return Table(name, TableKind.FILE if name.address else TableKind.UNKNOWN, None, None)


def _declared_flows(declared: Iterable[Declaration]) -> Iterator[Flow]:
    """What people declare is one flow for each table, wherever they say it. What the scan derives too needs no word of theirs."""
    by_target: dict[Name, list[Declaration]] = {}
    for row in declared:
        if row.stale is not Stale.DERIVED:
            by_target.setdefault(row.target, []).append(row)
    for target, rows in by_target.items():
        lines = [row.line for row in rows if row.path == rows[0].path]
        yield Flow(
            module=None,
            path=rows[0].path,
            targets=(target,),
            first_line=min(lines),
            last_line=max(lines),
            transfers=tuple(dict.fromkeys(Transfer(row.source, target, EdgeType.DIRECT) for row in rows)),
            columns=tuple(dict.fromkeys(edge for row in rows for edge in row.edges)),
            statements=(),
            declared=True,
        )


def _share_out(
    groups: dict[_Key, _Group],
    granularity: Granularity,
    edge: TableEdge,
    writer: Writer,
    carriers: Sequence[Statement],
    writing: Sequence[Statement],
) -> None:
    match granularity:
        case Granularity.TABLE:
            groups.setdefault((writer, edge.target, ""), _Group()).add(edge, carriers, writing)
        case Granularity.MODULE:
            groups.setdefault((writer, None, ""), _Group()).add(edge, carriers, writing)
        case Granularity.STATEMENT:
            for statement in writing:
                with_it = [row for row in carriers if row is statement or row not in writing]
                groups.setdefault((writer, edge.target, statement.id), _Group()).add(edge, with_it, [statement])


def _numbers(groups: Iterable[_Key], places: Mapping[str, int]) -> dict[_Key, int]:
    """For flows of one statement: the how manieth it is that fills the table in its module."""
    keys = sorted((key for key in groups if key[2]), key=lambda key: places[key[2]])
    counts: dict[tuple[Writer, str], int] = {}
    numbers: dict[_Key, int] = {}
    for key in keys:
        counted = (key[0], "" if key[1] is None else str(key[1]))
        numbers[key] = counts[counted] = counts.get(counted, 0) + 1
    return numbers


def _writer(statement: Statement) -> Writer:
    return (statement.module, "" if statement.module else _path(statement))


def _path(statement: Statement) -> str:
    """The script's path; bytes of a file name that are no text cannot be sent."""
    return statement.path.encode("utf-8", "replace").decode()


def _flow(key: _Key, group: _Group, columns: Mapping[Name, list[ColumnEdge]], places: Mapping[str, int], number: int) -> Flow:
    edges = tuple(
        edge for target, ids in group.writing.items() for edge in columns.get(target, ()) if not ids.isdisjoint(edge.statements)
    )
    mapped_ends = {(edge.source.table, edge.target.table) for edge in edges}
    carriers = {id_: row for rows in group.statements.values() for id_, row in rows.items()}
    writing = sorted(set().union(*group.writing.values()) & carriers.keys(), key=places.__getitem__)
    flow = Flow(
        module=key[0][0],
        path=_path(carriers[writing[0]]),
        targets=tuple(group.writing),
        first_line=0,
        last_line=0,
        transfers=(),
        columns=edges,
        statements=(),
        number=number,
        per_writer=key[1] is None,
    )
    transfers = (
        Transfer(*ends, type_, tuple(group.statements[ends].values()), type_ is EdgeType.INDIRECT or ends in mapped_ends)
        for ends, type_ in group.types.items()
    )
    return with_transfers(flow, tuple(transfers))


def with_transfers(flow: Flow, transfers: tuple[Transfer, ...]) -> Flow:
    """A flow of other transfers: its statements are those of its script that take part, in their order."""
    rows = {row.id: row for transfer in transfers for row in transfer.statements if _path(row) == flow.path}
    if not rows:
        return replace(flow, transfers=transfers)
    lines = sorted(rows.values(), key=_ordinal)
    first, last = min(row.line for row in lines), max(row.end_line for row in lines)
    return replace(flow, transfers=transfers, statements=tuple(lines), first_line=first, last_line=last)


def _ordinal(statement: Statement) -> int:
    """The place of a statement in its script, which its id ends with."""
    return int(statement.id.rpartition("#")[2])


def writer_of(flow: Flow) -> Writer:
    """Whose flow it is: a module's, or that of the script at a path."""
    return flow.module, "" if flow.module else flow.path


def lines_of(flow: Flow, transfer: Transfer) -> tuple[int, int]:
    """The first and the last line, in the flow's script, of what carries a transfer."""
    rows = [row for row in transfer.statements if _path(row) == flow.path]
    if not rows:
        return flow.first_line, flow.last_line
    return min(row.line for row in rows), max(row.end_line for row in rows)


def without(flows: Iterable[Flow], excluded: Collection[Name]) -> tuple[Flow, ...]:
    """The flows that are left where nothing comes from some tables, nor goes to them."""
    return tuple(remainder for flow in flows if (remainder := _without(flow, excluded)).transfers) if excluded else tuple(flows)


def _without(flow: Flow, excluded: Collection[Name]) -> Flow:
    transfers = tuple(row for row in flow.transfers if row.source not in excluded and row.target not in excluded)
    if transfers == flow.transfers:
        return flow
    remaining = {row.target for row in transfers}
    targets = tuple(name for name in flow.targets if name in remaining)
    columns = tuple(row for row in flow.columns if row.source.table not in excluded and row.target.table not in excluded)
    return with_transfers(replace(flow, targets=targets, columns=columns), transfers)
