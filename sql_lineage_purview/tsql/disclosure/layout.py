"""A statement laid out for a reader: what a diagnostic shows of one that was not understood."""

from __future__ import annotations

from ..reading.lexer import Kind, SourceText, Token
from . import is_concealed

# characters of SQL; what is longer is cut, since its beginning says which statement it is
_LONGEST = 2_000


def laid_out(source: SourceText, tokens: list[Token]) -> str:
    """The statement of some tokens, with a line for each clause.

    It has no comments, and no value that may not be seen.
    """
    import sqlparse  # noqa: PLC0415 - needed only where something is wrong
    from sqlparse.exceptions import SQLParseError  # noqa: PLC0415 - as above

    sql = on_one_line(source, tokens)
    try:
        return sqlparse.format(sql, reindent=True).strip()
    except (SQLParseError, RecursionError):  # too deep or too large for it
        return sql


def on_one_line(source: SourceText, tokens: list[Token]) -> str:
    """The statement as written, without comments, line ends and values that may not be seen."""
    pieces: list[str] = []
    length = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before and before.start == token.start:
            continue  # one of several tokens that a variable or template stands for
        piece = _piece(token, source)
        length += len(piece) + 1
        if length > _LONGEST:
            return "".join(pieces) + " …"
        pieces.append(" " + piece if before and before.end < token.start else piece)
    return "".join(pieces)


def _piece(token: Token, source: SourceText) -> str:
    if token.kind is Kind.STRING:
        return "'…'"
    if token.kind is Kind.NUMBER and token.value[:2] in ("0x", "0X"):  # a password's hash is one
        return "0x…"
    return "…" if is_concealed(source, token) else source.text[token.start : token.end]
