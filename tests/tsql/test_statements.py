"""Where statements are cut. A case is a script with ¦ at each place where a statement begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.tsql.cutting.cutter import (
    BlockNode,
    Conditional,
    Leaf,
    ModuleNode,
    Node,
    cut,
)
from sql_lineage_purview.tsql.reading import lexer
from sql_lineage_purview.tsql.reading.lexer import SourceText, Token
from sql_lineage_purview.tsql.reading.lexer import tokens_of as lexed


def nodes_of(text: str) -> list[Node]:
    return [node for batch in SourceText(text).batches() for node in cut(batch)]


def starts(nodes: list[Node]) -> list[int]:
    offsets: list[int] = []
    for node in nodes:
        match node:
            case Leaf():
                offsets.append(node.tokens[0].start)
            case Conditional() | BlockNode():
                offsets.append(node.keyword.start)
                for arm in node.arms:
                    offsets += starts(arm)
            case ModuleNode():
                offsets += [node.header[0].start, *starts(node.statements)]
    return offsets


def marked_anew(marked: str) -> str:
    text = marked.replace("¦", "")
    places = starts(nodes_of(text))
    return "".join("¦" * places.count(i) + character for i, character in enumerate(text))


CASES = {
    "no semicolons": (
        "¦SELECT a FROM t ¦INSERT t SELECT 1 ¦UPDATE t SET a = 1 ¦DELETE t ¦EXEC p ¦DECLARE @a "
        "int ¦SET @a = 1 ¦PRINT"
        " 'x'"
    ),
    "semicolons": ";¦SELECT 1;;¦SELECT 2 ; ;¦WITH q AS (SELECT 1 a) SELECT * FROM q;",
    "a set operation is one statement": "¦SELECT 1 UNION ALL SELECT 2 EXCEPT (SELECT 3) INTERSECT "
                                        "SELECT 4 ¦SELECT 5",
    "parentheses first": "¦(SELECT 1) UNION (SELECT 2) ¦SELECT 3",
    "INSERT has one body": (
        "¦INSERT INTO t (a) SELECT 1 ¦SELECT 2 ¦INSERT t VALUES (1) ¦SELECT 3 ¦INSERT t DEFAULT "
        "VALUES ¦SELECT 4"
    ),
    "INSERT EXEC": "¦INSERT t EXEC p @a ¦EXEC q ¦INSERT INTO t (a) EXECUTE ('x') ¦SELECT 1",
    "INSERT with WITH": "¦INSERT t WITH (TABLOCK) WITH q AS (SELECT 1 a) SELECT a FROM q ¦SELECT 2",
    "WITH belongs to its verb": (
        "¦WITH q AS (SELECT 1 a) UPDATE q SET a = 2 ¦SELECT 1; ¦WITH q AS (SELECT 1 a) INSERT t "
        "SELECT a FROM q"
        " ¦DELETE t"
    ),
    "MERGE": "¦MERGE t USING s ON a = b WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN "
             "INSERT (a) VALUES (1)"
    " WHEN NOT MATCHED BY SOURCE THEN DELETE; ¦UPDATE t SET a = 1",
    "MERGE as a hint": "¦SELECT a FROM t INNER MERGE JOIN s ON 1 = 1 ¦ALTER PARTITION FUNCTION "
                       "f() MERGE RANGE (1)"
    " ¦MERGE t USING s ON 1=1 WHEN MATCHED THEN DELETE;",
    "CASE has an END": "¦SELECT CASE WHEN a = 1 THEN 2 ELSE CASE b WHEN 1 THEN 2 END END FROM t "
                       "¦SELECT 1",
    "IF and ELSE": "¦IF @a = 1 ¦SELECT 1 ELSE ¦SELECT 2 ¦SELECT 3",
    "IF with a semicolon before ELSE": "¦IF @a = 1 ¦SELECT 1; ELSE ¦SELECT 2",
    "ELSE belongs to the nearest IF": "¦IF 1=1 ¦IF 2=2 ¦SELECT 1 ELSE ¦SELECT 2 ELSE ¦SELECT 3",
    "IF with CASE and a subquery": (
        "¦IF CASE WHEN @a = 1 THEN 1 ELSE 0 END = (SELECT 1) AND EXISTS (SELECT 2) ¦UPDATE t SET "
        "a = 1"
    ),
    "IF UPDATE": "¦IF UPDATE(a) OR NOT UPDATE (b) ¦UPDATE t SET a = 1",
    "WHILE": (
        "¦WHILE @@FETCH_STATUS = 0 ¦BEGIN ¦FETCH NEXT FROM c INTO @a ¦IF @a = 1 ¦BREAK ELSE "
        "¦CONTINUE END ¦CLOSE c"
        " ¦DEALLOCATE c"
    ),
    "TRY": (
        "¦BEGIN TRY ¦SELECT 1 ¦BEGIN TRY ¦SELECT 2 END TRY BEGIN CATCH ¦THROW; END CATCH END TRY; "
        "BEGIN CATCH ¦SELECT"
        " 3 END CATCH ¦SELECT 4"
    ),
    "transactions are no blocks": (
        "¦BEGIN TRAN ¦BEGIN TRANSACTION x ¦BEGIN DISTRIBUTED TRAN ¦SAVE TRAN y ¦COMMIT ¦ROLLBACK "
        "TRAN y"
    ),
    "natively compiled": "¦CREATE PROC p WITH NATIVE_COMPILATION AS ¦BEGIN ATOMIC WITH (LANGUAGE "
                         "= N'x') ¦SELECT 1 END",
    "labels": "¦again: ¦SELECT 1 ¦GOTO again ¦RETURN",
    "a static method is no label": "¦SELECT geography::Point(1, 2, 3) ¦SELECT a FROM ::fn_x()",
    "foreign keys": (
        "¦ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES s (a) ON DELETE CASCADE ON UPDATE SET NULL "
        "¦ALTER TABLE t ADD b"
        " int"
    ),
    "ALTER TABLE": "¦ALTER TABLE t ALTER COLUMN a int ¦ALTER TABLE t DROP COLUMN a ¦ALTER TABLE t "
                   "DROP CONSTRAINT IF EXISTS c"
    " ¦DROP TABLE t ¦ALTER TABLE t SET (LOCK_ESCALATION = AUTO) ¦SET NOCOUNT ON ¦ALTER TABLE t "
    "SWITCH TO s ¦SELECT 1",
    "period columns": (
        "¦ALTER TABLE t ADD a datetime2 GENERATED ALWAYS AS ROW START, b datetime2 GENERATED "
        "ALWAYS AS ROW END HIDDEN"
        " ¦SELECT 1"
    ),
    "ALTER DATABASE": "¦ALTER DATABASE d SET RECOVERY SIMPLE ¦ALTER DATABASE d SET (A = B) ¦SET "
                      "NOCOUNT ON",
    "permissions": (
        "¦GRANT SELECT, INSERT, EXECUTE ON t TO u WITH GRANT OPTION ¦DENY DELETE ON t TO u "
        "¦REVOKE UPDATE (a) ON t"
        " FROM u ¦SELECT 1"
    ),
    "OFFSET FETCH": "¦SELECT a FROM t ORDER BY a OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY ¦FETCH "
                    "NEXT FROM c INTO @a",
    "DROP IF EXISTS": (
        "¦DROP TABLE IF EXISTS t ¦DROP PROCEDURE IF EXISTS p ¦DROP INDEX IF EXISTS i ON t ¦IF "
        "EXISTS (SELECT 1) ¦DROP"
        " TABLE t"
    ),
    "DROP before IF EXISTS": "¦DROP TABLE t ¦IF EXISTS (SELECT 1) ¦SELECT 2",
    "cursors": "¦DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE OF a ¦OPEN c"
    " ¦DECLARE d CURSOR FOR WITH q AS (SELECT 1 a) SELECT a FROM q"
    " ¦SET @c = CURSOR FOR SELECT 1 ¦UPDATE t SET a = 1 WHERE CURRENT OF c",
    "CREATE TABLE AS": (
        "¦CREATE TABLE t WITH (HEAP) AS SELECT 1 a ¦SELECT 2 ¦CREATE TABLE t AS WITH q AS (SELECT "
        "1 a) SELECT a FROM q"
        " ¦SELECT 3"
    ),
    "XMLNAMESPACES": "¦WITH XMLNAMESPACES ('u' AS a) SELECT 1 ¦SELECT 2",
    "BULK INSERT": "¦BULK INSERT t FROM 'f' WITH (FIRSTROW = 2) ¦INSERT t SELECT 1",
    "words that begin a statement only in pairs": (
        "¦SELECT a copy, b rename FROM t ¦COPY INTO t FROM 'f' ¦RENAME OBJECT t TO s"
    ),
    "service broker": (
        "¦SEND ON CONVERSATION @h MESSAGE TYPE m (@x) ¦END CONVERSATION @h ¦GET CONVERSATION "
        "GROUP @g FROM q ¦RECEIVE"
        " TOP (1) a FROM q"
    ),
    "a procedure called RECEIVE": "¦EXEC receive @a ¦RECEIVE @a = status FROM q",
    "UPDATE STATISTICS": "¦UPDATE STATISTICS t ¦SET NOCOUNT ON ¦UPDATE t SET a = 1 ¦SET @a = 1",
    "SELECT … FOR": (
        "¦SELECT a FROM t FOR XML PATH ¦SELECT a FROM t FOR JSON AUTO ¦SELECT a FROM t FOR BROWSE "
        "¦UPDATE t SET a = 1"
    ),
    "EXECUTE AS": "¦EXECUTE AS USER = 'a' ¦SELECT 1 ¦REVERT ¦CREATE QUEUE q WITH ACTIVATION "
                  "(EXECUTE AS SELF) ¦EXEC p",
    "a procedure goes to the end of its batch": (
        "¦CREATE PROC p @a int = 1, @b AS varchar(9) OUT WITH RECOMPILE AS ¦SELECT 1 ¦SELECT "
        "2\nGO\n¦SELECT 3"
    ),
    "a procedure with a block": "¦ALTER PROCEDURE dbo.p AS ¦BEGIN ¦SELECT 1 END ¦SELECT 2",
    "CREATE OR ALTER": "¦CREATE OR ALTER PROCEDURE p AS ¦RETURN\nGO\n¦CREATE OR ALTER VIEW v AS "
                       "SELECT 1 a UNION SELECT 2",
    "a trigger": "¦CREATE TRIGGER tr ON t WITH EXECUTE AS OWNER AFTER INSERT, UPDATE, DELETE AS "
                 "¦IF UPDATE(a) ¦DELETE t",
    "a trigger of a database": "¦CREATE TRIGGER tr ON DATABASE FOR DROP_TABLE AS ¦PRINT 'x' "
                               "¦ROLLBACK",
    "functions": "¦CREATE FUNCTION f (@a int) RETURNS int AS ¦BEGIN ¦DECLARE @r int ¦SELECT @r = "
                 "1 ¦RETURN @r END",
    "a table function": "¦CREATE FUNCTION f () RETURNS @r TABLE (a int) ¦BEGIN ¦INSERT @r SELECT "
                        "1 ¦RETURN END",
    "an inline function is one": (
        "¦CREATE FUNCTION f () RETURNS TABLE AS RETURN (SELECT 1 a)\nGO\n¦CREATE FUNCTION f () "
        "RETURNS TABLE RETURN"
        " SELECT 1 a"
    ),
    "words of an option": (
        "¦COMMIT TRAN WITH (DELAYED_DURABILITY = ON) ¦ALTER DATABASE d SET OFFLINE WITH ROLLBACK "
        "IMMEDIATE ¦COMMIT ¦EXECUTE AS"
        " USER = 'u' WITH NO REVERT ¦REVERT ¦SET OFFSETS SELECT, EXECUTE ON ¦SELECT 1"
    ),
    "MERGE of a partition": "¦ALTER PARTITION FUNCTION f() MERGE ¦MERGE t USING s ON 1=1 WHEN "
                            "MATCHED THEN DELETE;",
    "generated columns": "¦ALTER TABLE t ADD a int GENERATED ALWAYS AS SUSER_SID END NOT NULL, b "
                         "int ¦SELECT 1",
    "what ALTER does behind the name": (
        "¦ALTER TABLE t DROP INDEX i ¦DROP INDEX i ON t ¦ALTER TABLE t ALTER INDEX i REBUILD "
        "¦ALTER INDEX i ON t REBUILD ¦ALTER"
        " TABLE t ENABLE TRIGGER r ¦ENABLE TRIGGER r ON t ¦ALTER LOGIN l DROP CREDENTIAL c ¦ALTER "
        "AUTHORIZATION ON t TO u"
        " ¦ALTER AUTHORIZATION ON s TO u"
    ),
    "events and priorities": (
        "¦ALTER EVENT SESSION s ON SERVER DROP EVENT a.b, DROP EVENT a.c ¦DROP EVENT SESSION s ON "
        "SERVER ¦CREATE BROKER PRIORITY"
        " p FOR CONVERSATION SET (PRIORITY_LEVEL = 5) ¦SET @a = 1"
    ),
    "queries in parentheses": "¦(SELECT 1) ¦((SELECT 2) UNION (SELECT 3)) ¦(SELECT 4)",
    "BULK text": "¦UPDATETEXT BULK t.c @p NULL NULL ¦WRITETEXT BULK t.c @p 'x' ¦BULK INSERT t "
                 "FROM 'f'",
    "RECEIVE": "¦RECEIVE * FROM q ¦RECEIVE @a = status FROM q ¦RECEIVE message_body FROM q "
               "¦SELECT receive FROM receive r",
    "a schema": "¦CREATE SCHEMA s ¦CREATE VIEW v AS SELECT 1 a ¦GRANT SELECT ON v TO "
                "u\nGO\n¦CREATE VIEW v AS SELECT 1 a",
    "a stray END": "¦END ¦SELECT 1 ¦ELSE ¦SELECT 2",
    "CREATE of a trigger's switch": "¦DISABLE TRIGGER tr ON t; ¦ENABLE TRIGGER ALL ON DATABASE",
    "an index": "¦CREATE UNIQUE INDEX i ON t (a) INCLUDE (b) WHERE a > 1 ¦CREATE INDEX j ON t (a)",
    "DBCC and others": (
        "¦DBCC CHECKDB ¦KILL 5 ¦CHECKPOINT ¦RECONFIGURE ¦BACKUP DATABASE d TO DISK = 'x' ¦RESTORE "
        "DATABASE d FROM DISK"
        " = 'x' ¦SHUTDOWN"
    ),
    "THROW and WAITFOR": "¦WAITFOR DELAY '0:0:1' ¦RAISERROR ('x', 1, 1) ¦SELECT 1; ¦THROW 50000, "
                         "'x', 1",
}  # fmt: skip


@pytest.mark.parametrize("marked", CASES.values(), ids=CASES.keys())
def test_cut(marked: str) -> None:
    assert marked_anew(marked) == marked


@pytest.mark.parametrize(
    "marked", [case for case in CASES.values() if "GO" not in case.split()], ids=str
)
def test_case_and_line_ends_change_nothing(marked: str) -> None:
    variant = marked.lower().replace(" ", "\r\n")
    assert marked_anew(variant) == variant


def test_a_parenthesis_that_is_never_closed_costs_its_statement() -> None:
    first, second = nodes_of("SELECT (1 + f(2) SELECT 3")
    assert isinstance(first, Leaf)
    assert isinstance(second, Leaf)
    assert (first.closed, second.closed) == (False, True)


def test_a_block_that_is_never_closed_is_marked() -> None:
    (block,) = nodes_of("BEGIN SELECT 1 SELECT 2")
    assert isinstance(block, BlockNode)
    assert not block.closed
    assert len(block.arms[0]) == 2


def test_a_procedure_whose_header_breaks_off_does_not_swallow_the_next() -> None:
    first, second = nodes_of("CREATE PROCEDURE p @a int CREATE PROCEDURE q AS SELECT 1")
    assert isinstance(first, Leaf)
    assert isinstance(second, ModuleNode)
    assert [token.value for token in second.header[1:3]] == ["PROCEDURE", "q"]


WORDS = """
SELECT INSERT UPDATE DELETE MERGE SET IF ELSE WHILE BEGIN END TRY CATCH CASE WHEN THEN WITH AS
CREATE ALTER DROP PROC VIEW FUNCTION TRIGGER RETURNS RETURN TABLE EXEC DECLARE CURSOR FOR GRANT TO
FROM VALUES ( ) ; , : a @b 1 'x' EXISTS COLUMN ON UNION""".split()


def tokens_of(nodes: list[Node]) -> list[Token]:
    tokens: list[Token] = []
    for node in nodes:
        match node:
            case Leaf():
                tokens += node.tokens
            case Conditional():
                tokens += [node.keyword, *node.condition]
            case BlockNode():
                tokens.append(node.keyword)
            case ModuleNode():
                tokens += node.header if node.statements else node.header + node.body
        for arm in getattr(node, "arms", ()):
            tokens += tokens_of(arm)
        tokens += tokens_of(getattr(node, "statements", []))
    return tokens


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_no_word_is_lost_and_none_stands_in_two_statements(text: str) -> None:
    structure = {"ELSE", "END", "TRY", "CATCH", "BEGIN", ";"}
    tokens = tokens_of(nodes_of(text))
    assert len({id(token) for token in tokens}) == len(tokens)
    starts_found = {token.start for token in tokens}
    assert [
        token
        for token in lexed(text)
        if token.upper not in structure and token.start not in starts_found
    ] == []


@given(st.lists(st.sampled_from(WORDS), max_size=300).map(" ".join), st.integers(1, 400))
def test_statements_are_the_same_however_little_is_lexed_at_a_time(text: str, window: int) -> None:
    expected = starts(nodes_of(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexer, "_WINDOW", window)
        assert starts(nodes_of(text)) == expected


def test_a_cut_statement_is_forgotten() -> None:
    batch = next(SourceText("INSERT INTO dbo.t (a, b) SELECT 1, 'x';\n" * 20_000).batches())
    sizes = [len(batch.tokens) for _ in cut(batch)]
    assert len(sizes) == 20_000
    assert max(sizes) < 200_000
