"""Variables and cursors: what statements put into them, and what a module returns.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/return-transact-sql
"""

from __future__ import annotations

from ..model.facts import Assign, Fetch, OpenCursor
from ..model.vocabulary import Subtype
from .bound import Bound, Value
from .branches import either_value
from .session import Session


def assign(session: Session, assigned: Assign, query: Bound) -> None:
    """SET, SELECT @x = …: each variable takes a column of a query."""
    memory = session.memory
    previous_values = [memory.variables.get(session.naming.fold(name)) if assigned.keeps else None for name in assigned.variables]
    for name, column, before in zip(assigned.variables, query.columns, previous_values, strict=False):
        if not name.startswith("@"):
            continue
        value = Value(dict(column.flows), dict(query.rows), dict(query.tables))
        memory.set(name, either_value((before, value)) if before else value)


def open_cursor(session: Session, opened: OpenCursor, query: Bound) -> None:
    """DECLARE … CURSOR carries its rows; the OPEN behind it only finds more of them."""
    memory = session.memory
    key = session.naming.fold(opened.name)
    memory.declared[key] = session.id or memory.declared.get(key)
    memory.cursors[key] = query.carried(memory.declared[key])


def fetch(session: Session, fetched: Fetch) -> None:
    """FETCH … INTO: each variable takes a column of a cursor."""
    cursor = session.memory.find_cursor(session.naming.fold(fetched.cursor))
    if cursor is None:
        message = f"cursor {fetched.cursor}: nothing here declares it"
        session.knowledge.missing(session.place.path, session.at(fetched.span), fetched.cursor, message)
        return
    session.knowledge.found(session.place.path, session.at(fetched.span), fetched.cursor)
    if not cursor.fits(fetched.variables):
        message = f"{len(cursor.columns)} columns of cursor {fetched.cursor} for {len(fetched.variables)} variables"
        session.report("SLP205", message, fetched.span)
        return
    if cursor.open:  # of what else is not known, its own finding says as much
        _report_open(session, cursor, fetched)
    for name, column in zip(fetched.variables, cursor.renamed(fetched.variables).columns, strict=False):
        session.memory.set(name, Value(dict(column.flows), dict(cursor.rows), dict(cursor.tables)))


def _report_open(session: Session, cursor: Bound, fetched: Fetch) -> None:
    """Which column each variable takes is not known: each of them may hold any."""
    unknown = cursor.unknown_sources("")
    if unknown:
        session.report_once("SLP203", f"the columns of {unknown} are not known", fetched.span)


def give_back(session: Session, query: Bound) -> None:
    """RETURN: what the module returns takes in the value; inside a branch, what there is now may be what it leaves."""
    if session.branch:
        session.memory.returns.append(session.memory.state.copied(()))
    for column in query.columns[:1]:
        session.returned.absorb(Value(column.flows, query.rows, query.tables), Subtype.IDENTITY)
