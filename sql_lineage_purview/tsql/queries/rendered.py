"""Text for the parser library: names as it reads them, and its offsets led back to tokens."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from ..reading.lexer import Token

# Before the name of a function, so that the library takes it for an unknown one: a character that
# no identifier holds.
FUNCTION_MARK = "\ue000"
PART_MARK = "\ue003"  # between the parts of such a name, where the library reads only one
_NUMBER_SIGN = "\ue001"
LEFT_OUT = "\ue002"
SOME_NUMBER = "0e0"  # a constant number whose value is not to be read


def bracket(name: str) -> str:
    """A name in brackets.

    The library must not see the # of a temporary table, which it would drop.
    """
    if name[:1] == "#":
        name = name.replace("#", _NUMBER_SIGN)
    return f"[{name.replace(']', ']]')}]"


def unmarked(name: str) -> str:
    """A name that came back from the library, as it was written."""
    if name.isascii():  # no mark is
        return name
    return name.removeprefix(FUNCTION_MARK).replace(_NUMBER_SIGN, "#").replace(LEFT_OUT, "")


class Rendered:
    """Text for the library, behind a prefix, and the way back from its offsets to the tokens."""

    def __init__(self, prefix: str = "") -> None:
        self.pieces: list[str] = []
        self._prefix = prefix
        self._tokens: list[Token] = []
        self._starts: list[int] = []  # of the pieces, once they are asked for

    def add(self, text: str, token: Token) -> None:
        """Write a text that stands for a token."""
        self.pieces.append(text)
        self._tokens.append(token)

    def drop(self, count: int) -> None:
        """Take back the last pieces."""
        if count:
            del self.pieces[-count:], self._tokens[-count:]

    @property
    def text(self) -> str:
        """All that was written."""
        return self._prefix + " ".join(self.pieces)

    @property
    def extent(self) -> tuple[int, int]:
        """From where to where in the script the text comes from."""
        return (self._tokens[0].start, self._tokens[-1].end) if self._tokens else (0, 0)

    def token_at(self, offset: int) -> Token:
        """The token that an offset of the text comes from; all of it has been written."""
        if len(self._starts) != len(self.pieces):
            lengths = (len(piece) + 1 for piece in self.pieces[:-1])  # with the blank behind each
            self._starts = list(accumulate(lengths, initial=len(self._prefix)))
        return self._tokens[max(0, bisect_right(self._starts, offset) - 1)]
