"""The cursor of the grammar: it raises where a text cannot go on like this."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import NoReturn, TypeAlias

from ..reading.cursor import END, NAME, NUMBER, STRING, VARIABLE, Cursor
from ..reading.keywords import KEYWORDS
from ..reading.lexer import Token

# Reserved by the manual, and names for the server all the same.
_FREE = frozenset({"DISK", "DUMP", "LOAD", "PRECISION", "SECURITYAUDIT", "WITHIN"})
_RESERVED = KEYWORDS - _FREE
_MOST_DOTS = 3
_NO_NAMES = _RESERVED | {STRING, NUMBER, VARIABLE, END, "$"}
_SIGNS = frozenset("!\"%&'()*+,-./:;<=>?[\\]^`{|}~")

Rule: TypeAlias = "Callable[[RuleCursor], None]"


class Unexpected(Exception):  # noqa: N818 - what the grammar met, not an error of the tool
    """No rule goes on at this token.

    `index` may be the number of tokens, where the statement breaks off.
    """

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


class RuleCursor(Cursor):
    """Where the grammar is among the tokens of a statement.

    `query` is the rule of a query, which expressions hold and which holds expressions. `leading`:
    the ends of the tokens behind which a dot was passed over, as before a table's name its first
    parts may be left out.
    """

    __slots__ = ("_leading", "query")

    def __init__(self, tokens: list[Token], query: Rule, leading: Set[int] = frozenset()) -> None:
        super().__init__(tokens)
        self._leading = leading
        self.query = query

    def advance(self) -> None:
        """Go past the next token, which must be there."""
        if not self.word:
            self.fail()
        self.index += 1
        self.word = self._words[self.index]

    def skip(self, count: int) -> None:
        """Go on by so many tokens, which must be there."""
        for _ in range(count):
            self.advance()

    def expect(self, *words: str) -> None:
        """Go past the next token, which must be one of these."""
        if self.word not in words:
            self.fail()
        self.advance()

    def fail(self) -> NoReturn:
        """The next token is not to be here.

        Raises:
            Unexpected: always.
        """
        raise Unexpected(self.index)

    # --- names and groups -------------------------------------------------------------------------

    def at_name(self, ahead: int = 0) -> bool:
        """Does a name stand here, in brackets or as a word that is not reserved?"""
        word = self._words[self.index + ahead]
        return word is NAME or (word not in _NO_NAMES and word[0] not in _SIGNS)

    def behind_dot(self) -> bool:
        """Did a dot stand before the next token?"""
        return (
            bool(self._leading)
            and self.index > 0
            and self.tokens[self.index - 1].end in self._leading
        )

    def expect_name(self) -> None:
        """One part of a name."""
        if not self.at_name():
            self.fail()
        self.advance()

    def expect_dotted_name(self) -> None:
        """A name of several parts, of which some may be left out: `a..b`."""
        self.expect_name()
        while self.accept("."):
            while self.accept("."):
                pass
            self.expect_name()

    def expect_object_name(self) -> None:
        """An object's name, which some or all of server, database and schema may precede."""
        start = self.index
        self.expect_dotted_name()
        self.up_to_four(start)

    def up_to_four(self, start: int) -> None:
        """A name that was passed from `start` on must have no more parts than that of an object.

        Raises:
            Unexpected: there are too many dots.
        """
        dots = [place for place in range(start, self.index) if self._words[place] == "."]
        # server.database.schema.object has three
        if len(dots) > _MOST_DOTS:
            raise Unexpected(dots[_MOST_DOTS])

    def words_of_group(self) -> tuple[str, ...]:
        """The words of parentheses and of all that they hold.

        None where more than words tells what they are.
        """
        if self.word != "(" or self._leading:
            return ()
        end, depth = self.index, 0
        try:
            while end == self.index or depth:
                close = self._words.index(")", end)
                depth += self._words[end:close].count("(") - 1
                end = close + 1
        except ValueError:
            return ()
        return tuple(self._words[self.index : end])

    def expect_group(self, *, empty: bool = False) -> None:
        """Parentheses and whatever they hold; `empty`: they may hold nothing.

        Raises:
            Unexpected: the parentheses hold nothing, and may not.
        """
        self.expect("(")
        first = self.index
        depth = 1
        while depth:
            depth += (self.word == "(") - (self.word == ")")
            self.advance()
        if not empty and self.index == first + 1:
            raise Unexpected(first)

    def commas(self, rule: Rule) -> None:
        """One or more of what a rule describes, with commas between them."""
        rule(self)
        while self.word == ",":
            self.advance()
            rule(self)

    def inside(self, rule: Rule) -> None:
        """What a rule describes, in parentheses."""
        self.expect("(")
        rule(self)
        self.expect(")")
