"""What the linker is told besides the scripts.

That is the default schema, the database, case, and temporary tables as nodes.
"""

# these are scripts, not queries that anyone runs

from __future__ import annotations

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker import LinkOptions, link
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.model.graph import LineageGraph
from tests.linking import column_lines, compiled, lineage_of, statement_lines, table_lines

LOAD = "INSERT INTO Fact (Id) SELECT s.Id FROM Stage AS s"


def codes(graph: LineageGraph) -> list[str]:
    return [d.code for d in graph.diagnostics]


def linked(*files: SourceFile) -> LineageGraph:
    options = LinkOptions()
    return link(files, read_definitions(files, options.naming), options)


# --- default schema and database ------------------------------------------------------------------


def test_the_default_schema_completes_names_of_one_part() -> None:
    graph = lineage_of(
        f"{LOAD}; {LOAD.replace('Stage', 'dbo.Stage')}", LinkOptions(default_schema="etl")
    )
    assert table_lines(graph) == ["dbo.Stage -> etl.Fact  DIRECT", "etl.Stage -> etl.Fact  DIRECT"]


def test_the_configured_database_completes_names_of_one_and_two_parts() -> None:
    graph = lineage_of(
        f"{LOAD}; INSERT INTO Other.dbo.T (X) SELECT f.Id FROM dbo.Fact AS f", database="Dw"
    )
    assert column_lines(graph) == [
        "Dw.dbo.Fact.Id -> Other.dbo.T.X  IDENTITY",
        "Dw.dbo.Stage.Id -> Dw.dbo.Fact.Id  IDENTITY",
    ]
    assert codes(graph) == []


def test_the_configured_database_makes_one_table_of_two_names() -> None:
    scripts = (
        "INSERT INTO Dw.dbo.Fact (Id) SELECT s.Id FROM Dw.dbo.Stage AS s; INSERT INTO dbo.T (X) "
        "SELECT f.Id FROM dbo.Fact AS f"
    )
    assert codes(lineage_of(scripts)) == ["SLP204"]
    graph = lineage_of(scripts, database="Dw")
    assert codes(graph) == []
    assert table_lines(graph) == [
        "Dw.dbo.Fact -> Dw.dbo.T  DIRECT",
        "Dw.dbo.Stage -> Dw.dbo.Fact  DIRECT",
    ]


def test_an_object_of_the_system_under_two_names_is_no_finding() -> None:
    script = "SELECT t.name FROM sys.tables AS t JOIN tempdb.sys.tables AS u ON u.name = t.name"

    assert codes(lineage_of(script)) == []


def test_use_is_stronger_than_the_configured_database() -> None:
    graph = lineage_of(f"USE Erp;\nGO\n{LOAD}", database="Dw")
    assert table_lines(graph) == ["Erp.dbo.Stage -> Erp.dbo.Fact  DIRECT"]


def test_each_file_has_its_own_database() -> None:
    graph = linked(
        SourceFile(
            "dw/load.sql", compiled("INSERT INTO dbo.Fact SELECT * FROM Erp.dbo.Orders"), "Dw"
        ),
        SourceFile("dw/tables.sql", compiled("CREATE TABLE dbo.Fact (X int)"), "Dw"),
        SourceFile("erp/tables.sql", compiled("CREATE TABLE dbo.Orders (Id int)"), "Erp"),
    )
    assert column_lines(graph) == ["Erp.dbo.Orders.Id -> Dw.dbo.Fact.X  IDENTITY  EXPANDED"]


def test_what_is_called_runs_in_its_own_database() -> None:
    graph = linked(
        SourceFile("dw/load.sql", compiled("INSERT INTO dbo.T (X) EXEC Erp.dbo.GetRows"), "Dw"),
        SourceFile(
            "erp/get.sql",
            compiled("CREATE PROCEDURE dbo.GetRows AS SELECT o.Id FROM dbo.Orders AS o"),
            "Erp",
        ),
    )
    assert column_lines(graph) == ["Erp.dbo.Orders.Id -> Dw.dbo.T.X  IDENTITY"]


def test_a_synonym_counts_in_its_own_database() -> None:
    graph = linked(
        SourceFile("a.sql", compiled("CREATE SYNONYM dbo.S FOR dbo.Base"), "Erp"),
        SourceFile("b.sql", compiled("INSERT INTO dbo.T (X) SELECT s.A FROM Erp.dbo.S AS s"), "Dw"),
        SourceFile("c.sql", compiled("INSERT INTO dbo.U (X) SELECT s.A FROM dbo.S AS s"), "Dw"),
    )
    assert column_lines(graph) == [
        "Dw.dbo.S.A -> Dw.dbo.U.X  IDENTITY",
        "Erp.dbo.Base.A -> Dw.dbo.T.X  IDENTITY",
    ]


