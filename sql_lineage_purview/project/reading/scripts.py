"""What a scan compiles: the scripts that were found and those that they bring in, each with the SQLCMD variables given to it.

The statements of a file that `:r` brings in stand once, in that file, in its own lines. It is compiled with the variables that
the scripts that bring it in have set by then, where they agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ...tsql.decode import decode
from ...tsql.sqlcmd import read_commands
from .database_projects import project_variables
from .discovery import Discovery, is_excluded, shown
from .found import FoundFile
from .includes import IncludeReader
from .studio import holds_script

if TYPE_CHECKING:
    from ..configuring.settings import Settings

_Variables: TypeAlias = tuple[tuple[str, str], ...]


def scripts_of(found: Discovery, settings: Settings) -> list[FoundFile]:
    """All scripts of a scan in their order: of two definitions the later one counts.

    What a package or snapshot describes stands in front of all others, what a database project builds behind them.
    """
    files = [replace(file, variables=_given(file, found, settings)) for file in found.files]
    brought = _brought_in(files, found.root)
    if brought:
        known = {file.location.resolve() for file in files}
        added = [_added(place, found.root) for place in brought if place not in known]
        kept = [file for file in added if not is_excluded(file.location, found.root, settings)]
        files += [replace(file, variables=_given(file, found, settings)) for file in kept]
        files = [replace(file, variables=_with_set(file.variables, brought.get(file.location.resolve(), ()))) for file in files]
    return sorted(files, key=lambda file: _place(file, found))


def _place(file: FoundFile, found: Discovery) -> tuple[bool, bool, str]:
    return file.script is None, any(one.builds(file.location) for one in found.projects), file.path


def _given(file: FoundFile, found: Discovery, settings: Settings) -> _Variables:
    """The configuration's variables, and for other names the defaults of the script's database project."""
    configured = dict(settings.variables)
    names = {name.lower() for name in configured}
    defaults = project_variables(found.projects, file.location)
    return tuple(sorted((configured | {name: value for name, value in defaults.items() if name not in names}).items()))


def _added(place: Path, root: Path) -> FoundFile:
    return FoundFile(shown(place.relative_to(root)), place)


def _brought_in(files: Iterable[FoundFile], root: Path) -> dict[Path, list[_Variables]]:
    """The true places of all files that scripts bring in, with the variables set for each of them, once for every time."""
    brought: dict[Path, list[_Variables]] = {}
    for file in files:
        text = _text_with_inclusions(file.location) if file.script is None else None
        if text is None:
            continue
        reader = IncludeReader(file.location, root)
        for inclusion in read_commands(text, dict(file.variables), reader).inclusions:
            place = reader.location(inclusion.path, inclusion.stack)
            if place:
                brought.setdefault(place, []).append(inclusion.variables)
    return brought


def _text_with_inclusions(location: Path) -> str | None:
    """The text of a script that may hold `:r`; None for all others, which are most."""
    if holds_script(location):
        return None
    try:
        data = location.read_bytes()
    except OSError:
        return None
    marks = (b":r", b":R", b":\0r", b":\0R", b"\0:\0r", b"\0:\0R")
    return decode(data).text if any(mark in data for mark in marks) else None


def _with_set(given: _Variables, times: Iterable[_Variables]) -> _Variables:
    """Variables given from outside, and those set by whoever brings a script in; one that is set to two values has neither."""
    values: dict[str, set[str]] = {}
    for variables in times:
        for name, value in dict(variables).items():
            values.setdefault(name, set()).add(value)
    agreed = {name: value for name, (value, *others) in values.items() if not others}
    return tuple(sorted({name: value for name, value in given if name.lower() not in agreed}.items() | agreed.items()))
