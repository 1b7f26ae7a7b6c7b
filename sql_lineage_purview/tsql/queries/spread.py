"""Functions over a table that bring the table's own columns along under its alias: VECTOR_SEARCH and PREDICT.

`VECTOR_SEARCH(TABLE = t AS a, COLUMN = v, SIMILAR_TO = @q) AS r` stands for `t AS a CROSS APPLY VECTOR_SEARCH(…) AS r`: the
columns of `t` are seen as those of `a`, and what the function adds as those of `r`.

Source: https://learn.microsoft.com/sql/t-sql/functions/vector-search-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/predict-transact-sql
"""

from __future__ import annotations

from ..reading.lexer import Kind, Token
from ..reading.words import skip_group, split

_TABLE_ARGUMENT = {"VECTOR_SEARCH": "TABLE", "PREDICT": "DATA"}


def spread(tokens: list[Token]) -> list[Token]:
    """The tokens with such functions set apart from their tables."""
    if not any(token.upper in _TABLE_ARGUMENT for token in tokens):
        return tokens
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        replacement = _spread_at(tokens, at)
        if replacement is None:
            out.append(tokens[at])
            at += 1
        else:
            source, at = replacement
            out += source
    return out


def _spread_at(tokens: list[Token], at: int) -> tuple[list[Token], int] | None:
    word = tokens[at]
    argument = _TABLE_ARGUMENT.get(word.upper)
    if argument is None or at + 1 >= len(tokens) or tokens[at + 1].upper != "(":
        return None
    end = skip_group(tokens, at + 1)
    pieces = split(tokens[at + 2 : end - 1])
    table = next((piece[2:] for piece in pieces if len(piece) > 2 and piece[0].upper == argument), None)
    if not table:
        return None
    alias = next((token for token in reversed(table) if token.name), None)
    arguments: list[Token] = []
    for piece in pieces:
        if piece and piece[0].upper != argument:
            arguments += [*([_sign(",", word)] if arguments else ()), *_qualified(piece, alias)]
    call = [word, _sign("(", word), *arguments, _sign(")", word)]
    while _is(tokens, end, "WITH") and _is(tokens, end + 1, "("):
        behind = skip_group(tokens, end + 1)
        call += tokens[end:behind]
        end = behind
    behind = end + _is(tokens, end, "AS")
    if behind < len(tokens) and tokens[behind].name and not _is(tokens, behind, "WHERE"):
        call += tokens[end : behind + 1]
        end = behind + 1
    source = [*table, _word("CROSS", word), _word("APPLY", word), *call]
    return ([_sign("(", word), *source, _sign(")", word)] if _is(tokens, at - 1, "JOIN") else source), end


def _qualified(piece: list[Token], alias: Token | None) -> list[Token]:
    """`COLUMN = v`: a column of the table."""
    if piece[0].upper != "COLUMN" or alias is None or len(piece) != 3:
        return piece
    return [*piece[:2], alias, _sign(".", alias), piece[2]]


def _is(tokens: list[Token], index: int, word: str) -> bool:
    return 0 <= index < len(tokens) and tokens[index].upper == word


def _sign(value: str, near: Token) -> Token:
    return Token(Kind.OPERATOR, value, near.start, near.end)


def _word(value: str, near: Token) -> Token:
    return Token(Kind.WORD, value, near.start, near.end)
