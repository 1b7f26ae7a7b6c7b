"""The blobs of one kept scan: packed, and each marked with the scan that it belongs to.

A scan that takes the place of an earlier one writes over its blobs, so that of two processes at
once a reader might get blobs of both; the mark tells them apart.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.limits import ENTRY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..storing.blob_store import BlobStore

_MARK_BYTES = 16
_QUICKLY = 1


class Packing:
    """Packs a text piece by piece, so that it is never in memory as a whole."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(_QUICKLY)
        self._packed: list[bytes] = []

    def add(self, piece: str | bytes) -> None:
        """Pack a piece of the text, or bytes."""
        # half a character, as of NCHAR(0xD800), comes back as it is
        data = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")
        self._packed.append(self._packer.compress(data))

    def data(self) -> bytes:
        """All of it, behind the last piece."""
        return b"".join((*self._packed, self._packer.flush()))


class KeptBlobs(Struct, frozen=True):
    """Blobs by name, below the key of a scan."""

    store: BlobStore
    key: bytes

    def get(self, names: Iterable[str], mark: bytes = b"") -> dict[str, bytes]:
        """Some blobs as they are kept; with a mark those alone that have it."""
        keys = {self._key(name): name for name in names}
        blobs = self.store.get(keys)
        return {keys[key]: blob for key, blob in blobs.items() if blob.startswith(mark)}

    def put(self, name: str, text: str | bytes, mark: bytes) -> None:
        """Keep a text, or bytes."""
        packing = Packing()
        packing.add(text)
        self.put_packed(name, packing, mark)

    def put_packed(self, name: str, packing: Packing, mark: bytes) -> None:
        """Keep what was packed."""
        self.store.put({self._key(name): mark + packing.data()})

    def _key(self, name: str) -> bytes:
        return hashlib.sha256(self.key + name.encode()).digest()


def mark_of(blob: bytes) -> bytes:
    """The mark of a blob."""
    return blob[:_MARK_BYTES]


def mark_for(text: str) -> bytes:
    """A mark for the blobs of a scan, by a text that tells it from others."""
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=_MARK_BYTES).digest()


def text_in(blob: bytes) -> str:
    """The text of a blob.

    Raises:
        ValueError: it is none, or longer than a text may be.
    """
    return data_in(blob).decode("utf-8", "surrogatepass")


def data_in(blob: bytes) -> bytes:
    """The bytes of a blob.

    Raises:
        ValueError: it is none, or longer than a text may be.
    """
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(blob[_MARK_BYTES:], ENTRY_BYTES)
    except zlib.error as error:
        raise ValueError("no text") from error
    if not unpacking.eof:
        raise ValueError("longer than a text may be")
    return data
