"""Attacks by scripts whose lineage multiplies, or whose statements are long and nested."""

# ruff: noqa: S608 - scripts, for no database
from __future__ import annotations

from collections.abc import Iterator

from attacking import Case, Maker, all_of, script


def lineage() -> Iterator[Case]:
    yield from _edges()
    yield from _doubling_modules()
    yield from _doubling_columns()
    yield from _chains()
    yield from _calls()
    yield from _nestings()


def _attack(name: str, sql: str, says: str = "") -> Case:
    return Case("lineage", name, script(sql), says)


def _many(sql: str, files: int) -> Maker:
    """The script in many files, each with tables of its own."""
    return all_of(
        *(script(sql.replace("~", str(number)), f"many/s{number}.sql") for number in range(files))
    )


# --- edges ----------------------------------------------------------------------------------------


def _columns(count: int, pattern: str = "c{}", separator: str = ", ") -> str:
    return separator.join(pattern.format(number) for number in range(count))


def _tables(count: int, *names: str) -> str:
    return (
        "".join(f"CREATE TABLE dbo.{name} ({_columns(count, 'c{} int')});\n" for name in names)
        + "GO\n"
    )


def _total(count: int) -> str:
    """A query whose columns come each from all columns of dbo.w."""
    return (
        f"SELECT {_columns(count, 'total AS c{}')} FROM (SELECT {_columns(count, 'c{}', '+')} "
        "AS total FROM dbo.w) AS d"
    )


def _edges() -> Iterator[Case]:
    wide = _tables(4000, "w", "x")
    yield _attack("4,000 columns into 4,000", f"{wide}INSERT INTO dbo.x {_total(4000)};", "SLP108")
    variable = f"DECLARE @v int; SELECT @v = {_columns(4000, 'c{}', '+')} FROM dbo.w;"
    yield _attack(
        "4,000 columns through a variable",
        f"{wide}{variable} INSERT INTO dbo.x SELECT {_columns(4000, '@v')};",
        "SLP108",
    )
    yield _attack(
        "4,000 columns through a view",
        f"{wide}CREATE VIEW dbo.v AS {_total(4000)};\nGO\nSELECT * INTO dbo.z FROM dbo.v;",
        "SLP108",
    )
    insert = f"INSERT INTO dbo.x {_total(300)};\n"
    near = _tables(300, "w", "x")
    yield _attack("90,000 edges of one statement", near + insert)
    yield _attack("90,000 edges of each of 100 statements", near + insert * 100)
    others = "".join(insert.replace("dbo.x", f"dbo.x{n}") for n in range(100))
    yield _attack("90,000 edges to each of 100 tables", near + others, "SLP108")
    files = _tables(300, "w~", "x~") + (f"INSERT INTO dbo.x~ {_total(300)};\n").replace(
        "dbo.w", "dbo.w~"
    )
    yield Case("lineage", "90,000 edges in each of 100 files", _many(files, 100), "SLP108")
    unions = " UNION ALL ".join(f"SELECT * FROM dbo.w{n}" for n in range(100))
    union = _tables(900, "t", *(f"w{n}" for n in range(100)))
    yield _attack("UNION of 100 tables of 900 columns", f"{union}INSERT INTO dbo.t {unions};")
    through = "".join(
        f"SELECT * INTO dbo.t{n + 1} FROM (SELECT * FROM dbo.t{n} UNION ALL {unions}) AS u;\n"
        for n in range(10)
    )
    yield _attack(
        "UNIONs through ten tables",
        f"{union}SELECT * INTO dbo.t0 FROM ({unions}) AS u;\n{through}",
        "SLP108",
    )
    same = " UNION ALL ".join(["SELECT * FROM dbo.t"] * 2000)
    yield _attack(
        "UNION of one table, 2,000 times", f"{_tables(900, 't', 'u')}INSERT INTO dbo.u {same};"
    )
    conditions = " AND ".join(f"c{n} = {n}" for n in range(900))
    yield _attack(
        "900 conditions and 900 columns",
        f"{_tables(900, 't', 'u')}INSERT INTO dbo.u SELECT * FROM dbo.t WHERE {conditions};",
    )
    merge = "MERGE dbo.u AS u USING dbo.t AS t ON " + " AND ".join(
        f"u.c{n} = t.c{n}" for n in range(900)
    )
    total = _columns(300, "t.c{}", "+")
    when = f" WHEN MATCHED THEN UPDATE SET {_columns(300, f'c{{}} = {total}')};"
    yield _attack("MERGE of 300 columns of 300", f"{_tables(900, 't', 'u')}{merge}{when}")
    starred = ", ".join(["t.*"] * 1000)
    yield _attack(
        "1,000 stars of 900 columns",
        f"{_tables(900, 't')}SELECT {starred} INTO dbo.u FROM dbo.t AS t;",
    )


