"""Values as JSON in one line, and back: plain ones, and structs whose fields stand in lists.

Half a character, as of NCHAR(0xD800), is none in UTF-8, in which the fast way writes and reads; it
is written as an escape, which the slow way knows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import DecodeError, convert, to_builtins
from msgspec.json import Decoder, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Value = TypeVar("Value")

_ROWS_IN_PIECE = 100


def row_bytes(values: object) -> bytes:
    """Values as a line of JSON."""
    try:
        return encode(values)
    except UnicodeEncodeError:
        return json.dumps(to_builtins(values), separators=(",", ":")).encode()


def row_pieces(rows: Sequence[object]) -> Iterator[bytes]:
    """The line that `row_bytes` writes of rows, piece by piece."""
    yield b"["
    for start in range(0, len(rows), _ROWS_IN_PIECE):
        yield b"," if start else b""
        yield row_bytes(rows[start : start + _ROWS_IN_PIECE])[1:-1]
    yield b"]"


def row_text(values: object) -> str:
    """Values as a line of JSON."""
    return row_bytes(values).decode()


def row_values(line: str) -> Any:
    """What `row_text` wrote of plain values.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return decode(line)
    except DecodeError:
        return json.loads(line)


def typed_values(line: bytes, decoder: Decoder[Value]) -> Value:
    """What `row_bytes` wrote of values of a type.

    Raises:
        ValueError: it is no JSON of that type.
        RecursionError: it is nested too deeply.
    """
    try:
        return decoder.decode(line)
    except DecodeError:
        values: Value = convert(json.loads(line), decoder.type)
        return values
