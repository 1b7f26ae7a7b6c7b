"""Lines of scripts as they may be shown: with secrets blacked out."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...model.limits import SCRIPT_BYTES
from ...model.opening import read_file
from ...model.secrets import redact
from ...render.diagnostics import SourceLine
from ...tsql.decode import decode
from .studio import script_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ...model.diagnostics import Diagnostic
    from .studio import EmbeddedScript


class SourceLines:
    """The scripts of one scanned root.

    Args:
        root: What the paths of files are relative to.
        embedded: The scripts that files hold which are none themselves, by path.
    """

    def __init__(self, root: Path, embedded: Mapping[str, EmbeddedScript] = MappingProxyType({})) -> None:
        self._root = root
        self._embedded = embedded
        self._lines = lru_cache(maxsize=8)(self._lines_of)

    def line_of(self, diagnostic: Diagnostic) -> SourceLine | None:
        """The line that a diagnostic stands in, or None where the script cannot be read or is shorter than that."""
        script = self._script(diagnostic.path)
        lines = self._lines(diagnostic.path, of_file=script is None or diagnostic.span in script.spans)
        number = diagnostic.span.line
        return lines[number - 1] if 0 < number <= len(lines) else None

    def _script(self, path: str) -> EmbeddedScript | None:
        return self._embedded.get(path) or script_of(self._root / path)

    def _lines_of(self, path: str, *, of_file: bool) -> tuple[SourceLine, ...]:
        """All lines of a file, or of the script that it holds.

        They are redacted as a whole, since a secret may stand on another line than its key word.
        """
        script = None if of_file else self._script(path)
        if script:
            return _redacted(script.text)
        try:
            return _redacted(decode(read_file(self._root / path, SCRIPT_BYTES)).text)
        except OSError:
            return ()


def _redacted(text: str | None) -> tuple[SourceLine, ...]:
    if text is None:
        return ()
    plain, clean = text.split("\n"), redact(text).split("\n")
    if len(plain) != len(clean):
        return ()
    return tuple(SourceLine(after.rstrip("\r"), before == after) for before, after in zip(plain, clean, strict=True))
