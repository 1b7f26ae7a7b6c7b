"""What people have many of: scripts of any size, each case a function from a size to its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Files = dict[str, str]


@dataclass(frozen=True)
class Case:
    """Files of a size; `sizes` are those it is measured at, ascending."""

    name: str
    files: Callable[[int], Files]
    sizes: tuple[int, int]


def script(text: str) -> Files:
    return {"script.sql": text}


def columns(prefix: str, count: int) -> str:
    return ", ".join(f"{prefix}{number}" for number in range(count))


def table(name: str, count: int, prefix: str = "c") -> str:
    listed = ", ".join(f"{prefix}{number} int" for number in range(count))
    return f"CREATE TABLE {name} ({listed});\n"


def variables(count: int) -> str:
    return "".join(f"DECLARE @v{number} int;\n" for number in range(count))


def call_graph(size: int) -> Files:
    """Procedures in ten layers that call three each of the next one: 3 ** 9 ways lead down."""
    width = size // 10
    files = {}
    for number in range(size):
        callees = [(number // width + 1) * width + (number + step) % width for step in range(3)]
        calls = "".join(f"    EXEC dbo.p{callee} @x;\n" for callee in callees if callee < size)
        files[f"p{number}.sql"] = (
            f"CREATE PROCEDURE dbo.p{number} @x int AS\nBEGIN\n"
            f"    INSERT INTO dbo.t{number} (a, b) SELECT s.a, @x FROM dbo.s{number} AS s;\n"
            f"{calls}END\n"
        )
    return files


def wide_insert(size: int) -> Files:
    return script(
        table("dbo.s", size) + table("dbo.t", size) + f"INSERT INTO dbo.t ({columns('c', size)})\n"
        f"SELECT {columns('x.c', size)} FROM dbo.s AS x;\n"
    )


def wide_join(size: int) -> Files:
    half = size // 2
    return script(
        table("dbo.s", half, "a")
        + table("dbo.r", half, "b")
        + table("dbo.t", 2 * half)
        + f"INSERT INTO dbo.t ({columns('c', 2 * half)})\n"
        f"SELECT {columns('a', half)}, {columns('b', half)}\n"
        "FROM dbo.s AS s JOIN dbo.r AS r ON s.a0 = r.b0;\n"
    )


def added_columns(size: int) -> Files:
    adds = "".join(f"ALTER TABLE dbo.t ADD c{number} int;\nGO\n" for number in range(size))
    return script(
        f"CREATE TABLE dbo.t (a int);\nGO\n{adds}INSERT INTO dbo.t SELECT * FROM dbo.s;\n"
    )


def renamed_columns(size: int) -> Files:
    renames = "".join(
        f"EXEC sp_rename 'dbo.t.c{number}', 'd{number}', 'COLUMN';\nGO\n" for number in range(size)
    )
    return script(
        f"{table('dbo.t', size)}GO\n{renames}INSERT INTO dbo.t (d0) SELECT a FROM dbo.s;\n"
    )


def nested_loops(size: int) -> Files:
    """Three loops in one another, in which each of many variables takes the next one's value."""
    moves = "".join(f"SET @v{number} = @v{number + 1};\n" for number in range(size - 1))
    reads = "".join(
        f"INSERT INTO dbo.t{number} (a) VALUES (@v{number});\n" for number in range(0, size, 4)
    )
    return script(
        f"{variables(size)}SELECT @v{size - 1} = a FROM dbo.s;\n"
        + "WHILE 1 = 1\nBEGIN\n" * 3
        + moves
        + reads
        + "END\n" * 3
    )


def rename_chain(size: int) -> Files:
    """Each run builds a table anew and swaps it in, and the next reads it."""
    swaps = "".join(
        f"SELECT a INTO dbo.f{number + 1}_new FROM dbo.f{number};\n"
        f"EXEC sp_rename 'dbo.f{number + 1}_new', 'f{number + 1}';\n"
        for number in range(size)
    )
    return script(swaps)


def renamed_again(size: int) -> Files:
    """One table goes by one name after the other."""
    renames = "".join(
        f"EXEC sp_rename 'dbo.f{number}', 'f{number + 1}';\n" for number in range(size)
    )
    return script(
        f"SELECT a INTO dbo.f0 FROM dbo.s;\n{renames}INSERT INTO dbo.t SELECT a FROM dbo.f{size};\n"
    )


def names_of_a_table(size: int) -> Files:
    """One table goes by one name after the other, and somebody reads it under each."""
    renames = "".join(
        f"EXEC sp_rename 'dbo.f{number}', 'f{number + 1}';\nGO\n" for number in range(size)
    )
    reads = "".join(
        f"INSERT INTO dbo.t{number} SELECT a FROM dbo.f{number};\n" for number in range(size)
    )
    return {
        "renames.sql": f"SELECT a INTO dbo.f0 FROM dbo.s;\nGO\n{renames}",
        "reads.sql": reads,
    }