# --- what doubles with each line ------------------------------------------------------------------


_START = "CREATE TABLE dbo.v0 (a int, b int);\nGO\n"
_JOINED = "SELECT x.a + y.b AS a, x.b + y.a AS b FROM dbo.v{0} AS x CROSS JOIN dbo.v{0} AS y"


def _doubling_modules() -> Iterator[Case]:
    yield _attack(
        "views that read views twice",
        _START + _repeated(f"CREATE VIEW dbo.v{{1}} AS {_JOINED};\nGO\n", 60) + _insert(60),
    )
    function = (
        f"CREATE FUNCTION dbo.v{{1}} () RETURNS TABLE AS RETURN "
        f"{_JOINED.replace('dbo.v{0} AS', 'dbo.v{0}() AS')};\nGO\n"
    )
    functions = (
        _START
        + _repeated(function, 60).replace("dbo.v0()", "dbo.v0")
        + _insert(60).replace("dbo.v60", "dbo.v60()")
    )
    yield _attack("inline functions that read themselves twice", functions)
    applied = "SELECT x.a + y.a AS a FROM dbo.g{0}(@p + 1) AS x CROSS APPLY dbo.g{0}(x.a) AS y"
    argued = f"CREATE FUNCTION dbo.g{{1}} (@p int) RETURNS TABLE AS RETURN {applied};\nGO\n"
    base = (
        "CREATE FUNCTION dbo.g0 (@p int) RETURNS TABLE AS RETURN SELECT @p + a AS a FROM "
        "dbo.v0;\nGO\n"
    )
    yield _attack(
        "functions with arguments that double",
        f"{_START}{base}{_repeated(argued, 40)}INSERT INTO dbo.t (a) SELECT a FROM dbo.g40(1);",
    )
    returned = "dbo.h{0}(@p) + dbo.h{0}(@p + 1) + (SELECT MAX(a) FROM dbo.v0)"
    scalar = (
        f"CREATE FUNCTION dbo.h{{1}} (@p int) RETURNS int AS BEGIN RETURN {returned} END;\nGO\n"
    )
    scalars = _repeated(scalar, 40).replace("dbo.h0(@p) + dbo.h0(@p + 1)", "@p")
    yield _attack(
        "scalar functions that double",
        f"{_START}{scalars}INSERT INTO dbo.t (a) SELECT dbo.h40(a) FROM dbo.v0;",
    )


def _doubling_columns() -> Iterator[Case]:
    ctes = ",\n".join(
        f"v{n + 1} AS ({_JOINED.format(n).replace('dbo.', '' if n else 'dbo.')})" for n in range(60)
    )
    yield _attack(
        "common table expressions that double",
        f"{_START}WITH {ctes} INSERT INTO dbo.t (a) SELECT a FROM v60;",
    )
    stars = ", ".join(
        f"v{n + 1} AS (SELECT x.*, y.* FROM {'v' if n else 'dbo.v'}{n} AS x CROSS JOIN "
        f"{'v' if n else 'dbo.v'}{n} AS y)"
        for n in range(40)
    )
    yield _attack(
        "columns that double in one statement",
        f"{_START}WITH {stars} SELECT * INTO dbo.t FROM v40;",
    )
    tables = "SELECT x.*, y.* INTO dbo.v{1} FROM dbo.v{0} AS x CROSS JOIN dbo.v{0} AS y;\n"
    yield _attack(
        "columns that double from table to table", _START + _repeated(tables, 40) + _insert(40)
    )
    temporary = _repeated(tables, 40).replace("dbo.v", "#v").replace("#v0 ", "dbo.v0 ")
    yield _attack(
        "columns that double in temporary tables",
        f"{_START}{temporary}INSERT INTO dbo.t (a) SELECT a FROM #v40;",
    )
    constants = tables.replace("dbo.v0 AS", "(SELECT NULL AS a) AS").replace("dbo.v", "#v")
    yield _attack("columns of no source that double", f"{_START}{_repeated(constants, 40)}")
    updates = "UPDATE dbo.v0 SET a = a + b, b = a - b;\n" * 3_000
    yield _attack("3,000 updates of a table from itself", _START + updates)
    variables = "SELECT @a = @a + @b + a, @b = @a - @b FROM dbo.v0;\n" * 3_000
    yield _attack(
        "3,000 variables from one another",
        f"{_START}DECLARE @a int, @b int;\n{variables}INSERT INTO dbo.t (a) SELECT @a;",
    )


