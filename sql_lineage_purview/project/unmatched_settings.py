"""Keys of the configuration that match nothing of a scan, which are most often misspelt.

What such a key was meant for goes another way in silence: a script belongs to no database, a table
to no server, and what was to be kept out of the catalogue is published. So each is a finding at its
place in the file. It is one only where the scan covers what the key is about.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.diagnostics import Diagnostic, Span
from ..model.names import parse_name
from .configuring.database_patterns import matches_database
from .configuring.name_filters import covering
from .configuring.script_databases import fixed_part, holds_location
from .configuring.wildcards import has_wildcard
from .project_errors import ConfigurationError
from .reading.scan_databases import databases_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ..model.graph import LineageGraph
    from .configuring.settings import KeyPlace, Settings
    from .gathering import Gathered

_SHOWN = 5


def unmatched_folders(
    settings: Settings, root: Path, tops: Sequence[Path], locations: Collection[Path]
) -> Iterator[Diagnostic]:
    """The keys of `[folders]` below what was scanned in which no script lies.

    Args:
        settings: See `load_settings`.
        root: What paths are shown relative to.
        tops: What was named to be scanned.
        locations: Where the scripts of the scan lie.
    """
    for folder, _ in settings.folders:
        place = settings.place_of("folders", str(folder))
        if (
            place
            and any(fixed_part(folder).is_relative_to(top) for top in tops)
            and not any(holds_location(folder, location) for location in locations)
        ):
            key = os.path.relpath(folder, place.path.parent).replace(os.sep, "/")
            message = f'no script of the scan lies in "{key}"'
            yield _finding("SLP701", message, place, root)


def unmatched_names(
    settings: Settings, graph: LineageGraph, gathered: Gathered
) -> Iterator[Diagnostic]:
    """The databases, pins and patterns of the configuration that no name of the scan matches.

    Args:
        settings: See `load_settings`.
        graph: The scan.
        gathered: Its files.
    """
    if not graph.files:
        return
    names = _ScanNames.of(graph, gathered)
    yield from _unmatched_default(settings, names, gathered)
    if _covers_configuration(settings, gathered.tops):
        yield from _unmatched_rows(settings, names, gathered.root)
        yield from _unmatched_pins(settings, graph, gathered.root)
        yield from _unmatched_filters(settings, graph, gathered.root)


class _ScanNames(Struct, frozen=True):
    """The databases of a scan, by their names without case.

    `with_default`: are there names that say none?
    """

    databases: Mapping[str, str]
    with_default: bool

    @classmethod
    def of(cls, graph: LineageGraph, gathered: Gathered) -> _ScanNames:
        names = {table.name.database_path for table in graph.tables if not table.name.address}
        projects = gathered.projects
        for project in projects.projects if projects else ():
            names.update(projects.databases_of(project) if projects else ())
        names.update(databases_in(gathered.sources))
        names.update(name for alias in gathered.aliases if (name := alias.database))
        names.update([gathered.database] if gathered.database else [])
        return cls({name.casefold(): name for name in names if name}, "" in names)

    def matches(self, key: str) -> bool:
        """Does a key of `[databases]`, which may be a pattern, match one of them?"""
        if not has_wildcard(key):
            return key.casefold() in self.databases
        return any(matches_database(key, name) for name in self.databases)


def _covers_configuration(settings: Settings, tops: Iterable[Path]) -> bool:
    return settings.base is not None and any(
        settings.base.resolve().is_relative_to(top) for top in tops
    )


def _unmatched_rows(settings: Settings, names: _ScanNames, root: Path) -> Iterator[Diagnostic]:
    # names without a database belong to the only row there is
    is_default = len(settings.databases) == 1 and names.with_default
    for row in settings.databases:
        place = settings.place_of("databases", row.name)
        pattern = has_wildcard(row.name)
        if place and not names.matches(row.name) and not (is_default and not pattern):
            what = "matches" if pattern else "is"
            message = (
                f"no database of the scan {what} {row.name}{_listing(names.databases.values())}"
            )
            yield _finding("SLP702", message, place, root)


def _unmatched_pins(settings: Settings, graph: LineageGraph, root: Path) -> Iterator[Diagnostic]:
    keys = {table.name.key for table in graph.tables} if settings.pins else set()
    for pin in settings.pins:
        place = settings.place_of("pins", pin.name)
        try:
            is_known = parse_name(pin.name).key in keys
        except ValueError:  # what plans for the account says is no name
            continue
        if place and not is_known:
            message = f"no table or file of the scan is called {pin.name}, which [pins] names"
            yield _finding("SLP704", message, place, root)


def _unmatched_filters(settings: Settings, graph: LineageGraph, root: Path) -> Iterator[Diagnostic]:
    place = settings.place_of("publish", "exclude")
    for pattern in settings.publish.exclude if place else ():
        try:
            covers = covering([pattern])
        except ConfigurationError:  # the same
            continue
        if place and not any(covers(table.name) for table in graph.tables):
            message = f"no table or file of the scan matches {pattern}, which [publish] excludes"
            yield _finding("SLP704", message, place, root)


def _unmatched_default(
    settings: Settings, names: _ScanNames, gathered: Gathered
) -> Iterator[Diagnostic]:
    """The database of all scripts, where the configuration or projects have others, and not it."""
    database = settings.database
    if database is None:
        return
    rows = [row.name for row in settings.databases]
    projects = (
        {project.database for project in gathered.projects.projects}
        if (gathered.projects)
        else set()
    )
    if rows:
        candidates, matched = rows, any(_is(row, database) for row in rows)
    else:
        candidates = sorted(projects)
        matched = not projects or any(_is(name, database) for name in projects)
    if matched:
        return
    place = settings.place_of("database")
    kind = "row of [databases]" if rows else "database project of the scan"
    message = f"the scripts are said to be of {database}, and no {kind} is{_listing(candidates)}"
    if place:
        yield _finding("SLP703", message, place, gathered.root)
    else:
        path = next((file.path for file in gathered.sources if not file.reference), "")
        yield Diagnostic("SLP703", f"{message} (--database)", Span(), path)


def _is(key: str, name: str) -> bool:
    return matches_database(key, name) if has_wildcard(key) else key.casefold() == name.casefold()


def _listing(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return f" (there are: {', '.join(listed[:_SHOWN])}{more})" if listed else ""


def _finding(code: str, message: str, place: KeyPlace, root: Path) -> Diagnostic:
    try:
        path = os.path.relpath(place.path, root).replace(os.sep, "/")
    except ValueError:  # another drive
        path = place.path.as_posix()
    return Diagnostic(code, message, Span(place.line, 1, place.line, 1), path)
