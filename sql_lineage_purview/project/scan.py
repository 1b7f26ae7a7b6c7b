"""One scan: find the scripts, compile each, link all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalog import read_definitions
from ..linker import LinkOptions, link
from ..model.facts import SourceFile
from .cache import Cache
from .compilation import Compiler, Progress
from .discovery import CACHE_FOLDER, discover
from .schemas import catalog_scripts
from .scripts import scripts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..model.graph import LineageGraph
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
        root: what all paths are shown relative to, where they lie below it; see `discover`.
        use_cache: keep facts beside the configuration file, or else in the first path's folder, and use those kept there.
        progress: is told how many files are done, and of how many.

    Raises:
        ProjectError: a path does not exist, a catalog cannot be read, or a setting cannot be used.
    """
    found = discover(paths, settings, root=root)
    files = scripts_of(found, settings)
    references = catalog_scripts(settings)
    cache = Cache(_cache_folder(paths[0], settings)) if use_cache else None
    facts = Compiler(found.root, settings.jobs, cache, progress or _silent).compile([*references, *files])
    sources = [
        SourceFile(file.path, fact, _database(file, settings), reference=number < len(references))
        for number, (file, fact) in enumerate(zip([*references, *files], facts, strict=True))
    ]
    linking = LinkOptions(settings.default_schema, settings.case_sensitive, settings.keep_temporary)
    graph = link(sources, read_definitions(sources, linking.naming), linking)
    return Scan(graph, found.root, found.skipped)


def _database(file: FoundFile, settings: Settings) -> str | None:
    """What a package or snapshot says goes before the folder that it lies in."""
    if file.script is not None:
        return file.database
    return settings.database_of(file.location) or file.database


def _cache_folder(first: Path, settings: Settings) -> Path:
    """Never the root as such: what distant paths have in common may be a drive, or a home."""
    beside = first if first.is_dir() else first.parent
    return (settings.base or beside.resolve()) / CACHE_FOLDER


def _silent(_done: int, _total: int) -> None:
    """The progress of who does not ask for it."""
