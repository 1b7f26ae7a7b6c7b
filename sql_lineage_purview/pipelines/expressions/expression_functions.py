"""Functions of the expression language of pipelines over values that are known.

Those that are not here, only the run knows.

Source: https://learn.microsoft.com/azure/data-factory/control-flow-expression-language-functions
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., object]
LONGEST = 1_000_000
"""Longer texts are not put together.

No SQL is as long, and a few nested calls can ask for any length.
"""
_MOST_NUMBERS = 1000


class NotKnownError(Exception):
    """What a function gives cannot be told."""


def call(name: str, arguments: Sequence[object]) -> object:
    """What a function, its name in lower case, gives for values that are known.

    Raises:
        NotKnownError: it is none of these, or the values do not fit it.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        raise NotKnownError
    try:
        return function(*arguments)
    except (TypeError, ValueError, KeyError, IndexError, ArithmeticError, RecursionError):
        raise NotKnownError from None


def as_text(value: object) -> str:
    """A value as it stands in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        # True and False, with a capital, as .NET writes them
        return str(value)
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    )


def member(holder: object, key: object) -> object:
    """`holder.key` and `holder[key]`; names do not tell upper case from lower.

    Raises:
        NotKnownError: there is no such member.
    """
    if isinstance(holder, dict) and isinstance(key, str):
        for name, value in holder.items():
            if name.casefold() == key.casefold():
                return value
    if isinstance(holder, list) and isinstance(key, int) and 0 <= key < len(holder):
        return holder[key]
    raise NotKnownError


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _equals(first: object, second: object) -> bool:
    # its page does not say whether `equals` tells upper case from lower
    if (
        isinstance(first, str)
        and isinstance(second, str)
        and first != second
        and first.casefold() == second.casefold()
    ):
        raise NotKnownError
    return type(first) is type(second) and first == second


def _contains(holder: object, value: object) -> bool:
    if isinstance(holder, dict):
        return _text(value).casefold() in {name.casefold() for name in holder}
    return _text(value) in holder if isinstance(holder, str) else value in _list(holder)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _sequence(value: object) -> list[Any] | str:
    return value if isinstance(value, str) else _list(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value


def _split(text: object, separator: object) -> list[str]:
    return _text(text).split(_text(separator))


def _replace(text: object, old: object, new: object) -> str:
    if not old or _text(text).count(_text(old)) * len(_text(new)) > LONGEST:
        raise ValueError
    return _text(text).replace(_text(old), _text(new))


def _substring(text: object, start: object, length: object = None) -> str:
    first = int(_number(start))
    return (
        _text(text)[first:] if length is None else _text(text)[first : first + int(_number(length))]
    )


def _range(start: object, count: object) -> list[int]:
    first, number = int(_number(start)), int(_number(count))
    if number > _MOST_NUMBERS:
        raise ValueError
    return list(range(first, first + number))


def _bool(value: object) -> bool:
    words: Mapping[str, bool] = {"true": True, "false": False, "1": True, "0": False}
    return words[as_text(value).lower()]


def _coalesce(*values: object) -> object:
    return next((value for value in values if value is not None), None)


def _union(*lists: object) -> list[object]:
    elements: list[object] = []
    for element in (value for operand in lists for value in _list(operand)):
        if element not in elements:
            elements.append(element)
    return elements


def _divided(first: object, second: object) -> int | float:
    above, below = _number(first), _number(second)
    if not (isinstance(above, int) and isinstance(below, int)):
        return above / below
    # Python's // goes down where the signs differ, the service goes towards zero
    quotient = abs(above) // abs(below)
    return quotient if (above < 0) == (below < 0) else -quotient


def _remainder(first: object, second: object) -> int | float:
    """What division leaves, with the sign of what is divided."""
    above, below = _number(first), _number(second)
    if not (isinstance(above, int) and isinstance(below, int)):
        return math.fmod(above, below)
    remainder = abs(above) % abs(below)
    return -remainder if above < 0 else remainder


def _compared(compare: Callable[[Any, Any], bool]) -> Function:
    return lambda first, second: compare(_number(first), _number(second))


def _counted(count: Callable[[Any, Any], Any]) -> Function:
    return lambda first, second: count(_number(first), _number(second))


FUNCTIONS: Mapping[str, Function] = {
    "add": _counted(operator.add),
    "and": lambda first, second: _truth(first) and _truth(second),
    "array": lambda value: value if isinstance(value, list) else [value],
    "bool": _bool,
    "coalesce": _coalesce,
    "contains": _contains,
    "createarray": lambda *values: list(values),
    "div": _divided,
    "empty": lambda value: value is None or len(value) == 0,
    "endswith": lambda text, end: _text(text).casefold().endswith(_text(end).casefold()),
    "equals": _equals,
    "first": lambda value: _sequence(value)[0],
    "float": float,
    "greater": _compared(operator.gt),
    "greaterorequals": _compared(operator.ge),
    "if": lambda condition, first, second: first if _truth(condition) else second,
    "indexof": lambda text, part: _text(text).casefold().find(_text(part).casefold()),
    "int": lambda value: int(as_text(value)),
    "intersection": lambda first, second: [
        element for element in _list(first) if element in _list(second)
    ],
    "join": lambda values, separator: _text(separator).join(map(as_text, _list(values))),
    "json": lambda text: text if isinstance(text, dict | list) else json.loads(_text(text)),
    "last": lambda value: _sequence(value)[-1],
    "lastindexof": lambda text, part: _text(text).casefold().rfind(_text(part).casefold()),
    "length": lambda value: len(_sequence(value)),
    "less": _compared(operator.lt),
    "lessorequals": _compared(operator.le),
    "max": lambda *values: max(map(_number, values)),
    "min": lambda *values: min(map(_number, values)),
    "mod": _remainder,
    "mul": _counted(operator.mul),
    "not": lambda value: not _truth(value),
    "or": lambda first, second: _truth(first) or _truth(second),
    "range": _range,
    "replace": _replace,
    "skip": lambda values, count: _sequence(values)[int(_number(count)) :],
    "split": _split,
    "startswith": lambda text, start: _text(text).casefold().startswith(_text(start).casefold()),
    "string": as_text,
    "sub": _counted(operator.sub),
    "substring": _substring,
    "take": lambda values, count: _sequence(values)[: int(_number(count))],
    "tolower": lambda text: _text(text).lower(),
    "toupper": lambda text: _text(text).upper(),
    "trim": lambda text: _text(text).strip(),
    "union": _union,
}
