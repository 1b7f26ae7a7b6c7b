"""Text for a person, to the width of the terminal that it goes to: words stay whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_FALLBACK_WIDTH = 80


def fitted(text: str, stream: TextIO | None) -> str:
    """Lines as they are; on a terminal such as are too long for it go on below, indented.

    Args:
        text: Lines, without escape sequences.
        stream: Where they go; None for a file.
    """
    width = terminal_width(stream)
    if width is None or not text:
        return text
    lines = [part for line in text.split("\n") for part in _parts(line, width)]
    return "\n".join(lines)


def terminal_width(stream: TextIO | None) -> int | None:
    """How many characters a line of a terminal has; None for what is none."""
    if stream is None or not stream.isatty():
        return None
    if (columns := os.environ.get("COLUMNS", "")).isdecimal():
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _FALLBACK_WIDTH
    # what stands in for a terminal has no descriptor
    except (OSError, ValueError):
        return _FALLBACK_WIDTH


def _parts(line: str, width: int) -> Iterator[str]:
    if line.isascii() and len(line) <= width:
        yield line
        return
    from rich.cells import cell_len  # noqa: PLC0415 - for those alone who have long lines

    from ..render.drawing import text_drawing  # noqa: PLC0415 - the same
    from ..render.drawing_layout import Medium, laid_out  # noqa: PLC0415 - the same

    for parts in laid_out(text_drawing([line]), Medium(width, cells=cell_len)):
        yield "".join(part.text for part in parts)
