"""What pushes of the same scripts found at most, so that a loss of lineage is noticed.

A loss is a run whose lineage shrinks.

A push never lowers these numbers by itself, else a loss would be told once and be the usual from
then on: a person accepts it. A file that cannot be read is a history without entries, and one that
cannot be written is left alone: nothing here stops a run.
"""

from __future__ import annotations

import contextlib
import json
from hashlib import sha256
from typing import TYPE_CHECKING

from ...model.limits import CONFIGURATION_BYTES
from ...model.opening import read_file
from ..storing.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE = "runs.json"
_MOST_ENTRIES = 200
# What shrinks with the lineage, and how a person calls it.
_WATCHED = {
    "files": "files",
    "statements": "statements",
    "table_edges": "table edges",
    "column_edges": "column edges",
    "mapped_columns": "mapped columns",
}


class History:
    """The highest numbers of the pushes of each set of scripts, kept in a folder.

    They are counted since a loss was last accepted.

    Args:
        folder: The cache's folder.
        owner: Whose lineage it is.
        paths: What was scanned.
    """

    def __init__(self, folder: Path, owner: str, paths: Iterable[str]) -> None:
        self._file = folder / FILE
        self._key = sha256(
            "\0".join([owner.casefold(), *sorted(paths)]).encode("utf-8", "backslashreplace")
        ).hexdigest()[:16]

    def shrunk(self, numbers: Mapping[str, int], threshold: float) -> tuple[str, ...]:
        """What fell by more than a share, as words for a person (`column edges from 273 to 12`)."""
        before = self._before()
        return tuple(
            f"{word} from {before[name]} to {numbers[name]}"
            for name, word in _WATCHED.items()
            if name in before and name in numbers and numbers[name] < before[name] * (1 - threshold)
        )

    def raise_to(self, numbers: Mapping[str, int]) -> None:
        """Keep the numbers of a push that is done, where they are higher than those before."""
        before = self._before()
        self._write(
            {name: max(number, before.get(name, number)) for name, number in numbers.items()}
        )

    def remember(self, numbers: Mapping[str, int]) -> None:
        """Keep the numbers of a push that is done, whatever was before.

        A person says that the loss is right.
        """
        self._write(numbers)

    def _before(self) -> dict[str, int]:
        return self._read().get(self._key, {})

    def _write(self, numbers: Mapping[str, int]) -> None:
        entries = self._read()
        # to the end, so that what goes is what nobody has pushed for longest
        entries.pop(self._key, None)
        entries[self._key] = {name: numbers[name] for name in _WATCHED if name in numbers}
        recent_entries = dict(list(entries.items())[-_MOST_ENTRIES:])
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, [json.dumps(recent_entries, indent=1), "\n"])

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            entries = json.loads(read_file(self._file, CONFIGURATION_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(entries, dict):
            return {}
        return {
            key: row
            for key, row in entries.items()
            if isinstance(row, dict) and all(type(n) is int for n in row.values())
        }
