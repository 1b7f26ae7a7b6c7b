"""Lines of scripts as they may be shown: with secrets blacked out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ...model.secrets import redact
from ...render.diagnostics import SourceLine
from ...tsql.decode import decode
from .copying import copy_spans
from .studio import script_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from ...model.diagnostics import Diagnostic, Span


class SourceLines:
    """The scripts of one scanned root."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def line_of(self, diagnostic: Diagnostic) -> SourceLine | None:
        """The line that a diagnostic stands in, or None where the script cannot be read or is shorter than that."""
        place = self._root / diagnostic.path
        lines = _own_lines(place) if diagnostic.span in _copies(place) else _lines(place)
        number = diagnostic.span.line
        return lines[number - 1] if 0 < number <= len(lines) else None


@lru_cache(maxsize=8)
def _lines(path: Path) -> tuple[SourceLine, ...]:
    """All lines of a script, or of the one that a file holds.

    It is redacted as a whole, since a secret may stand on another line than its key word.
    """
    try:
        return _redacted(decode(script_bytes(path, path.read_bytes())).text)
    except OSError:
        return ()


@lru_cache(maxsize=8)
def _own_lines(path: Path) -> tuple[SourceLine, ...]:
    """All lines of a file itself, whatever script it holds."""
    try:
        return _redacted(decode(path.read_bytes()).text)
    except OSError:
        return ()


@lru_cache(maxsize=8)
def _copies(path: Path) -> frozenset[Span]:
    try:
        return copy_spans(path)
    except OSError:
        return frozenset()


def _redacted(text: str | None) -> tuple[SourceLine, ...]:
    if text is None:
        return ()
    plain, clean = text.split("\n"), redact(text).split("\n")
    if len(plain) != len(clean):
        return ()
    return tuple(SourceLine(after.rstrip("\r"), before == after) for before, after in zip(plain, clean, strict=True))
