"""One scan: find the scripts, compile each, link all.

And ask the account, where it is a catalog.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.facts import SourceFile
from ..model.naming import Naming, by_home
from ..tsql import CompileOptions, compile_file
from .configuring.catalog_sources import PURVIEW
from .connecting.stand_in import no_stand_in
from .declaring import with_declared
from .foreign_objects import foreign_objects
from .gathering import Gathered, gather, linked
from .reading.unread_findings import with_unread
from .storing.cache_folder import cache_folder, open_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..model.graph import LineageGraph
    from ..pipelines import EmbeddedScript
    from .configuring.addresses import DatabaseAddress
    from .configuring.settings import Settings
    from .connecting.stand_in import StandIn
    from .reading.compilation import Progress
    from .reading.found import Skipped


@dataclass(frozen=True, slots=True)
class Scan:
    """The lineage of some folders.

    The paths in `graph` and `skipped` are relative to `root`, the rest as in `Gathered`.
    """

    graph: LineageGraph
    root: Path
    skipped: tuple[Skipped, ...] = ()
    scripts: Mapping[str, bytes] = field(default_factory=dict)
    embedded: Mapping[str, EmbeddedScript] = field(default_factory=dict)
    database: str | None = None


def scan(
    paths: Sequence[Path],
    settings: Settings,
    *,
    databases: Sequence[DatabaseAddress] = (),
    root: Path | None = None,
    use_cache: bool = True,
    progress: Progress | None = None,
    stand_in: StandIn = no_stand_in,
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
    with open_store(cache_folder(paths, settings.base)) if use_cache else nullcontext() as store:
        gathered = gather(
            paths, settings, databases=databases, root=root, store=store, progress=progress
        )
    return scan_of(gathered, settings, stand_in)


def scan_of(gathered: Gathered, settings: Settings, stand_in: StandIn = no_stand_in) -> Scan:
    """Link what was gathered; see `scan`."""
    sources: Sequence[SourceFile] = gathered.sources
    graph = linked(sources, settings, gathered.aliases)
    if any(catalog.source == PURVIEW for catalog in settings.catalogs):
        purview_sources = _told_by_purview(graph, settings, gathered.database, stand_in)
        sources = [*purview_sources, *sources]
        graph = linked(sources, settings, gathered.aliases) if purview_sources else graph
    naming = Naming(settings.default_schema, settings.case_sensitive, by_home(gathered.aliases))
    graph = with_declared(
        graph, sources, settings.lineage, gathered.root, naming, settings.database
    )
    findings = [
        *gathered.findings,
        *(foreign_objects(graph, gathered.projects) if gathered.projects else ()),
    ]
    if findings:
        graph = replace(
            graph,
            diagnostics=tuple(
                sorted((*graph.diagnostics, *findings), key=lambda diagnostic: diagnostic.order)
            ),
        )
    graph = with_unread(graph, gathered.unread)
    return Scan(
        graph,
        gathered.root,
        gathered.skipped,
        gathered.scripts,
        gathered.embedded,
        gathered.database,
    )


def _told_by_purview(
    graph: LineageGraph, settings: Settings, database: str | None, stand_in: StandIn
) -> list[SourceFile]:
    """What the account knows of the tables that nothing else tells the columns of."""
    from .connecting.purview_schemas import purview_schemas  # noqa: PLC0415 - the network is for those alone who ask it

    files: list[SourceFile] = []
    for schema in purview_schemas(graph, settings, database, stand_in):
        facts = compile_file(schema.definitions().encode(), CompileOptions(), _no_file)
        files.append(SourceFile(PURVIEW, facts, schema.name, reference=True))
    return files


def _no_file(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)
