"""Linking: the facts of all files and a catalogue to one lineage graph. Pure: no parser, no input, no output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ..model.catalogue import Catalogue
from ..model.diagnostics import Diagnostic, Gap, Span
from ..model.facts import ExecuteString, FileFacts, ModuleFact, Query, Select, SetOperation, SourceFile, StatementFact, Write
from ..model.graph import Gaps, LineageGraph, Location, Module, ScannedFile, Statement, Table, Told
from ..model.names import Name, is_left_open
from ..model.naming import Naming
from ..model.stack import deep
from ..model.vocabulary import ModuleKind, TableKind, Teller
from .binder import Binder
from .bound import Bound
from .calls import survey
from .declaring import declare_parameters
from .flows import TooManyFlowsError
from .knowledge import DynamicFacts, Knowledge, LinkOptions, Place
from .lifetimes import transient_objects
from .objects import Objects, collect, module_name
from .rows import StatementRows
from .running import run
from .session import Quiet, Session
from .surroundings import Surroundings
from .telling import told

# Compiles the text of a string that a statement executes in a database.
CompileString: TypeAlias = Callable[[str, ExecuteString, str | None], FileFacts]


def link(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    options: LinkOptions | None = None,
    compile_string: CompileString | None = None,
) -> LineageGraph:
    """Link the facts of all files.

    Strings that are known only once a caller's constants are (a loader that is called with the names of tables) are given to
    `compile_string`; without it they stay gaps.

    Of two definitions of a name the later one in the order given counts; everything else is in the order of paths. Files that
    are only a reference tell of objects, and have no part in the graph of their own.
    """
    return deep(lambda: Linker(files, catalogue, options or LinkOptions(), compile_string).run())


@dataclass(slots=True)
class Linker:
    """One linking: statement rows first, then every script and module is run, then the graph is put together."""

    files: Sequence[SourceFile]
    catalogue: Catalogue
    options: LinkOptions
    compile_string: CompileString | None = None
    naming: Naming = field(init=False)
    objects: Objects = field(init=False)
    knowledge: Knowledge = field(init=False)
    rows: StatementRows = field(init=False)
    _strings: dict[tuple[object, ...], DynamicFacts] = field(default_factory=dict)
    _texts: dict[tuple[object, ...], FileFacts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.naming = self.options.naming
        self.objects = collect(self.files, self.catalogue, self.naming)
        generic = survey(self.files, self.objects)
        self.files = sorted((file for file in self.files if not file.reference), key=lambda file: file.path)
        self.rows = StatementRows(self.objects)
        transient = frozenset[str]()
        if not self.options.keep_temporary:
            compiler = self._compiled if self.compile_string else None
            transient = transient_objects(self.files, self.objects, generic, compiler)
        self.knowledge = Knowledge(self.options, self.objects, self._describe, self._dynamic, self.rows.ids, generic, transient)

    def run(self) -> LineageGraph:
        """Link everything."""
        for file in self.files:
            self._add_rows(file)
        for file in self.files:
            self._run_guarded(file)
        if self.knowledge.globals:
            self.knowledge.share_all()
            for file in _using_globals(self.files, self.naming):
                self._run_guarded(file)
        self.knowledge.report_missing()
        return self._graph()

    def _describe(self, query: Query, path: str, module: Name | None, database: str | None) -> Bound:
        quiet = Quiet(self.knowledge, Place(path, module, database, writes=False), run, noting=False)
        try:
            return Binder(Surroundings(quiet)).query(query)
        except (TooManyFlowsError, MemoryError, RecursionError):  # reported where the text itself is linked
            return Bound(opaque=True)

    # --- statement rows -----------------------------------------------------------------------------------------------

    def _add_rows(self, file: SourceFile) -> None:
        for item in file.facts.items:
            module = module_name(item, file, self.naming) if isinstance(item, ModuleFact) else None
            module = self.objects.spelled(module) if module else None
            for fact in item.body if isinstance(item, ModuleFact) else (item,):
                database = fact.database or item.database or file.database
                self.rows.add(fact, file.path, module, database, self.knowledge.address)

    def _dynamic(self, text: str, execution: ExecuteString, statement: StatementFact, place: Place) -> DynamicFacts:
        """The statements of a string that became known while linking; the same ones each time that it is executed there."""
        key = (id(statement), text, _values(execution))
        if key not in self._strings:
            self._strings[key] = self._compiled_string(text, execution, statement, place)
        return self._strings[key]

    def _compiled_string(self, text: str, execution: ExecuteString, statement: StatementFact, place: Place) -> DynamicFacts:
        if self.compile_string is None:
            return DynamicFacts(open=True)
        facts = self._compiled(text, execution, place.database)
        statements = tuple(
            replace(
                fact,
                span=statement.span,
                branch=(*statement.branch, *fact.branch),
                unreached=fact.unreached or statement.unreached,
            )
            for fact in facts.items
            if isinstance(fact, StatementFact)
        )
        for diagnostic in facts.diagnostics:
            if diagnostic.rule.gap is not Gap.DYNAMIC or diagnostic.code not in ("SLP301", "SLP302"):
                self.knowledge.report(diagnostic.code, diagnostic.message, place.path, statement.span)
        misread = any(diagnostic.code in ("SLP301", "SLP302") for diagnostic in facts.diagnostics)
        if place.path not in self.objects.references:
            for fact in statements:
                self.rows.add(fact, place.path, place.module, fact.database or place.database, self.knowledge.address)
        writes = (effect for fact in statements for effect in fact.effects if isinstance(effect, Write))
        left_open = any(map(_names_left_open, statements)) or any(map(_columns_left_open, writes))
        return DynamicFacts(statements, misread or left_open, facts.disclosed)

    def _compiled(self, text: str, execution: ExecuteString, database: str | None) -> FileFacts:
        key = (text, database, execution.into, execution.columns, execution.server, execution.shares, _values(execution))
        if key not in self._texts:
            self._texts[key] = self.compile_string(text, execution, database) if self.compile_string else FileFacts("", 0, 0)
        return self._texts[key]

    # --- running ------------------------------------------------------------------------------------------------------

    def _run_guarded(self, file: SourceFile) -> None:
        """A defect outside of any statement costs the rest of the file."""
        try:
            self._run_file(file)
        except TooManyFlowsError:
            self.knowledge.report("SLP108", "more column edges than are followed", file.path, Span())
        except Exception as error:
            message = f"the tool failed on this file ({type(error).__name__}: {str(error)[:120]})"
            self.knowledge.report("SLP104", message, file.path, Span())

    def _run_file(self, file: SourceFile) -> None:
        self.knowledge.followed = self.knowledge.repeated = 0
        script = Session(self.knowledge, Place(file.path, None, file.database), run)
        statements: list[StatementFact] = []  # between two modules; a loop is run as a whole
        for item in file.facts.items:
            if isinstance(item, StatementFact):
                statements.append(item)
                continue
            script.run(statements)
            statements = []
            self._run_module(item, file)
        script.run(statements)
        self.knowledge.calls.end_module()

    def _run_module(self, fact: ModuleFact, file: SourceFile) -> None:
        name = self.objects.spelled(module_name(fact, file, self.naming))
        database = fact.database or file.database
        place = Place(file.path, name, database, (self.naming.key(name),), fact.span.line)
        self.knowledge.followed = self.knowledge.repeated = 0
        session = Session(self.knowledge, place, run)
        counting = self.objects.module(name)
        if counting and counting.fact is fact:  # calls run the definition that counts
            session.caller_supplied_parameters = self.knowledge.generic.passed.get(self.naming.key(name), frozenset())
        declare_parameters(session, fact.parameters)
        if fact.query is not None and fact.kind is ModuleKind.FUNCTION:
            Binder(Surroundings(session)).query(fact.query)
        session.run(fact.body)
        self.knowledge.calls.end_module()

    # --- the graph ----------------------------------------------------------------------------------------------------

    def _graph(self) -> LineageGraph:
        statements = self._statements()
        order = {row.id: position for position, row in enumerate(statements)}
        self._report_twins(statements)
        diagnostics = self._all_diagnostics()
        table_edges, column_edges = self.knowledge.edges.table_edges(order), self.knowledge.edges.column_edges(order)
        nodes = {name for row in statements for name in row.reads + row.writes if not name.temporary and not name.system_source}
        nodes |= {name for edge in table_edges for name in (edge.source, edge.target)}
        nodes = {self.objects.base(name) for name in nodes}
        nodes |= {entry.name for entry in self.catalogue.tables.values() if entry.defined_at}
        views = (entry for entry in self.objects.modules.values() if entry.fact.kind is ModuleKind.VIEW)
        nodes |= {entry.name for entry in views if entry.path not in self.objects.references}
        unique = {self.naming.key(name): self.objects.spelled(name) for name in nodes}
        unique = {key: name for key, name in unique.items() if key not in self.knowledge.transient}
        return LineageGraph(
            files=tuple(self._scanned(file, diagnostics) for file in {file.path: file for file in self.files}.values()),
            tables=tuple(self._node(name) for name in sorted(unique.values(), key=str)),
            modules=tuple(sorted(self._modules(statements), key=lambda m: (str(m.name), m.path, m.line))),
            statements=statements,
            table_lineage=table_edges,
            column_lineage=column_edges,
            diagnostics=diagnostics,
        )

    def _statements(self) -> tuple[Statement, ...]:
        """The rows of statements, with the tables that they reach through views."""
        reached = self.knowledge.reached
        rows = self.rows.all()
        return tuple(replace(row, reached=tuple(reached[row.id])) if row.id in reached else row for row in rows)

    def _all_diagnostics(self) -> tuple[Diagnostic, ...]:
        diagnostics = dict(self.knowledge.diagnostics)
        for file in self.files:
            for diagnostic in file.facts.diagnostics:
                diagnostics[replace(diagnostic, path=file.path)] = None
        for diagnostic in self.objects.diagnostics:
            diagnostics[diagnostic] = None
        return told(diagnostics, {file.path: file.facts for file in self.files})

    def _scanned(self, file: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> ScannedFile:
        gaps = Counter(d.rule.gap for d in diagnostics if d.path == file.path)
        facts = file.facts
        counted = Gaps(gaps[Gap.SYNTAX], gaps[Gap.NAME], gaps[Gap.DYNAMIC])
        return ScannedFile(file.path, facts.encoding, facts.batches, facts.statements, counted)

    def _node(self, name: Name) -> Table:
        if name.address:
            named = self.knowledge.files.get(name)
            return Table(name, TableKind.FILE, tuple(named) if named else None, None)
        kind, where = self._kind(name)
        if kind is TableKind.FUNCTION:
            return Table(name, kind, None, where)
        columns = self.knowledge.columns_of(name)
        return Table(name, kind, columns, where, self._told(name) if columns is not None else None)

    def _kind(self, name: Name) -> tuple[TableKind, Location | None]:
        """What an object is, and where a script of the scan defines it."""
        entry, module = self.objects.table(name), self.objects.module(name)
        creation = self.objects.creations.get(self.naming.key(name))
        if entry is not None and entry.defined_at:
            return entry.kind, entry.defined_at
        if module is not None:
            where = self._scanned_place(module.path, module.fact.span.line)
            if module.fact.kind is ModuleKind.VIEW:
                return TableKind.MATERIALIZED_VIEW if module.fact.materialized else TableKind.VIEW, where
            return TableKind.FUNCTION, where
        if creation is not None:
            return creation.kind, self._scanned_place(creation.where.path, creation.where.line)
        if entry is not None:
            return entry.kind, None
        return TableKind.TEMPORARY if name.temporary else TableKind.UNKNOWN, None

    def _scanned_place(self, path: str, line: int) -> Location | None:
        return None if path in self.objects.references else Location(path, line)

    def _told(self, name: Name) -> Told | None:
        """Who told the columns, in the order in which they were asked."""
        key = self.naming.key(name)
        entry = self.objects.table(name)
        catalog_entry = entry if entry and entry.columns is not None else None
        if catalog_entry and catalog_entry.defined_at:
            return Told(Teller.DEFINITION, catalog_entry.defined_at.path, catalog_entry.defined_at.line)
        view, creation = self.objects.view(name), self.objects.creations.get(key)
        if (view or creation) and (catalog_entry is None or self.knowledge.queried(name)):
            if view:
                foreign = view.path in self.objects.references
                return Told(Teller.CATALOG, view.path) if foreign else Told(Teller.QUERY, view.path, view.fact.span.line)
            return Told(Teller.QUERY, creation.where.path, creation.where.line) if creation else None
        if catalog_entry and catalog_entry.source:
            return Told(Teller.CATALOG, catalog_entry.source)
        old = self.objects.renames.get(key)
        return self._told(old) if old else None

    def _modules(self, statements: tuple[Statement, ...]) -> Iterable[Module]:
        by_module: dict[tuple[Name, str], list[Statement]] = {}
        for row in statements:
            if row.module is not None and not row.dynamic:
                by_module.setdefault((row.module, row.path), []).append(row)
        for file in self.files:
            for fact in file.facts.items:
                if not isinstance(fact, ModuleFact):
                    continue
                name = self.objects.spelled(module_name(fact, file, self.naming))
                counting = self.objects.module(name)
                if fact.dynamic and counting and counting.fact is not fact:
                    continue
                module_rows = [
                    row for row in by_module.get((name, file.path), ()) if fact.span.line <= row.line <= fact.span.end_line
                ]
                references = self.knowledge.references.get((file.path, fact.span.line, name), {})
                yield Module(
                    name,
                    fact.kind,
                    file.path,
                    fact.span.line,
                    fact.span.end_line,
                    _persistent(name for row in module_rows for name in row.reads),
                    _persistent(name for row in module_rows for name in row.writes),
                    _persistent(name for row in module_rows for name in row.calls),
                    tuple(sorted(references, key=lambda c: (str(c.table), c.column or ""))),
                )

    def _report_twins(self, statements: tuple[Statement, ...]) -> None:
        """`dbo.t` and `Db.dbo.t` in one scan: two names, perhaps of one table."""
        with_database: dict[str, list[Name]] = {}
        foreign = {self.naming.key(entry.name) for entry in self.catalogue.tables.values() if not entry.defined_at}
        foreign |= {key for key, entry in self.objects.modules.items() if entry.path in self.objects.references}
        used = {self.naming.key(name) for row in statements for name in row.reads + row.writes}
        for key, name in self.objects.spellings.items():
            if key in foreign and key not in used:  # the database of a catalog, which answers for names without one too
                continue
            if len(name.parts) == 3 and not name.template:
                with_database.setdefault(self.naming.key(Name(name.parts[1:])), []).append(name)
        reported: set[str] = set()
        for row in statements:
            for name in row.reads + row.writes:
                key = self.naming.key(name)
                if len(name.parts) == 2 and key in with_database and key not in reported:
                    reported.add(key)
                    others = " or ".join(sorted(map(str, with_database[key])))
                    self.knowledge.report(
                        "SLP204", f"{name} and {others} may be one table", row.path, Span(row.line, 1, row.line, 1)
                    )


def _using_globals(files: Sequence[SourceFile], naming: Naming) -> list[SourceFile]:
    """The files that read or write ##global temporary tables, or call a procedure of such a file, through however many others."""
    waiting, matching_files = list(files), []
    users: set[str] = set()  # the last parts of the names of procedures
    while using := [file for file in waiting if _uses_globals(file, users, naming)]:
        waiting = [file for file in waiting if file not in using]
        matching_files += using
        users |= {naming.fold(item.name.last) for file in using for item in file.facts.items if isinstance(item, ModuleFact)}
    return sorted(matching_files, key=lambda file: file.path)


