"""Rows of VALUES that say what a row before them says: they differ from it by constants alone.

    FROM (VALUES (1, N'x', NULL), (2, N'y', NULL), (3, N'z', a)) AS t (k, n, m)

The second says nothing. A megabyte of such rows need not go through the parser library.

Source: https://learn.microsoft.com/sql/t-sql/queries/table-value-constructor-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..reading.lexer import Kind, Token
from ..reading.words import closings

Shape: TypeAlias = tuple[str, ...]

_CONSTANT = {Kind.STRING: "'", Kind.NUMBER: "0"}
# Behind these a constant may say something, as in `(SELECT a FROM OPENQUERY(s, 'SELECT a FROM t'))`
# and `@x.value('(/a)[1]', 'int')`.
_READS_CONSTANTS = frozenset({"SELECT", "."})


def row_shape(row: list[Token], is_spliced: Callable[[Token], object] | None = None) -> Shape:
    """What of a row says anything; rows of one shape say the same.

    Args:
        row: what stands in its parentheses.
        is_spliced: does a constant hold the value of a variable? '${@a}' is no '${@b}'.
    """
    if any(token.upper in _READS_CONSTANTS for token in row):
        return tuple(token.value for token in row)
    return tuple(
        token.value if is_spliced and is_spliced(token) else _CONSTANT.get(token.kind, token.value)
        for token in row
    )


def without_repeated_rows(tokens: list[Token]) -> list[Token]:
    """The tokens of a query, of each VALUES only rows of different shapes."""
    pairs = closings(tokens)
    needed: list[Token] = []
    index = 0
    for place, token in enumerate(tokens):
        # not within the rows of another
        if token.upper == "VALUES" and place >= index:
            needed += tokens[index : place + 1]
            index = _add_rows(needed, tokens, place + 1, pairs)
    return needed + tokens[index:]


def _add_rows(needed: list[Token], tokens: list[Token], index: int, pairs: dict[int, int]) -> int:
    """Add the rows that begin at an index, and answer the index behind the last of all."""
    shapes: set[Shape] = set()
    start = index  # with the comma before it
    while (close := pairs.get(index)) is not None:
        shape = row_shape(tokens[index : close + 1])
        if shape not in shapes:
            shapes.add(shape)
            needed += tokens[start : close + 1]
        start = close + 1
        if start + 1 not in pairs or tokens[start].upper != ",":
            return start
        index = start + 1
    return start
