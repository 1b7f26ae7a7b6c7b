"""Changes through views.

Here it is seen what is told of a view that only a catalogue knows, and what stays the view's.
"""

from __future__ import annotations

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker import LinkOptions, link
from sql_lineage_purview.model.catalogue import Catalogue, TableEntry
from sql_lineage_purview.model.facts import ColumnFact, SourceFile
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import TableKind
from sql_lineage_purview.purview.planning.stages.flow_grouping import flows_of
from tests.linking import column, column_lines, compiled, lineage_of

TABLE = "CREATE TABLE dbo.t (k int, p int);"
VIEW = "CREATE VIEW dbo.v AS SELECT k, p AS price FROM dbo.t;"


def batches(*texts: str) -> str:
    return "\nGO\n".join((TABLE, VIEW, *texts))


def test_a_view_of_which_only_the_columns_are_known_stays_the_target() -> None:
    name, naming = parse_name("dbo.v"), LinkOptions().naming
    entry = TableEntry(name, TableKind.VIEW, (ColumnFact("k"),), source="columns.csv")
    files = [SourceFile("a.sql", compiled("INSERT dbo.v (k) SELECT s.a FROM dbo.s AS s"))]
    graph = link(files, Catalogue(tables={naming.key(name): entry}), LinkOptions())
    assert column_lines(graph) == ["dbo.s.a -> dbo.v.k  IDENTITY"]
    assert [diagnostic.code for diagnostic in graph.diagnostics] == ["SLP211"]


def test_a_view_of_a_package_is_seen_through() -> None:
    files = [
        SourceFile("known", compiled(batches()), reference=True),
        SourceFile("a.sql", compiled("INSERT dbo.v (price) SELECT s.a FROM dbo.s AS s")),
    ]
    graph = link(files, read_definitions(files, LinkOptions().naming), LinkOptions())
    assert column_lines(graph) == ["dbo.s.a -> dbo.t.p  IDENTITY"]
    assert graph.diagnostics == ()


def test_a_module_refers_to_the_columns_of_the_view() -> None:
    """As SQL Server's own sys.dm_sql_referenced_entities has it."""
    change = (
        "INSERT dbo.v SELECT s.a, s.b FROM dbo.s AS s; UPDATE dbo.v SET price = price + 1; "
        "DELETE dbo.v WHERE k = 1;"
    )
    graph = lineage_of(batches(f"CREATE PROCEDURE dbo.fill AS {change}"))
    (fill,) = (module for module in graph.modules if str(module.name) == "dbo.fill")
    assert [column(each) for each in fill.columns] == [
        "dbo.s.a",
        "dbo.s.b",
        "dbo.v.k",
        "dbo.v.price",
    ]
    assert [str(name) for name in fill.writes] == ["dbo.v"]


def test_who_writes_the_table_is_who_writes_the_view() -> None:
    """And not who fills the temporary table that it reads."""
    graph = lineage_of(
        batches(
            "CREATE PROCEDURE dbo.store AS INSERT dbo.v (k, price) SELECT a, b FROM #rows;",
            "CREATE PROCEDURE dbo.fill AS SELECT s.a, s.b INTO #rows FROM dbo.s AS s; EXEC "
            "dbo.store;",
        )
    )
    flows = [(str(flow.module), [str(name) for name in flow.targets]) for flow in flows_of(graph)]
    assert ("dbo.store", ["dbo.t"]) in flows
    assert "dbo.fill" not in [module for module, _ in flows]


def test_a_trigger_of_another_schema_takes_the_place_of_its_own_view_alone() -> None:
    graph = lineage_of(
        batches(
            "CREATE TRIGGER sales.tr ON sales.v INSTEAD OF INSERT AS DELETE dbo.x;",
            "INSERT dbo.v (price) SELECT s.b FROM dbo.s AS s;",
        )
    )
    assert "dbo.s.b -> dbo.t.p  IDENTITY" in column_lines(graph)
