"""JSON shapes: what the client needs an answer to hold, and the first place where it does not.

A shape describes only what is read. What else an answer holds is the service's business, and an
optional member may be null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field


class Text(Struct, frozen=True):
    """A text; a `required` one is not empty."""

    required: bool = False


class ListOf(Struct, frozen=True):
    """A list whose items have one shape."""

    item: Shape


class MapOf(Struct, frozen=True):
    """An object whose values have one shape, whatever their names."""

    value: Shape


class OneOrMany(Struct, frozen=True):
    """An object, a list of such, or null: what a relationship attribute leads to."""

    item: Members


class Members(Struct, frozen=True):
    """An object with these members."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)


Shape: TypeAlias = Text | ListOf | MapOf | OneOrMany | Members

TEXT = Text()
NAME = Text(required=True)
OBJECT = Members()


def mismatch(value: Any, shape: Shape) -> str:
    """The first place where a value has not the shape, as a clause (`entities[3].guid is missing`).

    Empty where it has it.
    """
    clause = _mismatch(value, shape)
    return f"the whole answer{clause}" if clause.startswith(" ") else clause.removeprefix(".")


def _mismatch(value: Any, shape: Shape) -> str:
    """The same, with the place as seen from the value.

    It is put together on the way back, as almost all values fit.
    """
    match shape:
        case Members():
            return (
                _member_mismatch(value, shape)
                if isinstance(value, dict)
                else _unlike(value, "an object")
            )
        case Text(required):
            return (
                ""
                if isinstance(value, str) and (value or not required)
                else _unlike(value, "a text")
            )
        case ListOf(item):
            return (
                _row_mismatch(value, item) if isinstance(value, list) else _unlike(value, "a list")
            )
        case OneOrMany(item) if isinstance(value, list):
            return _row_mismatch(value, item)
        case OneOrMany(item):
            return "" if value is None else _mismatch(value, item)
        case MapOf(inner):
            members = dict.fromkeys(value, inner) if isinstance(value, dict) else None
            return (
                _unlike(value, "an object")
                if members is None
                else _member_mismatch(value, Members(members))
            )


def _row_mismatch(rows: list[Any], item: Shape) -> str:
    for number, row in enumerate(rows):
        clause = _mismatch(row, item)
        if clause:
            return f"[{number}]{clause}"
    return ""


def _member_mismatch(value: dict[str, Any], shape: Members) -> str:
    for name, inner in shape.required.items():
        clause = _mismatch(value[name], inner) if name in value else " is missing"
        if clause:
            return f".{name}{clause}"
    for name, inner in shape.optional.items():
        present = value.get(name)
        clause = "" if present is None else _mismatch(present, inner)
        if clause:
            return f".{name}{clause}"
    return ""


def _unlike(value: Any, expected: str) -> str:
    return f" is {_noun(value)}, not {expected}"


def _noun(value: Any) -> str:
    match value:
        case None:
            return "null"
        # before the numbers: a bool is an int in Python
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case "":
            return "an empty text"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
