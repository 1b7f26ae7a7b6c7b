"""Attacks by strings, and by what the commands of SQLCMD expand.

The strings are those that scripts put together, execute and pass on.
"""

# ruff: noqa: S608 - scripts, for no database
from __future__ import annotations

from collections.abc import Iterator

from attacking import Case, all_of, file, script

_START = "DECLARE @s varchar(max) = 'SELECT a FROM dbo.s;';"
_LONG = f"DECLARE @s varchar(max) = '{'x' * 9999}';"


def strings() -> Iterator[Case]:
    yield from _replacements()
    yield from _additions()
    yield from _executions()
    yield from _calls()
    yield from _commands()
    yield from _near_limits()


def _grows(name: str, sql: str, says: str = "") -> Case:
    return Case("string", name, script(sql), says)


def _replacements() -> Iterator[Case]:
    doubled = "SET @s = REPLACE(@s, 'x', @s);" * 9
    yield _grows(
        "REPLACE of itself", f"DECLARE @s varchar(max) = 'xxxxxxxxxx';{doubled}EXEC (@s)", "SLP107"
    )
    inside = "REPLACE(" * 5 + "@s" + ", 'x', @s)" * 5
    yield _grows(
        "REPLACE inside REPLACE",
        f"DECLARE @s varchar(max) = '{'x' * 99}'; SET @s = {inside}; EXEC (@s)",
        "SLP107",
    )
    chain = "SET @s = REPLACE(@s, 'a', 'aa');" * 30
    yield _grows("REPLACE that doubles", f"{_START}{chain}EXEC (@s)", "SLP107")
    holes = "REPLACE(" * 3_000 + "@s" + "".join(f", '{{{n}}}', @p)" for n in range(3_000))
    yield _grows("3,000 times REPLACE", f"{_START}SET @s = {holes}; EXEC (@s)")
    quoted = "QUOTENAME(" * 60 + "@q" + ", '''')" * 60
    yield _grows(
        "QUOTENAME inside QUOTENAME",
        f"DECLARE @q varchar(max) = ''''; SET @q = {quoted}; EXEC (@q)",
        "SLP107",
    )
    long = "REPLICATE('x', 2000000000) + SPACE(2000000000)"
    yield _grows(
        "REPLICATE, SPACE, STUFF",
        f"DECLARE @s varchar(max) = {long}; SET @s = STUFF(@s, 1, 1, @s); EXEC (@s)",
        "SLP301",
    )
    repeated = "SET @s = REPLICATE(@s, 10);" * 9
    yield _grows("REPLICATE of REPLICATE", f"{_START}{repeated}EXEC (@s)", "SLP301")
    near = "SET @s = REPLICATE('SELECT a FROM dbo.s; ', 40000);"
    yield _grows(
        "REPLICATE near the limit, 1,000 times", f"{_START}{near * 1000}EXEC (@s)", "SLP301"
    )
    number = "9" * 5000
    yield _grows(
        "numbers of 5,000 digits", f"EXEC ('a' + CONCAT('b', {number}) + CHAR({number}));", "SLP301"
    )
    formatted = f"FORMATMESSAGE('{'%s' * 999}', {', '.join(['@s'] * 999)})"
    yield _grows("FORMATMESSAGE", f"{_LONG} SET @s = {formatted}; EXEC (@s)", "SLP107")


