"""Linking: the facts of all files and a catalogue to one lineage graph.

Pure: no parser, no input, no output.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.catalogue import Catalogue
from ..model.facts import ModuleFact, SourceFile
from ..model.graph import LineageGraph
from ..model.naming import Naming
from ..model.stack import deep
from .context.diagnostic_log import DiagnosticLog
from .context.executed_strings import CompiledStrings, CompileString, ExecutedStrings
from .context.file_columns import FileColumns
from .context.global_tables import GlobalTables
from .context.link_budget import LinkBudget
from .context.link_context import LinkContext, LinkOptions
from .context.statement_rows import StatementRows
from .context.table_columns import TableColumns
from .definitions.arguments import survey
from .definitions.scan_definitions import collect, module_name
from .graph_assembly import GraphAssembly
from .interpreter.interpreter import Interpreter
from .lifetimes.transient_objects import transient_objects


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
    return deep(
        lambda: _linked(files, catalogue, options or LinkOptions(), CompiledStrings(compile_string))
    )


def _linked(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions,
    strings: CompiledStrings,
) -> LineageGraph:
    context = _prepared(files, catalogue, options, strings)
    scanned = sorted((file for file in files if not file.reference), key=lambda file: file.path)
    for file in scanned:
        _add_rows(file, context)
    interpreter = Interpreter(context)
    for file in scanned:
        interpreter.run_file(file)
    if context.global_tables.tables:
        context.global_tables.join_all()
        for file in _using_globals(scanned, context.naming):
            interpreter.run_file(file)
    context.diagnostics.report_missing_tables()
    return GraphAssembly(context, scanned).graph()


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
    file_columns = FileColumns(naming, catalogue.data_sources)
    rows = StatementRows(definitions, file_columns)
    diagnostics = DiagnosticLog(definitions.references)
    return LinkContext(
        options,
        definitions,
        generic,
        transient,
        rows,
        TableColumns(definitions),
        file_columns,
        diagnostics,
        ExecutedStrings(strings, rows, diagnostics),
        LinkBudget(rows),
        GlobalTables(naming),
    )


def _add_rows(file: SourceFile, context: LinkContext) -> None:
    for item in file.facts.items:
        module = module_name(item, file, context.naming) if isinstance(item, ModuleFact) else None
        module = context.definitions.canonical_spelling(module) if module else None
        for fact in item.body if isinstance(item, ModuleFact) else (item,):
            database = fact.database or item.database or file.database
            context.rows.add(fact, file.path, module, database)


def _using_globals(files: Sequence[SourceFile], naming: Naming) -> list[SourceFile]:
    """The files that use ##global temporary tables, by themselves or through calls.

    They read or write such tables, or call a procedure of such a file, through however many
    others.
    """
    waiting, matching_files = list(files), []
    users: set[str] = set()  # the last parts of the names of procedures
    while using := [file for file in waiting if _uses_globals(file, users, naming)]:
        waiting = [file for file in waiting if file not in using]
        matching_files += using
        users |= {
            naming.fold(item.name.object)
            for file in using
            for item in file.facts.items
            if isinstance(item, ModuleFact)
        }
    return sorted(matching_files, key=lambda file: file.path)


def _uses_globals(file: SourceFile, users: set[str], naming: Naming) -> bool:
    statements = [
        statement
        for item in file.facts.items
        for statement in (item.body if isinstance(item, ModuleFact) else (item,))
    ]
    return any(
        any(name.object.startswith("##") for name in (*statement.reads, *statement.writes))
        or any(naming.fold(name.object) in users for name in statement.calls)
        for statement in statements
    )
