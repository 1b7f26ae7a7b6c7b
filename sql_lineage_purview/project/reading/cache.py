"""Facts of files that were compiled before, kept as JSON, sealed, and found by content.

An entry that cannot be read, for whatever reason, is an entry that is not there. Nothing here can
fail a scan.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import time
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ...model.limits import ENTRY_BYTES
from ...model.opening import read_file
from ...version import __version__
from .codec import decode, encode
from .includes import IncludeReader, Inclusion
from .readable_files import write_whole
from .sealing import seal, unseal

if TYPE_CHECKING:
    from ...model.document import Document
    from ...model.facts import FileFacts
    from ...tsql import CompileOptions

_DAY = 24 * 60 * 60
_KEPT_DAYS = 30
_ROWS_IN_LINE = 1000
_ROOMS = ("tsql", "pipelines", "model", "project")  # that decide what facts a file gives


def dump_entry(facts: FileFacts, inclusions: list[Inclusion]) -> str:
    """The text of an entry: a line for the files of `:r`, and lines of facts.

    The first line tells what was brought in by `:r`. The lines of the facts can be read one
    by one.
    """
    rows = encode(facts)
    pieces = [
        inclusions,
        *(rows[start : start + _ROWS_IN_LINE] for start in range(0, len(rows), _ROWS_IN_LINE)),
    ]
    return "\n".join(json.dumps(piece, separators=(",", ":")) for piece in pieces)


def load_entry(text: str) -> tuple[FileFacts, list[Inclusion]]:
    """Read what `dump_entry` wrote.

    Raises:
        ValueError: the text is no entry of this version.
    """
    try:
        lines = io.StringIO(text)
        inclusions = json.loads(lines.readline())
        return decode(row for line in lines for row in json.loads(line)), [
            (path, tuple(stack), outcome) for path, stack, outcome in inclusions
        ]
    except (TypeError, RecursionError) as error:
        raise ValueError("not an entry of the cache") from error


@dataclass(frozen=True, slots=True)
class Cache:
    """Entries in a folder.

    `options` are all, besides the content, that decides what facts a file gives.
    """

    folder: Path

    def get(
        self, document: Document, options: CompileOptions, reader: IncludeReader
    ) -> FileFacts | None:
        """The facts of a file of this content, if known and if its includes are unchanged."""
        place = self._place(document, options)
        try:
            facts, inclusions = load_entry(
                unseal(read_file(place, ENTRY_BYTES), self._key(document, options))
            )
            if not reader.unchanged(inclusions):
                return None
            if time.time() - place.stat().st_mtime > _DAY:
                place.touch()
        except (OSError, ValueError):
            return None
        return facts

    def put(self, document: Document, options: CompileOptions, entry: str) -> None:
        """Keep an entry, whole or not at all."""
        place = self._place(document, options)
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, seal(entry, self._key(document, options)))

    def tidy(self) -> None:
        """Hide the folder from git, and drop entries that no scan has used for a month."""
        with contextlib.suppress(OSError):
            if self.folder.is_dir() and not (self.folder / ".gitignore").exists():
                write_whole(self.folder / ".gitignore", "*\n")
            for entry in self.folder.glob("*/*.json"):
                if time.time() - entry.stat().st_mtime > _KEPT_DAYS * _DAY:
                    entry.unlink(missing_ok=True)

    def _place(self, document: Document, options: CompileOptions) -> Path:
        content = "\0".join((_versions(), repr(options), document.digest))
        name = hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()
        return self.folder / name[:2] / f"{name}.json"

    def _key(self, document: Document, options: CompileOptions) -> bytes:
        """What seals an entry: not the digest by which it is found, and made of the same."""
        return hashlib.sha256(
            b"\0".join((b"entry", repr(options).encode("utf-8", "backslashreplace"), document.data))
        ).digest()


@cache
def _versions() -> str:
    """The versions of all that compiles: this tool, its rooms, and the libraries.

    The rooms read files and write facts to the letter, and the libraries shape them.
    """
    rooms = Path(__file__).parents[2]
    content = hashlib.sha256()
    for source in sorted(source for room in _ROOMS for source in rooms.glob(f"{room}/**/*.py")):
        content.update(source.read_bytes())
    return f"{__version__} {version('sqlglot')} {version('sqlparse')} {content.hexdigest()}"
