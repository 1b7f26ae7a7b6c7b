"""What a scan gives to commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...model.known_databases import KnownDatabases

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ...model.graph import LineageGraph
    from ...pipelines.artefacts.embedded_scripts import EmbeddedScript
    from ..reading.found import Skipped
    from .kept_texts import KeptTexts


class Scan(Struct, frozen=True):
    """The lineage of some folders.

    The paths in `graph` and `skipped` are relative to `root`, the rest as in `Gathered`. `texts`
    are those that were made of the graph before, where it is kept. `known`: the databases of which
    all objects are known.
    """

    graph: LineageGraph
    root: Path
    skipped: tuple[Skipped, ...] = ()
    scripts: Mapping[str, bytes] = field(default_factory=dict)
    embedded: Mapping[str, EmbeddedScript] = field(default_factory=dict)
    database: str | None = None
    texts: KeptTexts | None = None
    known: KnownDatabases = field(default_factory=KnownDatabases)
