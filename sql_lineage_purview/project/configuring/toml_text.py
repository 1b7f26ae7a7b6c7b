"""Texts as TOML writes them."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """A text as TOML writes it, in quotes: as JSON does, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
