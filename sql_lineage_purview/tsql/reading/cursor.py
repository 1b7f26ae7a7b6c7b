"""A cursor over tokens: how a statement, or a part of one, is read from left to right.

    cursor = Cursor(tokens)         # UPDATE TOP (5) dbo.T SET a = 1, b = 2 WHERE c = 3
    cursor.accept("UPDATE")         # True: it stands there, and is passed
    cursor.accept("TOP")            # True
    cursor.group()                  # 5
    cursor.name()                   # dbo.T
    cursor.accept("SET")            # True
    cursor.until("FROM", "WHERE")   # a = 1, b = 2
    cursor.rest()                   # WHERE c = 3

Nothing is raised where a text is not as expected: what does not stand there is not passed, and
behind all tokens stands `END`. The grammar, which has to say where a text goes wrong, has a cursor
that raises (`grammar/rule_cursor`).
"""

from __future__ import annotations

from ...model.names import Name
from .lexer import Kind, Token
from .words import name_at, numbered_at

# What stands for a token that is no word or operator. A word is in capitals, so none of them is
# one.
NAME, STRING, NUMBER, VARIABLE, END = "name", "string", "number", "variable", ""
_SYMBOLS = {Kind.QUOTED: NAME, Kind.STRING: STRING, Kind.NUMBER: NUMBER, Kind.VARIABLE: VARIABLE}
_BEHIND_ALL = [END] * 4  # nobody looks further ahead
_OPENING = frozenset({"(", "CASE"})


class Cursor:
    """Where a reader is among some tokens.

    `word` is the symbol of the next one: a word or operator in capitals, else what it is (`NAME`,
    `STRING`, `NUMBER`, `VARIABLE`), or `END`.
    """

    __slots__ = ("_words", "index", "tokens", "word")

    def __init__(self, tokens: list[Token], index: int = 0) -> None:
        self.tokens = tokens
        self._words = [token.upper or _SYMBOLS[token.kind] for token in tokens]
        self._words += _BEHIND_ALL
        self.index = index
        self.word = self._words[index]

    # --- what stands here -----------------------------------------------------------------------

    def peek(self, ahead: int = 1) -> str:
        """The symbol of a token further on."""
        return self._words[self.index + ahead]

    def before(self, back: int = 1) -> str:
        """The symbol of a token that was passed, the last one being the first."""
        return self._words[self.index - back] if self.index >= back else END

    def stands(self, *words: str) -> bool:
        """Do these words stand here, one behind another?"""
        return self._words[self.index : self.index + len(words)] == list(words)

    def token(self, ahead: int = 0) -> Token | None:
        """The next token, or one further on."""
        index = self.index + ahead
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def is_name(self, ahead: int = 0) -> bool:
        """Can the next token, or one further on, be a part of a name? A reserved word can."""
        token = self.token(ahead)
        return token is not None and token.name

    # --- going on -------------------------------------------------------------------------------

    def go_to(self, index: int) -> None:
        """Go to a token, be it behind or before this one."""
        self.index = index = min(index, len(self.tokens))
        self.word = self._words[index]

    def advance(self) -> None:
        """Go past the next token, if there is one."""
        if self.word:
            self.index += 1
            self.word = self._words[self.index]

    def skip(self, count: int) -> None:
        """Go on by so many tokens, or to the end."""
        self.go_to(self.index + count)

    def accept(self, *words: str) -> bool:
        """Go past the next token if it is one of these."""
        if self.word not in words:
            return False
        self.index += 1
        self.word = self._words[self.index]
        return True

    def accept_phrase(self, *words: str) -> bool:
        """Go past these words if they stand here, one behind another."""
        if self.word != words[0] or not self.stands(*words):
            return False
        self.skip(len(words))
        return True

    def name(self) -> Name | None:
        """The dotted name that stands here, which is passed; None where none does.

        Parts may be left out: `a..b`.
        """
        name, self.index = name_at(self.tokens, self.index)
        self.word = self._words[self.index]
        return name

    def numbered_name(self) -> Name | None:
        """The name of a procedure, which may be one of several under a name: `p;2`."""
        name, index = numbered_at(self.tokens, self.index)
        self.go_to(index)
        return name

    def group(self) -> list[Token]:
        """What stands in the parentheses that begin here, which are passed; nothing where none do.

        Where they are never closed, all that follows is passed.
        """
        if self.word != "(":
            return []
        start, depth, index = self.index + 1, 1, self.index
        while depth:
            index += 1
            word = self._words[index]
            if not word:
                self.go_to(index)
                return self.tokens[start : index - 1]
            depth += (word == "(") - (word == ")")
        self.go_to(index + 1)
        return self.tokens[start:index]

    def until(self, *words: str) -> list[Token]:
        """The tokens before the first of some words outside parentheses and CASE.

        All that follow where none comes.

        The FROM of `a IS [NOT] DISTINCT FROM b` is not meant:
        https://learn.microsoft.com/sql/t-sql/queries/is-distinct-from-transact-sql.
        """
        start, depth, symbols = self.index, 0, self._words
        index = start
        while word := symbols[index]:
            if not depth and word in words and not (word == "FROM" and self._compares(index)):
                break
            if word in _OPENING:
                depth += 1
            elif word == ")" or (word == "END" and depth > 0):
                depth -= 1
            index += 1
        self.index, self.word = index, word
        return self.tokens[start:index]

    def _compares(self, index: int) -> bool:
        return (
            index > 1
            and self._words[index - 1] == "DISTINCT"
            and self._words[index - 2] in ("IS", "NOT")
        )

    # --- what is left and what was passed ---------------------------------------------------------

    def rest(self) -> list[Token]:
        """All tokens from here on."""
        return self.tokens[self.index :]

    def since(self, index: int) -> list[Token]:
        """The tokens from an index up to here."""
        return self.tokens[index : self.index]