def _chains() -> Iterator[Case]:
    synonyms = _repeated("CREATE SYNONYM dbo.v{1} FOR dbo.v{0};\n", 5_000)
    yield _attack("5,000 synonyms of synonyms", _START + synonyms + _insert(5_000))
    ring = "".join(f"CREATE SYNONYM dbo.r{n} FOR dbo.r{(n + 1) % 50};\n" for n in range(50))
    yield _attack(
        "synonyms in a ring", f"{_START}{ring}INSERT INTO dbo.t (a) SELECT a FROM dbo.r0;"
    )
    views = "".join(
        f"CREATE VIEW dbo.r{n} AS SELECT * FROM dbo.r{(n + 1) % 50} UNION ALL SELECT * FROM "
        f"dbo.r{(n + 7) % 50};\nGO\n"
        for n in range(50)
    )
    yield _attack("views in rings", f"{_START}{views}INSERT INTO dbo.t SELECT * FROM dbo.r0;")
    triggers = "".join(
        f"CREATE TRIGGER dbo.x{n} ON dbo.v{n} AFTER INSERT AS BEGIN "
        + "".join(f"INSERT INTO dbo.v{m} SELECT * FROM inserted; " for m in range(20))
        + "END;\nGO\n"
        for n in range(20)
    )
    created = "".join(f"CREATE TABLE dbo.v{n} (a int, b int);\n" for n in range(20))
    yield _attack(
        "triggers that set off one another",
        f"{created}GO\n{triggers}INSERT INTO dbo.v0 SELECT 1, 2;",
    )


def _repeated(pattern: str, times: int) -> str:
    return "".join(
        pattern.replace("{0}", str(number)).replace("{1}", str(number + 1))
        for number in range(times)
    )


def _insert(last: int) -> str:
    return f"INSERT INTO dbo.t (a) SELECT a FROM dbo.v{last};\n"


# --- calls ----------------------------------------------------------------------------------------


def _calls() -> Iterator[Case]:
    yield _attack("procedures that call four times", _calling(11, 4, 100))
    yield _attack("calls near the limit", _calling(7, 4, 1))
    files = (
        script(_calling(7, 4, 1).replace("dbo.p", f"dbo.q{n}p"), f"many/s{n}.sql")
        for n in range(20)
    )
    yield Case("lineage", "calls near the limit in 20 files", all_of(*files))
    yield _attack("20,000 calls of one procedure", _one_procedure(20_000))
    temporary = (
        "CREATE PROC dbo.p AS INSERT INTO #t SELECT a FROM #t\nGO\nCREATE TABLE #t (a int);"
        + "EXEC dbo.p;" * 5_000
    )
    yield _attack(
        "5,000 calls that fill a temporary table",
        f"{temporary}INSERT INTO dbo.t (a) SELECT a FROM #t;",
    )
    passed = "".join(f"EXEC dbo.p{n} @x OUTPUT, @y OUTPUT;" for n in range(50))
    outputs = "".join(
        f"CREATE PROC dbo.p{n} @x int OUTPUT, @y int OUTPUT AS BEGIN SELECT @x = @x + @y + a FROM "
        "dbo.s; "
        f"{f'EXEC dbo.p{n - 1} @y OUTPUT, @x OUTPUT; ' * 2 if n else ''}END\nGO\n"
        for n in range(50)
    )
    yield _attack(
        "values that OUTPUT hands back twice",
        f"{outputs}DECLARE @x int, @y int; {passed} INSERT INTO dbo.t (a) SELECT @x;",
    )
    mutual = "".join(
        f"CREATE PROC dbo.m{n} @p int AS BEGIN "
        f"{' '.join(f'EXEC dbo.m{m} @p;' for m in range(30))} END\nGO\n"
        for n in range(30)
    )
    yield _attack("30 procedures that call one another", f"{mutual}EXEC dbo.m0 1;")
    results = "".join(
        f"CREATE PROC dbo.i{n + 1} AS BEGIN {f'INSERT INTO dbo.t{n} EXEC dbo.i{n}; ' * 4}SELECT a "
        f"FROM dbo.t{n} END\nGO\n"
        for n in range(12)
    )
    yield _attack(
        "result sets that are inserted",
        f"CREATE PROC dbo.i0 AS SELECT a FROM dbo.s\nGO\n{results}INSERT INTO dbo.t EXEC dbo.i12;",
    )


def _calling(depth: int, times: int, calls: int) -> str:
    procedures = "".join(
        f"CREATE PROC dbo.p{n} @s varchar(max) AS BEGIN {f'EXEC dbo.p{n + 1} @s; ' * times} "
        "END\nGO\n"
        for n in range(depth)
    )
    last = f"CREATE PROC dbo.p{depth} @s varchar(max) AS EXEC (@s)\nGO\n"
    return (
        procedures
        + last
        + "".join(f"EXEC dbo.p0 'SELECT a FROM dbo.s; SELECT {n}';\n" for n in range(calls))
    )


