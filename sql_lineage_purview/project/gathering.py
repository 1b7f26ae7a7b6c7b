"""What a scan links: the facts of its scripts and catalogs, and the graph that they make.

Nothing here asks the account.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from ..catalog.ddl import read_definitions
from ..linker import LinkOptions, Relinked, link, relink
from ..model.diagnostics import Diagnostic, Span
from ..model.facts import FileFacts, SourceFile
from ..model.naming import Naming
from ..model.observed_files import probe
from ..model.opening import is_file, true_path
from ..model.unread import Unread, UnreadKind, rows_of
from ..tsql import StringCompiler
from .configuring.database_patterns import database_rows
from .configuring.temporary_tables import session_databases
from .keeping.kept_findings import KeptFindings
from .keeping.kept_strings import KeptStrings
from .reading.cache import Cache, dump_entry
from .reading.cache import fingerprint as fingerprint_of
from .reading.compilation import Progress, ScriptCompiler
from .reading.exclusion import Exclusion
from .reading.file_discovery import FileDiscovery, discover
from .reading.found import FoundFile, shown
from .reading.mixed_folders import mixed_folders
from .reading.project_databases import ProjectDatabases
from .reading.scan_databases import ScanDatabases, databases_in
from .reading.schemas import live_scripts, package_references, references_of
from .reading.scripts import scripts_of
from .reading.standalone_scripts import (
    DependentScript,
    Fingerprints,
    dependent_scripts,
    fingerprints_of,
    silent,
)
from .storing.tool_versions import tool_versions
from .unmatched_settings import unmatched_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..model.graph import LineageGraph
    from ..model.naming import DatabaseAlias
    from ..pipelines.artefacts.embedded_scripts import EmbeddedScript
    from ..pipelines.statements.copy_statements import CopyStatements
    from .configuring.addresses import DatabaseAddress
    from .configuring.settings import Settings
    from .reading.found import Skipped
    from .reading.schemas import Reference
    from .reading.unread_search import Met
    from .storing.blob_store import BlobStore


class Gathered(Struct, frozen=True):
    """The facts of all files, those of catalogs first; paths are relative to `root`.

    `scripts` are the texts that stand in no file of their own, by path: of packages, snapshots and
    live databases. `embedded` are the scripts that files hold which are none themselves. `unread`
    is what moves data and is not followed. `database` is the one that names leave out, `aliases`
    are what scripts call databases by other names than their own, and `findings` what is to be said
    of the databases. `tops` are what was named to be scanned. `standalone` are the fingerprints of
    standalone scripts, and `dependent` are the other ones, where facts are kept.
    """

    sources: tuple[SourceFile, ...]
    root: Path
    skipped: tuple[Skipped, ...] = ()
    scripts: Mapping[str, bytes] = field(default_factory=dict)
    embedded: Mapping[str, EmbeddedScript] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    database: str | None = None
    aliases: tuple[DatabaseAlias, ...] = ()
    projects: ProjectDatabases | None = None
    findings: tuple[Diagnostic, ...] = ()
    tops: tuple[Path, ...] = ()
    standalone: Fingerprints = field(default_factory=dict)
    dependent: tuple[DependentScript, ...] = ()


class ScanInputs(Struct, frozen=True):
    """The scripts of a scan before they are compiled, and what tells of other objects."""

    discovery: FileDiscovery
    projects: ProjectDatabases
    files: tuple[FoundFile, ...]
    references: tuple[Reference, ...]

    @property
    def to_compile(self) -> list[FoundFile]:
        """All that facts are made of: the scripts of `references`, then `files`."""
        return [*(reference.script for reference in self.references), *self.files]


def gather(
    paths: Sequence[Path],
    settings: Settings,
    *,
    databases: Sequence[DatabaseAddress] = (),
    root: Path | None = None,
    store: BlobStore | None = None,
    progress: Progress | None = None,
) -> Gathered:
    """Find and compile all scripts; see `scan`.

    Args:
        paths: folders and files.
        settings: see `load_settings`.
        databases: live databases whose modules are compiled too.
        root: what all paths are relative to; None: what the paths have in common.
        store: keeps the facts of files; None compiles each anew.
        progress: is told how many files are done, and of how many.
    """
    inputs = find_inputs(paths, settings, databases=databases, root=root)
    discovery = inputs.discovery
    cache = Cache(store, tool_versions(store)) if store else None
    compiler = ScriptCompiler(
        discovery.root, settings.jobs, cache, progress or silent, discovery.opened
    )
    compiled = compiler.compile(inputs.to_compile)
    if cache is None:
        return gathered(inputs, compiled, settings)
    files = inputs.to_compile
    standalone = fingerprints_of(files, compiler)
    return replace(
        gathered(inputs, compiled, settings, compiler.fingerprints),
        standalone=standalone,
        dependent=dependent_scripts(files, compiler, standalone),
    )


def gather_texts(texts: Mapping[str, bytes], settings: Settings) -> Gathered:
    """The facts of scripts that stand in no file; nothing is kept of them.

    Args:
        texts: the scripts, by the paths that stand for them.
        settings: see `load_settings`; catalogs tell of objects as in any scan.
    """
    base, database_of = settings.folder.resolve(), settings.script_databases.of
    # an empty folder, so that a text brings in no file of whoever runs this
    with TemporaryDirectory(prefix="sql-lineage-purview-") as name:
        root = Path(name).resolve()
        inputs = replace(
            find_inputs([], settings, root=root),
            files=tuple(
                FoundFile(path, root / path, database_of(base / path), settings.variables, text)
                for path, text in sorted(texts.items())
            ),
        )
        compiler = ScriptCompiler(root, 1, None, silent, inputs.discovery.opened)
        return gathered(inputs, compiler.compile(inputs.to_compile), settings)


def find_inputs(
    paths: Sequence[Path],
    settings: Settings,
    *,
    databases: Sequence[DatabaseAddress] = (),
    root: Path | None = None,
) -> ScanInputs:
    """Find all scripts, and compile none.

    Args:
        paths: folders and files.
        settings: see `load_settings`.
        databases: live databases whose modules count too.
        root: what all paths are relative to; None: what the paths have in common.
    """
    configured, variables = settings.script_databases, settings.variables
    discovery = _discovered(paths, settings, root)
    projects = ProjectDatabases(discovery.projects, configured, settings.databases, variables)
    files = [
        *live_scripts(databases, settings.purview),
        *scripts_of(discovery, projects, configured, variables),
    ]
    references = [
        *_packages(projects, discovery, variables),
        *references_of(settings.catalogs, settings.purview, configured, variables),
    ]
    return ScanInputs(discovery, projects, tuple(files), tuple(references))


def gathered(
    inputs: ScanInputs,
    compiled: Sequence[FileFacts],
    settings: Settings,
    fingerprints: Mapping[int, str] | None = None,
) -> Gathered:
    """Bring together what was found, and what it was compiled to.

    Args:
        inputs: what was found.
        compiled: the facts of `inputs.to_compile`.
        settings: see `load_settings`.
        fingerprints: by the numbers of these, what tells the facts from others, where the files
            are to have such.
    """
    discovery, projects = inputs.discovery, inputs.projects
    files, references = inputs.files, inputs.references
    configured = settings.script_databases
    facts = compiled[len(references) :]
    prints = _fingerprints(compiled, fingerprints)
    named = ScanDatabases.of(files, facts, projects, configured)
    sources = [
        SourceFile(reference.script.path, fact, database, reference=True, fingerprint=fingerprint)
        # Those of references come first in `compiled`, and there are more: no strict zip.
        for reference, fact, fingerprint in zip(references, compiled, prints, strict=False)
        for database in reference.databases
    ]
    copies = _copy_statements(discovery, files, settings)
    scripts = list(zip(files, facts, strict=True))
    lost: list[Met] = [(fact.unread, file.location, 1) for file, fact in scripts if fact.unread]
    for (file, fact), fingerprint in zip(scripts, prints[len(references) :], strict=True):
        if not fact.unread:
            whole, lost_copies = (
                copies.added(file.location, file.embedded, fact) if copies else (fact, 0)
            )
            database = named.database_of(file)
            sources.append(SourceFile(file.path, whole, database, fingerprint=fingerprint))
            # The copies hang on the files of the workspace too, which the fingerprint of the
            # script says nothing of.
            if fingerprint and whole is not fact:
                sources[-1] = _printed_anew(sources[-1])
            lost += [(UnreadKind.COPY_ACTIVITY, file.location, lost_copies)] if lost_copies else []
    return Gathered(
        tuple(sources),
        discovery.root,
        discovery.skipped,
        _scripts_by_path(files),
        _embedded_by_path(files),
        _unread(discovery, lost),
        named.alone,
        named.aliases,
        projects,
        (
            *mixed_folders(
                _loose(scripts, named), discovery.root, _naming(settings), settings.base
            ),
            *_namesakes(projects, discovery.root),
            *unmatched_folders(
                settings, discovery.root, discovery.tops, [file.location for file in files]
            ),
        ),
        discovery.tops,
    )


def _printed_anew(file: SourceFile) -> SourceFile:
    """A file whose facts are not those that its script was compiled to."""
    return replace(file, fingerprint=fingerprint_of(dump_entry(file.facts, [])))


def _fingerprints(
    compiled: Sequence[FileFacts], fingerprints: Mapping[int, str] | None
) -> list[str]:
    """The fingerprints of facts; of those that are not kept, and so have none, they are made."""
    if fingerprints is None:
        return [""] * len(compiled)
    return [
        fingerprints.get(number) or fingerprint_of(dump_entry(facts, []))
        for number, facts in enumerate(compiled)
    ]


def read_again(paths: Sequence[Path], settings: Settings, root: Path | None) -> Gathered:
    """The scripts that stand in no file of their own, and those that other files hold; no facts.

    Args:
        paths: folders and files.
        settings: see `load_settings`.
        root: what all paths are relative to; None: what the paths have in common.
    """
    inputs = find_inputs(paths, settings, root=root)
    scripts, embedded = _scripts_by_path(inputs.files), _embedded_by_path(inputs.files)
    return Gathered((), inputs.discovery.root, (), scripts, embedded)


def _discovered(paths: Sequence[Path], settings: Settings, root: Path | None) -> FileDiscovery:
    if not paths:
        return FileDiscovery.of_nothing(root or Path.cwd())
    exclusion = Exclusion(settings.exclude, settings.base)
    return discover(paths, exclusion, settings.script_databases, root=root)


def _scripts_by_path(files: Iterable[FoundFile]) -> dict[str, bytes]:
    return {file.path: file.script for file in files if file.script is not None}


def _embedded_by_path(files: Iterable[FoundFile]) -> dict[str, EmbeddedScript]:
    return {file.path: file.embedded for file in files if file.embedded is not None}


def _copy_statements(
    discovery: FileDiscovery, files: Sequence[FoundFile], settings: Settings
) -> CopyStatements | None:
    """What adds the copies of pipelines to the facts of their files; None where there are none."""
    if not any(file.embedded for file in files):
        return None
    from .reading.pipeline_copies import copy_statements  # noqa: PLC0415 - most scans have none

    names = (name for file in files for name in (file.database, file.home) if name)
    return copy_statements(
        discovery,
        database_rows(settings.databases, names),
        settings.linked_services,
        databases_stated=_says_databases(files, settings),
    )


def _says_databases(files: Iterable[FoundFile], settings: Settings) -> bool:
    """Do projects, packages or the settings say what databases are called?

    Else the names of scripts leave them out.
    """
    return bool(settings.database or settings.folders) or any(
        file.home or file.database for file in files
    )


def _unread(discovery: FileDiscovery, lost: Iterable[Met]) -> tuple[Unread, ...]:
    """What the search met, and what on reading was no T-SQL or carried nothing."""
    return rows_of(
        (kind, shown(location.relative_to(discovery.root)), count)
        for kind, location, count in discovery.unread.counted(*lost)
    )


def _loose(
    scripts: Iterable[tuple[FoundFile, FileFacts]], named: ScanDatabases
) -> Iterator[tuple[str, FileFacts]]:
    return ((file.path, fact) for file, fact in scripts if named.is_loose(file) and not fact.unread)


def linked(
    sources: Sequence[SourceFile],
    settings: Settings,
    aliases: tuple[DatabaseAlias, ...] = (),
) -> LineageGraph:
    """The graph of files, as the settings want it.

    Args:
        sources: the facts.
        settings: see `load_settings`.
        aliases: what scripts call databases by other names than their own.
    """
    options = _options(sources, settings, aliases)
    return link(sources, read_definitions(sources, options.naming), options, _strings(sources))


def relinked(
    sources: Sequence[SourceFile],
    settings: Settings,
    aliases: tuple[DatabaseAlias, ...],
    kept: KeptFindings,
) -> Relinked:
    """The graph of files, with what an earlier scan has found, which is brought up to date.

    Args:
        sources: the facts.
        settings: see `load_settings`.
        aliases: what scripts call databases by other names than their own.
        kept: what has been found.
    """
    options = _options(sources, settings, aliases)
    strings = KeptStrings(_strings(sources), kept.store, kept.versions)
    catalogue = read_definitions(sources, options.naming)
    result = relink(sources, catalogue, options, strings, kept.load())
    kept.keep(result.kept)
    return result


def _options(
    sources: Sequence[SourceFile], settings: Settings, aliases: tuple[DatabaseAlias, ...]
) -> LinkOptions:
    return LinkOptions(
        settings.default_schema,
        settings.case_sensitive,
        settings.keep_temporary,
        aliases,
        session_databases(settings, databases_in(sources)),
    )


def _strings(sources: Iterable[SourceFile]) -> StringCompiler:
    return StringCompiler(sum(source.facts.statements for source in sources))


def _naming(settings: Settings) -> Naming:
    return Naming(settings.default_schema, settings.case_sensitive)


def _packages(
    projects: ProjectDatabases, discovery: FileDiscovery, variables: tuple[tuple[str, str], ...]
) -> Iterator[Reference]:
    """What packages tell that database projects refer to, if they lie in the scanned folder."""
    databases: dict[Path, dict[str | None, None]] = {}
    for location, names in projects.packages():
        place = true_path(probe(location))
        if is_file(place) and discovery.exclusion.admits(place, discovery.root):
            databases.setdefault(place, {}).update(dict.fromkeys(names))
    # A package in the scanned folder is read as one of its scripts already: as a reference too it
    # would tell its objects twice.
    scanned = {file.location for file in discovery.files if file.script is not None}
    for place, named in databases.items():
        if place not in scanned:
            yield from package_references(
                place, shown(place.relative_to(discovery.root)), tuple(named), variables
            )


def _namesakes(projects: ProjectDatabases, root: Path) -> Iterator[Diagnostic]:
    for database, members in projects.namesakes():
        paths = sorted(shown(project.location.relative_to(root)) for project in members)
        yield Diagnostic(
            "SLP503", f"{' and '.join(paths)} are all the database {database}", Span(), paths[0]
        )
