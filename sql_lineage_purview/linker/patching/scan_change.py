"""Scan changes: what some files say by now of objects, held against the outline of the scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.catalogue import Catalogue
from ...model.facts import ChangeFact, SourceFile, TableFact, TypeFact
from ...model.names import Name
from ...model.naming import Naming
from ..definitions.scan_definitions import collect, spell_uses
from ..lifetimes.call_effects import last_part
from ..reuse.fingerprints import defined_names
from .file_outline import FileOutline, defined_keys, first_uses
from .scan_outline import ScanOutline

# The columns that files define, by their names; see `link`.
CatalogueOf = Callable[[Sequence[SourceFile]], Catalogue]
# Files by their paths, in the order of the scan.
FilesOf = Callable[[AbstractSet[str]], Sequence[SourceFile]]


class NotPatchableError(Exception):
    """What has changed may concern more than a patch looks at; all files have to be linked."""


class ScanChange(Struct, frozen=True):
    """What is another thing in a scan than before, as far as names tell.

    `files`: those that have changed, in the order of paths. `keys`: the objects of which something
    else is known. `shared`: those of them of which other files say something too. `redefined`:
    those which only one of both states defines. `respelled`: those that are spelled otherwise, or
    spelled in one of both states alone. `written`, `undefined` and `unlike` are those of
    `ScanOutline` today.
    """

    files: Sequence[SourceFile]
    keys: frozenset[str]
    shared: frozenset[str]
    redefined: frozenset[str]
    respelled: frozenset[str]
    written: Mapping[str, Name]
    undefined: frozenset[str]
    unlike: frozenset[str]


def change_of(
    outline: ScanOutline,
    changed: Sequence[SourceFile],
    naming: Naming,
    files_of: FilesOf,
    catalogue_of: CatalogueOf,
) -> ScanChange:
    """What has changed.

    Args:
        outline: of the scan before.
        changed: the files that say something else, in the order of paths.
        naming: how names are completed and compared.
        files_of: gives files of the scan, in its order.
        catalogue_of: reads definitions.

    Raises:
        NotPatchableError: another file says something of the same objects.
    """
    paths = {file.path for file in changed}
    former = [old for old in outline.files if old.path in paths]
    defined_before = {key for old in former for key in old.defined}
    own_names = [name for file in changed for name in defined_names(file, naming)]
    defined_today = {naming.key(name) for name in own_names}
    defined = defined_before | defined_today
    uses = {file.path: first_uses(file, naming) for file in changed}
    named = defined.union(*(old.used for old in former), *uses.values())
    used, told = _elsewhere(outline, paths, named)
    # what says what an object is spells it, but for synonyms, types and the like
    elsewhere = used | (told - outline.undefined)
    redefined = {
        key
        for old in former
        for file in changed
        if file.path == old.path
        for key in {*old.defined} ^ {*defined_keys(file, naming)}
    }
    if not redefined.isdisjoint(told) or _define_alike(changed, naming):
        raise NotPatchableError("a file begins or ceases to say what others say too")
    if not outline.meant.isdisjoint(map(last_part, redefined)):
        raise NotPatchableError("a name may mean another object")
    shared = defined & told
    tellers = {old.path for old in outline.files if not shared.isdisjoint(old.defined)}
    defining = files_of(paths | tellers)
    _hold_spellings(outline, former, uses, named & elsewhere & (defined | outline.undefined))
    # What others have seen they have seen in the spelling that it has.
    if any(
        naming.key(name) in elsewhere and outline.written.get(naming.key(name), name) != name
        for name in own_names
    ):
        raise NotPatchableError("an object is spelled otherwise")
    defined_by_own = set(collect(defining, catalogue_of(defining), naming).spellings.written)
    # One that is defined no more is spelled as its first use, wherever that is.
    if not outline.unlike.isdisjoint((defined & elsewhere) - defined_by_own):
        raise NotPatchableError("an object is spelled in several ways")
    known = {
        key: name
        for key, name in outline.written.items()
        if key not in named or key in elsewhere or key not in defined | outline.undefined
    }
    definitions = collect(defining, catalogue_of(defining), naming, known)
    spell_uses(definitions, changed)
    written = definitions.spellings.written
    loose = {
        key
        for key in named & written.keys() - defined_by_own
        if key in defined or key in outline.undefined or key not in outline.written
    }
    respelled = {key for key in named if written.get(key) != outline.written.get(key)}
    return ScanChange(
        changed,
        frozenset(defined | respelled),
        frozenset(shared),
        frozenset(redefined),
        frozenset(respelled),
        written,
        (outline.undefined - named) | loose,
        outline.unlike.union(
            key for own in uses.values() for key, name in own.items() if written[key] != name
        ),
    )


def _define_alike(files: Sequence[SourceFile], naming: Naming) -> bool:
    """Do several of the files hold definitions of one table or type?"""
    tellers = Counter(
        key
        for file in files
        for key in {
            naming.key(naming.canonical(fact.name, fact.database or file.database))
            for fact in file.facts.definitions
            if isinstance(fact, TableFact | TypeFact | ChangeFact)
        }
    )
    return any(count > 1 for count in tellers.values())


def _hold_spellings(
    outline: ScanOutline,
    former: Sequence[FileOutline],
    uses: Mapping[str, Mapping[str, Name]],
    keys: AbstractSet[str],
) -> None:
    """See that the first use of some objects in the scan is spelled as it was.

    Raises:
        NotPatchableError: it may be another.
    """
    for old in former:
        before = {key: outline.written[key] for key in old.used if key in keys}
        before |= {key: name for key, name in old.otherwise if key in keys}
        today = {key: name for key, name in uses[old.path].items() if key in keys}
        for key in before.keys() | today.keys():
            if before.get(key) == today.get(key):
                continue
            # what only ALTER TABLE tells of has no spelling yet
            former_spelling = outline.written.get(key)
            if key in outline.unlike or today.get(key, former_spelling) != former_spelling:
                raise NotPatchableError("an object is spelled in several ways")


def _elsewhere(
    outline: ScanOutline, paths: AbstractSet[str], keys: AbstractSet[str]
) -> tuple[set[str], set[str]]:
    """Which of some keys the statements of other files name, and which they define."""
    used: set[str] = set()
    told: set[str] = set()
    for old in outline.files:
        if old.path not in paths:
            told.update(key for key in old.defined if key in keys)
            if not old.reference:  # what only these name they do not spell
                used.update(key for key in old.used if key in keys)
    return used, told
