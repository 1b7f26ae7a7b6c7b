"""What a scan links: the facts of its scripts and catalogs, and the graph that they make. Nothing here asks the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...catalog import read_definitions
from ...linker import LinkOptions, link
from ...model.facts import SourceFile
from ...model.unread import Unread, rows_of
from ...tsql import compile_string
from .cache import Cache
from .compilation import Compiler, Progress
from .copying import Copies
from .discovery import CACHE_FOLDER, Discovery, discover, is_readable, shown
from .schemas import live_scripts, references_of
from .scripts import scripts_of
from .studio import Items

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...model.graph import LineageGraph
    from ..configuring.addresses import DatabaseAddress
    from ..configuring.settings import Settings
    from .found import FoundFile, Skipped
    from .studio import EmbeddedScript
    from .unread_search import Met


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of all files, those of catalogs first; paths are relative to `root`.

    `scripts` are the texts that stand in no file of their own, by path: of packages, snapshots and live databases.
    `embedded` are the scripts that files hold which are none themselves. `unread` is what moves data and is not followed.
    """

    sources: tuple[SourceFile, ...]
    root: Path
    skipped: tuple[Skipped, ...] = ()
    scripts: Mapping[str, bytes] = field(default_factory=dict)
    embedded: Mapping[str, EmbeddedScript] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()


def gather(
    paths: Sequence[Path],
    settings: Settings,
    *,
    databases: Sequence[DatabaseAddress] = (),
    root: Path | None = None,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Gathered:
    """Find and compile all scripts; see `scan`."""
    found = discover(paths, settings, root=root) if paths else Discovery.of_nothing(root or Path.cwd())
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
    readable = partial(is_readable, root=found.root, settings=settings)
    copies = Copies(settings, readable, Items(found.items, readable))
    compiled = list(zip(files, facts[len(references) :], strict=True))
    sources += [
        SourceFile(file.path, copies.added(file, fact), _database(file, settings)) for file, fact in compiled if not fact.unread
    ]
    scripts = {file.path: file.script for file in files if file.script is not None}
    lost = [*((fact.unread, file.location, 1) for file, fact in compiled if fact.unread), *copies.lost]
    embedded = {file.path: file.embedded for file in files if file.embedded is not None}
    return Gathered(tuple(sources), found.root, found.skipped, scripts, embedded, _unread(found, lost))


def _unread(found: Discovery, lost: Iterable[Met]) -> tuple[Unread, ...]:
    """What the search met, and what turned out to be no T-SQL, or to carry nothing, when it was read."""
    return rows_of(
        (kind, shown(location.relative_to(found.root)), count) for kind, location, count in found.unread.counted(*lost)
    )


def linked(sources: Sequence[SourceFile], settings: Settings) -> LineageGraph:
    """The graph of files, as the settings want it."""
    options = LinkOptions(settings.default_schema, settings.case_sensitive, settings.keep_temporary)
    return link(sources, read_definitions(sources, options.naming), options, compile_string)


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
