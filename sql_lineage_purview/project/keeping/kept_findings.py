"""What linking a scan has found, kept in the store for the next time.

One blob says of which files what was found, and what was known of each object; the findings are
in others, some in each. Which are together is told by their keys, so that those around one that has
changed are where they were. What is damaged or gone is found anew.
"""

from __future__ import annotations

import hashlib
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from ...linker.reuse.kept_links import KeptLinks, LinkedFile
from ...model.file_view import present_view
from ..reading.row_text import row_text, row_values
from .findings_codec import findings_of, joined, key_of, stored_in, text_of
from .kept_blobs import KeptBlobs, data_in, mark_for, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ...linker.context.findings import Findings
    from ...linker.patching.patch_source import Opened
    from ..storing.blob_store import BlobStore

_MARK = mark_for("findings")
_PARTS_IN_CHUNK = 32  # on average
_OF_DISK, _OF_STATE = "index of the disk", "index of a state"


class KeptFindings(Struct):
    """The findings of the scans of a folder, in the store.

    Args:
        store: holds them.
        root: the folder.
        versions: of all that links; what another version has found is nothing.
        chunks: the keys of the findings that are in the store, those of each blob together.
    """

    store: BlobStore
    root: Path
    versions: str
    chunks: Sequence[Sequence[str]] = ()
    _keys: dict[Findings, str] = field(default_factory=dict)
    _texts: dict[str, bytes] = field(default_factory=dict)  # of those that are new, by key
    _chunks: set[str] = field(default_factory=set)
    _index: str = ""

    def load(self) -> KeptLinks:
        """What was kept; nothing where it cannot be read."""
        try:
            return self._loaded()
        # All that a text of another form comes to. The keys go too: they may name blobs that are
        # damaged, which would not be written again.
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            self._keys.clear()
            self._chunks.clear()
            return KeptLinks()

    def _loaded(self) -> KeptLinks:
        blobs = self._blobs.get([_OF_DISK, _OF_STATE])
        if not blobs:
            return KeptLinks()
        own = blobs.get(self._index_name)
        # Most files of a state are those of the disk: what has been found of one serves the other.
        text = text_in(own or next(iter(blobs.values())))
        self._index = text if own else ""
        index = row_values(text)
        parts = self._parts(index["chunks"])
        files = {
            (path, database): LinkedFile(fingerprint, parts[number])
            for path, database, fingerprint, number in index["files"]
        }
        columns = {
            (key, path): (None if names is None else tuple(names), parts[number])
            for key, path, names, number in index["columns"]
        }
        return KeptLinks(
            index["circumstances"],
            index["answers"],
            files,
            columns,
            index["spent"],
            tuple(index["size"]),
        )

    def _parts(self, chunks: list[list[str]]) -> list[Findings]:
        """Findings by chunks of their keys; those that are part of others stand before these."""
        names = [_chunk_name(keys) for keys in chunks]
        blobs = self._blobs.get(names)
        parts: dict[str, Findings] = {}
        for name, keys in zip(names, chunks, strict=True):
            for key, stored in zip(keys, stored_in(data_in(blobs[name])), strict=True):
                parts[key] = findings_of(stored, parts.__getitem__)
        self._keys.update((findings, key) for key, findings in parts.items())
        self._chunks.update(names)
        return list(parts.values())

    def keep(self, links: KeptLinks) -> None:
        """Keep what a linking has found, in place of what was kept before."""
        of_files = (linked.findings for linked in links.files.values())
        of_columns = (findings for _, findings in links.columns.values())
        parts: dict[str, Findings] = {}
        chunks: list[list[str]] = []
        for chunk in _chunks(self._by_key(chain(of_files, of_columns), parts)):
            chunks.append(chunk)
            self._put(chunk, parts)
        self.chunks = chunks
        numbers = {key: number for number, key in enumerate(parts)}
        files = [
            [*place, linked.fingerprint, numbers[self._keys[linked.findings]]]
            for place, linked in links.files.items()
        ]
        index: dict[str, Any] = {
            "circumstances": links.circumstances,
            "answers": dict(links.answers),
            "files": files,
            "columns": [
                [*place, names, numbers[self._keys[findings]]]
                for place, (names, findings) in links.columns.items()
            ],
            "chunks": chunks,
            "spent": links.spent,
            "size": links.size,
        }
        index_text = row_text(index)
        # Most scans find what was found before; and of a folder without files nothing need be
        # kept.
        if index_text != self._index and (files or self._index):
            self._blobs.put(self._index_name, index_text, _MARK)

    def _by_key(self, found: Iterable[Findings], parts: dict[str, Findings]) -> Iterator[str]:
        """The keys of findings, each as soon as its text is known; `parts` are those so far."""
        for findings in _inner_first(found):
            if (key := self.key(findings)) not in parts:
                parts[key] = findings
                yield key

    def _put(self, chunk: Sequence[str], parts: Mapping[str, Findings]) -> None:
        """Keep the findings of a chunk, unless they are; their texts are given up."""
        new = [self._texts.pop(key, None) for key in chunk]
        if (name := _chunk_name(chunk)) not in self._chunks:
            keyed = zip(chunk, new, strict=True)
            texts = [text or text_of(parts[key], self._keys) for key, text in keyed]
            self._blobs.put(name, joined(texts), _MARK)

    def key(self, findings: Findings) -> str:
        """What findings are found by; with those that are part of them they get one."""
        if findings not in self._keys:
            for part in _inner_first([findings]):
                if part not in self._keys:
                    text = text_of(part, self._keys)
                    self._keys[part] = key = key_of(text)
                    self._texts[key] = text
        return self._keys[findings]

    def add(self, keys: Sequence[str]) -> None:
        """Keep those of some findings that have got their keys here, beside all others."""
        stored = {key for chunk in self.chunks for key in chunk}
        new = [key for key in keys if key in self._texts and key not in stored]
        if new:
            self._blobs.put(_chunk_name(new), joined([self._texts[key] for key in new]), _MARK)
            self.chunks = [*self.chunks, new]

    def opened(self, keys: Iterable[str]) -> dict[str, Opened]:
        """Findings of `chunks` by their keys.

        Raises:
            KeyError, ValueError: they are gone or damaged.
        """
        wanted = set(keys)
        chunks = {
            _chunk_name(chunk): chunk for chunk in self.chunks if not wanted.isdisjoint(chunk)
        }
        blobs = self._blobs.get(chunks)
        opened: dict[str, Opened] = {}
        for name, chunk in chunks.items():
            for key, stored in zip(chunk, stored_in(data_in(blobs[name])), strict=True):
                if key in wanted:
                    opened[key] = partial(findings_of, stored)
        return opened

    @property
    def _index_name(self) -> str:
        # that of a state of a repository beside that of the disk: both are asked for again and
        # again, and neither is to be run anew for what the other has in another way
        return _OF_STATE if present_view() else _OF_DISK

    @property
    def _blobs(self) -> KeptBlobs:
        content = "\0".join(("findings", self.versions, str(self.root)))
        key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()
        return KeptBlobs(self.store, key)


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Keys in their order, parted behind those that end in certain digits."""
    chunk: list[str] = []
    for key in keys:
        chunk.append(key)
        if int(key[-2:], 16) % _PARTS_IN_CHUNK == 0:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _chunk_name(keys: Sequence[str]) -> str:
    return key_of("".join(keys).encode())


def _inner_first(found: Iterable[Findings]) -> Iterable[Findings]:
    """Findings, and all that is part of them, each once and behind all of its own parts."""
    done: dict[Findings, None] = {}
    for findings in found:
        # No recursion: procedures call one another more deeply than Python goes.
        waiting = [(findings, False)]
        while waiting:
            part, entered = waiting.pop()
            if entered:
                done[part] = None
            elif part not in done:
                waiting.append((part, True))
                waiting += [(inner, False) for inner in part.inner()]
    return done
