"""What one linking knows and finds: objects, edges, references, diagnostics. Sessions and queries ask and tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..model.diagnostics import Diagnostic, Span
from ..model.facts import ChangeFact, ColumnFact, ExecuteString, Query, StatementFact
from ..model.graph import Column
from ..model.limits import (
    CALLED_STATEMENTS,
    SCAN_CALLED_STATEMENTS,
    SCAN_FLOWS,
    SMALL_FLOWS,
    STATEMENT_SHARE_OF_CALLS,
    STATEMENT_SHARE_OF_FLOWS,
)
from ..model.names import Name
from ..model.naming import DatabaseAlias, Naming, address_name, by_home
from .alterations import altered, columns_before
from .bound import Bound, BoundColumn, Value
from .calls import Generic
from .edges import Edges
from .flows import DIRECT, flow
from .objects import ModuleEntry, Objects
from .summaries import CallSummaries
from .temporary import Temporary


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What the linker depends on, besides the facts.

    Args:
        default_schema: the schema of a name without one.
        case_sensitive: do names that differ by case name different objects?
        keep_temporary: do temporary and transient tables stay nodes of the graph?
        aliases: what scripts call databases by other names than their own.
        session_databases: those, case-folded, where a temporary table that a procedure makes lives on in the session that has
            called it; "" for scripts of no database; None: all.
    """

    default_schema: str = "dbo"
    case_sensitive: bool = False
    keep_temporary: bool = False
    aliases: tuple[DatabaseAlias, ...] = ()
    session_databases: frozenset[str] | None = frozenset()

    def keeps_for_session(self, database: str | None) -> bool:
        """Does a temporary table that a procedure of this database makes outlive the procedure?"""
        return self.session_databases is None or (database or "").casefold() in self.session_databases

    @property
    def naming(self) -> Naming:
        """How names are completed and compared."""
        return Naming(self.default_schema, self.case_sensitive, by_home(self.aliases))


@dataclass(frozen=True, slots=True)
class Summary:
    """A function, looked at once for all its calls: its value or its rows, parameters standing as placeholders."""

    value: Value
    rows: Bound


# Compiles a string that a statement executes, and gives its statements rows of their own: the facts, and is all of it clear?
Dynamic = Callable[[str, ExecuteString, StatementFact, "Place"], "DynamicFacts"]

# Binds a query that stands in a file (path, module, database), only to learn its columns.
Describe = Callable[[Query, str, Name | None, str | None], Bound]


@dataclass(slots=True)
class Place:
    """Where the statements of a session stand: the file, the module, the database.

    `calls` are the keys of the modules that are running, outermost first; `line` is that of the module. `writes`: do its
    statements write here, or is it only looked at for what it gives back?
    """

    path: str
    module: Name | None
    database: str | None
    calls: tuple[str, ...] = ()
    line: int = 0
    writes: bool = True

    def within(self, entry: ModuleEntry, key: str) -> Place:
        """The place of a module that is called from here."""
        return Place(entry.path, entry.name, entry.database, (*self.calls, key), writes=self.writes)


@dataclass(frozen=True, slots=True)
class DynamicFacts:
    """The statements of an executed string. `open`: a name in them, or their very text, is known only in part.

    `disclosed`: the text as it may be seen.
    """

    statements: tuple[StatementFact, ...] = ()
    open: bool = False
    disclosed: str = ""


@dataclass(slots=True)
class _PendingFindings:
    """The findings of a statement that is running, each with whether it is told once. `lacking`: a temporary table is missing."""

    findings: list[tuple[Diagnostic, bool]] = field(default_factory=list)
    lacking: bool = False


