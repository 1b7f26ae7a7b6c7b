"""The kinds of values that settings have: how each is read, from TOML and from a variable.

A kind also says, as JSON Schema, what TOML may hold. A new kind is one more constant here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct

from ...model.names import Name, parse_name
from ...model.secret_words import Literals
from ..project_errors import ConfigurationError
from .catalog_sources import CatalogSettings, catalog
from .script_databases import PLACEHOLDER
from .wildcards import check_placeholders

T = TypeVar("T")


class Origin(Struct, frozen=True):
    """Where a value stands, for messages, and what its relative paths start from."""

    name: str
    folder: Path

    def error(self, requirement: str, value: object) -> ConfigurationError:
        """The error of a value that does not meet a requirement."""
        return ConfigurationError(f"{self.name} must be {requirement}, not {value!r}.")


class ValueKind(Struct, Generic[T], frozen=True, eq=False):
    """A kind of values.

    Args:
        read: Checks a value as TOML has it, and makes of it what the tool works with.
        schema: What TOML may hold, as JSON Schema.
        from_text: What TOML would hold for the text of an environment variable; None: no text says
            it.
        words: The words that may be written, where not every text may.
    """

    read: Callable[[Any, Origin], T]
    schema: Mapping[str, object]
    from_text: Callable[[str], object] | None = str
    words: tuple[str, ...] = ()


def words(*choices: str) -> ValueKind[str]:
    """One of some words.

    Raises:
        ConfigurationError: a value that the kind reads is none of the words.
    """

    def read(value: object, origin: Origin) -> str:
        if value in choices:
            return str(value)
        raise origin.error(" or ".join(f'"{word}"' for word in choices), value)

    return ValueKind(read, {"type": "string", "enum": list(choices)}, words=choices)


def _text(value: object, origin: Origin) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise origin.error("a text", value)


def _flag(value: object, origin: Origin) -> bool:
    if isinstance(value, bool):
        return value
    raise origin.error("true or false", value)


def _count(value: object, origin: Origin) -> int:
    # to Python `true` is a number
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise origin.error("a whole number from 1", value)


def _number(value: object, origin: Origin) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise origin.error("a number above 0", value)


def _share(value: object, origin: Origin) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise origin.error("a number from 0 to 1", value)


def _literals(value: object, origin: Origin) -> Literals:
    return Literals(_LITERAL_WORDS.read(value, origin))


def _path(value: object, origin: Origin) -> Path:
    return (origin.folder / _text(value, origin)).resolve()


def _patterns(value: object, origin: Origin) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(pattern, str) for pattern in value):
        return tuple(value)
    raise origin.error("a list of patterns", value)


def _names(value: object, origin: Origin) -> tuple[str, ...]:
    if (
        isinstance(value, list)
        and value
        and all(isinstance(name, str) and name.strip() for name in value)
    ):
        return tuple(value)
    raise origin.error("a list of names", value)


def _texts(value: object, origin: Origin) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return tuple(sorted(value.items()))
    raise origin.error("a table of names and texts", value)


def _folders(value: object, origin: Origin) -> tuple[tuple[Path, str], ...]:
    rows = _texts(value, origin)
    for _, database in rows:
        check_placeholders(database, PLACEHOLDER, origin.name)
    return tuple(((origin.folder / folder).resolve(), database) for folder, database in rows)


def _catalogs(value: object, origin: Origin) -> tuple[CatalogSettings, ...]:
    if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
        return tuple(catalog(text, origin.folder) for text in value)
    raise origin.error("a list of sources", value)


def _name(value: object, origin: Origin) -> Name:
    text = _text(value, origin)
    try:
        return parse_name(text)
    except ValueError:
        raise origin.error("a name as a scan shows it, such as dbo.[Fact Sales]", value) from None


# --- texts of environment variables: what cannot be read stays as it is, for the error to quote ---

_FLAG_WORDS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def _flag_of(text: str) -> object:
    return _FLAG_WORDS.get(text.lower(), text)


def _count_of(text: str) -> object:
    return int(text) if text.isdecimal() else text


def _number_of(text: str) -> object:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", text) else text


def _list_of(text: str) -> object:
    return [part.strip() for part in text.split(",") if part.strip()]


# --- the kinds ------------------------------------------------------------------------------------

_STRING = {"type": "string"}
_SOME_STRING = {"type": "string", "pattern": r"\S"}
_STRINGS_BY_NAME = {"type": "object", "additionalProperties": _STRING}
_LITERAL_WORDS = words(*Literals)

TEXT = ValueKind(_text, _SOME_STRING)
FLAG = ValueKind(_flag, {"type": "boolean"}, _flag_of)
COUNT = ValueKind(_count, {"type": "integer", "minimum": 1}, _count_of)
NUMBER = ValueKind(_number, {"type": "number", "exclusiveMinimum": 0}, _number_of)
SHARE = ValueKind(_share, {"type": "number", "minimum": 0, "maximum": 1}, _number_of)
LITERALS = ValueKind(_literals, _LITERAL_WORDS.schema, words=_LITERAL_WORDS.words)
PATH = ValueKind(_path, _SOME_STRING)
PATTERNS = ValueKind(_patterns, {"type": "array", "items": _STRING}, _list_of)
NAMES = ValueKind(_names, {"type": "array", "items": _SOME_STRING, "minItems": 1}, _list_of)
CATALOGS = ValueKind(_catalogs, {"type": "array", "items": _SOME_STRING}, _list_of)
TEXTS = ValueKind(_texts, _STRINGS_BY_NAME, None)
FOLDERS = ValueKind(_folders, _STRINGS_BY_NAME, None)
NAME = ValueKind(_name, _SOME_STRING)
