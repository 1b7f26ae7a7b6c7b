"""Transient tables: what has flowed into each so far.

A run makes them and leaves none, so they are looked through.

What a statement says of such a table is bound and checked as for any other; only what it puts there
goes no further than this frame, until a statement takes it on: a query, RENAME, ALTER SCHEMA …
TRANSFER, SWITCH. See `lifetimes` for which they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from msgspec.structs import replace

from ...model.facts import ColumnFact, Write
from ...model.names import Name
from ..relations.provenance import DIRECT, INDIRECT, Flows, add_flows, add_tables, carried, in_part
from ..relations.relation import Relation
from ..relations.relation_columns import STAR, RelationColumn
from ..relations.scope import lookup
from ..state.temporary import Temporary
from .frame import Frame


def create(frame: Frame, name: Name, columns: tuple[ColumnFact, ...] | None) -> None:
    """CREATE TABLE."""
    if frame.is_transient(name):
        _put(frame, name, Temporary.empty(columns or ()))
        if columns:
            names = tuple(column.name for column in columns)
            _note(frame, name, names)
            tell(frame, name, names)


def drop(frame: Frame, name: Name) -> None:
    """DROP TABLE, or a name that is given up."""
    key = frame.naming.key(name)
    if frame.is_transient(name) and frame.state.table(key):
        frame.state.replaced(key)
        del frame.state.temporaries.tables[key]


def rows_of(frame: Frame, name: Name) -> Relation:
    """The rows of any persistent table."""
    return (
        contents(frame, name)
        if frame.is_transient(name)
        else frame.context.columns.relation(name, frame.place.path, frame.position)
    )


def contents(frame: Frame, name: Name) -> Relation:
    """The rows of a transient table.

    Its columns are those that it is known to have, with what has been put into them.
    """
    content = _table(frame, name).bound
    outline = frame.context.columns.relation(name, frame.place.path, frame.position)
    return filled_in(outline, content, frame)


def filled_in(outline: Relation, content: Relation, frame: Frame) -> Relation:
    """The columns that a name is known to have, with the flows of its content."""
    if not outline.closed:
        return dataclasses.replace(content, base=outline.base, transient=True)
    unnamed_flows = _unnamed(content)
    columns = []
    for column in outline.columns:
        content_column = lookup(frame.naming, content, column.name or "")
        columns.append(
            replace(column, flows=content_column.flows if content_column else dict(unnamed_flows))
        )
    outlined = {frame.naming.fold(column.name or "") for column in outline.columns}
    columns += [
        column
        for column in content.columns
        if column.name and frame.naming.fold(column.name) not in outlined | {STAR}
    ]
    return Relation(
        columns, base=outline.base, rows=content.rows, tables=content.tables, transient=True
    )


def _unnamed(content: Relation) -> Flows:
    """What may flow into a column that the content does not name."""
    flows: Flows = in_part(content.unknown())
    for column in content.columns:
        if column.name == STAR:
            add_flows(flows, column.flows)
    return flows


def make(
    frame: Frame, write: Write, name: Name, written: Sequence[tuple[str, Flows]], query: Relation
) -> None:
    """SELECT INTO, CTAS: a new table has the columns that are `written`.

    Args:
        frame: the frame that runs the statement.
        write: what the statement does.
        name: the table.
        written: its columns, with what flows into each.
        query: where the rows come from.
    """
    query = query.carried(frame.id)
    if not query.closed:
        _put(frame, name, Temporary(query.renamed(write.columns)))
        return
    names = tuple(column for column, _ in written if column != STAR)
    _note(frame, name, names)
    # the frame itself knows them from `sinks`
    tell(frame.caller, name, names)
    columns = [RelationColumn(column, _carried(frame, flows)) for column, flows in written]
    _put(
        frame,
        name,
        Temporary(Relation(columns, rows=query.rows, tables=query.tables, partial=query.partial)),
    )


def fill(
    frame: Frame, name: Name, written: Sequence[tuple[str, Flows]] | None, query: Relation
) -> None:
    """Put the rows of a query into a table, as `written` into its columns.

    `written` None: into which columns is not known.

    Of a DELETE nothing is written: what decides which rows go decides which stay.

    Args:
        frame: the frame that runs the statement.
        name: the table.
        written: its columns, with what flows into each.
        query: where the rows come from.
    """
    table, query = _table(frame, name), query.carried(frame.id)
    for column, flows in written or ():
        add_flows(table.column(column, frame.naming).flows, _carried(frame, flows))
    add_flows(table.bound.rows, query.rows)
    add_tables(table.bound.tables, query.tables, INDIRECT if written == [] else DIRECT)


def _carried(frame: Frame, flows: Flows) -> Flows:
    return carried(flows, frame.id) if frame.id else dict(flows)


def _note(frame: Frame, name: Name, columns: tuple[str, ...]) -> None:
    if frame.state.observation:
        frame.state.observation.makes(name, columns)


def tell(frame: Frame | None, name: Name, columns: tuple[str, ...]) -> None:
    """What a procedure makes, its callers see too."""
    while frame and frame.statement and columns:
        frame.context.columns.create(name, frame.place.path, columns, frame.statement.span)
        frame = frame.caller


def empty_out(frame: Frame, name: Name) -> None:
    """From here on a transient table is empty.

    Where a RETURN, a GOTO or an error has gone on from, the full one still is.
    """
    if frame.is_transient(name):
        _put(frame, name, _table(frame, name).emptied())


def keep(frame: Frame, name: Name, content: Relation) -> None:
    """RENAME: a table goes by a transient name from now on."""
    _put(frame, name, Temporary(dataclasses.replace(content, base=None, transient=False)).copied())


def add(frame: Frame, name: Name, content: Relation) -> None:
    """SWITCH: the rows of a table come to those of a transient one, column by column."""
    table, target = _table(frame, name), contents(frame, name)
    # by position: the server switches only between tables of the same columns in the same order
    for column, into in zip(content.columns, target.columns or content.columns, strict=False):
        add_flows(table.column(into.name or "", frame.naming).flows, column.flows)
    if not content.closed:
        add_flows(table.column(STAR, frame.naming).flows, in_part(content.unknown()))
    add_flows(table.bound.rows, content.rows)
    add_tables(table.bound.tables, content.tables)


def _put(frame: Frame, name: Name, table: Temporary) -> None:
    key = frame.naming.key(name)
    frame.state.replaced(key)
    frame.state.temporaries.tables[key] = table


def _table(frame: Frame, name: Name) -> Temporary:
    """The table as it is; empty where another way through the run makes it."""
    key = frame.naming.key(name)
    table = frame.state.table(key)
    if table is None:
        table = frame.state.temporaries.tables[key] = Temporary(Relation())
    return table