def _one_procedure(times: int) -> str:
    body = "INSERT INTO dbo.t (a) SELECT a + @a FROM dbo.s; INSERT INTO dbo.u (a) SELECT @a"
    calls = "".join(f"EXEC dbo.p {number};\n" for number in range(times))
    return f"CREATE PROC dbo.p @a int AS BEGIN {body} END\nGO\n{calls}"


# --- long and nested ------------------------------------------------------------------------------


def _nestings() -> Iterator[Case]:
    blocks = {
        "BEGIN": ("BEGIN ", " END"),
        "IF": ("IF @a = 1 ", ""),
        "IF ELSE": ("IF @a = 1 SELECT 1 ELSE ", ""),
        "WHILE": ("WHILE @a = 1 BEGIN SELECT @a = a FROM dbo.s; ", " END"),
        "TRY": ("BEGIN TRY ", " END TRY BEGIN CATCH SELECT 1 END CATCH"),
    }
    for name, (opening, closing) in blocks.items():
        yield _attack(
            f"{name} nested 40 deep", f"{opening * 40}INSERT INTO dbo.t SELECT @a{closing * 40}"
        )
        yield _attack(
            f"{name} nested 10,000 deep",
            f"{opening * 10_000}INSERT INTO dbo.t SELECT @a{closing * 10_000}",
        )
    yield from _nested_queries()
    yield from _long()


def _nested_queries() -> Iterator[Case]:
    queries = {
        "subqueries": ("(SELECT MAX(a) FROM dbo.s WHERE a > ", ")"),
        "derived tables": ("(SELECT a FROM ", " AS d)"),
        "CASE": ("CASE WHEN a = 1 THEN 1 ELSE ", " END"),
        "functions": ("ISNULL(a, ", ")"),
        "EXISTS": ("CASE WHEN EXISTS (SELECT 1 FROM dbo.s WHERE 1 = ", ") THEN 1 END"),
    }
    for name, (opening, closing) in queries.items():
        for depth in (60, 2_000):
            inner = "(SELECT a FROM dbo.s)" if name != "derived tables" else "dbo.s"
            nested = f"{opening * depth}{inner}{closing * depth}"
            sql = (
                f"SELECT a FROM {nested} AS e"
                if name == "derived tables"
                else (f"SELECT {nested} FROM dbo.s")
            )
            yield _attack(f"{name} nested {depth:,} deep", f"INSERT INTO dbo.t (a) {sql};")


def _long() -> Iterator[Case]:
    jumps = "".join(
        f"l{n}: SELECT @a = @a + a FROM dbo.s; IF @a = {n} GOTO l{(n * 7) % 2000};\n"
        for n in range(2_000)
    )
    yield _attack("2,000 GOTOs", f"DECLARE @a int;\n{jumps}INSERT INTO dbo.t (a) SELECT @a;")
    yield _attack(
        "2,000 joins",
        "INSERT INTO dbo.t (a) SELECT s0.a FROM dbo.s AS s0"
        + "".join(f" JOIN dbo.s AS s{n} ON s{n}.a = s{n - 1}.a" for n in range(1, 2000)),
    )
    unknown = ", ".join(f"dbo.u{n}" for n in range(300))
    yield _attack(
        "300 columns of 300 tables that nobody knows",
        f"INSERT INTO dbo.t SELECT {_columns(300)} FROM {unknown};",
    )
    applied = "".join(f" CROSS APPLY (SELECT s{n - 1}.a + 1 AS a) AS s{n}" for n in range(1, 1_000))
    yield _attack(
        "1,000 times CROSS APPLY", f"INSERT INTO dbo.t (a) SELECT s999.a FROM dbo.s AS s0{applied};"
    )
    yield _attack("20,000 quotes without an end", "SELECT 'a\n" * 20_001)
    yield _attack("50,000 brackets without an end", "SELECT [a\n" * 50_000)
    yield _attack("200,000 brackets in a line", "SELECT " + "[" * 200_000 + "\n, 1")
    yield _attack("a name of a million brackets", "SELECT [" + "a]]" * 1_000_000)
    yield _attack("50,000 comments without an end", "/* " * 50_000)
    yield _attack("50,000 words of no grammar", "SELECT FROM WHERE ( INTO BY " * 10_000)
    yield _attack("50,000 statements of no grammar", "SELECT FROM dbo.s WHERE (;\n" * 50_000)
    rows = ", ".join(f"({n}, 'x', NULL)" for n in range(300_000))
    yield _attack("300,000 rows of VALUES", f"INSERT INTO dbo.t (a, b, c) VALUES {rows};")
