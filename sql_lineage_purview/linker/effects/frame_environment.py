"""The environment of a frame: what its queries see besides their own text.

They see tables, functions, variables and files.
"""

from __future__ import annotations

import dataclasses

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.facts import OUTSIDE, FileSource, Query, SetOperation
from ...model.graph import Column
from ...model.names import Name
from ...model.naming import Naming
from ...model.vocabulary import ModuleKind, Subtype
from ..binding.binder import Binder
from ..context.findings import ColumnsOfFile
from ..context.link_context import FunctionSummary
from ..definitions.scan_definitions import ModuleEntry
from ..frames.frame import Frame, SilentFrame
from ..frames.lending import lend
from ..frames.temporary_declarations import declare_parameters
from ..frames.transient import contents, filled_in
from ..relations.prints import print_of_value
from ..relations.provenance import DIRECT, INFERRED, add_flows, add_tables, flow
from ..relations.relation import Relation, Value, placeholder, placeholder_rows
from ..relations.relation_columns import RelationColumn
from ..state.branches import join_states
from ..state.temporary import Temporary


def bind(frame: Frame, query: Query) -> Relation:
    """Bind a query of the statement; what stands in dynamic SQL is put together, not read."""
    bound = Binder(FrameEnvironment(frame)).query(query)
    return bound.doubted(INFERRED) if frame.dynamic else bound


def bind_kept(frame: Frame, query: Query) -> Relation:
    """Bind a query whose rows a later statement finds."""
    return bind(frame, query).carried(frame.id)


class FrameEnvironment(Struct, frozen=True):
    """What a frame is to the queries that run in it: their `Environment`."""

    frame: Frame

    @property
    def naming(self) -> Naming:
        """See `Environment`."""
        return self.frame.naming

    def table(self, name: Name, span: Span) -> Relation:
        """See `Environment`."""
        if name.temporary:
            return self._temporary(name, span)
        full = self.frame.canonical(name)
        if full.system_source:  # by a synonym too
            return Relation(opaque=True)
        if full in self.frame.through:
            # UPDATE dbo.View SET a = v.a + 1 FROM dbo.View AS v: the view is no source of its own
            # table
            return dataclasses.replace(_underlying(self.frame, full), base=full)
        if self.frame.is_transient(full):
            view = self.frame.context.definitions.view(full)
            return _view(self.frame, view, full) if view else contents(self.frame, full)
        return self.frame.context.columns.relation(full, self.frame.place.path, self.frame.position)

    def _temporary(self, name: Name, span: Span) -> Relation:
        frame = self.frame
        table = frame.state.find_temporary(name)
        if table is None:
            frame.missing(name, span)
            return Relation(opaque=True)
        frame.found(name, span)
        frame.state.flow.look_up(frame.naming.fold(name.object))
        if frame.context.options.keep_temporary:
            return _shown_node(table.node or frame.temporary_node(name), table)
        return table.bound

    def function(self, name: Name, arguments: list[Value], span: Span) -> Relation:
        """See `Environment`."""
        full = self.frame.canonical(name)
        entry = self.frame.context.definitions.module(full)
        # STRING_SPLIT, GENERATE_SERIES: the system's own go without a schema
        if full.system or (len(name.parts) == 1 and entry is None):
            return _fed(Relation(opaque=True), arguments)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            self.report(
                "SLP206",
                f"{full}: its text is not part of the scan, so what it returns is not known",
                span,
            )
            return _fed(Relation(opaque=True), arguments)
        if full in self.frame.through:
            return _underlying(self.frame, full).filled(arguments)
        summary = _summary(self.frame, entry, span)
        return summary.rows.filled(arguments) if summary else Relation(opaque=True)

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        """See `Environment`."""
        full = self.frame.canonical(name)
        entry = self.frame.context.definitions.module(full)
        if entry is None or entry.fact.kind is not ModuleKind.FUNCTION:
            if not full.system:
                self.report(
                    "SLP206",
                    f"{full}: its text is not part of the scan, so only its arguments are followed",
                    span,
                )
            passed = Value()
            for argument in arguments:
                passed.absorb(argument, Subtype.TRANSFORMATION)
            return passed
        summary = _summary(self.frame, entry, span)
        return summary.value.filled(arguments) if summary else Value()

    def has_function(self, name: Name) -> bool:
        """See `Environment`."""
        entry = self.frame.context.definitions.module(self.frame.canonical(name))
        return entry is not None and entry.fact.kind is ModuleKind.FUNCTION

    def variable(self, name: str) -> Value:
        """See `Environment`."""
        if name.endswith(OUTSIDE):  # of a string that the caller has put together
            caller, observation = self.frame.caller, self.frame.state.observation
            value = (
                FrameEnvironment(caller).variable(name.removesuffix(OUTSIDE)) if caller else Value()
            )
            if observation:
                observation.questions.ask_for_variable(
                    name.removesuffix(OUTSIDE), print_of_value(value)
                )
            return value
        return self.frame.state.variable(name)

    def file(self, source: FileSource) -> Relation:
        """See `Environment`."""
        context = self.frame.context
        name = context.definitions.address(source.address, source.data_source)
        if source.columns is None:
            return Relation(open=[name], base=None, tables={name: DIRECT})
        columns = [RelationColumn(c, flow(Column(name, c))) for c in source.columns]
        context.recorder.note(ColumnsOfFile(name, tuple(source.columns)))
        return Relation(columns, tables={name: DIRECT})

    def refer(self, column: Column) -> None:
        """See `Environment`."""
        self.frame.refer(column)

    def may_carry(self, flows: int, of_query: int) -> bool:
        """See `Environment`."""
        return self.frame.context.budget.may_carry(flows, of_query)

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        """See `Environment`."""
        self.frame.report(code, message, span, subject)

    def report_once(self, code: str, message: str, span: Span) -> None:
        """See `Environment`."""
        self.frame.report_once(code, message, span)


