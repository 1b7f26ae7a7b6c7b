"""What is asked of a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .configuring.addresses import DatabaseAddress
    from .configuring.settings import Settings
    from .connecting.stand_in import StandIn
    from .reading.compilation import Progress


class ScanRequest(Struct, frozen=True):
    """What is to be scanned, and how; see `scan`."""

    paths: Sequence[Path]
    settings: Settings
    databases: Sequence[DatabaseAddress] = ()
    root: Path | None = None
    progress: Progress | None = None
    stand_in: StandIn | None = None
