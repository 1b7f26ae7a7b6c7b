"""The graph as a whole: its nodes, which statements carry an edge, in which order all stands."""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.vocabulary import TableKind
from tests.linking import edge_line, lineage_of

PROJECT = {
    "2_load.sql": (
        "CREATE PROCEDURE dbo.Load_ AS\n"
        "SELECT s.Id INTO #t FROM dbo.S AS s;\n"
        "INSERT INTO dbo.T (X) SELECT Id FROM #t;\n"
        "INSERT INTO dbo.T (X) SELECT s.Id FROM dbo.S AS s;\n"
    ),
    "1_tables.sql": "CREATE TABLE dbo.S (Id int);\n\nCREATE TABLE dbo.T (X int);",
    "3_more.sql": "INSERT INTO dbo.T (X)\nSELECT s.Id FROM dbo.S AS s;",
}


def test_an_edge_names_the_statements_that_carry_it_in_the_order_of_the_scan() -> None:
    graph = lineage_of(PROJECT)
    (edge,) = graph.column_lineage
    assert edge_line(edge) == "dbo.S.Id -> dbo.T.X  IDENTITY"
    assert edge.statements == ("2_load.sql#1", "2_load.sql#2", "2_load.sql#3", "3_more.sql#1")
    assert [e.statements for e in graph.table_lineage] == [edge.statements]


def test_every_statement_of_an_edge_is_a_row_with_a_place() -> None:
    rows = {
        row.id: (row.path, row.line, row.end_line, str(row.module))
        for row in lineage_of(PROJECT).statements
    }
    assert rows == {
        "2_load.sql#1": ("2_load.sql", 2, 2, "dbo.Load_"),
        "2_load.sql#2": ("2_load.sql", 3, 3, "dbo.Load_"),
        "2_load.sql#3": ("2_load.sql", 4, 4, "dbo.Load_"),
        "3_more.sql#1": ("3_more.sql", 1, 2, "None"),
    }


def test_what_a_callee_writes_is_carried_by_its_own_statement_and_by_what_sets_its_argument() -> (
    None
):
    graph = lineage_of(
        {
            "a.sql": "CREATE PROCEDURE dbo.Callee @v int AS\nINSERT INTO dbo.T (X) VALUES (@v);",
            "b.sql": "DECLARE @m int = (SELECT MAX(s.Id) FROM dbo.S AS s);\nEXEC dbo.Callee @m;",
        }
    )
    assert [(edge_line(e), e.statements) for e in graph.column_lineage] == [
        ("dbo.S.Id -> dbo.T.X  AGGREGATION", ("a.sql#1", "b.sql#1")),
    ]


STEPS = {
    "a temporary table": "SELECT s.Id AS X INTO #t FROM dbo.S AS s;\nINSERT INTO dbo.T (X) SELECT "
    "t.X FROM #t AS t;",
    "a chain": "SELECT s.Id AS X INTO #a FROM dbo.S AS s;\nSELECT a.X INTO #t FROM #a AS a;\n"
    "INSERT INTO dbo.T (X) SELECT t.X FROM #t AS t;",
    "a star": "SELECT * INTO #t FROM dbo.S;\nINSERT INTO dbo.T (X) SELECT t.Id FROM #t AS t;",
    "a variable": "DECLARE @v int = (SELECT MAX(s.Id) FROM dbo.S AS s);\nINSERT INTO dbo.T (X) "
    "VALUES (@v);",
    "a cursor": "DECLARE c CURSOR FOR SELECT s.Id FROM dbo.S AS s;\nDECLARE @v int;\nFETCH NEXT "
    "FROM c INTO @v;\n"
    "INSERT INTO dbo.T (X) VALUES (@v);",
    "rows that are deleted": "SELECT s.Id AS X INTO #t FROM dbo.S AS s;\nDELETE t FROM #t AS t "
    "JOIN dbo.S AS s ON s.Id = t.X;\n"
    "INSERT INTO dbo.T (X) SELECT t.X FROM #t AS t;",
    "rows of a procedure": "CREATE PROCEDURE dbo.P AS SELECT s.Id FROM dbo.S AS s;\nGO\nINSERT "
    "INTO dbo.T (X) EXEC dbo.P;",
    "an inline function": "CREATE FUNCTION dbo.F () RETURNS TABLE AS RETURN SELECT s.Id FROM "
    "dbo.S AS s;\nGO\n"
    "INSERT INTO dbo.T (X) SELECT f.Id FROM dbo.F() AS f;",
    "a scalar function": "CREATE FUNCTION dbo.F () RETURNS int AS BEGIN\n"
    "RETURN (SELECT MAX(s.Id) FROM dbo.S AS s) END;\nGO\n"
    "INSERT INTO dbo.T (X) SELECT dbo.F();",
}


@pytest.mark.parametrize("text", STEPS.values(), ids=STEPS.keys())
def test_what_is_filled_on_the_way_carries_an_edge_too(text: str) -> None:
    graph = lineage_of(
        {"a.sql": "CREATE TABLE dbo.S (Id int);\nCREATE TABLE dbo.T (X int);", "s.sql": text}
    )
    steps = tuple(row.id for row in graph.statements)
    assert len(steps) > 1
    assert {name for e in graph.column_lineage for name in e.statements} == set(steps)
    assert [e.statements for e in graph.table_lineage] == [steps]


