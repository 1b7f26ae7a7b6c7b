"""Lifetimes: which tables and views are gone at the end of the run that makes them.

    CREATE TABLE dbo.Fact_new WITH (…) AS SELECT … FROM stage.S;  -- there from here on
    RENAME OBJECT dbo.Fact TO Fact_old;
    RENAME OBJECT dbo.Fact_new TO Fact;  -- dbo.Fact_new is gone, dbo.Fact stays
    DROP TABLE dbo.Fact_old;  -- so is dbo.Fact_old

Such a table is *transient*. It is transient for good only where each module and script that names
it makes it itself before anything else, and leaves none behind on any way through it; a DROP alone
names nothing. A procedure that is called does what it does on behalf of its caller where the
caller's strings tell the names, and drops what it drops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from ...model.facts import Drop, Execute, ModuleFact, SourceFile
from ..context.executed_strings import CompiledStrings
from ..definitions.arguments import Generic
from ..definitions.scan_definitions import Definitions, module_name
from .call_effects import last_part
from .lifetime_run import LifetimeRun, Survey, decides, may_be_transient
from .run_texts import run_texts


class Lifetimes(Struct, frozen=True):
    """The objects of a scan that are gone at the end of the runs that make them, by their keys.

    `transient`: the tables and views that are looked through. `created`: what runs that may lose a
    table make and name; `lost`: those of them that these runs leave none of, and `lost_names` the
    last parts of their names and of those of synonyms. `followed`: the procedures that their
    callers' runs go through. `parts`: what the runs of files tell of these, by path, as text.
    """

    transient: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    lost_names: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()
    parts: Mapping[str, str] = field(default_factory=dict)

    def part(self, survey: Survey, file: SourceFile) -> str:
        """What the runs of a file tell of the objects that may be gone, as text.

        As long as it is the same for each file, the same objects are transient.
        """
        told = []
        for text in run_texts(survey, file):
            is_losing = text.may_lose()
            if is_losing or text.may_name(self.lost_names):
                told.append(_told(text.followed(), self.created if is_losing else self.lost))
        return "".join(told)


def _told(run: LifetimeRun, keys: frozenset[str]) -> str:
    """What a run makes, and what of some objects is no transient one because of it."""
    created = run.tables.created & run.tables.named
    stays, definitions = run.stays() & (keys | created), run.survey.definitions
    modules = [key for key in sorted(created) if not may_be_transient(key, definitions)]
    return repr((run.view, sorted(created), sorted(stays), modules))


def lifetimes(
    files: Iterable[SourceFile],
    definitions: Definitions,
    generic: Generic,
    strings: CompiledStrings,
) -> Lifetimes:
    """Which tables and views are looked through, and what that depends on.

    Args:
        files: the facts of all files.
        definitions: the objects of the scan.
        generic: which procedures put strings of their callers into SQL.
        strings: compiles the strings that statements execute.
    """
    listed = [file for file in files if not file.reference]
    followed = followed_procedures(listed, definitions, generic)
    survey = Survey(definitions, generic, strings, followed)
    texts = {text: file.path for file in listed for text in run_texts(survey, file)}
    runs = {text: text.followed() for text in texts if text.may_lose()}
    losing = runs.keys()
    created = frozenset().union(*(run.tables.created & run.tables.named for run in runs.values()))
    transient = lost = _transient(runs.values(), set(), definitions)
    lasts: frozenset[str] = frozenset()
    if lost:
        # all others can only tell that what these lose stays
        lasts = _last_parts((*lost, *definitions.catalogue.synonyms))
        runs = {
            text: runs.get(text) or text.followed()
            for text in texts
            if text in losing or text.may_name(lasts)
        }
        # the ends of an edge that somebody has declared have to be there
        excluded = _declared(listed, definitions) | _defined_again(listed, definitions)
        transient = _transient(runs.values(), excluded, definitions)
    parts: dict[str, str] = {}
    for text, run in runs.items():
        told = _told(run, created if text in losing else lost)
        parts[texts[text]] = parts.get(texts[text], "") + told
    return Lifetimes(transient, created, lost, lasts, followed, parts)


def _transient(
    runs: Collection[LifetimeRun], excluded: set[str], definitions: Definitions
) -> frozenset[str]:
    """The keys of tables and views that are looked through, transient views settled first.

    What a transient view reads is read by the run that makes the view.
    """
    transient_keys: frozenset[str] = frozenset()
    while True:
        counted = [run for run in runs if run.view not in transient_keys]
        stays = excluded.union(*(run.stays() for run in counted))
        created = {key for run in counted for key in run.tables.created & run.tables.named}
        candidates = {key for key in created - stays if may_be_transient(key, definitions)}
        if transient_keys == (transient_keys := frozenset(candidates)):
            return transient_keys


def _declared(files: Iterable[SourceFile], definitions: Definitions) -> set[str]:
    """What comments that declare lineage name."""
    return {
        definitions.naming.key(
            definitions.naming.canonical(name, declaration.database or file.database)
        )
        for file in files
        for declaration in file.facts.declarations
        for name in (declaration.source, declaration.target)
    }


def _defined_again(files: Iterable[SourceFile], definitions: Definitions) -> set[str]:
    """Views of which there are several texts: which of them a run sees is not known."""
    keys: set[str] = set()
    duplicates: set[str] = set()
    for file in files:
        for item in file.facts.items:
            if isinstance(item, ModuleFact):
                key = definitions.naming.key(module_name(item, file, definitions.naming))
                (duplicates if key in keys else keys).add(key)
    return duplicates


def followed_procedures(
    files: Iterable[SourceFile],
    definitions: Definitions,
    generic: Generic,
    known: AbstractSet[str] = frozenset(),
) -> frozenset[str]:
    """The keys of procedures that drop tables or run their callers' strings.

    The procedures that call such ones are included; one that only hands strings on to others is no
    such one itself.

    Args:
        files: whose procedures are looked at.
        definitions: the objects of the scan.
        generic: which procedures put strings of their callers into SQL.
        known: those of other files.
    """
    callers: dict[str, set[str]] = {}
    waiting: set[str] = set()
    for file in files:
        for item in file.facts.items:
            if not isinstance(item, ModuleFact):
                continue
            name = module_name(item, file, definitions.naming)
            caller = definitions.naming.key(name)
            for statement in item.body:
                if caller in generic.takers and decides(statement):
                    waiting.add(caller)
                for effect in statement.effects:
                    if isinstance(effect, Drop):
                        waiting.add(caller)
                    if isinstance(effect, Execute):
                        database = statement.database or item.database or file.database
                        called = definitions.naming.key(
                            definitions.resolve(effect.procedure, name, database)
                        )
                        callers.setdefault(called, set()).add(caller)
    followed: set[str] = set(known)
    waiting.update(*(callers.get(key, ()) for key in known))
    while waiting:
        key = waiting.pop()
        followed.add(key)
        waiting |= callers.get(key, set()) - followed
    return frozenset(followed)


def _last_parts(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(map(last_part, keys))
