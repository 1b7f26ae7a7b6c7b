"""Strings put together: what EXEC of a string or variable may run, as far as one file tells it.

An expression has alternatives (IF and CASE lead to several strings), each a pattern: texts, and
between them what is not known.

Source:
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ...model.facts import Effect, Pattern, Piece, Result
from ...model.limits import ALTERNATIVES
from ...model.names import Name
from ...model.regex import regex
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token
from ..reading.words import find, skip_group, split, words_of
from .budget import may_build, may_read
from .patterns import (
    UNKNOWN,
    Patterns,
    agree,
    choice_of,
    chosen,
    converted,
    cost_of,
    divided,
    fixed,
    is_opaque,
    joined,
    literal,
    merged,
    of_expression,
    of_variable,
    plain,
    some,
)
from .row_texts import aggregated, column_key, subquery

# https://learn.microsoft.com/sql/t-sql/functions/formatmessage-transact-sql
_PLACE = regex(r"%[sdiu]")

# Words of conditions over variables that have one answer in all of an expression.
_CONDITION_WORDS = frozenset(
    "WHEN AND OR NOT IS NULL IN BETWEEN LIKE N ISNULL COALESCE NULLIF LEN LTRIM RTRIM TRIM UPPER "
    "LOWER LEFT RIGHT".split()
)


class FoldedString(Struct, frozen=True):
    """An executed string, the target of INSERT … EXEC, and the linked server it is passed to.

    `certain`: it is the only one that the expression can be, so what is wrong in it is wrong in the
    script. `own_session`: it runs in a session of its own, of which nobody here sees the result
    sets. `match`: as in `Write`, for what goes `into` a target. `deliver`: what becomes of a result
    set on its way, where it does not arrive as it is. `shares`: as in `ExecuteString`. `pattern`:
    what the text was put together as, where marks stand in it.
    """

    text: str
    into: Name | None = None
    columns: tuple[str, ...] | None = None
    server: str | None = None
    certain: bool = True
    own_session: bool = False
    match: tuple[tuple[str, str], ...] | None = None
    deliver: Callable[[Result], tuple[Effect, ...]] | None = None
    shares: bool = False
    pattern: Pattern = ()


def fold(tokens: list[Token], constants: Mapping[str, Patterns]) -> Patterns:
    """The strings that an expression may have, at least one."""
    return plain(alternatives(tokens, constants))


def alternatives(tokens: list[Token], constants: Mapping[str, Patterns]) -> Patterns:
    """The same, with the choices that lead to each."""
    if not may_read(len(tokens)):
        return UNKNOWN
    # || puts strings together since SQL Server 2025
    pieces = [operand for piece in split(tokens, "+") for operand in split(piece, "||")]
    return joined([_operand(piece, constants) for piece in pieces]) if pieces else UNKNOWN


def _operand(tokens: list[Token], constants: Mapping[str, Patterns]) -> Patterns:
    patterns = _folded(tokens, constants)
    return of_expression(tokens) if patterns is UNKNOWN else patterns


def _folded(tokens: list[Token], constants: Mapping[str, Patterns]) -> Patterns:
    if len(tokens) == 1:
        token = tokens[0]
        if token.kind is Kind.STRING:
            return fixed(token.value)
        if token.kind is Kind.VARIABLE:
            return constants.get(token.value.casefold()) or of_variable(token)
        # a column, where the statement's rows are constants: FROM (VALUES ('a'), ('b')) AS t(x)
        return constants.get(column_key(token), UNKNOWN) if token.name else UNKNOWN
    if len(tokens) == 3 and tokens[1].upper == "." and tokens[2].name:
        return constants.get(column_key(tokens[2]), UNKNOWN)
    if tokens and tokens[0].upper == "CASE" and tokens[-1].upper == "END":
        return _case(tokens[1:-1], constants)
    first, second = words_of(tokens)
    if first == "(" and second == "SELECT":
        return subquery(tokens[: skip_group(tokens, 0)], constants, alternatives)
    if first == "STRING_AGG" and len(tokens) > 2 and skip_group(tokens, 1) < len(tokens):
        return aggregated(tokens, constants, alternatives)
    # only a call or parentheses that hold all of it: `f(x) COLLATE c` is not looked into
    if len(tokens) < 2 or skip_group(tokens, 0 if tokens[0].upper == "(" else 1) != len(tokens):
        return UNKNOWN
    if tokens[0].upper == "(":
        return alternatives(tokens[1:-1], constants)
    if tokens[0].upper == "STRING_AGG":
        return aggregated(tokens, constants, alternatives)
    call = _CALLS.get(tokens[0].upper)
    return call(split(tokens[2:-1]), constants) if call else UNKNOWN


def _case(tokens: list[Token], constants: Mapping[str, Patterns]) -> Patterns:
    """The values behind THEN and ELSE. Without ELSE there is NULL, and no string to run.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/case-transact-sql
    """
    arms: list[Patterns] = []
    cursor = Cursor(tokens)
    conditions = cursor.until("THEN", "ELSE")
    while cursor.accept("THEN", "ELSE"):
        arms.append(alternatives(cursor.until("WHEN", "ELSE"), constants))
        start = cursor.index
        if cursor.word != "ELSE":
            cursor.until("THEN", "ELSE")
        conditions = conditions + cursor.since(start)
    return _one_of(arms, conditions)


def _one_of(arms: list[Patterns], conditions: list[Token]) -> Patterns:
    """What CASE or IIF may be.

    Two of them in one expression, whose conditions ask the same of variables, go the same way.
    """
    if all(map(is_opaque, (pattern for patterns in arms for pattern in patterns))):
        return UNKNOWN  # one expression, whatever way it goes
    alike = all(
        token.kind is not Kind.QUOTED
        and (token.kind is not Kind.WORD or token.upper in _CONDITION_WORDS)
        for token in conditions
    )
    if len(arms) > 1 and alike:
        is_if = len(arms) == 2 and words_of(conditions)[0] == "WHEN"
        asked = conditions[1:] if is_if else conditions  # as IIF and IF ask it
        arms = [chosen(patterns, choice_of(asked), arm) for arm, patterns in enumerate(arms)]
    return some(pattern for patterns in arms for pattern in patterns) if any(arms) else UNKNOWN


# --- functions ------------------------------------------------------------------------------------

_Call: TypeAlias = Callable[[list[list[Token]], Mapping[str, Patterns]], Patterns]


def _argument(place: int) -> _Call:
    """A function that gives back one of its arguments, as far as the text of a statement goes."""

    def call(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
        return alternatives(arguments[place], constants) if len(arguments) > place else UNKNOWN

    return call


def _as_text(tokens: list[Token], constants: Mapping[str, Patterns]) -> Patterns:
    """What a function makes text of; a number is one only here, since elsewhere `+` adds it."""
    if len(tokens) == 1 and (number := _whole_number(tokens[0])) is not None:
        return fixed(str(number))
    return alternatives(tokens, constants)


def _cast(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """CAST(x AS t).

    Source: https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
    """
    return (
        converted(_as_text(arguments[0][: find(arguments[0], {"AS"})], constants))
        if arguments
        else UNKNOWN
    )


def _convert(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """CONVERT(t, x).

    Source: https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
    """
    return converted(_as_text(arguments[1], constants)) if len(arguments) > 1 else UNKNOWN


def _number_as_text(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """STR, FORMAT: https://learn.microsoft.com/sql/t-sql/functions/str-transact-sql."""
    return converted(alternatives(arguments[0], constants)) if arguments else UNKNOWN


