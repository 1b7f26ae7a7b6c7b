"""Sinks: what a statement writes becomes graph edges, or content of a temporary table."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from ...model.facts import Compute, Rows, StatementFact, Switch, Write
from ...model.graph import Column
from ...model.limits import STATEMENT_EDGES
from ...model.names import Name
from ...model.vocabulary import ModuleKind, Subtype
from ..context.findings import ColumnsOfFile
from ..frames.frame import Frame
from ..frames.temporary_declarations import own
from ..frames.transient import add, drop, empty_out, fill, keep, make, rows_of
from ..relations.provenance import (
    DIRECT,
    EXPANDED,
    INDIRECT,
    INFERRED,
    PARTIAL,
    Flows,
    Tables,
    add_flows,
    add_tables,
    flow,
    used_as,
)
from ..relations.relation import Relation
from ..state.temporary import Temporary
from .computed_columns import DefinitionEnvironment, carried_on, made_table, value_of
from .target_columns import TargetWrite, placed


def write(frame: Frame, written: Write, query: Relation) -> None:
    """The rows of a query go into the target of a statement."""
    if frame.dynamic and frame.statement:  # findings stand where the string is executed
        written = replace(written, span=frame.statement.span)
    if written.target.temporary:
        _write_temporary(frame, written, query.carried(frame.id))
    else:
        _write_table(frame, written, query)


def _write_table(frame: Frame, write: Write, query: Relation) -> None:
    context, path = frame.context, frame.place.path
    target = frame.canonical(write.target)
    writing = TargetWrite(context, write, target, path, place=frame.position)
    written = writing.columns(query)
    if written is None:
        if not write.creates:
            frame.assign(target, writing.listed())
        emit(frame, target, None, query)
        return
    # a column that the mapping names may be one that the query does not tell
    if frame.dynamic and write.match:
        written = [(name, used_as(flows, Subtype.IDENTITY, INFERRED)) for name, flows in written]
    if not write.creates:
        frame.assign(target, [name for name, _ in written])
    if write.creates and query.closed and not query.partial and written and frame.place.writes:
        context.columns.create(target, path, tuple(name for name, _ in written), write.span)
    written += carried_on(frame, target, written)
    if write.creates and frame.is_transient(target):
        make(frame, write, target, written, query)
    else:
        emit(frame, target, written, query)
    # TRUNCATE TABLE, or DELETE without a condition: what was in it goes nowhere from here on
    if write.columns == () and isinstance(write.query.body, Rows) and not frame.state.in_loop:
        empty_out(frame, target)
    entry = context.definitions.table(target)
    # CREATE EXTERNAL TABLE AS SELECT writes the files too
    if write.creates and entry and entry.address:
        emit(frame, entry.address, written, query)
        if query.closed:
            context.recorder.note(ColumnsOfFile(entry.address, tuple(name for name, _ in written)))


def emit(
    frame: Frame, target: Name, written: list[tuple[str, Flows]] | None, query: Relation
) -> None:
    """Store what a statement writes of a table, what decides its rows, and its tables.

    They become edges, or what a transient table holds.

    `written` None: which value goes into which column is not known, so there is table lineage
    alone.

    Args:
        frame: the frame that runs the statement.
        target: the table.
        written: its columns, with what flows into each.
        query: where the rows come from.
    """
    if frame.is_transient(target):
        fill(frame, target, written, query)
        return
    statement = frame.id
    if statement is None or not frame.place.writes:
        return
    if written is None:
        frame.context.recorder.edges.feed(target, query.tables, statement)
        return
    if frame.dynamic:
        written = [(name, _partly_open(target, flows)) for name, flows in written]
    rows = _partly_open(target, query.rows) if frame.dynamic else query.rows
    size = sum(len(flows) for _, flows in written) + len(rows)
    recorder = frame.context.recorder
    budget = frame.context.budget
    many = size > STATEMENT_EDGES or not budget.may_write(recorder.column_edges + size)
    if many or not budget.may_carry(size, size):
        _report_too_many(frame)
        recorder.edges.feed(target, query.tables, statement)
    else:
        recorder.edges.write(target, written, rows, query.tables, statement)


def feed_tables(frame: Frame, statement: StatementFact) -> None:
    """Lead what a statement with too many columns reads to what it writes, as tables alone.

    This goes as far as the words of the statement tell it.
    """
    _report_too_many(frame)
    if frame.id is None or not frame.place.writes:
        return
    sources: Tables = {
        frame.canonical(name): DIRECT for name in statement.reads if not name.temporary
    }
    for target in statement.writes:
        if not target.temporary and not frame.is_transient(frame.canonical(target)):
            frame.context.recorder.edges.feed(frame.canonical(target), sources, frame.id)


def _report_too_many(frame: Frame) -> None:
    if frame.statement:
        frame.report(
            "SLP108",
            "more column edges than are followed: those of the tables alone are told",
            frame.statement.span,
        )


def _partly_open(target: Name, flows: Flows) -> Flows:
    """Flows of which an end is known only as a pattern are known in part."""
    return {
        key: provenance & PARTIAL if target.left_open or key[0].table.left_open else provenance
        for key, provenance in flows.items()
    }


# --- temporary tables -----------------------------------------------------------------------------


def _write_temporary(frame: Frame, write: Write, query: Relation) -> None:
    emptied = write.columns == () and isinstance(write.query.body, Rows)
    # IF OBJECT_ID('tempdb..#t') IS NOT NULL TRUNCATE TABLE #t
    if emptied and not frame.state.finds(write.target):
        return
    table = _table_written(frame, write, query)
    if write.columns == ():  # DELETE: what decides which rows go decides which stay
        add_flows(table.bound.rows, query.rows)
        add_tables(table.bound.tables, query.tables, INDIRECT)
        if emptied and _is_own(frame, write.target, table) and not frame.state.in_loop:
            _empty_out(frame, Name((write.target.object,)), table)
        return
    if not write.creates:
        names = list(write.columns) if write.columns is not None else table.insertable(query)
        if not (write.target.left_open or query.fits(names)):
            frame.report(
                "SLP205",
                f"{len(query.columns)} columns for the {len(names)} of {write.target}",
                write.span,
            )
            query = query.uncertain(names)
        table.fill(names, query, frame.naming)
    if frame.context.options.keep_temporary:
        node = table.node or frame.temporary_node(write.target)
        written = (
            TargetWrite(frame.context, write, node, frame.place.path, table).columns(query) or []
        )
        emit(frame, node, [*written, *table.computed(written, frame.naming)], query)


def _table_written(frame: Frame, write: Write, query: Relation) -> Temporary:
    name = Name((write.target.object,))
    temporaries = frame.state.temporaries
    if write.creates:
        frame.state.makes(frame.naming.key(name), always=frame.unconditional)
        frame.state.flow.overwrite(frame.naming.key(name))
        return own(frame, name, temporaries.create(name, query))
    table = frame.state.find_temporary(name)
    if table is None:
        frame.missing(write.target, write.span)
        table = temporaries.tables[frame.naming.key(name)] = Temporary(Relation(opaque=True))
    else:
        frame.found(write.target, write.span)
    return table


def _empty_out(frame: Frame, name: Name, table: Temporary) -> None:
    """From here on there is an empty table.

    Where a RETURN, a GOTO or an error has gone on from, the full one still is.
    """
    key, empty = frame.naming.key(name), table.emptied()
    frame.state.replaced(key)
    frame.state.temporaries.tables[key] = own(frame, name, empty) if key.startswith("##") else empty


def _is_own(frame: Frame, name: Name, table: Temporary) -> bool:
    return frame.state.temporaries.tables.get(frame.naming.key(Name((name.object,)))) is table


# --- tables that change as a whole ----------------------------------------------------------------


def rename(frame: Frame, old: Name, new: Name) -> None:
    """Rows go by another name from now on; procedures and functions have none."""
    module = frame.context.definitions.module(old)
    if frame.place.writes and (module is None or module.fact.kind is ModuleKind.VIEW):
        frame.context.columns.rename(old, new, frame.place.path)
        if frame.is_transient(new):
            keep(frame, new, _whole(frame, old))
        else:
            _copy(frame, old, new)
        drop(frame, old)


def compute(frame: Frame, computed: Compute) -> None:
    """CREATE TABLE, ALTER TABLE: feed each computed column by those that it is made of.

    It is fed whether these are written or not.
    """
    target = frame.canonical(computed.table)
    names = [fact.name for fact in computed.columns]
    anew = computed.creates and not frame.is_transient(target)
    table = made_table(target, names) if anew else rows_of(frame, target)
    query, written = Relation(), []
    for fact in computed.columns:
        if not fact.computed:
            continue
        value = value_of(DefinitionEnvironment(frame), fact.computed, table, target)
        written.append(
            (
                fact.name,
                used_as(value.flows, Subtype.IDENTITY, INFERRED) if frame.dynamic else value.flows,
            )
        )
        add_flows(query.rows, value.rows)
        add_tables(query.tables, value.tables)
    emit(frame, target, written, query)


def switch(frame: Frame, switched: Switch) -> None:
    """Rows of one table go to another."""
    source, target = frame.canonical(switched.source), frame.canonical(switched.target)
    if frame.is_transient(target):
        add(frame, target, _whole(frame, source))
    else:
        _copy(frame, source, target)
    if switched.emptied and not frame.state.in_loop:
        empty_out(frame, source)


def _whole(frame: Frame, name: Name) -> Relation:
    """All rows of a table, as a statement carries them on that names no columns."""
    rows = rows_of(frame, name)
    columns = [
        replace(column, flows=used_as(column.flows, Subtype.IDENTITY, EXPANDED))
        for column in rows.columns
        if not column.hidden
    ]
    relation = dataclasses.replace(rows, columns=columns)
    return (relation.doubted(INFERRED) if frame.dynamic else relation).carried(frame.id)


def _copy(frame: Frame, source: Name, target: Name) -> None:
    """All columns of one table become those of another, a persistent one."""
    statement = frame.id
    if statement is None or not frame.place.writes:
        return
    if frame.is_transient(source):
        relation = _whole(frame, source)
        columns = frame.context.columns.names(target, frame.place.path)
        emit(frame, target, placed(relation, columns, frame.naming), relation)
        return
    source_columns = frame.context.columns.names(source, frame.place.path)
    target_columns = frame.context.columns.names(target, frame.place.path)
    # a table that is renamed or switched has the same columns on both sides
    sources = source_columns or target_columns or ("*",)
    provenance = EXPANDED if source_columns or target_columns else PARTIAL
    provenance = provenance & INFERRED if frame.dynamic else provenance
    written: list[tuple[str, Flows]] = [
        (new, flow(Column(source, old), provenance))
        for old, new in zip(sources, target_columns or sources, strict=False)
    ]
    frame.context.recorder.edges.write(target, written, {}, {source: DIRECT}, statement)
