"""Strings put together from constants: what EXEC of a string or variable will run, where the text alone tells it.

Source: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model.names import Name
from .lexer import Kind, Token
from .words import find, skip_group, split

_LONGEST = 1_000_000  # characters; a loop that doubles a string ends here


@dataclass(frozen=True, slots=True)
class FoldedString:
    """A string that is executed, the target of INSERT … EXEC, and the linked server that it is passed to."""

    text: str
    into: Name | None = None
    columns: tuple[str, ...] | None = None
    server: str | None = None


@dataclass(slots=True)
class Constants:
    """The variables whose value is a known string, as far as the statements have been read."""

    values: dict[str, str] = field(default_factory=dict)

    def follow(self, tokens: list[Token], *, branching: bool) -> None:
        """Take in what a DECLARE, SET or SELECT assigns. What a branch or loop assigns is not known behind it."""
        first = tokens[0].upper if tokens else ""
        if first not in ("DECLARE", "SET", "SELECT"):
            self._forget(tokens)
            return
        before = dict(self.values)
        end = find(tokens, {"FROM", "WHERE"}, 1)
        known = not branching and end == len(tokens)
        for piece in split(tokens[1:end]):
            self._assign(piece, before, known=known)

    def _assign(self, piece: list[Token], before: Mapping[str, str], *, known: bool) -> None:
        equals = next((i for i, token in enumerate(piece) if token.upper in ("=", "+=", "||=")), None)
        if equals is None or piece[0].kind is not Kind.VARIABLE:
            return
        name = piece[0].value.casefold()
        value = fold(piece[equals + 1 :], before) if known else None
        if value is not None and piece[equals].upper != "=":
            value = before[name] + value if name in before else None
        if value is None or len(value) > _LONGEST:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    def _forget(self, tokens: list[Token]) -> None:
        """FETCH INTO, an OUTPUT argument, UPDATE … SET @v: the value is no longer known."""
        for index, token in enumerate(tokens):
            if token.kind is not Kind.VARIABLE:
                continue
            following = tokens[index + 1].upper if index + 1 < len(tokens) else ""
            if (
                tokens[0].upper == "FETCH"
                or following in ("OUTPUT", "OUT")
                or (tokens[0].upper == "UPDATE" and following in ("=", "+=", "||="))
            ):
                self.values.pop(token.value.casefold(), None)


def fold(tokens: list[Token], known: Mapping[str, str]) -> str | None:
    """The string that an expression over constants has; None where it is not known."""
    pieces = [operand for piece in split(tokens, "+") for operand in split(piece, "||")]
    values = [_operand(piece, known) for piece in pieces]
    if not values or any(value is None for value in values):
        return None
    return "".join(value or "" for value in values)


def _operand(tokens: list[Token], known: Mapping[str, str]) -> str | None:
    if len(tokens) == 1:
        token = tokens[0]
        if token.kind is Kind.STRING:
            return token.value
        return known.get(token.value.casefold()) if token.kind is Kind.VARIABLE else None
    if len(tokens) < 2 or skip_group(tokens, 0 if tokens[0].upper == "(" else 1) != len(tokens):
        return None
    if tokens[0].upper == "(":
        return fold(tokens[1:-1], known)
    return _call(tokens[0].upper, split(tokens[2:-1]), known)


def _call(function: str, arguments: list[list[Token]], known: Mapping[str, str]) -> str | None:
    if function in ("CAST", "CONVERT"):
        inside = (
            arguments[0][: find(arguments[0], {"AS"})]
            if function == "CAST" and arguments
            else arguments[1]
            if len(arguments) > 1
            else []
        )
        return fold(inside, known)
    values = [fold(argument, known) for argument in arguments]
    if not values or any(value is None for value in values):
        return None
    texts = [value or "" for value in values]
    if function == "CONCAT":
        return "".join(texts)
    if function == "QUOTENAME" and len(texts) == 1:
        return f"[{texts[0].replace(']', ']]')}]"
    if function == "REPLACE" and len(texts) == 3 and texts[1]:
        return texts[0].replace(texts[1], texts[2])
    if function in ("N", "LTRIM", "RTRIM", "TRIM"):
        return {"LTRIM": texts[0].lstrip(), "RTRIM": texts[0].rstrip()}.get(function, texts[0].strip())
    return None
