"""Rows of plain values as JSON in one line, and back.

Half a character, as of NCHAR(0xD800), is none in UTF-8, in which the fast way writes and reads; it
is written as an escape, which the slow way knows.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import DecodeError
from msgspec.json import decode, encode


def row_text(values: object) -> str:
    """Values as a line of JSON."""
    try:
        return encode(values).decode()
    except UnicodeEncodeError:
        return json.dumps(values, separators=(",", ":"))


def row_values(line: str) -> Any:
    """What `row_text` wrote.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return decode(line)
    except DecodeError:
        return json.loads(line)
