"""Linking: the facts of all files and a catalogue to one lineage graph. Pure: no parser, no input, no output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..model.catalogue import Catalogue
from ..model.diagnostics import Diagnostic, Gap, Span
from ..model.facts import ModuleFact, SourceFile, StatementFact
from ..model.graph import Column, Gaps, LineageGraph, Location, Module, ScannedFile, Statement, Table
from ..model.names import Name
from ..model.naming import Naming, address_name
from ..model.vocabulary import Certainty, EdgeType, ModuleKind, Subtype, TableKind
from .binder import Binder
from .bound import Bound, BoundColumn
from .edges import Edges
from .objects import ModuleEntry, Objects, collect, module_name
from .session import Place, Session, _Temporary


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What the linker depends on, besides the facts.

    Args:
        default_schema: the schema of a name without one.
        case_sensitive: do names that differ by case name different objects?
        keep_temporary: do temporary tables stay nodes of the graph?
    """

    default_schema: str = "dbo"
    case_sensitive: bool = False
    keep_temporary: bool = False

    @property
    def naming(self) -> Naming:
        """How names are completed and compared."""
        return Naming(self.default_schema, self.case_sensitive)


def link(files: Sequence[SourceFile], catalogue: Catalogue, options: LinkOptions | None = None) -> LineageGraph:
    """Link the facts of all files, in the order of their paths."""
    ordered = sorted(files, key=lambda file: file.path)
    return Linker(ordered, catalogue, options or LinkOptions()).run()


@dataclass(slots=True)
class _Row:
    """A statement row to be, with the fact that it is made from."""

    row: Statement
    fact: StatementFact


