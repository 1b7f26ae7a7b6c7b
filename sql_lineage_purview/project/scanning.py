"""One scan: what an earlier one kept, where all that it saw is the same, else a fresh one.

Nothing that compiles or links is loaded for a scan that was kept.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from ..model.file_view import present_view, viewed_through
from ..model.observed_files import observed_by
from .keeping.kept_scans import KeptScans, is_kept, scan_key
from .keeping.latest_state import LatestState
from .keeping.scan_result import Scan
from .reading.existing_paths import existing
from .storing.cache_folder import cache_folder, open_store
from .storing.file_trace import FileTrace
from .storing.tool_versions import tool_versions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..model.file_view import FileView
    from .configuring.addresses import DatabaseAddress
    from .configuring.settings import Settings
    from .connecting.stand_in import StandIn
    from .reading.compilation import Progress
    from .reading.standalone_scripts import Fingerprints
    from .storing.blob_store import BlobStore


def scan(
    paths: Sequence[Path],
    settings: Settings,
    *,
    databases: Sequence[DatabaseAddress] = (),
    root: Path | None = None,
    use_cache: bool = True,
    progress: Progress | None = None,
    stand_in: StandIn | None = None,
) -> Scan:
    """Read all scripts of folders and files, and link them to one graph.

    Equal input gives an equal graph, whatever the number of processes and the state of the cache.
    What cannot be read or understood is a diagnostic of the graph; it never stops the rest.

    Args:
        paths: folders and files.
        settings: see `load_settings`.
        databases: live databases whose modules are scanned too; of a definition here and one in the
            paths, the latter counts.
        root: what all paths are shown relative to, where they lie below it; see `discover`.
        use_cache: keep facts beside the configuration file, or else in the first path's folder, and
            use those kept there.
        progress: is told how many files are done, and of how many.
        stand_in: opens what stands in for the account, where that is a catalog and its endpoint the
            emulator.

    Raises:
        ProjectError: a path does not exist, a database does not answer, a catalog cannot be read,
            or a setting cannot be used.
    """
    for path in paths:
        existing(path)
    with open_store(cache_folder(paths, settings.base)) if use_cache else nullcontext() as store:
        # what databases hold may change while no file does
        scans = None if databases else _kept_scans(store, paths, settings, root)
        kept = scans.get() if scans else None
        if kept:
            return kept
        from .fresh_scanning import ScanRequest, fresh_scan  # noqa: PLC0415 - see above

        request = ScanRequest(paths, settings, databases, root, progress, stand_in)
        trace = FileTrace() if scans else None
        with observed_by(trace):
            result, standalone = fresh_scan(request, store)
        if scans is None or trace is None or standalone is None:
            return result
        return scans.put(result, trace, standalone)


def _kept_scans(
    store: BlobStore | None, paths: Sequence[Path], settings: Settings, root: Path | None
) -> KeptScans | None:
    if store is None or not is_kept(settings):
        return None
    try:
        view, versions = present_view(), tool_versions(store)
        key = scan_key(paths, settings, root, versions)
        with viewed_through(None):
            key_of_disk = scan_key(paths, settings, root, versions)
    except (OSError, RuntimeError, ValueError):  # a path that a scan says more of
        return None
    latest = LatestState(store, key_of_disk, view.listing) if view else None
    return KeptScans(
        store, key, lambda: _read_again(paths, settings, root, view), _have_facts, latest
    )


def _have_facts(fingerprints: Fingerprints, root: Path, store: BlobStore) -> bool:
    # what compiles is loaded, and nothing that links
    from .reading.cache import Cache  # noqa: PLC0415 - see above
    from .reading.standalone_scripts import have_facts  # noqa: PLC0415 - see above

    return have_facts(fingerprints, root, Cache(store, tool_versions(store)))


def _read_again(
    paths: Sequence[Path], settings: Settings, root: Path | None, view: FileView | None
) -> Scan:
    from .fresh_scanning import scripts_read_again  # noqa: PLC0415 - see above

    with viewed_through(view):
        return scripts_read_again(paths, settings, root)
