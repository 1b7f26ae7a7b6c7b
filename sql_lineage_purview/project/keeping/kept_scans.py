"""Scans that were done before: what they gave, and what they saw of the file system.

Only what the lineage document and the messages of commands show is kept, in clear, since who has
not the scripts may have these. Scripts that stand in other files are read again by those who ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ...model.file_view import present_view
from ...model.known_databases import KnownDatabases
from ...model.observed_files import observed_by
from ..configuring.addresses import is_address
from ..configuring.catalog_sources import PURVIEW
from ..reading.found import Skipped
from ..reading.row_text import row_text, row_values
from ..storing.file_trace import FileTrace
from .kept_blobs import KeptBlobs, data_in, mark_for, mark_of, text_in
from .kept_graph import MEMBERS, KeptGraph, StoredGraph, packed_rows, rows_of_text
from .kept_texts import TEXT_FORMATS, KeptTexts, text_name
from .latest_state import LatestState
from .scan_result import Scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...model.graph import LineageGraph
    from ..configuring.settings import Settings
    from ..reading.standalone_scripts import Fingerprints
    from ..storing.blob_store import BlobStore

Script = TypeVar("Script")

# A graph, the fingerprints of standalone scripts, and what a later scan is patched from.
PatchedResult: TypeAlias = "tuple[LineageGraph, Fingerprints, bytes]"

_HEADER = "header"
_STANDALONE = "standalone scripts"
_BASIS = "patch basis"
_MOST_CHANGED = 100  # files that are compiled before it is known whether that is of any use


class KeptScans(Struct, frozen=True):
    """The scan of a key, in a store.

    Args:
        store: keeps it.
        key: see `scan_key`.
        read_again: gives the scripts that stand in no file of their own, and those that other
            files hold, as in `Scan`.
        have_facts: have standalone scripts facts of these fingerprints today?
        patched: the scan of today, from the one that was kept, what it is patched from, the
            fingerprints of all its standalone scripts, and the locations of those that have
            changed; None where all have to be linked.
        latest: the latest state, where the scan is of one.
    """

    store: BlobStore
    key: bytes
    read_again: Callable[[], Scan]
    have_facts: Callable[[Fingerprints, Path, BlobStore], bool]
    patched: Callable[[Scan, bytes, Fingerprints, Sequence[str]], PatchedResult | None]
    latest: LatestState | None = None

    def get(self) -> Scan | None:
        """The scan, where all that it saw is the same today, or says the same."""
        try:
            return self._kept(self.key, ()) or self._of_latest_state()
        # all that a text of another form comes to
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            return None

    def _of_latest_state(self) -> Scan | None:
        """The scan of the latest state, where this one says the same."""
        former = self.latest.differing(_MOST_CHANGED) if self.latest else None
        return self._kept(*former) if former else None

    def _kept(self, key: bytes, changed: Sequence[str]) -> Scan | None:
        """The scan of a key, if it holds although some files of a state have changed."""
        header = KeptBlobs(self.store, key).get([_HEADER]).get(_HEADER)
        if header is None:
            return None
        values: dict[str, Any] = row_values(text_in(header))
        mark, blobs = mark_of(header), KeptBlobs(self.store, bytes.fromhex(values["origin"]))
        trace = FileTrace.of_json(values["trace"])
        of_disk = trace.changed_files(_MOST_CHANGED)
        if of_disk is None:
            return None
        if changed or of_disk:
            fingerprints = row_values(text_in(blobs.get([_STANDALONE], mark)[_STANDALONE]))
            former = {path: fingerprints[path] for path in (*changed, *of_disk)}
            if not self._says_the_same(former, trace, Path(values["root"])):
                return self._patched(values, mark, blobs, trace, fingerprints, list(former))
        texts = {name: text_name(name) for name in TEXT_FORMATS}
        members = [name for name in MEMBERS if values["counts"][name]]
        rest = blobs.get([*members, *texts.values()], mark)
        if any(name not in rest for name in members):
            return None
        if trace.is_renewed or key != self.key:
            text = row_text(values | {"trace": trace.to_json()})
            KeptBlobs(self.store, self.key).put(_HEADER, text, mark)
        return self._scan(values, mark, rest, texts)

    def _says_the_same(self, former: Fingerprints, trace: FileTrace, root: Path) -> bool:
        """Have files that have changed the facts that they had? It is noted."""
        newer = FileTrace()
        with observed_by(newer):
            if not self.have_facts(former, root, self.store):
                return False
        trace.take_over(newer)
        return newer.is_repeatable

    def _patched(
        self,
        values: Mapping[str, Any],
        mark: bytes,
        blobs: KeptBlobs,
        trace: FileTrace,
        fingerprints: Fingerprints,
        changed: Sequence[str],
    ) -> Scan | None:
        """The scan of today, made from the one that was kept."""
        members = [name for name in MEMBERS if values["counts"][name]]
        kept = blobs.get([*members, _BASIS], mark)
        if any(name not in kept for name in (*members, _BASIS)):
            return None
        before = self._scan(values, mark, kept, {})
        newer = FileTrace()
        with observed_by(newer):
            result = self.patched(before, data_in(kept[_BASIS]), fingerprints, changed)
        if result is None or not newer.is_repeatable:
            return None
        trace.take_over(newer)
        graph, standalone, basis = result
        return self.put(replace(before, graph=graph), trace, standalone, basis)

    def put(
        self,
        scan: Scan,
        trace: FileTrace,
        standalone: Fingerprints,
        basis: bytes | None = None,
    ) -> Scan:
        """Keep a scan with what it saw; the same scan, which keeps its texts from now on.

        Args:
            scan: what is kept.
            trace: what it saw.
            standalone: the fingerprints of its standalone scripts.
            basis: what a later scan is patched from.
        """
        if not trace.completed():
            return scan
        values = {
            "origin": self.key.hex(),
            "trace": trace.to_json(),
            "root": str(scan.root),
            "skipped": [[entry.path, entry.reason] for entry in scan.skipped],
            "scripts": bool(scan.scripts),
            "embedded": bool(scan.embedded),
            "database": scan.database,
            "known": [scan.known.defined, scan.known.told],
            "counts": {name: scan.graph.count(name) for name in MEMBERS},
        }
        members = [name for name in MEMBERS if scan.graph.count(name)]
        packed = {name: packed_rows(getattr(scan.graph, name)) for name in members}
        digests = values["digests"] = {name: digest for name, (_, digest) in packed.items()}
        header = row_text(values)
        mark = mark_for(header)
        blobs = KeptBlobs(self.store, self.key)
        for name, (packing, _) in packed.items():
            blobs.put_packed(name, packing, mark)
        blobs.put(_STANDALONE, row_text(standalone), mark)
        if basis is not None:
            blobs.put(_BASIS, basis, mark)
        # last, so that who finds it finds the others
        blobs.put(_HEADER, header, mark)
        if self.latest:
            self.latest.put(self.key)
        kept_texts = KeptTexts(self.store.file.parent, self.key, mark, {})
        return replace(scan, graph=StoredGraph.of_graph(scan.graph, digests), texts=kept_texts)

    def _scan(
        self,
        values: Mapping[str, Any],
        mark: bytes,
        blobs: Mapping[str, bytes],
        texts: Mapping[str, str],
    ) -> Scan:
        again, origin = _Once(self.read_again), bytes.fromhex(values["origin"])
        return Scan(
            KeptGraph.of(
                values["counts"],
                lambda member: rows_of_text(member, data_in(blobs[member])),
                values["digests"],
            ),
            Path(values["root"]),
            tuple(Skipped(path, reason) for path, reason in values["skipped"]),
            ScriptsReadAgain(lambda: again().scripts) if values["scripts"] else {},
            ScriptsReadAgain(lambda: again().embedded) if values["embedded"] else {},
            values["database"],
            KeptTexts(
                self.store.file.parent,
                origin,
                mark,
                {name: blobs[blob] for name, blob in texts.items() if blob in blobs},
            ),
            known=KnownDatabases(values["database"], *map(tuple, values["known"])),
        )


def is_kept(settings: Settings) -> bool:
    """May a scan be kept? Not where a database or an account is asked, which may change."""
    sources = [catalog.source for catalog in settings.catalogs]
    return not any(source == PURVIEW or is_address(source) for source in sources)


def scan_key(paths: Sequence[Path], settings: Settings, root: Path | None, versions: str) -> bytes:
    """What a scan is found by: all besides files that decides its result.

    Args:
        paths: what is scanned.
        settings: all of them.
        root: see `scan`.
        versions: those of the tool.
    """
    # a set is written in another order by each process, so its members follow sorted; how many
    # share the work decides nothing
    effective = replace(settings, configured=frozenset(), jobs=0)
    content = (
        "scan",
        versions,
        view.fingerprint if (view := present_view()) else "",
        str(Path.cwd()),
        *(str(path.resolve()) for path in paths),
        str(root and root.resolve()),
        repr(effective),
        *sorted(settings.configured),
    )
    return hashlib.sha256("\0".join(content).encode("utf-8", "backslashreplace")).digest()


class ScriptsReadAgain(Mapping[str, Script]):
    """Scripts by path that are read when somebody asks for one."""

    def __init__(self, read: Callable[[], Mapping[str, Script]]) -> None:
        self._read = read

    def __getitem__(self, path: str) -> Script:
        return self._read()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


class _Once:
    """A function that is called once, when somebody asks for its result first."""

    def __init__(self, function: Callable[[], Scan]) -> None:
        self._function = function
        self._results: list[Scan] = []

    def __call__(self) -> Scan:
        if not self._results:
            self._results.append(self._function())
        return self._results[0]
