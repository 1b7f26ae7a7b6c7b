"""Writes through views and inline functions: what goes into them goes into the tables beneath.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql#updatable-views
"""

from __future__ import annotations

from collections.abc import Callable

from ..model.facts import Write
from ..model.graph import Column
from ..model.names import Name
from ..model.vocabulary import Action, ModuleKind, Subtype, TableKind
from .bound import STAR, Bound
from .computing import carried_on
from .flows import Flows, used_as
from .session import Session
from .storing import emit, write
from .updatable import Member, NotUpdatableError, changed_view, reach
from .writing import Writing

_REFUSED = "; unless a trigger stands INSTEAD OF it, the server refuses this"


def write_through(session: Session, written: Write, rows: Callable[[], Bound]) -> None:
    """The rows of a query go into the target of a statement, or into what is beneath it; `rows` binds the query."""
    view = changed_view(session, written)
    if view is not None:
        _write_view(session, written, view, rows)
    elif _is_function(session, written):
        rows()
        _report_function(session, written)
    else:
        _report_view_without_text(session, written)
        write(session, written, rows())


def _write_view(session: Session, written: Write, view: Name, rows: Callable[[], Bound]) -> None:
    """Where a change reaches no table that is known, the view itself is the best known target."""
    try:
        reached = reach(session, written, view)
    except NotUpdatableError as error:
        _report_refused(session, written, view, error)
        if not _is_function(session, written):
            write(session, written, rows())
        return
    if any(len(member.tables) > 1 for member in reached.members):
        tables = " and ".join(sorted({str(table) for member in reached.members for table in member.tables}))
        _report_refused(session, written, view, NotUpdatableError("SLP210", f"it writes columns of {tables} at once"))
    names = reached.columns if written.columns is None else None
    through = session.through
    for member in reached.members:
        session.through = through | member.through
        writing = Writing(session.knowledge, written, view, session.place.path, names=names)
        _write_member(session, writing, member, rows())
    session.through = through


def _write_member(session: Session, writing: Writing, member: Member, query: Bound) -> None:
    """The rows of a query go into base tables that are seen through one branch of each UNION ALL."""
    written = writing.columns(query)
    if written is None:
        for table in member.tables:
            _emit(session, table, None, query)
        return
    if session.knowledge.objects.view(writing.target):
        for name, _ in written:
            if name != STAR:
                session.refer(Column(writing.target, name))
    bases = [(member.columns.get(session.naming.fold(name)), flows) for name, flows in written]
    for table in member.tables:
        table_columns = [
            (base.column.column or STAR, used_as(flows, Subtype.IDENTITY, base.provenance))
            for base, flows in bases
            if base is not None and base.column.table == table
        ]
        table_columns += carried_on(session, table, table_columns)
        _emit(session, table, table_columns, query)


def _emit(session: Session, table: Name, written: list[tuple[str, Flows]] | None, query: Bound) -> None:
    """What goes into a base table becomes edges, and the statement has reached it."""
    emit(session, table, written, query)
    if session.id is not None:
        session.knowledge.reached.setdefault(session.id, {})[table] = None


# --- findings -----------------------------------------------------------------------------------------------------------


def _report(session: Session, code: str, message: str, written: Write) -> None:
    span = session.statement.span if session.dynamic and session.statement else written.span
    session.knowledge.report_once(code, message, session.place.path, span)


def _report_refused(session: Session, written: Write, view: Name, refused: NotUpdatableError) -> None:
    if refused.code:
        message = f"{written.action.value} through {view}: {refused}"
        _report(session, refused.code, message + _REFUSED if refused.code == "SLP210" else message, written)


def _is_function(session: Session, written: Write) -> bool:
    """Is it the call of a function whose rows are changed?"""
    statement = session.statement
    return statement is not None and written.target in statement.calls and written.target not in statement.writes


def _report_function(session: Session, written: Write) -> None:
    """Of a function that the scan does not hold, a statement that reads it has told as much."""
    full = session.canonical(written.target)
    entry = session.knowledge.objects.module(full)
    if entry is not None and entry.fact.kind is ModuleKind.FUNCTION:
        _report(
            session,
            "SLP210",
            f"{written.action.value} through {full}: it is no inline function, so the server refuses this",
            written,
        )
    elif written.action is Action.INSERT:
        message = f"{full}: its text is not part of the scan, so which table is changed through it is not known"
        _report(session, "SLP211", message, written)


def _report_view_without_text(session: Session, written: Write) -> None:
    if written.creates or written.target.temporary or written.target.address:
        return
    full = session.canonical(written.target)
    objects = session.knowledge.objects
    entry = objects.table(full)
    if entry is None or entry.kind is not TableKind.VIEW or objects.view(full) is not None:
        return
    message = f"{full} is a view whose text is not part of the scan, so which table is changed through it is not known"
    _report(session, "SLP211", message, written)
