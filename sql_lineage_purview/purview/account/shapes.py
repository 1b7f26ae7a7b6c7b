"""Shapes of JSON: what an answer must hold for the client to go on, and the first place where one does not.

A shape describes only what is read. What else an answer holds is the service's business, and an optional member may be null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """A text; a `required` one is not empty."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items have one shape."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose values have one shape, whatever their names."""

    value: Shape


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """An object, a list of such, or null: what a relationship attribute leads to."""

    item: Members


@dataclass(frozen=True, slots=True)
class Members:
    """An object with these members."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)


Shape: TypeAlias = Text | ListOf | MapOf | OneOrMany | Members

TEXT = Text()
NAME = Text(required=True)
OBJECT = Members()


def mismatch(value: Any, shape: Shape, path: str = "") -> str:
    """The first place where a value has not the shape, as a clause (`entities[3].guid is missing`); empty where it has it."""
    match shape:
        case Text(required):
            fits = isinstance(value, str) and bool(value or not required)
            return "" if fits else _unlike(value, path, "a text")
        case ListOf(item):
            if not isinstance(value, list):
                return _unlike(value, path, "a list")
            return _first(mismatch(row, item, f"{path}[{number}]") for number, row in enumerate(value))
        case OneOrMany(item):
            return "" if value is None else mismatch(value, ListOf(item) if isinstance(value, list) else item, path)
        case _ if not isinstance(value, dict):
            return _unlike(value, path, "an object")
        case MapOf(inner):
            return _first(mismatch(row, inner, _below(path, name)) for name, row in value.items())
        case Members():
            return _member_mismatch(value, shape, path)


def _member_mismatch(value: dict[str, Any], shape: Members, path: str) -> str:
    for name, inner in shape.required.items():
        place = _below(path, name)
        clause = mismatch(value[name], inner, place) if name in value else f"{place} is missing"
        if clause:
            return clause
    present = ((name, inner) for name, inner in shape.optional.items() if value.get(name) is not None)
    return _first(mismatch(value[name], inner, _below(path, name)) for name, inner in present)


def _first(clauses: Any) -> str:
    return next(filter(None, clauses), "")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unlike(value: Any, path: str, wanted: str) -> str:
    return f"{path or 'the whole answer'} is {_noun(value)}, not {wanted}"


def _noun(value: Any) -> str:
    match value:
        case None:
            return "null"
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