def handed_string(size: int) -> Files:
    """The name of a table is handed through procedures to the one that puts it into SQL."""
    files = {
        f"p{number}.sql": f"CREATE PROCEDURE dbo.p{number} @table sysname AS\n"
        f"EXEC dbo.p{number + 1} @table;\n"
        for number in range(size)
    }
    files[f"p{size}.sql"] = (
        f"CREATE PROCEDURE dbo.p{size} @table sysname AS\n"
        "DECLARE @sql nvarchar(max) = N'INSERT INTO dbo.t SELECT a FROM ' + @table;\nEXEC (@sql);\n"
    )
    files["run.sql"] = "EXEC dbo.p0 'dbo.s';\n"
    return files


def handed_strings(size: int) -> Files:
    """The name of a table is handed through thirty procedures, again and again."""
    files = {}
    for chain in range(size // 30):
        for number, text in enumerate(handed_string(29).values()):
            files[f"c{chain}_{number}.sql"] = text.replace("dbo.p", f"dbo.c{chain}_p")
    return files


def callers_of_globals(size: int) -> Files:
    """Procedures call one another down to the one that fills a table of all sessions."""
    files = {
        f"p{number}.sql": f"CREATE PROCEDURE dbo.p{number} AS EXEC dbo.p{number + 1};\n"
        for number in range(size)
    }
    files[f"p{size}.sql"] = (
        f"CREATE PROCEDURE dbo.p{size} AS INSERT INTO ##g (a) SELECT a FROM dbo.s;\n"
    )
    return files


def ifs_with_variables(size: int) -> Files:
    arms = "".join(
        f"IF @v{number} = 1 SET @v{number} = (SELECT MAX(a) FROM dbo.s{number});\n"
        for number in range(size)
    )
    return script(f"{variables(size)}{arms}INSERT INTO dbo.t (a) VALUES (@v0);\n")


def tries_with_variables(size: int) -> Files:
    arms = "".join(
        f"BEGIN TRY SET @v{number} = (SELECT MAX(a) FROM dbo.s{number}); END TRY\n"
        f"BEGIN CATCH SET @v{number} = 0; END CATCH\n"
        for number in range(size)
    )
    return script(f"{variables(size)}{arms}INSERT INTO dbo.t (a) VALUES (@v0);\n")


def files_with_diagnostics(size: int) -> Files:
    return {
        f"f{number}.sql": f"INSERT INTO dbo.t{number} SELECT q FROM dbo.a AS a, dbo.b AS b;\n"
        "EXEC (@unknown);\n"
        for number in range(size)
    }


def statements(size: int) -> Files:
    return script(
        "".join(
            f"INSERT INTO dbo.t{number} (a) SELECT x.a FROM dbo.s{number} AS x WHERE x.b = 1;\n"
            for number in range(size)
        )
    )


def columns_of_a_table(size: int) -> Files:
    return script(table("dbo.s", size) + "GO\n" + "SELECT * INTO dbo.t FROM dbo.s WHERE c0 = 1;\n")


def views(size: int) -> Files:
    return script(
        "CREATE TABLE dbo.v0 (a int, b int);\nGO\n"
        + "".join(
            f"CREATE VIEW dbo.v{number + 1} AS SELECT a, b FROM dbo.v{number};\nGO\n"
            for number in range(size)
        )
    )


def temporary_tables(size: int) -> Files:
    return script(
        "".join(
            f"SELECT a INTO #t{number} FROM dbo.s{number};\n"
            f"INSERT INTO dbo.t{number} (a) SELECT a FROM #t{number};\n"
            for number in range(size)
        )
    )


def list_items(size: int) -> Files:
    listed = ", ".join(map(str, range(size)))
    return script(f"INSERT INTO dbo.t (a) SELECT a FROM dbo.s WHERE b IN ({listed});\n")


def whens(size: int) -> Files:
    listed = "".join(f" WHEN b = {number} THEN c + {number}\n" for number in range(size))
    return script(f"INSERT INTO dbo.t (a) SELECT CASE\n{listed} ELSE 0 END FROM dbo.s;\n")


def else_ifs(size: int) -> Files:
    arms = "ELSE ".join(
        f"IF @a = {number} INSERT INTO dbo.t (a) SELECT a FROM dbo.s{number};\n"
        for number in range(size)
    )
    return script(f"DECLARE @a int = 1;\n{arms}")


def loops(size: int) -> Files:
    listed = "".join(
        f"WHILE @v0 < {number}\nBEGIN\nINSERT INTO dbo.t{number} (a) SELECT a FROM dbo.s{number};\n"
        "SET @v0 = @v0 + 1;\nEND\n"
        for number in range(size)
    )
    return script(f"{variables(1)}{listed}")


def ifs(size: int) -> Files:
    arms = "".join(
        f"IF @a = {number} INSERT INTO dbo.t (a) SELECT a FROM dbo.s{number};\n"
        for number in range(size)
    )
    return script(f"DECLARE @a int = 1;\n{arms}")


def loops_with_variables(size: int) -> Files:
    listed = "".join(
        f"WHILE @v{number} < 9\nBEGIN\n"
        f"SET @v{number} = (SELECT MAX(a) FROM dbo.s{number} WHERE b = @v{number});\nEND\n"
        for number in range(size)
    )
    return script(f"{variables(size)}{listed}INSERT INTO dbo.t (a) VALUES (@v0);\n")


def else_ifs_with_variables(size: int) -> Files:
    arms = "ELSE ".join(
        f"IF @a = {number} SET @v{number} = (SELECT MAX(a) FROM dbo.s{number});\n"
        for number in range(size)
    )
    return script(f"DECLARE @a int = 1;\n{variables(size)}{arms}INSERT INTO dbo.t VALUES (@v0);\n")


def ifs_with_temporary_tables(size: int) -> Files:
    arms = "".join(
        f"CREATE TABLE #t{number} (a int);\n"
        f"IF @a = {number} INSERT INTO #t{number} (a) SELECT a FROM dbo.s{number};\n"
        for number in range(size)
    )
    return script(f"DECLARE @a int = 1;\n{arms}INSERT INTO dbo.t (a) SELECT a FROM #t0;\n")


def loops_with_temporary_tables(size: int) -> Files:
    listed = "".join(
        f"CREATE TABLE #t{number} (a int);\nWHILE @a < {number}\n"
        f"INSERT INTO #t{number} (a) SELECT a FROM dbo.s{number};\n"
        for number in range(size)
    )
    return script(f"DECLARE @a int = 1;\n{listed}INSERT INTO dbo.t (a) SELECT a FROM #t0;\n")


def tries_with_temporary_tables(size: int) -> Files:
    arms = "".join(
        f"BEGIN TRY SELECT a INTO #t{number} FROM dbo.s{number}; END TRY\n"
        f"BEGIN CATCH INSERT INTO #t{number} (a) SELECT b FROM dbo.s{number}; END CATCH\n"
        for number in range(size)
    )
    return script(f"{arms}INSERT INTO dbo.t (a) SELECT a FROM #t0;\n")


CASES: Mapping[str, Case] = {
    case.name: case
    for case in (
        Case("call graph, three calls each", call_graph, (500, 1000)),
        Case("columns of an INSERT", wide_insert, (4000, 8000)),
        Case("columns of its join", wide_join, (4000, 8000)),
        Case("ALTER TABLE ADD", added_columns, (2000, 4000)),
        Case("columns renamed", renamed_columns, (2000, 4000)),
        Case("nested loops with variables", nested_loops, (200, 400)),
        Case("chain of swaps by rename", rename_chain, (400, 800)),
        Case("one table renamed again and again", renamed_again, (3200, 6400)),
        Case("names of one table, each read", names_of_a_table, (500, 1000)),
        Case("a string handed through procedures", handed_string, (400, 800)),
        Case("strings handed through 30 each", handed_strings, (600, 1200)),
        Case("callers of a ##global table", callers_of_globals, (1600, 3200)),
        Case("IFs with a variable each", ifs_with_variables, (1000, 2000)),
        Case("TRYs with a variable each", tries_with_variables, (1000, 2000)),
        Case("files with diagnostics", files_with_diagnostics, (2000, 4000)),
        Case("statements", statements, (2000, 4000)),
        Case("columns of a table", columns_of_a_table, (8000, 16000)),
        Case("views over views", views, (500, 1000)),
        Case("temporary tables", temporary_tables, (500, 1000)),
        Case("items of a list", list_items, (50000, 100000)),
        Case("WHENs of a CASE", whens, (5000, 10000)),
        Case("IFs", ifs, (1000, 2000)),
        Case("ELSE IFs", else_ifs, (1000, 2000)),
        Case("loops", loops, (1000, 2000)),
        Case("loops with a variable each", loops_with_variables, (500, 1000)),
        Case("ELSE IFs with a variable each", else_ifs_with_variables, (500, 1000)),
        Case("IFs with a temporary table each", ifs_with_temporary_tables, (500, 1000)),
        Case("loops with a temporary table each", loops_with_temporary_tables, (500, 1000)),
        Case("TRYs with a temporary table each", tries_with_temporary_tables, (500, 1000)),
    )
}
