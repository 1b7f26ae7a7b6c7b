"""File outlines: what of a file counts for others, without a text of it.

Where a file has changed, what it says now is held against the outline of what it said before:
nobody has its old text any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from hashlib import blake2b

from msgspec import Struct

from ...model.facts import (
    ChangeFact,
    DataSourceFact,
    DependencyFact,
    Execute,
    HistoryFact,
    ModuleFact,
    Rename,
    SourceFile,
    SynonymFact,
    TableFact,
    TypeFact,
)
from ...model.names import Name
from ...model.naming import Naming
from ...model.vocabulary import StatementKind
from ..assembly.schema_dependencies import OF_MODULES, drops_parts
from ..definitions.arguments import Generic
from ..definitions.scan_definitions import Definitions, module_name, statements_of, used_names
from ..reuse.fingerprints import defined_names


class FileOutline(Struct, frozen=True, array_like=True):
    """What other files may know of a file.

    `defined`: the keys of the objects of which it says what they are; `used`: of those that its
    statements name; `otherwise`: how it spells those that it names first in another way than the
    scan. `marks`: a fingerprint of all else that counts for others. `statements`: how many it has.
    `is_plain`: may it change, and the others be as they are? `is_source`: does it
    define a data source, which is asked for without a key? `drops_parts` and `hidden`: see
    `schema_dependencies`.
    """

    path: str
    database: str | None
    reference: bool
    defined: tuple[str, ...]
    used: tuple[str, ...]
    otherwise: tuple[tuple[str, Name], ...]
    marks: str
    statements: int
    is_plain: bool
    is_source: bool
    drops_parts: bool
    hidden: tuple[str, ...] = ()


class OutlineContext(Struct, frozen=True):
    """What an outline is made by.

    `definitions`: what names mean. `generic`: which procedures put strings of their callers into
    SQL. `followed`: the keys of procedures that lifetimes of tables are followed through. `shared`:
    of objects of which several files say what they are.
    """

    definitions: Definitions
    generic: Generic
    followed: AbstractSet[str]
    shared: AbstractSet[str]


def defined_keys(file: SourceFile, naming: Naming) -> tuple[str, ...]:
    """The keys of the objects of which a file says what they are."""
    return tuple(dict.fromkeys(naming.key(name) for name in defined_names(file, naming)))


def outline_of(file: SourceFile, context: OutlineContext) -> FileOutline:
    """The outline of a file."""
    definitions = context.definitions
    naming, written = definitions.naming, definitions.spellings.written
    used = first_uses(file, naming)
    digest = blake2b(digest_size=16)
    for part in _marks(file, context):
        digest.update(repr(part).encode("utf-8", "backslashreplace"))
    return FileOutline(
        file.path,
        file.database,
        file.reference,
        defined_keys(file, naming),
        tuple(used),
        tuple((key, name) for key, name in used.items() if written.get(key) != name),
        digest.hexdigest(),
        file.facts.statements,
        _is_plain(file),
        any(isinstance(fact, DataSourceFact) for fact in file.facts.definitions),
        drops_parts(file),
    )


def first_uses(file: SourceFile, naming: Naming) -> dict[str, Name]:
    """How a file spells all that it names where it does so first, by key."""
    uses: dict[str, Name] = {}
    for name in used_names(file, naming, set()):
        uses.setdefault(naming.key(name), name)
    return uses


def _is_plain(file: SourceFile) -> bool:
    """Does it nothing of which others see more than what an object is?

    It renames nothing, gives nothing a second name, has no trigger that stands in for statements of
    others, and names no ##global temporary table.
    """
    facts = file.facts
    if facts.unread or facts.declarations:
        return False
    if any(isinstance(fact, SynonymFact) for fact in facts.definitions):
        return False
    if any(isinstance(item, ModuleFact) and item.instead_of for item in facts.items):
        return False
    return not any(
        statement.kind is StatementKind.RENAME
        or any(isinstance(effect, Rename) for effect in statement.effects)
        or any(name.object.startswith("##") for name in (*statement.reads, *statement.writes))
        for statement, _ in statements_of(file)
    )


def _marks(file: SourceFile, context: OutlineContext) -> Iterator[object]:
    definitions, generic, followed = context.definitions, context.generic, context.followed
    naming = definitions.naming
    yield "databases", sorted(set(_databases(file)))
    modules = [
        (naming.key(module_name(item, file, naming)), item)
        for item in file.facts.items
        if isinstance(item, ModuleFact)
    ]
    for key, module in modules:
        if key in generic.takers or key in followed or key in generic.executors:
            kinds = key in generic.takers, key in generic.executors, key in followed
            yield "procedure", key, kinds, module.parameters
    for fact in file.facts.definitions:
        # it is shown nowhere, and may be what spells a name first
        if isinstance(fact, DependencyFact) and fact.kind in OF_MODULES:
            yield fact.target, fact.owner, fact.database
        if isinstance(fact, DataSourceFact | HistoryFact):
            yield fact
        if isinstance(fact, TableFact | TypeFact | ChangeFact):
            key = naming.key(naming.canonical(fact.name, fact.database or file.database))
            if key in context.shared:
                yield fact
    yield from _string_calls(file, definitions, generic)


def _string_calls(
    file: SourceFile, definitions: Definitions, generic: Generic
) -> Iterator[tuple[object, ...]]:
    """The calls that pass strings to procedures which put them into SQL."""
    naming = definitions.naming
    for item in file.facts.items:
        module = module_name(item, file, naming) if isinstance(item, ModuleFact) else None
        for statement in item.body if isinstance(item, ModuleFact) else (item,):
            database = statement.database or item.database or file.database
            for effect in statement.effects:
                if isinstance(effect, Execute) and any(
                    argument.strings for argument in effect.arguments
                ):
                    called = definitions.resolve(effect.procedure, module, database)
                    if naming.key(called) in generic.takers:
                        yield "call", module, called, effect.arguments


def _databases(file: SourceFile) -> Iterator[str]:
    """The databases that it says to define objects of."""
    for fact in (*file.facts.definitions, *file.facts.items):
        if isinstance(fact, TableFact | TypeFact | SynonymFact | ModuleFact):
            database = fact.name.parts[-3] if len(fact.name.parts) == 3 else fact.database
            if not fact.name.temporary:
                yield database or ""
