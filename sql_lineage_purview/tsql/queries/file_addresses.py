"""Addresses of files in a statement: constants, as they may be seen."""

from __future__ import annotations

from ...model.secret_words import without_login_and_query
from ..reading.lexer import Kind, Token

_AROUND = frozenset({"FROM", "BULK", "(", ")", ","})


def addresses(tokens: list[Token]) -> list[str]:
    """The addresses of `FROM 'a', 'b'` or `BULK ('a', 'b')`.

    None where one is put together, so that no part of it is told.
    """
    if not all(token.kind is Kind.STRING or token.upper in _AROUND for token in tokens):
        return []
    return [without_login_and_query(token.value) for token in tokens if token.kind is Kind.STRING]
