"""Fingerprints: what all files together say of each object, as one string that can be compared.

An object is what its definitions make it, so the fingerprint is that of the files that hold these,
in their order. What only the scan as a whole tells of it is added: whether it is transient, and
what others pass to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from uuid import uuid4

from ...model.facts import (
    ChangeFact,
    HistoryFact,
    ModuleFact,
    Rename,
    SourceFile,
    SynonymFact,
    TableFact,
    TypeFact,
    Write,
)
from ...model.names import Name
from ...model.naming import Naming
from ..context.link_context import LinkContext
from ..definitions.scan_definitions import module_name, statements_of


def answers(files: Sequence[SourceFile], context: LinkContext) -> dict[str, str]:
    """The fingerprint of what is known of each object, by its key."""
    naming, definitions = context.naming, context.definitions
    tellers: dict[str, list[str]] = {}
    for file in files:
        # of what is not known to be the same it is assumed that it is not
        facts = file.fingerprint or uuid4().hex
        teller = f"{file.path}\0{file.database}\0{file.reference}\0{facts}"
        for name in dict.fromkeys(defined_names(file, naming)):
            tellers.setdefault(naming.key(name), []).append(teller)
    _add_bases(tellers, files, context)
    for (view, action), trigger in definitions.instead_of.items():
        tellers.setdefault(view, []).append(f"{action.value} {trigger}")
        tellers.setdefault(trigger, []).append("stands in")
    for key in sorted(context.transient):
        tellers.setdefault(key, []).append("transient")
    for key in sorted(context.generic.takers):
        tellers.setdefault(key, []).append("takes strings")
    for key, parameters in context.generic.passed.items():
        tellers.setdefault(key, []).append(f"is passed {sorted(parameters)}")
    # Another file may be the one that spells it, and each edge shows the spelling.
    for key, spelling in definitions.spellings.written.items():
        tellers.setdefault(key, []).append("\0".join(spelling.parts))
    return {key: _digest(parts) for key, parts in tellers.items()}


def circumstances(context: LinkContext) -> str:
    """The fingerprint of what the findings of all files depend on."""
    definitions = context.definitions
    return _digest(
        [
            repr(context.options),
            repr(sorted(definitions.references)),
            repr(sorted(definitions.catalogue.data_sources.items())),
            repr(sorted(set(definitions.instead_of.values()))),
        ]
    )


def _digest(parts: Iterable[str]) -> str:
    content = "\0\0".join(parts).encode("utf-8", "backslashreplace")
    return blake2b(content, digest_size=16).hexdigest()


def defined_names(file: SourceFile, naming: Naming) -> Iterator[Name]:
    """The objects of which a file says what they are."""
    for definition in file.facts.definitions:
        if isinstance(definition, TableFact | TypeFact | SynonymFact | ChangeFact | HistoryFact):
            yield naming.canonical(definition.name, definition.database or file.database)
        # whoever defines the table later tells the columns of its history too
        if isinstance(definition, HistoryFact):
            yield naming.canonical(definition.base, definition.database or file.database)
    for item in file.facts.items:
        if isinstance(item, ModuleFact):
            yield module_name(item, file, naming)
    for statement, database in statements_of(file):
        for effect in statement.effects:
            if isinstance(effect, Write) and effect.creates and not effect.target.temporary:
                yield naming.canonical(effect.target, database)
            elif isinstance(effect, Rename):
                yield naming.canonical(effect.old, database)
                yield naming.canonical(effect.new, database)


def _add_bases(
    tellers: dict[str, list[str]], files: Iterable[SourceFile], context: LinkContext
) -> None:
    """A history table has the columns of the table whose old rows it keeps."""
    naming = context.naming
    for file in files:
        for fact in file.facts.definitions:
            if isinstance(fact, HistoryFact):
                database = fact.database or file.database
                history, base = (
                    naming.key(naming.canonical(name, database)) for name in (fact.name, fact.base)
                )
                tellers[history] += [teller for teller in tellers.get(base, ()) if teller]
