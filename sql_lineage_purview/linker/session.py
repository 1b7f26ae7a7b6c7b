"""Sessions: the statements of a module or script in their order, with what lives only while they run.

Temporary tables, table variables, cursors and scalar variables are looked through: what flows into them flows on to where they
are read.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables (a temporary table is seen by
what its creator calls).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..model.diagnostics import Span
from ..model.facts import (
    Argument,
    Assign,
    Declare,
    Discard,
    Effect,
    Execute,
    ExecuteString,
    Fetch,
    FileSource,
    Inspect,
    NextBatch,
    OpenCursor,
    Parameter,
    Query,
    Rename,
    Result,
    Return,
    Rows,
    Select,
    StatementFact,
    Switch,
    Write,
)
from ..model.graph import Column
from ..model.names import Name
from ..model.naming import Naming
from ..model.vocabulary import ModuleKind, Subtype
from .binder import Binder
from .bound import Bound, BoundColumn, Value, placeholder, placeholder_rows, union
from .branches import State, either, either_value, leaves, written
from .calls import Strings, filled, parameter_of, passed_elsewhere, passed_strings, template
from .flows import DIRECT, EXPANDED, INDIRECT, INFERRED, PARTIAL, Flows, add_flows, add_tables, flow
from .knowledge import Knowledge, Place, Summary
from .objects import ModuleEntry
from .temporary import Temporaries, Temporary
from .writing import Writing, fits

_LONGEST_SHOWN = 200  # characters of a pattern in a message
_CONSTANT = re.compile(r"'(?:[^']|'')*'")
_DEEPEST = 12  # calls within calls that are followed
_DEEPEST_LOOP = 3  # loops within loops whose rounds are told apart
_ROUNDS = 5  # of a loop; more would be needed only where a value wanders through as many variables
_MOST = 100_000  # statements that are run on behalf of one module or script


@dataclass(slots=True)
class Session:
    """A run of statements.

    `caller` is the session that calls this one: its #temporary tables are seen here. `noting`: is this the module's own run,
    whose references count, and not one on behalf of a caller?
    """

    knowledge: Knowledge
    place: Place
    caller: Session | None = None
    noting: bool = True
    home: str | None = field(init=False)
    temporaries: Temporaries = field(init=False)
    variables: dict[str, Value] = field(default_factory=dict)
    strings: Strings = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()  # the parameters for which some call in the scan passes a string
    cursors: dict[str, Bound] = field(default_factory=dict)
    declared: dict[str, str | None] = field(default_factory=dict)  # the ids of the statements that declare the cursors
    results: list[Bound] = field(default_factory=list)
    returned: Value = field(default_factory=Value)
    statement: StatementFact | None = None
    looped: list[dict[str, Value]] = field(default_factory=list)  # what each loop has set: a BREAK may leave any of it
    returns: list[State] = field(default_factory=list)  # what there was at each RETURN inside a branch

    def __post_init__(self) -> None:
        self.home = self.place.database
        self.temporaries = Temporaries(self.naming)

    @property
    def naming(self) -> Naming:
        """How names are compared."""
        return self.knowledge.naming

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self, statements: Sequence[StatementFact], within: tuple[int, ...] = ()) -> None:
        """Run statements in their order, those in an arm of IF, CATCH or WHILE (but the ones it is `within`) as arms."""
        start = 0
        while start < len(statements):
            branch = statements[start].branch
            if len(branch) <= len(within):
                self._run_statement(statements[start])
                start += 1
                continue
            end = _end_of_arm(statements, start, len(within))
            if branch[len(within)] < 0:
                self._run_loop(statements[start:end], (*within, branch[len(within)]))
            else:
                behind = _end_of_arm(statements, end, len(within)) if _is_other_arm(statements, end, len(within)) else end
                self._run_arms([arm for arm in (statements[start:end], statements[end:behind]) if arm], len(within))
                end = behind
            start = end

    @property
    def _state(self) -> State:
        return State(self.variables, self.temporaries.tables)

    def _take(self, state: State) -> None:
        self.variables, self.temporaries.tables = state.variables, state.tables

    def _run_arms(self, arms: list[Sequence[StatementFact]], depth: int) -> None:
        """Run IF and ELSE, each from what stood before them; behind them either may have been run."""
        before = self._state
        ends = [before] if len(arms) == 1 else []
        for arm in arms:
            self._take(before.copied(written(arm, self.naming)))
            within = arm[0].branch[: depth + 1]
            self.run(arm, within)
            if len(arms) == 1:
                self._leave_to_caller(before)
            if self.place.module is None or not leaves(arm, within):
                ends.append(self._state)
        self._take(either(ends or [before], self.naming))

    def _leave_to_caller(self, before: State) -> None:
        """`IF OBJECT_ID('tempdb..#t') IS NULL CREATE TABLE #t`: where a caller has made it, that one is used."""
        for key in [key for key in self.temporaries.tables if key not in before.tables and not key.startswith(("@", "##"))]:
            if self.caller and self.caller.finds(Name((key,))):
                del self.temporaries.tables[key]

    def _run_loop(self, body: Sequence[StatementFact], within: tuple[int, ...]) -> None:
        """Run rounds of a loop until one adds nothing, since a round finds what the one before it left."""
        before, known = self._state.copied(()), -1
        loops = sum(arm < 0 for arm in within)
        self.looped.append({})
        for _ in range(_ROUNDS if loops <= _DEEPEST_LOOP else 1):
            if known == (known := self._size()):
                break
            self.run(body, within)
            self._take(either([before, self._state, State(self.looped[-1], {})], self.naming))
        held = self.looped.pop()
        for outer in self.looped[-1:]:
            for name, value in held.items():
                outer[name] = either_value((outer.get(name), value))

    def _size(self) -> int:
        """How much has flowed so far; it only grows."""
        values = sum(len(value.flows) + len(value.rows) for value in self.variables.values())
        tables = sum(
            len(table.bound.rows) + sum(len(column.flows) for column in table.bound.columns)
            for table in self.temporaries.tables.values()
        )
        return values + tables + len(self.knowledge.edges.columns)

    def _run_statement(self, statement: StatementFact) -> None:
        self.statement = statement
        self.place.database = statement.database or self.home  # USE in an executed string ends with the string
        self.knowledge.begin()
        try:
            for effect in statement.effects:
                self._run(effect)
        except Exception as error:  # a defect costs only the statement that it shows in
            message = f"the tool failed on this statement ({type(error).__name__}: {str(error)[:120]})"
            self.report("SLP104", message, statement.span)
        finally:
            self.knowledge.end(statement)

    def declare_parameters(self, parameters: Iterable[Parameter]) -> None:
        """A table-valued parameter is a table variable that nobody has filled."""
        for parameter in parameters:
            if parameter.type_name:
                self._declare_like(Name((parameter.name,)), parameter.type_name)

    def _query(self, query: Query) -> Bound:
        """Bind a query of the statement; what stands in dynamic SQL is put together, not read."""
        bound = Binder(self).query(query)
        return bound.doubted(INFERRED) if self._dynamic else bound

    def _kept(self, query: Query) -> Bound:
        """Bind a query whose rows a later statement finds."""
        return self._query(query).carried(self._id)

    def _run(self, effect: Effect) -> None:
        match effect:
            case Write():
                self._write(effect, self._query(effect.query))
            case Assign():
                self._assign(effect, self._kept(effect.query))
            case Result():
                self.results.append(self._kept(effect.query))
            case Inspect():
                self._query(effect.query)
            case Return():
                self._return(self._kept(effect.query))
            case Execute():
                self._execute(effect)
            case ExecuteString():
                self._execute_string(effect)
            case OpenCursor():
                self._open(effect)
            case NextBatch():
                self._end_batch()
            case Fetch():
                self._fetch(effect)
            case Declare():
                self._declare(effect)
            case Discard():
                self.temporaries.tables.pop(self.naming.key(effect.name), None)
            case Rename():
                self._rename(self._canonical(effect.old), self._canonical(effect.new))
            case Switch():
                self._copy(self._canonical(effect.source), self._canonical(effect.target))

    @property
    def _branch(self) -> tuple[int, ...]:
        return self.statement.branch if self.statement else ()

    @property
    def _id(self) -> str | None:
        """The id of the statement's row, if it has one."""
        return self.knowledge.ids.get(id(self.statement))

    @property
    def _dynamic(self) -> bool:
        return self.statement is not None and self.statement.dynamic

    def _canonical(self, name: Name) -> Name:
        objects = self.knowledge.objects
        return objects.spelled(objects.base(objects.meant(name, self.place.module, self.place.database)))

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write(self, write: Write, query: Bound) -> None:
        if self._dynamic and self.statement:  # findings stand where the string is executed
            write = replace(write, span=self.statement.span)
        if write.target.temporary:
            self._write_temporary(write, query.carried(self._id))
            return
        target = self._canonical(write.target)
        writing = Writing(self.knowledge, write, target, self.place.path)
        written = writing.columns(query)
        if not write.creates:
            for name, _ in written:
                if name != "*":
                    self.refer(Column(target, name))
        if write.creates and query.closed and not query.partial and written and self.place.writes:
            self.knowledge.made(target, self.place.path, tuple(name for name, _ in written))
        written += writing.computed(written)
        self._emit(target, written, query)
        entry = self.knowledge.objects.table(target)
        if write.creates and entry and entry.address:  # CREATE EXTERNAL TABLE AS SELECT writes the files too
            self._emit(entry.address, written, query)
            if query.closed:
                self.knowledge.file_columns(entry.address, (name for name, _ in written))

    def _emit(self, target: Name, written: list[tuple[str, Flows]], query: Bound) -> None:
        statement = self._id
        if statement is None or not self.place.writes:
            return
        if self._dynamic:
            written = [(name, _partly_open(target, flows)) for name, flows in written]
        rows = _partly_open(target, query.rows) if self._dynamic else query.rows
        self.knowledge.edges.write(target, written, rows, query.tables, statement)

    def _write_temporary(self, write: Write, query: Bound) -> None:
        emptied = write.columns == () and isinstance(write.query.body, Rows)
        if emptied and not self.finds(write.target):  # IF OBJECT_ID('tempdb..#t') IS NOT NULL TRUNCATE TABLE #t
            return
        table = self._table_written(write, query)
        if write.columns == ():  # DELETE: what decides which rows go decides which stay
            add_flows(table.bound.rows, query.rows)
            add_tables(table.bound.tables, query.tables, INDIRECT)
            own = self.temporaries.tables.get(self.naming.key(Name((write.target.last,)))) is table
            if emptied and own and not self.looped:
                table.empty_out()
            return
        if not write.creates:
            names = list(write.columns) if write.columns is not None else table.insertable(query)
            if query.closed and query.columns and not (write.target.left_open or fits(names, query)):
                self.report("SLP205", f"{len(query.columns)} columns for the {len(names)} of {write.target}", write.span)
            table.fill(names, query, self.naming)
        if self.knowledge.options.keep_temporary:
            node = table.node or self._temporary_node(write.target)
            self._emit(node, Writing(self.knowledge, write, node, self.place.path, table).columns(query), query)

    def _table_written(self, write: Write, query: Bound) -> Temporary:
        name = Name((write.target.last,))
        if write.creates:
            return self._own(name, self.temporaries.create(name, query))
        known = self._find_temporary(name)
        if known is None:
            self._missing(write.target, write.span)
            known = self.temporaries.tables[self.naming.key(name)] = Temporary(Bound(opaque=True))
        else:
            self.knowledge.found(self.place.path, write.span)
        return known

    def _rename(self, old: Name, new: Name) -> None:
        """Rows go by another name from now on; procedures and functions have none."""
        module = self.knowledge.objects.module(old)
        if module is None or module.fact.kind is ModuleKind.VIEW:
            self.knowledge.renamed(old, new, self.place.path)
            self._copy(old, new)

    def _copy(self, source: Name, target: Name) -> None:
        """RENAME, SWITCH: all columns of one table become those of another."""
        statement = self._id
        if statement is None or not self.place.writes:
            return
        here = self.knowledge.columns_of(source, self.place.path)
        there = self.knowledge.columns_of(target, self.place.path)
        sources = here or there or ("*",)
        way = EXPANDED if here or there else PARTIAL
        way = way & INFERRED if self._dynamic else way
        written: list[tuple[str, Flows]] = [
            (new, flow(Column(source, old), way)) for old, new in zip(sources, there or sources, strict=False)
        ]
        self.knowledge.edges.write(target, written, {}, {source: DIRECT}, statement)

    # --- temporary tables ---------------------------------------------------------------------------------------------

    def _temporary_node(self, name: Name) -> Name:
        return Name((*self.place.module.parts, name.last)) if self.place.module else Name((name.last,))

    def _find_temporary(self, name: Name) -> Temporary | None:
        key = self.naming.key(Name((name.last,)))
        session: Session | None = self
        while session:
            if key in session.temporaries.tables:
                return session.temporaries.tables[key]
            session = session.caller if name.last.startswith("#") else None
        return self.knowledge.globals.get(key)

    def finds(self, name: Name) -> bool:
        """Is there a temporary table of this name here or in a caller?"""
        return self._find_temporary(name) is not None

    def _own(self, name: Name, table: Temporary) -> Temporary:
        """A table is its maker's, whoever fills it; a ##global one is seen by all sessions."""
        table.node = self._temporary_node(name)
        if name.last.startswith("##"):
            self.knowledge.share(self.naming.key(name), table)
        return table

    def _declare(self, declare: Declare) -> None:
        if declare.like is not None:
            self._declare_like(declare.name, declare.like)
        else:
            name = Name((declare.name.last,))
            made = any(isinstance(effect, Discard) for effect in self.statement.effects) if self.statement else False
            table = None if made or name.last.startswith("@") else self._find_temporary(name)
            if table is not None and table.alter(declare.columns, self.naming):
                if self.statement:
                    self.knowledge.found(self.place.path, self.statement.span)
                return
            if not (made or table or name.last.startswith("@")) and self.statement:  # ALTER of a table that only a caller has
                self._missing(name, self.statement.span)
                return
            self._own(name, self.temporaries.declare(name, declare.columns))

    def _declare_like(self, name: Name, kind: Name) -> None:
        columns = self.knowledge.objects.catalogue.types.get(self.naming.key(self.naming.canonical(kind, self.place.database)))
        if columns is not None:
            self.temporaries.tables[self.naming.key(name)] = Temporary.empty(columns)

    def _missing(self, name: Name, span: Span) -> None:
        self.knowledge.missing(self.place.path, span, f"{name}: nothing here or in a caller creates it")

    # --- variables and cursors ----------------------------------------------------------------------------------------

    def _end_batch(self) -> None:
        """GO ends the life of variables, those of tables too; #temporary tables and global cursors go on."""
        self.variables.clear()
        for key in [key for key in self.temporaries.tables if key.startswith("@")]:
            del self.temporaries.tables[key]

    def _assign(self, assign: Assign, query: Bound) -> None:
        for name, column in zip(assign.variables, query.columns, strict=False):
            if not name.startswith("@"):
                continue
            self._set(name, Value(dict(column.flows), dict(query.rows), dict(query.tables)))

    def _set(self, name: str, value: Value) -> None:
        """A variable takes a value."""
        key = self.naming.fold(name)
        self.variables[key] = value
        for loop in self.looped[-1:]:
            loop[key] = either_value((loop.get(key), value))

    def _fetch(self, fetch: Fetch) -> None:
        cursor = self._find_cursor(self.naming.fold(fetch.cursor))
        if cursor is None:
            self.knowledge.missing(self.place.path, fetch.span, f"cursor {fetch.cursor}: nothing here declares it")
            return
        self.knowledge.found(self.place.path, fetch.span)
        for position, name in enumerate(fetch.variables):
            flows = cursor.columns[position].flows if position < len(cursor.columns) else {}
            self._set(name, Value(dict(flows), dict(cursor.rows), dict(cursor.tables)))

    def _open(self, cursor: OpenCursor) -> None:
        """DECLARE … CURSOR carries its rows; the OPEN behind it only finds more of them."""
        key = self.naming.fold(cursor.name)
        self.declared[key] = self._id or self.declared.get(key)
        self.cursors[key] = self._query(cursor.query).carried(self.declared[key])

    def _find_cursor(self, key: str) -> Bound | None:
        """A cursor of this session; one without @ may be a global one that a caller has declared."""
        session: Session | None = self
        while session:
            if key in session.cursors:
                return session.cursors[key]
            session = None if key.startswith("@") else session.caller
        return None

    def _return(self, bound: Bound) -> None:
        if self._branch:
            self.returns.append(self._state.copied(()))
        for column in bound.columns[:1]:
            self.returned.absorb(Value(column.flows, bound.rows, bound.tables), Subtype.IDENTITY)

    # --- calls --------------------------------------------------------------------------------------------------------

    def _execute(self, execute: Execute) -> None:
        name = self._canonical(execute.procedure)
        entry = self.knowledge.objects.module(name)
        if entry is None or entry.fact.kind is not ModuleKind.PROCEDURE:
            self._unknown_call(execute, name)
            return
        binder = Binder(self)
        values = [binder.value(argument.expression, None) for argument in execute.arguments]
        if not self._concerned(execute, entry, values) and self.naming.key(entry.name) not in self.place.calls:
            return
        inner = self._call(entry, execute.arguments, values, execute.span)
        if inner is None:
            return
        self._take_back(entry.fact.parameters, execute.arguments, inner)
        for key, cursor in inner.cursors.items():  # a global one lives on
            if not key.startswith("@"):
                self.cursors.setdefault(key, cursor)
        if execute.into is None:
            self.results += inner.results
        elif not inner.results and entry.path in self.knowledge.objects.references:
            self.report("SLP206", f"{name}: what it returns is not known from the catalog", execute.span)
        elif inner.results:
            found = inner.results[0]
            for other in inner.results[1:]:
                if found.closed and other.closed and len(other.columns) != len(found.columns):
                    message = f"{name} returns {len(found.columns)} columns, then {len(other.columns)}"
                    self.report("SLP205", message, execute.span)
                else:
                    found = union(found, other)
            if self._dynamic:
                found = found.doubted(INFERRED)
            plain = Query(Select(()))
            self._write(Write(execute.into, execute.columns, plain, execute.span), found)

    def _execute_string(self, execution: ExecuteString) -> None:
        """A string of which a part is a caller's: run as far as it is known here, and left to the callers where they know it."""
        statement = self.statement
        if statement is None:
            return
        texts = filled(execution.pattern, self.strings)
        if texts is None and not self.elsewhere.isdisjoint(piece.variable for piece in execution.pattern):
            return  # a call that tells more has a run of its own
        for text in texts or (template(execution.pattern, self.strings),):
            facts = self.knowledge.dynamic(text, execution, statement, self.place)
            if facts.open:
                self.report("SLP301", f"of the SQL that is executed only a pattern is known: {_shown(text)}", statement.span)
            for fact in facts.statements:
                self._run_statement(fact)
        self.statement = statement

    def _unknown_call(self, execute: Execute, name: Name) -> None:
        """What a procedure that is not in the scan gives back is not known: its rows, and its OUTPUT arguments."""
        given = [
            argument.variable
            for argument in execute.arguments
            if argument.output and argument.variable and argument.parameter != ""
        ]
        for variable in given:
            self.variables.pop(self.naming.fold(variable), None)
        if (execute.into is not None or given) and not execute.procedure.system:
            self.report("SLP206", f"{name}: its text is not part of the scan, so what it returns is not known", execute.span)

    def _concerned(self, execute: Execute, entry: ModuleEntry, values: list[Value]) -> bool:
        """Can the call give or take anything? What the callee does by itself is found in its own run."""
        if execute.into is not None or self.caller is not None or any(argument.output for argument in execute.arguments):
            return True
        if self.naming.key(entry.name) in self.knowledge.generic.takers:
            return True
        passed = any(value.flows or value.rows or value.tables for value in values)
        return passed or bool(self.temporaries.tables or self.cursors or self.knowledge.globals)

    def _call(self, entry: ModuleEntry, arguments: tuple[Argument, ...], values: list[Value], span: Span) -> Session | None:
        """Run a procedure as called from here."""
        key = self.naming.key(entry.name)
        if self._too_deep(key, entry, span, rounds=2):
            return None
        inner = Session(self.knowledge, self.place.within(entry, key), self, noting=False)
        inner.declare_parameters(entry.fact.parameters)
        inner.elsewhere = passed_elsewhere(self.naming, entry.fact.parameters, arguments, self.elsewhere)
        inner.strings = passed_strings(self.naming, entry.fact.parameters, arguments, self.strings)
        for position, (argument, value) in enumerate(zip(arguments, values, strict=True)):
            parameter = parameter_of(self.naming, entry.fact.parameters, argument, position)
            if parameter is None:
                continue
            inner.variables[self.naming.fold(parameter.name)] = value
            table = self._find_temporary(Name((argument.variable,))) if argument.variable else None
            if table:
                inner.temporaries.tables[self.naming.key(Name((parameter.name,)))] = table
        inner.run(entry.fact.body)
        return inner

    def _take_back(self, parameters: tuple[Parameter, ...], arguments: tuple[Argument, ...], inner: Session) -> None:
        """OUTPUT arguments, and `@x = ` before the procedure's name, take what the callee leaves."""
        for position, argument in enumerate(arguments):
            if not argument.output or not argument.variable:
                continue
            if argument.parameter == "":
                self._set(argument.variable, inner.returned)
                continue
            parameter = parameter_of(self.naming, parameters, argument, position)
            if parameter:
                key = self.naming.fold(parameter.name)
                left = either_value(state.variables.get(key) for state in (*inner.returns, inner._state))
                self._set(argument.variable, left)
                if key in inner.cursors:
                    self.cursors[self.naming.fold(argument.variable)] = inner.cursors[key]

    # --- what queries see (Environment) -------------------------------------------------------------------------------

    def table(self, name: Name, span: Span) -> Bound:
        """See `Environment`."""
        if name.temporary:
            found = self._find_temporary(name)
            if found is None:
                self._missing(name, span)
                return Bound(opaque=True)
            self.knowledge.found(self.place.path, span)
            if self.knowledge.options.keep_temporary:
                return self._shown_node(found.node or self._temporary_node(name), found)
            return found.bound
        if name.system:
            return Bound(opaque=True)
        return self.knowledge.table(self._canonical(name), self.place.path)

    def _shown_node(self, node: Name, table: Temporary) -> Bound:
        columns = [BoundColumn(c.name, flow(Column(node, c.name or "*"))) for c in table.bound.columns]
        return Bound(columns, opaque=table.bound.opaque, tables={node: DIRECT})

    def function(self, name: Name, arguments: list[Value], span: Span) -> Bound:
        """See `Environment`."""
        full = self._canonical(name)
        entry = self.knowledge.objects.module(full)
        if name.system or (len(name.parts) == 1 and entry is None):
            return _fed(Bound(opaque=True), arguments)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            self.report("SLP206", f"{full}: its text is not part of the scan, so what it returns is not known", span)
            return _fed(Bound(opaque=True), arguments)
        summary = self._summary(entry, span)
        return summary.rows.filled(arguments) if summary else Bound(opaque=True)

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        """See `Environment`."""
        full = self._canonical(name)
        entry = self.knowledge.objects.module(full)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            if not name.system:
                self.report("SLP206", f"{full}: its text is not part of the scan, so only its arguments are followed", span)
            passed = Value()
            for argument in arguments:
                passed.absorb(argument, Subtype.TRANSFORMATION)
            return passed
        summary = self._summary(entry, span)
        return summary.value.filled(arguments) if summary else Value()

    def _summary(self, entry: ModuleEntry, span: Span) -> Summary | None:
        """A function, run once for all its calls: its parameters stand as placeholders in what it returns."""
        key = self.naming.key(entry.name)
        known = self.knowledge.summaries.get(key)
        if known is not None:
            return known
        if self._too_deep(key, entry, span):
            return None
        inner = Session(self.knowledge, replace(self.place.within(entry, key), writes=False), noting=False)
        inner.declare_parameters(entry.fact.parameters)
        for position, parameter in enumerate(entry.fact.parameters):
            table = inner.temporaries.tables.get(self.naming.key(Name((parameter.name,))))
            if table:
                table.bound = placeholder_rows(position, [fact.name for fact in table.facts])
            else:
                inner.variables[self.naming.fold(parameter.name)] = placeholder(position)
        if entry.fact.query is not None:
            body = entry.fact.body
            rows = Binder(inner).query(entry.fact.query).carried(self.knowledge.ids.get(id(body[0])) if body else None)
        else:
            inner.run(entry.fact.body)
            left = either([*inner.returns, inner._state], self.naming)
            table = left.tables.get(self.naming.key(entry.fact.returns)) if entry.fact.returns else None
            rows = table.bound if table else Bound(opaque=True)
        self.knowledge.summaries[key] = Summary(inner.returned, rows)
        return self.knowledge.summaries[key]

    def _too_deep(self, key: str, entry: ModuleEntry, span: Span, rounds: int = 1) -> bool:
        """Is the module running so often already, or are too many? Reported where it is."""
        if self.place.calls.count(key) >= rounds:
            self.report("SLP207", f"{entry.name} is called from within itself", span)
            return True
        self.knowledge.followed += len(entry.fact.body)
        if len(self.place.calls) < _DEEPEST and self.knowledge.followed < _MOST:
            return False
        message = f"{entry.name}: the call is not followed, there are too many calls within calls"
        self.knowledge.report_once("SLP209", message, self.place.path, span)
        return True

    def variable(self, name: str) -> Value:
        """See `Environment`."""
        table = self._find_temporary(Name((name,)))
        return Value(relation=table.bound) if table else self.variables.get(self.naming.fold(name), Value())

    def file(self, source: FileSource) -> Bound:
        """See `Environment`."""
        name = self.knowledge.address(source.address, source.data_source)
        if source.columns is None:
            return Bound(open=[name], base=None, tables={name: DIRECT})
        columns = [BoundColumn(c, flow(Column(name, c))) for c in source.columns]
        self.knowledge.file_columns(name, source.columns)
        return Bound(columns, tables={name: DIRECT})

    def refer(self, column: Column) -> None:
        """See `Environment`."""
        if self.noting and self.place.module is not None and not self._dynamic:
            self.knowledge.refer((self.place.path, self.place.line), column)

    def report(self, code: str, message: str, span: Span) -> None:
        """See `Environment`. What is wrong in an executed string stands where that is executed."""
        here = self.statement.span if self._dynamic and self.statement else span
        self.knowledge.report(code, message, self.place.path, here)


