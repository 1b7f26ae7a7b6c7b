"""INSERTs that say what the one before says: a hot path of scripts that hold data.

    INSERT INTO dbo.t (a, b) VALUES (1, N'x');
    INSERT INTO dbo.t (a, b) VALUES (2, N'y');
    INSERT INTO dbo.t (a, b) VALUES (3, N'z');      -- passed over, as all that follow:
    INSERT INTO dbo.t (a, b) VALUES (4, NULL);      -- only their places are noted

A statement is repeated by one with the same text up to its only row, which has as many constants,
and behind which it certainly ends. The first of all may be governed by an IF, so the second is read
like any other too.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from ...model.regex import regex

if TYPE_CHECKING:
    from .lexer import Token

# A row of VALUES that holds constants alone. No part of it can match in two ways.
_CONSTANT = r"(?:[nN]?'(?:[^'$]++|\$(?!\()|'')*+'|[-+]?[\d.][\w.]*+|(?i:NULL|DEFAULT)\b)"
_CELL = (
    rf"(?:(?i:CAST)\s*+\(\s*+{_CONSTANT}\s++(?i:AS)\s++\w++(?:\s*+\([\d,\s]*+\))?+\s*+\)|"
    rf"{_CONSTANT})\s*+"
)
_ROW = rf"\s*+\(\s*+{_CELL}(?:,\s*+{_CELL})*+\)"
CONSTANT_ROW = regex(rf"{_ROW}\s*+,")
_ONLY_ROW = regex(rf"({_ROW})\s*+;?\s*+(?=(?i:INSERT)\b)")
_CELLS = regex(_CELL)
_LONGEST_HEAD = 8_192  # tokens: as many as a statement with all columns of a table has


class _OpenParentheses:
    """How many parentheses are open behind the tokens of a list that grows."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self._counted = 0
        self._open = 0

    def now(self) -> int:
        """How many are; each token is looked at once."""
        for token in islice(self.tokens, self._counted, None):
            if token.upper == "(":
                self._open += 1
            elif token.upper == ")":
                self._open = max(self._open - 1, 0)
        self._counted = len(self.tokens)
        return self._open


class RepeatedInserts:
    """The places of the INSERTs of a text that were passed over."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sibling = -1  # where a statement begins that stands beside the one before it
        self._parentheses = _OpenParentheses([])
        self._places: dict[int, list[tuple[int, int]]] = {}
        self._passed: set[int] = set()  # where they begin: who reads them after all gets each alone

    def places(self, start: int) -> list[tuple[int, int]]:
        """From where to where those stand that repeat the statement which begins at an offset."""
        return self._places.get(start, [])

    def pass_over(self, tokens: list[Token], values: int, row: int) -> tuple[int, int] | None:
        """Pass over those that repeat the INSERT whose last row begins here.

        Args:
            tokens: those so far; the last is VALUES.
            values: the offset behind VALUES.
            row: where its last row begins.

        Returns:
            Where the row ends, and where to go on; None where none is passed over.
        """
        match = _ONLY_ROW.match(self._text, row)
        start = _start(tokens) if match else None
        if match is None or start is None or start in self._passed:
            return None
        is_sibling, self._sibling = start == self._sibling, match.end()
        if not is_sibling or row != values or self._is_within(tokens):
            return None
        places = self._repeated(self._text[start:values], match)
        if not places:
            return None
        self._places[start] = places
        self._passed.update(first for first, _ in places)
        return match.end(1), places[-1][1]

    def _is_within(self, tokens: list[Token]) -> bool:
        """Is a parenthesis open, so that it is no statement but a part of one that is broken?"""
        if self._parentheses.tokens is not tokens:
            self._parentheses = _OpenParentheses(tokens)
        return self._parentheses.now() > 0

    def _repeated(self, head: str, row: re.Match[str]) -> list[tuple[int, int]]:
        text, place = self._text, row.end()
        row_at = _row_of(len(_CELLS.findall(row[1]))).match
        places = []
        while text.startswith(head, place):
            match = row_at(text, place + len(head))
            if match is None:
                break
            places.append((place, match.end(1)))
            place = match.end()
        self._sibling = place
        return places


@cache
def _row_of(cells: int) -> re.Pattern[str]:
    """A row of so many constants, with what tells that the statement ends behind it."""
    row = rf"(\s*+\(\s*+{_CELL}(?:,\s*+{_CELL}){{{cells - 1}}}+\))"
    return re.compile(rf"{row}\s*+(?:;\s*+|(?=(?i:INSERT)\b))")


def _start(tokens: list[Token]) -> int | None:
    """Where the INSERT begins that the last tokens belong to."""
    for token in islice(reversed(tokens), _LONGEST_HEAD):
        if token.upper == "INSERT":
            return token.start
    return None
