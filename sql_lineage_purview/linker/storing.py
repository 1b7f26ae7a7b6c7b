"""Storing: what a statement writes becomes edges of the graph, or the content of a temporary table."""

from __future__ import annotations

from dataclasses import replace

from ..model.facts import Compute, Rows, StatementFact, Switch, Write
from ..model.graph import Column
from ..model.limits import SCAN_EDGES, STATEMENT_EDGES, STATEMENT_SHARE_OF_EDGES
from ..model.names import Name
from ..model.vocabulary import ModuleKind, Subtype
from .bound import Bound
from .computing import Definition, carried_on, made_table, value_of
from .declaring import own
from .flows import DIRECT, EXPANDED, INDIRECT, INFERRED, PARTIAL, Flows, Tables, add_flows, add_tables, flow, used_as
from .session import Session
from .temporary import Temporary
from .transient import add, drop, empty_out, fill, keep, make, rows_of
from .writing import Writing, placed


def write(session: Session, written: Write, query: Bound) -> None:
    """The rows of a query go into the target of a statement."""
    if session.dynamic and session.statement:  # findings stand where the string is executed
        written = replace(written, span=session.statement.span)
    if written.target.temporary:
        _write_temporary(session, written, query.carried(session.id))
    else:
        _write_table(session, written, query)


def _write_table(session: Session, write: Write, query: Bound) -> None:
    knowledge, path = session.knowledge, session.place.path
    target = session.canonical(write.target)
    writing = Writing(knowledge, write, target, path, place=session.position)
    written = writing.columns(query)
    if written is None:
        for name in writing.listed() if not write.creates else ():
            session.refer(Column(target, name))
        emit(session, target, None, query)
        return
    if session.dynamic and write.match:  # a column that the mapping names may be one that the query does not tell
        written = [(name, used_as(flows, Subtype.IDENTITY, INFERRED)) for name, flows in written]
    if not write.creates:
        for name, _ in written:
            if name != "*":
                session.refer(Column(target, name))
    if write.creates and query.closed and not query.partial and written and session.place.writes:
        knowledge.made(target, path, tuple(name for name, _ in written), write.span)
    written += carried_on(session, target, written)
    if write.creates and session.is_transient(target):
        make(session, write, target, written, query)
    else:
        emit(session, target, written, query)
    if write.columns == () and isinstance(write.query.body, Rows) and not session.memory.in_loop:
        empty_out(session, target)
    entry = knowledge.objects.table(target)
    if write.creates and entry and entry.address:  # CREATE EXTERNAL TABLE AS SELECT writes the files too
        emit(session, entry.address, written, query)
        if query.closed:
            knowledge.file_columns(entry.address, (name for name, _ in written))


def emit(session: Session, target: Name, written: list[tuple[str, Flows]] | None, query: Bound) -> None:
    """What a statement writes of a table, what decides its rows, and its tables become edges, or what a transient table holds.

    `written` None: which value goes into which column is not known, so there is table lineage alone.
    """
    if session.is_transient(target):
        fill(session, target, written, query)
        return
    statement = session.id
    if statement is None or not session.place.writes:
        return
    if written is None:
        session.knowledge.edges.feed(target, query.tables, statement)
        return
    if session.dynamic:
        written = [(name, _partly_open(target, flows)) for name, flows in written]
    rows = _partly_open(target, query.rows) if session.dynamic else query.rows
    edges, size = session.knowledge.edges, sum(len(flows) for _, flows in written) + len(rows)
    many = size > STATEMENT_EDGES or len(edges.columns) + size > _most_edges(session)
    if many or not session.knowledge.may_carry(size, size):
        _report_too_many(session)
        edges.feed(target, query.tables, statement)
    else:
        edges.write(target, written, rows, query.tables, statement)


def feed_tables(session: Session, statement: StatementFact) -> None:
    """What a statement of too many columns reads goes to what it writes, as far as its words tell that."""
    _report_too_many(session)
    if session.id is None or not session.place.writes:
        return
    sources: Tables = {session.canonical(name): DIRECT for name in statement.reads if not name.temporary}
    for target in statement.writes:
        if not target.temporary and not session.is_transient(session.canonical(target)):
            session.knowledge.edges.feed(session.canonical(target), sources, session.id)


def _most_edges(session: Session) -> int:
    return SCAN_EDGES + STATEMENT_SHARE_OF_EDGES * len(session.knowledge.ids)


def _report_too_many(session: Session) -> None:
    if session.statement:
        session.report(
            "SLP108", "more column edges than are followed: those of the tables alone are told", session.statement.span
        )


def _partly_open(target: Name, flows: Flows) -> Flows:
    """Flows of which an end is known only as a pattern are known in part."""
    return {
        key: provenance & PARTIAL if target.left_open or key[0].table.left_open else provenance
        for key, provenance in flows.items()
    }


# --- temporary tables -------------------------------------------------------------------------------------------------