def _concat(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """CONCAT(x, y, …).

    Source: https://learn.microsoft.com/sql/t-sql/functions/concat-transact-sql
    """
    return (
        joined([_as_text(argument, constants) for argument in arguments]) if arguments else UNKNOWN
    )


def _concat_ws(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """CONCAT_WS(separator, x, y, …).

    Source: https://learn.microsoft.com/sql/t-sql/functions/concat-ws-transact-sql
    """
    values = [_as_text(argument, constants) for argument in arguments]
    spread = [part for value in values[1:] for part in (values[0], value)]
    return joined(spread[1:]) if spread else UNKNOWN


def _either(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """ISNULL, COALESCE: any argument up to the first that is a string for certain.

    None of them is one that is NULL for certain.

    Source: https://learn.microsoft.com/sql/t-sql/functions/isnull-transact-sql,
    https://learn.microsoft.com/sql/t-sql/language-elements/coalesce-transact-sql
    """
    candidates: list[Pattern] = []
    for argument in arguments:
        if _is_null(argument, constants):
            continue
        patterns = alternatives(argument, constants)
        candidates += patterns
        doubtful = any(f"?{token.value.casefold()}" in constants for token in argument)
        if not doubtful and all(literal(pattern) is not None for pattern in patterns):
            break
    return some(candidates) if candidates else UNKNOWN


def _is_null(tokens: list[Token], constants: Mapping[str, Patterns]) -> bool:
    """Is it a variable that holds NULL, or one put together with others?"""
    return any(
        len(piece) == 1 and constants.get(piece[0].value.casefold()) == ()
        for piece in split(tokens, "+")
    )


def _iif(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """IIF(condition, x, y).

    Source: https://learn.microsoft.com/sql/t-sql/functions/logical-functions-iif-transact-sql
    """
    return (
        _one_of([alternatives(argument, constants) for argument in arguments[1:]], arguments[0])
        if len(arguments) > 1
        else UNKNOWN
    )


def _quoted(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """https://learn.microsoft.com/sql/t-sql/functions/quotename-transact-sql."""
    # QUOTENAME(x, '''') makes a string, which is as frequent as a name
    marks = _known_text(arguments[1], constants) if len(arguments) > 1 else "["
    if not arguments or marks is None:
        return UNKNOWN
    if marks in ("'", '"', "`"):
        opening = closing = marks
    else:
        # (), <> and {} are allowed too, and make nothing that could be run
        opening, closing = ("[", "]") if marks in ("[", "]", "[]") else ("", "")
    if not opening:
        return UNKNOWN
    identifiers: list[Pattern] = []
    patterns = alternatives(arguments[0], constants)
    if not may_build(
        *(
            cost_of(pattern) + sum(piece.text.count(closing) for piece in pattern)
            for pattern in patterns
        )
    ):
        return UNKNOWN
    for pattern in patterns:
        text = literal(pattern)
        choices, pieces = divided(pattern)
        if text is not None:
            identifiers.append(
                (*choices, Piece(opening + text.replace(closing, closing * 2) + closing))
            )
        # a name for certain, whatever the variable holds: it cannot end the brackets
        elif len(pieces) == 1 and opening == "[":
            identifiers.append((*choices, replace(pieces[0], quoted=True)))
        else:
            identifiers.append(merged((Piece(opening), *pattern, Piece(closing))))
    return some(identifiers)


def _replaced(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """REPLACE: in the known parts of a template, by whatever comes in their place.

    Source: https://learn.microsoft.com/sql/t-sql/functions/replace-transact-sql
    """
    search = _known_text(arguments[1], constants) if len(arguments) == 3 else None
    if not search:
        return UNKNOWN
    templates, values = alternatives(arguments[0], constants), alternatives(arguments[2], constants)
    if len(templates) * len(values) > ALTERNATIVES:
        return UNKNOWN
    if not may_build(
        *(_cost_with(template, search, value) for template in templates for value in values)
    ):
        return UNKNOWN
    pairs = ((template, divided(value)) for template in templates for value in values)
    patterns = [(*choices, *_with(template, search, text)) for template, (choices, text) in pairs]
    return some(merged(pattern) for pattern in patterns if agree(pattern))


def _cost_with(template: Pattern, search: str, value: Pattern) -> int:
    """The cost of a template once something stands in the places of a text."""
    places = sum(piece.text.count(search) for piece in template if piece.known)
    return cost_of(template) + places * (cost_of(value) + len(value))


def _with(template: Pattern, search: str, value: Pattern) -> Iterable[Piece]:
    for piece in template:
        if not piece.known or not piece.text:
            yield piece
            continue
        for place, text in enumerate(piece.text.split(search)):
            yield from value if place else ()
            yield Piece(text)


def _formatted(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """FORMATMESSAGE('… %s … %d', a, 1).

    Source: https://learn.microsoft.com/sql/t-sql/functions/formatmessage-transact-sql
    """
    message = _known_text(arguments[0], constants) if arguments else None
    if message is None:
        return UNKNOWN
    texts = _PLACE.split(message)
    values = [_as_text(argument, constants) for argument in arguments[1:]]
    # widths and precisions, %-10s and %.3s, would change the text
    if "%" in "".join(texts).replace("%%", "") or len(texts) != len(values) + 1:
        return UNKNOWN
    fixed_texts = [fixed(text.replace("%%", "%")) for text in texts]
    return joined(
        part
        for text, value in zip(fixed_texts, [*values, fixed("")], strict=True)
        for part in (text, value)
    )


def _known_text(tokens: list[Token], constants: Mapping[str, Patterns]) -> str | None:
    patterns = alternatives(tokens, constants)
    return literal(patterns[0]) if len(patterns) == 1 else None


def _stripped(strip: Callable[[str], str]) -> _Call:
    def call(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
        text = _known_text(arguments[0], constants) if len(arguments) == 1 else None
        if text is None:
            return _argument(0)(arguments, constants)
        return fixed(strip(text)) if may_build(len(text)) else UNKNOWN

    return call


def _character(arguments: list[list[Token]], _constants: Mapping[str, Patterns]) -> Patterns:
    """CHAR(13): https://learn.microsoft.com/sql/t-sql/functions/char-transact-sql."""
    code = _whole_number(arguments[0][0]) if arguments and len(arguments[0]) == 1 else None
    return fixed(chr(code)) if code is not None and code < 0x10000 else UNKNOWN


def _whole_number(token: Token) -> int | None:
    """The value of a number without a point, of no more digits than a decimal has."""
    digits = token.value if token.kind is Kind.NUMBER else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 38 else None


def _number(tokens: list[Token], constants: Mapping[str, Patterns]) -> int | None:
    """A number, or `LEN(x)` of a known x less a number.

    Source: https://learn.microsoft.com/sql/t-sql/functions/len-transact-sql
    """
    if len(tokens) == 1 and tokens[0].kind is Kind.NUMBER:
        return _whole_number(tokens[0])
    cursor = Cursor(tokens)
    if not (cursor.stands("LEN", "(") or cursor.stands("DATALENGTH", "(")):
        return None
    function = cursor.word
    cursor.advance()
    text = _known_text(cursor.group(), constants)
    if text is None or function == "DATALENGTH":
        return None
    if not cursor.word:
        # LEN does not count blanks at the end; DATALENGTH counts bytes, which depend on the type
        return len(text.rstrip(" "))
    less = _number(cursor.rest(), constants) if cursor.accept("-") else None
    return None if less is None else len(text.rstrip(" ")) - less


def _stuffed(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """STUFF(x, start, length, y), where the place lies in a known text.

    Most often the first comma of a list goes by it.

    Source: https://learn.microsoft.com/sql/t-sql/functions/stuff-transact-sql
    """
    if len(arguments) != 4:
        return UNKNOWN
    start, length = _number(arguments[1], constants), _number(arguments[2], constants)
    put = _known_text(arguments[3], constants)
    if start is None or length is None or put is None or start < 1:
        return UNKNOWN
    patterns: list[Pattern] = []
    for pattern in alternatives(arguments[0], constants):
        choices, pieces = divided(pattern)
        first = pieces[0] if pieces else Piece("")
        # what is cut out must not reach into what is not known
        if not first.known or len(first.text) < start - 1 + length:
            return UNKNOWN
        if not may_build(cost_of(pattern) + len(put)):
            return UNKNOWN
        text = first.text[: start - 1] + put + first.text[start - 1 + length :]
        patterns.append(merged((*choices, Piece(text), *pieces[1:])))
    return some(patterns)


def _part(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """SUBSTRING(x, start, length) of a known text.

    Source: https://learn.microsoft.com/sql/t-sql/functions/substring-transact-sql
    """
    text = _known_text(arguments[0], constants) if len(arguments) == 3 else None
    if text is None:
        return UNKNOWN
    start, length = _number(arguments[1], constants), _number(arguments[2], constants)
    return (
        UNKNOWN
        if start is None or length is None or start < 1 or length < 0
        else fixed(text[start - 1 :][:length])
    )


def _left(arguments: list[list[Token]], constants: Mapping[str, Patterns]) -> Patterns:
    """LEFT(x, length).

    Source: https://learn.microsoft.com/sql/t-sql/functions/left-transact-sql
    """
    text = _known_text(arguments[0], constants) if len(arguments) == 2 else None
    length = _number(arguments[1], constants) if text is not None else None
    return UNKNOWN if text is None or length is None or length < 0 else fixed(text[:length])


_CALLS: dict[str, _Call] = {
    "CAST": _cast,
    "TRY_CAST": _cast,
    "CONVERT": _convert,
    "TRY_CONVERT": _convert,
    "STR": _number_as_text,
    "FORMAT": _number_as_text,
    "STUFF": _stuffed,
    "SUBSTRING": _part,
    "LEFT": _left,
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
