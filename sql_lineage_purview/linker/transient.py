"""Transient tables: what has flowed into each so far. A run makes them and leaves none, so they are looked through.

What a statement says of such a table is bound and checked as for any other; only what it puts there goes no further than this
session, until a statement takes it on: a query, RENAME, ALTER SCHEMA … TRANSFER, SWITCH. See `lifetimes` for which they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..model.facts import ColumnFact, Write
from ..model.names import Name
from .bound import STAR, Bound, BoundColumn
from .flows import DIRECT, INDIRECT, Flows, add_flows, add_tables, carried, in_part
from .scope import lookup
from .session import Session
from .temporary import Temporary


def create(session: Session, name: Name, columns: tuple[ColumnFact, ...] | None) -> None:
    """CREATE TABLE."""
    if session.is_transient(name):
        _put(session, name, Temporary.empty(columns or ()))
        if columns:
            names = tuple(column.name for column in columns)
            _note(session, name, names)
            tell(session, name, names)


def drop(session: Session, name: Name) -> None:
    """DROP TABLE, or a name that is given up."""
    key = session.naming.key(name)
    if session.is_transient(name) and session.memory.table(key):
        session.memory.replaced(key)
        del session.memory.temporaries.tables[key]


def rows_of(session: Session, name: Name) -> Bound:
    """The rows of any persistent table."""
    return (
        contents(session, name)
        if session.is_transient(name)
        else session.knowledge.table(name, session.place.path, session.position)
    )


def contents(session: Session, name: Name) -> Bound:
    """The rows of a transient table. Its columns are those that it is known to have, with what has been put into them."""
    content = _table(session, name).bound
    outline = session.knowledge.table(name, session.place.path, session.position)
    return filled_in(outline, content, session)


def filled_in(outline: Bound, content: Bound, session: Session) -> Bound:
    """The columns that a name is known to have, with the flows of its content."""
    if not outline.closed:
        return replace(content, base=outline.base, transient=True)
    unnamed_flows = _unnamed(content)
    columns = []
    for column in outline.columns:
        content_column = lookup(session.naming, content, column.name or "")
        columns.append(replace(column, flows=content_column.flows if content_column else dict(unnamed_flows)))
    outlined = {session.naming.fold(column.name or "") for column in outline.columns}
    columns += [column for column in content.columns if column.name and session.naming.fold(column.name) not in outlined | {STAR}]
    return Bound(columns, base=outline.base, rows=content.rows, tables=content.tables, transient=True)


def _unnamed(content: Bound) -> Flows:
    """What may flow into a column that the content does not name."""
    flows: Flows = in_part(content.unknown())
    for column in content.columns:
        if column.name == STAR:
            add_flows(flows, column.flows)
    return flows


def make(session: Session, write: Write, name: Name, written: Sequence[tuple[str, Flows]], query: Bound) -> None:
    """SELECT INTO, CTAS: a new table has the columns that are `written`."""
    query = query.carried(session.id)
    if not query.closed:
        _put(session, name, Temporary(query.renamed(write.columns)))
        return
    names = tuple(column for column, _ in written if column != STAR)
    _note(session, name, names)
    tell(session.caller, name, names)
    columns = [BoundColumn(column, _carried(session, flows)) for column, flows in written]
    _put(session, name, Temporary(Bound(columns, rows=query.rows, tables=query.tables, partial=query.partial)))


def fill(session: Session, name: Name, written: Sequence[tuple[str, Flows]] | None, query: Bound) -> None:
    """The rows of a query go into a table, as `written` into its columns (None: into which is not known).

    Of a DELETE nothing is written: what decides which rows go decides which stay.
    """
    table, query = _table(session, name), query.carried(session.id)
    for column, flows in written or ():
        add_flows(table.column(column, session.naming).flows, _carried(session, flows))
    add_flows(table.bound.rows, query.rows)
    add_tables(table.bound.tables, query.tables, INDIRECT if written == [] else DIRECT)


def _carried(session: Session, flows: Flows) -> Flows:
    return carried(flows, session.id) if session.id else dict(flows)


def _note(session: Session, name: Name, columns: tuple[str, ...]) -> None:
    if session.memory.observation:
        session.memory.observation.makes(name, columns)


def tell(session: Session | None, name: Name, columns: tuple[str, ...]) -> None:
    """What a procedure makes, its callers see too."""
    while session and session.statement and columns:
        session.knowledge.made(name, session.place.path, columns, session.statement.span)
        session = session.caller


def empty_out(session: Session, name: Name) -> None:
    """From here on a transient table is empty; where a RETURN, a GOTO or an error has gone on from, the full one still is."""
    if session.is_transient(name):
        _put(session, name, _table(session, name).emptied())


def keep(session: Session, name: Name, content: Bound) -> None:
    """RENAME: a table goes by a transient name from now on."""
    _put(session, name, Temporary(replace(content, base=None, transient=False)).copied())


def add(session: Session, name: Name, content: Bound) -> None:
    """SWITCH: the rows of a table come to those of a transient one, column by column."""
    table, target = _table(session, name), contents(session, name)
    for column, into in zip(content.columns, target.columns or content.columns, strict=False):
        add_flows(table.column(into.name or "", session.naming).flows, column.flows)
    if not content.closed:
        add_flows(table.column(STAR, session.naming).flows, in_part(content.unknown()))
    add_flows(table.bound.rows, content.rows)
    add_tables(table.bound.tables, content.tables)


def _put(session: Session, name: Name, table: Temporary) -> None:
    key = session.naming.key(name)
    session.memory.replaced(key)
    session.memory.temporaries.tables[key] = table


def _table(session: Session, name: Name) -> Temporary:
    """The table as it is; empty where another way through the run makes it."""
    key = session.naming.key(name)
    table = session.memory.table(key)
    if table is None:
        table = session.memory.temporaries.tables[key] = Temporary(Bound())
    return table
