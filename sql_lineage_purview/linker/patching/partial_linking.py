"""Partial linking: some files are run, and of all others only those are known that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from ...model.catalogue import Catalogue
from ...model.facts import SourceFile
from ...model.naming import Naming
from ...model.vocabulary import StatementKind
from ..context.executed_strings import CompiledStrings
from ..context.findings import Findings
from ..context.link_context import LinkContext
from ..definitions.arguments import Generic, survey
from ..definitions.dependencies import Dependencies
from ..definitions.scan_definitions import Definitions, collect, statements_of
from ..interpreter.file_runs import MAX_SPENT, FileRuns
from ..lifetimes.lifetime_run import Survey
from ..lifetimes.transient_objects import followed_procedures
from ..reuse.kept_links import Reuse
from .file_outline import FileOutline, OutlineContext, outline_of
from .scan_change import NotPatchableError, ScanChange
from .scan_outline import ScanOutline, spelled_late


class PartialLinking(Struct, frozen=True):
    """What came of some files.

    `findings` are by path, `asked` is what these and the definitions depend on. `outlines` are
    those of the files that have changed. `spent`: see `ScanOutline`.
    """

    context: LinkContext
    findings: Mapping[str, Findings]
    asked: AbstractSet[str]
    outlines: Mapping[str, FileOutline]
    spent: float


def link_part(
    outline: ScanOutline,
    change: ScanChange,
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    rerun: Collection[str],
    strings: CompiledStrings,
    told: Callable[[AbstractSet[str]], bool],
) -> PartialLinking | AbstractSet[str]:
    """Run some files.

    Args:
        outline: of the scan before.
        change: what is another thing today.
        files: those that are known, in the order of the scan.
        catalogue: the columns that they define.
        rerun: the paths of those that are run.
        strings: compiles the strings that statements execute.
        told: are all files known that say what some objects are?

    Returns:
        What came of them; or else the keys of objects that are asked for before anything runs,
        where not all files are known that say what these are.

    Raises:
        NotPatchableError: what comes of them may depend on files that are not known.
    """
    definitions = collect(files, catalogue, outline.options.naming, change.written)
    outlines = _outlines(outline, change, definitions)
    context = LinkContext.of(
        outline.options, definitions, outline.generic, outline.lifetimes.transient, strings
    )
    runs = [file for file in sorted(files, key=lambda file: file.path) if file.path in rerun]
    if any(outline.sharing.includes(file, definitions.naming) for file in change.files):
        raise NotPatchableError("a file uses what others leave in global temporary tables")
    _follow_lifetimes(
        outline,
        runs,
        Survey(definitions, outline.generic, strings, outline.lifetimes.followed),
    )
    asked = definitions.dependencies.asked | _renamed(files, definitions.naming)
    if not told(asked):
        return asked
    _add_rows(files, context)
    file_runs = FileRuns(runs, context, Reuse())
    file_runs.run()
    sharing = file_runs.sharing | file_runs.makers
    if not sharing <= outline.sharing.paths:
        raise NotPatchableError("a file makes a global temporary table")
    findings = {file.path: one for file, one in zip(runs, file_runs.findings, strict=True)}
    parts: dict[Findings, None] = {}
    for found in findings.values():
        parts.update(dict.fromkeys(found.parts(parts.keys())))
    late = spelled_late(findings.values())
    share = context.budget.share(strings.spent, context.recorder.column_edges)
    spent = outline.spent * _shrinking(outline, change) + share
    if (
        late is None
        or any(outline.late.get(key, name) != name for key, name in late.items())
        or not all(one.lasting or path in sharing for path, one in findings.items())
        or context.budget.exceeded
        or spent > MAX_SPENT
    ):
        raise NotPatchableError("what comes of a file depends on others")
    return PartialLinking(
        context,
        findings,
        asked.union(*(part.dependencies.asked for part in parts)),
        outlines,
        spent,
    )


def _outlines(
    outline: ScanOutline, change: ScanChange, definitions: Definitions
) -> dict[str, FileOutline]:
    """The outlines of the files that have changed.

    Raises:
        NotPatchableError: others see more of them than what objects are.
    """
    former = {old.path: old for old in outline.files if old.path in {f.path for f in change.files}}
    before = {key for old in former.values() for key in old.defined}
    generic, own = outline.generic, survey(change.files, definitions)
    generic = Generic(
        (generic.takers - before) | own.takers, (generic.executors - before) | own.executors
    )
    followed = followed_procedures(
        change.files, definitions, generic, outline.lifetimes.followed - before
    )
    context = OutlineContext(definitions, generic, followed, change.shared)
    outlines = {file.path: outline_of(file, context) for file in change.files}
    for path, today in outlines.items():
        old = former[path]
        is_known = old.is_plain and today.is_plain and not (old.drops_parts or today.drops_parts)
        if not is_known or old.marks != today.marks:
            raise NotPatchableError("others see more of a file than what its objects are")
        # the same marks, the same names of what is altered and dropped
        outlines[path] = replace(today, hidden=old.hidden)
    return outlines


def _follow_lifetimes(outline: ScanOutline, runs: Sequence[SourceFile], survey: Survey) -> None:
    """See that the same tables are gone at the end of the runs that make them.

    Raises:
        NotPatchableError: others may be.
    """
    if outline.options.keep_temporary:
        return
    lifetimes = outline.lifetimes
    if any(lifetimes.part(survey, file) != lifetimes.parts.get(file.path, "") for file in runs):
        raise NotPatchableError("another table may be gone at the end of a run")


def _shrinking(outline: ScanOutline, change: ScanChange) -> float:
    """How many times as many statements the scan had before; at least 1.

    A scan of less statements may use less.
    """
    paths = {file.path for file in change.files}
    before = sum(old.statements for old in outline.files)
    staying = sum(old.statements for old in outline.files if old.path not in paths)
    today = staying + sum(file.facts.statements for file in change.files)
    return max(1.0, before / max(1, today))


def _renamed(files: Sequence[SourceFile], naming: Naming) -> set[str]:
    """The keys of what statements rename: those that rename a module have no row."""
    return {
        naming.key(naming.canonical(name, database))
        for file in files
        for statement, database in statements_of(file)
        if statement.kind is StatementKind.RENAME
        for name in statement.reads
    }


def _add_rows(files: Sequence[SourceFile], context: LinkContext) -> None:
    """Give all statements their rows; what else is shown in these is asked of no other file."""
    definitions = context.definitions
    asked, definitions.dependencies = definitions.dependencies, Dependencies()
    for file in sorted(files, key=lambda file: file.path):
        context.rows.add_file(file)
    definitions.dependencies = asked
