"""What is raised where the parser library cannot read a text."""

from __future__ import annotations

from ..reading.lexer import Token


class NotUnderstoodError(Exception):
    """The library cannot read the text.

    `offset` is where in it, and `token` what stands there, as far as the library tells.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.token: Token | None = None
