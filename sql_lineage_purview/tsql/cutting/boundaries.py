"""Which words begin a statement, and where they continue the one before instead.

A statement ends where a reserved word stands that can only begin the next one. A few of these words also continue a statement
(`INSERT … SELECT`, `MERGE … THEN UPDATE SET`, `ON DELETE CASCADE`, `OFFSET … FETCH`); the table `CONTINUES` tells where.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..reading.keywords import APPROXIMATELY
from ..reading.lexer import Kind, Token
from ..reading.words import name_at, skip_group, word_at

STARTERS = frozenset(
    """ALTER BACKUP BEGIN BREAK BULK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE DENY DROP EXEC EXECUTE
    FETCH GOTO GRANT IF INSERT KILL LINENO MERGE OPEN PRINT RAISERROR READTEXT RECONFIGURE RESTORE RETURN REVERT REVOKE ROLLBACK
    SAVE SELECT SET SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE WRITETEXT""".split()
)
# The columns of a queue: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
_QUEUE = frozenset(
    """STATUS PRIORITY QUEUING_ORDER CONVERSATION_GROUP_ID CONVERSATION_HANDLE MESSAGE_SEQUENCE_NUMBER SERVICE_NAME SERVICE_ID
    SERVICE_CONTRACT_NAME SERVICE_CONTRACT_ID MESSAGE_TYPE_NAME MESSAGE_TYPE_ID VALIDATION MESSAGE_BODY""".split()
)
# Words that are no reserved ones and begin a statement only together with the second.
PAIRS = {
    "COPY": {"INTO"},
    "RENAME": {"OBJECT"},
    "ADD": {"SIGNATURE", "COUNTER", "SENSITIVITY"},
    "SEND": {"ON"},
    "RECEIVE": {"TOP", "*", "CAST", "CASE", *_QUEUE},
    "ENABLE": {"TRIGGER"},
    "DISABLE": {"TRIGGER"},
    "GET": {"CONVERSATION"},
    "MOVE": {"CONVERSATION"},
}
# An operand comes behind these, so one of the words is a column there.
_BEFORE_COLUMN = frozenset({"SELECT", "DISTINCT", ",", "(", "=", "<", ">", "+", "-", "/", "%", "&", "|", "^", "~"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
_OBJECT_TYPES = frozenset(
    """TABLE VIEW PROC PROCEDURE FUNCTION TRIGGER INDEX DATABASE SCHEMA USER ROLE LOGIN TYPE SYNONYM SEQUENCE STATISTICS EXTERNAL
    QUEUE SERVICE CERTIFICATE ASSEMBLY AUTHORIZATION RULE DEFAULT FULLTEXT PARTITION XML SYMMETRIC ASYMMETRIC MASTER CREDENTIAL
    SERVER AGGREGATE ENDPOINT EVENT MESSAGE CONTRACT ROUTE REMOTE BROKER AVAILABILITY RESOURCE WORKLOAD SECURITY COLUMN
    CRYPTOGRAPHIC SIGNATURE SENSITIVITY MATERIALIZED POLICY GROUP KEY GOVERNOR NOTIFICATION SESSION CLASSIFIER AUDIT SPECIFICATION
    SOURCE FORMAT CATALOG STOPLIST COLLECTION SCHEME""".split()
)


# Behind any other word a statement may end; behind these something has to come.
_BEFORE_OPERAND = frozenset(
    """ALL AND ANY APPLY AS BETWEEN BY CASE DISTINCT ELSE ESCAPE EXCEPT EXEC EXECUTE EXISTS FIRST FOR FROM HAVING IF IN INTERSECT
    INTO IS JOIN LIKE NEXT NOT OFFSET ON OR OUTPUT PERCENT PRINT RETURN SELECT SET SOME THEN TIES TOP UNION USING VALUES WHEN
    WHERE WHILE WITH ZONE""".split()
)
# Statements whose lists of permissions begin with SELECT too: ADD (SELECT ON t BY public).
_HOLDS_NAMES = frozenset({"CREATE", "ALTER", "GRANT", "DENY", "REVOKE"})
# Statements that hold a query, and the words that it stands behind.
WITH_QUERY = frozenset({"DECLARE", "SET", "CREATE", "ALTER"})
BEFORE_QUERY = frozenset({"FOR", "AS"})


# What an action of MERGE stands behind; without THEN it is an action all the same, and the statement is broken.
_BEFORE_ACTION = frozenset({"THEN", "MATCHED", "TARGET", "SOURCE"})


def behind_dot(tokens: list[Token], index: int) -> bool:
    """Does a word stand right behind a dot? It is a part of a name then, though a reserved one cannot stand there: `dbo.Open`."""
    before = tokens[index - 1] if index else None
    return before is not None and before.upper == "." and tokens[index].name and before.end == tokens[index].start


def begins(tokens: list[Token], index: int) -> bool:
    """Does a word stand at the index that begins a statement, where it does not continue the one before?"""
    word = word_at(tokens, index)
    if word in STARTERS:
        return True
    if word == "WITH":
        return _common_table(tokens, index + 1)
    if word == "THROW":  # no reserved word, so an alias too, but never before its number
        numbered = index + 1 < len(tokens) and tokens[index + 1].kind in (Kind.NUMBER, Kind.VARIABLE)
        return numbered and word_at(tokens, index + 2) == ","
    if word not in PAIRS or word_at(tokens, index - 1) in _BEFORE_COLUMN:
        return False
    if word == "RECEIVE" and index + 1 < len(tokens) and tokens[index + 1].kind is Kind.VARIABLE:
        return True
    following = word_at(tokens, index + 1)
    if following == "*":  # RECEIVE *; a column may be multiplied too
        return word_at(tokens, index + 2) in ("FROM", ",")
    return following in PAIRS[word] and not _is_alias(tokens, index)


def _is_alias(tokens: list[Token], index: int) -> bool:
    """Is the word of a pair an alias, or what follows it: `JOIN t send ON …`, `SELECT move conversation FROM t`?"""
    word, behind = word_at(tokens, index), index + 2
    match word:
        case "SEND":
            return word_at(tokens, behind) != "CONVERSATION" or word_at(tokens, behind + 1) in (".", "=", "<", ">")
        case "GET":
            return word_at(tokens, behind) != "GROUP"
        case "MOVE":
            return word_at(tokens, behind + 1) != "TO"
        case "RENAME":
            return word_at(tokens, behind) in ("", ",", ")", ";", "FROM", "INTO")
    return False


def _common_table(tokens: list[Token], index: int) -> bool:
    """Does `c AS (`, `c (a, b) AS (` or `XMLNAMESPACES (` stand here? Behind WITH only common table expressions have that form.

    Source: https://learn.microsoft.com/sql/t-sql/queries/with-common-table-expression-transact-sql
    """
    if word_at(tokens, index) == "XMLNAMESPACES" and word_at(tokens, index + 1) == "(":
        return True
    if index >= len(tokens) or not tokens[index].name:
        return False
    behind = index + 1
    if word_at(tokens, behind) == "(":
        behind = skip_group(tokens, behind)
    return word_at(tokens, behind) == "AS" and word_at(tokens, behind + 1) == "("


@dataclass(slots=True)
class OpenStatement:
    """What has been seen of the statement whose end is looked for."""

    tokens: list[Token]
    start: int
    first: str
    second: str
    verb: str
    bodied: bool = False  # INSERT has met its SELECT, VALUES or EXEC
    assigned: bool = False  # UPDATE has met its SET, GRANT its TO
    common: bool = False  # FOR WITH, AS WITH: a query follows whose SELECT has not come yet

    def word(self, index: int) -> str:
        """The keyword or operator at an index of the tokens."""
        return word_at(self.tokens, index)


def query_begins(statement: OpenStatement, i: int) -> bool:
    """Does the parenthesis at an index begin a query of its own: `EXEC p @a (SELECT …)`, `IF @a > 1 (SELECT …)`?

    It does where a SELECT stands in it and what stands before it is complete, since a call holds no bare query.
    """
    if statement.first in _HOLDS_NAMES or statement.word(i + 1) != "SELECT" or not _complete(statement.tokens[i - 1]):
        return False
    last = _opening(statement.tokens, i - 1) if statement.word(i - 1) == ")" else i - 1
    if statement.verb == "INSERT" and not statement.bodied:
        return statement.word(i - 1) == ")" and _holds_query(statement, last)
    return statement.verb != "WITH" and statement.word(last - 1) != "TOP"


def _holds_query(statement: OpenStatement, opening: int) -> bool:
    """INSERT t (SELECT …) is whole, INSERT t WITH q AS (SELECT …) is not."""
    return statement.word(opening + 1) == "SELECT" and statement.word(opening - 1) != "AS"


def _complete(token: Token) -> bool:
    if token.kind is Kind.OPERATOR:
        return token.upper == ")"
    return token.upper not in _BEFORE_OPERAND


def _opening(tokens: list[Token], index: int) -> int:
    """The index of the parenthesis that the one at an index closes."""
    depth = 0
    for i in range(index, -1, -1):
        depth += (tokens[i].upper == ")") - (tokens[i].upper == "(")
        if not depth:
            return i
    return 0


def _select(statement: OpenStatement, i: int) -> bool:
    before = statement.word(i - 1)
    if before in _SET_OPERATORS or (before == "ALL" and statement.word(i - 2) in _SET_OPERATORS):
        return True
    if statement.verb == "INSERT" and not statement.bodied:
        statement.bodied = True
        return not (before == ")" and _holds_query(statement, _opening(statement.tokens, i - 1)))
    if statement.common:
        statement.common = False
        return True
    # DECLARE c CURSOR FOR SELECT, SET @c = CURSOR FOR SELECT; CREATE TABLE … AS SELECT
    return before in BEFORE_QUERY and statement.first in WITH_QUERY


def _change(statement: OpenStatement, i: int) -> bool:
    """INSERT, UPDATE, DELETE inside MERGE, a foreign key, FOR UPDATE, BULK INSERT, IF UPDATE(c)."""
    before, word = statement.word(i - 1), statement.word(i)
    if _odbc_function(statement, i) or (word == "UPDATE" and statement.word(i + 1) == "("):
        return True
    if before in _BEFORE_ACTION:
        return statement.verb == "MERGE"
    if before in ("ON", "START"):  # ON DELETE CASCADE, START UPDATE POPULATION
        return statement.first in ("CREATE", "ALTER")
    return (before == "FOR" and word == "UPDATE") or (before == "BULK" and word == "INSERT") or before in ("AFTER", "BEFORE")


def _set(statement: OpenStatement, i: int) -> bool:
    before = statement.word(i - 1)
    if statement.verb == "UPDATE" and not statement.assigned and statement.second != "STATISTICS":
        statement.assigned = True
        return True
    if statement.verb == "MERGE":
        return before == "UPDATE"
    if before in ("UPDATE", "DELETE") and statement.word(i - 2) == "ON":
        return True
    if statement.first == "CREATE":  # CREATE BROKER PRIORITY p FOR CONVERSATION SET (…)
        return statement.second == "BROKER" and before == "CONVERSATION"
    if statement.first != "ALTER" or statement.assigned:
        return False
    following = statement.word(i + 1)
    statement.assigned = statement.second in ("DATABASE", "SERVER")
    return following == "(" or statement.second in ("DATABASE", "SERVER", "FULLTEXT", "EXTERNAL")


def _execute(statement: OpenStatement, i: int) -> bool:
    if statement.verb == "INSERT" and not statement.bodied:
        statement.bodied = True
        return True
    return statement.first == "CREATE" and statement.word(i + 1) == "AS"


def _alter_action(statement: OpenStatement, i: int) -> bool:
    if statement.first != "ALTER":
        return False
    following = statement.word(i + 1)
    if following not in _OBJECT_TYPES or following == "COLUMN":
        return True
    if statement.second == "EVENT":
        return following == "EVENT" and statement.word(i + 2) != "SESSION"
    return _behind_name(statement, i)  # ALTER TABLE t DROP INDEX i, ALTER LOGIN l DROP CREDENTIAL c


def _behind_name(statement: OpenStatement, i: int) -> bool:
    """ALTER TABLE t, ALTER LOGIN l: does the index stand right behind the name?"""
    return (
        statement.first == "ALTER"
        and statement.second in ("TABLE", "LOGIN")
        and name_at(statement.tokens, statement.start + 2)[1] == i
    )


def _if(statement: OpenStatement, i: int) -> bool:
    return (
        statement.first in ("DROP", "ALTER")
        and statement.word(i + 1) == "EXISTS"
        and statement.word(i + 2) != "("
        and (statement.word(i - 1) in _OBJECT_TYPES or statement.word(i - 1) == "CONSTRAINT")
    )


def _copy(statement: OpenStatement, i: int) -> bool:
    """SELECT a copy INTO t FROM s; DELETE t OUTPUT deleted.a copy INTO u. Behind COPY INTO t FROM stands the address of a file.

    Source: https://learn.microsoft.com/sql/t-sql/statements/copy-into-transact-sql
    """
    end = name_at(statement.tokens, i + 2)[1]
    listed = statement.word(end) == "("
    if listed:
        end = skip_group(statement.tokens, end)
    if statement.word(end) == "FROM" and end + 1 < len(statement.tokens) and statement.tokens[end + 1].kind is Kind.STRING:
        return False
    while (i := i - 1) >= statement.start:
        if statement.word(i) == ")":
            i = _opening(statement.tokens, i)
        elif statement.word(i) in ("SELECT", "OUTPUT", "FROM"):
            return statement.word(i) == "OUTPUT" or (statement.word(i) == "SELECT" and not listed)
    return False


def _with(statement: OpenStatement, i: int) -> bool:
    """INSERT … WITH q AS (…) SELECT, as other systems have it; CREATE SELECTIVE XML INDEX … WITH XMLNAMESPACES (…)."""
    return (statement.verb == "INSERT" and not statement.bodied) or (
        statement.first in ("CREATE", "ALTER") and statement.word(i + 1) == "XMLNAMESPACES"
    )


def _fetch(statement: OpenStatement, i: int) -> bool:
    """OFFSET 5 ROWS FETCH NEXT; ORDER BY c FETCH APPROX NEXT 5 ROWS ONLY."""
    return statement.word(i - 1) in ("ROWS", "ROW") or statement.word(i + 1) in APPROXIMATELY


def _bulk(statement: OpenStatement, i: int) -> bool:
    """WRITETEXT BULK; INSERT BULK, which no query follows."""
    statement.bodied = statement.bodied or statement.first == "INSERT"
    return statement.word(i - 1) in ("WRITETEXT", "UPDATETEXT") or (statement.first == "INSERT" and i == statement.start + 1)


def _availability(statement: OpenStatement, i: int) -> bool:
    """ALTER AVAILABILITY GROUP g GRANT CREATE ANY DATABASE."""
    at = i if statement.word(i) == "CREATE" else i + 1
    return statement.second == "AVAILABILITY" and statement.word(at) == "CREATE" and statement.word(at + 1) == "ANY"


def _odbc_function(statement: OpenStatement, i: int) -> bool:
    """{fn TRUNCATE(a, 1)}, {fn INSERT(a, 1, 2, b)}."""
    return statement.word(i - 1) == "FN" and statement.word(i - 2) == "{"


def _reconfigure(statement: OpenStatement, i: int) -> bool:
    return statement.first == "ALTER" and i == statement.start + 3  # ALTER RESOURCE GOVERNOR RECONFIGURE


def _merge(statement: OpenStatement, i: int) -> bool:
    """INNER MERGE JOIN; ALTER PARTITION FUNCTION f() MERGE [RANGE (…)]."""
    if statement.word(i + 1) in ("JOIN", "RANGE"):
        return True
    return statement.second == "PARTITION" and statement.first == "ALTER" and statement.word(i - 2) == "("


CONTINUES: dict[str, Callable[[OpenStatement, int], bool]] = {
    "SELECT": _select,
    "INSERT": _change,
    "UPDATE": _change,
    "DELETE": _change,
    "SET": _set,
    "EXEC": _execute,
    "EXECUTE": _execute,
    "ALTER": _alter_action,
    "DROP": _alter_action,
    "IF": _if,
    "FETCH": _fetch,
    "MERGE": _merge,
    "RECONFIGURE": _reconfigure,
    "WITH": _with,
    "COPY": _copy,
    "BULK": _bulk,
    "CREATE": _availability,
    "GRANT": _availability,
    "DENY": _availability,
    "TRUNCATE": _odbc_function,
    "REVERT": lambda statement, i: statement.word(i - 1) == "NO",  # EXECUTE AS USER = 'u' WITH NO REVERT
    "ROLLBACK": lambda statement, i: statement.word(i - 1) == "WITH",  # ALTER DATABASE d SET OFFLINE WITH ROLLBACK IMMEDIATE
    "ENABLE": _behind_name,
    "DISABLE": _behind_name,
}
