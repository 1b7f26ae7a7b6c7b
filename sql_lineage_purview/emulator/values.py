"""Values of attributes: does a JSON value fit a type, and what is stored for it.

Source: `AtlasBuiltInTypes`, `AtlasArrayType` and `AtlasMapType` of Apache Atlas. A string takes any
value and keeps its Java text, which is how a `columnMapping` that was not made into a string is
lost without an error.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .registry import OBJECT_ID, PRIMITIVES, Attribute, Category, Registry, element_type, map_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)


def java_text(value: object) -> str:
    """How Java shows a JSON value: `{k=v}`, `[a, b]`, `true`, `null`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(java_text(inner) for inner in value) + "]"
    return str(value)


def problems(registry: Registry, attribute: Attribute, value: object, where: str) -> Iterator[str]:
    """What is wrong with the value of an attribute, each a message as the Data Map words it.

    Args:
        registry: the types there are.
        attribute: says the type, and how many values there may be.
        value: as JSON has it.
        where: the path to the value, as messages show it.
    """
    if attribute.cardinality != "SINGLE" and isinstance(value, list):
        yield from _count_problems(attribute, value, where)
    yield from type_problems(registry, attribute.type_name, value, where)


def type_problems(registry: Registry, type_name: str, value: object, where: str) -> Iterator[str]:
    """What is wrong with a value of that type; null fits every type.

    Args:
        registry: the types there are.
        type_name: what the value must be; `array<…>` and `map<…,…>` too.
        value: as JSON has it.
        where: the path to the value, as messages show it.
    """
    if value is None:
        return
    element, pair = element_type(type_name), map_types(type_name)
    if element is not None and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from type_problems(registry, element, inner, f"{where}[{index}]")
    elif pair is not None and isinstance(value, dict):
        for key, inner in value.items():
            yield from type_problems(registry, pair[0], key, f"{where}.{key}")
            yield from type_problems(registry, pair[1], inner, f"{where}.{key}")
    elif element is not None or pair is not None or not _fits(registry, type_name, value):
        yield (
            f"{where}={java_text(value)}: invalid value for type {shown_type(registry, type_name)}"
        )


def normalized(registry: Registry, attribute: Attribute, value: object) -> Any:
    """The value as it is stored; a SET loses its repetitions."""
    stored = _normalized(registry, attribute.type_name, value)
    if attribute.cardinality == "SET" and isinstance(stored, list):
        return [inner for index, inner in enumerate(stored) if inner not in stored[:index]]
    return stored


def default_value(attribute: Attribute) -> Any:
    """What an attribute holds where a new entity gives no value.

    Numbers and dates are 0, booleans are false, and all else is null.
    """
    if attribute.default is not None:
        return _PRIMITIVE.get(attribute.type_name, lambda value: value)(attribute.default)
    if attribute.type_name == "boolean":
        return False
    if attribute.type_name == "string":
        # so that a mandatory text is never null
        return None if attribute.optional else ""
    return 0 if attribute.type_name in PRIMITIVES else None


def is_reference(registry: Registry, type_name: str) -> bool:
    """Does a value of this type point to an entity?"""
    return type_name == OBJECT_ID or registry.find(type_name, Category.ENTITY) is not None


def shown_type(registry: Registry, type_name: str) -> str:
    """A type as messages name it: every reference is an `objectid`."""
    element = element_type(type_name)
    if element is not None:
        return f"array<{shown_type(registry, element)}>"
    return OBJECT_ID if is_reference(registry, type_name) else type_name


def is_object_id(value: object) -> bool:
    """Is this a reference: a guid, or a type with unique attributes?"""
    if not isinstance(value, dict):
        return False
    return bool(value.get("guid")) or bool(
        value.get("typeName")
        and isinstance(value.get("uniqueAttributes"), dict)
        and value["uniqueAttributes"]
    )


def _count_problems(attribute: Attribute, values: list[Any], where: str) -> Iterator[str]:
    too_few = attribute.minimum >= 0 and len(values) < attribute.minimum
    too_many = 0 <= attribute.maximum < len(values)
    if too_few or too_many:
        yield (
            f"{where}: incorrect number of values. found={len(values)}; "
            f"expected: minCount={attribute.minimum}, maxCount={attribute.maximum}"
        )


def _fits(registry: Registry, type_name: str, value: object) -> bool:
    if type_name in PRIMITIVES:
        try:
            _PRIMITIVE[type_name](value)
        except (ValueError, TypeError, OverflowError):
            return False
        return True
    if is_reference(registry, type_name):
        return is_object_id(value)
    return type_name in registry.typedefs and _normalized(registry, type_name, value) is not None


def _normalized(registry: Registry, type_name: str, value: object) -> Any:
    element, pair = element_type(type_name), map_types(type_name)
    if element is not None and isinstance(value, list):
        return [_normalized(registry, element, inner) for inner in value]
    if pair is not None and isinstance(value, dict):
        return {key: _normalized(registry, pair[1], inner) for key, inner in value.items()}
    if value is None or type_name not in PRIMITIVES:
        return _enum_element(registry, type_name, value)
    return _PRIMITIVE[type_name](value)


def _enum_element(registry: Registry, type_name: str, value: object) -> Any:
    typedef = registry.find(type_name, Category.ENUM)
    if typedef is None or value is None:
        return value
    elements = {
        str(element["value"]).lower(): element["value"]
        for element in typedef.body.get("elementDefs", ())
    }
    return elements.get(java_text(value).lower())


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError(value)


def _whole(bits: int | None) -> Callable[[object], int]:
    def convert(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise TypeError(value)
        if isinstance(value, str) and not _INTEGER.match(value):
            raise ValueError(value)
        # Java cuts off what stands behind the point
        number = int(value)
        if bits is not None and not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise ValueError(value)
        return number

    return convert


def _real(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    return float(value)


def _date(value: object) -> int | None:
    """Milliseconds since 1970; an empty string is no date."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    if value == "":
        return None
    text = str(value)
    if _INTEGER.match(text):
        return int(text)
    # the one form that `AtlasBaseTypeDef` reads
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


_PRIMITIVE: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "byte": _whole(8),
    "short": _whole(16),
    "int": _whole(32),
    "long": _whole(64),
    "biginteger": _whole(None),
    "float": _real,
    "double": _real,
    "bigdecimal": _real,
    "string": java_text,
    "date": _date,
}
