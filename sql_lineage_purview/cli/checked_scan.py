"""What `check` scans, and which findings of it are reported: all, or those of a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ..analysis.silencing import without_silenced
from ..project.configuring.addresses import is_address
from ..project.context import project_folder
from ..project.reading.exclusion import Exclusion
from ..project.reading.found import shown
from .baseline_options import without_baseline, writes_baseline
from .change_options import compared_states, say_compared, staged_starts
from .console import say
from .scan_options import read, settings_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..model.diagnostics import Diagnostic
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan
    from ..project.reading.revisions.compared_states import ComparedStates


class CheckedScan(Struct, frozen=True):
    """A scan, what is reported of it, and how many of its files were to be checked."""

    result: Scan
    settings: Settings
    reported: Sequence[Diagnostic]
    files: int


def checked_paths(arguments: argparse.Namespace, paths: list[Path]) -> CheckedScan:
    """Check files or folders, or what has changed in their project.

    Args:
        arguments: the command line.
        paths: what is named, or the current folder.
    """
    settings = settings_of(arguments, paths)
    is_of_files = bool(paths) and all(path.is_file() for path in paths)
    folder = project_folder(paths[0], settings.base) if is_of_files else None
    # A scan of the folder alone is the same whichever of its files are named, and kept for all.
    met = [path for path in paths if _is_met(path, folder, settings)] if folder else []
    others = [path for path in paths if path not in met]
    read_paths = [folder, *others] if folder else paths
    root = (folder or Path.cwd()) if is_of_files and others else None
    result = read(arguments, read_paths, settings, root=root)
    if folder and not _holds(result, met):
        read_paths = [folder, *paths]
        result = read(arguments, read_paths, settings, root=folder)
    if writes_baseline(arguments):
        return CheckedScan(result, settings, without_silenced(result.graph), 0)
    states = compared_states(arguments, result.root) if paths else None
    if states:
        return _of_change(arguments, result, read_paths, settings, states)
    rows = without_baseline(arguments, result, without_silenced(result.graph))
    # who names folders is told all that a scan of them is: of the configuration too
    if all(path.is_dir() for path in paths):
        return CheckedScan(result, settings, rows, result.graph.count("files"))
    files = _files_named(result, paths) if is_of_files else {row.path for row in result.graph.files}
    reported = [row for row in rows if row.path in files]
    return CheckedScan(result, settings, reported, len(files))


def checked_staged(arguments: argparse.Namespace) -> list[CheckedScan]:
    """Check what the next commit holds, in each project whose files it changes.

    Args:
        arguments: the command line.
    """
    from ..project.revision_scanning import INDEX  # noqa: PLC0415 - for those alone who compare

    if arguments.all:
        paths = arguments.paths or [Path()]
        settings = settings_of(arguments, paths)
        result = read(arguments, paths, settings, revision=INDEX)
        rows = without_baseline(arguments, result, without_silenced(result.graph))
        return [CheckedScan(result, settings, rows, result.graph.count("files"))]
    first = arguments.paths[0] if arguments.paths else Path.cwd()
    states = compared_states(arguments, first if first.is_dir() else Path.cwd())
    scans = []
    for start in staged_starts(arguments, states) if states else ():
        settings = settings_of(arguments, [start])
        result = read(arguments, [start], settings, revision=INDEX)
        if states:
            scans.append(_of_change(arguments, result, [start], settings, states))
    if not scans:
        say(
            "The next commit changes no file that a scan reads, so nothing is checked: --all would."
        )
    return scans


def _of_change(
    arguments: argparse.Namespace,
    result: Scan,
    paths: Sequence[Path],
    settings: Settings,
    states: ComparedStates,
) -> CheckedScan:
    from ..project.change_checking import findings_of_change  # noqa: PLC0415 - the same

    change = findings_of_change(
        result, paths, settings, states.names, use_cache=not arguments.no_cache
    )
    say_compared(states, change.earlier)
    reported = without_baseline(arguments, result, change.caused, is_part=True)
    return CheckedScan(result, settings, reported, result.graph.count("files"))


def _is_met(path: Path, folder: Path, settings: Settings) -> bool:
    """Does a scan of a folder meet a file of it that is named, as far as its name tells?"""
    exclusion = Exclusion(settings.exclude, settings.base)
    location = path.resolve()
    return path.suffix.lower() == ".sql" and exclusion.admits(location, folder.resolve())


def _holds(result: Scan, scripts: Sequence[Path]) -> bool:
    """Has a scan found all scripts that are named?"""
    return _shown(result, scripts) <= {file.path for file in result.graph.files}


def _shown(result: Scan, paths: Sequence[Path]) -> set[str]:
    """The paths as a scan shows them, of those that lie below its root."""
    return {
        shown(path.resolve().relative_to(result.root))
        for path in paths
        if path.resolve().is_relative_to(result.root)
    }


def _files_named(result: Scan, paths: Sequence[Path]) -> set[str]:
    """The scripts that were named, and those in a package, snapshot or database that was.

    A scan has the others of their project too, which they use.
    """
    named = _shown(result, paths)
    below = tuple(f"{name}/" for name in named)
    return {
        file.path
        for file in result.graph.files
        if file.path in named or file.path.startswith(below) or is_address(file.path)
    }
