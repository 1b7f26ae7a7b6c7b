"""What holds for every file.

Any bytes give facts, soon, and a defect of one statement costs that statement.
"""

from __future__ import annotations

import gc
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.facts import Execute, FileFacts, ModuleFact, StatementFact
from sql_lineage_purview.tsql.queries.deadline import STEPS_PER_LOOK
from tests.linking import compiled
from tests.promptness import promptly

FRAGMENTS = [
    *"""
    SELECT INSERT INTO UPDATE DELETE MERGE USING ON WHEN MATCHED NOT THEN SET FROM WHERE GROUP BY
    ORDER HAVING UNION ALL VALUES ( ) ( ) , , ; . = += * - a b t dbo.t [x y] "q" @v #t 'str' N'x' 1
    0x1F NULL AS JOIN LEFT CROSS APPLY PIVOT UNPIVOT FOR IN XML PATH WITH OPTION TOP CASE ELSE END
    BEGIN IF WHILE TRY CATCH DECLARE CURSOR FETCH EXEC sp_executesql sp_rename CREATE ALTER DROP
    TABLE PROC VIEW FUNCTION TRIGGER RETURNS RETURN int OUTPUT inserted EXISTS BETWEEN AND OPENJSON
    OPENROWSET BULK OPENXML OPENQUERY nodes CAST CONVERT SUM OVER PARTITION ROWS GO :r :setvar $(x)
    {{x}} <a,,b> GOTO lbl: TRUNCATE COPY SWITCH TO RENAME OBJECT :: USE GRANT THROW PRINT WAITFOR
    RECEIVE CLONE EXTERNAL LOCATION COLLATE AT CHANGETABLE { fn } OFFSET NEXT ONLY ' " [ ] SYNONYM
    TYPE SYSTEM_TIME $action XMLNAMESPACES DEFAULT ROLLUP WITHIN WINDOW PREDICT CONTAINSTABLE MATCH
    /* */ -- | ~""".split(),
    "\n",
    "\nGO\n",
    "\0",
    "é",
]

STATEMENTS = [
    "WITH q AS (SELECT a, b AS c FROM dbo.s) INSERT INTO dbo.t (x, y) SELECT q.a, SUM(c) OVER "
    "(PARTITION BY a ORDER BY c) FROM q",
    "MERGE dbo.t AS t USING (SELECT a FROM s) AS s (k) ON t.a = s.k"
    " WHEN MATCHED THEN UPDATE SET t.b += s.k OUTPUT $action, inserted.a INTO l (x, y);",
    "CREATE FUNCTION dbo.f (@a int) RETURNS @r TABLE (k int, v AS k * 2) AS BEGIN INSERT @r "
    "SELECT a FROM dbo.s RETURN END",
    "CREATE TRIGGER tr ON dbo.t AFTER INSERT AS IF UPDATE(a) UPDATE t SET b = i.b FROM inserted i "
    "WHERE i.a = t.a",
    "SELECT n.c.value('@v', 'int') FROM dbo.s CROSS APPLY s.doc.nodes('/r') AS n(c) FOR XML "
    "PATH('a'), TYPE",
    "INSERT t SELECT m.a FROM (DELETE dbo.s OUTPUT deleted.a WHERE b = 1) AS m (a)",
    "DECLARE @s nvarchar(max) = N'SELECT ' + QUOTENAME('a') EXEC sp_executesql @s, N'@p int', @p "
    "= 1",
    "SELECT * FROM (SELECT a, k FROM s) p PIVOT (MAX(a) FOR k IN ([x], [y])) AS v ORDER BY 1 "
    "OFFSET 1 ROWS",
    "COPY INTO dbo.t (a 1, b DEFAULT 2 3) FROM 'https://a.b/c' WITH (CREDENTIAL = (SECRET = 'x'))",
    "EXEC @r = dbo.p @a = 1, @b = @c OUTPUT WITH RECOMPILE",
]  # fmt: skip


def codes(facts: FileFacts) -> set[str]:
    return {diagnostic.code for diagnostic in facts.diagnostics}


def of_statements(facts: FileFacts) -> list[StatementFact]:
    return [
        fact
        for item in facts.items
        for fact in (item.body if isinstance(item, ModuleFact) else (item,))
    ]


@given(st.binary(max_size=300))
def test_any_bytes_give_facts(data: bytes) -> None:
    assert "SLP104" not in codes(compiled(data))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(" ".join))
def test_any_words_give_facts(text: str) -> None:
    assert "SLP104" not in codes(compiled(text))


@settings(max_examples=300)
@given(st.data())
def test_any_damage_to_a_statement_gives_facts(data: st.DataObject) -> None:
    words = (
        data.draw(st.sampled_from(STATEMENTS))
        .replace("(", " ( ")
        .replace(")", " ) ")
        .replace(",", " , ")
        .split()
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(words)))
        words[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.lists(st.sampled_from(FRAGMENTS), max_size=2)
        )
    assert "SLP104" not in codes(compiled(" ".join(words)))