def _uses_globals(file: SourceFile, users: set[str], naming: Naming) -> bool:
    statements = [
        statement for item in file.facts.items for statement in (item.body if isinstance(item, ModuleFact) else (item,))
    ]
    return any(
        any(name.last.startswith("##") for name in (*statement.reads, *statement.writes))
        or any(naming.fold(name.last) in users for name in statement.calls)
        for statement in statements
    )


def _values(execution: ExecuteString) -> tuple[object, ...]:
    """What the marks in a string stand for: two strings of one text may differ in that."""
    return tuple((piece.value, piece.converted) for piece in execution.pattern if not piece.known)


def _names_left_open(statement: StatementFact) -> bool:
    """Is a name known in part, or the database of one? Of what the system and the session have nothing is lost."""
    names = [name for name in (*statement.reads, *statement.writes, *statement.calls) if not name.system_source]
    unknown_database = is_left_open(statement.database or "") and any(
        len(name.parts) < 3 and not name.temporary for name in names
    )
    return unknown_database or any(name.left_open for name in names)


def _columns_left_open(write: Write) -> bool:
    """Does a string that is known in part leave open which columns it writes, or which it takes?"""
    return any(name == "*" or is_left_open(name) for name in write.columns or ()) or _is_partial(write.query)


def _is_partial(query: Query) -> bool:
    inner = [table.query for table in query.common]
    match query.body:
        case SetOperation(left=left, right=right):
            inner += [left, right]
        case Select(partial=True):
            return True
        case Select(sources=sources):
            inner += [source.relation for source in sources if isinstance(source.relation, Query)]
    return any(map(_is_partial, inner))


def _persistent(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(sorted({name for name in names if not name.temporary}, key=str))