def _additions() -> Iterator[Case]:
    yield _grows("+= of itself", f"{_START}{'SET @s += @s;' * 60}EXEC (@s)", "SLP107")
    loop = "WHILE 1 = 1 BEGIN SET @s += @s; SET @s = REPLACE(@s, 'a', @s); END"
    yield _grows("WHILE that doubles", f"{_START}{loop} EXEC (@s)", "SLP301")
    nested = "WHILE @n < 9 BEGIN SET @s += @s; " * 40 + "END " * 40
    yield _grows("WHILE inside WHILE", f"{_START}{nested}EXEC (@s)", "SLP301")
    fetch = "FETCH NEXT FROM c INTO @n;"
    fetching = f"{fetch} WHILE @@FETCH_STATUS = 0 BEGIN SET @s = @s + @s + @n; {fetch} END"
    cursor = f"DECLARE c CURSOR FOR SELECT a FROM dbo.s; OPEN c; {fetching}"
    yield _grows("cursor loop that doubles", f"{_START}{cursor} EXEC (@s)", "SLP301")
    yield _grows(
        "CONCAT", f"{_LONG} SET @s = CONCAT({', '.join(['@s'] * 5000)}); EXEC (@s)", "SLP107"
    )
    yield _grows(
        "rows that double",
        f"{_START}SELECT @s = @s + @s FROM STRING_SPLIT('{'a,' * 900}', ','); EXEC (@s)",
        "SLP301",
    )
    rows = ", ".join(["('SELECT a FROM dbo.s; ')"] * 499)
    aggregate = f"SELECT @s = STRING_AGG(x, @s) FROM (VALUES {rows}) AS v (x);"
    yield _grows("STRING_AGG of itself", f"{_START}{aggregate * 9}EXEC (@s)")
    yield _grows(
        "100,000 pieces",
        "DECLARE @s varchar(max) = " + "+".join(["'abc'"] * 100_000) + "; EXEC (@s)",
    )
    twenty_thousand = "SET @s += 'SELECT a FROM dbo.s; ';\n" * 20_000
    yield _grows("20,000 times +=", f"DECLARE @s varchar(max) = '';{twenty_thousand}EXEC (@s)")
    arms = "".join(f"SET @s += CASE WHEN @p = {n} THEN 'a' ELSE 'b' END;" for n in range(3000))
    yield _grows("3,000 times CASE", f"DECLARE @s varchar(max) = '';{arms}EXEC (@s)")
    branches = "IF @p = 1 SET @s += ' a' ELSE SET @s += ' b';"
    yield _grows("5,000 times IF ELSE", f"{_START}{branches * 5000}EXEC (@s)", "SLP107")
    yield _grows("IF ELSE of many variables", _variables(12, 60), "SLP301")


def _executions() -> Iterator[Case]:
    growth = f"{_START}{'SET @s += @s;' * 12}"
    yield _grows(
        "one long string, executed 1,000 times", f"{growth}{'EXEC (@s);' * 1000}", "SLP107"
    )
    yield _grows(
        "one long string, passed 3,000 times", f"{growth}{'EXEC dbo.p @s;' * 3000}", "SLP107"
    )
    yield _grows("strings that execute strings", _executing(7, 20), "SLP107")
    yield _grows("strings that execute strings, deep", _executing(9, 2))
    yield _grows(
        "a string that executes itself",
        "DECLARE @s varchar(max) = 'EXEC (@s)'; SET @s = @s + @s; EXEC sp_executesql @s, N'@s "
        "varchar(max)', @s",
    )
    longer = "DECLARE @s varchar(max) = 'x'; EXEC (''EXEC (''''SELECT a FROM dbo.s'''')'');"
    yield _grows(
        "strings in alternatives",
        f"{_START}{'IF @p = 1 SET @s += @s + @q;' * 12}EXEC (@s); EXEC ('{longer}' + @s)",
    )


def _calls() -> Iterator[Case]:
    itself = (
        "CREATE PROC dbo.p @s varchar(max) AS BEGIN SET @s = @s + @s; EXEC dbo.p @s; EXEC (@s) "
        "END\nGO\n"
    )
    yield _grows(
        "a procedure that passes itself a longer string",
        f"{itself}EXEC dbo.p 'SELECT a FROM dbo.s;'",
    )
    yield _grows("procedures that pass on ten times as much", _passing("@s + " * 9 + "@s"))
    yield _grows("procedures that pass on twice as much", _passing("@s + @s"))
    yield _grows("3,000 strings passed to one procedure", _passed(3_000, 100))
    yield _grows("300 long strings passed to one procedure", _passed(300, 40_000), "SLP107")
    outputs = "".join(f"EXEC dbo.p @s OUTPUT; EXEC (@s + 'SELECT {n}');" for n in range(2_000))
    output = f"CREATE PROC dbo.p @s varchar(max) OUTPUT AS SET @s = @s + @s\nGO\n{_START}{outputs}"
    yield _grows("a string that OUTPUT doubles", output)


