"""Surroundings: what the queries of a session see besides their own text: tables, functions, variables, files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..model.diagnostics import Span
from ..model.facts import OUTSIDE, FileSource, Query, SetOperation
from ..model.graph import Column
from ..model.names import Name
from ..model.naming import Naming
from ..model.vocabulary import ModuleKind, Subtype
from .binder import Binder
from .bound import Bound, BoundColumn, Value, placeholder, placeholder_rows
from .branches import either
from .declaring import declare_parameters
from .flows import DIRECT, INFERRED, add_flows, add_tables, flow
from .knowledge import Summary
from .lending import lend
from .objects import ModuleEntry
from .session import Quiet, Session
from .summaries import print_of_value
from .temporary import Temporary
from .transient import contents, filled_in


def bind(session: Session, query: Query) -> Bound:
    """Bind a query of the statement; what stands in dynamic SQL is put together, not read."""
    bound = Binder(Surroundings(session)).query(query)
    return bound.doubted(INFERRED) if session.dynamic else bound


def bind_kept(session: Session, query: Query) -> Bound:
    """Bind a query whose rows a later statement finds."""
    return bind(session, query).carried(session.id)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session is to the queries that run in it: their `Environment`."""

    session: Session

    @property
    def naming(self) -> Naming:
        """See `Environment`."""
        return self.session.naming

    def table(self, name: Name, span: Span) -> Bound:
        """See `Environment`."""
        if name.temporary:
            return self._temporary(name, span)
        full = self.session.canonical(name)
        if full.system_source:  # by a synonym too
            return Bound(opaque=True)
        if full in self.session.through:
            return replace(_underlying(self.session, full), base=full)
        if self.session.is_transient(full):
            view = self.session.knowledge.objects.view(full)
            return _view(self.session, view, full) if view else contents(self.session, full)
        return self.session.knowledge.table(full, self.session.place.path, self.session.position)

    def _temporary(self, name: Name, span: Span) -> Bound:
        session = self.session
        table = session.memory.find_temporary(name)
        if table is None:
            session.missing(name, span)
            return Bound(opaque=True)
        session.found(name, span)
        if session.knowledge.options.keep_temporary:
            return _shown_node(table.node or session.temporary_node(name), table)
        return table.bound

    def function(self, name: Name, arguments: list[Value], span: Span) -> Bound:
        """See `Environment`."""
        full = self.session.canonical(name)
        entry = self.session.knowledge.objects.module(full)
        if full.system or (len(name.parts) == 1 and entry is None):
            return _fed(Bound(opaque=True), arguments)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            self.report("SLP206", f"{full}: its text is not part of the scan, so what it returns is not known", span)
            return _fed(Bound(opaque=True), arguments)
        if full in self.session.through:
            return _underlying(self.session, full).filled(arguments)
        summary = _summary(self.session, entry, span)
        return summary.rows.filled(arguments) if summary else Bound(opaque=True)

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        """See `Environment`."""
        full = self.session.canonical(name)
        entry = self.session.knowledge.objects.module(full)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            if not full.system:
                self.report("SLP206", f"{full}: its text is not part of the scan, so only its arguments are followed", span)
            passed = Value()
            for argument in arguments:
                passed.absorb(argument, Subtype.TRANSFORMATION)
            return passed
        summary = _summary(self.session, entry, span)
        return summary.value.filled(arguments) if summary else Value()

    def has_function(self, name: Name) -> bool:
        """See `Environment`."""
        entry = self.session.knowledge.objects.module(self.session.canonical(name))
        return entry is not None and entry.fact.kind is ModuleKind.FUNCTION

    def variable(self, name: str) -> Value:
        """See `Environment`."""
        if name.endswith(OUTSIDE):  # of a string that the caller has put together
            caller, observation = self.session.caller, self.session.memory.observation
            value = Surroundings(caller).variable(name.removesuffix(OUTSIDE)) if caller else Value()
            if observation:
                observation.outside.setdefault(name.removesuffix(OUTSIDE), print_of_value(value))
            return value
        return self.session.memory.variable(name)

    def file(self, source: FileSource) -> Bound:
        """See `Environment`."""
        knowledge = self.session.knowledge
        name = knowledge.address(source.address, source.data_source)
        if source.columns is None:
            return Bound(open=[name], base=None, tables={name: DIRECT})
        columns = [BoundColumn(c, flow(Column(name, c))) for c in source.columns]
        knowledge.file_columns(name, source.columns)
        return Bound(columns, tables={name: DIRECT})

    def refer(self, column: Column) -> None:
        """See `Environment`."""
        self.session.refer(column)

    def may_carry(self, flows: int, of_query: int) -> bool:
        """See `Environment`."""
        return self.session.knowledge.may_carry(flows, of_query)

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        """See `Environment`."""
        self.session.report(code, message, span, subject)

    def report_once(self, code: str, message: str, span: Span) -> None:
        """See `Environment`."""
        self.session.report_once(code, message, span)


class OriginSurroundings(Surroundings):
    """The surroundings of a view of which the origins of its columns are asked for: those of an inline function are its own."""

    def function(self, name: Name, arguments: list[Value], span: Span) -> Bound:
        """See `Environment`."""
        bound, full = super().function(name, arguments, span), self.session.canonical(name)
        entry = self.session.knowledge.objects.module(full)
        if entry is not None and entry.fact.query is not None:
            bound.columns = [replace(column, origin=Column(full, column.name)) for column in bound.columns]
        return bound


