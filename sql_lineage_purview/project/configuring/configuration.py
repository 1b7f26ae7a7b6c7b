"""The nearest configuration file: found, read, and able to say in which line a key stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ...model.limits import CONFIGURATION_BYTES
from ...model.opening import read_file
from ...model.regex import regex
from ..project_errors import ConfigurationError
from .configuration_search import FILE_NAME, SECTION, possible_configurations

if TYPE_CHECKING:
    from pathlib import Path


Table: TypeAlias = Mapping[str, object]

# tomllib does not say where a key stands, so messages look for it in the text
_HEADER = regex(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?\Z")
_KEY = regex(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_DEEP_KEY = regex(
    r"""(?m)(?:^|[{,\[])\s*+(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}"""
)
_POSITION = regex(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\Z")


class ConfigurationFile(Struct, frozen=True):
    """A file and its values; `section` is where in the file they stand."""

    path: Path
    values: Table
    text: str
    section: tuple[str, ...] = ()

    def place(self, *keys: str) -> str:
        """`path:line` of a key, or the path alone where the line cannot be told."""
        line = self.line(*keys)
        return f"{self.path}:{line}" if line else str(self.path)

    def line(self, *keys: str) -> int | None:
        """The line of a key, or None where it cannot be told."""
        full_key = self.section + keys
        return next(
            (
                number
                for number, key in _keys_by_line(self.text)
                if key[: len(full_key)] == full_key
            ),
            None,
        )

    def rows(self, key: str, number: int) -> list[tuple[int, ConfigurationFile]]:
        """The line in which each of a number of tables `[[key]]` begins, and its file.

        The file reads as if it held no other of these tables.

        Where they are written in another way, they are all taken to stand in the first line.
        """
        full_key = (*self.section, key)
        starts = [line for line, header in _keys_by_line(self.text) if header == full_key]
        if not starts or len(starts) != number:
            return [(1, self)] * number
        lines = self.text.splitlines()
        ends = [*starts[1:], len(lines) + 1]
        texts = [
            "\n" * (start - 1) + "\n".join(lines[start - 1 : end - 1])
            for start, end in zip(starts, ends, strict=True)
        ]
        return [
            (start, replace(self, text=text)) for start, text in zip(starts, texts, strict=True)
        ]


def find_configuration(start: Path) -> ConfigurationFile | None:
    """Find the nearest configuration, upward from a folder or file.

    Nothing is merged from several files.

    In each folder `sql-lineage-purview.toml` counts first, then the section
    `[tool.sql-lineage-purview]` of pyproject.toml.

    Raises:
        ConfigurationError: the nearest file is no TOML, or cannot be read.
    """
    for file in possible_configurations(start):
        if file.name == FILE_NAME:
            text = _text(file)
            return ConfigurationFile(file, _parsed(file, text), text)
        if section := _section(file):
            return section
    return None


def _section(path: Path) -> ConfigurationFile | None:
    text = _text(path)
    # others' files need not be read to their end, nor be valid TOML
    if SECTION[1] not in text:
        return None
    values: object = _parsed(path, text)
    for key in SECTION:
        values = values.get(key) if isinstance(values, dict) else None
    return ConfigurationFile(path, values, text, SECTION) if isinstance(values, dict) else None


def _text(path: Path) -> str:
    try:
        # editors on Windows begin UTF-8 with a mark, which TOML does not allow
        return read_file(path, CONFIGURATION_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: not UTF-8. Save the file as UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}). Check its permissions."
        ) from None


def _parsed(path: Path, text: str) -> Table:
    if _DEEP_KEY.search(text):  # the library takes memory for each level of each level
        raise ConfigurationError(f"{path}: nested too deeply. Write it with fewer dots in a key.")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError(
            f"{path}: nested too deeply. Write it with fewer brackets inside one another."
        ) from None
    except ValueError as error:  # a number of thousands of digits is one that tells no place
        message = (
            str(error)
            if isinstance(error, tomllib.TOMLDecodeError)
            else ("a number of too many digits")
        )
        position = _POSITION.search(message)
        line, column = position.groups() if position else (None, None)
        place = f"{path}:{line}:{column}" if line else f"{path}:{text.count(chr(10)) + 1}"
        raise ConfigurationError(
            f"{place}: not valid TOML: {_POSITION.sub('', message)}."
        ) from None


def _keys_by_line(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _dotted(header[1])
            yield number, table
        elif key := _KEY.match(line):
            yield number, table + _dotted(key[1])


def _dotted(key: str) -> tuple[str, ...]:
    try:
        value: object = tomllib.loads(f"{key} = 0")
    except (ValueError, RecursionError):
        return ()
    parts: list[str] = []
    while isinstance(value, dict):
        [(part, value)] = value.items()
        parts.append(part)
    return tuple(parts)
