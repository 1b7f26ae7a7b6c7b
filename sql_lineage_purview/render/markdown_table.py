"""Rows of cells as a table of Markdown, as pages, wikis and pull requests show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..model.printable import one_line, without_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What would end a cell, or be markup in it: names of scripts may hold anything.
# https://github.github.com/gfm/#backslash-escapes, https://github.github.com/gfm/#tables-extension-
_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|~#!&@"})


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A heading, and one line for each row."""
    lines = [_line(header), _line(["---"] * len(header))]
    lines += (_line([markdown_text(value) for value in row]) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def table_opening(header: Sequence[str]) -> str:
    """How a table begins, as a regular expression."""
    return re.escape(_line(list(map(markdown_text, header))))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def markdown_text(value: object) -> str:
    """A text that Markdown shows as it is, on one line."""
    return without_commands(one_line(value)).translate(_ESCAPES)
