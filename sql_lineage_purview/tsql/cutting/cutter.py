"""Where statements begin and end: our own grammar, since T-SQL needs no semicolon.

A statement ends at a semicolon, or where a word stands that can only begin the next one (see `boundaries`).

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ..reading.lexer import Batch, Kind, Token
from ..reading.words import closings, declared_at, word_at
from .boundaries import BEFORE_QUERY, CONTINUES, STARTERS, WITH_QUERY, OpenStatement, begins, behind_dot, query_begins

Tokens: TypeAlias = list[Token]


@dataclass(slots=True)
class Leaf:
    """A statement without others in it. `closed` False: its parentheses never close."""

    tokens: Tokens
    closed: bool = True


@dataclass(slots=True)
class Conditional:
    """IF or WHILE: its keyword, its condition, its arms. `too_deep`: what it governs stands beside it.

    `idle`: semicolons where a statement must stand.
    """

    keyword: Token
    condition: Tokens
    arms: list[list[Node]]
    too_deep: bool = False
    idle: list[Token] = field(default_factory=list)


@dataclass(slots=True)
class BlockNode:
    """BEGIN … END, or BEGIN TRY … END CATCH with two arms. `closed` False: END is missing; `too_deep` and `idle` as above."""

    keyword: Token
    arms: list[list[Node]]
    attempt: bool = False
    closed: bool = True
    too_deep: bool = False
    idle: list[Token] = field(default_factory=list)


@dataclass(slots=True)
class ModuleNode:
    """CREATE or ALTER of a procedure, function, view or trigger: the tokens up to its body, the body's tokens and statements.

    `kind` is PROCEDURE, FUNCTION, VIEW or TRIGGER. A view and an inline function have no statements: their body is a query, and
    `behind` the token that follows it in the batch.
    """

    kind: str
    header: Tokens
    body: Tokens
    statements: list[Node] = field(default_factory=list)
    behind: Token | None = None


Node: TypeAlias = "Leaf | Conditional | BlockNode | ModuleNode"

_MODULE_WORDS = {"PROC": "PROCEDURE", "PROCEDURE": "PROCEDURE", "FUNCTION": "FUNCTION", "VIEW": "VIEW", "TRIGGER": "TRIGGER"}
# What ends a condition, besides the words that begin a statement anywhere.
_CONDITION_ENDS = frozenset({";", "END", "WITH", "THROW", "RECEIVE"})
# Statements that take no parentheses, so one behind them begins a query: BEGIN TRAN (SELECT …).
_BEFORE_A_QUERY = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVE", "BREAK", "CONTINUE"})
_PERMISSIONS = frozenset({"GRANT", "DENY", "REVOKE"})
_DEEPEST = 5_000  # IF in IF: deeper than anyone writes, and no deeper than the stack goes
_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})


_AHEAD = 64  # no rule looks further ahead than so many tokens, but for the ends of parentheses and blocks


def cut(batch: Batch) -> Iterator[Node]:
    """The statements of a batch, each as soon as it is certain, so that a batch may be larger than memory.

    Until the batch ends, its last statement may go on in what is not lexed yet, and so may whatever holds a parenthesis
    that is still open: these are cut anew with more tokens.
    """
    while True:
        cutter = _Cutter(batch.tokens)
        limit = len(batch.tokens) if batch.ended else min(len(batch.tokens) - _AHEAD, cutter.first_open())
        done = 0
        for node in cutter.nodes():
            if cutter.i > limit:
                break
            done = cutter.i
            yield node
        if batch.ended:
            return
        batch.drop(done)
        batch.extend()


class _Cutter:
    """Cuts tokens into statements."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.i = 0
        self._depth = 0
        self._unopened = 0  # the END of blocks that are nested too deep
        self._closing = closings(tokens)

    def nodes(self) -> Iterator[Node]:
        """All statements. A stray END is passed over, so that nothing behind it is lost."""
        while self.i < len(self.tokens):
            word = self._word()
            if word == ";":
                self.i += 1
            elif self._stops():
                self.i += 1
                if self._unopened:
                    self._unopened -= 1
                else:
                    yield Leaf(self.tokens[self.i - 1 : self.i])
            else:
                yield self._statement()

    def first_open(self) -> int:
        """The index of the first parenthesis that is not closed; the number of tokens where there is none."""
        words = enumerate(self.tokens)
        return next((i for i, token in words if token.upper == "(" and i not in self._closing), len(self.tokens))

    def _stops(self) -> bool:
        """Does a word stand here that ends the statements before it?"""
        word = self._word()
        return word == "ELSE" or (word == "END" and self._word(1) != "CONVERSATION")

    def _word(self, ahead: int = 0) -> str:
        return word_at(self.tokens, self.i + ahead)

    def _statements(self) -> list[Node]:
        nodes: list[Node] = []
        while self.i < len(self.tokens):
            if self._word() == ";":
                self.i += 1
            elif self._stops():
                break
            else:
                nodes.append(self._statement())
        return nodes

    def _statement(self) -> Node:
        if self._depth >= _DEEPEST:
            return self._too_deep()
        self._depth += 1
        try:
            return self._nested()
        finally:
            self._depth -= 1

    def _too_deep(self) -> Node:
        """IF, WHILE and BEGIN that are nested past all measure: what they govern stands beside them instead."""
        start = self.i
        if self._word() in ("IF", "WHILE"):
            self.i += 1
            self._skip_condition()
            return Conditional(self.tokens[start], self.tokens[start + 1 : self.i], [[]], too_deep=True)
        if self._word() == "BEGIN":
            self.i += 2 if self._word(1) in ("TRY", "CATCH") else 1
            self._unopened += 1
            return BlockNode(self.tokens[start], [[]], too_deep=True)
        return self._leaf()

    def _nested(self) -> Node:
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
        if following == ":" and self.tokens[self.i].name and word not in STARTERS:
            leaf = Leaf(self.tokens[self.i : self.i + 2])
            self.i += 2
            return leaf
        return self._leaf()

    def _idle(self) -> list[Token]:
        """The semicolons that stand here, which are passed over."""
        start = self.i
        while self._word() == ";":
            self.i += 1
        return self.tokens[start : self.i]

    def _one(self) -> list[Node]:
        """The statement that IF, ELSE or WHILE governs; a semicolon before ELSE belongs to it."""
        if self.i >= len(self.tokens) or self._word() in ("END", "ELSE"):
            return []
        return [self._statement()]

    def _block(self) -> BlockNode:
        keyword = self.tokens[self.i]
        self.i += 1
        if self._word() == "ATOMIC":
            self.i += 2
            self._skip_parentheses()
        arm = self._statements()
        while self._word() == "ELSE":  # a stray one; nothing behind it may be lost
            arm.append(Leaf(self.tokens[self.i : self.i + 1]))
            self.i += 1
            arm += self._statements()
        closed = self._word() == "END"
        self.i += closed
        return BlockNode(keyword, [arm], closed=closed)

    def _attempt(self) -> BlockNode:
        keyword = self.tokens[self.i]
        self.i += 2
        arms = [self._statements()]
        closed = self._end_of("TRY")
        idle = self._idle()
        if self._word() == "BEGIN" and self._word(1) == "CATCH":
            self.i += 2
            arms.append(self._statements())
            closed = self._end_of("CATCH") and closed
        return BlockNode(keyword, arms, attempt=True, closed=closed, idle=idle if arms[1:] else [])

    def _end_of(self, word: str) -> bool:
        """Go behind END TRY or END CATCH, or behind an END alone, which is none."""
        closed = self._word() == "END" and self._word(1) == word
        self.i += 2 if closed else self._word() == "END"
        return closed

    def _conditional(self) -> Conditional:
        keyword = self.tokens[self.i]
        self.i += 1
        start = self.i
        self._skip_condition()
        condition = self.tokens[start : self.i]
        idle = self._idle()
        arms = [self._one()]
        if keyword.upper == "IF":
            ahead = 0
            while self._word(ahead) == ";":
                ahead += 1
            if self._word(ahead) == "ELSE":
                self.i += ahead + 1
                idle += self._idle()
                arms.append(self._one())
        return Conditional(keyword, condition, arms, idle=idle)

    def _skip_condition(self) -> None:
        """Go to the first word that begins a statement, outside parentheses and CASE."""
        cases = 0
        statement = OpenStatement(self.tokens, self.i, "", "", "")
        while self.i < len(self.tokens):
            word = self._word()
            if behind_dot(self.tokens, self.i):
                pass
            elif word == "(":
                if query_begins(statement, self.i):
                    return
                self.i = self._closing.get(self.i, self.i)
            elif word == "CASE":
                cases += 1
            elif word == "END" and cases:
                cases -= 1
            elif word in _CONDITION_ENDS or (word == "ELSE" and not cases):
                return
            elif begins(self.tokens, self.i) and not (word == "UPDATE" and self._word(1) == "("):
                return
            self.i += 1

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
        first, second = word_at(tokens, start), word_at(tokens, start + 1)
        statement = OpenStatement(tokens, start, first, second, first)
        closed = True
        cases = 0
        i = start
        if first == "(":
            closed = start in closing
            i = closing.get(start, start)
        while (i := i + 1) < len(tokens):
            word = tokens[i].upper
            if not word or behind_dot(tokens, i):
                continue
            if word == "(":
                if self._begins_query(statement, i):
                    break
                closed = closed and i in closing
                i = closing.get(i, i)
            elif word == ";":
                if i + 1 < len(tokens) and tokens[i + 1].kind is Kind.NUMBER:
                    continue  # EXEC p;2: no statement begins with a number
                break
            elif word == "CASE":
                cases += 1
            elif word in ("END", "ELSE"):
                if not cases and word_at(tokens, i - 2) == "AS" and word_at(tokens, i - 3) == "ALWAYS":
                    continue  # GENERATED ALWAYS AS ROW END
                if not cases:
                    break
                cases -= word == "END"
            elif self._boundary(statement, i):
                break
        return i, closed

    def _begins_query(self, statement: OpenStatement, i: int) -> bool:
        """Does the parenthesis at an index begin a query of its own: `BEGIN TRAN (SELECT …)`, `(SELECT …) (SELECT …)`?"""
        before = word_at(self.tokens, i - 1)
        if statement.first == "(":
            return before == ")"
        if statement.first in _BEFORE_A_QUERY:
            return statement.second not in ("CONVERSATION", "DIALOG") and before != "WITH"
        return query_begins(statement, i)

    def _boundary(self, statement: OpenStatement, i: int) -> bool:
        word = self.tokens[i].upper
        if statement.first == "SET" and statement.second == "OFFSETS" and word_at(self.tokens, i - 1) in ("OFFSETS", ","):
            return False  # SET OFFSETS SELECT, EXECUTE ON: words for words
        if word in ("VALUES", "DEFAULT"):
            statement.bodied = statement.bodied or statement.verb == "INSERT"
            return False
        if word in ("TO", "FROM") and statement.first in _PERMISSIONS:
            statement.assigned = True
            return False
        if word == "WITH" and statement.first in WITH_QUERY and word_at(self.tokens, i - 1) in BEFORE_QUERY:
            statement.common = True
            return False
        if not begins(self.tokens, i):
            return self._label(statement, i)
        if statement.verb == "WITH" and word in _VERBS:
            statement.verb = word
            return False
        if statement.first in _PERMISSIONS:
            return statement.assigned and word_at(self.tokens, i - 1) != "WITH"  # WITH GRANT OPTION
        continues = CONTINUES.get(word)
        return not (continues and continues(statement, i))

    def _label(self, statement: OpenStatement, i: int) -> bool:
        """A label: a name before a lone colon. `CASE`, `::` and SQLCMD lines never come here."""
        tokens = self.tokens
        return (
            i + 1 < len(tokens)
            and tokens[i + 1].upper == ":"
            and tokens[i].name
            and tokens[i - 1].upper not in (".", ",", "=", "@")
            and statement.first not in ("CREATE", "ALTER", "BACKUP", "RESTORE")
        )

    def _module(self, kind: str) -> ModuleNode | Leaf:
        """The module's header goes to its AS (RETURN of an inline function included); its body to the end of the batch."""
        start = self.i
        body = self._header_end(kind)
        if body is None:
            return self._leaf()
        node = ModuleNode(kind, self.tokens[start:body], self.tokens[body:])
        if kind == "VIEW" or _inline(node.header):  # CREATE SCHEMA and Synapse take more statements behind it
            self.i = self._extent(body)[0]
            node.body = self.tokens[body : self.i]
            node.behind = self.tokens[self.i] if self.i < len(self.tokens) else None
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
            if word == "AS" and not declared_at(self.tokens, i - 1) and before.upper not in ("EXEC", "EXECUTE"):
                return self._behind_return(i + 1) if kind == "FUNCTION" else i + 1
            if kind == "FUNCTION" and word in ("BEGIN", "RETURN"):
                return self._behind_return(i)
        return None

    def _behind_return(self, i: int) -> int:
        header = self.tokens[self.i : i]
        inline = any(t.upper == "RETURNS" and word_at(header, at + 1) == "TABLE" for at, t in enumerate(header))
        return i + 1 if inline and word_at(self.tokens, i) == "RETURN" else i


def _inline(header: Tokens) -> bool:
    return bool(header) and header[-1].upper == "RETURN"
