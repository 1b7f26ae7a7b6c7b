"""Sessions: the statements of a module or script in their order, with what lives only while they run.

Temporary tables, table variables, cursors and scalar variables are looked through: what flows into them flows on to where they
are read.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables (a temporary table is seen by
what its creator calls).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model.diagnostics import Span
from ..model.facts import (
    Argument,
    Assign,
    ColumnFact,
    Declare,
    Discard,
    Effect,
    Execute,
    Expression,
    Fetch,
    FileSource,
    Inspect,
    ModuleFact,
    OpenCursor,
    Parameter,
    Query,
    Rename,
    Result,
    Return,
    Select,
    StatementFact,
    Switch,
    Write,
)
from ..model.graph import Column
from ..model.names import Name
from ..model.naming import Naming
from ..model.vocabulary import Certainty, EdgeType, ModuleKind, Subtype
from .binder import Binder
from .bound import Bound, BoundColumn, Flows, Value, add_flows, add_tables, placeholder, union, used_as
from .objects import ModuleEntry
from .scope import Found, Item, Scope, resolve

if TYPE_CHECKING:
    from .linking import Linker

_DEEPEST = 12  # calls within calls that are followed


@dataclass(slots=True)
class _Temporary:
    """A temporary table or table variable. `columns` is complete where `declared`."""

    bound: Bound
    facts: tuple[ColumnFact, ...] = ()
    branch: tuple[int, ...] = ()


@dataclass(slots=True)
class Place:
    """Where the statements of a session stand: the file, the module, the database; the module's own ordinals."""

    path: str
    module: Name | None
    database: str | None
    ids: dict[int, str]
    calls: tuple[str, ...] = ()


