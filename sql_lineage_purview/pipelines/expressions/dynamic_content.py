"""Dynamic content of pipelines: what a property is before the run, as far as it can be told.

Source: https://learn.microsoft.com/azure/data-factory/control-flow-expression-language-functions
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ...model.regex import regex
from .evaluation import (
    BoundValue,
    Hole,
    PartialText,
    Values,
    evaluate,
    has_hole,
    joined,
    without_texts,
)
from .expression_functions import as_text

_OPENING, _CLOSING = "([{", ")]}"

_HOLE = "\ue000"  # of a range that no script uses
_MAX_UNCLOSED = 100  # in one text; each is looked for through the whole of it
_LITERAL = regex(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_EXECUTES = regex(r"\bEXEC(?:UTE)?\s*\(|\bsp_executesql\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A text that is not known before the run.

    `source` is how the pipeline writes it, `unknown` the expressions that are not.
    """

    source: str
    unknown: tuple[str, ...] = field(default=(), compare=False)


Pieces: TypeAlias = Sequence[str | Hole]


class Assumed(str):
    """A text that holds unless a run says otherwise: the default of a parameter."""

    __slots__ = ()


_NOTHING = Values()


def value_of(value: object, values: Values = _NOTHING) -> BoundValue:
    """What a property is: a JSON value, with all expressions in it evaluated."""
    if (
        isinstance(value, dict)
        and isinstance(value.get("value"), str)
        and value.get("type") == "Expression"
    ):
        value = value["value"]
    if isinstance(value, str):
        return _content(value, values)
    if isinstance(value, dict):
        members = {str(name): value_of(inner, values) for name, inner in value.items()}
        return BoundValue(
            {name: bound.value for name, bound in members.items()},
            any(bound.assumed for bound in members.values()),
        )
    if isinstance(value, list):
        items = [value_of(inner, values) for inner in value]
        return BoundValue([bound.value for bound in items], any(bound.assumed for bound in items))
    return BoundValue(value)


def list_of(value: object, values: Values = _NOTHING) -> tuple[Sequence[object], bool] | None:
    """The list that a property is, and whether that is only assumed; None where it is not known."""
    bound = value_of(value, values)
    return (bound.value, bound.assumed) if isinstance(bound.value, list) else None


def truth_of(value: object, values: Values = _NOTHING) -> bool | None:
    """The condition that a property is; None where it is not known."""
    truth = value_of(value, values).value
    return truth if isinstance(truth, bool) else None


def pieces_of(value: object, values: Values = _NOTHING) -> Pieces | None:
    """The pieces of a property's text; None where it has none.

    A number or a truth value is its text.
    """
    if isinstance(value, bool | int | float):
        return [str(value)]
    source = _source(value)
    return None if source is None else _pieces(source, values)


def known_text(value: object, values: Values = _NOTHING) -> str | Dynamic | None:
    """The text of a property: a string, or `{"value": …, "type": "Expression"}`.

    None where it has none.
    """
    source = _source(value)
    if source is None:
        return None
    pieces = _pieces(source, values)
    if any(isinstance(piece, Hole) for piece in pieces):
        return Dynamic(source, _unknown(pieces))
    text = "".join(map(str, pieces))
    return Assumed(text) if any(isinstance(piece, Assumed) for piece in pieces) else text


def known_sql(value: object, values: Values = _NOTHING) -> str | Dynamic | None:
    """The SQL of a property.

    What only the run knows may stand in a string of it, as its expression: it is a value there.

    Elsewhere it could be a name, a condition or a whole statement; then the text is `Dynamic`.
    Where what is assumed stands elsewhere, the text is `Assumed`.
    """
    source = _source(value)
    if source is None:
        return None
    pieces = _pieces(source, values)
    if _decides(pieces, Hole):
        return Dynamic(source, _unknown(pieces))
    text = "".join(_quoted(piece) if isinstance(piece, Hole) else piece for piece in pieces)
    return Assumed(text) if _decides(pieces, Assumed) else text


def _unknown(pieces: Pieces) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(without_texts(piece.source) for piece in pieces if isinstance(piece, Hole))
    )


def _decides(pieces: Pieces, kind: type) -> bool:
    """Could pieces of a kind be more than values inside of strings?"""
    outline = "".join(_HOLE if isinstance(piece, kind) else str(piece) for piece in pieces)
    # a value between quotation marks is one, unless the string it stands in is executed as SQL
    return _HOLE in outline and (
        _HOLE in _LITERAL.sub("", outline) or bool(_EXECUTES.search(outline))
    )


def _source(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) and value.strip() else None


def _quoted(hole: Hole) -> str:
    return f"@{{{hole.source}}}".replace("'", "''")


def _pieces(text: str, values: Values) -> Pieces:
    """A text in pieces, each as certain as the expression that it comes from."""
    pieces: list[str | Hole] = []
    for part in _parts(text, values):
        for piece in part.value if isinstance(part.value, PartialText) else [part.value]:
            if isinstance(piece, Hole):
                pieces.append(piece)
            elif isinstance(piece, list | dict) and has_hole(piece):
                pieces.append(Hole(text.strip("@{}")))
            else:
                pieces.append(Assumed(as_text(piece)) if part.assumed else as_text(piece))
    return pieces


def _content(text: str, values: Values) -> BoundValue:
    parts = _parts(text, values)
    if len(parts) == 1:
        return parts[0]
    return BoundValue(joined([part.value for part in parts]), any(part.assumed for part in parts))


def _parts(text: str, values: Values) -> list[BoundValue]:
    """`@expression` as a whole, or a text with `@{expression}` in it.

    `@@` at the start and `@@{` stand for one @.
    """
    # @@ROWCOUNT of a query needs no second @ within a text, only at its beginning
    if text.startswith("@@"):
        text = text[1:]
    elif text.startswith("@") and not text.startswith("@{"):
        return [evaluate(text[1:], values)]
    parts: list[BoundValue] = []
    end = unclosed = 0
    for start in (match.start() for match in re.finditer(r"@\{", text)):
        if start < end:
            continue
        close = _close(text, start + 1)
        if close is None:
            unclosed += 1
            if unclosed == _MAX_UNCLOSED:  # what the rest is, is not looked for
                return [*parts, BoundValue(Hole(text[end:]))]
            continue
        before = text[end:start]
        end = close
        # @@{x} is the text @{x}
        if before.endswith("@"):
            parts += [BoundValue(before[:-1]), BoundValue(text[start:close])]
        else:
            bound = evaluate(text[start + 2 : close - 1], values)
            parts += [
                BoundValue(before),
                BoundValue(
                    _as_interpolated(bound.value, text[start + 2 : close - 1]), bound.assumed
                ),
            ]
    return [part for part in (*parts, BoundValue(text[end:])) if part.value != ""] or [
        BoundValue("")
    ]


def _as_interpolated(value: object, source: str) -> object:
    if isinstance(value, Hole | PartialText):
        return value
    return Hole(source.strip()) if has_hole(value) else as_text(value)


def _close(text: str, start: int) -> int | None:
    """Where the bracket that opens at `start` closes: the position behind.

    None where it never does.
    """
    depth = 0
    quoted = False
    for position in range(start, len(text)):
        character = text[position]
        # '' within a text closes and opens again at once, which comes to the same
        if character == "'":
            quoted = not quoted
        elif not quoted and character in _OPENING:
            depth += 1
        elif not quoted and character in _CLOSING:
            depth -= 1
            if depth == 0:
                return position + 1
    return None
