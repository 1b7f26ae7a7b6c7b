"""A scan of a state of a repository that is not checked out; no file of a checkout is touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..model.file_view import viewed_through
from ..model.opening import exists
from .configuring.configuration import find_configuration
from .configuring.configuration_search import FILE_NAME
from .project_errors import PathError
from .reading.found import Skipped
from .reading.revisions.git_listing import INDEX, has_revision, top_of
from .reading.revisions.git_program import ask_git
from .reading.revisions.revision_files import RevisionFiles
from .scanning import scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .configuring.settings import Settings
    from .keeping.scan_result import Scan
    from .reading.compilation import Progress

__all__ = ["INDEX", "changed_configurations", "has_revision", "scan_revision"]


def scan_revision(
    paths: Sequence[Path],
    settings: Settings,
    revision: str,
    *,
    root: Path | None = None,
    with_ignored: bool = True,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Scan:
    """Read all scripts of a revision, and link them to one graph; see `scan`.

    It is the graph that `scan` gives where the revision is checked out, with the settings of today.
    A path that the revision has not is nothing there. What is shown is relative to the same root as
    in a scan of the disk, so that the two can be compared.

    Args:
        paths: folders and files as they are, or would be, on the disk; all in one repository.
        settings: see `load_settings`.
        revision: what git takes as one, or `INDEX`: what the next commit would have.
        root: see `scan`.
        with_ignored: read what git ignores from the disk, as a scan of the disk does; else not.
        use_cache: see `scan`.
        progress: see `scan`.

    Raises:
        ProjectError: as of `scan`; there is no git, no repository or no such revision.
    """
    places = [path.resolve() for path in paths]
    base = _root_of(places, root)
    catalogs = [Path(catalog.source) for catalog in settings.catalogs]
    files = RevisionFiles.of(base, revision, beside=catalogs, with_ignored=with_ignored)
    try:
        with viewed_through(files):
            result = scan(
                [place for place in places if exists(place)],
                settings,
                root=base,
                use_cache=use_cache,
                progress=progress,
            )
    finally:
        files.close()
    absent = [_absent(base, files.top / path) for path in files.absent]
    return replace(result, skipped=(*result.skipped, *absent)) if absent else result


def changed_configurations(folder: Path, base: str, head: str | None) -> list[str]:
    """The configuration files of a folder that differ between two states, by their paths.

    Args:
        folder: what is scanned; files of the folders around it count too.
        base: a revision.
        head: another one; None: the files as they are.

    Raises:
        GitError: there is no git, no repository or no such revision.
    """
    place = folder.resolve()
    top = top_of(place)
    around = (parent for parent in (place, *place.parents) if parent.is_relative_to(top))
    names = [(parent / FILE_NAME).relative_to(top).as_posix() for parent in around]
    file = find_configuration(place)
    if file and file.section and file.path.is_relative_to(top):
        names.append(file.path.relative_to(top).as_posix())
    states = [base, *([head] if head else [])]
    changed = ask_git(top, "diff", "--name-only", "--no-renames", "-z", *states, "--", *names)
    loose = b"" if head else ask_git(top, "ls-files", "-o", "-z", "--", *names)
    return [os.fsdecode(row) for row in (*changed.split(b"\0"), *loose.split(b"\0")) if row]


def _root_of(places: Sequence[Path], root: Path | None) -> Path:
    """The root of a scan of these paths, whether they exist today or not; see `discover`."""
    if root is not None and all(place.is_relative_to(root.resolve()) for place in places):
        return root.resolve()
    folders = [place.parent if place.suffix and not place.is_dir() else place for place in places]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        raise PathError("The paths are on different drives and have no folder in common.") from None


def _absent(root: Path, submodule: Path) -> Skipped:
    reason = "a submodule whose commit is not on this disk"
    return Skipped(submodule.relative_to(root).as_posix(), reason)
