"""A scan that is done: find the scripts, compile each, link all.

And ask the account, where it is a catalog.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.facts import SourceFile
from ..model.graph import LineageGraph
from ..model.known_databases import KnownDatabases
from ..model.naming import Naming, by_home
from ..tsql import CompileOptions, compile_file
from .configuring.catalog_sources import PURVIEW
from .connecting.stand_in import no_stand_in
from .declaring import with_declared
from .foreign_objects import ProjectScopes, foreign_objects
from .gathering import Gathered, gather, linked, read_again, relinked
from .keeping.kept_findings import KeptFindings
from .keeping.patch_basis import PatchBasis, basis_of
from .keeping.scan_result import Scan
from .reading.compilation import may_succeed_later
from .reading.unread_findings import with_unread
from .storing.tool_versions import tool_versions
from .unmatched_settings import unmatched_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .configuring.settings import Settings
    from .connecting.stand_in import StandIn
    from .reading.standalone_scripts import Fingerprints
    from .scan_request import ScanRequest
    from .storing.blob_store import BlobStore


class FreshScan(Struct, frozen=True):
    """A scan that is done, and what it is to be kept with.

    `standalone`: the fingerprints of its standalone scripts. None: it could be another the next
    time, though all files are the same, since one could not be read, or the tool failed on a
    statement. Where there is no file, nothing is worth keeping. `basis`: what a later scan is
    patched from.
    """

    scan: Scan
    standalone: Fingerprints | None = None
    basis: PatchBasis | None = None


def fresh_scan(request: ScanRequest, store: BlobStore | None) -> FreshScan:
    """The scan.

    Raises:
        ProjectError: as of `scan`.
    """
    gathered = gather(
        request.paths,
        request.settings,
        databases=request.databases,
        root=request.root,
        store=store,
        progress=request.progress,
    )
    kept = None
    # what an account tells may be another thing the next time, though no file has changed
    if store and not any(catalog.source == PURVIEW for catalog in request.settings.catalogs):
        kept = KeptFindings(store, gathered.root, tool_versions(store))
    result, basis = _linked_scan(gathered, request.settings, request.stand_in or no_stand_in, kept)
    is_complete = bool(gathered.sources) and not (
        any(may_succeed_later(source.facts) for source in gathered.sources)
        or any(diagnostic.rule.may_succeed_later for diagnostic in result.graph.diagnostics)
    )
    return FreshScan(result, gathered.standalone if is_complete else None, basis)


def scripts_read_again(paths: Sequence[Path], settings: Settings, root: Path | None) -> Scan:
    """The scripts of a scan that stand in no file of their own or in other files, and no more.

    Args:
        paths: folders and files.
        settings: see `load_settings`.
        root: see `scan`.
    """
    gathered = read_again(paths, settings, root)
    return Scan(LineageGraph(), gathered.root, (), gathered.scripts, gathered.embedded)


def scan_of(
    gathered: Gathered,
    settings: Settings,
    stand_in: StandIn = no_stand_in,
    kept: KeptFindings | None = None,
) -> Scan:
    """Link what was gathered; see `scan`.

    Args:
        gathered: the facts.
        settings: see `load_settings`.
        stand_in: opens what stands in for the account.
        kept: what an earlier scan has found; None where no later one is to use it.
    """
    return _linked_scan(gathered, settings, stand_in, kept)[0]


def _linked_scan(
    gathered: Gathered, settings: Settings, stand_in: StandIn, kept: KeptFindings | None
) -> tuple[Scan, PatchBasis | None]:
    sources: Sequence[SourceFile] = gathered.sources
    again = relinked(sources, settings, gathered.aliases, kept) if kept else None
    graph = again.graph if again else linked(sources, settings, gathered.aliases)
    if any(catalog.source == PURVIEW for catalog in settings.catalogs):
        # The first graph says of which tables nobody tells the columns; only these are asked for.
        purview_sources = _told_by_purview(graph, settings, gathered.database, stand_in)
        sources = [*purview_sources, *sources]
        graph = linked(sources, settings, gathered.aliases) if purview_sources else graph
    naming = Naming(settings.default_schema, settings.case_sensitive, by_home(gathered.aliases))
    graph = with_declared(
        graph, sources, settings.lineage, gathered.root, naming, settings.database
    )
    scopes = ProjectScopes.of(gathered.projects)
    findings = [
        *gathered.findings,
        *foreign_objects(graph, scopes),
        *unmatched_names(settings, graph, gathered),
    ]
    if findings:
        graph = replace(
            graph,
            diagnostics=tuple(
                sorted((*graph.diagnostics, *findings), key=lambda diagnostic: diagnostic.order)
            ),
        )
    graph = with_unread(graph, gathered.unread)
    basis = basis_of(again, graph, kept, scopes, gathered.dependent) if again and kept else None
    scan = Scan(
        graph,
        gathered.root,
        gathered.skipped,
        gathered.scripts,
        gathered.embedded,
        gathered.database,
        known=_known_databases(gathered, sources),
    )
    return scan, basis


def _known_databases(gathered: Gathered, sources: Sequence[SourceFile]) -> KnownDatabases:
    """A project or package defines all of its database, and a catalog tells all of its tables."""
    projects = gathered.projects
    of_projects: set[str] = set()
    if projects:
        for project in projects.projects:
            of_projects.update(projects.databases_of(project))
    of_packages = {
        source.database or ""
        for source in gathered.sources
        if not source.reference and ".dacpac/" in source.path.lower()
    }
    told = {source.database or gathered.database or "" for source in sources if source.reference}
    return KnownDatabases(
        gathered.database,
        tuple(sorted({name.lower() for name in of_projects | of_packages})),
        tuple(sorted({name.lower() for name in told})),
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
