"""One scan: find the scripts, compile each, link all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog import read_definitions
from ..linker import LinkOptions, link
from ..model.facts import SourceFile
from ..tsql import CompileOptions, compile_file, compile_string
from .cache import Cache
from .compilation import Compiler, Progress
from .discovery import CACHE_FOLDER, Discovery, discover
from .schemas import live_scripts, references_of
from .scripts import scripts_of
from .settings import PURVIEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.graph import LineageGraph
    from .addresses import DatabaseAddress
    from .found import FoundFile, Skipped
    from .settings import Settings


@dataclass(frozen=True, slots=True)
class Scan:
    """The lineage of some folders; the paths in `graph` and `skipped` are relative to `root`."""

    graph: LineageGraph
    root: Path
    skipped: tuple[Skipped, ...] = ()


def scan(
    paths: Sequence[Path],
    settings: Settings,
    *,
    databases: Sequence[DatabaseAddress] = (),
    root: Path | None = None,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Scan:
    """Read all scripts of folders and files, and link them to one graph.

    Equal input gives an equal graph, whatever the number of processes and the state of the cache. What cannot be read or
    understood is a diagnostic of the graph; it never stops the rest.

    Args:
        paths: folders and files.
        settings: see `load_settings`.
        databases: live databases whose modules are scanned too; of a definition here and one in the paths, the latter counts.
        root: what all paths are shown relative to, where they lie below it; see `discover`.
        use_cache: keep facts beside the configuration file, or else in the first path's folder, and use those kept there.
        progress: is told how many files are done, and of how many.

    Raises:
        ProjectError: a path does not exist, a database does not answer, a catalog cannot be read, or a setting cannot be used.
    """
    found = discover(paths, settings, root=root) if paths else Discovery((root or Path.cwd()).resolve(), ())
    files = [*live_scripts(databases, settings), *scripts_of(found, settings)]
    references = references_of(settings)
    cache = Cache(_cache_folder(paths, settings)) if use_cache else None
    compiler = Compiler(found.root, settings.jobs, cache, progress or _silent)
    facts = compiler.compile([*(reference.script for reference in references), *files])
    sources = [
        SourceFile(reference.script.path, fact, database, reference=True)
        for reference, fact in zip(references, facts, strict=False)
        for database in reference.databases
    ]
    sources += [
        SourceFile(file.path, fact, _database(file, settings)) for file, fact in zip(files, facts[len(references) :], strict=True)
    ]
    linking = LinkOptions(settings.default_schema, settings.case_sensitive, settings.keep_temporary)
    graph = link(sources, read_definitions(sources, linking.naming), linking, compile_string)
    if any(one.source == PURVIEW for one in settings.catalogs):
        told = _told_by_purview(graph, settings)
        sources = [*told, *sources]
        graph = link(sources, read_definitions(sources, linking.naming), linking, compile_string) if told else graph
    return Scan(graph, found.root, found.skipped)


def _told_by_purview(graph: LineageGraph, settings: Settings) -> list[SourceFile]:
    """What the account knows of the tables that nothing else tells the columns of."""
    from .purview_schemas import purview_schemas  # noqa: PLC0415 - the network is for those alone who ask it

    files: list[SourceFile] = []
    for schema in purview_schemas(graph, settings):
        facts = compile_file(schema.definitions().encode(), CompileOptions(), _no_file)
        files.append(SourceFile(PURVIEW, facts, schema.name, reference=True))
    return files


def _no_file(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def _database(file: FoundFile, settings: Settings) -> str | None:
    """What a package, snapshot or live database says goes before the configuration."""
    return file.database if file.script is not None else settings.database_of(file.location) or file.database


def _cache_folder(paths: Sequence[Path], settings: Settings) -> Path:
    """Never the root as such: what distant paths have in common may be a drive, or a home."""
    first = paths[0] if paths else Path.cwd()
    beside = first if first.is_dir() else first.parent
    return (settings.base or beside.resolve()) / CACHE_FOLDER


def _silent(_done: int, _total: int) -> None:
    """The progress of who does not ask for it."""
