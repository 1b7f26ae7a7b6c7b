"""Transient tables: what else than the lineage is told of what a run makes and leaves none of."""

from __future__ import annotations

from sql_lineage_purview.linker import LinkOptions
from sql_lineage_purview.model.graph import LineageGraph
from tests.linking import column_lines, lineage_of, statement_lines, table_lines

TABLES = "CREATE TABLE dbo.Fact (Id int, Net int); CREATE TABLE stage.Sale (Id int, Net int);"
LOAD = """CREATE PROCEDURE dbo.Load_ AS
BEGIN
    SELECT * INTO dbo.Fact_new FROM stage.Sale;
    EXEC sp_rename 'dbo.Fact', 'Fact_old';
    EXEC sp_rename 'dbo.Fact_new', 'Fact';
    DROP TABLE dbo.Fact_old;
END"""


def graph_of(load: str = LOAD, *, keep: bool = False) -> LineageGraph:
    return lineage_of({"load.sql": load, "tables.sql": TABLES}, LinkOptions(keep_temporary=keep))


def tables_of(graph: LineageGraph) -> list[str]:
    return [str(table.name) for table in graph.tables]


def test_it_is_no_table_of_the_graph_but_stands_in_the_rows_of_statements() -> None:
    graph = graph_of()
    assert tables_of(graph) == ["dbo.Fact", "stage.Sale"]
    assert statement_lines(graph) == [
        "SELECT_INTO  reads stage.Sale  writes dbo.Fact_new",
        "RENAME  reads dbo.Fact  writes dbo.Fact_old",
        "RENAME  reads dbo.Fact_new  writes dbo.Fact",
    ]


def test_an_edge_names_the_statements_that_carried_it_in_their_order() -> None:
    graph = graph_of()
    assert [edge.statements for edge in graph.table_lineage] == [("load.sql#1", "load.sql#3")]
    assert {edge.statements for edge in graph.column_lineage} == {("load.sql#1", "load.sql#3")}


def test_a_switch_carries_what_was_filled_before_it() -> None:
    load = """CREATE TABLE dbo.Fact_in (Id int, Net int);
    INSERT dbo.Fact_in (Id, Net) SELECT s.Id, s.Net FROM stage.Sale AS s;
    ALTER TABLE dbo.Fact_in SWITCH TO dbo.Fact;
    DROP TABLE dbo.Fact_in;"""
    assert [edge.statements for edge in graph_of(load).table_lineage] == [
        ("load.sql#1", "load.sql#2")
    ]


def test_with_temporary_tables_kept_it_stands_under_its_name() -> None:
    graph = graph_of(keep=True)
    assert tables_of(graph) == ["dbo.Fact", "dbo.Fact_new", "dbo.Fact_old", "stage.Sale"]
    assert table_lines(graph) == [
        "dbo.Fact -> dbo.Fact_old  DIRECT",
        "dbo.Fact_new -> dbo.Fact  DIRECT",
        "stage.Sale -> dbo.Fact_new  DIRECT",
    ]


def test_rows_and_references_of_modules_do_not_depend_on_it() -> None:
    looked_through, plain = graph_of(), graph_of(keep=True)
    assert looked_through.statements == plain.statements
    assert looked_through.modules == plain.modules
    assert looked_through.diagnostics == plain.diagnostics == ()


def test_a_module_refers_to_the_columns_that_it_names() -> None:
    load = """CREATE PROCEDURE dbo.Load_ AS
    BEGIN
        SELECT s.Id INTO dbo.Work FROM stage.Sale AS s;
        INSERT dbo.Fact (Id) SELECT w.Id FROM dbo.Work AS w WHERE w.Id > 0;
        DROP TABLE dbo.Work;
    END"""
    (module,) = graph_of(load).modules
    assert [f"{column.table}.{column.column}" for column in module.columns] == [
        "dbo.Fact.Id",
        "dbo.Work.Id",
        "stage.Sale.Id",
    ]


def test_a_comment_that_declares_lineage_names_it() -> None:
    declared = f"-- lineage: dbo.Fact_new -> dbo.Report\n{LOAD}"
    assert "dbo.Fact_new" in tables_of(graph_of(declared))
    assert "dbo.Fact_new" not in tables_of(graph_of())


def test_a_job_names_what_it_will_run() -> None:
    load = """SELECT s.Id INTO dbo.Work FROM stage.Sale AS s;
    EXEC msdb.dbo.sp_add_jobstep @job_name = 'j', @step_name = 's', @database_name = N'Dw',
        @command = N'INSERT dbo.Fact (Id) SELECT Id FROM dbo.Work';
    DROP TABLE dbo.Work;"""
    assert "Dw.dbo.Work" in tables_of(lineage_of(load, database="Dw"))


def test_an_error_is_no_end_of_a_run() -> None:
    load = """CREATE PROCEDURE dbo.Load_ AS
    BEGIN
        SELECT s.Id INTO dbo.Work FROM stage.Sale AS s;
        IF NOT EXISTS (SELECT * FROM dbo.Work) THROW 50000, 'nothing to load', 1;
        INSERT dbo.Fact (Id) SELECT w.Id FROM dbo.Work AS w;
        DROP TABLE dbo.Work;
    END"""
    assert "dbo.Work" not in tables_of(graph_of(load))
    assert "dbo.Work" in tables_of(
        graph_of(load.replace("THROW 50000, 'nothing to load', 1", "RETURN"))
    )


def test_what_no_run_comes_to_drops_nothing() -> None:
    load = "SELECT s.Id INTO dbo.Work FROM stage.Sale AS s; IF 1 = 0 DROP TABLE dbo.Work;"
    assert "dbo.Work" in tables_of(graph_of(load))


def test_a_name_that_a_parameter_completes_is_one_name_in_a_run() -> None:
    load = """CREATE PROCEDURE dbo.Load_ @table sysname AS
    BEGIN
        EXEC (N'SELECT s.Id INTO dbo.' + @table + N'_new FROM stage.Sale AS s');
        EXEC (N'INSERT dbo.Fact (Id) SELECT n.Id FROM dbo.' + @table + N'_new AS n;
            DROP TABLE dbo.' + @table + N'_new');
    END"""
    assert table_lines(graph_of(load)) == ["stage.Sale -> dbo.Fact  DIRECT"]


def test_an_alternative_does_not_see_what_another_one_fills() -> None:
    load = """CREATE PROCEDURE dbo.Load_ @mode int AS
    BEGIN
        CREATE TABLE dbo.Work (Id int);
        IF @mode = 1 INSERT dbo.Work (Id) SELECT a.Id FROM dbo.A AS a;
        ELSE INSERT dbo.T (Id) SELECT w.Id FROM dbo.Work AS w;
        INSERT dbo.U (Id) SELECT w.Id FROM dbo.Work AS w;
        DROP TABLE dbo.Work;
    END"""
    assert column_lines(graph_of(load)) == ["dbo.A.Id -> dbo.U.Id  IDENTITY"]