@dataclass(slots=True)
class Linker:
    """The state of one linking."""

    files: Sequence[SourceFile]
    catalogue: Catalogue
    options: LinkOptions
    naming: Naming = field(init=False)
    objects: Objects = field(init=False)
    edges: Edges = field(default_factory=Edges)
    globals: dict[str, _Temporary] = field(default_factory=dict)
    _rows: list[_Row] = field(default_factory=list)
    _ids: dict[int, str] = field(default_factory=dict)
    _references: dict[Name, dict[Column, None]] = field(default_factory=dict)
    _diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    _missing: dict[tuple[str, Span], str] = field(default_factory=dict)
    _found: set[tuple[str, Span]] = field(default_factory=set)
    _columns: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)
    _once: set[tuple[str, str, str]] = field(default_factory=set)
    summaries: dict[str, Session] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.naming = self.options.naming
        self.objects = collect(self.files, self.catalogue, self.naming)

    def run(self) -> LineageGraph:
        """Link everything."""
        for file in self.files:
            self._add_rows(file)
        for file in self.files:
            self._run_file(file)
        for (path, span), message in self._missing.items():
            if (path, span) not in self._found:
                self.report("SLP208", message, path, span)
        return self._graph()

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
                self._rows.append(_Row(row, fact))
                self._ids[id(fact)] = row.id

    def _shown(self, names: Iterable[Name], database: str | None) -> tuple[Name, ...]:
        """Names as the document shows them: completed, each once, sorted."""
        found = {}
        for name in names:
            full = self.address(*name.parts) if name.address else self.objects.spelled(self.naming.canonical(name, database))
            found[self.naming.key(full)] = full
        return tuple(sorted(found.values(), key=str))

    def address(self, address: str, data_source: str | None = None) -> Name:
        """The name of a file, its data source resolved."""
        location = self.catalogue.data_sources.get(data_source.casefold()) if data_source else None
        return address_name(address, location)

    # --- running ------------------------------------------------------------------------------------------------------

    def _run_file(self, file: SourceFile) -> None:
        script = Session(self, Place(file.path, None, file.database, self._ids))
        for item in file.facts.items:
            if isinstance(item, StatementFact):
                script.run((item,))
            else:
                self._run_module(item, file)

    def _run_module(self, fact: ModuleFact, file: SourceFile) -> None:
        name = self.objects.spelled(module_name(fact, file, self.naming))
        database = fact.database or file.database
        place = Place(file.path, name, database, self._ids, (self.naming.key(name),))
        session = Session(self, place)
        session.declare_parameters(fact.parameters)
        if fact.query is not None and fact.kind is ModuleKind.FUNCTION:
            Binder(session).query(fact.query)
        session.run(fact.body)

    def ids_of(self, entry: ModuleEntry) -> dict[int, str]:
        """The ids of a module's statements."""
        return self._ids

    # --- what sessions ask --------------------------------------------------------------------------------------------

    def table(self, name: Name, path: str) -> Bound:
        """A persistent table or view, as the file `path` sees it."""
        tables = {name: EdgeType.DIRECT}
        columns = self.columns_of(name, path)
        if columns is None:
            return Bound(open=[name], base=name, tables=tables)
        bound = [BoundColumn(c, {(Column(name, c), Subtype.IDENTITY): Certainty.EXACT}) for c in columns]
        return Bound(bound, base=name, tables=tables)

    def columns_of(self, name: Name, path: str = "") -> tuple[str, ...] | None:
        """The columns of a table or view, in order; None where they are not known."""
        key = self.naming.key(name)
        where = path if key in self.catalogue.local.get(path, {}) else ""
        if (key, where) not in self._columns:
            self._columns[key, where] = None  # a view that refers to itself has no columns
            self._columns[key, where] = self._find_columns(name, path)
        return self._columns[key, where]

    def _find_columns(self, name: Name, path: str) -> tuple[str, ...] | None:
        facts = self.objects.columns(name, path)
        if facts is not None:
            return tuple(fact.name for fact in facts)
        view = self.objects.view(name)
        if view is not None and view.fact.query is not None:
            if view.fact.columns is not None:
                return view.fact.columns
            place = Place(view.path, view.name, view.database, {})
            return self._output_names(Binder(_Quiet(self, place, noting=False)).query(view.fact.query))
        creation = self.objects.creations.get(self.naming.key(name))
        if creation is None:
            return None
        if creation.write.columns is not None:
            return creation.write.columns
        place = Place(creation.where.path, None, creation.database, {})
        return self._output_names(Binder(_Quiet(self, place, noting=False)).query(creation.write.query))

    @staticmethod
    def _output_names(bound: Bound) -> tuple[str, ...] | None:
        if not bound.closed or bound.partial or not bound.columns or not all(column.name for column in bound.columns):
            return None
        return tuple(column.name or "" for column in bound.columns)

    def refer(self, module: Name | None, column: Column) -> None:
        """Note that a module refers to a column."""
        if module is not None and not column.table.address and not column.table.temporary:
            self._references.setdefault(module, {})[column] = None

    def report(self, code: str, message: str, path: str, span: Span) -> None:
        """Note a finding, once."""
        self._diagnostics[Diagnostic(code, message, span, path)] = None

    def report_once(self, code: str, message: str, path: str, span: Span) -> None:
        """Note a finding at the first of the places of a file where it holds: a load script repeats one mistake in each row."""
        if (code, message, path) not in self._once:
            self._once.add((code, message, path))
            self.report(code, message, path, span)

    def missing(self, path: str, span: Span, message: str) -> None:
        """Note a temporary table that this run of a module does not have; another run, by a caller, may have it."""
        self._missing.setdefault((path, span), message)

    def found(self, path: str, span: Span) -> None:
        """Note that a temporary table was found."""
        self._found.add((path, span))

    # --- the graph ----------------------------------------------------------------------------------------------------

    def _graph(self) -> LineageGraph:
        statements = tuple(row.row for row in self._rows)
        order = {row.id: position for position, row in enumerate(statements)}
        self._report_twins(statements)
        diagnostics = self._all_diagnostics()
        table_edges, column_edges = self.edges.table_edges(order), self.edges.column_edges(order)
        nodes = {name for row in statements for name in row.reads + row.writes if not name.temporary and not name.system}
        nodes |= {name for edge in table_edges for name in (edge.source, edge.target)}
        nodes = {self.objects.base(name) for name in nodes}
        nodes |= {entry.name for entry in self.catalogue.tables.values()}
        nodes |= {entry.name for entry in self.objects.modules.values() if entry.fact.kind is ModuleKind.VIEW}
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
        found = dict(self._diagnostics)
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
        entry = self.objects.table(name)
        if entry is not None:
            return Table(name, entry.kind, self.columns_of(name), entry.defined_at)
        module = self.objects.module(name)
        if module is not None:
            where = Location(module.path, module.fact.span.line)
            if module.fact.kind is ModuleKind.VIEW:
                kind = TableKind.MATERIALIZED_VIEW if module.fact.materialized else TableKind.VIEW
                return Table(name, kind, self.columns_of(name), where)
            return Table(name, TableKind.FUNCTION, None, where)
        creation = self.objects.creations.get(self.naming.key(name))
        if creation is not None:
            return Table(name, creation.kind, self.columns_of(name), creation.where)
        return Table(name, TableKind.TEMPORARY if name.temporary else TableKind.UNKNOWN, self.columns_of(name), None)

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
                references = self._references.get(name, {})
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
        for name in self.objects.spellings.values():
            if len(name.parts) == 3:
                with_database.setdefault(self.naming.key(Name(name.parts[1:])), name)
        reported: set[str] = set()
        for row in statements:
            for name in row.reads + row.writes:
                key = self.naming.key(name)
                other = with_database.get(key)
                if len(name.parts) == 2 and other and key not in reported:
                    reported.add(key)
                    self.report("SLP204", f"{name} and {other} may be one table", row.path, Span(row.line, 1, row.line, 1))


class _Quiet(Session):
    """A session that only looks for columns: what is wrong is reported where the text itself is linked."""

    def report(self, code: str, message: str, span: Span) -> None:
        pass


def _persistent(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(sorted({name for name in names if not name.temporary}, key=str))
