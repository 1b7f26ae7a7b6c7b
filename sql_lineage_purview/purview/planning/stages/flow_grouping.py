"""First stage: the edges of a lineage graph are grouped to flows.

In: a graph. Out: its flows, and the tables that are to be looked up in the account.

    CREATE PROCEDURE dbo.usp_Load AS
    INSERT dbo.Fact (Id, Code)
    SELECT s.Id, c.Code FROM stage.S AS s JOIN dbo.Codes AS c ON c.Id = s.Id;

gives one flow: `dbo.usp_Load` fills `dbo.Fact` by two transfers, from `stage.S` and from
`dbo.Codes`, with their columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from sql_lineage_purview.model.graph import Table
from sql_lineage_purview.model.vocabulary import EdgeType, Stale, TableKind

from ..choices import Granularity
from ..flows import Flow, Transfer, Writer, script_path, with_transfers, without
from ..stage_values import GroupedFlows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sql_lineage_purview.model.graph import (
        ColumnEdge,
        Declaration,
        LineageGraph,
        Statement,
        TableEdge,
    )
    from sql_lineage_purview.model.names import Name

    from ..plan_options import FlowOptions


def group(graph: LineageGraph, options: FlowOptions) -> GroupedFlows:
    """Group the edges of a graph to flows, and say which tables these need.

    What lies behind an excluded table is looked up only where lineage is led over it.
    """
    excluded = frozenset(options.excluded)
    flows = flows_of(graph, options.granularity)
    publishable = without(flows, excluded)
    tables = tables_of(graph, flows if options.through else publishable)
    return GroupedFlows(
        flows, publishable, tuple(row for row in tables if row.name not in excluded)
    )


# The writer, the table (None: all of them) and the statement (empty: all of them) of a flow.
_Key: TypeAlias = "tuple[Writer, Name | None, str]"


class _Group(Struct):
    """What gathers for one flow.

    `writing` are the ids of the statements that write each of its tables.
    """

    types: dict[tuple[Name, Name], EdgeType] = field(default_factory=dict)
    statements: dict[tuple[Name, Name], dict[str, Statement]] = field(default_factory=dict)
    writing: dict[Name, set[str]] = field(default_factory=dict)

    def add(
        self, edge: TableEdge, carriers: Iterable[Statement], writing: Iterable[Statement]
    ) -> None:
        ends = (edge.source, edge.target)
        self.types[ends] = (
            EdgeType.DIRECT if EdgeType.DIRECT in (edge.type, self.types.get(ends)) else edge.type
        )
        self.writing.setdefault(edge.target, set()).update(statement.id for statement in writing)
        self.statements.setdefault(ends, {}).update(
            (statement.id, statement) for statement in carriers
        )


def flows_of(graph: LineageGraph, granularity: Granularity = Granularity.TABLE) -> tuple[Flow, ...]:
    """The flows of a scan, in the order of the graph's table edges.

    A name of which only a pattern is known (`dbo.${@table}`) is no asset of anybody's, so its edges
    are left out. An edge belongs to those that write its target: what else carries it, such as who
    fills a temporary table, writes for them.
    """
    statements = {statement.id: statement for statement in graph.statements}
    groups: dict[_Key, _Group] = {}
    for edge in graph.table_lineage:
        if edge.source.left_open or edge.target.left_open:
            continue
        carriers = [
            statements[name]
            for name in edge.statements
            # a view that rows came through has defined them, and written nothing
            if name in statements and not statements[name].defines
        ]
        writing = [
            row
            for row in carriers
            if any(name.key == edge.target.key for name in row.writes + row.reached)
        ] or carriers
        for writer in dict.fromkeys(map(_writer, writing)):
            writer_carriers = [row for row in carriers if _writer(row) == writer]
            _share_out(
                groups,
                granularity,
                edge,
                writer,
                writer_carriers,
                [row for row in writing if _writer(row) == writer],
            )
    columns: dict[Name, list[ColumnEdge]] = {}
    for column_edge in graph.column_lineage:
        if not column_edge.source.table.left_open:
            columns.setdefault(column_edge.target.table, []).append(column_edge)
    places = {id_: place for place, id_ in enumerate(statements)}
    numbers = _numbers(groups, places)
    derived = (
        _flow(key, group, columns, places, numbers.get(key, 0)) for key, group in groups.items()
    )
    return (*derived, *_declared_flows(graph.declared))


def tables_of(graph: LineageGraph, flows: Iterable[Flow]) -> list[Table]:
    """The tables that take part in any flow, in the order of their names."""
    tables = {table.name: table for table in graph.tables}
    names = {name for flow in flows for name in (*flow.targets, *flow.sources)}
    return [
        tables.get(name) or _unknown(name)
        for name in sorted(names, key=lambda name: (name.key, name))
    ]


def _unknown(name: Name) -> Table:
    return Table(name, TableKind.FILE if name.address else TableKind.UNKNOWN, None, None)


def _declared_flows(declared: Iterable[Declaration]) -> Iterator[Flow]:
    """What people declare is one flow for each table, wherever they say it.

    What the scan derives too needs no word of theirs.
    """
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
            transfers=tuple(
                dict.fromkeys(Transfer(row.source, target, EdgeType.DIRECT) for row in rows)
            ),
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
                # who filled the temporary tables belongs to each statement that reads them
                with_it = [row for row in carriers if row is statement or row not in writing]
                groups.setdefault((writer, edge.target, statement.id), _Group()).add(
                    edge, with_it, [statement]
                )


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
    return (statement.module, "" if statement.module else script_path(statement))


def _flow(
    key: _Key,
    group: _Group,
    columns: Mapping[Name, list[ColumnEdge]],
    places: Mapping[str, int],
    number: int,
) -> Flow:
    edges = tuple(
        edge
        for target, ids in group.writing.items()
        for edge in columns.get(target, ())
        if not ids.isdisjoint(edge.statements)
    )
    mapped_ends = {(edge.source.table, edge.target.table) for edge in edges}
    carriers = {id_: row for rows in group.statements.values() for id_, row in rows.items()}
    writing = sorted(set().union(*group.writing.values()) & carriers.keys(), key=places.__getitem__)
    flow = Flow(
        module=key[0][0],
        path=script_path(carriers[writing[0]]),
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
        Transfer(
            *ends,
            type_,
            tuple(group.statements[ends].values()),
            type_ is EdgeType.INDIRECT or ends in mapped_ends,
        )
        for ends, type_ in group.types.items()
    )
    return with_transfers(flow, tuple(transfers))
