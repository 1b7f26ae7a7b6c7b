"""Small graphs for the tests of renderers and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.graph import (
    Column,
    ColumnEdge,
    Gaps,
    LineageGraph,
    Location,
    Module,
    ScannedFile,
    Statement,
    Table,
    TableEdge,
)
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import (
    Certainty,
    EdgeType,
    ModuleKind,
    StatementKind,
    Subtype,
    TableKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = Name(("https://acct.dfs.core.windows.net/landing/sales.csv",), address=True)


def column(text: str) -> Column:
    """`dbo.t.c`, or `dbo.t.` for its rows as a whole."""
    table, _, name = text.rpartition(".")
    return Column(parse_name(table), name or None)


def statement(
    number: int,
    kind: StatementKind = StatementKind.INSERT,
    line: int = 1,
    module: str | None = None,
) -> Statement:
    name = parse_name(module) if module else None
    return Statement(
        f"etl/load.sql#{number}", "etl/load.sql", line, line + 1, kind, name, (), (), (), False
    )


def tables_graph(*edges: str, kinds: Iterable[str] = ("DIRECT",)) -> LineageGraph:
    """`a -> b` for each edge, each carried by a statement of its own."""
    rows = [edge.split(" -> ") for edge in edges]
    names = sorted({parse_name(name) for row in rows for name in row})
    return LineageGraph(
        tables=tuple(Table(name, TableKind.TABLE, None, None) for name in names),
        statements=tuple(statement(number, line=number * 10) for number in range(1, len(rows) + 1)),
        table_lineage=tuple(
            TableEdge(
                parse_name(source), parse_name(target), EdgeType(kind), (f"etl/load.sql#{number}",)
            )
            for number, (source, target) in enumerate(rows, 1)
            for kind in kinds
        ),
    )


def columns_graph(*edges: str) -> LineageGraph:
    """`dbo.a.x -> dbo.b.y IDENTITY` for each edge; `dbo.b.` stands for the rows of dbo.b."""
    found = []
    for number, edge in enumerate(edges, 1):
        source, _, target, subtype, *certainty = edge.split(" ")
        found.append(
            ColumnEdge(
                column(source),
                column(target),
                Subtype(subtype),
                Certainty(*certainty or ["EXACT"]),
                (f"etl/load.sql#{number}",),
            )
        )
    names = sorted({end.table for edge in found for end in (edge.source, edge.target)})
    return LineageGraph(
        tables=tuple(Table(name, TableKind.TABLE, None, None) for name in names),
        statements=tuple(
            statement(number, line=number * 10) for number in range(1, len(found) + 1)
        ),
        column_lineage=tuple(found),
    )


SAMPLE = LineageGraph(
    files=(ScannedFile("etl/load.sql", "utf-8", 1, 3, Gaps(syntax=1)),),
    tables=(
        Table(
            parse_name("dbo.[Fact Sales]"),
            TableKind.TABLE,
            ("Amount",),
            Location("ddl/fact.sql", 3),
        ),
        Table(FILE, TableKind.FILE, None, None),
        Table(parse_name("stg.Sales"), TableKind.TABLE, ("Amount", "Größe"), None),
    ),
    modules=(
        Module(
            parse_name("dbo.usp_Load"),
            ModuleKind.PROCEDURE,
            "etl/load.sql",
            1,
            20,
            (parse_name("stg.Sales"),),
            (parse_name("dbo.[Fact Sales]"),),
            (),
            (Column(parse_name("stg.Sales"), "Amount"),),
        ),
    ),
    statements=(
        statement(1, StatementKind.COPY_INTO, 2),
        statement(2, StatementKind.MERGE, 12, "dbo.usp_Load"),
    ),
    table_lineage=(
        TableEdge(FILE, parse_name("stg.Sales"), EdgeType.DIRECT, ("etl/load.sql#1",)),
        TableEdge(
            parse_name("stg.Sales"),
            parse_name("dbo.[Fact Sales]"),
            EdgeType.DIRECT,
            ("etl/load.sql#2", "etl/load.sql#1"),
        ),
    ),
    column_lineage=(
        ColumnEdge(
            Column(parse_name("stg.Sales"), "Amount"),
            Column(parse_name("dbo.[Fact Sales]"), "Amount"),
            Subtype.AGGREGATION,
            Certainty.EXACT,
            ("etl/load.sql#2",),
        ),
        ColumnEdge(
            Column(parse_name("stg.Sales"), "Größe"),
            Column(parse_name("dbo.[Fact Sales]"), None),
            Subtype.FILTER,
            Certainty.EXPANDED,
            ("etl/load.sql#2",),
        ),
    ),
    diagnostics=(
        Diagnostic("SLP101", "no statement begins with 'FROB'", Span(19, 2, 19, 6), "etl/load.sql"),
    ),
)
