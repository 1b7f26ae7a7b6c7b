"""Where statements begin and end: our own grammar, since T-SQL needs no semicolon.

A statement ends at a semicolon, or where a word stands that can only begin the next one (see
`boundaries`).

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct, field

from ..reading.cursor import END, NAME, NUMBER, STRING, VARIABLE, Cursor
from ..reading.lexer import Batch, Token
from ..reading.words import closings, declared_at
from .boundaries import (
    BEFORE_QUERY,
    CONTINUES,
    PAIRS,
    STARTERS,
    WITH_QUERY,
    OpenStatement,
    begins,
    query_begins,
)

Tokens: TypeAlias = list[Token]


class Leaf(Struct):
    """A statement without others in it. `closed` False: its parentheses never close."""

    tokens: Tokens
    closed: bool = True


class Conditional(Struct):
    """IF or WHILE: its keyword, its condition, its arms.

    `too_deep`: what it governs stands beside it.

    `idle`: semicolons where a statement must stand.
    """

    keyword: Token
    condition: Tokens
    arms: list[list[Node]]
    too_deep: bool = False
    idle: list[Token] = field(default_factory=list)


class BlockNode(Struct):
    """BEGIN … END, or BEGIN TRY … END CATCH with two arms.

    `closed` False: END is missing; `too_deep` and `idle` as above. `end`: the END, of a TRY its
    own.
    """

    keyword: Token
    arms: list[list[Node]]
    attempt: bool = False
    closed: bool = True
    too_deep: bool = False
    idle: list[Token] = field(default_factory=list)
    end: Token | None = None


class ModuleNode(Struct):
    """CREATE or ALTER of a procedure, function, view or trigger.

    It has the tokens up to its body, and the body's tokens and statements.

    `kind` is PROCEDURE, FUNCTION, VIEW or TRIGGER. A view and an inline function have no
    statements: their body is a query, and `behind` the token that follows it in the batch.
    """

    kind: str
    header: Tokens
    body: Tokens
    statements: list[Node] = field(default_factory=list)
    behind: Token | None = None


Node: TypeAlias = "Leaf | Conditional | BlockNode | ModuleNode"

_MODULE_WORDS = {
    "PROC": "PROCEDURE",
    "PROCEDURE": "PROCEDURE",
    "FUNCTION": "FUNCTION",
    "VIEW": "VIEW",
    "TRIGGER": "TRIGGER",
}
# What ends a condition, besides the words that begin a statement anywhere.
_CONDITION_ENDS = frozenset({";", "END", "WITH", "THROW", "RECEIVE"})
# Statements that take no parentheses, so one behind them begins a query: BEGIN TRAN (SELECT …).
_BEFORE_A_QUERY = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVE", "BREAK", "CONTINUE"})
_PERMISSIONS = frozenset({"GRANT", "DENY", "REVOKE"})
_DEEPEST = 5_000  # IF in IF: deeper than anyone writes, and no deeper than the stack goes
_NO_WORDS = frozenset({NAME, STRING, NUMBER, VARIABLE})
# Words at which a statement may end, or which tell more of it.
_MAY_END = STARTERS | PAIRS.keys() | {"WITH", "THROW", "VALUES", "DEFAULT", "TO", "FROM"}
_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})


# no rule looks further ahead than so many tokens, but for the ends of parentheses and blocks
_AHEAD = 64


def cut(batch: Batch) -> Iterator[Node]:
    """The statements of a batch, each as soon as it is certain.

    So a batch may be larger than memory.

    Until the batch ends, its last statement may go on in what is not lexed yet, and so may whatever
    holds a parenthesis that is still open: these are cut anew with more tokens.
    """
    while True:
        cutter = _Cutter(batch.tokens)
        limit = (
            len(batch.tokens)
            if batch.ended
            else min(len(batch.tokens) - _AHEAD, cutter.first_open())
        )
        done = 0
        for node in cutter.nodes():
            if cutter.index > limit:
                break
            done = cutter.index
            yield node
        if batch.ended:
            return
        batch.drop(done)
        batch.extend()


class _Cutter(Cursor):
    """Cuts tokens into statements."""

    __slots__ = ("_closing", "_depth", "_unopened")

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self._depth = 0
        self._unopened = 0  # the END of blocks that are nested too deep
        self._closing = closings(tokens)

    def nodes(self) -> Iterator[Node]:
        """All statements. A stray END is passed over, so that nothing behind it is lost."""
        while self.word:
            word = self.word
            if word == ";":
                self.advance()
            elif self._stops():
                self.advance()
                if self._unopened:
                    self._unopened -= 1
                else:
                    yield Leaf(self.tokens[self.index - 1 : self.index])
            else:
                yield self._statement()

    def first_open(self) -> int:
        """The index of the first parenthesis that is not closed.

        The number of tokens where there is none.
        """
        words = enumerate(self.tokens)
        return next(
            (i for i, token in words if token.upper == "(" and i not in self._closing),
            len(self.tokens),
        )

    def _stops(self) -> bool:
        """Does a word stand here that ends the statements before it?"""
        word = self.word
        return word == "ELSE" or (word == "END" and self.peek() != "CONVERSATION")

    def _statements(self) -> list[Node]:
        nodes: list[Node] = []
        while self.word:
            if self.word == ";":
                self.advance()
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
        """IF, WHILE and BEGIN that are nested past all measure.

        What they govern stands beside them instead.
        """
        start = self.index
        if self.word in ("IF", "WHILE"):
            self.advance()
            self._skip_condition()
            return Conditional(
                self.tokens[start], self.tokens[start + 1 : self.index], [[]], too_deep=True
            )
        if self.word == "BEGIN":
            self.skip(2 if self.peek() in ("TRY", "CATCH") else 1)
            self._unopened += 1
            return BlockNode(self.tokens[start], [[]], too_deep=True)
        return self._leaf()

    def _nested(self) -> Node:
        word, following = self.word, self.peek()
        if word == "BEGIN" and following not in (
            "TRAN",
            "TRANSACTION",
            "DISTRIBUTED",
            "DIALOG",
            "CONVERSATION",
        ):
            return self._attempt() if following == "TRY" else self._block()
        if word in ("IF", "WHILE"):
            return self._conditional()
        if word in ("CREATE", "ALTER"):
            ahead = 3 if following == "OR" and self.peek(2) == "ALTER" else 1
            if self.peek(ahead) == "MATERIALIZED":
                ahead += 1
            if self.peek(ahead) in _MODULE_WORDS and not (
                ahead > 1 and self.peek(ahead) != "VIEW" and following != "OR"
            ):
                return self._module(_MODULE_WORDS[self.peek(ahead)])
        # a label, which GOTO names; it is a statement without an end
        if following == ":" and self.tokens[self.index].name and word not in STARTERS:
            leaf = Leaf(self.tokens[self.index : self.index + 2])
            self.skip(2)
            return leaf
        return self._leaf()

    def _idle(self) -> list[Token]:
        """The semicolons that stand here, which are passed over."""
        start = self.index
        while self.accept(";"):
            pass
        return self.since(start)

    def _one(self) -> list[Node]:
        """The statement that IF, ELSE or WHILE governs; a semicolon before ELSE belongs to it."""
        if self.word in ("END", "ELSE", END):
            return []
        return [self._statement()]

    def _block(self) -> BlockNode:
        keyword = self.tokens[self.index]
        self.advance()
        if self.word == "ATOMIC":
            self.skip(2)
            # BEGIN ATOMIC WITH (…), of a module that is compiled natively
            self.go_to(self._closing.get(self.index, self.index) + 1)
        arm = self._statements()
        while self.word == "ELSE":  # a stray one; nothing behind it may be lost
            arm.append(Leaf(self.tokens[self.index : self.index + 1]))
            self.advance()
            arm += self._statements()
        closed = self.word == "END"
        end = self.tokens[self.index] if closed else None
        self.skip(closed)
        return BlockNode(keyword, [arm], closed=closed, end=end)

    def _attempt(self) -> BlockNode:
        keyword = self.tokens[self.index]
        self.skip(2)
        arms = [self._statements()]
        end = self.tokens[self.index] if self.word == "END" else None
        closed = self._end_of("TRY")
        idle = self._idle()
        # nothing may stand between END TRY and BEGIN CATCH, but people put semicolons there
        if self.word == "BEGIN" and self.peek() == "CATCH":
            self.skip(2)
            arms.append(self._statements())
            closed = self._end_of("CATCH") and closed
        idle = idle if arms[1:] else []
        return BlockNode(keyword, arms, attempt=True, closed=closed, idle=idle, end=end)

    def _end_of(self, word: str) -> bool:
        """Go behind END TRY or END CATCH, or behind an END alone, which is none."""
        closed = self.word == "END" and self.peek() == word
        self.skip(2 if closed else self.word == "END")
        return closed

    def _conditional(self) -> Conditional:
        keyword = self.tokens[self.index]
        self.advance()
        start = self.index
        self._skip_condition()
        condition = self.tokens[start : self.index]
        idle = self._idle()
        arms = [self._one()]
        if keyword.upper == "IF":
            place = self.index
            self._idle()
            # IF @a = 1 DELETE t; ELSE …: a semicolon before ELSE ends the statement and not the IF
            if self.accept("ELSE"):
                idle += self._idle()
                arms.append(self._one())
            else:
                self.go_to(place)
        return Conditional(keyword, condition, arms, idle=idle)

    def _skip_condition(self) -> None:
        """Go to the first word that begins a statement, outside parentheses and CASE."""
        cases = 0
        statement = OpenStatement(self, self.index, "", "", "")
        while word := self.word:
            if self._is_behind_dot(self.index):
                pass
            elif word == "(":
                if query_begins(statement):
                    return
                self.index = self._closing.get(self.index, self.index)
            # the END of a CASE ends no block
            elif word == "CASE":
                cases += 1
            elif word == "END" and cases:
                cases -= 1
            # `IF @a = 1 ; SELECT 1` breaks the rules, and ends here all the same
            elif word in _CONDITION_ENDS or (word == "ELSE" and not cases):
                return
            # IF UPDATE(a) of a trigger asks; `IF @a = 1 UPDATE t SET …` changes
            elif begins(self) and not (word == "UPDATE" and self.peek() == "("):
                return
            self.go_to(self.index + 1)

    def _is_behind_dot(self, index: int) -> bool:
        """Does a word stand right behind a dot?

        It is a part of a name then, though a reserved one cannot be: `dbo.Open`.
        """
        before, token = self.tokens[index - 1], self.tokens[index]
        return before.upper == "." and token.name and before.end == token.start

    def _leaf(self) -> Leaf:
        start = self.index
        closed = self._skip_statement()
        return Leaf(self.since(start), closed)

    def _skip_statement(self) -> bool:
        """Go to the end of the statement that begins here; do its parentheses close?

        What stands in parentheses is passed over; one that never closes is taken as if it were not
        there.
        """
        words, closing, index = self._words, self._closing, self.index
        statement = OpenStatement(self, index, self.word, self.peek(), self.word)
        closed, cases = True, 0
        if self.word == "(":
            closed = index in closing
            index = closing.get(index, index)
        while word := words[index := index + 1]:
            # most tokens are none of the words that matter: this is the innermost loop of a scan
            if word in _NO_WORDS or (words[index - 1] == "." and self._is_behind_dot(index)):
                continue
            if word == ";":
                if words[index + 1] != NUMBER:  # EXEC p;2: no statement begins with a number
                    break
            elif word == "(":
                self.go_to(index)
                if self._begins_query(statement):
                    break
                closed = closed and index in closing
                index = closing.get(index, index)
            elif word == "CASE":
                cases += 1
            elif word in ("END", "ELSE"):
                if cases:
                    cases -= word == "END"
                elif (
                    words[index - 2] != "AS" or words[index - 3] != "ALWAYS"
                ):  # GENERATED ALWAYS AS ROW END
                    break
            elif word in _MAY_END or words[index + 1] == ":":
                self.go_to(index)
                if self._boundary(statement):
                    break
        self.go_to(index)
        return closed

    def _begins_query(self, statement: OpenStatement) -> bool:
        """Does the parenthesis here begin a query of its own?

        It does in `BEGIN TRAN (SELECT …)` and `(SELECT …) (SELECT …)`.
        """
        if statement.first == "(":
            return self.before() == ")"
        if statement.first in _BEFORE_A_QUERY:
            return statement.second not in ("CONVERSATION", "DIALOG") and self.before() != "WITH"
        return query_begins(statement)

    def _boundary(self, statement: OpenStatement) -> bool:
        word = self.word
        if (
            statement.first == "SET"
            and statement.second == "OFFSETS"
            and self.before() in ("OFFSETS", ",")
        ):
            return False  # SET OFFSETS SELECT, EXECUTE ON: words for words
        if word in ("VALUES", "DEFAULT"):
            # INSERT t DEFAULT VALUES SELECT 1: the SELECT is no longer the rows
            statement.bodied = statement.bodied or statement.verb == "INSERT"
            return False
        if word in ("TO", "FROM") and statement.first in _PERMISSIONS:
            # GRANT SELECT, DELETE ON t TO u: before TO the words are permissions
            statement.assigned = True
            return False
        if word == "WITH" and statement.first in WITH_QUERY and self.before() in BEFORE_QUERY:
            statement.common = True
            return False
        if not begins(self):
            return self._is_label()
        # WITH q AS (…) is completed by what it belongs to; from there on that verb decides
        if statement.verb == "WITH" and word in _VERBS:
            statement.verb = word
            return False
        if statement.first in _PERMISSIONS:
            return statement.assigned and self.before() != "WITH"  # WITH GRANT OPTION
        continues = CONTINUES.get(word)
        return not (continues and continues(statement))

    def _is_label(self) -> bool:
        """A label: a name before a lone colon. `CASE`, `::` and SQLCMD lines never come here.

        Source: https://learn.microsoft.com/sql/t-sql/language-elements/goto-transact-sql
        """
        return self.peek() == ":" and self.is_name() and self.before() not in (".", ",", "=", "@")

    def _module(self, kind: str) -> ModuleNode | Leaf:
        """The module's header goes to its AS (RETURN of an inline function included).

        Its body to the end of the batch.
        """
        start = self.index
        body = self._header_end(kind)
        if body is None:
            return self._leaf()
        node = ModuleNode(kind, self.tokens[start:body], self.tokens[body:])
        # CREATE SCHEMA and Synapse take more statements behind it
        # a view ends with its query, a procedure with its batch: what stands behind is its body
        if kind == "VIEW" or _inline(node.header):
            self.go_to(body)
            self._skip_statement()
            node.body, node.behind = self.since(body), self.token()
            return node
        self.go_to(body)
        if self.word == "EXTERNAL" and self.peek() == "NAME":  # CLR: the body is not in this text
            self.go_to(len(self.tokens))
        while self.word:
            node.statements += self._statements()
            if self.word:
                node.statements.append(Leaf(self.tokens[self.index : self.index + 1]))
                self.advance()
        return node

    def _header_end(self, kind: str) -> int | None:
        """The index behind the header: behind AS.

        Where a function leaves AS out, at its BEGIN or RETURN.
        """
        i = self.index + 1
        while (i := i + 1) < len(self.tokens):
            word, before = self.tokens[i].upper, self.tokens[i - 1]
            i = self._closing.get(i, i)
            # the next statement: this one breaks off
            # CREATE OR ALTER is one verb
            if word in ("CREATE", "ALTER") and before.upper != "OR":
                return None
            if (
                word == "AS"
                # `@a AS int`: the AS of a parameter
                and not declared_at(self.tokens, i - 1)
                # WITH EXECUTE AS OWNER
                and before.upper not in ("EXEC", "EXECUTE")
            ):
                return self._behind_return(i + 1) if kind == "FUNCTION" else i + 1
            # CREATE FUNCTION f() RETURNS int BEGIN … END: AS may be left out
            if kind == "FUNCTION" and word in ("BEGIN", "RETURN"):
                return self._behind_return(i)
        return None

    def _behind_return(self, i: int) -> int:
        """Behind the RETURN of an inline function, whose header ends at an index.

        Else that index.
        """
        words = [token.upper for token in self.tokens[self.index : i]]
        inline = ("RETURNS", "TABLE") in pairwise(words)
        return i + 1 if inline and i < len(self.tokens) and self.tokens[i].upper == "RETURN" else i


def _inline(header: Tokens) -> bool:
    return bool(header) and header[-1].upper == "RETURN"
