"""Dynamic content of pipelines: what a text is before the pipeline runs, as far as it can be told.

Source: https://learn.microsoft.com/azure/data-factory/control-flow-expression-language-functions
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

_DEEPEST = 20
_CONSTANT = re.compile(r"'(?:[^']|'')*'|-?\d+(?:\.\d+)?")
_CONCAT = re.compile(r"concat\s*\(", re.IGNORECASE)
_OPENING, _CLOSING = "([{", ")]}"
_STEP = re.compile(r"\??\['([^']*)'\]|\?\.")
_SPACE = re.compile(r"\s+")

_HOLE = "\ue000"  # of a range that no script uses
_LITERAL = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_EXECUTES = re.compile(r"\bEXEC(?:UTE)?\s*\(|\bsp_executesql\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hole:
    """A part that only the run knows; `source` is its expression."""

    source: str


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A text that is not known before the run; `source` is how the pipeline writes it."""

    source: str


Pieces: TypeAlias = Sequence[str | Hole]


class Assumed(str):
    """A text that holds unless a run says otherwise: the default of a parameter."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Values:
    """What references stand for, by their key: `pipeline().parameters.x`, `dataset().x`, `item().x`; and those that are lists."""

    texts: Mapping[str, Pieces] = field(default_factory=dict)
    lists: Mapping[str, Sequence[object]] = field(default_factory=dict)

    def and_texts(self, more: Mapping[str, Pieces]) -> Values:
        """These values, and others that go before them."""
        return Values({**self.texts, **more}, self.lists)

    def list_of(self, value: object) -> Sequence[object] | None:
        """The list that `@pipeline().parameters.x` stands for; None where it is not known."""
        source = _source(value)
        return self.lists.get(key_of(source[1:])) if source and source.startswith("@") else None


def key_of(reference: str) -> str:
    """What all spellings of a reference share: `Pipeline().parameters['X']` is `pipeline().parameters.x`."""
    return _STEP.sub(lambda step: f".{step[1] or ''}", _SPACE.sub("", reference)).lower()


_NOTHING = Values()


def pieces_of(value: object, values: Values = _NOTHING) -> Pieces | None:
    """The pieces of a property's text; None where it has none. A number or a truth value is its text."""
    if isinstance(value, bool):
        return [str(value)]
    if isinstance(value, int | float):
        return [str(value)]
    source = _source(value)
    return None if source is None else _pieces(source, values)


def known_text(value: object, values: Values = _NOTHING) -> str | Dynamic | None:
    """The text of a property: a string, or `{"value": …, "type": "Expression"}`; None where it has none."""
    source = _source(value)
    if source is None:
        return None
    pieces = _pieces(source, values)
    if any(isinstance(piece, Hole) for piece in pieces):
        return Dynamic(source)
    return "".join(map(str, pieces))


def known_sql(value: object, values: Values = _NOTHING) -> str | Dynamic | None:
    """The SQL of a property. What only the run knows may stand in a string of it, as its expression: it is a value there.

    Elsewhere it could be a name, a condition or a whole statement; then the text is `Dynamic`.
    """
    source = _source(value)
    if source is None:
        return None
    pieces = _pieces(source, values)
    outline = "".join(_HOLE if isinstance(piece, Hole) else piece for piece in pieces)
    if _HOLE in outline and (_HOLE in _LITERAL.sub("", outline) or _EXECUTES.search(outline)):
        return Dynamic(source)
    return "".join(_quoted(piece) if isinstance(piece, Hole) else piece for piece in pieces)


def _source(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) and value.strip() else None


def _quoted(hole: Hole) -> str:
    return f"@{{{hole.source}}}".replace("'", "''")


def _pieces(text: str, values: Values) -> Pieces:
    """`@expression` as a whole, or a text with `@{expression}` in it; `@@` at the start and `@@{` stand for one @."""
    if text.startswith("@@"):
        text = text[1:]
    elif text.startswith("@") and not text.startswith("@{"):
        return _value(text[1:], 0, values)
    pieces: list[str | Hole] = []
    end = 0
    for start in (match.start() for match in re.finditer(r"@\{", text)):
        close = _close(text, start + 1)
        if start < end or close is None:
            continue
        before = text[end:start]
        end = close
        if before.endswith("@"):
            pieces += [before[:-1], text[start:close]]
        else:
            pieces += [before, *_value(text[start + 2 : close - 1], 0, values)]
    return [*pieces, text[end:]]


def _value(expression: str, depth: int, values: Values) -> Pieces:
    """A constant, a reference whose value is known, or `concat` of expressions; all else is a hole."""
    expression = expression.strip()
    if _CONSTANT.fullmatch(expression):
        return [expression[1:-1].replace("''", "'") if expression[0] == "'" else expression]
    known = values.texts.get(key_of(expression)) if values.texts else None
    if known is not None:
        return known
    call = _CONCAT.match(expression)
    if call is None or depth == _DEEPEST or _close(expression, call.end() - 1) != len(expression):
        return [Hole(expression)]
    return [piece for argument in _arguments(expression[call.end() : -1]) for piece in _value(argument, depth + 1, values)]


def _close(text: str, start: int) -> int | None:
    """Where the bracket that opens at `start` closes: the position behind; None where it never does."""
    depth = 0
    quoted = False
    for position in range(start, len(text)):
        character = text[position]
        if character == "'":
            quoted = not quoted
        elif not quoted and character in _OPENING:
            depth += 1
        elif not quoted and character in _CLOSING:
            depth -= 1
            if depth == 0:
                return position + 1
    return None


def _arguments(text: str) -> list[str]:
    """The arguments between the parentheses of a call."""
    found: list[str] = []
    start = depth = 0
    quoted = False
    for position, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == "," and depth == 0:
            found.append(text[start:position])
            start = position + 1
    return [*found, text[start:]]
