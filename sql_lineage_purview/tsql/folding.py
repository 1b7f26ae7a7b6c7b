"""Strings put together: what EXEC of a string or variable may run, as far as the text of one file tells it.

An expression has alternatives (IF and CASE lead to several strings), each a pattern: texts, and between them what is not known.

Source: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from ..model.facts import Pattern, Piece
from ..model.names import Name
from .lexer import Kind, Token
from .words import find, skip_group, split

Patterns: TypeAlias = tuple[Pattern, ...]

_LONGEST = 1_000_000  # characters; a loop that doubles a string ends here
_MOST = 16  # alternatives of one expression
_UNKNOWN: Patterns = ((Piece("${…}", known=False),),)


@dataclass(frozen=True, slots=True)
class FoldedString:
    """A string that is executed, the target of INSERT … EXEC, and the linked server that it is passed to.

    `certain`: it is the only one that the expression can be, so what is wrong in it is wrong in the script.
    """

    text: str
    into: Name | None = None
    columns: tuple[str, ...] | None = None
    server: str | None = None
    certain: bool = True


def parameter(name: str) -> Patterns:
    """The value of a parameter: what a caller passes."""
    return ((Piece(f"${{{name}}}", known=False, variable=name.casefold()),),)


def _of(variable: Token) -> Patterns:
    """The value of a variable that no call can tell either."""
    return ((Piece(f"${{{variable.value}}}", known=False),),)


def literal(pattern: Pattern) -> str | None:
    """The string of a pattern in which everything is known; None for others."""
    return "".join(piece.text for piece in pattern) if all(piece.known for piece in pattern) else None


def unknown(pattern: Pattern) -> bool:
    """Does a pattern tell nothing at all?"""
    return not any(piece.known or piece.variable for piece in pattern)


@dataclass(slots=True)
class Constants:
    """The strings that variables may hold, as far as the statements have been read."""

    values: dict[str, Patterns] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: Iterable[str]) -> Constants:
        """At the start of a module: its parameters hold what a caller passes."""
        return cls({name.casefold(): parameter(name) for name in parameters})

    def follow(self, tokens: list[Token], *, branching: bool, looping: bool = False) -> None:
        """Take in what a DECLARE, SET or SELECT assigns. What a branch assigns is an alternative to what was there before."""
        first = tokens[0].upper if tokens else ""
        if first not in ("DECLARE", "SET", "SELECT"):
            self._forget(tokens)
            return
        before = dict(self.values)
        end = find(tokens, {"FROM", "WHERE"}, 1)
        for piece in split(tokens[1:end]):
            if piece and piece[0].kind is Kind.VARIABLE:
                name = piece[0].value.casefold()
                given = self._assigned(piece, before) if end == len(tokens) else _of(piece[0])
                if given is None:
                    continue
                if looping and any(token.value.casefold() == name for token in piece[1:]):
                    given = _joined((before.get(name, _UNKNOWN), _UNKNOWN))  # what it becomes in each round
                self.values[name] = _some((*before.get(name, ()), *given)) if branching else given

    def _assigned(self, piece: list[Token], before: Mapping[str, Patterns]) -> Patterns | None:
        """What a piece `@v = x`, `@v += x` or `@v type = x` gives the variable; None where it is no assignment."""
        equals = next((i for i, token in enumerate(piece) if token.upper in ("=", "+=", "||=")), None)
        if equals is None:
            return None
        given = fold(piece[equals + 1 :], before)
        if piece[equals].upper != "=":
            given = _joined((before.get(piece[0].value.casefold(), _UNKNOWN), given))
        return given

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
                self.values[token.value.casefold()] = _of(token)


def fold(tokens: list[Token], known: Mapping[str, Patterns]) -> Patterns:
    """The strings that an expression may have, at least one."""
    pieces = [operand for piece in split(tokens, "+") for operand in split(piece, "||")]
    return _joined([_operand(piece, known) for piece in pieces]) if pieces else _UNKNOWN


def _joined(parts: Iterable[Patterns]) -> Patterns:
    """All ways to put one alternative of each part behind the other."""
    listed = list(parts)
    ways = 1
    for part in listed:
        ways *= len(part)
        if ways > _MOST:
            return _UNKNOWN
    return _some(_merged(piece for pattern in way for piece in pattern) for way in product(*listed))


def _some(patterns: Iterable[Pattern]) -> Patterns:
    """Different ones, not too many and not too long."""
    found = tuple(dict.fromkeys(patterns))
    return found if len(found) <= _MOST and all(sum(len(p.text) for p in one) <= _LONGEST for one in found) else _UNKNOWN


def _merged(pieces: Iterable[Piece]) -> Pattern:
    """Texts that stand side by side are one, and so is what is not known."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1] == piece == _UNKNOWN[0][0]:
            continue
        if found and piece.known and found[-1].known:
            found[-1] = Piece(found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return tuple(found)


def _text(text: str) -> Patterns:
    return ((Piece(text),) if text else (),)


def _operand(tokens: list[Token], known: Mapping[str, Patterns]) -> Patterns:
    if len(tokens) == 1:
        token = tokens[0]
        if token.kind is Kind.STRING:
            return _text(token.value)
        if token.kind is not Kind.VARIABLE:
            return _UNKNOWN
        return known.get(token.value.casefold()) or _of(token)
    if tokens and tokens[0].upper == "CASE" and tokens[-1].upper == "END":
        return _case(tokens[1:-1], known)
    if len(tokens) < 2 or skip_group(tokens, 0 if tokens[0].upper == "(" else 1) != len(tokens):
        return _UNKNOWN
    if tokens[0].upper == "(":
        return fold(tokens[1:-1], known)
    call = _CALLS.get(tokens[0].upper)
    return call(split(tokens[2:-1]), known) if call else _UNKNOWN


def _case(tokens: list[Token], known: Mapping[str, Patterns]) -> Patterns:
    """The values behind THEN and ELSE. Without ELSE there is NULL, and no string to run."""
    found: list[Pattern] = []
    at = find(tokens, {"THEN", "ELSE"})
    while at < len(tokens):
        end = find(tokens, {"WHEN", "ELSE"}, at + 1)
        found += fold(tokens[at + 1 : end], known)
        at = end if end < len(tokens) and tokens[end].upper == "ELSE" else find(tokens, {"THEN", "ELSE"}, end)
    return _some(found) if found else _UNKNOWN


# --- functions -----------------------------------------------------------------------------------------------------

_Call: TypeAlias = Callable[[list[list[Token]], Mapping[str, Patterns]], Patterns]


def _argument(place: int) -> _Call:
    """A function that gives back one of its arguments, as far as the text of a statement goes."""

    def call(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
        return fold(arguments[place], known) if len(arguments) > place else _UNKNOWN

    return call


def _cast(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    return fold(arguments[0][: find(arguments[0], {"AS"})], known) if arguments else _UNKNOWN


def _concat(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    return _joined([fold(argument, known) for argument in arguments]) if arguments else _UNKNOWN


def _concat_ws(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    values = [fold(argument, known) for argument in arguments]
    spread = [part for value in values[1:] for part in (values[0], value)]
    return _joined(spread[1:]) if spread else _UNKNOWN


def _either(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    """ISNULL, COALESCE: any of the arguments."""
    return _some(pattern for argument in arguments for pattern in fold(argument, known)) if arguments else _UNKNOWN


def _iif(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    return _either(arguments[1:], known)


def _quoted(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    """https://learn.microsoft.com/sql/t-sql/functions/quotename-transact-sql."""
    marks = _known_text(arguments[1], known) if len(arguments) > 1 else "["
    if not arguments or marks is None:
        return _UNKNOWN
    if marks in ("'", '"', "`"):
        opening = closing = marks
    else:
        opening, closing = ("[", "]") if marks in ("[", "]", "[]") else ("", "")
    if not opening:
        return _UNKNOWN
    found: list[Pattern] = []
    for pattern in fold(arguments[0], known):
        text = literal(pattern)
        if text is not None:
            found.append((Piece(opening + text.replace(closing, closing * 2) + closing),))
        elif len(pattern) == 1 and opening == "[":
            found.append((replace(pattern[0], quoted=True),))
        else:
            found.append(_merged((Piece(opening), *pattern, Piece(closing))))
    return _some(found)


def _replaced(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    """REPLACE: in the known parts of a template, by whatever comes in their place."""
    wanted = _known_text(arguments[1], known) if len(arguments) == 3 else None
    if not wanted:
        return _UNKNOWN
    templates, values = fold(arguments[0], known), fold(arguments[2], known)
    if len(templates) * len(values) > _MOST:
        return _UNKNOWN
    return _some(_merged(_with(template, wanted, value)) for template in templates for value in values)


def _with(template: Pattern, wanted: str, value: Pattern) -> Iterable[Piece]:
    for piece in template:
        if not piece.known:
            yield piece
            continue
        for place, text in enumerate(piece.text.split(wanted)):
            yield from value if place else ()
            yield Piece(text)


def _formatted(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
    """FORMATMESSAGE('… %s …', a, b): https://learn.microsoft.com/sql/t-sql/functions/formatmessage-transact-sql."""
    message = _known_text(arguments[0], known) if arguments else None
    if message is None:
        return _UNKNOWN
    texts = message.split("%s")
    values = [fold(argument, known) for argument in arguments[1:]]
    if "%" in "".join(texts) or len(texts) != len(values) + 1:
        return _UNKNOWN
    return _joined(part for text, value in zip(texts, [*values, _text("")], strict=True) for part in (_text(text), value))


def _known_text(tokens: list[Token], known: Mapping[str, Patterns]) -> str | None:
    found = fold(tokens, known)
    return literal(found[0]) if len(found) == 1 else None


def _stripped(strip: Callable[[str], str]) -> _Call:
    def call(arguments: list[list[Token]], known: Mapping[str, Patterns]) -> Patterns:
        text = _known_text(arguments[0], known) if len(arguments) == 1 else None
        return _argument(0)(arguments, known) if text is None else _text(strip(text))

    return call


def _character(arguments: list[list[Token]], _known: Mapping[str, Patterns]) -> Patterns:
    """CHAR(13): https://learn.microsoft.com/sql/t-sql/functions/char-transact-sql."""
    code = arguments[0][0].value if arguments and len(arguments[0]) == 1 else ""
    return _text(chr(int(code))) if code.isdigit() and int(code) < 0x10000 else _UNKNOWN


_CALLS: dict[str, _Call] = {
    "CAST": _cast,
    "TRY_CAST": _cast,
    "CONVERT": _argument(1),
    "TRY_CONVERT": _argument(1),
    "CONCAT": _concat,
    "CONCAT_WS": _concat_ws,
    "ISNULL": _either,
    "COALESCE": _either,
    "IIF": _iif,
    "QUOTENAME": _quoted,
    "REPLACE": _replaced,
    "FORMATMESSAGE": _formatted,
    "N": _argument(0),
    "LTRIM": _stripped(str.lstrip),
    "RTRIM": _stripped(str.rstrip),
    "TRIM": _stripped(str.strip),
    "UPPER": _stripped(str.upper),
    "LOWER": _stripped(str.lower),
    "CHAR": _character,
    "NCHAR": _character,
}