class OriginEnvironment(FrameEnvironment, frozen=True):
    """The environment of a view whose columns are asked for their origins.

    The columns of an inline function have the function itself as their origin.
    """

    def function(self, name: Name, arguments: list[Value], span: Span) -> Relation:
        """See `Environment`."""
        bound, full = super().function(name, arguments, span), self.frame.canonical(name)
        entry = self.frame.context.definitions.module(full)
        if entry is not None and entry.fact.query is not None:
            bound.columns = [
                replace(column, origin=Column(full, column.name)) for column in bound.columns
            ]
        return bound


def _shown_node(node: Name, table: Temporary) -> Relation:
    columns = [
        RelationColumn(c.name, flow(Column(node, c.name or "*"))) for c in table.bound.columns
    ]
    return Relation(columns, opaque=table.bound.opaque, tables={node: DIRECT})


def _fed(bound: Relation, arguments: list[Value]) -> Relation:
    """The rows of a function that is not known: its arguments' tables are read."""
    for argument in arguments:
        add_flows(bound.rows, argument.rows)
        add_tables(bound.tables, argument.tables)
    return bound


def _view(frame: Frame, entry: ModuleEntry, name: Name) -> Relation:
    """The rows of a view that the run makes and drops: what its query finds now."""
    key, query = frame.naming.key(entry.name), entry.fact.query
    outline = frame.context.columns.relation(name, frame.place.path, frame.position)
    # views made of each other: the server refuses them, a folder can hold them
    if query is None or key in frame.place.calls:
        return filled_in(outline, Relation(opaque=True), frame)
    inner = SilentFrame(
        frame.context, frame.place.within(entry, key), frame.interpreter, frame, noting=False
    )
    lend(inner, frame)
    rows = Binder(FrameEnvironment(inner)).query(query).renamed(entry.fact.columns)
    rows = rows.doubted(INFERRED) if entry.fact.dynamic else rows
    statement = frame.context.rows.ids.get(id(entry.fact.body[0])) if entry.fact.body else None
    return filled_in(outline, rows.carried(statement), frame)


# --- views and inline functions that are looked through -------------------------------------------


