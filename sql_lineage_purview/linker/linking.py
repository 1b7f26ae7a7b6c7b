"""Linking: the facts of all files and a catalogue to one lineage graph. Pure: no parser, no input, no output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..model.catalogue import Catalogue
from ..model.diagnostics import Diagnostic, Gap, Span
from ..model.facts import ModuleFact, Query, SourceFile, StatementFact
from ..model.graph import Gaps, LineageGraph, Location, Module, ScannedFile, Statement, Table
from ..model.names import Name
from ..model.naming import Naming
from ..model.stack import deep
from ..model.vocabulary import ModuleKind, TableKind
from .binder import Binder
from .bound import Bound
from .knowledge import Knowledge, LinkOptions
from .objects import Objects, collect, module_name
from .session import Place, Session


def link(files: Sequence[SourceFile], catalogue: Catalogue, options: LinkOptions | None = None) -> LineageGraph:
    """Link the facts of all files.

    Of two definitions of a name the later one in the order given counts; everything else is in the order of paths. Files that
    are only a reference tell of objects, and have no part in the graph of their own.
    """
    return deep(lambda: Linker(files, catalogue, options or LinkOptions()).run())


@dataclass(slots=True)
class Linker:
    """One linking: statement rows first, then every script and module is run, then the graph is put together."""

    files: Sequence[SourceFile]
    catalogue: Catalogue
    options: LinkOptions
    naming: Naming = field(init=False)
    objects: Objects = field(init=False)
    knowledge: Knowledge = field(init=False)
    _rows: list[Statement] = field(default_factory=list)
    _ids: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.naming = self.options.naming
        self.objects = collect(self.files, self.catalogue, self.naming)
        self.files = sorted((file for file in self.files if not file.reference), key=lambda file: file.path)
        self.knowledge = Knowledge(self.options, self.objects, self._describe)

    def run(self) -> LineageGraph:
        """Link everything."""
        for file in self.files:
            self._add_rows(file)
        for file in self.files:
            self._run_file(file)
        self.knowledge.report_missing()
        return self._graph()

    def _describe(self, query: Query, path: str, module: Name | None, database: str | None) -> Bound:
        return Binder(_Quiet(self.knowledge, Place(path, module, database, {}), noting=False)).query(query)

    # --- statement rows -----------------------------------------------------------------------------------------------

    def _add_rows(self, file: SourceFile) -> None:
        ordinal = 0
        for item in file.facts.items:
            module = module_name(item, file, self.naming) if isinstance(item, ModuleFact) else None
            module = self.objects.spelled(module) if module else None
            for fact in item.body if isinstance(item, ModuleFact) else (item,):
                if not (fact.reads or fact.writes or fact.calls):
                    continue
                ordinal += 1
                database = fact.database or item.database or file.database
                row = Statement(
                    f"{file.path}#{ordinal}",
                    file.path,
                    fact.span.line,
                    fact.span.end_line,
                    fact.kind,
                    module,
                    self._shown(fact.reads, database),
                    self._shown(fact.writes, database),
                    self._shown(fact.calls, database),
                    fact.dynamic,
                )
                self._rows.append(row)
                self._ids[id(fact)] = row.id

    def _shown(self, names: Iterable[Name], database: str | None) -> tuple[Name, ...]:
        """Names as the document shows them: completed, each once, sorted."""
        found = {}
        for name in names:
            full = (
                self.knowledge.address(*name.parts)
                if name.address
                else self.objects.spelled(self.naming.canonical(name, database))
            )
            found[self.naming.key(full)] = full
        return tuple(sorted(found.values(), key=str))

    # --- running ------------------------------------------------------------------------------------------------------

    def _run_file(self, file: SourceFile) -> None:
        self.knowledge.followed = 0
        script = Session(self.knowledge, Place(file.path, None, file.database, self._ids))
        statements: list[StatementFact] = []  # between two modules; a loop is run as a whole
        for item in file.facts.items:
            if isinstance(item, StatementFact):
                statements.append(item)
                continue
            script.run(statements)
            statements = []
            self._run_module(item, file)
        script.run(statements)

    def _run_module(self, fact: ModuleFact, file: SourceFile) -> None:
        name = self.objects.spelled(module_name(fact, file, self.naming))
        database = fact.database or file.database
        place = Place(file.path, name, database, self._ids, (self.naming.key(name),), fact.span.line)
        self.knowledge.followed = 0
        session = Session(self.knowledge, place)
        session.declare_parameters(fact.parameters)
        if fact.query is not None and fact.kind is ModuleKind.FUNCTION:
            Binder(session).query(fact.query)
        session.run(fact.body)

    # --- the graph ----------------------------------------------------------------------------------------------------

    def _graph(self) -> LineageGraph:
        statements = tuple(self._rows)
        order = {row.id: position for position, row in enumerate(statements)}
        self._report_twins(statements)
        diagnostics = self._all_diagnostics()
        table_edges, column_edges = self.knowledge.edges.table_edges(order), self.knowledge.edges.column_edges(order)
        nodes = {name for row in statements for name in row.reads + row.writes if not name.temporary and not name.system}
        nodes |= {name for edge in table_edges for name in (edge.source, edge.target)}
        nodes = {self.objects.base(name) for name in nodes}
        nodes |= {entry.name for entry in self.catalogue.tables.values() if entry.defined_at}
        views = (entry for entry in self.objects.modules.values() if entry.fact.kind is ModuleKind.VIEW)
        nodes |= {entry.name for entry in views if entry.path not in self.objects.references}
        unique = {self.naming.key(name): self.objects.spelled(name) for name in nodes}
        return LineageGraph(
            files=tuple(self._scanned(file, diagnostics) for file in self.files),
            tables=tuple(self._node(name) for name in sorted(unique.values(), key=str)),
            modules=tuple(sorted(self._modules(statements), key=lambda m: (str(m.name), m.path, m.line))),
            statements=statements,
            table_lineage=table_edges,
            column_lineage=column_edges,
            diagnostics=diagnostics,
        )

    def _all_diagnostics(self) -> tuple[Diagnostic, ...]:
        found = dict(self.knowledge.diagnostics)
        for file in self.files:
            for diagnostic in file.facts.diagnostics:
                found[replace(diagnostic, path=file.path)] = None
        for diagnostic in self.objects.diagnostics:
            found[diagnostic] = None
        return tuple(sorted(found, key=lambda d: (d.path, d.span.line, d.span.column, d.code, d.message)))

    def _scanned(self, file: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> ScannedFile:
        gaps = Counter(d.rule.gap for d in diagnostics if d.path == file.path)
        facts = file.facts
        counted = Gaps(gaps[Gap.SYNTAX], gaps[Gap.NAME], gaps[Gap.DYNAMIC])
        return ScannedFile(file.path, facts.encoding, facts.batches, facts.statements, counted)

    def _node(self, name: Name) -> Table:
        if name.address:
            return Table(name, TableKind.FILE, None, None)
        entry, module = self.objects.table(name), self.objects.module(name)
        if entry is not None and (entry.defined_at or module is None):
            return Table(name, entry.kind, self.knowledge.columns_of(name), entry.defined_at)
        if module is not None:
            referred = module.path in self.objects.references
            where = None if referred else Location(module.path, module.fact.span.line)
            if module.fact.kind is ModuleKind.VIEW:
                kind = TableKind.MATERIALIZED_VIEW if module.fact.materialized else TableKind.VIEW
                return Table(name, kind, self.knowledge.columns_of(name), where)
            return Table(name, TableKind.FUNCTION, None, where)
        creation = self.objects.creations.get(self.naming.key(name))
        if creation is not None:
            return Table(name, creation.kind, self.knowledge.columns_of(name), creation.where)
        return Table(name, TableKind.TEMPORARY if name.temporary else TableKind.UNKNOWN, self.knowledge.columns_of(name), None)

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
                own = [row for row in by_module.get((name, file.path), ()) if fact.span.line <= row.line <= fact.span.end_line]
                references = self.knowledge.references.get((file.path, fact.span.line), {})
                yield Module(
                    name,
                    fact.kind,
                    file.path,
                    fact.span.line,
                    fact.span.end_line,
                    _persistent(name for row in own for name in row.reads),
                    _persistent(name for row in own for name in row.writes),
                    _persistent(name for row in own for name in row.calls),
                    tuple(sorted(references, key=lambda c: (str(c.table), c.column or ""))),
                )

    def _report_twins(self, statements: tuple[Statement, ...]) -> None:
        """`dbo.t` and `Db.dbo.t` in one scan: two names, perhaps of one table."""
        with_database: dict[str, Name] = {}
        foreign = {self.naming.key(entry.name) for entry in self.catalogue.tables.values() if not entry.defined_at}
        used = {self.naming.key(name) for row in statements for name in row.reads + row.writes}
        for key, name in self.objects.spellings.items():
            if key in foreign and key not in used:  # the database of a catalog, which answers for names without one too
                continue
            if len(name.parts) == 3 and not name.template:
                with_database.setdefault(self.naming.key(Name(name.parts[1:])), name)
        reported: set[str] = set()
        for row in statements:
            for name in row.reads + row.writes:
                key = self.naming.key(name)
                other = with_database.get(key)
                if len(name.parts) == 2 and other and key not in reported:
                    reported.add(key)
                    self.knowledge.report(
                        "SLP204", f"{name} and {other} may be one table", row.path, Span(row.line, 1, row.line, 1)
                    )


class _Quiet(Session):
    """A session that only looks for columns: what is wrong is reported where the text itself is linked."""

    def report(self, code: str, message: str, span: Span) -> None:
        pass


def _persistent(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(sorted({name for name in names if not name.temporary}, key=str))
