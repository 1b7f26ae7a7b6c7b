"""Variables and cursors: what statements put into them, and what a module returns.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/return-transact-sql
"""

from __future__ import annotations

from ...model.facts import Assign, Fetch, OpenCursor
from ...model.vocabulary import Subtype
from ..relations.relation import Relation, Value
from .frame import Frame


def assign(frame: Frame, assigned: Assign, query: Relation) -> None:
    """SET, SELECT @x = …: each variable takes a column of a query."""
    state = frame.state
    # before any of them is set: SELECT @a = x, @a = y
    previous_values = [state.variables.get(frame.naming.fold(name)) for name in assigned.variables]
    for name, column, before in zip(
        assigned.variables, query.columns, previous_values, strict=False
    ):
        if not name.startswith("@"):
            continue
        value = Value(dict(column.flows), dict(query.rows), dict(query.tables))
        # SELECT @x = a FROM dbo.s WHERE id = 1: where no row is found, @x is as it was
        if assigned.keeps:
            state.set_or_keep(name, value, before)
        else:
            state.set(name, value)


def open_cursor(frame: Frame, opened: OpenCursor, query: Relation) -> None:
    """DECLARE … CURSOR carries its rows; the OPEN behind it only finds more of them."""
    state = frame.state
    key = frame.naming.fold(opened.name)
    state.declared[key] = frame.id or state.declared.get(key)
    state.cursors[key] = query.carried(state.declared[key])
    state.flow.overwrite(key)


def fetch(frame: Frame, fetched: Fetch) -> None:
    """FETCH … INTO: each variable takes a column of a cursor."""
    cursor = frame.state.find_cursor(frame.naming.fold(fetched.cursor))
    if cursor is None:
        message = f"cursor {fetched.cursor}: nothing here declares it"
        frame.context.diagnostics.missing_table(
            frame.place.path, frame.at(fetched.span), fetched.cursor, message
        )
        return
    frame.context.diagnostics.found_table(frame.place.path, frame.at(fetched.span), fetched.cursor)
    if not cursor.fits(fetched.variables):
        message = (
            f"{len(cursor.columns)} columns of cursor {fetched.cursor} for "
            f"{len(fetched.variables)} variables"
        )
        frame.report("SLP205", message, fetched.span)
        return
    if cursor.open:  # of what else is not known, its own finding says as much
        _report_open(frame, cursor, fetched)
    for name, column in zip(
        fetched.variables, cursor.renamed(fetched.variables).columns, strict=False
    ):
        frame.state.set(name, Value(dict(column.flows), dict(cursor.rows), dict(cursor.tables)))


def _report_open(frame: Frame, cursor: Relation, fetched: Fetch) -> None:
    """Which column each variable takes is not known: each of them may hold any."""
    unknown = cursor.unknown_sources("")
    if unknown:
        frame.report_once("SLP203", f"the columns of {unknown} are not known", fetched.span)


def give_back(frame: Frame, query: Relation) -> None:
    """RETURN: what the module returns takes in the value.

    Inside a branch, what there is now may be what it leaves.
    """
    if frame.branch:
        frame.state.flow.returns.append(frame.state.now.copied(()))
    for column in query.columns[:1]:
        frame.outcome.returned.absorb(
            Value(column.flows, query.rows, query.tables), Subtype.IDENTITY
        )
