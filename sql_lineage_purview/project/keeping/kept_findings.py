"""What linking a scan has found, kept in the store for the next time.

One blob says of which files what was found, and what was known of each object; the findings are
blobs of their own. What is damaged or gone is found anew.
"""

from __future__ import annotations

import hashlib
import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from ...linker.reuse.kept_links import KeptLinks, LinkedFile
from ...model.file_view import present_view
from .findings_codec import findings_of, key_of, text_of
from .kept_blobs import KeptBlobs, mark_for, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ...linker.context.findings import Findings
    from ..storing.blob_store import BlobStore

_MARK = mark_for("findings")
_OF_DISK, _OF_STATE = "index of the disk", "index of a state"


class KeptFindings(Struct):
    """The findings of the scans of a folder, in the store.

    Args:
        store: holds them.
        root: the folder.
        versions: of all that links; what another version has found is nothing.
    """

    store: BlobStore
    root: Path
    versions: str
    _keys: dict[Findings, str] = field(default_factory=dict)
    _index: str = ""

    def load(self) -> KeptLinks:
        """What was kept; nothing where it cannot be read."""
        try:
            return self._loaded()
        # All that a text of another form comes to. The keys go too: they may name blobs that are
        # damaged, which would not be written again.
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            self._keys.clear()
            return KeptLinks()

    def _loaded(self) -> KeptLinks:
        blobs = self._blobs.get([_OF_DISK, _OF_STATE])
        if not blobs:
            return KeptLinks()
        own = blobs.get(self._index_name)
        # Most files of a state are those of the disk: what has been found of one serves the other.
        text = text_in(own or next(iter(blobs.values())))
        self._index = text if own else ""
        index = json.loads(text)
        parts = self._parts(index["parts"])
        files = {
            (path, database): LinkedFile(fingerprint, parts[key])
            for path, database, fingerprint, key in index["files"]
        }
        columns = {
            (key, path): (None if names is None else tuple(names), parts[part])
            for key, path, names, part in index["columns"]
        }
        return KeptLinks(index["circumstances"], index["answers"], files, columns, index["spent"])

    def _parts(self, keys: list[str]) -> dict[str, Findings]:
        """Findings by their keys; those that are part of others stand before these."""
        blobs = self._blobs.get(keys)
        parts: dict[str, Findings] = {}
        for key in keys:
            parts[key] = findings_of(text_in(blobs[key]), parts.__getitem__)
            self._keys[parts[key]] = key
        return parts

    def keep(self, links: KeptLinks) -> None:
        """Keep what a linking has found, in place of what was kept before."""
        of_files = (linked.findings for linked in links.files.values())
        of_columns = (findings for _, findings in links.columns.values())
        parts = list(_inner_first(chain(of_files, of_columns)))
        for findings in parts:
            if findings not in self._keys:
                text = text_of(findings, self._keys)
                self._keys[findings] = key = key_of(text)
                self._blobs.put(key, text, _MARK)
        files = [
            [*place, linked.fingerprint, self._keys[linked.findings]]
            for place, linked in links.files.items()
        ]
        index: dict[str, Any] = {
            "circumstances": links.circumstances,
            "answers": dict(links.answers),
            "files": files,
            "columns": [
                [*place, names, self._keys[findings]]
                for place, (names, findings) in links.columns.items()
            ],
            "parts": list(dict.fromkeys(self._keys[findings] for findings in parts)),
            "spent": links.spent,
        }
        text = json.dumps(index, separators=(",", ":"))
        # Most scans find what was found before; and of a folder without files nothing need be
        # kept.
        if text != self._index and (files or self._index):
            self._blobs.put(self._index_name, text, _MARK)

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
