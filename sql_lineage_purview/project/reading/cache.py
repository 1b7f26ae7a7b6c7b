"""Facts of files that were compiled before, kept as JSON, sealed, and found by content.

An entry that cannot be read, for whatever reason, is an entry that is not there. Nothing here can
fail a scan.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ...model.facts import FileFacts, Query
from ...model.limits import ENTRY_BYTES
from .codec import Rows, decode_apart, decode_rest, encode_apart
from .deferred_query import DeferredQueries
from .includes import IncludeReader, Inclusion
from .row_text import row_text, row_values
from .sealing import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...model.document import Document
    from ...tsql import CompileOptions
    from ..storing.blob_store import BlobStore

_ROWS_IN_LINE = 1000
_DIGEST = 16  # bytes of a fingerprint


def dump_entry(facts: FileFacts, inclusions: list[Inclusion]) -> str:
    """The text of an entry: its fingerprint, a line for the files of `:r`, and lines of facts.

    The lines of the facts can be read one by one; those of the queries stand behind an empty one.
    """
    rows, query_rows = encode_apart(facts, Query)
    text = "\n".join((row_text(inclusions), *_lines(rows), "", *_lines(query_rows)))
    return f"{hashlib.blake2b(text.encode(), digest_size=_DIGEST).hexdigest()}\n{text}"


def _lines(rows: Rows) -> Iterator[str]:
    for start in range(0, len(rows), _ROWS_IN_LINE):
        yield row_text(rows[start : start + _ROWS_IN_LINE])


def load_entry(text: str) -> tuple[FileFacts, list[Inclusion]]:
    """Read what `dump_entry` wrote; queries are read when somebody looks into them.

    Raises:
        ValueError: the text is no entry of this version.
    """
    text, _, query_text = text.partition("\n\n")
    queries = DeferredQueries(lambda: decode_rest(FileFacts, _rows(query_text.split("\n"))))
    try:
        _, inclusions_line, *lines = text.split("\n")
        facts = decode_apart(FileFacts, _rows(lines), Query, queries.query)
        inclusions = row_values(inclusions_line)
        return facts, [(path, tuple(stack), outcome) for path, stack, outcome in inclusions]
    except (TypeError, RecursionError) as error:
        raise ValueError("not an entry of the cache") from error


def _rows(lines: Iterable[str]) -> Iterator[list[Any]]:
    return chain.from_iterable(map(row_values, filter(None, lines)))


def fingerprint(entry: str) -> str:
    """What tells the facts of an entry from all others."""
    return entry.partition("\n")[0]


class CompilationInput(Struct, frozen=True):
    """All, besides the files that it includes, that decides what facts a file gives."""

    document: Document
    options: CompileOptions

    def seal_key(self) -> bytes:
        """What seals an entry: not the key by which it is found, and made of the same."""
        options = _text(self.options).encode("utf-8", "backslashreplace")
        return hashlib.sha256(b"\0".join((b"entry", options, self.document.data))).digest()

    def key(self, versions: str) -> bytes:
        """What an entry is found by."""
        # values of variables come from a command line, which may hold bytes that are no text
        content = "\0".join(("facts", versions, _text(self.options), self.document.digest))
        return hashlib.sha256(content.encode("utf-8", "backslashreplace")).digest()


class Cache(Struct, frozen=True):
    """The facts of files, in the store; `versions` are those of what makes them."""

    store: BlobStore
    versions: str

    def get_many(
        self, inputs: Sequence[tuple[CompilationInput, IncludeReader]]
    ) -> list[tuple[FileFacts, str] | None]:
        """The facts of files, each if known and if its includes are unchanged.

        Each has its fingerprint: where that is equal, so are the facts.
        """
        keys = [content.key(self.versions) for content, _ in inputs]
        entries = self.store.get(keys)
        return [
            _opened(entries[key], content, reader) if key in entries else None
            for key, (content, reader) in zip(keys, inputs, strict=True)
        ]

    def put(self, content: CompilationInput, entry: str) -> None:
        """Keep an entry."""
        self.store.put({content.key(self.versions): seal(entry, content.seal_key())})


@lru_cache(maxsize=64)  # thousands of files have the same
def _text(options: CompileOptions) -> str:
    return repr(options)


def _opened(
    sealed: bytes, content: CompilationInput, reader: IncludeReader
) -> tuple[FileFacts, str] | None:
    try:
        entry = unseal(sealed, content.seal_key(), ENTRY_BYTES)
        facts, inclusions = load_entry(entry)
    except ValueError:
        return None
    return (facts, fingerprint(entry)) if reader.unchanged(inclusions) else None
