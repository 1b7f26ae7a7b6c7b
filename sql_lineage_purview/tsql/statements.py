"""Where statements begin and end: our own grammar, since T-SQL needs no semicolon.

A statement ends at a semicolon, or where a reserved word stands that can only begin the next one. A few of these words also
continue a statement (`INSERT … SELECT`, `MERGE … THEN UPDATE SET`, `ON DELETE CASCADE`, `OFFSET … FETCH`); the table
`_CONTINUES` tells where.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow,
https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from .lexer import Kind, Token
from .words import closings

Tokens: TypeAlias = list[Token]


@dataclass(slots=True)
class Leaf:
    """A statement without others in it. `closed` False: its parentheses never close."""

    tokens: Tokens
    closed: bool = True


@dataclass(slots=True)
class Conditional:
    """IF or WHILE: its keyword, its condition, its arms."""

    keyword: Token
    condition: Tokens
    arms: list[list[Node]]


@dataclass(slots=True)
class Block:
    """BEGIN … END, or BEGIN TRY … END CATCH with two arms. `closed` False: END is missing."""

    keyword: Token
    arms: list[list[Node]]
    attempt: bool = False
    closed: bool = True


@dataclass(slots=True)
class ModuleNode:
    """CREATE or ALTER of a procedure, function, view or trigger: the tokens up to its body, the body's tokens and statements.

    `kind` is PROCEDURE, FUNCTION, VIEW or TRIGGER. A view and an inline function have no statements: their body is a query.
    """

    kind: str
    header: Tokens
    body: Tokens
    statements: list[Node] = field(default_factory=list)


Node: TypeAlias = "Leaf | Conditional | Block | ModuleNode"

_STARTERS = frozenset(
    """ALTER BACKUP BEGIN BREAK BULK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE DENY DROP EXEC EXECUTE
    FETCH GOTO GRANT IF INSERT KILL MERGE OPEN PRINT RAISERROR READTEXT RECONFIGURE RESTORE RETURN REVERT REVOKE ROLLBACK SAVE
    SELECT SET SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE WRITETEXT""".split()
)
# Words that are no reserved ones and begin a statement only together with the second.
_PAIRS = {
    "COPY": {"INTO"},
    "RENAME": {"OBJECT"},
    "ADD": {"SIGNATURE", "COUNTER", "SENSITIVITY"},
    "SEND": {"ON"},
    "GET": {"CONVERSATION"},
    "MOVE": {"CONVERSATION"},
}
_MODULE_WORDS = {"PROC": "PROCEDURE", "PROCEDURE": "PROCEDURE", "FUNCTION": "FUNCTION", "VIEW": "VIEW", "TRIGGER": "TRIGGER"}
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
_OBJECT_TYPES = frozenset(
    """TABLE VIEW PROC PROCEDURE FUNCTION TRIGGER INDEX DATABASE SCHEMA USER ROLE LOGIN TYPE SYNONYM SEQUENCE STATISTICS EXTERNAL
    QUEUE SERVICE CERTIFICATE ASSEMBLY RULE DEFAULT FULLTEXT PARTITION XML SYMMETRIC ASYMMETRIC MASTER CREDENTIAL SERVER
    AGGREGATE ENDPOINT EVENT MESSAGE CONTRACT ROUTE REMOTE BROKER AVAILABILITY RESOURCE WORKLOAD SECURITY COLUMN
    CRYPTOGRAPHIC SIGNATURE SENSITIVITY MATERIALIZED POLICY GROUP KEY GOVERNOR NOTIFICATION SESSION CLASSIFIER AUDIT SPECIFICATION
    SOURCE FORMAT CATALOG STOPLIST COLLECTION SCHEME""".split()
)


# Statements that hold a query, and the words that it stands behind.
_WITH_QUERY = frozenset({"DECLARE", "SET", "CREATE", "ALTER"})
_BEFORE_QUERY = frozenset({"FOR", "AS"})


def _word(tokens: Tokens, index: int) -> str:
    return tokens[index].upper if 0 <= index < len(tokens) else ""


@dataclass(slots=True)
class _Scan:
    """What has been seen of the statement whose end is looked for."""

    tokens: Tokens
    start: int
    first: str
    second: str
    verb: str
    bodied: bool = False  # INSERT has met its SELECT, VALUES or EXEC
    assigned: bool = False  # UPDATE has met its SET, GRANT its TO
    common: bool = False  # FOR WITH, AS WITH: a query follows whose SELECT has not come yet

    def word(self, index: int) -> str:
        return _word(self.tokens, index)


def _select(scan: _Scan, i: int) -> bool:
    before = scan.word(i - 1)
    if before in _SET_OPERATORS or (before == "ALL" and scan.word(i - 2) in _SET_OPERATORS):
        return True
    if scan.verb == "INSERT" and not scan.bodied:
        scan.bodied = True
        return True
    if scan.common:
        scan.common = False
        return True
    # DECLARE c CURSOR FOR SELECT, SET @c = CURSOR FOR SELECT; CREATE TABLE … AS SELECT
    return before in _BEFORE_QUERY and scan.first in _WITH_QUERY


def _change(scan: _Scan, i: int) -> bool:
    """INSERT, UPDATE, DELETE inside MERGE, a foreign key, FOR UPDATE, BULK INSERT, IF UPDATE(c)."""
    before, word = scan.word(i - 1), scan.word(i)
    if word == "UPDATE" and scan.word(i + 1) == "(":
        return True
    if before == "THEN":
        return scan.verb == "MERGE"
    if before == "ON":
        return scan.first in ("CREATE", "ALTER")
    return (before == "FOR" and word == "UPDATE") or (before == "BULK" and word == "INSERT") or before in ("AFTER", "BEFORE")


def _set(scan: _Scan, i: int) -> bool:
    before = scan.word(i - 1)
    if scan.verb == "UPDATE" and not scan.assigned and scan.second != "STATISTICS":
        scan.assigned = True
        return True
    if scan.verb == "MERGE":
        return before == "UPDATE"
    if before in ("UPDATE", "DELETE") and scan.word(i - 2) == "ON":
        return True
    if scan.first != "ALTER" or scan.assigned:
        return False
    following = scan.word(i + 1)
    scan.assigned = scan.second in ("DATABASE", "SERVER")
    return following == "(" or scan.second in ("DATABASE", "SERVER", "FULLTEXT", "EXTERNAL")


def _execute(scan: _Scan, i: int) -> bool:
    if scan.verb == "INSERT" and not scan.bodied:
        scan.bodied = True
        return True
    return scan.first == "CREATE" and scan.word(i + 1) == "AS"


def _alter_action(scan: _Scan, i: int) -> bool:
    if scan.first != "ALTER":
        return False
    following = scan.word(i + 1)
    return following == "COLUMN" or following not in _OBJECT_TYPES


def _if(scan: _Scan, i: int) -> bool:
    return (
        scan.first in ("DROP", "ALTER")
        and scan.word(i + 1) == "EXISTS"
        and scan.word(i + 2) != "("
        and (scan.word(i - 1) in _OBJECT_TYPES or scan.word(i - 1) == "CONSTRAINT")
    )


def _fetch(scan: _Scan, i: int) -> bool:
    return scan.word(i - 1) in ("ROWS", "ROW")


def _reconfigure(scan: _Scan, i: int) -> bool:
    return scan.first == "ALTER" and i == scan.start + 3  # ALTER RESOURCE GOVERNOR RECONFIGURE


def _merge(scan: _Scan, i: int) -> bool:
    return scan.word(i + 1) in ("JOIN", "RANGE")


_CONTINUES: dict[str, Callable[[_Scan, int], bool]] = {
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
}
# What ends a condition, besides the words that begin a statement anywhere.
_CONDITION_ENDS = frozenset({";", "END", "WITH", "THROW", "RECEIVE"})
# Statements that take no parentheses, so one behind them begins a query: BEGIN TRAN (SELECT …).
_BEFORE_A_QUERY = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVE", "BREAK", "CONTINUE"})
# GENERATED ALWAYS AS ROW END
_GENERATED = frozenset({"ROW", "TRANSACTION_ID", "SEQUENCE_NUMBER"})
_PERMISSIONS = frozenset({"GRANT", "DENY", "REVOKE"})
_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})


class Cutter:
    """Cuts the tokens of one batch into statements."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.i = 0
        self._closing = closings(tokens)

    def batch(self) -> list[Node]:
        """All statements of the batch. A stray END is passed over, so that nothing behind it is lost."""
        nodes: list[Node] = []
        while self.i < len(self.tokens):
            nodes += self._statements()
            if self.i < len(self.tokens):
                nodes.append(Leaf(self.tokens[self.i : self.i + 1]))
                self.i += 1
        return nodes

    def _word(self, ahead: int = 0) -> str:
        return _word(self.tokens, self.i + ahead)

    def _statements(self) -> list[Node]:
        nodes: list[Node] = []
        while self.i < len(self.tokens):
            word = self._word()
            if word == ";":
                self.i += 1
            elif (word == "END" and self._word(1) != "CONVERSATION") or word == "ELSE":
                break
            else:
                nodes.append(self._statement())
        return nodes

    def _statement(self) -> Node:
        word, following = self._word(), self._word(1)
        if word == "BEGIN" and following not in ("TRAN", "TRANSACTION", "DISTRIBUTED", "DIALOG", "CONVERSATION"):
            return self._attempt() if following == "TRY" else self._block()
        if word in ("IF", "WHILE"):
            return self._conditional()
        if word in ("CREATE", "ALTER"):
            ahead = 3 if following == "OR" and self._word(2) == "ALTER" else 1
            if self._word(ahead) == "MATERIALIZED":
                ahead += 1
            if self._word(ahead) in _MODULE_WORDS and not (ahead > 1 and self._word(ahead) != "VIEW" and following != "OR"):
                return self._module(_MODULE_WORDS[self._word(ahead)])
        if following == ":" and self.tokens[self.i].name and word not in _STARTERS:
            leaf = Leaf(self.tokens[self.i : self.i + 2])
            self.i += 2
            return leaf
        return self._leaf()

    def _one(self) -> list[Node]:
        """The statement that IF, ELSE or WHILE governs; a semicolon before ELSE belongs to it."""
        while self._word() == ";":
            self.i += 1
        if self.i >= len(self.tokens) or self._word() in ("END", "ELSE"):
            return []
        return [self._statement()]

    def _block(self) -> Block:
        keyword = self.tokens[self.i]
        self.i += 1
        if self._word() == "ATOMIC":
            self.i += 2
            self._skip_parentheses()
        arm = self._statements()
        while self._word() == "ELSE":  # a stray one; nothing behind it may be lost
            self.i += 1
            arm += self._statements()
        closed = self._word() == "END"
        self.i += closed
        return Block(keyword, [arm], closed=closed)

    def _attempt(self) -> Block:
        keyword = self.tokens[self.i]
        self.i += 2
        arms = [self._statements()]
        closed = self._word() == "END"
        self.i += 2 if closed else 0
        while self._word() == ";":
            self.i += 1
        if self._word() == "BEGIN" and self._word(1) == "CATCH":
            self.i += 2
            arms.append(self._statements())
            closed = closed and self._word() == "END"
            self.i += 2 if self._word() == "END" else 0
        return Block(keyword, arms, attempt=True, closed=closed)

    def _conditional(self) -> Conditional:
        keyword = self.tokens[self.i]
        self.i += 1
        start = self.i
        self._skip_condition()
        condition = self.tokens[start : self.i]
        arms = [self._one()]
        if keyword.upper == "IF":
            ahead = 0
            while self._word(ahead) == ";":
                ahead += 1
            if self._word(ahead) == "ELSE":
                self.i += ahead + 1
                arms.append(self._one())
        return Conditional(keyword, condition, arms)

    def _skip_condition(self) -> None:
        """Go to the first word that begins a statement, outside parentheses and CASE."""
        cases = 0
        while self.i < len(self.tokens):
            word = self._word()
            if word == "(":
                self.i = self._closing.get(self.i, self.i)
            elif word == "CASE":
                cases += 1
            elif word == "END" and cases:
                cases -= 1
            elif word in _CONDITION_ENDS or (word == "ELSE" and not cases):
                return
            elif self._begins(self.i) and not (word == "UPDATE" and self._word(1) == "("):
                return
            self.i += 1

    def _begins(self, index: int) -> bool:
        word = _word(self.tokens, index)
        return word in _STARTERS or (word in _PAIRS and _word(self.tokens, index + 1) in _PAIRS[word])

    def _skip_parentheses(self) -> None:
        self.i = self._closing.get(self.i, self.i) + 1

    def _leaf(self) -> Leaf:
        start = self.i
        end, closed = self._extent(start)
        self.i = max(end, start + 1)
        return Leaf(self.tokens[start : self.i], closed)

    def _extent(self, start: int) -> tuple[int, bool]:
        """Where the statement that begins at `start` ends, and whether its parentheses close.

        What stands in parentheses is passed over; one that never closes is taken as if it were not there.
        """
        tokens, closing = self.tokens, self._closing
        first, second = _word(tokens, start), _word(tokens, start + 1)
        scan = _Scan(tokens, start, first, second, first)
        closed = True
        cases = 0
        i = start
        if first == "(":
            closed = start in closing
            i = closing.get(start, start)
        while (i := i + 1) < len(tokens):
            word = tokens[i].upper
            if not word:
                continue
            if word == "(":
                if first in _BEFORE_A_QUERY and second not in ("CONVERSATION", "DIALOG"):
                    break
                closed = closed and i in closing
                i = closing.get(i, i)
            elif word == ";":
                break
            elif word == "CASE":
                cases += 1
            elif word in ("END", "ELSE"):
                if not cases and tokens[i - 1].upper in _GENERATED:
                    continue
                if not cases:
                    break
                cases -= word == "END"
            elif self._boundary(scan, i):
                break
        return i, closed

    def _boundary(self, scan: _Scan, i: int) -> bool:
        word = self.tokens[i].upper
        if word in ("VALUES", "DEFAULT"):
            scan.bodied = scan.bodied or scan.verb == "INSERT"
            return False
        if word in ("TO", "FROM") and scan.first in _PERMISSIONS:
            scan.assigned = True
            return False
        if word == "WITH" and scan.first in _WITH_QUERY and _word(self.tokens, i - 1) in _BEFORE_QUERY:
            scan.common = True
            return False
        if not self._begins(i):
            return self._label(scan, i)
        if scan.verb == "WITH" and word in _VERBS:
            scan.verb = word
            return False
        if scan.first in _PERMISSIONS:
            return scan.assigned
        continues = _CONTINUES.get(word)
        return not (continues and continues(scan, i))

    def _label(self, scan: _Scan, i: int) -> bool:
        """A label: a name before a lone colon. `CASE`, `::` and SQLCMD lines never come here."""
        tokens = self.tokens
        return (
            i + 1 < len(tokens)
            and tokens[i + 1].upper == ":"
            and tokens[i].name
            and tokens[i - 1].upper not in (".", ",", "=", "@")
            and scan.first not in ("CREATE", "ALTER", "BACKUP", "RESTORE")
        )

    def _module(self, kind: str) -> ModuleNode | Leaf:
        """The module's header goes to its AS (RETURN of an inline function included); its body to the end of the batch."""
        start = self.i
        body = self._header_end(kind)
        if body is None:
            return self._leaf()
        node = ModuleNode(kind, self.tokens[start:body], self.tokens[body:])
        if kind == "VIEW" or _inline(node.header):
            self.i = len(self.tokens)
            return node
        self.i = body
        if self._word() == "EXTERNAL" and self._word(1) == "NAME":  # CLR: the body is not in this text
            self.i = len(self.tokens)
        while self.i < len(self.tokens):
            node.statements += self._statements()
            if self.i < len(self.tokens):
                node.statements.append(Leaf(self.tokens[self.i : self.i + 1]))
                self.i += 1
        return node

    def _header_end(self, kind: str) -> int | None:
        """The index behind the header: behind AS; where a function leaves AS out, at its BEGIN or RETURN."""
        i = self.i + 1
        while (i := i + 1) < len(self.tokens):
            word, before = self.tokens[i].upper, self.tokens[i - 1]
            i = self._closing.get(i, i)
            if word in ("CREATE", "ALTER") and before.upper != "OR":  # the next statement: this one breaks off
                return None
            if word == "AS" and before.kind is not Kind.VARIABLE and before.upper not in ("EXEC", "EXECUTE"):
                return self._behind_return(i + 1) if kind == "FUNCTION" else i + 1
            if kind == "FUNCTION" and word in ("BEGIN", "RETURN"):
                return self._behind_return(i)
        return None

    def _behind_return(self, i: int) -> int:
        inline = any(
            t.upper == "RETURNS" and _word(self.tokens, self.i + k + 1) == "TABLE" for k, t in enumerate(self.tokens[self.i : i])
        )
        return i + 1 if inline and _word(self.tokens, i) == "RETURN" else i


def _inline(header: Tokens) -> bool:
    return bool(header) and header[-1].upper == "RETURN"
