"""Linking: the facts of all files and a catalogue to one lineage graph.

Pure: no parser, no input, no output.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.catalogue import Catalogue
from ..model.facts import ModuleFact, SourceFile
from ..model.graph import LineageGraph
from ..model.stack import deep
from .assembly.graph_assembly import GraphAssembly
from .assembly.scan_findings import ScanFindings
from .context.diagnostic_log import DiagnosticLog
from .context.executed_strings import CompiledStrings, CompileString, ExecutedStrings
from .context.global_tables import GlobalTables
from .context.link_budget import LinkBudget
from .context.link_context import LinkContext, LinkOptions
from .context.recorder import Recorder
from .context.statement_rows import StatementRows
from .context.table_columns import TableColumns
from .definitions.arguments import survey
from .definitions.scan_definitions import collect, module_name, spell_uses
from .interpreter.file_runs import FileRuns
from .lifetimes.transient_objects import transient_objects
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
    return deep(lambda: _graph(_runs(files, _prepared(files, catalogue, options, strings), None)))


def relink(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions | None = None,
    compile_string: CompileString | None = None,
    kept: KeptLinks | None = None,
) -> tuple[LineageGraph, KeptLinks]:
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

    def linked() -> tuple[LineageGraph, KeptLinks]:
        context = _prepared(files, catalogue, options, strings)
        runs = _runs(files, context, kept or KeptLinks())
        if context.budget.exceeded and runs.reused:
            # what a budget cuts off depends on all that has been run before it
            context = _prepared(files, catalogue, options, strings)
            runs = _runs(files, context, None)
        return _graph(runs), runs.kept()

    return deep(linked)


def _runs(files: Sequence[SourceFile], context: LinkContext, kept: KeptLinks | None) -> FileRuns:
    """Run the files of which the kept findings do not hold; None: nothing is or will be kept."""
    scanned = sorted((file for file in files if not file.reference), key=lambda file: file.path)
    spell_uses(context.definitions, scanned)
    for file in (*scanned, *(file for file in files if file.reference)):
        _add_rows(file, context)
    reuse = Reuse()
    if kept is not None:
        reuse = Reuse.of(kept, circumstances(context), answers(files, context))
    for place, (names, findings) in reuse.columns().items():
        context.columns.take_over(place, names, findings)
    runs = FileRuns(scanned, context, reuse)
    runs.run()
    return runs


def _graph(runs: FileRuns) -> LineageGraph:
    context = runs.context
    findings = ScanFindings.of(context.definitions, context.rows.by_path, runs.findings)
    with context.recorder.part():
        return GraphAssembly(context, findings, runs.files).graph()


def _prepared(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions,
    strings: CompiledStrings,
) -> LinkContext:
    """What is known before anything runs.

    This is who is who, which strings calls pass, and which tables runs make and leave none
    of.
    """
    naming = options.naming
    definitions = collect(files, catalogue, naming)
    generic = survey(files, definitions)
    transient = (
        frozenset[str]()
        if options.keep_temporary
        else transient_objects(files, definitions, generic, strings)
    )
    rows, recorder = StatementRows(definitions), Recorder(definitions)
    diagnostics = DiagnosticLog(recorder)
    return LinkContext(
        options,
        definitions,
        generic,
        transient,
        rows,
        TableColumns(definitions, recorder),
        recorder,
        diagnostics,
        ExecutedStrings(strings, rows, diagnostics),
        LinkBudget(rows),
        GlobalTables(naming),
    )


def _add_rows(file: SourceFile, context: LinkContext) -> None:
    """Give the statements of a file their rows; what only tells of objects has none."""
    for item in file.facts.items:
        module = module_name(item, file, context.naming) if isinstance(item, ModuleFact) else None
        module = context.definitions.canonical_spelling(module) if module else None
        for fact in item.body if isinstance(item, ModuleFact) else (item,):
            if file.reference:
                context.rows.number(fact, file.path)
            else:
                database = fact.database or item.database or file.database
                context.rows.add(fact, file.path, module, database)
