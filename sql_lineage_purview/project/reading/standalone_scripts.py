"""Scripts whose bytes alone decide their facts, so that a change of one can be judged by these.

Where such a script has changed, and its facts are what they were, so is all that the scan found:

    SELECT a FROM dbo.s  -->  SELECT a FROM dbo.s -- checked
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from .compilation import ScriptCompiler
from .found import FoundFile
from .opened_files import OpenedFiles

if TYPE_CHECKING:
    from .cache import Cache

Fingerprints: TypeAlias = Mapping[str, str]
"""By the location of a script, what tells its facts from others."""


def fingerprints_of(files: Sequence[FoundFile], compiler: ScriptCompiler) -> Fingerprints:
    """The fingerprints of the scripts that stand in no other one's way.

    What another script brings in is a part of that, and is left out; so is what has other facts in
    another database.

    Args:
        files: all that were compiled.
        compiler: has compiled them.
    """
    fingerprints: dict[str, str] = {}
    dependent: set[str] = set()
    brought_in = {place.name.casefold() for file in files for place in file.includes}
    for number, file in enumerate(files):
        location = str(file.location)
        fingerprint = compiler.fingerprints.get(number, "")
        is_alone = (
            number in compiler.standalone
            and file.location.suffix.lower() == ".sql"
            and file.location.name.casefold() not in brought_in
            and fingerprints.setdefault(location, fingerprint) == fingerprint != ""
        )
        if not is_alone:
            dependent.add(location)
    return {place: mark for place, mark in fingerprints.items() if place not in dependent}


class DependentScript(Struct, frozen=True, array_like=True):
    """A script that brings in others, is brought in, or is given variables, as it was compiled.

    It can be compiled again, as long as none of them has changed. `given`: see `ScriptCompiler`;
    empty where its bytes alone decide what it says.
    """

    path: str
    location: str
    includes: tuple[str, ...]
    given: bytes
    fingerprint: str


def dependent_scripts(
    files: Sequence[FoundFile],
    compiler: ScriptCompiler,
    standalone: Fingerprints,
) -> tuple[DependentScript, ...]:
    """The scripts in files of their own that are no standalone ones.

    Args:
        files: all that were compiled.
        compiler: has compiled them.
        standalone: the fingerprints of standalone scripts.
    """
    return tuple(
        DependentScript(
            file.path,
            str(file.location),
            tuple(map(str, file.includes)),
            compiler.given.get(number, b""),
            compiler.fingerprints[number],
        )
        for number, file in enumerate(files)
        if (number in compiler.given or number in compiler.standalone)
        and number in compiler.fingerprints
        and str(file.location) not in standalone
    )


def have_facts(fingerprints: Fingerprints, root: Path, cache: Cache) -> bool:
    """Have scripts, as they are today, these facts, and do their bytes alone decide that?

    Args:
        fingerprints: those that they had.
        root: what is scanned.
        cache: keeps facts.
    """
    files = [FoundFile(place, Path(place)) for place in fingerprints]
    compiler = ScriptCompiler(root, 1, cache, silent, OpenedFiles())
    compiler.compile(files)
    return fingerprints_of(files, compiler) == fingerprints


def silent(_done: int, _total: int) -> None:
    """The progress of who does not ask for it."""