@pytest.mark.parametrize("sql", STATEMENTS)
def test_the_statements_themselves_are_understood(sql: str) -> None:
    assert codes(compiled(sql)) <= {"SLP301"}


HARD = {
    "open parentheses": "(" * 20_000,
    "open strings": "'" * 40_001,
    "open brackets": "[" * 20_000,
    "comments in comments": "/*" * 20_000,
    "template marks": "<a,,{{${$(" * 5_000,
    "words that are no lines of GO": "GO " * 20_000,
    "statements that begin only": "SELECT " * 20_000,
    "headers that break off": "CREATE PROC " * 5_000,
    "permissions that break off": "GRANT SELECT " * 5_000,
    "many ends": "END " * 20_000,
    "commands": ":setvar a b\n" * 5_000,
    "many columns": "SELECT ~ FROM t".replace("~", ", ".join(f"c{i}" for i in range(3_000))),
    "a long sum": "SET @a = " + " + ".join(["'a'"] * 5_000) + " EXEC (@a)",
    "calls that never close": "SELECT " + "CAST(" * 20_000,
    "partitions that never close": "CREATE TABLE t (a int) " + "ON HASH (" * 20_000,
    "constraints that never close": "CREATE TABLE t (a int " + "REFERENCES u (" * 20_000,
    "a long condition": "DELETE t WHERE " + "CONTAINS(a, b) AND " * 10_000 + "1 = 1",
    "branches in branches": "IF 1 = 1 " * 20_000 + "DELETE t",
    "blocks in branches": "IF 1 = 1 BEGIN " * 20_000 + "DELETE t " + "END " * 20_000,
    "attempts in attempts": "BEGIN TRY " * 20_000,
    "hints without end": "SELECT * FROM t (NOLOCK " * 3_000,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_long_and_strange_text_takes_no_long_time(text: str) -> None:
    gc.freeze()  # what other tests have left is not looked through each time
    try:
        with promptly(10):  # a quadratic way through it takes minutes
            compiled(text)
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT t SELECT ~ FROM s".replace("~", "(" * 1000 + "a" + ")" * 1000),
        "INSERT t SELECT ~ FROM s".replace("~", "f(" * 500 + "a" + ")" * 500),
        "INSERT t SELECT * FROM ~s~".replace("~", "(SELECT * FROM " * 200, 1).replace(
            "~", ") q" * 200
        ),
        "INSERT t ~ SELECT a FROM s".replace("~", "SELECT a FROM s UNION ALL " * 1000),
        "IF 1 = 1 BEGIN " * 1000 + "INSERT t SELECT a FROM s " + "END " * 1000,
    ],
    ids=["parentheses", "calls", "derived tables", "unions", "blocks"],
)
def test_deep_nesting_is_not_wrong(sql: str) -> None:
    facts = compiled(sql)
    assert facts.diagnostics == ()
    last = of_statements(facts)[-1]
    assert [str(name) for name in (*last.writes, *last.reads)] == ["t", "s"]


@pytest.mark.parametrize("depth", [100, 20_000])
def test_what_deep_branches_govern_is_not_lost(depth: int) -> None:
    sql = "~ INSERT t SELECT a FROM s END DELETE u".replace("~", "IF 1 = 1 BEGIN " * depth).replace(
        "END ", "END " * depth
    )
    facts = compiled(sql)
    assert facts.diagnostics == ()
    assert [str(name) for fact in of_statements(facts) for name in fact.writes] == ["t", "u"]


def test_a_statement_that_takes_too_long_keeps_its_tables_and_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # the first statement's deadline; then the clock stands far behind it
    seconds = iter([0.0, *[100.0] * 50])
    monkeypatch.setattr(time, "thread_time", lambda: next(seconds))
    terms = " + 1" * STEPS_PER_LOOK
    slow, quick = of_statements(
        facts := compiled(f"INSERT INTO dbo.t SELECT x{terms} FROM dbo.s; DELETE dbo.u")
    )
    assert codes(facts) == {"SLP105"}
    assert [str(name) for name in (*slow.reads, *slow.writes)] == ["dbo.s", "dbo.t"]
    assert [str(name) for name in quick.writes] == ["dbo.u"]


def test_the_clock_is_looked_at_once_in_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = itertools.count()
    monkeypatch.setattr(time, "thread_time", lambda: next(looks) * 0.0)
    compiled(f"SELECT x{' + 1' * STEPS_PER_LOOK} FROM dbo.s")
    # `+` and `1` are a step each where the text is put otherwise, and again in the library's tree
    assert next(looks) <= 1 + 4


