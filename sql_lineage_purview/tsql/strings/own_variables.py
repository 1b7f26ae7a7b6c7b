"""Variables of a string that is executed: they are its own.

It sees none of those around it but what is passed as a parameter.

Source:
https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql#using-execute-with-a-character-string
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_not
from typing import Any, TypeVar

from ...model.facts import (
    IN_STRING,
    OUTSIDE,
    Argument,
    Assign,
    EndString,
    Fetch,
    OpenCursor,
    Piece,
    VariableRef,
)
from ...model.names import Name
from ...model.record_fields import changed, field_names

T = TypeVar("T")

# The fields that hold names of variables.
_NAMES: Mapping[type, frozenset[str]] = {
    VariableRef: frozenset({"name"}),
    Assign: frozenset({"variables"}),
    Fetch: frozenset({"cursor", "variables"}),
    OpenCursor: frozenset({"name"}),
    Argument: frozenset({"variable"}),
    EndString: frozenset({"suffix"}),
    Piece: frozenset({"value"}),
}


def name_in_string(name: str) -> str:
    """What a variable of an executed string is called among those of the text that executes it."""
    if name.endswith(OUTSIDE):
        return name.removesuffix(OUTSIDE)
    return name + IN_STRING if name.startswith("@") else name


def with_own_variables(fact: T) -> T:
    """A fact of an executed string, its variables named as its own."""
    renamed: Any = _renamed(fact)
    return renamed  # type: ignore[no-any-return]  # of the type of what it was made of


def _renamed(thing: Any) -> Any:
    if isinstance(thing, tuple):
        renamed = tuple(map(_renamed, thing))
        return renamed if any(map(is_not, renamed, thing)) else thing
    # a table variable is a variable too, but #t is the session's
    if isinstance(thing, Name):
        return (
            Name((*thing.parts[:-1], name_in_string(thing.object)))
            if thing.object.startswith("@")
            else thing
        )
    kind: type = type(thing)
    named = _NAMES.get(kind, frozenset())
    changes = {}
    for field in field_names(kind):
        before = getattr(thing, field)
        after = _name(before) if field in named else _renamed(before)
        if after is not before:
            changes[field] = after
    return changed(thing, changes) if changes else thing


def _name(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_name, value))
    return value if value is None else name_in_string(value)
