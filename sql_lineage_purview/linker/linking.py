"""Linking: the facts of all files and a catalogue to one lineage graph.

Pure: no parser, no input, no output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ..model.catalogue import Catalogue
from ..model.facts import SourceFile
from ..model.graph import LineageGraph
from ..model.stack import deep
from .assembly.column_spellings import spelled_once
from .assembly.graph_assembly import GraphAssembly
from .assembly.scan_findings import ScanFindings
from .context.executed_strings import CompiledStrings, CompileString
from .context.findings import Findings
from .context.link_context import LinkContext, LinkOptions
from .definitions.arguments import survey
from .definitions.scan_definitions import collect, spell_uses
from .interpreter.file_runs import FileRuns
from .lifetimes.transient_objects import Lifetimes, lifetimes
from .patching.part_table import ColumnPlace
from .patching.scan_outline import ScanOutline, Surroundings, outline_scan
from .reuse.fingerprints import answers, circumstances
from .reuse.kept_links import KeptLinks, Reuse


def link(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions | None = None,
    compile_string: CompileString | None = None,
) -> LineageGraph:
    """Link the facts of all files.

    Of two definitions of a name the later one in the order given counts; everything else is in the
    order of paths. Files that are only a reference tell of objects, and have no part in the graph
    of their own.

    Args:
        files: the facts.
        catalogue: the columns that definitions and catalogs tell.
        options: see `LinkOptions`.
        compile_string: compiles strings that are known only once a caller's constants are, as of a
            loader that is called with the names of tables; without it they stay gaps.

    Returns:
        The graph, with all diagnostics.
    """
    options, strings = options or LinkOptions(), CompiledStrings(compile_string)

    def linked() -> LineageGraph:
        runs = _runs(files, _prepared(files, catalogue, options, strings)[0], None)
        return spelled_once(_graph(runs, runs.given_up()), options.naming)[0]

    return deep(linked)


class Relinked(Struct, frozen=True):
    """A graph, and what is to be kept for the next time.

    `outline`: None where a change of one file may concern any other. `findings`: what came of the
    files, by path, and `columns` what came of asking for columns.
    """

    graph: LineageGraph
    kept: KeptLinks
    outline: ScanOutline | None
    findings: Mapping[str, Findings]
    columns: Sequence[tuple[ColumnPlace, Findings]]


def relink(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions | None = None,
    compile_string: CompileString | None = None,
    kept: KeptLinks | None = None,
) -> Relinked:
    """Link the facts of all files, and run only those of which the kept findings do not hold.

    Args:
        files: the facts, with their fingerprints.
        catalogue: as for `link`.
        options: as for `link`.
        compile_string: as for `link`.
        kept: what an earlier linking has found; the graph does not depend on it.

    Returns:
        The graph that `link` gives, and what is to be kept for the next time.
    """
    options, strings = options or LinkOptions(), CompiledStrings(compile_string)

    def linked() -> Relinked:
        context, surroundings = _prepared(files, catalogue, options, strings)
        runs = _runs(files, context, kept or KeptLinks())
        if runs.reused and runs.spent > 1:
            # what a budget cuts off depends on all that has been run before it
            context, surroundings = _prepared(files, catalogue, options, strings)
            runs = _runs(files, context, None)
        graph, respelled = spelled_once(_graph(runs, runs.findings), options.naming)
        outline = outline_scan(files, surroundings, runs, respelled)
        findings = {file.path: one for file, one in zip(runs.files, runs.findings, strict=True)}
        columns = [(place, one) for place, _, one in context.columns.described()]
        return Relinked(graph, runs.kept(), outline, findings, columns)

    return deep(linked)


def _runs(files: Sequence[SourceFile], context: LinkContext, kept: KeptLinks | None) -> FileRuns:
    """Run the files of which the kept findings do not hold; None: nothing is or will be kept."""
    scanned = sorted((file for file in files if not file.reference), key=lambda file: file.path)
    spell_uses(context.definitions, scanned)
    for file in (*scanned, *(file for file in files if file.reference)):
        context.rows.add_file(file)
    reuse = Reuse()
    if kept is not None:
        reuse = Reuse.of(kept, circumstances(context), answers(files, context))
    for place, (names, findings) in reuse.columns().items():
        context.columns.take_over(place, names, findings)
    runs = FileRuns(scanned, context, reuse)
    runs.run()
    return runs


def _graph(runs: FileRuns, findings: Iterable[Findings]) -> LineageGraph:
    context = runs.context
    merged = ScanFindings.of(context.definitions, context.rows.by_path, findings)
    with context.recorder.part():
        return GraphAssembly(context, merged, runs.files).graph()


def _prepared(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions,
    strings: CompiledStrings,
) -> tuple[LinkContext, Surroundings]:
    """What is known before anything runs.

    This is who is who, which strings calls pass, and which tables runs make and leave none
    of.
    """
    naming = options.naming
    definitions = collect(files, catalogue, naming)
    defined = frozenset(definitions.spellings.written)
    generic = survey(files, definitions)
    known = Lifetimes()
    if not options.keep_temporary:
        known = lifetimes(files, definitions, generic, strings)
    context = LinkContext.of(options, definitions, generic, known.transient, strings)
    return context, Surroundings(known, defined)