def test_a_busy_machine_costs_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 3600.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    facts = compiled("INSERT INTO dbo.t SELECT x + 1 FROM dbo.s; DELETE dbo.u")
    assert facts.diagnostics == ()


def test_a_long_procedure_is_read_to_its_end() -> None:
    body = "\n".join(
        "IF @a = ~ INSERT dbo.t (a) SELECT x + ~ FROM dbo.s~".replace("~", str(i))
        for i in range(2_000)
    )
    facts = compiled(f"CREATE PROCEDURE dbo.p @a int AS\n{body}")
    assert facts.diagnostics == ()
    assert len([fact for fact in of_statements(facts) if fact.writes]) == 2_000


def test_a_megabyte_of_rows_is_one_row_of_constants() -> None:
    rows = ",\n".join(f"({i}, N'name {i}', '2020-01-01', NULL, -1.5, 0x1F)" for i in range(20_000))
    (fact,) = of_statements(compiled("INSERT dbo.t (a, b, c, d, e, f) VALUES ~".replace("~", rows)))
    assert len(repr(fact)) < 2_000


def test_spans_and_counts() -> None:
    facts = compiled("SELECT 1\nGO\nBEGIN\n  INSERT t\n  SELECT a FROM s\nEND\nGO\n")
    (fact,) = (fact for fact in of_statements(facts) if fact.writes)
    assert (facts.batches, facts.statements) == (2, 2)
    assert (fact.span.line, fact.span.column, fact.span.end_line, fact.span.end_column) == (
        4,
        3,
        5,
        18,
    )


def test_a_binary_file_has_no_statements() -> None:
    facts = compiled(b"\x00\x01\x02\x00\x00\xff\xfe" * 50)
    assert (facts.encoding, facts.statements, facts.items) == ("binary", 0, ())
    assert codes(facts) == {"SLP002"}


def test_strings_that_run_strings_are_followed_only_so_far() -> None:
    sql = "DELETE t"
    for _ in range(10):
        sql = "EXEC ('" + sql.replace("'", "''") + "')"
    facts = compiled(sql)
    assert codes(facts) == {"SLP301"}
    assert all(not fact.writes for fact in of_statements(facts))


@pytest.mark.parametrize(
    "sql",
    [
        "'hush'",
        "SELECT 'hush' 'x' 'hush' FROM",
        "N'hush' SELECT 1",
        "WITH 'hush' AS",
        "IF 'hush' = SELECT 1",
    ],
)
def test_what_a_string_holds_is_in_no_message(sql: str) -> None:
    facts = compiled(sql)
    assert facts.diagnostics
    assert not [diagnostic for diagnostic in facts.diagnostics if "hush" in diagnostic.message]


def test_a_statement_that_is_not_understood_is_laid_out_without_its_strings() -> None:
    text = (
        "SELECT 1; insert dbo.t (a) select x, 'secret', 0xBEEF /* note */ from dbo.s where y = "
        "= 1 and z in (select w from u)"
    )
    (diagnostic,) = compiled(text).diagnostics
    assert diagnostic.code == "SLP101"
    assert diagnostic.statement is not None
    assert diagnostic.statement.startswith("insert dbo.t (a)\nselect x,\n")
    assert "\nwhere y = = 1\n" in diagnostic.statement
    assert not any(
        hidden in diagnostic.statement for hidden in ("secret", "BEEF", "note", "SELECT 1")
    )


def test_a_statement_that_is_too_long_or_too_deep_is_laid_out_as_far_as_it_goes() -> None:
    for tail in ("x, " * 5_000, "(" * 900 + "1" + ")" * 900):
        (diagnostic,) = compiled(" ".join(("SELECT a FROM b WHERE =", tail))).diagnostics
        assert diagnostic.statement is not None
        assert diagnostic.statement.startswith("SELECT a")
        assert len(diagnostic.statement) < 20_000


def test_what_was_understood_is_not_laid_out() -> None:
    assert [diagnostic.statement for diagnostic in compiled("EXEC (@x)").diagnostics] == [None]


def test_what_calls_say_again_is_held_once() -> None:
    call = "EXEC dbo.say @key = 'k', @to = @who, @what = '{0}';"
    facts = compiled(
        f"DECLARE @who sysname = 'a'; {call.format(1)} {call.format(2)} SET @who = 'b'; "
        + call.format(2)
    )
    first, second, third = (
        effect
        for item in of_statements(facts)
        for effect in item.effects
        if isinstance(effect, Execute)
    )

    assert first.procedure is second.procedure is third.procedure
    assert first.arguments[0] is second.arguments[0] is third.arguments[0]
    assert first.arguments[1] is second.arguments[1]
    assert second.arguments[1] != third.arguments[1]
    assert first.arguments[2] != second.arguments[2]
    assert second.arguments[2] is third.arguments[2]
