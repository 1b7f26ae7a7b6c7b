"""One scan: what an earlier one kept, where all that it saw is the same, else a fresh one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .reading.existing_paths import existing
from .scan_request import ScanRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .configuring.addresses import DatabaseAddress
    from .configuring.settings import Settings
    from .connecting.stand_in import StandIn
    from .keeping.scan_result import Scan
    from .reading.compilation import Progress


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
    request = ScanRequest(paths, settings, databases, root, progress, stand_in)
    if use_cache:
        from .kept_scanning import kept_scan  # noqa: PLC0415 - what keeps a scan is for those alone who let it

        return kept_scan(request)
    from .fresh_scanning import fresh_scan  # noqa: PLC0415 - what compiles and links is not for what was kept

    return fresh_scan(request, None).scan