@dataclass(slots=True)
class Knowledge:
    """The state of one linking."""

    options: LinkOptions
    objects: Objects
    describe: Describe
    dynamic: Dynamic
    ids: dict[int, str] = field(default_factory=dict)  # of the rows of statements, by the identity of their facts
    generic: Generic = field(default_factory=Generic)
    transient: frozenset[str] = frozenset()  # the keys of tables and views that runs make and leave none of
    edges: Edges = field(default_factory=Edges)
    globals: dict[str, Temporary] = field(default_factory=dict)
    shared: bool = False  # have all modules been run, so that `globals` are complete?
    files: dict[Name, dict[str, None]] = field(default_factory=dict)  # the columns of files, where a statement names them
    followed: int = 0  # statements run on behalf of the module or script that is running
    repeated: int = 0  # of these, those of modules that were running already
    followed_in_all: int = 0
    carried: int = 0  # flows that have come together
    summaries: dict[str, Summary] = field(default_factory=dict)
    calls: CallSummaries = field(default_factory=CallSummaries)
    updatable: dict[Name, list[Bound]] = field(default_factory=dict)  # the branches of views that are changed, with origins
    reached: dict[str, dict[Name, None]] = field(default_factory=dict)  # the tables that statements write through views
    references: dict[tuple[str, int, Name], dict[Column, None]] = field(default_factory=dict)
    diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    _missing: dict[tuple[str, Span, str], str] = field(default_factory=dict)
    _found_temporaries: set[tuple[str, Span, str]] = field(default_factory=set)
    _shared_tables: dict[str, list[Temporary]] = field(default_factory=dict)
    _pending: list[_PendingFindings] = field(default_factory=list)  # of the statements that are running, innermost last
    _doubtful: dict[int, list[tuple[Diagnostic, bool]]] = field(default_factory=dict)
    _settled: set[int] = field(default_factory=set)
    _created: dict[tuple[str, str], tuple[tuple[str, ...], Span]] = field(default_factory=dict)
    _once: set[tuple[str, str, str]] = field(default_factory=set)
    _columns: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def naming(self) -> Naming:
        """How names are completed and compared."""
        return self.objects.naming

    # --- tables -------------------------------------------------------------------------------------------------------

    def table(self, name: Name, path: str, place: Span | None = None) -> Bound:
        """A persistent table or view, as the file `path` sees it; at a place of it, where what it changes is done in order."""
        tables = {name: DIRECT}
        columns = self.columns_of(name, path, place)
        if columns is None:
            return Bound(open=[name], base=name, tables=tables)
        facts = self.facts(name, path, place) or ()
        if place and self.altered_in(name, path):
            columns = tuple(fact.name for fact in facts if not fact.dropped) or columns
        by_name = {fact.name: fact for fact in facts}
        dropped = [fact.name for fact in facts if fact.dropped]
        bound = [_bound_column(Column(name, column), by_name.get(column)) for column in (*columns, *dropped)]
        return Bound(bound, base=name, tables=tables)

    def facts(self, name: Name, path: str, place: Span | None) -> tuple[ColumnFact, ...] | None:
        """The columns of a definition as they are at a place of the file `path`; without one, as the whole file leaves them."""
        facts = self.objects.columns(name, path)
        return columns_before(facts, self._changes(name, path), place, self.naming) if facts and place else facts

    def altered_in(self, name: Name, path: str) -> bool:
        """Does the file `path` add, drop or rename columns of a table?"""
        return bool(self._changes(name, path))

    def _changes(self, name: Name, path: str) -> tuple[ChangeFact, ...]:
        return self.objects.catalogue.changes.get((path, self.naming.key(name)), ())

    def columns_of(self, name: Name, path: str = "", place: Span | None = None) -> tuple[str, ...] | None:
        """The columns of a table or view, in order, as the file `path` sees it; None where they are not known."""
        key = self.naming.key(name)
        if (key, path) in self._created:
            created, at = self._created[key, path]
            return altered(created, self._changes(name, path), at, place, self.naming)
        where = path if key in self.objects.catalogue.local.get(path, {}) else ""
        if (key, where) not in self._columns:
            self._columns[key, where] = None  # a view that refers to itself has no columns
            self._columns[key, where] = self._find_columns(name, path)
        return self._columns[key, where]

    def made(self, name: Name, path: str, columns: tuple[str, ...], place: Span) -> None:
        """Note that a statement at a place of the file `path` has made a table from a query; the next ones see these columns."""
        key = self.naming.key(name)
        entry = self.objects.table(name, path)
        if key not in self.objects.modules and not (entry and entry.defined_at and entry.columns is not None):
            self._created[key, path] = (columns, place)

    def _find_columns(self, name: Name, path: str) -> tuple[str, ...] | None:
        entry = self.objects.table(name, path)
        columns = (
            None if entry is None or entry.columns is None else tuple(fact.name for fact in entry.columns if not fact.dropped)
        )
        if columns is not None and entry is not None and entry.defined_at:
            return columns
        old = self.objects.renames.get(self.naming.key(name))
        return self.queried(name) or columns or (self.columns_of(old, path) if old else None)

    def queried(self, name: Name) -> tuple[str, ...] | None:
        """The columns of a view, or of a table that SELECT INTO or CTAS creates: those of its query."""
        view = self.objects.view(name)
        if view is not None and view.fact.query is not None:
            return view.fact.columns or _names(self.describe(view.fact.query, view.path, view.name, view.database))
        creation = self.objects.creations.get(self.naming.key(name))
        if creation is None:
            return None
        write = creation.write
        return write.columns or _names(self.describe(write.query, creation.where.path, None, creation.database))

    def renamed(self, old: Name, new: Name, path: str) -> None:
        """What was `old` is from now on `new`: its columns are known under that name too."""
        columns = self.columns_of(old, path)
        if columns is not None and self.columns_of(new, path) is None:
            self.objects.renames[self.naming.key(new)] = old
            self._columns[self.naming.key(new), ""] = columns

    def address(self, address: str, data_source: str | None = None) -> Name:
        """The name of a file, its data source resolved."""
        sources = self.objects.catalogue.data_sources
        return address_name(address, sources.get(data_source.casefold()) if data_source else None)

    def file_columns(self, file: Name, columns: Iterable[str]) -> None:
        """Note the columns that a statement gives a file: a WITH clause, an external table, CREATE EXTERNAL TABLE AS SELECT."""
        known_columns = self.files.setdefault(file, {})
        spelled = {self.naming.fold(column) for column in known_columns}
        known_columns.update(dict.fromkeys(column for column in columns if self.naming.fold(column) not in spelled))

    def may_follow(self, statements: int) -> bool:
        """May this many statements more be run on behalf of a caller?"""
        self.followed += statements
        self.followed_in_all += statements
        most = SCAN_CALLED_STATEMENTS + STATEMENT_SHARE_OF_CALLS * len(self.ids)
        return self.followed < CALLED_STATEMENTS and self.followed_in_all < most

    def may_carry(self, flows: int, of_statement: int) -> bool:
        """May these flows more come together, or be written, in a statement that has so many in all?"""
        self.carried += flows
        most = SCAN_FLOWS + STATEMENT_SHARE_OF_FLOWS * len(self.ids)
        return self.carried <= (most if of_statement > SMALL_FLOWS else 2 * most)

    # --- findings -----------------------------------------------------------------------------------------------------

    def refer(self, module: tuple[str, int, Name], column: Column) -> None:
        """Note that a module, given by its path, line and name, refers to a column."""
        if not column.table.address and not column.table.temporary:
            self.references.setdefault(module, {})[column] = None

    def report(self, code: str, message: str, path: str, span: Span, subject: str = "") -> None:
        """Note a finding, once; what is wrong in a file that is only a reference is no finding of this scan."""
        self._note(Diagnostic.of(subject, code, message, span, path), once=False)

    def report_once(self, code: str, message: str, path: str, span: Span, subject: str = "") -> None:
        """Note a finding at the first of the places of a file where it holds: a load script repeats one mistake in each row."""
        self._note(Diagnostic.of(subject, code, message, span, path), once=True)

    def _note(self, diagnostic: Diagnostic, *, once: bool) -> None:
        if self._pending:
            self._pending[-1].findings.append((diagnostic, once))
        else:
            self._report_all([(diagnostic, once)])

    def _report_all(self, findings: list[tuple[Diagnostic, bool]]) -> None:
        for diagnostic, once in findings:
            key = (diagnostic.code, diagnostic.message, diagnostic.path)
            if diagnostic.path in self.objects.references or (once and key in self._once):
                continue
            if once:
                self._once.add(key)
            self.diagnostics[diagnostic] = None

    def begin(self) -> None:
        """A statement is run from here on."""
        self._pending.append(_PendingFindings())

    def end(self, statement: StatementFact) -> None:
        """A statement has been run. Findings that a missing temporary table may have caused wait for a run that has it."""
        pending = self._pending.pop()
        if pending.lacking:
            self._doubtful.setdefault(id(statement), []).extend(pending.findings)
        else:
            self._settled.add(id(statement))
            self._report_all(pending.findings)

    def share(self, key: str, table: Temporary) -> None:
        """A ##global temporary table has been made, which all sessions see."""
        if not self.shared:
            self.globals[key] = table
            self._shared_tables.setdefault(key, []).append(table)

    def hold_shared(self, key: str, content: Temporary) -> None:
        """A ##global temporary table holds from here on what a call that is not followed anew would leave in it."""
        if key in self.globals:
            self.globals[key].hold(content)
        else:
            self.share(key, content.copied())

    def share_all(self) -> None:
        """From here on each ##global table holds what any module has put into it: nothing tells which runs first."""
        self.shared = True
        for key, tables in self._shared_tables.items():
            content = tables[0].copied()
            for table in tables[1:]:
                content.take_in(table, self.naming)
            self.globals[key] = content

    def missing(self, path: str, span: Span, name: str, message: str) -> None:
        """Note a temporary table that this run of a module does not have; another run, by a caller, may have it."""
        if message:
            self._missing.setdefault((path, span, name), message)
        if self._pending:
            self._pending[-1].lacking = True

    def found(self, path: str, span: Span, name: str) -> None:
        """Note that a temporary table was found."""
        self._found_temporaries.add((path, span, name))

    def report_missing(self) -> None:
        """Report what was missing in every run."""
        for (path, span, name), message in self._missing.items():
            if (path, span, name) not in self._found_temporaries:
                self.report("SLP208", message, path, span)
        for statement, findings in self._doubtful.items():
            if statement not in self._settled:
                self._report_all(findings)


def _bound_column(column: Column, fact: ColumnFact | None) -> BoundColumn:
    if fact is None:
        return BoundColumn(column.column, flow(column), origin=column)
    return BoundColumn(column.column, flow(column), fact.hidden, fact.property, fact.generated, column)


def _names(bound: Bound) -> tuple[str, ...] | None:
    """The columns of a query; None where they are not all known by name."""
    if not bound.closed or bound.partial or not bound.columns or not all(column.name for column in bound.columns):
        return None
    return tuple(column.name or "" for column in bound.columns)