def _write_temporary(session: Session, write: Write, query: Bound) -> None:
    emptied = write.columns == () and isinstance(write.query.body, Rows)
    if emptied and not session.memory.finds(write.target):  # IF OBJECT_ID('tempdb..#t') IS NOT NULL TRUNCATE TABLE #t
        return
    table = _table_written(session, write, query)
    if write.columns == ():  # DELETE: what decides which rows go decides which stay
        add_flows(table.bound.rows, query.rows)
        add_tables(table.bound.tables, query.tables, INDIRECT)
        if emptied and _is_own(session, write.target, table) and not session.memory.in_loop:
            _empty_out(session, Name((write.target.last,)), table)
        return
    if not write.creates:
        names = list(write.columns) if write.columns is not None else table.insertable(query)
        if not (write.target.left_open or query.fits(names)):
            session.report("SLP205", f"{len(query.columns)} columns for the {len(names)} of {write.target}", write.span)
            query = query.uncertain(names)
        table.fill(names, query, session.naming)
    if session.knowledge.options.keep_temporary:
        node = table.node or session.temporary_node(write.target)
        written = Writing(session.knowledge, write, node, session.place.path, table).columns(query) or []
        emit(session, node, [*written, *table.computed(written, session.naming)], query)


def _table_written(session: Session, write: Write, query: Bound) -> Temporary:
    name = Name((write.target.last,))
    temporaries = session.memory.temporaries
    if write.creates:
        session.memory.makes(session.naming.key(name), always=session.unconditional)
        return own(session, name, temporaries.create(name, query))
    table = session.memory.find_temporary(name)
    if table is None:
        session.missing(write.target, write.span)
        table = temporaries.tables[session.naming.key(name)] = Temporary(Bound(opaque=True))
    else:
        session.found(write.target, write.span)
    return table


def _empty_out(session: Session, name: Name, table: Temporary) -> None:
    """From here on there is an empty table; where a RETURN, a GOTO or an error has gone on from, the full one still is."""
    key, empty = session.naming.key(name), table.emptied()
    session.memory.replaced(key)
    session.memory.temporaries.tables[key] = own(session, name, empty) if key.startswith("##") else empty


def _is_own(session: Session, name: Name, table: Temporary) -> bool:
    return session.memory.temporaries.tables.get(session.naming.key(Name((name.last,)))) is table


# --- tables that change as a whole --------------------------------------------------------------------------------------


def rename(session: Session, old: Name, new: Name) -> None:
    """Rows go by another name from now on; procedures and functions have none."""
    module = session.knowledge.objects.module(old)
    if session.place.writes and (module is None or module.fact.kind is ModuleKind.VIEW):
        session.knowledge.renamed(old, new, session.place.path)
        if session.is_transient(new):
            keep(session, new, _whole(session, old))
        else:
            _copy(session, old, new)
        drop(session, old)


def compute(session: Session, computed: Compute) -> None:
    """CREATE TABLE, ALTER TABLE: each computed column is fed by those that it is made of, whether they are written or not."""
    target = session.canonical(computed.table)
    names = [fact.name for fact in computed.columns]
    anew = computed.creates and not session.is_transient(target)
    table = made_table(target, names) if anew else rows_of(session, target)
    query, written = Bound(), []
    for fact in computed.columns:
        if not fact.computed:
            continue
        value = value_of(Definition(session), fact.computed, table, target)
        written.append((fact.name, used_as(value.flows, Subtype.IDENTITY, INFERRED) if session.dynamic else value.flows))
        add_flows(query.rows, value.rows)
        add_tables(query.tables, value.tables)
    emit(session, target, written, query)


def switch(session: Session, switched: Switch) -> None:
    """Rows of one table go to another."""
    source, target = session.canonical(switched.source), session.canonical(switched.target)
    if session.is_transient(target):
        add(session, target, _whole(session, source))
    else:
        _copy(session, source, target)
    if switched.emptied and not session.memory.in_loop:
        empty_out(session, source)


def _whole(session: Session, name: Name) -> Bound:
    """All rows of a table, as a statement carries them on that names no columns."""
    rows = rows_of(session, name)
    columns = [
        replace(column, flows=used_as(column.flows, Subtype.IDENTITY, EXPANDED)) for column in rows.columns if not column.hidden
    ]
    relation = replace(rows, columns=columns)
    return (relation.doubted(INFERRED) if session.dynamic else relation).carried(session.id)


def _copy(session: Session, source: Name, target: Name) -> None:
    """All columns of one table become those of another, a persistent one."""
    statement = session.id
    if statement is None or not session.place.writes:
        return
    if session.is_transient(source):
        relation = _whole(session, source)
        columns = session.knowledge.columns_of(target, session.place.path)
        emit(session, target, placed(relation, columns, session.naming), relation)
        return
    source_columns = session.knowledge.columns_of(source, session.place.path)
    target_columns = session.knowledge.columns_of(target, session.place.path)
    sources = source_columns or target_columns or ("*",)
    provenance = EXPANDED if source_columns or target_columns else PARTIAL
    provenance = provenance & INFERRED if session.dynamic else provenance
    written: list[tuple[str, Flows]] = [
        (new, flow(Column(source, old), provenance)) for old, new in zip(sources, target_columns or sources, strict=False)
    ]
    session.knowledge.edges.write(target, written, {}, {source: DIRECT}, statement)
