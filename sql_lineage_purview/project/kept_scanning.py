"""A scan whose result is kept, or one that was kept, where all that it saw is the same.

Nothing that compiles or links is loaded for a scan that was kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.file_view import present_view, viewed_through
from ..model.observed_files import observed_by
from .keeping.kept_scans import KeptScans, is_kept, scan_key
from .keeping.latest_state import LatestState
from .keeping.scan_result import Scan
from .storing.cache_folder import cache_folder, open_store
from .storing.file_trace import FileTrace
from .storing.tool_versions import tool_versions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..model.file_view import FileView
    from .configuring.settings import Settings
    from .keeping.kept_scans import PatchedResult
    from .reading.standalone_scripts import Fingerprints
    from .scan_request import ScanRequest
    from .storing.blob_store import BlobStore


def kept_scan(request: ScanRequest) -> Scan:
    """See `scan`.

    Raises:
        ProjectError: as of `scan`.
    """
    paths, settings = request.paths, request.settings
    with open_store(cache_folder(paths, settings.base)) as store:
        # what databases hold may change while no file does
        scans = None if request.databases else _kept_scans(store, paths, settings, request.root)
        kept = scans.get() if scans else None
        if kept:
            return kept
        from .fresh_scanning import fresh_scan  # noqa: PLC0415 - see above

        trace = FileTrace() if scans else None
        with observed_by(trace):
            fresh = fresh_scan(request, store)
        if scans is None or trace is None or fresh.standalone is None:
            return fresh.scan
        from .keeping.patch_basis import text_of_basis  # noqa: PLC0415 - see above

        basis = text_of_basis(fresh.basis) if fresh.basis else None
        return scans.put(fresh.scan, trace, fresh.standalone, basis)


def _kept_scans(
    store: BlobStore, paths: Sequence[Path], settings: Settings, root: Path | None
) -> KeptScans | None:
    if not is_kept(settings):
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
        store,
        key,
        lambda: _read_again(paths, settings, root, view),
        _have_facts,
        lambda *before: _patched(*before, settings=settings, store=store),
        latest,
    )


def _have_facts(fingerprints: Fingerprints, root: Path, store: BlobStore) -> bool:
    # what compiles is loaded, and nothing that links
    from .reading.cache import Cache  # noqa: PLC0415 - see above
    from .reading.standalone_scripts import have_facts  # noqa: PLC0415 - see above

    return have_facts(fingerprints, root, Cache(store, tool_versions(store)))


def _patched(
    before: Scan,
    basis: bytes,
    standalone: Fingerprints,
    changed: Sequence[str],
    *,
    settings: Settings,
    store: BlobStore,
) -> PatchedResult | None:
    from .keeping.patch_basis import basis_in, text_of_basis  # noqa: PLC0415 - see above
    from .patched_scanning import ScanState, patched  # noqa: PLC0415 - see above

    state = ScanState(before.graph, basis_in(basis), standalone)
    result = patched(state, changed, before.root, settings, store)
    if result is None:
        return None
    return result.graph, result.standalone, text_of_basis(result.basis)


def _read_again(
    paths: Sequence[Path], settings: Settings, root: Path | None, view: FileView | None
) -> Scan:
    from .fresh_scanning import scripts_read_again  # noqa: PLC0415 - see above

    with viewed_through(view):
        return scripts_read_again(paths, settings, root)
