"""Patterns: the strings that an expression may be, as texts and between them what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from ...model.facts import Pattern, Piece
from ...model.limits import ALTERNATIVES, PIECE_CHARACTERS
from ..reading.lexer import Token
from .budget import may_build

Patterns: TypeAlias = tuple[Pattern, ...]

UNKNOWN: Patterns = ((Piece("${…}", known=False),),)
_EQUALS = "\ue004"  # in the place of =, which stands between a choice and its arm


def parameter(name: str) -> Patterns:
    """The value of a parameter: what a caller passes."""
    return ((Piece(f"${{{name}}}", known=False, variable=name.casefold(), value=name),),)


def of_variable(variable: Token) -> Patterns:
    """The value of a variable that no call can tell either."""
    return ((Piece(f"${{{variable.value}}}", known=False, value=variable.value),),)


def of_expression(tokens: list[Token]) -> Patterns:
    """The value of an expression that is known by its place alone, see `Captured`."""
    return (
        ((Piece(UNKNOWN[0][0].text, known=False, value=f"@={tokens[0].start}-{tokens[-1].end}"),),)
        if tokens
        else UNKNOWN
    )


def is_opaque(pattern: Pattern) -> bool:
    """Is it the value of an expression, and nothing else?"""
    pieces = divided(pattern)[1]
    return len(pieces) == 1 and (pieces[0].value or "").startswith("@=")


def converted(patterns: Patterns) -> Patterns:
    """What CAST makes of a value is a value, and no name."""
    return tuple(
        tuple(piece if piece.known else replace(piece, converted=True) for piece in pattern)
        for pattern in patterns
    )


def literal(pattern: Pattern) -> str | None:
    """The string of a pattern in which everything is known; None for others."""
    return (
        "".join(piece.text for piece in pattern) if all(piece.known for piece in pattern) else None
    )


def unknown(pattern: Pattern) -> bool:
    """Does a pattern tell nothing at all?"""
    return not any(piece.variable if not piece.known else piece.text for piece in pattern)


# --- choices: a piece without text says which of several arms a pattern belongs to ----------------


MAX_MARKS = 128  # choices that a pattern is marked with


def chosen(patterns: Patterns, choice: int | str, arm: int | None = None) -> Patterns:
    """Alternatives of which one is taken wherever they stand.

    Each is marked by its place, or all as of one arm.
    """
    return tuple(
        merged((mark(choice, place if arm is None else arm), *markable(pattern)))
        for place, pattern in enumerate(patterns)
    )


def mark(choice: int | str, arm: int) -> Piece:
    """What says of a pattern that a choice is made for an arm."""
    return Piece("", variable=f"{choice}={arm}")


def markable(pattern: Pattern) -> Pattern:
    """A pattern that takes one more mark; one that has as many as are kept is forgotten.

    Marks stand before the string. In a chain of a thousand ELSE IFs, what the last arm leaves would
    have a thousand of them. Without some of them it would be taken together with what other arms
    leave.
    """
    is_full = len(pattern) > MAX_MARKS and is_choice(pattern[MAX_MARKS - 1])
    return UNKNOWN[0] if is_full else pattern


def is_choice(piece: Piece) -> bool:
    """Is it the mark of an arm, and no part of the string?"""
    return piece.known and piece.variable is not None


def divided(pattern: Pattern) -> tuple[Pattern, Pattern]:
    """The marks of a pattern, and its string."""
    return tuple(filter(is_choice, pattern)), tuple(
        piece for piece in pattern if not is_choice(piece)
    )


def choice_of(condition: list[Token]) -> str:
    """The choice that CASE or IIF makes by a condition while its variables keep their values."""
    return "?" + " ".join(token.value.casefold().replace("=", _EQUALS) for token in condition)


def settled(patterns: Patterns, number: Callable[[tuple[str, ...]], int]) -> Patterns:
    """A whole expression's strings, their conditional choices numbered.

    Behind the expression, variables may change.
    """

    def numbered(piece: Piece) -> Piece:
        asked, _, arm = (piece.variable or "").partition("=")
        if not is_choice(piece) or not asked.startswith("?"):
            return piece
        return replace(
            piece, variable=f"{number(tuple(asked[1:].replace(_EQUALS, '=').split(' ')))}={arm}"
        )

    return tuple(dict.fromkeys(tuple(map(numbered, pattern)) for pattern in patterns))


def plain(patterns: Patterns) -> Patterns:
    """The strings alone."""
    return tuple(dict.fromkeys(divided(pattern)[1] for pattern in patterns))


def agree(pattern: Pattern) -> bool:
    """Is no choice made for two arms?"""
    arms: dict[str, str] = {}
    for piece in filter(is_choice, pattern):
        choice, _, arm = (piece.variable or "").partition("=")
        if arms.setdefault(choice, arm) != arm:
            return False
    return True


def joined(parts: Iterable[Patterns]) -> Patterns:
    """All ways to chain one alternative of each part that do not contradict each other."""
    patterns: Patterns = ((),)
    for part in _without_seams(parts):
        candidates = [
            candidate
            for candidate in ((*before, *pattern) for before in patterns for pattern in part)
            if agree(candidate)
        ]
        if not may_build(*map(cost_of, candidates)):
            return UNKNOWN
        patterns = some(map(merged, candidates))
        if patterns is UNKNOWN:  # too many
            return UNKNOWN
    return patterns


def _without_seams(parts: Iterable[Patterns]) -> Iterator[Patterns]:
    """The parts, those side by side that may be one string alone put together.

    Hundreds of them make a long one.
    """
    alone: list[Piece] = []
    for part in parts:
        if len(part) == 1:
            alone += part[0]
            continue
        if alone:
            yield (tuple(alone),)
            alone = []
        yield part
    if alone:
        yield (tuple(alone),)


def cost_of(pattern: Pattern) -> int:
    """What a pattern takes of the budget.

    That is its characters, and for each piece as much work as for many of them.
    """
    return characters_in(pattern) + PIECE_CHARACTERS * len(pattern)


def characters_in(pattern: Pattern) -> int:
    """How long a pattern is, as the text of a string."""
    return sum(len(piece.text) for piece in pattern)


def some(patterns: Iterable[Pattern]) -> Patterns:
    """Different ones, not too many."""
    distinct = tuple(dict.fromkeys(patterns))
    if len(distinct) > ALTERNATIVES:  # those that differ only in whose value it is are one
        distinct = tuple(
            dict.fromkeys(
                tuple(replace(piece, value=None, converted=False) for piece in pattern)
                for pattern in distinct
            )
        )
    return distinct if len(distinct) <= ALTERNATIVES else UNKNOWN


def merged(pieces: Iterable[Piece]) -> Pattern:
    """Texts that stand side by side are one, and so is what is not known."""
    choices: dict[Piece, None] = {}
    sequence: list[Piece] = []
    texts: list[Piece] = []
    for piece in pieces:
        if is_choice(piece):
            choices[piece] = None
        elif piece.known:
            if piece.text:
                texts.append(piece)
        else:
            sequence += _as_one(texts)
            texts.clear()
            if (
                sequence
                and not sequence[-1].known
                and sequence[-1].text == piece.text == UNKNOWN[0][0].text
            ):
                sequence[-1] = sequence[-1] if sequence[-1] == piece else UNKNOWN[0][0]
            elif piece.text:
                sequence.append(piece)
    return (*choices, *sequence, *_as_one(texts))


def _as_one(texts: list[Piece]) -> list[Piece]:
    return texts[:1] if len(texts) < 2 else [Piece("".join(piece.text for piece in texts))]


def fixed(text: str) -> Patterns:
    """A string of which all is known."""
    return ((Piece(text),) if text else (),)
