"""The text of statements, as a process tells it.

These are the lines in which they stand, as far as they may be seen.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...model.limits import SCRIPT_BYTES
from ...model.opening import read_file
from ...model.secret_words import Literals
from ...model.vocabulary import StatementKind
from ...tsql.disclosure import disclosed
from ...tsql.reading.decode import decode
from ..configuring.addresses import is_address
from .embedded_lookup import script_of
from .json_disclosure import disclosed_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ...model.graph import Statement
    from ...pipelines.artefacts.embedded_scripts import EmbeddedScript


class StatementText:
    """The scripts of one scan.

    Args:
        root: What the paths of files are relative to.
        scripts: What stands in no file of its own, as in a package or a database, by path.
        embedded: The scripts that files hold which are none themselves, by path.
        literals: Which strings are seen.
    """

    def __init__(
        self,
        root: Path,
        scripts: Mapping[str, bytes] = MappingProxyType({}),
        embedded: Mapping[str, EmbeddedScript] = MappingProxyType({}),
        literals: Literals = Literals.HIDE,
    ) -> None:
        self._root, self._scripts, self._embedded, self._literals = (
            root,
            scripts,
            embedded,
            literals,
        )
        # Statements come script by script.
        self._lines = lru_cache(maxsize=8)(self._lines_of)

    def __call__(self, statements: Sequence[Statement]) -> str:
        """The lines of statements of one script, each line once.

        Where lines are left out between them, a line `…` stands.
        """
        if not statements:
            return ""
        path = statements[0].path
        script = self._script(path)
        copies = (
            {(copy.span.line, copy.span.end_line) for copy in script.copies} if script else set()
        )
        # a Copy activity has no SQL of its own: its text is that of the pipeline's JSON
        copied = [
            row
            for row in statements
            if row.kind is StatementKind.COPY_INTO and (row.line, row.end_line) in copies
        ]
        others = [row for row in statements if row not in copied]
        pieces = [self._lines(path)[first - 1 : last] for first, last in _ranges(others)]
        pieces += [
            self._lines(path, of_file=True)[first - 1 : last] for first, last in _ranges(copied)
        ]
        return "\n…\n".join(text for piece in pieces if (text := "\n".join(filter(None, piece))))

    def _script(self, path: str) -> EmbeddedScript | None:
        """The script that a file holds which is none itself."""
        if path in self._scripts or is_address(path):
            return None
        return self._embedded.get(path) or script_of(self._root / path)

    def _lines_of(self, path: str, *, of_file: bool = False) -> tuple[str, ...]:
        """All lines of a script, or of the file that holds it.

        They are made of the whole text, since a string or comment may begin on another line.
        """
        if path not in self._scripts and is_address(path):
            return ()
        script = None if of_file else self._script(path)
        try:
            text = (
                script.text
                if script
                else decode(
                    self._scripts.get(path) or read_file(self._root / path, SCRIPT_BYTES)
                ).text
            )
        except (OSError, ValueError):
            return ()
        return (
            tuple(
                line.rstrip()
                for line in seen_text(text, self._literals, is_json=of_file).split("\n")
            )
            if text
            else ()
        )


def seen_text(text: str, literals: Literals, *, is_json: bool) -> str:
    """The text of a script, or of the JSON document that holds it, as it may be seen."""
    return disclosed_json(text, literals) if is_json else disclosed(text, literals)


def _ranges(statements: Iterable[Statement]) -> list[tuple[int, int]]:
    """The lines of statements, those that overlap or follow each other as one range."""
    ranges: list[tuple[int, int]] = []
    for first, last in sorted((row.line, row.end_line) for row in statements):
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    return ranges
