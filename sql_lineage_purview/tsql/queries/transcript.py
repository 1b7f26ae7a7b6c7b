"""A transcript: a query's tokens on their way to the parser library, as far as copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..reading.cursor import NUMBER, Cursor
from ..reading.keywords import KEYWORDS, TABLE_HINTS
from ..reading.lexer import Kind, Token
from ..reading.words import closings
from .rendered import FUNCTION_MARK, Rendered, bracket

# Reads the table source that begins here, which is passed; answers the name that stands for it, or
# passes nothing.
RowsetReader: TypeAlias = Callable[[Cursor], str | None]

# Words of the query grammar that are not reserved; everything else that is not reserved is a name.
STRUCTURAL = frozenset(
    """
    ROWS RANGE ROW UNBOUNDED PRECEDING FOLLOWING OFFSET NEXT FIRST ONLY TIES PARTITION APPLY OVER AT
    TIME ZONE SETS ROLLUP CUBE GROUPING WINDOW GROUP SYSTEM_TIME CONTAINED XML""".split()
)
_BEFORE_SOURCES = frozenset({"FROM", "JOIN", "APPLY", "USING", "INTO", "UPDATE", "DELETE", "MERGE"})
_CLAUSES = frozenset("SELECT WHERE HAVING BY SET VALUES OUTPUT".split())
_BEFORE_OPERANDS = frozenset("ON AND OR NOT IN LIKE BETWEEN CASE WHEN THEN ELSE".split())


class Transcript(Cursor):
    """A cursor over the tokens, and what has been written of those before it.

    `pairs` are the indices of all pairs of parentheses, `instead` what is written in the place of
    tokens further on. `fetching` counts the FETCH NEXT that still wait for their ROWS ONLY.
    """

    __slots__ = ("_openings", "_sources", "fetching", "instead", "out", "pairs", "rowset")

    def __init__(self, tokens: list[Token], rowset: RowsetReader, prefix: str = "") -> None:
        super().__init__(tokens)
        self.rowset = rowset
        self.out = Rendered(prefix)
        self.pairs = closings(tokens)
        self.instead: dict[int, str] = {}
        self.fetching = 0
        self._sources = prefix.endswith("FROM ")  # the tokens begin behind it
        self._openings: dict[int, int] | None = None

    def write(self, text: str, count: int) -> None:
        """Write a text in the place of the next `count` tokens."""
        if text:
            self.out.add(text, self.tokens[self.index])
        self.index += count
        self.word = self._words[self.index]

    def behind(self, index: int) -> int:
        """The index behind the parenthesis that closes the one at `index`.

        The end where none does.
        """
        opens = index < len(self.tokens) and self.tokens[index].upper == "("
        return (self.pairs.get(index, len(self.tokens) - 1) if opens else index) + 1

    def chain_before(self, index: int) -> int:
        """How many tokens of a dotted name stand right before an index, its last dot included.

        Such names are `a.b` and `@x`.
        """
        first = index
        if first and self.tokens[first - 1].upper == ".":
            first -= 1
        while first and (
            self.tokens[first - 1].name or self.tokens[first - 1].kind is Kind.VARIABLE
        ):
            first -= 1
            if not first or self.tokens[first - 1].upper != ".":
                break
            first -= 1
        return index - first

    def write_name(self, token: Token) -> None:
        """Write the next token as a name, be it that of a function."""
        called = self.peek() == "(" and not self.is_hint_list(self.index + 1)
        self.write(bracket(FUNCTION_MARK * called + token.value), 1)

    def is_hint_list(self, index: int) -> bool:
        """`FROM t (NOLOCK)`: hints without WITH; `FROM t AS a (1)`: the number of an index."""
        tokens = self.tokens
        if index == 0 or not tokens[index - 1].name or index + 1 >= len(tokens):
            return False
        # CASE WHEN [a] = [b] THEN (1)
        if tokens[index - 1].upper in KEYWORDS and tokens[index - 1].upper != "HOLDLOCK":
            return False
        # `FROM t AS a (1)` names an index, `LEFT(1)` calls a function
        if self._words[index + 1 : index + 3] == [NUMBER, ")"]:
            return self._is_behind_alias(index)
        if tokens[index + 1].upper not in TABLE_HINTS:
            return False
        if not all(
            t.upper in TABLE_HINTS or t.upper in (",", ")")
            for t in tokens[index + 1 : self.behind(index)]
        ):
            return False
        return self._in_sources(index)

    def _in_sources(self, index: int) -> bool:
        """Does an index stand in FROM?

        It does in `FROM t (SNAPSHOT)`, but not in `SELECT MAX(snapshot) FROM t`.
        """
        if self._openings is None:
            self._openings = {close: opening for opening, close in self.pairs.items()}
        listed = False
        while index > 0:
            index = self._openings.get(index - 1, index - 1)
            word = self.tokens[index].upper
            if word in _BEFORE_SOURCES:
                return True
            # a comma ends the condition of a join
            if word in _CLAUSES or (word in _BEFORE_OPERANDS and not listed):
                return False
            listed = word == "," or (listed and word != "(")
        return self._sources

    def _is_behind_alias(self, index: int) -> bool:
        before = self.tokens[index - 2] if index > 1 else None
        if self.tokens[index - 1].upper == "HOLDLOCK":
            return True
        if before is None or not before.name:
            return False
        return before.upper == "AS" or (
            before.upper not in KEYWORDS and before.upper not in STRUCTURAL
        )
