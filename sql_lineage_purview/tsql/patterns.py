"""Patterns: the strings that an expression may be, as texts and between them what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from ..model.facts import Pattern, Piece
from .lexer import Token

Patterns: TypeAlias = tuple[Pattern, ...]

LONGEST = 1_000_000  # characters; a loop that doubles a string ends here
MOST = 16  # alternatives of one expression
UNKNOWN: Patterns = ((Piece("${…}", known=False),),)
_EQUALS = "\ue004"  # in the place of =, which stands between a choice and its way


def parameter(name: str) -> Patterns:
    """The value of a parameter: what a caller passes."""
    return ((Piece(f"${{{name}}}", known=False, variable=name.casefold(), value=name),),)


def of_variable(variable: Token) -> Patterns:
    """The value of a variable that no call can tell either."""
    return ((Piece(f"${{{variable.value}}}", known=False, value=variable.value),),)


def of_expression(tokens: list[Token]) -> Patterns:
    """The value of an expression that is known by its place alone, see `Captured`."""
    return ((Piece(UNKNOWN[0][0].text, known=False, value=f"@={tokens[0].start}-{tokens[-1].end}"),),) if tokens else UNKNOWN


def is_opaque(pattern: Pattern) -> bool:
    """Is it the value of an expression, and nothing else?"""
    held = divided(pattern)[1]
    return len(held) == 1 and (held[0].value or "").startswith("@=")


def converted(patterns: Patterns) -> Patterns:
    """What CAST makes of a value is a value, and no name."""
    return tuple(tuple(piece if piece.known else replace(piece, converted=True) for piece in one) for one in patterns)


def literal(pattern: Pattern) -> str | None:
    """The string of a pattern in which everything is known; None for others."""
    return "".join(piece.text for piece in pattern) if all(piece.known for piece in pattern) else None


def unknown(pattern: Pattern) -> bool:
    """Does a pattern tell nothing at all?"""
    return not any(piece.variable if not piece.known else piece.text for piece in pattern)


# --- choices: a piece without text says which of several ways a pattern belongs to ----------------------------------------


def chosen(patterns: Patterns, choice: int | str, way: int | None = None) -> Patterns:
    """Alternatives of which one is taken wherever they stand: each marked by its place, or all as of one way."""
    return tuple(
        merged((Piece("", variable=f"{choice}={place if way is None else way}"), *pattern))
        for place, pattern in enumerate(patterns)
    )


def is_choice(piece: Piece) -> bool:
    """Is it the mark of a way, and no part of the string?"""
    return piece.known and piece.variable is not None


def divided(pattern: Pattern) -> tuple[Pattern, Pattern]:
    """The marks of a pattern, and its string."""
    return tuple(filter(is_choice, pattern)), tuple(piece for piece in pattern if not is_choice(piece))


def choice_of(condition: list[Token]) -> str:
    """The choice that CASE or IIF makes by a condition, while the variables in it keep their values."""
    return "?" + " ".join(token.value.casefold().replace("=", _EQUALS) for token in condition)


def settled(patterns: Patterns, number: Callable[[tuple[str, ...]], int]) -> Patterns:
    """A whole expression's strings, their conditional choices numbered: behind it variables may change."""

    def numbered(piece: Piece) -> Piece:
        asked, _, way = (piece.variable or "").partition("=")
        if not is_choice(piece) or not asked.startswith("?"):
            return piece
        return replace(piece, variable=f"{number(tuple(asked[1:].replace(_EQUALS, '=').split(' ')))}={way}")

    return tuple(dict.fromkeys(tuple(map(numbered, one)) for one in patterns))


def plain(patterns: Patterns) -> Patterns:
    """The strings alone."""
    return tuple(dict.fromkeys(divided(pattern)[1] for pattern in patterns))


def agree(pattern: Pattern) -> bool:
    """Is no choice made in two ways?"""
    ways: dict[str, str] = {}
    for piece in filter(is_choice, pattern):
        choice, _, way = (piece.variable or "").partition("=")
        if ways.setdefault(choice, way) != way:
            return False
    return True


def joined(parts: Iterable[Patterns]) -> Patterns:
    """All ways to put one alternative of each part behind the other that do not contradict each other."""
    found: Patterns = ((),)
    for part in parts:
        ways = tuple((*before, *pattern) for before in found for pattern in part)
        found = some(merged(way) for way in ways if agree(way))
        if found is UNKNOWN:  # too many, or too long
            return UNKNOWN
    return found


def some(patterns: Iterable[Pattern]) -> Patterns:
    """Different ones, not too many and not too long."""
    found = tuple(dict.fromkeys(patterns))
    if len(found) > MOST:  # those that differ only in whose value it is are one
        found = tuple(dict.fromkeys(tuple(replace(piece, value=None, converted=False) for piece in one) for one in found))
    return found if len(found) <= MOST and all(sum(len(p.text) for p in one) <= LONGEST for one in found) else UNKNOWN


def merged(pieces: Iterable[Piece]) -> Pattern:
    """Texts that stand side by side are one, and so is what is not known."""
    listed = list(pieces)
    found: list[Piece] = []
    for piece in listed:
        if is_choice(piece):
            continue
        if found and not piece.known and not found[-1].known and found[-1].text == piece.text == UNKNOWN[0][0].text:
            found[-1] = found[-1] if found[-1] == piece else UNKNOWN[0][0]
            continue
        if found and piece.known and found[-1].known:
            found[-1] = Piece(found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return (*dict.fromkeys(filter(is_choice, listed)), *found)


def fixed(text: str) -> Patterns:
    """A string of which all is known."""
    return ((Piece(text),) if text else (),)
