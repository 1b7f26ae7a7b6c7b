"""The state of a repository that was scanned last: most states differ from it in a few files.

A commit, and what the next one would have, are states of their own, of which each has a scan.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from msgspec import Struct

from .kept_blobs import KeptBlobs, mark_for, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..storing.blob_store import BlobStore

_MARK = mark_for("latest state")
_NAME = "latest state"


class LatestState(Struct, frozen=True):
    """The state of a repository that was scanned last with some settings.

    Args:
        store: keeps it.
        key: what the settings are found by.
        listing: see `FileView`: that of the state of today.
    """

    store: BlobStore
    key: bytes
    listing: Mapping[str, str]

    def differing(self, most: int) -> tuple[bytes, list[str]] | None:
        """The key of its scan, and the files that hold something else today.

        None: there is none, more than `most` do, or something else has changed than what files
        hold.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: it is damaged.
        """
        blob = self._blobs.get([_NAME]).get(_NAME)
        if blob is None:
            return None
        values = json.loads(text_in(blob))
        former = values["listing"]
        if former.keys() != self.listing.keys():
            return None
        differing = [path for path, content in self.listing.items() if former[path] != content]
        if len(differing) > most or any(
            _mode(former[path]) != _mode(self.listing[path]) for path in differing
        ):
            return None
        return bytes.fromhex(values["scan"]), differing

    def put(self, scan_key: bytes) -> None:
        """The state of today was scanned last; its scan is found by this key."""
        values = {"scan": scan_key.hex(), "listing": dict(self.listing)}
        self._blobs.put(_NAME, json.dumps(values), _MARK)

    @property
    def _blobs(self) -> KeptBlobs:
        return KeptBlobs(self.store, hashlib.sha256(self.key + _MARK).digest())


def _mode(content: str) -> str:
    return content.partition(" ")[0]
