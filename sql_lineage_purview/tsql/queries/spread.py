"""Functions that bring a table's own columns along under its alias: VECTOR_SEARCH and PREDICT.

`VECTOR_SEARCH(TABLE = t AS a, COLUMN = v, SIMILAR_TO = @q) AS r` stands for `t AS a CROSS APPLY
VECTOR_SEARCH(…) AS r`: the columns of `t` are seen as those of `a`, and what the function adds as
those of `r`.

Source: https://learn.microsoft.com/sql/t-sql/functions/vector-search-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/predict-transact-sql
"""

from __future__ import annotations

from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token, new_token
from ..reading.words import split

_TABLE_ARGUMENT = {"VECTOR_SEARCH": "TABLE", "PREDICT": "DATA"}


def spread(tokens: list[Token]) -> list[Token]:
    """The tokens with such functions set apart from their tables."""
    if not any(token.upper in _TABLE_ARGUMENT for token in tokens):
        return tokens
    out: list[Token] = []
    cursor = Cursor(tokens)
    while token := cursor.token():
        source = _applied(cursor, token)
        if source is None:
            cursor.advance()
        out += [token] if source is None else source
    return out


def _applied(cursor: Cursor, function: Token) -> list[Token] | None:
    """The table and the call of a function that begins here, which is passed.

    None where it is no such function.
    """
    argument = _TABLE_ARGUMENT.get(cursor.word)
    if argument is None or cursor.peek() != "(":
        return None
    start, joined = cursor.index, cursor.before() == "JOIN"
    cursor.advance()
    pieces = split(cursor.group())
    table = next(
        (piece[2:] for piece in pieces if len(piece) > 2 and piece[0].upper == argument), None
    )
    if not table:
        cursor.go_to(start)
        return None
    alias = next((token for token in reversed(table) if token.name), None)
    arguments: list[Token] = []
    for piece in pieces:
        if piece and piece[0].upper != argument:
            arguments += [*([_sign(",", function)] if arguments else ()), *_qualified(piece, alias)]
    call = [
        function,
        _sign("(", function),
        *arguments,
        _sign(")", function),
        *_columns_and_alias(cursor),
    ]
    source = [*table, _word("CROSS", function), _word("APPLY", function), *call]
    # behind JOIN both must be one item, else an ON that follows would belong to the APPLY
    return [_sign("(", function), *source, _sign(")", function)] if joined else source


def _columns_and_alias(cursor: Cursor) -> list[Token]:
    """`WITH (columns) AS alias`, which is passed."""
    start = cursor.index
    while cursor.stands("WITH", "("):
        cursor.advance()
        cursor.group()
    end = cursor.index
    cursor.accept("AS")
    if cursor.is_name() and cursor.word != "WHERE":
        cursor.advance()
    else:
        cursor.go_to(end)
    return cursor.since(start)


def _qualified(piece: list[Token], alias: Token | None) -> list[Token]:
    """`COLUMN = v`: a column of the table."""
    if piece[0].upper != "COLUMN" or alias is None or len(piece) != 3:
        return piece
    return [*piece[:2], alias, _sign(".", alias), piece[2]]


def _sign(value: str, near: Token) -> Token:
    return new_token(Kind.OPERATOR, value, near.start, near.end)


def _word(value: str, near: Token) -> Token:
    return new_token(Kind.WORD, value, near.start, near.end)
