"""Members of JSON objects that others wrote, read safely.

Whatever stands there, what is asked for comes back as its type, or empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Properties: TypeAlias = Mapping[str, Any]


def object_at(holder: object, key: str) -> Properties:
    """The object under a key; an empty one where there is none."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def list_at(holder: object, key: str) -> list[object]:
    """The list under a key; an empty one where there is none."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def text_at(holder: object, key: str) -> str | None:
    """The text under a key; None where there is none."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else None
