"""modules[].columns: the columns of persistent tables that a module refers to.

That is every such column, in any clause, read or written.

It is what SQL Server's sys.dm_sql_referenced_entities answers:
https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-sql-referenced-entities-transact-sql
"""

from __future__ import annotations

import pytest

from tests.linking import column, lineage_of

DEFINITIONS = """
CREATE TABLE dbo.S (Id int, A int, B int, C int, D int);
CREATE TABLE dbo.T (Id int IDENTITY, X int, Y int, Twice AS X * 2);
CREATE TABLE dbo.Log (Id int, Text_ nvarchar(50));
CREATE TYPE dbo.Ids AS TABLE (Id int);
CREATE SYNONYM dbo.Alias_ FOR dbo.S;
GO
CREATE VIEW dbo.V AS SELECT s.Id, s.A AS Alpha FROM dbo.S AS s;
GO
CREATE FUNCTION dbo.F (@id int) RETURNS TABLE AS RETURN SELECT s.B FROM dbo.S AS s WHERE s.Id = @id;
GO
"""


def columns_of(
    body: str, header: str = "CREATE PROCEDURE dbo.P @p int = 1, @ids dbo.Ids READONLY AS"
) -> str:
    graph = lineage_of({"a.sql": DEFINITIONS, "b.sql": f"{header}\n{body}"})
    (module,) = [m for m in graph.modules if m.path == "b.sql"]
    return " ".join(column(c).removeprefix("dbo.") for c in module.columns)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("SELECT s.A FROM dbo.S AS s", "S.A", id="select list"),
        pytest.param("SELECT a FROM DBO.s", "S.A", id="spelling of the definition"),
        pytest.param("SELECT 1 FROM dbo.S", "", id="no column"),
        pytest.param("SELECT COUNT(*) FROM dbo.S", "", id="COUNT(*) is no star"),
        pytest.param("SELECT s.A FROM dbo.S AS s WHERE s.B = @p", "S.A S.B", id="where"),
        pytest.param(
            "SELECT s.A FROM dbo.S AS s JOIN dbo.T AS t ON t.Id = s.B", "S.A S.B T.Id", id="join"
        ),
        pytest.param(
            "SELECT MAX(A) FROM dbo.S GROUP BY B HAVING MIN(C) > 1 ORDER BY MAX(D)",
            "S.A S.B S.C S.D",
            id="group",
        ),
        pytest.param("SELECT A AS Z FROM dbo.S ORDER BY Z", "S.A", id="order by the alias"),
        pytest.param(
            "SELECT A FROM dbo.S ORDER BY B OFFSET @p ROWS FETCH NEXT 5 ROWS ONLY",
            "S.A S.B",
            id="offset",
        ),
        pytest.param(
            "SELECT SUM(A) OVER (PARTITION BY B ORDER BY C) FROM dbo.S", "S.A S.B S.C", id="window"
        ),
        pytest.param(
            "SELECT CASE WHEN A > 1 THEN B ELSE C END FROM dbo.S", "S.A S.B S.C", id="case"
        ),
        pytest.param("SELECT * FROM dbo.S", "S.A S.B S.C S.D S.Id", id="star"),
        pytest.param(
            "SELECT t.*, s.A FROM dbo.S AS s, dbo.T AS t",
            "S.A T.Id T.Twice T.X T.Y",
            id="star of an alias",
        ),
        pytest.param(
            "SELECT 1 WHERE EXISTS (SELECT * FROM dbo.S WHERE A = 1)", "S.A", id="star in EXISTS"
        ),
        pytest.param(
            "IF EXISTS (SELECT * FROM dbo.S WHERE A = 1) PRINT 'x'", "S.A", id="star in IF EXISTS"
        ),
        pytest.param(
            "SELECT d.A FROM (SELECT * FROM dbo.S) AS d",
            "S.A S.B S.C S.D S.Id",
            id="star in a derived table",
        ),
        pytest.param(
            "WITH c AS (SELECT A, B FROM dbo.S) SELECT c.A FROM c",
            "S.A S.B",
            id="common table expression",
        ),
        pytest.param(
            "SELECT A FROM dbo.S WHERE B IN (SELECT X FROM dbo.T WHERE Y = C)",
            "S.A S.B S.C T.X T.Y",
            id="correlated",
        ),
        pytest.param("SELECT (SELECT MAX(X) FROM dbo.T) FROM dbo.S", "T.X", id="scalar subquery"),
        pytest.param("INSERT INTO dbo.T (X) SELECT A FROM dbo.S", "S.A T.X", id="insert"),
        pytest.param(
            "INSERT INTO dbo.T SELECT A, B FROM dbo.S",
            "S.A S.B T.X T.Y",
            id="insert without a list",
        ),
        pytest.param("INSERT INTO dbo.T VALUES (1, 2)", "T.X T.Y", id="values without a list"),
        pytest.param("INSERT INTO dbo.T (X) VALUES (@p)", "T.X", id="values"),
        pytest.param(
            "INSERT INTO dbo.T (X) OUTPUT inserted.Id VALUES (@p)",
            "T.Id T.X",
            id="output to the client",
        ),
        pytest.param(
            "INSERT INTO dbo.T (X) OUTPUT inserted.Id, 'x' INTO dbo.Log (Id, Text_) VALUES (1)",
            "Log.Id Log.Text_ T.Id T.X",
            id="output into",
        ),
        pytest.param("UPDATE dbo.T SET X = Y + 1 WHERE Id = 3", "T.Id T.X T.Y", id="update"),
        pytest.param(
            "UPDATE t SET t.X = s.A FROM dbo.T AS t JOIN dbo.S AS s ON s.Id = t.Id",
            "S.A S.Id T.Id T.X",
            id="update from",
        ),
        pytest.param(
            "UPDATE dbo.T SET X = 1 OUTPUT deleted.Y, inserted.X WHERE Id = 2",
            "T.Id T.X T.Y",
            id="update output",
        ),
        pytest.param("DELETE FROM dbo.T WHERE X = 1", "T.X", id="delete"),
        pytest.param(
            "DELETE FROM dbo.T OUTPUT deleted.Y WHERE X = 1", "T.X T.Y", id="delete output"
        ),
        pytest.param(
            "DELETE t FROM dbo.T AS t JOIN dbo.S AS s ON s.A = t.X", "S.A T.X", id="delete from"
        ),
        pytest.param("TRUNCATE TABLE dbo.T", "", id="truncate"),
        pytest.param(
            "MERGE dbo.T AS t USING dbo.S AS s ON s.Id = t.Id WHEN MATCHED AND s.D = 1 THEN "
            "UPDATE SET X = s.A "
            "WHEN NOT MATCHED THEN INSERT (Y) VALUES (s.B) WHEN NOT MATCHED BY SOURCE THEN DELETE;",
            "S.A S.B S.D S.Id T.Id T.X T.Y",
            id="merge",
        ),
        pytest.param(
            "MERGE dbo.T AS t USING dbo.S AS s ON s.Id = t.Id WHEN NOT MATCHED THEN INSERT VALUES "
            "(s.A, s.B);",
            "S.A S.B S.Id T.Id T.X T.Y",
            id="merge inserts without a list",
        ),
        pytest.param(
            "SELECT A INTO #t FROM dbo.S; SELECT A FROM #t",
            "S.A",
            id="temporary tables do not count",
        ),
        pytest.param(
            "INSERT INTO dbo.T (X) SELECT i.Id FROM @ids AS i",
            "T.X",
            id="table variables do not count",
        ),
        pytest.param("SELECT x.A FROM dbo.Alias_ AS x", "S.A", id="synonym"),
        pytest.param(
            "SELECT v.Alpha FROM dbo.V AS v", "V.Alpha", id="view, not what is beneath it"
        ),
        pytest.param(
            "SELECT A FROM dbo.S CROSS APPLY dbo.F(C)",
            "S.A S.C",
            id="argument of a function, not its inside",
        ),
        pytest.param(
            "EXEC ('SELECT B FROM dbo.S'); SELECT A FROM dbo.S",
            "S.A",
            id="dynamic rows are left out",
        ),
        pytest.param(
            "DECLARE @x int = (SELECT MAX(A) FROM dbo.S); SET @x = (SELECT MIN(B) FROM dbo.S)",
            "S.A S.B",
            id="variables",
        ),
        pytest.param(
            "DECLARE @x int; SELECT @x = A FROM dbo.S WHERE B = @x", "S.A S.B", id="assignment"
        ),
        pytest.param(
            "DECLARE c CURSOR FOR SELECT A FROM dbo.S ORDER BY B; OPEN c", "S.A S.B", id="cursor"
        ),
        pytest.param(
            "WHILE (SELECT COUNT(A) FROM dbo.S WHERE B = 1) > 0 DELETE TOP (1) FROM dbo.S",
            "S.A S.B",
            id="while",
        ),
        pytest.param(
            "SELECT n.X FROM dbo.NotInScan AS n", "NotInScan.X", id="a table without a definition"
        ),
        pytest.param("SELECT A FROM dbo.S UNION ALL SELECT X FROM dbo.T", "S.A T.X", id="union"),
        pytest.param(
            "SELECT p.[1] FROM (SELECT A, B FROM dbo.S) AS d PIVOT (SUM(B) FOR A IN ([1])) AS p",
            "S.A S.B",
            id="pivot over a query",
        ),
        pytest.param("SELECT A FROM dbo.S FOR XML PATH('x')", "S.A", id="for xml"),
        pytest.param(
            "SELECT j.value FROM dbo.S CROSS APPLY STRING_SPLIT(A, ',') AS j",
            "S.A",
            id="rows made from a column",
        ),
        pytest.param("SELECT name FROM sys.objects", "", id="system objects do not count"),
        pytest.param(
            "BEGIN TRY SELECT A FROM dbo.S END TRY BEGIN CATCH SELECT B FROM dbo.S END CATCH",
            "S.A S.B",
            id="try",
        ),
        pytest.param("RETURN (SELECT MAX(A) FROM dbo.S)", "S.A", id="return"),
    ],
)
def test_columns_of_a_procedure(body: str, expected: str) -> None:
    assert columns_of(body) == expected


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        pytest.param(
            "CREATE VIEW dbo.W AS", "SELECT A FROM dbo.S WHERE B = 1", "S.A S.B", id="view"
        ),
        pytest.param(
            "CREATE VIEW dbo.W AS", "SELECT * FROM dbo.V", "V.Alpha V.Id", id="view with a star"
        ),
        pytest.param(
            "CREATE FUNCTION dbo.G (@x int) RETURNS TABLE AS RETURN",
            "SELECT A FROM dbo.S",
            "S.A",
            id="inline function",
        ),
        pytest.param(
            "CREATE FUNCTION dbo.G () RETURNS @r TABLE (Id int) AS BEGIN",
            "INSERT INTO @r SELECT A FROM dbo.S; RETURN; END",
            "S.A",
            id="multi-statement function",
        ),
        pytest.param(
            "CREATE FUNCTION dbo.G (@x int) RETURNS int AS BEGIN",
            "RETURN (SELECT MAX(A) FROM dbo.S WHERE B = @x) END",
            "S.A S.B",
            id="scalar function",
        ),
        pytest.param(
            "CREATE TRIGGER dbo.Tr ON dbo.T AFTER INSERT AS",
            "INSERT INTO dbo.Log (Id) SELECT i.X FROM inserted AS i",
            "Log.Id T.X",
            id="trigger",
        ),
        pytest.param(
            "CREATE TRIGGER dbo.Tr ON dbo.S AFTER UPDATE AS",
            "IF UPDATE(A) AND NOT UPDATE ([B]) INSERT dbo.Log (Id) VALUES (1)",
            "Log.Id S.A S.B",
            id="columns that a trigger asks for",
        ),
    ],
)
def test_columns_of_other_modules(header: str, body: str, expected: str) -> None:
    assert columns_of(body, header) == expected


