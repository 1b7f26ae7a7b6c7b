"""Scripts that depend on each other in each way there is, and are drawn by hypothesis.

Columns through views, calls, temporary tables of callers, strings, synonyms, renames, triggers,
keys and indexes, definitions that stand twice, and names that are spelled in several ways.
"""

from __future__ import annotations

from hypothesis import strategies as st

OBJECTS = ("a", "b", "c", "A")
FORMS = (
    "CREATE TABLE dbo.{x} (k int, v int);",
    "CREATE TABLE dbo.{x} (v int);",
    "CREATE VIEW dbo.{x} AS SELECT * FROM dbo.{y};",
    "CREATE VIEW dbo.{x} AS SELECT v AS k FROM dbo.{y} UNION ALL SELECT k FROM dbo.{z};",
    "CREATE SYNONYM dbo.{x} FOR dbo.{y};",
    "CREATE PROCEDURE dbo.{x} AS INSERT dbo.{y} SELECT * FROM dbo.{z};",
    "CREATE PROCEDURE dbo.{x} AS INSERT #w (v) SELECT v FROM dbo.{y};",
    "CREATE PROCEDURE dbo.p{x} AS CREATE TABLE #w (v int); EXEC dbo.{y}; "
    "INSERT dbo.{z} (v) SELECT v FROM #w;",
    "CREATE PROCEDURE dbo.q{x} @t sysname AS EXEC ('INSERT dbo.{y} (v) SELECT v FROM ' + @t);",
    "CREATE PROCEDURE dbo.r{x} AS EXEC dbo.q{y} 'dbo.{z}'; EXEC dbo.q{z} 'dbo.Late';",
    "CREATE PROCEDURE dbo.s{x} @v int OUTPUT AS SELECT @v = v FROM dbo.{y}; EXEC dbo.s{z} @v;",
    "CREATE FUNCTION dbo.f{x} (@v int) RETURNS TABLE AS RETURN SELECT v + @v AS v FROM dbo.{y};",
    "INSERT dbo.{x} (v) SELECT f.v FROM dbo.f{y} (1) AS f JOIN dbo.{z} ON f.v = k;",
    "SELECT * INTO dbo.{x} FROM dbo.{y};",
    "EXEC sp_rename 'dbo.{x}', '{y}';",
    "ALTER TABLE dbo.{x} ADD w int; INSERT dbo.{y} SELECT * FROM dbo.{x};",
    "CREATE TRIGGER dbo.t{x} ON dbo.{y} INSTEAD OF INSERT AS "
    "INSERT dbo.{z} (v) SELECT v FROM inserted;",
    "UPDATE dbo.{x} SET v = (SELECT MAX(v) FROM dbo.{y}) WHERE k IN (SELECT k FROM DBO.{z});",
    "SELECT v INTO ##g FROM dbo.{x}; INSERT dbo.{y} (v) SELECT v FROM ##g;",
    "CREATE PROCEDURE dbo.{x} AS INSERT dbo.{y} (v) SELECT v FROM ##g; EXEC dbo.{z};",
    "EXEC (N'SELECT v INTO ##g FROM dbo.{x}'); EXEC dbo.{y};",
    "SELECT k, v INTO dbo.new_{x} FROM dbo.{y}; DROP TABLE dbo.{x}; "
    "EXEC sp_rename 'dbo.new_{x}', '{x}';",
    "CREATE TABLE dbo.{x} (k int PRIMARY KEY, v int, CONSTRAINT f{x} FOREIGN KEY (v) "
    "REFERENCES dbo.{y} (k));",
    "CREATE TABLE dbo.{x} (k int, v int REFERENCES dbo.{y});",
    "CREATE INDEX i{x} ON dbo.{x} (v);",
    "SELECT v INTO #t FROM dbo.{x}; SELECT * FROM #T; INSERT dbo.{y} SELECT v FROM #t;",
    "IF 1 = 1 INSERT dbo.{y} (v) SELECT v FROM Db.dbo.{x};",
    "EXEC dbo.{x}; EXEC dbo.p{y};",
    "CREATE PROCEDURE z.{x} AS INSERT {y} (v) SELECT v FROM {z};",
    "INSERT dbo.{x} (v) EXEC dbo.{y};",
    "DELETE dbo.{x} WHERE v IN (SELECT v FROM dbo.{y});",
)
SCRIPT = st.builds(
    lambda form, x, y, z: form.format(x=x, y=y, z=z),
    st.sampled_from(FORMS),
    *(st.sampled_from(OBJECTS),) * 3,
)