@dataclass(slots=True)
class Session:
    """A run of statements. `caller` is the session that calls this one: its #temporary tables are seen here."""

    linker: Linker
    place: Place
    caller: Session | None = None
    temporaries: dict[str, _Temporary] = field(default_factory=dict)
    variables: dict[str, Value] = field(default_factory=dict)
    cursors: dict[str, Bound] = field(default_factory=dict)
    results: list[Bound] = field(default_factory=list)
    returned: Value = field(default_factory=Value)
    rowset: Bound = field(default_factory=Bound)
    statement: StatementFact | None = None
    noting: bool = True

    @property
    def naming(self) -> Naming:
        """How names are compared."""
        return self.linker.naming

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self, statements: tuple[StatementFact, ...]) -> None:
        """Run statements in their order."""
        for statement in statements:
            self.statement = statement
            if statement.database:
                self.place.database = statement.database
            for effect in statement.effects:
                self._run(effect)

    def declare_parameters(self, parameters: tuple[Parameter, ...]) -> None:
        """A table-valued parameter is a table variable that nobody has filled."""
        for parameter in parameters:
            if parameter.type_name:
                self._declare_like(Name((parameter.name,)), parameter.type_name)

    def _run(self, effect: Effect) -> None:
        binder = Binder(self)
        match effect:
            case Write():
                self._write(effect, binder.query(effect.query))
            case Assign():
                self._assign(effect, binder.query(effect.query))
            case Result():
                self.results.append(binder.query(effect.query))
            case Inspect():
                binder.query(effect.query)
            case Return():
                self._return(binder.query(effect.query))
            case Execute():
                self._execute(effect, binder)
            case OpenCursor():
                self._open(effect.name, binder.query(effect.query))
            case Fetch():
                self._fetch(effect)
            case Declare():
                self._declare(effect)
            case Discard():
                self.temporaries.pop(effect.name.key, None)
            case Rename():
                self._copy(self._canonical(effect.old), self._canonical(effect.new))
            case Switch():
                self._copy(self._canonical(effect.source), self._canonical(effect.target))

    def _branch(self) -> tuple[int, ...]:
        return self.statement.branch if self.statement else ()

    def _canonical(self, name: Name) -> Name:
        full = self.linker.objects.base(self.naming.canonical(name, self.place.database))
        return self.linker.objects.spelled(full)

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write(self, write: Write, query: Bound) -> None:
        if write.target.temporary and not self.linker.options.keep_temporary:
            self._write_temporary(write, query)
            return
        if write.target.temporary:
            self._write_temporary(write, query)
            target = self._temporary_node(write.target)
        else:
            target = self._canonical(write.target)
        written = self._columns_written(write, query, target)
        self._emit(target, written, query)
        address = self._file_beneath(write, target)
        if address:
            self._emit(address, written, query)

    def _file_beneath(self, write: Write, target: Name) -> Name | None:
        """CREATE EXTERNAL TABLE AS SELECT writes the files too."""
        entry = self.linker.objects.table(target)
        return entry.address if write.creates and entry else None

    def _emit(self, target: Name, written: list[tuple[str, Flows]], query: Bound) -> None:
        statement = self._statement_id()
        if statement is None:
            return
        rows = query.rows
        if self.statement and self.statement.dynamic:  # the text is put together, not read
            written = [(name, used_as(flows, Subtype.IDENTITY, Certainty.INFERRED)) for name, flows in written]
            rows = {key: certainty & Certainty.INFERRED for key, certainty in rows.items()}
        self.linker.edges.write(target, written, rows, query.tables, statement)

    def _statement_id(self) -> str | None:
        return self.place.ids.get(id(self.statement)) if self.statement else None

    def _columns_written(self, write: Write, query: Bound, target: Name) -> list[tuple[str, Flows]]:
        """The target's columns with what flows into each, computed columns included."""
        if write.columns == ():
            return []
        names = self._target_names(write, query, target)
        for name in names if not write.creates else ():
            if not write.target.temporary:
                self.refer(Column(target, name))
        pairs = self._paired(names, query, write, target)
        return pairs + self._computed(target, pairs)

    def _target_names(self, write: Write, query: Bound, target: Name) -> list[str]:
        if write.columns is not None:
            return self._checked(write, target)
        if write.creates:
            return [column.name or f"column{position}" for position, column in enumerate(query.columns, 1)]
        facts = self._target_facts(write.target, target)
        if facts is not None:
            return [column.name for column in facts if not column.generated]
        known = self.linker.columns_of(target, self.place.path)
        return list(known) if known is not None else []

    def _target_facts(self, raw: Name, target: Name) -> tuple[ColumnFact, ...] | None:
        if raw.temporary:
            found = self._find_temporary(raw)
            return found.facts if found else None
        return self.linker.objects.columns(target, self.place.path)

    def _checked(self, write: Write, target: Name) -> list[str]:
        """A column list, in the spelling of the definition."""
        known = None if write.target.temporary else self.linker.columns_of(target, self.place.path)
        if known is None:
            return list(write.columns or ())
        spelled = {self.naming.fold(name): name for name in known}
        names = []
        for name in write.columns or ():
            if self.naming.fold(name) not in spelled and not name.startswith("$"):
                self.linker.report_once("SLP201", f"{name}: {target} has no such column", self.place.path, write.span)
            names.append(spelled.get(self.naming.fold(name), name))
        return names

    def _paired(self, names: list[str], query: Bound, write: Write, target: Name) -> list[tuple[str, Flows]]:
        opening: Flows = {(Column(table, "*"), Subtype.IDENTITY): Certainty.PARTIAL for table in query.open}
        expanded = write.columns is None and not write.creates
        if not query.closed or not names:
            return self._paired_partly(names, query, opening, write, target)
        if not query.columns:
            return []
        if len(names) != len(query.columns):
            message = f"{len(query.columns)} columns for the {len(names)} of {target}"
            self.linker.report_once("SLP205", message, self.place.path, write.span)
        certainty = Certainty.EXPANDED if expanded else Certainty.EXACT
        return [
            (name, used_as(column.flows, Subtype.IDENTITY, certainty)) for name, column in zip(names, query.columns, strict=False)
        ]

    def _paired_partly(
        self, names: list[str], query: Bound, opening: Flows, write: Write, target: Name
    ) -> list[tuple[str, Flows]]:
        """Columns that are not known on one side: what is known by position before the first star, the rest as `*`."""
        files = all(table.address for table in query.open) and query.open
        if not files and not query.partial and (query.columns or query.open or query.opaque):
            unknown = target if query.closed else ", ".join(map(str, query.open)) or "a source"
            self.report("SLP203", f"the columns of {unknown} are not known", write.span)
        everything: Flows = dict(opening)
        for column in query.columns:
            add_flows(everything, dict.fromkeys(column.flows, Certainty.PARTIAL))
        if names:
            return [(name, dict(everything)) for name in names]
        if write.creates:
            found = [(column.name or f"column{n}", column.flows) for n, column in enumerate(query.columns, 1)]
            return [*found, ("*", opening)] if opening else found
        return [("*", everything)] if everything else []

    def _computed(self, target: Name, pairs: list[tuple[str, Flows]]) -> list[tuple[str, Flows]]:
        """Computed columns carry on what was written into the columns that they are made from."""
        facts = self.linker.objects.columns(target, self.place.path) or ()
        computed = [fact for fact in facts if fact.computed]
        if not computed or not pairs:
            return []
        item = Item(Bound([BoundColumn(name, flows) for name, flows in pairs], opaque=True), None, target)
        scope = Scope(self.naming, [item])
        found = []
        for fact in computed:
            value = _quiet_value(fact.computed, scope)
            if value:
                found.append((fact.name, value))
        return found

    def _copy(self, source: Name, target: Name) -> None:
        """RENAME, SWITCH: all columns of one table become those of another."""
        statement = self._statement_id()
        if statement is None:
            return
        columns = self.linker.columns_of(source, self.place.path) or self.linker.columns_of(target, self.place.path) or ("*",)
        certainty = Certainty.PARTIAL if columns == ("*",) else Certainty.EXPANDED
        targets = self.linker.columns_of(target, self.place.path) or columns
        written: list[tuple[str, Flows]] = [
            (there, {(Column(source, here), Subtype.IDENTITY): certainty}) for here, there in zip(columns, targets, strict=False)
        ]
        self.linker.edges.write(target, written, {}, {source: EdgeType.DIRECT}, statement)

    # --- temporary tables ---------------------------------------------------------------------------------------------

    def _temporary_node(self, name: Name) -> Name:
        return Name((*self.place.module.parts, name.last)) if self.place.module else name

    def _find_temporary(self, name: Name) -> _Temporary | None:
        key = Name((name.last,)).key
        if name.last.startswith("##"):
            return self.temporaries.get(key) or self.linker.globals.get(key)
        session: Session | None = self
        while session:
            if key in session.temporaries:
                return session.temporaries[key]
            session = session.caller if name.last.startswith("#") else None
        return None

    def _write_temporary(self, write: Write, query: Bound) -> None:
        if write.columns == ():
            return
        key = Name((write.target.last,)).key
        known = self._find_temporary(write.target)
        if write.creates:
            columns = [BoundColumn(c.name, dict(c.flows)) for c in query.columns]
            fresh = Bound(columns, list(query.open), query.opaque, rows=dict(query.rows), tables=dict(query.tables))
            apart = known is not None and known.branch != self._branch()[: len(known.branch)]
            made = _Temporary(union(known.bound, fresh) if known and apart else fresh, (), self._branch())
            self.temporaries[key] = made
            if key.startswith("##"):
                self.linker.globals[key] = made
            return
        if known is None:
            self._missing(write.target, write.span)
            known = self.temporaries[key] = _Temporary(Bound(opaque=True))
        self._fill(known, write, query)

    def _fill(self, table: _Temporary, write: Write, query: Bound) -> None:
        names = list(write.columns) if write.columns is not None else [c.name for c in table.facts if not c.generated]
        if not names:
            names = [column.name or "" for column in table.bound.columns]
        if not names and not table.bound.columns:
            table.bound.columns = [BoundColumn(c.name, {}) for c in query.columns]
            names = [c.name or "" for c in query.columns]
        spread: Flows = {(Column(name, "*"), Subtype.IDENTITY): Certainty.PARTIAL for name in query.open}
        if query.closed and query.columns and len(names) != len(query.columns):
            self.report("SLP205", f"{len(query.columns)} columns for the {len(names)} of {write.target}", write.span)
        if not query.closed:
            for column in query.columns:
                add_flows(spread, dict.fromkeys(column.flows, Certainty.PARTIAL))
        for position, name in enumerate(names):
            found = self._own_column(table.bound, name)
            if query.closed and position < len(query.columns):
                add_flows(found.flows, query.columns[position].flows)
            elif not query.closed:
                add_flows(found.flows, spread)
        add_flows(table.bound.rows, query.rows)
        add_tables(table.bound.tables, query.tables)
        for computed, value in self._computed_of(table):
            add_flows(self._own_column(table.bound, computed).flows, value)

    def _own_column(self, bound: Bound, name: str) -> BoundColumn:
        wanted = self.naming.fold(name)
        for column in bound.columns:
            if column.name is not None and self.naming.fold(column.name) == wanted:
                return column
        made = BoundColumn(name, {})
        bound.columns.append(made)
        return made

    def _computed_of(self, table: _Temporary) -> list[tuple[str, Flows]]:
        scope = Scope(self.naming, [Item(table.bound, None, None)])
        return [(fact.name, _quiet_value(fact.computed, scope)) for fact in table.facts if fact.computed]

    def _declare(self, declare: Declare) -> None:
        key = declare.name.key
        if declare.like is not None:
            self._declare_like(declare.name, declare.like)
            return
        known = self.temporaries.get(key)
        if known is not None and known.branch != self._branch()[: len(known.branch)]:
            for fact in declare.columns:
                self._own_column(known.bound, fact.name)
            return
        if known is not None and self.statement and self.statement.kind.value == "OTHER" and self._altering(declare, known):
            return
        made = _Temporary(Bound([BoundColumn(fact.name, {}) for fact in declare.columns]), declare.columns, self._branch())
        self.temporaries[key] = made
        if declare.name.last.startswith("##"):
            self.linker.globals[key] = made

    def _altering(self, declare: Declare, known: _Temporary) -> bool:
        """ALTER TABLE #t ADD column, told from a new CREATE TABLE #t by its columns being new ones."""
        own = {self.naming.fold(column.name or "") for column in known.bound.columns}
        if any(self.naming.fold(fact.name) in own for fact in declare.columns):
            return False
        known.facts += declare.columns
        known.bound.columns += [BoundColumn(fact.name, {}) for fact in declare.columns]
        return True

    def _declare_like(self, name: Name, kind: Name) -> None:
        columns = self.linker.objects.catalogue.types.get(self.naming.key(self.naming.canonical(kind, self.place.database)))
        if columns is not None:
            self.temporaries[name.key] = _Temporary(Bound([BoundColumn(fact.name, {}) for fact in columns]), columns)

    def _missing(self, name: Name, span: Span) -> None:
        self.linker.missing(self.place.path, span, f"{name}: nothing here or in a caller creates it")

    # --- variables and cursors ----------------------------------------------------------------------------------------

    def _assign(self, assign: Assign, query: Bound) -> None:
        for name, column in zip(assign.variables, query.columns, strict=False):
            if not name.startswith("@"):
                continue
            self._set(name, Value(dict(column.flows), dict(query.rows), dict(query.tables)))

    def _set(self, name: str, value: Value) -> None:
        """A variable takes a value; inside a branch or loop its earlier values may still be there."""
        key = name.casefold()
        known = self.variables.get(key)
        if known is not None and self._branch():
            add_flows(known.flows, value.flows)
            add_flows(known.rows, value.rows)
            add_tables(known.tables, value.tables)
        else:
            self.variables[key] = value

    def _open(self, name: str, bound: Bound) -> None:
        self.cursors[name.casefold()] = bound

    def _fetch(self, fetch: Fetch) -> None:
        cursor = self.cursors.get(fetch.cursor.casefold())
        if cursor is None:
            self.linker.missing(self.place.path, fetch.span, f"cursor {fetch.cursor}: nothing here declares it")
            return
        for position, name in enumerate(fetch.variables):
            flows = cursor.columns[position].flows if position < len(cursor.columns) else {}
            self._set(name, Value(dict(flows), dict(cursor.rows), dict(cursor.tables)))

    def _return(self, bound: Bound) -> None:
        for column in bound.columns[:1]:
            self.returned.absorb(Value(column.flows, bound.rows, bound.tables), Subtype.IDENTITY)

    # --- calls --------------------------------------------------------------------------------------------------------

    def _execute(self, execute: Execute, binder: Binder) -> None:
        name = self._canonical(execute.procedure)
        entry = self.linker.objects.module(name)
        if entry is None or entry.fact.kind is not ModuleKind.PROCEDURE:
            if execute.into is not None and not execute.procedure.system:
                self.report("SLP206", f"{name}: its text is not part of the scan, so what it returns is not known", execute.span)
            return
        values = [binder.value(argument.expression, None) for argument in execute.arguments]
        inner = self._call(entry, execute.arguments, values)
        if inner is None:
            return
        self._take_back(entry.fact, execute.arguments, inner)
        if execute.into is not None and inner.results:
            found = inner.results[0]
            for other in inner.results[1:]:
                if len(other.columns) == len(found.columns):
                    found = union(found, other)
            plain = Query(Select(()))
            self._write(Write(execute.into, execute.columns, plain, execute.span), found)

    def _call(self, entry: ModuleEntry, arguments: tuple[Argument, ...], values: list[Value]) -> Session | None:
        """Run a procedure as called from here."""
        key = self.naming.key(entry.name)
        if key in self.place.calls or len(self.place.calls) >= _DEEPEST:
            if self.statement:
                self.report("SLP207", f"{entry.name} is called from within itself", self.statement.span)
            return None
        place = Place(entry.path, entry.name, entry.database, self.linker.ids_of(entry), (*self.place.calls, key))
        inner = Session(self.linker, place, self, noting=False)
        inner.declare_parameters(entry.fact.parameters)
        for position, (argument, value) in enumerate(zip(arguments, values, strict=True)):
            parameter = _parameter(entry.fact.parameters, argument, position)
            if parameter is None:
                continue
            inner.variables[parameter.name.casefold()] = value
            table = self._find_temporary(Name((argument.variable,))) if argument.variable else None
            if table:
                inner.temporaries[Name((parameter.name,)).key] = table
        inner.run(entry.fact.body)
        return inner

    def _take_back(self, callee: ModuleFact, arguments: tuple[Argument, ...], inner: Session) -> None:
        """OUTPUT arguments, and `@x = ` before the procedure's name, take what the callee leaves."""
        for position, argument in enumerate(arguments):
            if not argument.output or not argument.variable:
                continue
            if argument.parameter == "":
                self._set(argument.variable, inner.returned)
                continue
            parameter = _parameter(callee.parameters, argument, position)
            if parameter:
                self._set(argument.variable, inner.variables.get(parameter.name.casefold(), Value()))

    # --- what queries see (Environment) -------------------------------------------------------------------------------

    def table(self, name: Name, span: Span) -> Bound:
        """See `Environment`."""
        if name.temporary:
            found = self._find_temporary(name)
            if found is None:
                self._missing(name, span)
                return Bound(opaque=True)
            self.linker.found(self.place.path, span)
            if self.linker.options.keep_temporary:
                return self._kept(self._temporary_node(name), found)
            return found.bound
        if name.system:
            return Bound(opaque=True)
        return self.linker.table(self._canonical(name), self.place.path)

    def _kept(self, node: Name, table: _Temporary) -> Bound:
        columns = [
            BoundColumn(c.name, {(Column(node, c.name or "*"), Subtype.IDENTITY): Certainty.EXACT}) for c in table.bound.columns
        ]
        return Bound(columns, opaque=table.bound.opaque, tables={node: EdgeType.DIRECT})

    def function(self, name: Name, arguments: list[Value], span: Span) -> Bound:
        """See `Environment`."""
        full = self._canonical(name)
        entry = self.linker.objects.module(full)
        if name.system or (len(name.parts) == 1 and entry is None):
            return _fed(Bound(opaque=True), arguments)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            self.report("SLP206", f"{full}: its text is not part of the scan, so what it returns is not known", span)
            return _fed(Bound(opaque=True), arguments)
        inner = self._summary(entry, span)
        return inner.rowset.filled(arguments) if inner else Bound(opaque=True)

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        """See `Environment`."""
        full = self._canonical(name)
        entry = self.linker.objects.module(full)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            if not name.system:
                self.report("SLP206", f"{full}: its text is not part of the scan, so only its arguments are followed", span)
            passed = Value()
            for argument in arguments:
                passed.absorb(argument, Subtype.TRANSFORMATION)
            return passed
        inner = self._summary(entry, span)
        return inner.returned.filled(arguments) if inner else Value()

    def _summary(self, entry: ModuleEntry, span: Span) -> Session | None:
        """A function, run once for all its calls: its parameters stand as placeholders in what it returns."""
        key = self.naming.key(entry.name)
        if key in self.linker.summaries:
            return self.linker.summaries[key]
        if key in self.place.calls or len(self.place.calls) >= _DEEPEST:
            self.report("SLP207", f"{entry.name} is called from within itself", span)
            return None
        place = Place(entry.path, entry.name, entry.database, {}, (*self.place.calls, key))
        inner = Session(self.linker, place, None, noting=False)
        inner.declare_parameters(entry.fact.parameters)
        for position, parameter in enumerate(entry.fact.parameters):
            inner.variables[parameter.name.casefold()] = placeholder(position)
        if entry.fact.query is not None:
            inner.rowset = Binder(inner).query(entry.fact.query)
        else:
            inner.run(entry.fact.body)
            table = inner.temporaries.get(entry.fact.returns.key) if entry.fact.returns else None
            inner.rowset = table.bound if table else Bound(opaque=True)
        self.linker.summaries[key] = inner
        return inner

    def variable(self, name: str) -> Value:
        """See `Environment`."""
        return self.variables.get(name.casefold(), Value())

    def file(self, source: FileSource) -> Bound:
        """See `Environment`."""
        name = self.linker.address(source.address, source.data_source)
        if source.columns is None:
            return Bound(open=[name], base=None, tables={name: EdgeType.DIRECT})
        columns = [BoundColumn(c, {(Column(name, c), Subtype.IDENTITY): Certainty.EXACT}) for c in source.columns]
        return Bound(columns, tables={name: EdgeType.DIRECT})

    def refer(self, column: Column) -> None:
        """See `Environment`."""
        if self.noting and not (self.statement and self.statement.dynamic):
            self.linker.refer(self.place.module, column)

    def report(self, code: str, message: str, span: Span) -> None:
        """See `Environment`."""
        self.linker.report(code, message, self.place.path, span)


def _parameter(parameters: tuple[Parameter, ...], argument: Argument, position: int) -> Parameter | None:
    if argument.parameter:
        wanted = argument.parameter.casefold()
        return next((p for p in parameters if p.name.casefold() == wanted), None)
    if argument.parameter == "":
        return None
    return parameters[position] if position < len(parameters) else None


def _fed(bound: Bound, arguments: list[Value]) -> Bound:
    """The rows of a function that is not known: its arguments' tables are read."""
    for argument in arguments:
        add_flows(bound.rows, argument.rows)
        add_tables(bound.tables, argument.tables)
    return bound


def _quiet_value(expression: Expression, scope: Scope) -> Flows:
    """The flows of a computed column's expression over the columns in scope; other columns give none."""
    flows: Flows = {}
    for use in expression:
        parts = getattr(use.operand, "parts", None)
        if parts:
            found = resolve(scope, parts)
            if isinstance(found, Found):
                add_flows(flows, used_as(found.flows, use.subtype))
    return flows