def test_a_statement_carries_only_the_columns_that_it_moved() -> None:
    graph = lineage_of(
        """
        CREATE TABLE #t (A int, B int);
        INSERT INTO #t (A) SELECT s.Id FROM dbo.S AS s;
        INSERT INTO #t (B) SELECT s.N FROM dbo.S AS s;
        INSERT INTO dbo.T (X, Y) SELECT t.A, t.B FROM #t AS t;
        """
    )
    assert [(edge_line(e), e.statements) for e in graph.column_lineage] == [
        ("dbo.S.Id -> dbo.T.X  IDENTITY", ("script.sql#1", "script.sql#3")),
        ("dbo.S.N -> dbo.T.Y  IDENTITY", ("script.sql#2", "script.sql#3")),
    ]


def test_tables_of_definitions_and_of_statements_are_nodes() -> None:
    graph = lineage_of(
        {
            **PROJECT,
            "4.sql": "CREATE VIEW dbo.V AS SELECT * FROM dbo.T;\nGO\n"
            "SELECT v.X AS Y, u.Z INTO dbo.New FROM dbo.V AS v, Db.dbo.U AS u;",
        }
    )
    nodes = [
        (str(t.name), t.kind.value, t.columns, str(t.defined_at.path) if t.defined_at else None)
        for t in graph.tables
    ]
    assert nodes == [
        ("Db.dbo.U", "UNKNOWN", None, None),
        ("dbo.New", "TABLE", ("Y", "Z"), "4.sql"),
        ("dbo.S", "TABLE", ("Id",), "1_tables.sql"),
        ("dbo.T", "TABLE", ("X",), "1_tables.sql"),
        ("dbo.V", "VIEW", ("X",), "4.sql"),
    ]


def test_a_file_has_the_columns_that_statements_name() -> None:
    graph = lineage_of(
        """CREATE EXTERNAL TABLE ext.Days (Id int, Day date)
        WITH (LOCATION = 'https://a/days/', FILE_FORMAT = parquet);
        CREATE EXTERNAL TABLE ext.Out_ WITH (LOCATION = 'https://a/out/', FILE_FORMAT = parquet) AS
        SELECT s.K, s.V + 1 AS V1 FROM dbo.S AS s;
        GO
        SELECT r.A FROM OPENROWSET(BULK 'https://a/in.csv', FORMAT = 'CSV')
        WITH (A int 2, B int 1) AS r;
        SELECT r.b, r.C FROM OPENROWSET(BULK 'https://a/in.csv', FORMAT = 'CSV')
        WITH (b int 1, C int 3) AS r;
        SELECT r.A FROM OPENROWSET(BULK 'https://a/any.parquet', FORMAT = 'PARQUET') AS r;
        """
    )
    files = {
        str(table.name): table.columns for table in graph.tables if table.kind is TableKind.FILE
    }
    assert files == {
        "https://a/any.parquet": None,
        "https://a/days/": ("Id", "Day"),
        "https://a/in.csv": ("A", "B", "C"),
        "https://a/out/": ("K", "V1"),
    }


def test_the_place_of_a_definition_is_its_line() -> None:
    places = {str(t.name): t.defined_at.line for t in lineage_of(PROJECT).tables if t.defined_at}
    assert places == {"dbo.S": 1, "dbo.T": 3}


def test_gaps_are_counted_by_file_and_kind() -> None:
    graph = lineage_of(
        {
            "a.sql": "EXEC (@sql);\nINSERT INTO dbo.T SELECT * FROM dbo.U;",
            "b.sql": "INSERT INTO dbo.T (X) SELECT u.Id FROM dbo.U AS u;",
        }
    )
    assert [(f.path, f.gaps.syntax, f.gaps.name, f.gaps.dynamic) for f in graph.files] == [
        ("a.sql", 0, 1, 1),
        ("b.sql", 0, 0, 0),
    ]
    assert all(d.path == "a.sql" for d in graph.diagnostics)


def test_of_two_provenances_of_one_edge_the_surer_one_counts() -> None:
    graph = lineage_of(
        "CREATE TABLE dbo.S (Id int);\nCREATE TABLE dbo.T (X int);\nGO\n"
        "INSERT INTO dbo.T SELECT * FROM dbo.S;\nINSERT INTO dbo.T (X) SELECT s.Id FROM dbo.S AS s;"
    )
    assert [edge_line(e) for e in graph.column_lineage] == ["dbo.S.Id -> dbo.T.X  IDENTITY"]
    assert len(graph.column_lineage[0].statements) == 2


def test_equal_input_gives_an_equal_graph_in_any_order_of_files() -> None:
    assert lineage_of(PROJECT) == lineage_of(dict(reversed(PROJECT.items())))


def test_a_very_long_chain_of_calls_is_cut_and_not_a_crash() -> None:
    scripts = {
        f"{n:04}.sql": f"CREATE PROCEDURE dbo.P{n} AS EXEC dbo.P{n + 1};" for n in range(1_200)
    }
    graph = lineage_of({**scripts, "z.sql": "INSERT INTO dbo.T (X) EXEC dbo.P0"})
    assert [str(row.writes[0]) for row in graph.statements if row.writes] == ["dbo.T"]
    assert {diagnostic.code for diagnostic in graph.diagnostics} == {"SLP209"}, (
        "what is not followed is said"
    )
