"""The text of statements, as a process tells it: the lines in which they stand, with secrets blacked out."""

from __future__ import annotations

from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...model.secrets import redact
from ...model.vocabulary import StatementKind
from ...tsql.decode import decode
from ..configuring.addresses import is_address
from .copying import copy_spans
from .studio import script_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ...model.graph import Statement


class StatementText:
    """The scripts of one scan.

    Args:
        root: What the paths of files are relative to.
        scripts: What stands in no file of its own, as in a package or a database, by path.
    """

    def __init__(self, root: Path, scripts: Mapping[str, bytes] = MappingProxyType({})) -> None:
        # Statements come script by script.
        self._lines = lru_cache(maxsize=8)(partial(_lines, root, scripts))
        self._copies = lru_cache(maxsize=8)(partial(_copies, root, scripts))

    def __call__(self, statements: Sequence[Statement]) -> str:
        """The lines of statements of one script, each line once; where lines are left out between them, a line `…` stands."""
        if not statements:
            return ""
        path = statements[0].path
        copies = self._copies(path)
        copied = [row for row in statements if row.kind is StatementKind.COPY_INTO and (row.line, row.end_line) in copies]
        others = [row for row in statements if row not in copied]
        pieces = [self._lines(path)[first - 1 : last] for first, last in _ranges(others)]
        pieces += [self._lines(path, of_file=True)[first - 1 : last] for first, last in _ranges(copied)]
        return "\n…\n".join("\n".join(piece).strip("\n") for piece in pieces if piece).rstrip()


def _ranges(statements: Iterable[Statement]) -> list[tuple[int, int]]:
    """The lines of statements, those that overlap or follow each other as one range."""
    found: list[tuple[int, int]] = []
    for first, last in sorted((row.line, row.end_line) for row in statements):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _copies(root: Path, scripts: Mapping[str, bytes], path: str) -> frozenset[tuple[int, int]]:
    """The lines of a file itself in which its Copy activities stand."""
    if path in scripts or is_address(path):
        return frozenset()
    try:
        return frozenset((span.line, span.end_line) for span in copy_spans(root / path))
    except (OSError, ValueError):
        return frozenset()


def _lines(root: Path, scripts: Mapping[str, bytes], path: str, *, of_file: bool = False) -> tuple[str, ...]:
    """All lines of a script, or of the file that holds it.

    It is redacted as a whole, since a secret may stand on another line than its key word.
    """
    if path not in scripts and is_address(path):
        return ()
    try:
        place = root / path
        data = scripts[path] if path in scripts else place.read_bytes()
        data = data if of_file or path in scripts else script_bytes(place, data)
    except (OSError, ValueError):
        return ()
    text = decode(data).text
    return tuple(line.rstrip() for line in redact(text).split("\n")) if text is not None else ()
