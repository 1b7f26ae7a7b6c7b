"""The tokens of a query that is passed to another server, at their places in the script."""

from __future__ import annotations

from collections.abc import Iterator

from ..reading.lexer import SourceText, Token, tokens_of
from ..reading.splices import Splice, marks_in


def placed(text: Token, source: SourceText) -> Iterator[tuple[Token, tuple[int, int]]]:
    """Each token of a string, and where it stands in the text around.

    That is the place of the string, since its own offsets mean nothing there. In an executed string
    values of variables may stand in it: who has one is at the place of that, and all others are at
    none of them.

    Args:
        text: the string.
        source: what it stands in.
    """
    values = _values(text, source)
    for token in tokens_of(text.value):
        own = [splice for start, splice in values if token.start <= start < token.end]
        if own:
            yield token, (own[0].start, own[-1].end)
        else:
            yield token, (text.start, text.start if values else text.end)


def _values(text: Token, source: SourceText) -> list[tuple[int, Splice]]:
    """The values of variables in a string, by their offsets in it: a quote in it is written twice.

    They come in the same order in both.
    """
    waiting = source.spliced(text)
    values: list[tuple[int, Splice]] = []
    for start, mark in marks_in(text.value) if waiting else ():
        if waiting and source.text[waiting[0].start : waiting[0].end] == mark:
            values.append((start, waiting.pop(0)))
    return values