def _underlying(frame: Frame, name: Name) -> Relation:
    """The rows of a view or inline function, down to the columns of its tables.

    Of a UNION ALL those of one branch or of all.
    """
    entry = frame.context.definitions.module(name)
    if entry is None:
        return Relation(opaque=True)
    inner = frame_of(frame, entry)
    # without itself, since a view that is made of itself would have no end
    inner.through = {view: number for view, number in frame.through.items() if view != name}
    number = frame.through[name]
    query = entry.fact.query if number is None else branches(entry)[number]
    bound = Binder(FrameEnvironment(inner)).query(query) if query else Relation(opaque=True)
    names = branch_columns(frame, entry)
    return bound.listed(names)


def frame_of(frame: Frame, entry: ModuleEntry) -> Frame:
    """A frame in which the text of a view or inline function stands."""
    inner = SilentFrame(
        frame.context, frame.place.within(entry, ""), frame.interpreter, noting=False
    )
    lend(inner, frame)
    _place_parameters(inner, entry)
    return inner


def branches(entry: ModuleEntry) -> list[Query]:
    """The queries whose rows a view puts together by UNION ALL, or its one query."""
    return _branches(entry.fact.query) if entry.fact.query else []


def _branches(query: Query) -> list[Query]:
    body = query.body
    if not isinstance(body, SetOperation) or not body.all:
        return [query]
    # WITH stands before the first SELECT, and is seen by all of them
    sides = [
        dataclasses.replace(side, ctes=query.ctes + side.ctes) for side in (body.left, body.right)
    ]
    return [branch for side in sides for branch in _branches(side)]


def branch_columns(frame: Frame, entry: ModuleEntry) -> tuple[str, ...] | None:
    """The names of the columns of a view or inline function; None where they are not all known."""
    if entry.fact.kind is ModuleKind.VIEW:
        return frame.context.columns.names(entry.name)
    # a union has the names of its first SELECT
    bound = Binder(FrameEnvironment(frame_of(frame, entry))).query(branches(entry)[0])
    return tuple(str(column.name) for column in bound.columns) if bound.closed else None


# --- functions, each run once for all its calls ---------------------------------------------------


def _summary(frame: Frame, entry: ModuleEntry, span: Span) -> FunctionSummary | None:
    """A function run once for all calls, with placeholders for parameters in what it returns."""
    key = frame.naming.key(entry.name)
    functions, recorder = frame.context.functions, frame.context.recorder
    if key in functions:
        recorder.include(functions[key].findings)
        return functions[key]
    if frame.too_deep(key, entry, span):
        recorder.now.lasting = False  # within which others it runs has been asked
        return None
    # the server lets a function write its own table variables alone
    place = replace(frame.place.within(entry, key), writes=False)
    inner = Frame(frame.context, place, frame.interpreter, noting=False)
    with recorder.part() as findings:
        _place_parameters(inner, entry)
        rows = _rows_of(inner, entry)
    functions[key] = FunctionSummary(inner.outcome.returned, rows, findings)
    return functions[key]


def _place_parameters(inner: Frame, entry: ModuleEntry) -> None:
    """Placeholders for the parameters of a function."""
    declare_parameters(inner, entry.fact.parameters)
    for position, parameter in enumerate(entry.fact.parameters):
        table = inner.state.temporaries.tables.get(inner.naming.key(Name((parameter.name,))))
        if table:
            table.bound = placeholder_rows(position, [fact.name for fact in table.facts])
        else:
            inner.state.variables[inner.naming.fold(parameter.name)] = placeholder(position)


def _rows_of(inner: Frame, entry: ModuleEntry) -> Relation:
    """The rows that a function returns, once it has been run."""
    body = entry.fact.body
    if entry.fact.query is not None:
        statement = inner.context.rows.ids.get(id(body[0])) if body else None
        return Binder(FrameEnvironment(inner)).query(entry.fact.query).carried(statement)
    inner.run(body)
    final_state = join_states(inner.state.ends, inner.naming)
    table = (
        final_state.tables.get(inner.naming.key(entry.fact.returns)) if entry.fact.returns else None
    )
    return table.bound if table else Relation(opaque=True)