def _commands() -> Iterator[Case]:
    doubled = "".join(f":setvar v{n + 1} $(v{n})$(v{n})\n" for n in range(60)).replace(
        "$(v0)$(v0)", "abcdefgh"
    )
    yield _grows(":setvar of itself twice", f"{doubled}SELECT * FROM dbo.$(v60);", "SLP107")
    yield _grows(
        ":setvar, used 5,000 times",
        f":setvar v {'x' * 90_000}\n" + "SELECT a FROM dbo.$(v);\n" * 5000,
        "SLP107",
    )
    yield _grows(
        "200,000 times :setvar", "".join(f":setvar w{n} abc\n" for n in range(200_000)), "SLP107"
    )
    included = (
        file(f"f{n}.inc", f":setvar v $(v)y\n:r f{n + 1}.inc\n:r f{n + 1}.inc\n") for n in range(20)
    )
    yield Case(
        "string", ":r of :r of :r", all_of(*included, script(":setvar v x\n:r f0.inc\n")), "SLP107"
    )
    yield _grows(":r of itself", ":r attack.sql\n", "SLP404")
    line = "INSERT INTO dbo.t SELECT a FROM dbo.s;\n"
    many = (script(":r large.inc\n", f"s{n}.sql") for n in range(20))
    yield Case(
        "string", "1 MB behind :r of 20 scripts", all_of(file("large.inc", line * 25_000), *many)
    )
    yield _grows("50,000 batches", "SELECT 1\nGO\n" * 50_000)
    yield _grows("GO, a billion times", "INSERT INTO dbo.t SELECT a FROM dbo.s;\nGO 1000000000\n")


def _near_limits() -> Iterator[Case]:
    """Many files, each of which stays just within what one file may."""
    building = f"{_START}{'SET @s += @s;' * 15}" + "SET @t = @s + 'x'; SET @t = '';" * 300
    yield Case(
        "string", "200 files that build all they may", _many(f"{building}EXEC (@s)", 200), "SLP107"
    )
    executing = (
        ("DECLARE @s varchar(max) = 'INSERT INTO dbo.t SELECT a FROM dbo.s; ';")
        + "SET @s += @s;" * 11
        + "EXEC (@s)"
    )
    yield Case("string", "50 files that execute all they may", _many(executing, 50))
    expanding = f":setvar v {'x' * 90_000}\n" + "SELECT a AS [$(v)] FROM dbo.s;\n" * 20
    yield Case("string", "100 files that expand all they may", _many(expanding, 100))
    alternatives = f"{_START}{'SET @s += @s;' * 11}{'IF @p = 1 SET @s += @s;' * 3}EXEC (@s)"
    yield Case("string", "200 files with long alternatives", _many(alternatives, 200))


def _many(sql: str, files: int) -> object:
    return all_of(*(script(sql, f"many/s{number}.sql") for number in range(files)))


def _variables(count: int, times: int) -> str:
    """Variables that are put together from one another, each in one way or the other."""
    sets = "".join(
        f"IF @p = {time} SET @v{time % count} = @v{(time + 1) % count} + ' a' "
        f"ELSE SET @v{time % count} = @v{(time + 2) % count} + ' b';"
        for time in range(times)
    )
    declared = "".join(
        f"DECLARE @v{number} varchar(max) = 'SELECT {number} FROM dbo.s';"
        for number in range(count)
    )
    return f"{declared}{sets}{''.join(f'EXEC (@v{number});' for number in range(count))}"


def _executing(depth: int, times: int) -> str:
    text = "SELECT a FROM dbo.s;"
    for _ in range(depth):
        text = "DECLARE @q varchar(max) = '" + text.replace("'", "''") + "';" + "EXEC (@q);" * times
    return text


def _passing(expression: str) -> str:
    procedures = "".join(
        f"CREATE PROC dbo.p{n} @s varchar(max) AS BEGIN DECLARE @t varchar(max) = {expression}; "
        f"EXEC dbo.p{n + 1} @t END\nGO\n"
        for n in range(11)
    )
    return (
        f"{procedures}CREATE PROC dbo.p11 @s varchar(max) AS EXEC (@s)\nGO\nEXEC dbo.p0 "
        "'SELECT a FROM dbo.s;'"
    )


def _passed(times: int, length: int) -> str:
    calls = "".join(
        f"EXEC dbo.p 'INSERT INTO dbo.t{n} SELECT a FROM dbo.s --{'x' * length}';\n"
        for n in range(times)
    )
    return f"CREATE PROC dbo.p @s varchar(max) AS EXEC ('SET NOCOUNT ON; ' + @s)\nGO\n{calls}"