def test_what_a_caller_calls_is_not_the_callers() -> None:
    graph = lineage_of(
        {
            "a.sql": DEFINITIONS,
            "b.sql": "CREATE PROCEDURE dbo.Inner_ AS SELECT A FROM dbo.S",
            "c.sql": "CREATE PROCEDURE dbo.Outer_ AS EXEC dbo.Inner_; INSERT INTO dbo.T (X) EXEC "
            "dbo.Inner_",
        }
    )
    columns = {
        str(m.name): [column(c) for c in m.columns] for m in graph.modules if m.path != "a.sql"
    }
    assert columns == {"dbo.Inner_": ["dbo.S.A"], "dbo.Outer_": ["dbo.T.X"]}


def test_two_definitions_of_one_name_are_two_rows() -> None:
    graph = lineage_of(
        {
            "a.sql": "CREATE PROCEDURE dbo.P AS SELECT s.A FROM dbo.S AS s",
            "b.sql": "CREATE PROCEDURE dbo.P AS SELECT t.X FROM dbo.T AS t",
        }
    )
    assert [
        (m.path, [column(c) for c in m.columns], [str(n) for n in m.reads]) for m in graph.modules
    ] == [
        ("a.sql", ["dbo.S.A"], ["dbo.S"]),
        ("b.sql", ["dbo.T.X"], ["dbo.T"]),
    ]


def test_reads_writes_and_calls_are_those_of_the_statements_less_temporary_names() -> None:
    graph = lineage_of(
        "CREATE PROCEDURE dbo.P AS\n"
        "SELECT s.A INTO #t FROM dbo.S AS s;\n"
        "INSERT INTO dbo.T (X) SELECT A FROM #t;\n"
        "EXEC dbo.Other_;\n"
        "EXEC ('DELETE FROM dbo.Dynamic_');\n"
    )
    (module,) = graph.modules
    assert [str(n) for n in module.reads] == ["dbo.S"]
    assert [str(n) for n in module.writes] == ["dbo.T"]
    assert [str(n) for n in module.calls] == ["dbo.Other_"]
    assert (module.line, module.end_line) == (1, 5)
