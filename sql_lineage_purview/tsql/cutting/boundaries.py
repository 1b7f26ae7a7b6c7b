"""Which words begin a statement, and where they continue the one before instead.

A statement ends where a reserved word stands that can only begin the next one. A few of these words
also continue a statement (`INSERT … SELECT`, `MERGE … THEN UPDATE SET`, `ON DELETE CASCADE`,
`OFFSET … FETCH`); the table `CONTINUES` tells where.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from ..reading.cursor import END, NAME, NUMBER, STRING, VARIABLE, Cursor
from ..reading.keywords import APPROXIMATELY
from ..reading.lexer import Kind, Token
from ..reading.words import name_at

# All of these are reserved, so none of them is a column or an alias without brackets.
STARTERS = frozenset(
    """
    ALTER BACKUP BEGIN BREAK BULK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE
    DELETE DENY DROP EXEC EXECUTE FETCH GOTO GRANT IF INSERT KILL LINENO MERGE OPEN PRINT RAISERROR
    READTEXT RECONFIGURE RESTORE RETURN REVERT REVOKE ROLLBACK SAVE SELECT SET SETUSER SHUTDOWN
    TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE WRITETEXT""".split()
)
# The columns of a queue: https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
_QUEUE = frozenset(
    """
    STATUS PRIORITY QUEUING_ORDER CONVERSATION_GROUP_ID CONVERSATION_HANDLE MESSAGE_SEQUENCE_NUMBER
    SERVICE_NAME SERVICE_ID SERVICE_CONTRACT_NAME SERVICE_CONTRACT_ID MESSAGE_TYPE_NAME
    MESSAGE_TYPE_ID VALIDATION MESSAGE_BODY""".split()
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
_BEFORE_COLUMN = frozenset(
    {"SELECT", "DISTINCT", ",", "(", "=", "<", ">", "+", "-", "/", "%", "&", "|", "^", "~"}
)
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
_OBJECT_TYPES = frozenset(
    """
    TABLE VIEW PROC PROCEDURE FUNCTION TRIGGER INDEX DATABASE SCHEMA USER ROLE LOGIN TYPE SYNONYM
    SEQUENCE STATISTICS EXTERNAL QUEUE SERVICE CERTIFICATE ASSEMBLY AUTHORIZATION RULE DEFAULT
    FULLTEXT PARTITION XML SYMMETRIC ASYMMETRIC MASTER CREDENTIAL SERVER AGGREGATE ENDPOINT EVENT
    MESSAGE CONTRACT ROUTE REMOTE BROKER AVAILABILITY RESOURCE WORKLOAD SECURITY COLUMN
    CRYPTOGRAPHIC SIGNATURE SENSITIVITY MATERIALIZED POLICY GROUP KEY GOVERNOR NOTIFICATION SESSION
    CLASSIFIER AUDIT SPECIFICATION SOURCE FORMAT CATALOG STOPLIST COLLECTION SCHEME""".split()
)


# Behind any other word a statement may end; behind these something has to come.
_BEFORE_OPERAND = frozenset(
    """
    ALL AND ANY APPLY AS BETWEEN BY CASE DISTINCT ELSE ESCAPE EXCEPT EXEC EXECUTE EXISTS FIRST FOR
    FROM HAVING IF IN INTERSECT INTO IS JOIN LIKE NEXT NOT OFFSET ON OR OUTPUT PERCENT PRINT RETURN
    SELECT SET SOME THEN TIES TOP UNION USING VALUES WHEN WHERE WHILE WITH ZONE""".split()
)
# Statements whose lists of permissions begin with SELECT too: ADD (SELECT ON t BY public).
_HOLDS_NAMES = frozenset({"CREATE", "ALTER", "GRANT", "DENY", "REVOKE"})
# Statements that hold a query, and the words that it stands behind.
WITH_QUERY = frozenset({"DECLARE", "SET", "CREATE", "ALTER"})
BEFORE_QUERY = frozenset({"FOR", "AS"})


# What an action of MERGE stands behind; without THEN it is an action all the same, and the
# statement is broken.
_BEFORE_ACTION = frozenset({"THEN", "MATCHED", "TARGET", "SOURCE"})


def begins(cursor: Cursor) -> bool:
    """Does a word stand here that begins a statement, where it does not continue the one before?

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/throw-transact-sql,
    https://learn.microsoft.com/sql/t-sql/queries/with-common-table-expression-transact-sql
    """
    word = cursor.word
    if word in STARTERS:
        return True
    if word == "WITH":
        return _common_table(cursor)
    if word == "THROW":  # no reserved word, so an alias too, but never before its number
        return cursor.peek() in (NUMBER, VARIABLE) and cursor.peek(2) == ","
    if word not in PAIRS or cursor.before() in _BEFORE_COLUMN:
        return False
    # no expression has a variable right behind a name, but a call has: EXEC receive @a
    if word == "RECEIVE" and cursor.peek() == VARIABLE:
        return cursor.before() not in ("EXEC", "EXECUTE")
    following = cursor.peek()
    if following == "*":  # RECEIVE *; a column may be multiplied too
        return cursor.peek(2) in ("FROM", ",")
    return following in PAIRS[word] and not _is_alias(cursor)


def _is_alias(cursor: Cursor) -> bool:
    """Is the word of a pair an alias, or what follows it?

    Examples are `JOIN t send ON …` and `SELECT move conversation FROM t`.
    """
    behind = cursor.peek(2)
    match cursor.word:
        case "SEND":
            # `JOIN t send ON conversation = 1`: a table called send
            return behind != "CONVERSATION" or cursor.peek(3) in (".", "=", "<", ">")
        case "GET":
            return behind != "GROUP"
        case "MOVE":
            # MOVE CONVERSATION @h TO @g
            return cursor.peek(3) != "TO"
        case "RENAME":
            # RENAME OBJECT dbo.a TO b: behind OBJECT a name of two parts, `::` or a name without TO
            return behind in (NAME, STRING, NUMBER, VARIABLE, END, ",", ")", ";", "FROM", "INTO")
    return False


def _common_table(cursor: Cursor) -> bool:
    """Does `c AS (`, `c (a, b) AS (` or `XMLNAMESPACES (` stand behind WITH?

    Only common table expressions have that form.

    Source: https://learn.microsoft.com/sql/t-sql/queries/with-common-table-expression-transact-sql
    """
    if cursor.peek() == "XMLNAMESPACES" and cursor.peek(2) == "(":
        return True
    if not cursor.is_name(1):
        return False
    start = cursor.index
    cursor.skip(2)
    cursor.group()
    is_table = cursor.stands("AS", "(")
    cursor.go_to(start)
    return is_table


class OpenStatement(Struct):
    """What has been seen of the statement whose end is looked for.

    `cursor` stands where the next one may begin.
    """

    cursor: Cursor
    start: int
    first: str
    second: str
    verb: str
    bodied: bool = False  # INSERT has met its SELECT, VALUES or EXEC
    assigned: bool = False  # UPDATE has met its SET, GRANT its TO
    common: bool = False  # FOR WITH, AS WITH: a query follows whose SELECT has not come yet


def query_begins(statement: OpenStatement) -> bool:
    """Does the parenthesis here begin a query of its own?

    It does in `EXEC p @a (SELECT …)` and `IF @a > 1 (SELECT …)`.

    It does where a SELECT stands in it and what stands before it is complete, since a call holds no
    bare query.
    """
    cursor = statement.cursor
    before = cursor.token(-1)
    if (
        statement.first in _HOLDS_NAMES
        or cursor.peek() != "SELECT"
        or before is None
        or not _complete(before)
    ):
        return False
    closes = cursor.before() == ")"
    # INSERT t (a) (SELECT …) is one statement, INSERT t (SELECT …) (SELECT …) are two
    if statement.verb == "INSERT" and not statement.bodied:
        return closes and _closes_query(cursor)
    # behind WITH q AS (…) and TOP (n) something has to come, though a parenthesis closes there
    return statement.verb != "WITH" and _before_group(cursor) != "TOP"


def _closes_query(cursor: Cursor) -> bool:
    """Is what was passed last a query in parentheses?

    INSERT t (SELECT …) is whole, INSERT t WITH q AS (SELECT …) is not.
    """
    return cursor.tokens[_opening(cursor) + 1].upper == "SELECT" and _before_group(cursor) != "AS"


def _before_group(cursor: Cursor) -> str:
    """The word before the one that was passed last, or before the parentheses that were."""
    back = cursor.index - _opening(cursor) if cursor.before() == ")" else 1
    return cursor.before(back + 1)


def _complete(token: Token) -> bool:
    if token.kind is Kind.OPERATOR:
        return token.upper == ")"
    return token.upper not in _BEFORE_OPERAND


def _opening(cursor: Cursor, index: int | None = None) -> int:
    """The index of the parenthesis that another one closes.

    That is the one before the cursor, or the one at an index.
    """
    depth = 0
    for i in range(cursor.index - 1 if index is None else index, -1, -1):
        word = cursor.tokens[i].upper
        depth += (word == ")") - (word == "(")
        if not depth:
            return i
    return 0


def _select(statement: OpenStatement) -> bool:
    """SELECT behind UNION, as the rows of INSERT, of a cursor, of CREATE TABLE … AS.

    Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/set-operators-union-transact-sql
    """
    cursor = statement.cursor
    before = cursor.before()
    if before in _SET_OPERATORS or (before == "ALL" and cursor.before(2) in _SET_OPERATORS):
        return True
    if statement.verb == "INSERT" and not statement.bodied:
        statement.bodied = True
        # INSERT t (SELECT a FROM s) SELECT 1: the query in parentheses was the rows
        return not (before == ")" and _closes_query(cursor))
    if statement.common:
        statement.common = False
        return True
    # DECLARE c CURSOR FOR SELECT, SET @c = CURSOR FOR SELECT; CREATE TABLE … AS SELECT
    return before in BEFORE_QUERY and statement.first in WITH_QUERY


def _change(statement: OpenStatement) -> bool:
    """INSERT, UPDATE, DELETE inside MERGE, a foreign key, FOR UPDATE, BULK INSERT, IF UPDATE(c).

    Source:
    https://learn.microsoft.com/sql/t-sql/statements/alter-table-table-constraint-transact-sql,
    https://learn.microsoft.com/sql/t-sql/functions/update-trigger-functions-transact-sql
    """
    before, word = statement.cursor.before(), statement.cursor.word
    if _odbc_function(statement) or (word == "UPDATE" and statement.cursor.peek() == "("):
        return True
    if before in _BEFORE_ACTION:
        return statement.verb == "MERGE"
    if before in ("ON", "START"):  # ON DELETE CASCADE, START UPDATE POPULATION
        return statement.first in ("CREATE", "ALTER")
    return (
        (before == "FOR" and word == "UPDATE")
        or (before == "BULK" and word == "INSERT")
        or before in ("AFTER", "BEFORE")
    )


def _set(statement: OpenStatement) -> bool:
    """The SET of UPDATE, also inside MERGE; ON DELETE SET NULL; ALTER DATABASE d SET ….

    Source: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql,
    https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql
    """
    before = statement.cursor.before()
    # UPDATE t SET a = 1 SET NOCOUNT OFF: the first SET is that of UPDATE, a second one begins a
    # statement
    if statement.verb == "UPDATE" and not statement.assigned and statement.second != "STATISTICS":
        statement.assigned = True
        return True
    # each WHEN MATCHED THEN UPDATE has a SET of its own
    if statement.verb == "MERGE":
        return before == "UPDATE"
    if before in ("UPDATE", "DELETE") and statement.cursor.before(2) == "ON":
        return True
    if statement.first == "CREATE":  # CREATE BROKER PRIORITY p FOR CONVERSATION SET (…)
        return statement.second == "BROKER" and before == "CONVERSATION"
    if statement.first != "ALTER" or statement.assigned:
        return False
    # ALTER DATABASE d SET OFFLINE SET NOCOUNT ON: only the first
    statement.assigned = statement.second in ("DATABASE", "SERVER")
    return statement.cursor.peek() == "(" or statement.second in (
        "DATABASE",
        "SERVER",
        "FULLTEXT",
        "EXTERNAL",
    )


def _execute(statement: OpenStatement) -> bool:
    """INSERT … EXEC; CREATE PROCEDURE … EXECUTE AS.

    Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql,
    https://learn.microsoft.com/sql/t-sql/statements/execute-as-clause-transact-sql
    """
    if statement.verb == "INSERT" and not statement.bodied:
        statement.bodied = True
        return True
    return statement.first == "CREATE" and statement.cursor.peek() == "AS"


def _alter_action(statement: OpenStatement) -> bool:
    """ALTER TABLE t ALTER COLUMN, ALTER EVENT SESSION s DROP EVENT.

    Source: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
    """
    if statement.first != "ALTER":
        return False
    following = statement.cursor.peek()
    # ALTER TABLE t DROP a, DROP COLUMN a: no statement begins DROP a
    if following not in _OBJECT_TYPES or following == "COLUMN":
        return True
    if statement.second == "EVENT":
        return following == "EVENT" and statement.cursor.peek(2) != "SESSION"
    return _behind_name(statement)  # ALTER TABLE t DROP INDEX i, ALTER LOGIN l DROP CREDENTIAL c


def _behind_name(statement: OpenStatement) -> bool:
    """ALTER TABLE t, ALTER LOGIN l: does the index stand right behind the name?

    Source: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql,
    https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql
    """
    return (
        statement.first == "ALTER"
        and statement.second in ("TABLE", "LOGIN")
        and name_at(statement.cursor.tokens, statement.start + 2)[1] == statement.cursor.index
    )


def _if(statement: OpenStatement) -> bool:
    """DROP TABLE IF EXISTS t.

    Source: https://learn.microsoft.com/sql/t-sql/statements/drop-table-transact-sql
    """
    return (
        statement.first in ("DROP", "ALTER")
        and statement.cursor.peek() == "EXISTS"
        and statement.cursor.peek(2) != "("
        and (
            statement.cursor.before() in _OBJECT_TYPES or statement.cursor.before() == "CONSTRAINT"
        )
    )


def _copy(statement: OpenStatement) -> bool:
    """SELECT a copy INTO t FROM s; DELETE t OUTPUT deleted.a copy INTO u.

    Behind COPY INTO t FROM stands the address of a file.

    Source: https://learn.microsoft.com/sql/t-sql/statements/copy-into-transact-sql
    """
    cursor = statement.cursor
    place = cursor.index
    cursor.skip(2)
    cursor.name()
    listed = cursor.word == "("
    cursor.group()
    from_file = cursor.stands("FROM", STRING)
    cursor.go_to(place)
    return not from_file and _is_copied_column(statement, listed=listed)


def _is_copied_column(statement: OpenStatement, *, listed: bool) -> bool:
    """Does the word stand in a select list without columns, or in that of OUTPUT?

    Such a list stands behind its table (not `listed`).
    """
    index = statement.cursor.index
    while (index := index - 1) >= statement.start:
        word = statement.cursor.tokens[index].upper
        # backwards over what stands in parentheses, which is another list
        if word == ")":
            index = _opening(statement.cursor, index)
        elif word in ("SELECT", "OUTPUT", "FROM"):
            return word == "OUTPUT" or (word == "SELECT" and not listed)
    return False


def _with(statement: OpenStatement) -> bool:
    """INSERT … WITH q AS (…) SELECT, as other systems have it.

    CREATE SELECTIVE XML INDEX … WITH XMLNAMESPACES (…).

    Source:
    https://learn.microsoft.com/sql/relational-databases/xml/create-alter-and-drop-selective-xml-indexes
    """
    return (statement.verb == "INSERT" and not statement.bodied) or (
        statement.first in ("CREATE", "ALTER") and statement.cursor.peek() == "XMLNAMESPACES"
    )


def _fetch(statement: OpenStatement) -> bool:
    """OFFSET 5 ROWS FETCH NEXT 5 ROWS; ORDER BY c FETCH APPROX NEXT 5 ROWS ONLY.

    A cursor or an alias may be named `row` too: OPEN row FETCH NEXT FROM row.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/fetch-transact-sql
    """
    cursor = statement.cursor
    counts = cursor.peek() in ("NEXT", "FIRST") and cursor.peek(2) != "FROM"
    return (cursor.before() in ("ROWS", "ROW") and counts) or cursor.peek() in APPROXIMATELY


def _bulk(statement: OpenStatement) -> bool:
    """WRITETEXT BULK; INSERT BULK, which no query follows.

    Source: https://learn.microsoft.com/sql/t-sql/queries/writetext-transact-sql
    """
    statement.bodied = statement.bodied or statement.first == "INSERT"
    is_second = statement.cursor.index == statement.start + 1
    return statement.cursor.before() in ("WRITETEXT", "UPDATETEXT") or (
        statement.first == "INSERT" and is_second
    )


def _availability(statement: OpenStatement) -> bool:
    """ALTER AVAILABILITY GROUP g GRANT CREATE ANY DATABASE.

    Source: https://learn.microsoft.com/sql/t-sql/statements/alter-availability-group-transact-sql
    """
    cursor = statement.cursor
    ahead = 0 if cursor.word == "CREATE" else 1
    return (
        statement.second == "AVAILABILITY"
        and cursor.peek(ahead) == "CREATE"
        and cursor.peek(ahead + 1) == "ANY"
    )


def _odbc_function(statement: OpenStatement) -> bool:
    """{fn TRUNCATE(a, 1)}, {fn INSERT(a, 1, 2, b)}.

    Source: https://learn.microsoft.com/sql/t-sql/functions/odbc-scalar-functions-transact-sql
    """
    return statement.cursor.before() == "FN" and statement.cursor.before(2) == "{"


def _reconfigure(statement: OpenStatement) -> bool:
    """ALTER RESOURCE GOVERNOR RECONFIGURE.

    Source: https://learn.microsoft.com/sql/t-sql/statements/alter-resource-governor-transact-sql
    """
    # ALTER RESOURCE GOVERNOR RECONFIGURE
    return statement.first == "ALTER" and statement.cursor.index == statement.start + 3


def _merge(statement: OpenStatement) -> bool:
    """INNER MERGE JOIN; ALTER PARTITION FUNCTION f() MERGE [RANGE (…)].

    Source: https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-join,
    https://learn.microsoft.com/sql/t-sql/statements/alter-partition-function-transact-sql
    """
    if statement.cursor.peek() in ("JOIN", "RANGE"):
        return True
    return (
        statement.second == "PARTITION"
        and statement.first == "ALTER"
        and statement.cursor.before(2) == "("
    )


CONTINUES: dict[str, Callable[[OpenStatement], bool]] = {
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
    # EXECUTE AS USER = 'u' WITH NO REVERT
    "REVERT": lambda statement: statement.cursor.before() == "NO",
    # ALTER DATABASE d SET OFFLINE WITH ROLLBACK IMMEDIATE
    "ROLLBACK": lambda statement: statement.cursor.before() == "WITH",
    "ENABLE": _behind_name,
    "DISABLE": _behind_name,
}
