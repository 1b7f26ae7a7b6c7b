"""Lines of scripts as they may be shown."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...model.limits import SCRIPT_BYTES
from ...model.opening import read_file
from ...model.secret_words import Literals
from ...render.diagnostic_listing import SourceLine
from ...tsql.reading.decode import decode
from .embedded_lookup import script_of
from .statement_text import seen_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ...model.diagnostics import Diagnostic
    from ...pipelines.artefacts.embedded_scripts import EmbeddedScript


class SourceLines:
    """The scripts of one scanned root.

    Args:
        root: What the paths of files are relative to.
        embedded: The scripts that files hold which are none themselves, by path.
        literals: Which strings are seen.
    """

    def __init__(
        self,
        root: Path,
        embedded: Mapping[str, EmbeddedScript] = MappingProxyType({}),
        literals: Literals = Literals.HIDE,
    ) -> None:
        self._root = root
        self._embedded = embedded
        self._literals = literals
        # findings come file by file
        self._lines = lru_cache(maxsize=8)(self._lines_of)

    def line_of(self, diagnostic: Diagnostic) -> SourceLine | None:
        """The line that a diagnostic stands in, or None.

        It is None where the script cannot be read or is shorter than that.
        """
        script = self._script(diagnostic.path)
        # what is said of a pipeline's JSON stands in its lines, and not in those of its script
        lines = self._lines(
            diagnostic.path, of_file=script is None or diagnostic.span in script.spans
        )
        number, before = diagnostic.span.line, diagnostic.span.column - 1
        if not 0 < number <= len(lines):
            return None
        written, visible = lines[number - 1]
        # where a string before it was blanked, the column points to something else
        return SourceLine(visible, written[:before] == visible[:before])

    def _script(self, path: str) -> EmbeddedScript | None:
        return self._embedded.get(path) or script_of(self._root / path)

    def _lines_of(self, path: str, *, of_file: bool) -> tuple[tuple[str, str], ...]:
        """All lines of a file, or of the script that it holds: as written, and as they may be seen.

        They are made of the whole text, since a string or comment may begin on another line.
        """
        script = None if of_file else self._script(path)
        try:
            text = (
                script.text if script else decode(read_file(self._root / path, SCRIPT_BYTES)).text
            )
        except OSError:
            return ()
        visible = seen_text(text or "", self._literals, is_json=not script and path.endswith(_JSON))
        return tuple(zip((text or "").split("\n"), visible.split("\n"), strict=False))


_JSON = (".json", ".ipynb")
