"""JSON that others wrote: whatever is wrong with it is a `ValueError`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .limits import DOCUMENT_OBJECTS


def parse_json(data: bytes, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of a JSON text in UTF-8, -16 or -32. `pairs` makes objects of their members.

    Raises:
        ValueError: it is no JSON, is nested too deeply, or holds more objects than a file of a
            workspace does.
    """
    # before it is parsed: what is three bytes in the text, `[],`, is some sixty in memory
    if data.count(b"{") + data.count(b"[") > DOCUMENT_OBJECTS:
        raise ValueError("too many objects")
    try:
        return json.loads(data, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError("nested too deeply") from None
