"""Splices: where an executed string has a value that its text does not tell, and whose it is.

`EXEC ('UPDATE t SET c = ''' + @m + '''')` is known as `UPDATE t SET c = '${@m}'`. Where such a mark
stands for a value, it is read as the variable that it names, among those of the text that executes
the string.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ...model.facts import OUTSIDE, Pattern, Piece
from ...model.regex import regex

_MARK = regex(r"\$\{(?:@[^{}\n]*|…)\}")


class Splice(Struct, frozen=True):
    """A mark in the text of a string.

    `variable`: whose value it stands for; `converted`: a value for certain, and no name.
    """

    start: int
    end: int
    variable: str
    converted: bool = False


def splices_of(text: str, pattern: Pattern) -> list[Splice]:
    """The marks in the text of a string, each with the piece that it comes from.

    The string was put together as a pattern.
    """
    pieces = iter([piece for piece in pattern if not piece.known])
    splices: list[Splice] = []
    for match in _MARK.finditer(text):
        # marks that constants hold themselves, of a string around, have no piece
        piece = next((piece for piece in pieces if piece.text == match[0]), None)
        variable = (
            piece.value if piece else match[0][2:-1] + OUTSIDE if match[0][2] == "@" else None
        )
        if variable:
            splices.append(
                Splice(
                    match.start(),
                    match.end(),
                    variable + OUTSIDE,
                    piece is not None and piece.converted,
                )
            )
    return splices


def marks_in(text: str) -> Iterator[tuple[int, str]]:
    """The marks in a text, by their offsets."""
    return ((match.start(), match[0]) for match in _MARK.finditer(text))


def cut_at_marks(pattern: Pattern) -> Pattern:
    """A pattern, its constants cut at the marks that they hold themselves.

    Constants hold marks in a string that executes another one, for example.
    """
    return tuple(
        part for piece in pattern for part in (_parts(piece.text) if piece.known else (piece,))
    )


def _parts(text: str) -> Pattern:
    pieces: list[Piece] = []
    at = 0
    for match in _MARK.finditer(text):
        pieces += [Piece(text[at : match.start()])] if match.start() > at else []
        variable = match[0][2:-1]
        pieces.append(
            Piece(match[0], known=False, value=variable + OUTSIDE if variable[0] == "@" else None)
        )
        at = match.end()
    return (*pieces, Piece(text[at:])) if text[at:] else tuple(pieces)