# --- case -----------------------------------------------------------------------------------------

CASES = """
CREATE TABLE dbo.Orders (Id int, ID int);
CREATE TABLE dbo.ORDERS (Net int);
GO
INSERT INTO dbo.T (x, X) SELECT Id, ID FROM dbo.Orders;
INSERT INTO dbo.T (x) SELECT Net FROM dbo.ORDERS;
"""


def test_a_case_sensitive_collation_keeps_names_apart() -> None:
    graph = lineage_of(CASES, LinkOptions(case_sensitive=True))
    assert column_lines(graph) == [
        "dbo.ORDERS.Net -> dbo.T.x  IDENTITY",
        "dbo.Orders.ID -> dbo.T.X  IDENTITY",
        "dbo.Orders.Id -> dbo.T.x  IDENTITY",
    ]


def test_case_sensitive_aliases_expressions_and_temporary_tables() -> None:
    sql = (
        "WITH c AS (SELECT s.A FROM dbo.S AS s), C AS (SELECT u.B FROM dbo.U AS u)\n"
        "INSERT INTO dbo.T (X, Y) SELECT c.A, C.B FROM c CROSS JOIN C;\n"
    )
    graph = lineage_of(sql, LinkOptions(case_sensitive=True))
    assert column_lines(graph) == ["dbo.S.A -> dbo.T.X  IDENTITY", "dbo.U.B -> dbo.T.Y  IDENTITY"]


# --- temporary tables as nodes --------------------------------------------------------------------

THROUGH = (
    "SELECT s.A, s.B + 1 AS C INTO #t FROM dbo.S AS s;\nINSERT INTO dbo.T (X, Y) SELECT t.C, "
    "t.A FROM #t AS t;"
)


def test_temporary_tables_are_nodes_of_their_module() -> None:
    graph = lineage_of(
        f"CREATE PROCEDURE etl.Load_ AS\n{THROUGH}", LinkOptions(keep_temporary=True)
    )
    assert column_lines(graph) == [
        "dbo.S.A -> etl.Load_.#t.A  IDENTITY",
        "dbo.S.B -> etl.Load_.#t.C  TRANSFORMATION",
        "etl.Load_.#t.A -> dbo.T.Y  IDENTITY",
        "etl.Load_.#t.C -> dbo.T.X  IDENTITY",
    ]
    assert table_lines(graph) == ["dbo.S -> etl.Load_.#t  DIRECT", "etl.Load_.#t -> dbo.T  DIRECT"]
    assert {str(t.name): t.kind.value for t in graph.tables}["etl.Load_.#t"] == "TEMPORARY"


def test_the_statements_are_the_same_with_and_without_nodes_for_temporary_tables() -> None:
    plain, collapsed = (
        lineage_of(THROUGH, LinkOptions(keep_temporary=keep)) for keep in (True, False)
    )
    assert statement_lines(plain) == statement_lines(collapsed)
    assert plain.statements == collapsed.statements


def test_a_declared_temporary_table_and_a_table_variable_are_nodes() -> None:
    sql = (
        "CREATE PROCEDURE dbo.P AS\nCREATE TABLE #a (Id int, Name int);\nDECLARE @b TABLE (Id "
        "int);\n"
        "INSERT INTO #a SELECT s.X, s.Y FROM dbo.S AS s;\nINSERT INTO @b (Id) SELECT Name FROM "
        "#a;\n"
        "INSERT INTO dbo.T (Id) SELECT Id FROM @b;"
    )
    graph = lineage_of(sql, LinkOptions(keep_temporary=True))
    assert [line.replace("  EXPANDED", "") for line in column_lines(graph)] == [
        "dbo.P.#a.Name -> dbo.P.@b.Id  IDENTITY",
        "dbo.P.@b.Id -> dbo.T.Id  IDENTITY",
        "dbo.S.X -> dbo.P.#a.Id  IDENTITY",
        "dbo.S.Y -> dbo.P.#a.Name  IDENTITY",
    ]


def test_the_callers_temporary_table_is_one_node_in_what_is_called() -> None:
    sql = (
        "CREATE PROCEDURE dbo.Fill AS INSERT INTO #work (Id) SELECT s.Id FROM dbo.S AS s;\nGO\n"
        "CREATE PROCEDURE dbo.Caller AS\nCREATE TABLE #work (Id int);\nEXEC dbo.Fill;\n"
        "INSERT INTO dbo.T (X) SELECT Id FROM #work;"
    )
    graph = lineage_of(sql, LinkOptions(keep_temporary=True))
    assert "dbo.S.Id -> dbo.Caller.#work.Id  IDENTITY" in column_lines(graph)
    assert "dbo.Caller.#work.Id -> dbo.T.X  IDENTITY" in column_lines(graph)