def _shown_node(node: Name, table: Temporary) -> Bound:
    columns = [BoundColumn(c.name, flow(Column(node, c.name or "*"))) for c in table.bound.columns]
    return Bound(columns, opaque=table.bound.opaque, tables={node: DIRECT})


def _fed(bound: Bound, arguments: list[Value]) -> Bound:
    """The rows of a function that is not known: its arguments' tables are read."""
    for argument in arguments:
        add_flows(bound.rows, argument.rows)
        add_tables(bound.tables, argument.tables)
    return bound


def _view(session: Session, entry: ModuleEntry, name: Name) -> Bound:
    """The rows of a view that the run makes and drops: what its query finds now."""
    key, query = session.naming.key(entry.name), entry.fact.query
    outline = session.knowledge.table(name, session.place.path, session.position)
    if query is None or key in session.place.calls:
        return filled_in(outline, Bound(opaque=True), session)
    inner = Quiet(session.knowledge, session.place.within(entry, key), session.runner, session, noting=False)
    lend(inner, session)
    rows = Binder(Surroundings(inner)).query(query).renamed(entry.fact.columns)
    rows = rows.doubted(INFERRED) if entry.fact.dynamic else rows
    statement = session.knowledge.ids.get(id(entry.fact.body[0])) if entry.fact.body else None
    return filled_in(outline, rows.carried(statement), session)


# --- views and inline functions that are looked through -----------------------------------------------------------------


def _underlying(session: Session, name: Name) -> Bound:
    """The rows of a view or inline function, down to the columns of its tables; of a UNION ALL those of one branch or of all."""
    entry = session.knowledge.objects.modules[session.naming.key(name)]
    inner = session_of(session, entry)
    inner.through = {view: number for view, number in session.through.items() if view != name}
    number = session.through[name]
    query = entry.fact.query if number is None else branches(entry)[number]
    bound = Binder(Surroundings(inner)).query(query) if query else Bound(opaque=True)
    names = branch_columns(session, entry)
    return bound.listed(names)


def session_of(session: Session, entry: ModuleEntry) -> Session:
    """A session in which the text of a view or inline function stands."""
    inner = Quiet(session.knowledge, session.place.within(entry, ""), session.runner, noting=False)
    lend(inner, session)
    _place_parameters(inner, entry)
    return inner


def branches(entry: ModuleEntry) -> list[Query]:
    """The queries whose rows a view puts together by UNION ALL, or its one query."""
    return _branches(entry.fact.query) if entry.fact.query else []


def _branches(query: Query) -> list[Query]:
    body = query.body
    if not isinstance(body, SetOperation) or not body.all:
        return [query]
    sides = [replace(side, common=query.common + side.common) for side in (body.left, body.right)]
    return [branch for side in sides for branch in _branches(side)]


def branch_columns(session: Session, entry: ModuleEntry) -> tuple[str, ...] | None:
    """The names of the columns of a view or inline function; None where they are not all known."""
    if entry.fact.kind is ModuleKind.VIEW:
        return session.knowledge.columns_of(entry.name)
    bound = Binder(Surroundings(session_of(session, entry))).query(branches(entry)[0])
    return tuple(str(column.name) for column in bound.columns) if bound.closed else None


# --- functions, each run once for all its calls -------------------------------------------------------------------------


def _summary(session: Session, entry: ModuleEntry, span: Span) -> Summary | None:
    """A function, run once for all its calls: its parameters stand as placeholders in what it returns."""
    key = session.naming.key(entry.name)
    summary = session.knowledge.summaries.get(key)
    if summary is not None:
        return summary
    if session.too_deep(key, entry, span):
        return None
    place = replace(session.place.within(entry, key), writes=False)
    inner = Session(session.knowledge, place, session.runner, noting=False)
    _place_parameters(inner, entry)
    rows = _rows_of(inner, entry)
    session.knowledge.summaries[key] = Summary(inner.returned, rows)
    return session.knowledge.summaries[key]


def _place_parameters(inner: Session, entry: ModuleEntry) -> None:
    """Placeholders for the parameters of a function."""
    declare_parameters(inner, entry.fact.parameters)
    for position, parameter in enumerate(entry.fact.parameters):
        table = inner.memory.temporaries.tables.get(inner.naming.key(Name((parameter.name,))))
        if table:
            table.bound = placeholder_rows(position, [fact.name for fact in table.facts])
        else:
            inner.memory.variables[inner.naming.fold(parameter.name)] = placeholder(position)


def _rows_of(inner: Session, entry: ModuleEntry) -> Bound:
    """The rows that a function returns, once it has been run."""
    body = entry.fact.body
    if entry.fact.query is not None:
        statement = inner.knowledge.ids.get(id(body[0])) if body else None
        return Binder(Surroundings(inner)).query(entry.fact.query).carried(statement)
    inner.run(body)
    final_state = either(inner.memory.ends, inner.naming)
    table = final_state.tables.get(inner.naming.key(entry.fact.returns)) if entry.fact.returns else None
    return table.bound if table else Bound(opaque=True)
