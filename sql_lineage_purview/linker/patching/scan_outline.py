"""Scan outlines: what is known of all files of a scan together, without their facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.facts import HistoryFact, SourceFile
from ...model.graph import Column
from ...model.names import Name
from ...model.naming import Naming
from ..assembly.schema_dependencies import SchemaPart, dropped_parts, hidden_names
from ..context.findings import Findings
from ..context.link_context import LinkContext, LinkOptions
from ..definitions.arguments import Generic
from ..definitions.scan_definitions import ModuleEntry, statements_of
from ..interpreter.file_runs import MAX_SPENT, FileRuns, module_names
from ..lifetimes.call_effects import last_part
from ..lifetimes.transient_objects import Lifetimes
from .file_outline import FileOutline, OutlineContext, defined_keys, outline_of


class Sharing(Struct, frozen=True, array_like=True):
    """The files that use ##global temporary tables or make some, by their paths.

    `names`: the last parts of the names of those modules whose callers do so too.
    """

    paths: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def includes(self, file: SourceFile, naming: Naming) -> bool:
        """Has a file a part in it?"""
        return file.path in self.paths or any(
            naming.fold(name.object) in self.names
            for statement, _ in statements_of(file)
            for name in statement.calls
        )


class ScanOutline(Struct, frozen=True):
    """What is known before anything runs, and the outlines of the files in their order.

    `written`: the spelling of each object by its key; `undefined`: the keys of those that no
    definition spells; `unlike`: of those that some file spells otherwise first. `late`: the
    spelling of what only strings name. `dropped`: the keys and the like that scripts drop. `meant`:
    the last parts of names whose meaning decides what is known before anything runs. `spent`: how
    much of its budgets the linking has used, from 0 to 1. `respelled`: the columns that are
    spelled in several ways, folded.
    """

    options: LinkOptions
    files: Sequence[FileOutline]
    written: Mapping[str, Name]
    undefined: frozenset[str]
    unlike: frozenset[str]
    late: Mapping[str, Name]
    generic: Generic
    lifetimes: Lifetimes
    dropped: frozenset[SchemaPart] = frozenset()
    meant: frozenset[str] = frozenset()
    sharing: Sharing = field(default_factory=Sharing)
    spent: float = 0.0
    respelled: frozenset[Column] = frozenset()

    def tellers(self) -> dict[str, list[str]]:
        """The paths of the files that say what an object is, by its key."""
        tellers: dict[str, list[str]] = {}
        for file in self.files:
            for key in file.defined:
                tellers.setdefault(key, []).append(file.path)
        return tellers


class Surroundings(Struct, frozen=True):
    """What a linking has known before anything ran.

    `defined`: the keys of the objects that definitions spell.
    """

    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    defined: frozenset[str] = frozenset()


def outline_scan(
    files: Sequence[SourceFile],
    surroundings: Surroundings,
    runs: FileRuns,
    respelled: frozenset[Column],
) -> ScanOutline | None:
    """The outline of a scan; None where a change of one file may concern any other.

    Args:
        files: all of them, in their order.
        surroundings: what the linking has known before.
        runs: the runs of those that are scanned.
        respelled: see `ScanOutline`.
    """
    context, spent = runs.context, runs.spent
    if (
        len({file.path for file in runs.files}) < len(runs.files)
        or not all(file.fingerprint for file in files)
        or spent > MAX_SPENT
    ):
        return None
    late = spelled_late(runs.findings)
    sharing = _sharing(runs)
    if late is None or not all(
        one.lasting or file.path in sharing.paths
        for file, one in zip(runs.files, runs.findings, strict=True)
    ):
        return None
    definitions, lifetimes = context.definitions, surroundings.lifetimes
    written = definitions.spellings.written
    tellers = Counter(key for file in files for key in defined_keys(file, definitions.naming))
    shared = {key for key, count in tellers.items() if count > 1}
    outlining = OutlineContext(definitions, context.generic, lifetimes.followed, shared)
    dropped = frozenset(dropped_parts(runs.files, context))
    outlines = [
        replace(
            outline_of(file, outlining),
            hidden=tuple(sorted({*hidden_names(file, dropped, definitions)})),
        )
        for file in files
    ]
    return ScanOutline(
        context.options,
        _with_told_elsewhere(outlines, files, context),
        dict(written),
        frozenset(written.keys() - surroundings.defined),
        frozenset(
            key for outline in outlines if not outline.reference for key, _ in outline.otherwise
        ),
        late,
        context.generic,
        lifetimes,
        dropped,
        frozenset(_meant(context, lifetimes)),
        sharing,
        spent,
        respelled,
    )


def _meant(context: LinkContext, lifetimes: Lifetimes) -> Iterator[str]:
    """The last parts of what calls pass strings to, and of what lifetimes are followed of.

    A name without a schema means another object where its module's schema begins to have one.
    """
    generic, synonyms = context.generic, context.definitions.catalogue.synonyms
    lasting = (lifetimes.followed, lifetimes.created, synonyms)
    for keys in (generic.takers, generic.executors, *lasting):
        yield from map(last_part, keys)


def _sharing(runs: FileRuns) -> Sharing:
    naming = runs.context.naming
    names = (module_names(file, naming) for file in runs.files if file.path in runs.sharing)
    return Sharing(runs.sharing | runs.makers, frozenset().union(*names))


def spelled_late(findings: Iterable[Findings]) -> dict[str, Name] | None:
    """The spelling of what only strings name; None where one has several."""
    spelled: dict[str, Name] = {}
    met: set[Findings] = set()
    for one in findings:
        for part in one.parts(met):
            met.add(part)
            for key, name in part.dependencies.spelled.items():
                if spelled.setdefault(key, name) != name:
                    return None
    return spelled


def _with_told_elsewhere(
    outlines: Sequence[FileOutline], files: Sequence[SourceFile], context: LinkContext
) -> list[FileOutline]:
    """What is known of a view by its INSTEAD OF trigger, and of a history by its table.

    That no nearer object is the view of a trigger is known by the trigger too.
    """
    definitions, naming = context.definitions, context.naming
    told: dict[str, list[str]] = {}
    for (view, _), trigger in definitions.instead_of.items():
        told.setdefault(trigger, []).append(view)
        told[trigger] += _nearest(definitions.modules[trigger], naming)
    for file in files:
        for fact in file.facts.definitions:
            if isinstance(fact, HistoryFact):
                database = fact.database or file.database
                history, base = (
                    naming.key(naming.canonical(name, database)) for name in (fact.name, fact.base)
                )
                told.setdefault(base, []).append(history)
    if not told:
        return list(outlines)
    return [
        replace(
            outline,
            defined=tuple(
                dict.fromkeys(
                    (
                        *outline.defined,
                        *(key for own in outline.defined for key in told.get(own, ())),
                    )
                )
            ),
        )
        for outline in outlines
    ]


def _nearest(trigger: ModuleEntry, naming: Naming) -> list[str]:
    """The key of what a trigger stands in for if it is there: one in the trigger's own schema."""
    on, parts = trigger.fact.on, trigger.name.parts
    if on is None or len(on.parts) > 1 or len(parts) < 2:
        return []
    return [naming.key(naming.canonical(Name((parts[-2], on.object)), trigger.database))]