def _end_of_arm(statements: Sequence[StatementFact], start: int, depth: int) -> int:
    """The index behind the statements of one arm."""
    arm, end = statements[start].branch[depth], start + 1
    while end < len(statements) and len(statements[end].branch) > depth and statements[end].branch[depth] == arm:
        end += 1
    return end


def _is_other_arm(statements: Sequence[StatementFact], at: int, depth: int) -> bool:
    """Does ELSE begin here? Before any other arm stands a statement outside of it: its IF, its WHILE, the end of its TRY."""
    return at < len(statements) and len(statements[at].branch) > depth and statements[at].branch[depth] > 0


def _partly_open(target: Name, flows: Flows) -> Flows:
    """Flows of which an end is known only as a pattern are known in part."""
    return {key: way & PARTIAL if target.left_open or key[0].table.left_open else way for key, way in flows.items()}


def _shown(text: str) -> str:
    """A pattern in a message: what its constants hold may be a secret."""
    line = " ".join(_CONSTANT.sub("'…'", text).split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def _fed(bound: Bound, arguments: list[Value]) -> Bound:
    """The rows of a function that is not known: its arguments' tables are read."""
    for argument in arguments:
        add_flows(bound.rows, argument.rows)
        add_tables(bound.tables, argument.tables)
    return bound
