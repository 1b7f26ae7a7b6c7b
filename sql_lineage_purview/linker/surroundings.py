"""Surroundings: what the queries of a session see besides their own text: tables, functions, variables, files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..model.diagnostics import Span
from ..model.facts import FileSource, Query
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
from .objects import ModuleEntry
from .session import Session
from .temporary import Temporary


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
        if name.system:
            return Bound(opaque=True)
        return self.session.knowledge.table(self.session.canonical(name), self.session.place.path)

    def _temporary(self, name: Name, span: Span) -> Bound:
        session = self.session
        found = session.memory.find_temporary(name)
        if found is None:
            session.missing(name, span)
            return Bound(opaque=True)
        session.knowledge.found(session.place.path, span)
        if session.knowledge.options.keep_temporary:
            return _shown_node(found.node or session.temporary_node(name), found)
        return found.bound

    def function(self, name: Name, arguments: list[Value], span: Span) -> Bound:
        """See `Environment`."""
        full = self.session.canonical(name)
        entry = self.session.knowledge.objects.module(full)
        if name.system or (len(name.parts) == 1 and entry is None):
            return _fed(Bound(opaque=True), arguments)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            self.report("SLP206", f"{full}: its text is not part of the scan, so what it returns is not known", span)
            return _fed(Bound(opaque=True), arguments)
        summary = _summary(self.session, entry, span)
        return summary.rows.filled(arguments) if summary else Bound(opaque=True)

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        """See `Environment`."""
        full = self.session.canonical(name)
        entry = self.session.knowledge.objects.module(full)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            if not name.system:
                self.report("SLP206", f"{full}: its text is not part of the scan, so only its arguments are followed", span)
            passed = Value()
            for argument in arguments:
                passed.absorb(argument, Subtype.TRANSFORMATION)
            return passed
        summary = _summary(self.session, entry, span)
        return summary.value.filled(arguments) if summary else Value()

    def variable(self, name: str) -> Value:
        """See `Environment`."""
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

    def report(self, code: str, message: str, span: Span) -> None:
        """See `Environment`."""
        self.session.report(code, message, span)


def _shown_node(node: Name, table: Temporary) -> Bound:
    columns = [BoundColumn(c.name, flow(Column(node, c.name or "*"))) for c in table.bound.columns]
    return Bound(columns, opaque=table.bound.opaque, tables={node: DIRECT})


def _fed(bound: Bound, arguments: list[Value]) -> Bound:
    """The rows of a function that is not known: its arguments' tables are read."""
    for argument in arguments:
        add_flows(bound.rows, argument.rows)
        add_tables(bound.tables, argument.tables)
    return bound


# --- functions, each run once for all its calls -------------------------------------------------------------------------


def _summary(session: Session, entry: ModuleEntry, span: Span) -> Summary | None:
    """A function, run once for all its calls: its parameters stand as placeholders in what it returns."""
    key = session.naming.key(entry.name)
    known = session.knowledge.summaries.get(key)
    if known is not None:
        return known
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
    left = either(inner.memory.ends, inner.naming)
    table = left.tables.get(inner.naming.key(entry.fact.returns)) if entry.fact.returns else None
    return table.bound if table else Bound(opaque=True)
